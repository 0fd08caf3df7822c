"""Laws of VMC: bytes laid out by hand move the face, batches take effect as a whole, and what is sent is received."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toonface.drive.osc import OscMessage, decode_osc, message, messages_of
from toonface.drive.vmc import (
    BONES,
    LARGEST_PACKET,
    VMC_START,
    VmcOptions,
    expression_of,
    receive_vmc,
    vmc_messages,
    vmc_packets,
)
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.names import SHAPES
from toonface.types import Expression

APPLY = message("/VMC/Ext/Blend/Apply")


def padded(text):
    """An OSC string by the specification: zero byte, then zeros to a multiple of 4."""
    data = text.encode() + b"\0"
    return data + bytes(-len(data) % 4)


def bone(name, *, x=0.0, y=0.0, z=0.0, w=1.0):
    return message("/VMC/Ext/Bone/Pos", name, 0.0, 0.0, 0.0, x, y, z, w)


def received(*parts, state=VMC_START):
    for part in parts:
        state = receive_vmc(state, part)
    return state


def face(weights=None, gaze=((0.0, 0.0), (0.0, 0.0)), turn=(0.0, 0.0, 0.0)):
    weights = np.zeros(64) if weights is None else weights
    return Expression(
        weights=weights, gaze_radians=np.array(gaze), rotation=axis_angle_to_matrix(np.array(turn, dtype=float))
    )


def test_bytes_laid_out_by_hand_open_the_jaw():
    value = padded("/VMC/Ext/Blend/Val") + padded(",sf") + padded("JawOpen") + struct.pack(">f", 0.75)
    state = received(decode_osc(value), decode_osc(padded("/VMC/Ext/Blend/Apply") + padded(",")))
    assert expression_of(state).weights[SHAPES.index("jawOpen")] == 0.75


def test_nothing_moves_before_apply_and_then_everything_does():
    values = [message("/VMC/Ext/Blend/Val", name, 0.5) for name in ("A", "browInnerUp")]
    state = received(*values)
    assert not expression_of(state).weights.any()
    assert expression_of(received(APPLY, state=state)).weights[SHAPES.index("browInnerUp")] == 0.5


def test_what_is_not_sent_again_keeps_its_value():
    state = received(message("/VMC/Ext/Blend/Val", "jawOpen", 0.5), APPLY)
    state = received(message("/VMC/Ext/Blend/Val", "cheekPuff", 0.25), APPLY, state=state)
    assert dict(state.values) == {"jawOpen": 0.5, "cheekPuff": 0.25}


def test_a_state_is_not_changed_by_what_comes_after():
    before = received(message("/VMC/Ext/Blend/Val", "jawOpen", 0.5))
    received(APPLY, bone("Head"), state=before)
    assert dict(before.pending) == {"jawOpen": 0.5} and not before.values and not before.bones


@pytest.mark.parametrize(
    "part",
    [
        message("/VMC/Ext/Blend/Val", "ponytail", 1.0),
        message("/VMC/Ext/Set/Eye", 1, 0.0, 0.0, 1.0),
        message("/somewhere/else", "x"),
        bone("LeftHand", x=1.0),
    ],
)
def test_what_is_unknown_is_ignored(part):
    assert received(part) is VMC_START


def test_avatar_and_clock_are_kept_and_further_arguments_ignored():
    state = received(message("/VMC/Ext/OK", 1, 3, 0, 1), message("/VMC/Ext/T", 12.5, "more"))
    assert (state.loaded, state.time_seconds) == (True, 12.5)
    assert not received(message("/VMC/Ext/OK", 0), state=state).loaded


def test_unity_turns_to_its_own_right_about_minus_y_as_seen_by_us():
    # Left-handed, +Y: from +Z to +X, which is the avatar's right; with our axes that is a negative yaw.
    turned = expression_of(received(bone("Head", y=np.sin(0.1), w=np.cos(0.1)))).rotation
    np.testing.assert_allclose(turned, axis_angle_to_matrix(np.array([0.0, -0.2, 0.0])), atol=1e-12)
    # +X looks down in both.
    nodded = expression_of(received(bone("Head", x=np.sin(0.1), w=np.cos(0.1)))).rotation
    np.testing.assert_allclose(nodded, axis_angle_to_matrix(np.array([0.2, 0.0, 0.0])), atol=1e-12)


def test_the_head_turns_with_the_neck():
    half = {"y": np.sin(0.1), "w": np.cos(0.1)}
    found = expression_of(received(bone("Neck", **half), bone("Head", **half))).rotation
    np.testing.assert_allclose(found, axis_angle_to_matrix(np.array([0.0, -0.4, 0.0])), atol=1e-12)


def test_an_eye_without_a_bone_follows_its_shapes():
    state = received(message("/VMC/Ext/Blend/Val", "LookUp", 1.0), APPLY, bone("LeftEye"))
    np.testing.assert_allclose(expression_of(state).gaze_radians, [[0.0, 0.0], [0.0, np.radians(24.0)]])


@settings(max_examples=25)
@given(
    st.lists(st.floats(0, 1, width=32), min_size=64, max_size=64).map(np.array),
    st.tuples(*[st.tuples(*[st.floats(-0.5, 0.5)] * 2)] * 2),
    st.tuples(*[st.floats(-1, 1)] * 3),
)
def test_what_is_sent_is_received(weights, gaze, turn):
    sent = face(weights, gaze, turn)
    options = VmcOptions(names="camelCase", bones={name: (0.1, 0.2, 0.3) for name in BONES})
    packets = vmc_packets(vmc_messages(sent, time_seconds=2.5, options=options))
    state = received(*map(decode_osc, packets))
    found = expression_of(state)
    np.testing.assert_array_equal(found.weights, weights)
    np.testing.assert_allclose(found.gaze_radians, sent.gaze_radians, atol=1e-6)
    np.testing.assert_allclose(found.rotation, sent.rotation, atol=1e-6)
    assert (state.loaded, state.time_seconds) == (True, 2.5)


def test_packets_are_small_and_keep_the_order():
    messages = vmc_messages(face(), time_seconds=0.0)
    packets = vmc_packets(messages)
    assert len(packets) > 1
    assert max(map(len, packets)) <= LARGEST_PACKET
    assert tuple(part for data in packets for part in messages_of(decode_osc(data))) == messages
    assert messages[-1] == APPLY
    assert vmc_packets(()) == ()


def test_no_bone_is_sent_unasked():
    addresses = {part.address for part in vmc_messages(face(), time_seconds=0.0)}
    assert "/VMC/Ext/Bone/Pos" not in addresses


def test_a_bone_is_where_the_receiver_has_it():
    options = VmcOptions(bones={"LeftEye": (0.03, 0.06, 0.09)})
    (sent,) = (p for p in vmc_messages(face(), time_seconds=0.0, options=options) if "Bone" in p.address)
    assert sent.values == ("LeftEye", -0.03, 0.06, 0.09, 0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    "part, what",
    [
        (message("/VMC/Ext/Blend/Val"), "argument 0 of /VMC/Ext/Blend/Val is None, expected text"),
        (message("/VMC/Ext/Blend/Val", "A", "1"), "argument 1 .* is '1', expected a finite number"),
        (message("/VMC/Ext/Blend/Val", "A", np.nan), "is nan, expected a finite number"),
        (OscMessage(address="/VMC/Ext/OK", tags="T", values=(True,)), "is True, expected a finite number"),
        (bone("Head", w=0.0), "Head is the quaternion .* expected one of a finite length"),
        (message("/VMC/Ext/Bone/Pos", "Head", 0.0), "argument 4 .* is None"),
    ],
)
def test_a_known_address_with_wrong_arguments_says_which(part, what):
    with pytest.raises(ValueError, match=what):
        received(part)


scalars = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=4), st.binary(max_size=4), st.none()
)


@given(
    st.sampled_from(["Blend/Val", "Blend/Apply", "Bone/Pos", "OK", "T"]),
    st.sampled_from([(), ("Head",), ("Joy",)]),
    st.lists(scalars, max_size=8),
)
def test_any_arguments_are_received_or_a_value_error(address, first, rest):
    try:
        state = received(message(f"/VMC/Ext/{address}", *first, *rest), APPLY)
    except ValueError:
        return
    expression_of(state)


@pytest.mark.parametrize(
    "make, what",
    [
        (lambda: vmc_messages(face(), time_seconds=0.0, options=VmcOptions(bones={"Hips": (0.0, 0.0, 0.0)})), "Hips"),
        (lambda: vmc_messages(face(), time_seconds=np.nan), "expected finite numbers"),
    ],
)
def test_what_cannot_be_sent_says_why(make, what):
    with pytest.raises(ValueError, match=what):
        make()
