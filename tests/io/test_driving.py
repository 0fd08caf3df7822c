"""Laws of driving: every sink takes every moment, Ctrl-C is an ordinary end, and what is sent is what was seen."""

import struct

import numpy as np
import pytest
from tests.assets import small_asset

from toonface.drive.osc import decode_osc
from toonface.drive.stream import FaceMoment
from toonface.drive.vmc import VMC_DEFAULTS, VMC_START, expression_of, receive_vmc
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.io.datagrams import DatagramReceiver
from toonface.io.driving import Recorder, VmcSink, drive, head_bone
from toonface.types import Expression


def moment(time, weight=0.5):
    turn = axis_angle_to_matrix(np.array([0.1, 0.2, 0.0]))
    return FaceMoment(
        time=time, expression=Expression(weights=np.full(64, weight), gaze_radians=np.zeros((2, 2)), rotation=turn)
    )


def test_every_sink_takes_every_moment_and_silences_are_counted():
    stream, first, second, told = [None, moment(0.0), None, moment(0.1)], [], [], []
    tally = drive(stream, [first.append, second.append], lambda tally: told.append((tally.moments, tally.last is None)))
    assert first == second == [stream[1], stream[3]]
    assert (tally.moments, tally.silences) == (2, 2)
    assert told == [(0, True), (1, False), (1, True), (2, False)]


def test_ctrl_c_is_an_ordinary_end():
    def stream():
        yield moment(0.0)
        raise KeyboardInterrupt

    recorder = Recorder()
    assert drive(stream(), [recorder]).moments == 1
    assert len(recorder.clip("a").times) == 1


def test_the_time_is_over_also_where_nothing_is_heard():
    def stream():
        while True:
            yield None

    assert drive(stream(), [], seconds=0.05).moments == 0


def test_the_recording_begins_at_0_and_keeps_rising_times():
    recorder = Recorder()
    for time in (5.0, 5.1, 5.1, 5.3):
        recorder(moment(time))
    np.testing.assert_allclose(recorder.clip("a").times, [0.0, 0.1, 0.3])
    with pytest.raises(ValueError, match="no face was seen"):
        Recorder().clip("a")


def test_a_receiver_hears_what_was_seen():
    options = head_bone(small_asset())
    assert options.bones == {"Head": (0.0, 0.625, 0.0)}
    seen = moment(2.5, weight=0.25)
    with DatagramReceiver(0) as receiver, VmcSink(receiver.port, "127.0.0.1", options) as sink:
        sink(seen)
        packets = list(receiver.receive_all(5.0))
    state = VMC_START
    for data in packets:
        state = receive_vmc(state, decode_osc(data))
    found = expression_of(state)
    assert state.time_seconds == pytest.approx(2.5)
    np.testing.assert_allclose(found.weights, 0.25)
    np.testing.assert_allclose(found.rotation, seen.expression.rotation, atol=1e-6)
    # As the specification writes it: the bone's name, three of place, four of turn, in Unity's axes.
    place = b"".join(packets).index(b"/VMC/Ext/Bone/Pos\0\0\0,sfffffff\0\0\0Head\0\0\0\0")
    numbers = struct.unpack_from(">7f", b"".join(packets), place + 20 + 12 + 8)
    assert numbers[:3] == pytest.approx((0.0, 0.625, 0.0))
    assert numbers[3] > 0.0 > numbers[4]


def test_an_avatar_without_a_head_s_joint_sends_no_bone():
    asset = small_asset()
    joints = tuple(type(joint)(**{**vars(joint), "name": f"{joint.name}_"}) for joint in asset.joints)
    assert head_bone(type(asset)(name="a", meshes=asset.meshes, joints=joints)) == VMC_DEFAULTS
