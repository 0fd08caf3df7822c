"""Clips as VRM Animations and back: shapes under the names of an avatar's expressions, or presets where it has none."""

import numpy as np
from jaxtyping import Float

from toonface.drive.clips import STILL, Clip
from toonface.drive.expression_names import (
    DIRECT,
    VOWELS,
    is_known,
    names_from_weights,
    pascal_case,
    weights_from_names,
)
from toonface.drive.gaze import gaze_from_weights
from toonface.drive.quaternions import quaternion_products, quaternions_to_matrices
from toonface.morphable.eyes import gaze_angles
from toonface.morphable.names import ARKIT_SHAPES, SHAPES
from toonface.stages.gltf.vrm_animation import GAZE_PRESETS, VrmAnimation

LOOK = "eyeLook"
"""How the shapes begin that the gaze stands for."""
SENT_PRESETS = (*(name for name in DIRECT if name not in GAZE_PRESETS), *VOWELS)


def vrm_animation_of(clip: Clip, custom: tuple[str, ...]) -> VrmAnimation:
    """Return what an avatar does in a clip; what never moves is left out.

    Where the avatar has expressions with the names of shapes (Perfect Sync, in either case), these are moved, else
    the lids and vowels of VRM: both would close lids twice. The eyeLook shapes become one direction of the gaze, the
    middle of both eyes', because VRM lets no expression move it.

    Args:
        clip: at any times.
        custom: names of the avatar's expressions beyond the presets.
    """
    spelt = {shape: name for shape in ARKIT_SHAPES for name in (shape, pascal_case(shape)) if name in custom}
    tracks = _shapes(clip, spelt) if spelt else _presets(clip)
    gaze = gaze_from_weights(clip.weights) if clip.gaze_radians is None else clip.gaze_radians
    return VrmAnimation(
        name=clip.name,
        times=clip.times,
        expressions={name: weights for name, weights in tracks.items() if weights.max() > STILL},
        head=clip.head,
        gaze=_turns(gaze.mean(axis=1)) if np.abs(gaze).max() > STILL else None,
    )


def clip_of_vrm_animation(animation: VrmAnimation) -> Clip:
    """Return a VRM Animation as a clip: expressions of unknown names are left out, both eyes follow its gaze.

    Args:
        animation: of any program.

    Raises:
        ValueError: it moves nothing of a face, or the clip breaks a rule of `Clip`.
    """
    known = [name for name in animation.expressions if is_known(name)]
    if not known and animation.head is None and animation.gaze is None:
        raise ValueError(f"animation {animation.name!r} moves nothing of a face, expected expressions, head or gaze")
    values = np.stack([animation.expressions[name] for name in known], axis=1) if known else np.zeros((0, 0))
    weights = [weights_from_names(dict(zip(known, row, strict=True))) for row in values]
    gaze = None if animation.gaze is None else gaze_angles(quaternions_to_matrices(animation.gaze))
    return Clip(
        name=animation.name,
        times=animation.times,
        weights=np.stack(weights) if weights else np.zeros((len(animation.times), len(SHAPES))),
        head=animation.head,
        gaze_radians=None if gaze is None else np.stack([gaze, gaze], axis=1),
    )


def _shapes(clip: Clip, spelt: dict[str, str]) -> dict[str, Float[np.ndarray, " N"]]:
    return {name: clip.weights[:, SHAPES.index(shape)] for shape, name in spelt.items() if not shape.startswith(LOOK)}


def _presets(clip: Clip) -> dict[str, Float[np.ndarray, " N"]]:
    moments = [names_from_weights(weights, "VRM1") for weights in clip.weights]
    return {name: np.array([moment[name] for moment in moments]) for name in SENT_PRESETS}


def _turns(gaze: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "N 4"]:
    """Yaw about +Y, then pitch about the turned −X: what looks along +Z looks up where the pitch is positive."""
    yaw, pitch = np.zeros((2, len(gaze), 4))
    yaw[:, 1], yaw[:, 3] = np.sin(0.5 * gaze[:, 0]), np.cos(0.5 * gaze[:, 0])
    pitch[:, 0], pitch[:, 3] = -np.sin(0.5 * gaze[:, 1]), np.cos(0.5 * gaze[:, 1])
    return quaternion_products(yaw, pitch)
