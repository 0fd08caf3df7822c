"""Sources end to end: another program's packets over a real socket, and pictures through networks, become moments."""

from dataclasses import replace

import numpy as np
import pytest
from tests.packets import bundled, live_link, osc, send_from_elsewhere
from tests.tracked_faces import SIDE, Networks

import toonface.io.face_streams as face_streams
from toonface.drive.tracking import NEEDED
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.io.datagrams import DatagramReceiver
from toonface.io.face_model_file import load_face_model
from toonface.io.face_streams import camera_stream, live_link_stream, vmc_stream
from toonface.io.images import load_textures
from toonface.io.networks import load_network
from toonface.io.video_frames import Frame
from toonface.morphable.names import SHAPES
from toonface.synth.framing import Frame as Pose
from toonface.synth.render import Renderer


@pytest.fixture
def receiver():
    with DatagramReceiver(0) as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(face_streams, "PATIENCE", 0.05)


def clock():
    ticks = iter(range(1000))
    return lambda: float(next(ticks))


def moving(moment):
    return {SHAPES[n]: round(float(moment.expression.weights[n]), 6) for n in np.flatnonzero(moment.expression.weights)}


def test_a_telephone_s_packets_become_moments_and_junk_is_passed_over(receiver):
    values = [0.0] * 61
    values[17], values[52] = 0.75, 0.5
    send_from_elsewhere(
        receiver.port, b"\x06junk", live_link(values), live_link(), b"", live_link(values)[:-1], live_link(values)
    )
    stream = live_link_stream(receiver, clock=clock())
    first, unseen, second, silent = (next(stream) for _ in range(4))
    assert (unseen, silent) == (None, None)
    assert moving(first) == moving(second) == {"jawOpen": 0.75}
    assert (first.time, second.time) == (0.0, 1.0)
    np.testing.assert_allclose(first.expression.rotation, axis_angle_to_matrix(np.array([0.0, 0.5, 0.0])), atol=1e-6)


def test_a_program_s_batches_become_moments_when_they_end(receiver):
    send_from_elsewhere(
        receiver.port,
        osc("/VMC/Ext/Blend/Val", "sf", "JawOpen", 0.5),
        b"\xff\xfe",
        bundled(osc("/VMC/Ext/Blend/Val", "sf", "MouthSmileLeft", 0.25), osc("/VMC/Ext/Blend/Apply", "")),
        osc("/VMC/Ext/Blend/Val", "sf", "JawOpen", 1.0),
        osc("/VMC/Ext/Blend/Apply", ""),
    )
    stream = vmc_stream(receiver, clock=clock())
    first, second, silent = (next(stream) for _ in range(3))
    assert moving(first) == {"jawOpen": 0.5, "mouthSmileLeft": 0.25}
    assert moving(second) == {"jawOpen": 1.0, "mouthSmileLeft": 0.25}
    assert (first.time, second.time, silent) == (0.0, 1.0, None)


def test_pictures_become_moments_with_their_times_and_faceless_ones_gaps():
    networks, picture = Networks(), np.zeros((SIDE, SIDE, 3), np.uint8)

    def frames():
        for time, faces in ((0.0, 1), (0.1, 0), (0.1, 1), (0.3, 1)):
            networks.faces, networks.sigma = faces, 0.3 if faces else 20.0
            yield Frame(time=time, picture=picture)

    found = list(camera_stream(networks, frames()))
    assert [None if moment is None else moment.time for moment in found] == [0.0, None, 0.3]
    assert moving(found[0]) == {}


def test_a_missing_network_is_told_before_anything_is_read():
    networks = {"detector": Networks()["detector"]}
    with pytest.raises(ValueError, match="needs the networks expression, gaze, which are not there"):
        camera_stream(networks, iter([]))


def test_the_shipped_networks_read_a_rendered_jaw_that_opens_and_find_the_face_again():
    renderer = Renderer(load_face_model(), load_textures())
    networks = {name: load_network(name) for name in NEEDED}
    scene = renderer.scene(971_005, 1)
    pose = Pose(yaw=0.0, pitch=0.0, roll=0.0, share=0.5, shift=(0.0, 0.0))
    jaw = SHAPES.index("jawOpen")

    def picture(weight):
        weights = np.where(np.arange(64) == jaw, weight, 0.0)
        return renderer.render(replace(scene, frame=pose, weights=weights), "photo", 256).picture

    shut, opened, nothing = picture(0.0), picture(0.7), np.full((256, 256, 3), 90, np.uint8)
    # The second face stands elsewhere: it has to be looked for.
    aside = np.concatenate([nothing, opened], axis=1)
    pictures = [shut, opened, nothing, aside]
    frames = [Frame(time=0.1 * number, picture=each) for number, each in enumerate(pictures)]
    first, second, none, again = camera_stream(networks, frames)
    assert none is None
    weights = [moment.expression.weights[jaw] for moment in (first, second, again)]
    assert weights[0] < 0.15 and weights[1] > 0.5 and weights[2] == pytest.approx(weights[1], abs=0.1)
