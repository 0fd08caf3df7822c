"""The VMC protocol (protocol.vmc.info): expressions and bones of an avatar, as OSC over UDP.

Bones are in Unity's axes: left-handed, +Y up, the avatar looks along +Z and its left is -X. Ours are that with X
mirrored, so quaternions (x, y, z, w) become (x, -y, -z, w). A receiver listens at port 39539, one that takes from
assistants at 39540.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from toonface.drive.expression_names import NameStyle, is_known, names_from_weights, weights_from_names
from toonface.drive.gaze import gaze_from_rotation, gaze_from_weights
from toonface.drive.osc import IMMEDIATELY, OscBundle, OscMessage, OscPacket, encode_osc, message, messages_of
from toonface.drive.quaternions import matrix_to_quaternion, quaternions_to_matrices, unit_quaternion
from toonface.morphable.eyes import gaze_rotation
from toonface.types import Expression

RECEIVER_PORT, ASSISTANT_PORT = 39539, 39540
BONES = ("Neck", "Head", "LeftEye", "RightEye")
"""The bones that are read and sent, by Unity's names. All others are ignored."""
MIRROR_X = np.array([1.0, -1.0, -1.0, 1.0])
"""Factors of a quaternion between Unity's axes and ours; the way back is the same."""
LARGEST_PACKET = 1400
"""Bytes of a packet that is sent: what an Ethernet frame holds with some room. Lost fragments lose whole packets."""
BUNDLE_HEAD = 16
"""Bytes of a bundle before its first message; before every message stand 4 more."""

Position: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class VmcState:
    """What a sender has said so far."""

    pending: Mapping[str, float] = field(default_factory=dict)
    """Values of the batch that `Blend/Apply` has not ended yet."""
    values: Mapping[str, float] = field(default_factory=dict)
    """Name → value, as it was applied last. Names that are not sent again keep their value."""
    bones: Mapping[str, Float[np.ndarray, "4"]] = field(default_factory=dict)
    """Bone → unit quaternion x, y, z, w from its parent, in our axes."""
    loaded: bool = False
    """Whether the sender has an avatar."""
    time_seconds: float | None = None
    """The sender's own clock."""


VMC_START = VmcState()
"""Before anything was received."""


@dataclass(frozen=True, kw_only=True)
class VmcOptions:
    """What is sent."""

    names: NameStyle = "PascalCase"
    """How expressions are called: Perfect Sync in either case, or presets of VRM 0 or 1 for avatars without it."""
    bones: Mapping[str, Position] = field(default_factory=dict)
    """Bones that are sent, out of `BONES`, and where the receiver's avatar has them at rest from their parent: metres,
    our axes. Receivers move bones to what they are sent, so a wrong place deforms the avatar. None by default."""


VMC_DEFAULTS = VmcOptions()


def receive_vmc(state: VmcState, packet: OscPacket) -> VmcState:
    """Return what is known after a packet. Unknown addresses, names and bones and further arguments are ignored.

    Args:
        state: before it.
        packet: as `osc.decode_osc` returns it.

    Raises:
        ValueError: an address that is known has arguments of other types or values that are not finite.
    """
    for part in messages_of(packet):
        state = _receive(state, part)
    return state


def expression_of(state: VmcState) -> Expression:
    """Return the face: weights, where each eye looks, and the rotation of the head from the chest.

    Args:
        state: of a sender; bones that it did not send are at rest, and eyes without a bone follow eyeLook.
    """
    weights = weights_from_names(state.values)
    gaze = gaze_from_weights(weights)
    for eye, bone in enumerate(("LeftEye", "RightEye")):
        if bone in state.bones:
            gaze[eye] = gaze_from_rotation(_turn(state, bone))
    return Expression(weights=weights, gaze_radians=gaze, rotation=_turn(state, "Neck") @ _turn(state, "Head"))


def vmc_messages(
    expression: Expression, *, time_seconds: float, options: VmcOptions = VMC_DEFAULTS
) -> tuple[OscMessage, ...]:
    """Return the messages of one frame: that there is an avatar, the time, bones, the values, and their end.

    Args:
        expression: its gaze and rotation go to the bones; the rotation is that from the chest.
        time_seconds: of the sender's clock.
        options: names and bones.

    Raises:
        ValueError: a bone is not one of `BONES`, or a number is not finite.
    """
    unknown = sorted(set(options.bones) - set(BONES))
    if unknown:
        raise ValueError(f"bones {unknown} are to be sent, expected some of {BONES}")
    turns = dict(zip(BONES[2:], (gaze_rotation(yaw, pitch) for yaw, pitch in expression.gaze_radians), strict=True))
    turns |= {"Neck": np.eye(3), "Head": expression.rotation}
    values = names_from_weights(expression.weights, options.names)
    numbers = [time_seconds, *values.values(), *(x for place in options.bones.values() for x in place)]
    if not np.isfinite(numbers).all():
        raise ValueError(f"{numbers} are to be sent, expected finite numbers")
    return (
        message("/VMC/Ext/OK", 1),
        message("/VMC/Ext/T", float(time_seconds)),
        *(_bone_message(bone, place, turns[bone]) for bone, place in options.bones.items()),
        *(message("/VMC/Ext/Blend/Val", name, value) for name, value in values.items()),
        message("/VMC/Ext/Blend/Apply"),
    )


def vmc_packets(messages: Iterable[OscMessage]) -> tuple[bytes, ...]:
    """Put messages into as few bundles of at most `LARGEST_PACKET` bytes as their order allows.

    Args:
        messages: in the order in which they are sent.
    """
    groups: list[list[OscMessage]] = []
    room = 0
    for part in messages:
        size = 4 + len(encode_osc(part))
        if size > room:
            groups.append([])
            room = LARGEST_PACKET - BUNDLE_HEAD
        groups[-1].append(part)
        room -= size
    return tuple(encode_osc(OscBundle(time_tag=IMMEDIATELY, packets=tuple(group))) for group in groups)


def _receive(state: VmcState, part: OscMessage) -> VmcState:
    match part.address:
        case "/VMC/Ext/Blend/Val":
            name, value = _text(part, 0), _number(part, 1)
            return replace(state, pending={**state.pending, name: value}) if is_known(name) else state
        case "/VMC/Ext/Blend/Apply":
            return replace(state, values={**state.values, **state.pending}, pending={})
        case "/VMC/Ext/Bone/Pos":
            return _receive_bone(state, part)
        case "/VMC/Ext/OK":
            return replace(state, loaded=_number(part, 0) != 0)
        case "/VMC/Ext/T":
            return replace(state, time_seconds=_number(part, 0))
    return state


def _receive_bone(state: VmcState, part: OscMessage) -> VmcState:
    bone = _text(part, 0)
    x, y, z, w = (_number(part, place) for place in range(4, 8))
    if bone not in BONES:
        return state
    return replace(state, bones={**state.bones, bone: MIRROR_X * unit_quaternion(bone, (x, y, z, w))})


def _turn(state: VmcState, bone: str) -> Float[np.ndarray, "3 3"]:
    return quaternions_to_matrices(state.bones[bone][None])[0] if bone in state.bones else np.eye(3)


def _bone_message(bone: str, place: Position, rotation: Float[np.ndarray, "3 3"]) -> OscMessage:
    x, y, z = place
    quaternion = MIRROR_X * matrix_to_quaternion(rotation)
    return message("/VMC/Ext/Bone/Pos", bone, -float(x), float(y), float(z), *map(float, quaternion))


def _text(part: OscMessage, place: int) -> str:
    value = part.values[place] if place < len(part.values) else None
    if not isinstance(value, str):
        raise ValueError(f"argument {place} of {part.address} is {value!r}, expected text")
    return value


def _number(part: OscMessage, place: int) -> float:
    value = part.values[place] if place < len(part.values) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise ValueError(f"argument {place} of {part.address} is {value!r}, expected a finite number")
    return float(value)
