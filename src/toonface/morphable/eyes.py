"""Eyeballs: where they sit, how they turn, and lids that stay in front of them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from toonface.morphable.lids import FIRST_RING, LidGrid
from toonface.morphable.names import SHAPES
from toonface.types import Vertices

GAZE_DEGREES = {"Up": 24.0, "Down": 27.0, "In": 30.0, "Out": 30.0}
"""How far the eyes turn at weight 1 of the eyeLook shapes."""
RESTING_RINGS = slice(1 - FIRST_RING, 5 - FIRST_RING)
"""Rows of the lid grid that the eyeball of a neutral head must clear; the ring inside them is laid on it."""
LARGEST_RETREAT = 0.25
"""Eyeballs move back by at most this share of their radius."""
SKIN_GAP = 1.012
"""Lids are kept this many radii from the centre of the eyeball."""


@dataclass(frozen=True, kw_only=True)
class Eyeballs:
    """Both eyeballs of a head, left first."""

    centres: Float[np.ndarray, "2 3"]
    """Metres."""
    radii: Float[np.ndarray, "2"]
    rotations: Float[np.ndarray, "2 3 3"]
    """From the eyeball that looks along +z to the head."""


def settle_eyeballs(
    neutral: Float[np.ndarray, "P 3"], lids: tuple[LidGrid, LidGrid], rotations: Float[np.ndarray, "2 3 3"]
) -> Eyeballs:
    """Place the eyeballs: moved back until no resting lid touches them (paper, section 4.3, eye-ball modelling).

    Args:
        neutral: points of the neutral head; the last four are centre and rim of each eye.
        lids: left and right.
        rotations: of the gaze.
    """
    centres, radii = neutral[[-4, -2]].copy(), neutral[[-3, -1], 0] - neutral[[-4, -2], 0]
    for eye, grid in enumerate(lids):
        points = neutral[grid.table[RESTING_RINGS]].reshape(-1, 3) - centres[eye]
        wanted = np.sqrt(np.maximum((SKIN_GAP * radii[eye]) ** 2 - (points[:, :2] ** 2).sum(1), 0.0)) - points[:, 2]
        centres[eye, 2] -= np.clip(wanted.max(), 0.0, LARGEST_RETREAT * radii[eye])
    return Eyeballs(centres=centres, radii=radii, rotations=rotations)


def gaze_rotations(weights: Float[np.ndarray, "64"]) -> Float[np.ndarray, "2 3 3"]:
    """Turn eyeLook weights into rotations of the left and the right eyeball.

    Args:
        weights: by `names.SHAPES`.
    """
    turns = []
    for side, outward in (("Left", 1.0), ("Right", -1.0)):
        up, down, inwards, out = (
            weights[SHAPES.index(f"eyeLook{direction}{side}")] * np.radians(degrees)
            for direction, degrees in GAZE_DEGREES.items()
        )
        turns.append(gaze_rotation(outward * (out - inwards), up - down))
    return np.array(turns)


def gaze_rotation(yaw: float, pitch: float) -> Float[np.ndarray, "3 3"]:
    """Rotation of an eyeball that looks along +z.

    Args:
        yaw: radians, positive to the character's left.
        pitch: radians, positive upwards.
    """
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    return np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]) @ np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])


def gaze_angles(rotations: Float[np.ndarray, "N 3 3"]) -> Float[np.ndarray, "N 2"]:
    """Return yaw (positive to the left) and pitch (positive upwards) of eyes, radians; the inverse of `gaze_rotation`.

    Args:
        rotations: from eyeballs that look along +z to the head.
    """
    x, y, z = rotations[:, :, 2].T
    return np.stack([np.arctan2(x, z), np.arcsin(np.clip(y, -1.0, 1.0))], axis=1)


def keep_outside(
    skin: Vertices, lid_vertices: tuple[Int[np.ndarray, "L"], Int[np.ndarray, "R"]], eyes: Eyeballs
) -> Vertices:
    """Push lid vertices that an expression drives into an eyeball out along its radius.

    Args:
        skin: vertices of LOD0.
        lid_vertices: left and right.
        eyes: of the same head.
    """
    result = skin.copy()
    for vertices, centre, radius in zip(lid_vertices, eyes.centres, eyes.radii, strict=True):
        arms = skin[vertices] - centre
        length = np.linalg.norm(arms, axis=1, keepdims=True)
        result[vertices] = centre + arms * np.maximum(SKIN_GAP * radius / np.maximum(length, 1e-9), 1.0)
    return result
