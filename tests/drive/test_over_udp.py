"""End to end over a real socket of this machine: bytes laid out by hand from the specifications move the face."""

import numpy as np
import pytest
from tests.packets import bundled, live_link, osc, send_from_elsewhere

from toonface.drive.live_link import decode_live_link
from toonface.drive.live_link_face import expression_of as live_link_expression
from toonface.drive.osc import decode_osc
from toonface.drive.vmc import VMC_START, VmcOptions, expression_of, receive_vmc, vmc_messages, vmc_packets
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.io.datagrams import DatagramReceiver, DatagramSender
from toonface.morphable.names import SHAPES
from toonface.types import Expression


@pytest.fixture
def receiver():
    with DatagramReceiver(0) as receiver:
        yield receiver


def test_a_performer_moves_the_face_by_vmc(receiver):
    half = 0.15
    send_from_elsewhere(
        receiver.port,
        osc("/VMC/Ext/OK", "iii", 1, 3, 0),
        bundled(
            osc("/VMC/Ext/T", "f", 1.5),
            osc("/VMC/Ext/Root/Pos", "sfffffff", "root", 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0),
            osc("/VMC/Ext/Bone/Pos", "sfffffff", "Head", 0.0, 0.1, 0.0, np.sin(half), 0.0, 0.0, np.cos(half)),
        ),
        bundled(
            osc("/VMC/Ext/Blend/Val", "sf", "MouthSmileLeft", 0.5), osc("/VMC/Ext/Blend/Val", "sf", "Blink_R", 1.0)
        ),
        b"\xff\xfe\xfd",
        osc("/VMC/Ext/Blend/Apply", ""),
    )
    state, refused = VMC_START, 0
    for data in receiver.receive_all(5.0):
        try:
            state = receive_vmc(state, decode_osc(data))
        except ValueError:
            refused += 1
    found = expression_of(state)
    assert refused == 1
    assert (state.loaded, state.time_seconds) == (True, 1.5)
    assert {SHAPES[n]: found.weights[n] for n in np.flatnonzero(found.weights)} == {
        "eyeBlinkRight": 1.0,
        "mouthSmileLeft": 0.5,
    }
    np.testing.assert_allclose(found.rotation, axis_angle_to_matrix(np.array([2 * half, 0.0, 0.0])), atol=1e-6)


def test_a_telephone_moves_the_face_by_live_link(receiver):
    values = [0.0] * 61
    values[17], values[51], values[52] = 0.75, 0.25, 0.5
    send_from_elsewhere(receiver.port, live_link(values), live_link())
    seen, unseen = (decode_live_link(data) for data in receiver.receive_all(5.0))
    assert unseen.face is None and seen.subject == "Telefon ü"
    assert seen.time.seconds == pytest.approx(100.0 + 0.25 / 60)
    found = live_link_expression(seen.face)
    assert {SHAPES[n]: found.weights[n] for n in np.flatnonzero(found.weights)} == {"jawOpen": 0.75, "tongueOut": 0.25}
    np.testing.assert_allclose(found.rotation, axis_angle_to_matrix(np.array([0.0, 0.5, 0.0])), atol=1e-6)


def test_what_we_send_by_vmc_arrives(receiver):
    weights = np.linspace(0.0, 1.0, 64)
    sent = Expression(weights=weights, gaze_radians=np.zeros((2, 2)), rotation=np.eye(3))
    with DatagramSender(receiver.port) as sender:
        for data in vmc_packets(vmc_messages(sent, time_seconds=0.0, options=VmcOptions(names="PascalCase"))):
            sender.send(data)
    state = VMC_START
    for data in receiver.receive_all(5.0):
        state = receive_vmc(state, decode_osc(data))
    np.testing.assert_allclose(expression_of(state).weights, weights, atol=1e-7)
