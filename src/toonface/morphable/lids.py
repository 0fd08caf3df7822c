"""Lids that follow the eyeball: how far each lid point turns about the eye's centre for a given head.

Constant offsets close the lids of one head only. Lids are therefore turned about an axis through the centre of the
eyeball, by a share of the angle to the facing lid, so that a blink closes on every identity, enlarged eyes included.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

MARGIN_RING = 3
"""Ring of lid points that is the visible edge of the lid; both lids meet there."""
FIRST_RING = -1
"""Innermost ring that moves; the rings behind it are the socket."""
RING_SHARES = (0.55, 1.0, 1.0, 1.0, 1.0, 0.985, 0.93, 0.82, 0.66, 0.46, 0.25, 0.08)
"""Share of the margin's turn that each ring takes, from `FIRST_RING` outwards; the lid skin unfolds beyond it."""
CORNEA_CLEARANCE = 1.065
"""Closed lids ride this many eyeball radii from the centre, in front of the cornea."""


@dataclass(frozen=True, kw_only=True)
class LidGrid:
    """The lid points of one eye: rings from the socket outwards by columns round the opening."""

    table: Int[np.ndarray, "12 K"]
    """Skin cage points."""
    facing: Float[np.ndarray, "K K"]
    """Weights of the columns on the other lid that face each column; rows sum to 1."""
    side: Float[np.ndarray, "K"]
    """+1 on the upper lid, -1 on the lower, 0 at the corners."""
    corners: Int[np.ndarray, "2"]
    """Columns of the corner on the character's right and left."""


@dataclass(frozen=True, kw_only=True)
class LidMotion:
    """How far lids turn, as shares of the angle between a lid's edge and the facing edge."""

    upper: float
    """1 takes the upper lid to the lower one; negative opens."""
    lower: float
    """1 takes the lower lid to the upper one; negative opens."""


LID_MOTIONS = {
    "eyeBlink": LidMotion(upper=0.76, lower=0.24),
    "eyeSquint": LidMotion(upper=0.14, lower=0.30),
    "eyeWide": LidMotion(upper=-0.30, lower=-0.07),
    "eyeLookUp": LidMotion(upper=-0.17, lower=0.09),
    "eyeLookDown": LidMotion(upper=0.42, lower=-0.16),
    "cheekSquint": LidMotion(upper=0.04, lower=0.20),
    "mouthSmile": LidMotion(upper=0.02, lower=0.13),
    "noseSneer": LidMotion(upper=0.03, lower=0.10),
}
"""Motion by shape name without its side."""


def combine_motions(motions: list[tuple[float, LidMotion]]) -> LidMotion:
    """Add weighted motions; lids that would cross only meet.

    Args:
        motions: weight and motion of each.
    """
    upper = sum(weight * motion.upper for weight, motion in motions)
    lower = sum(weight * motion.lower for weight, motion in motions)
    excess = max(upper + lower, 1.0)
    return LidMotion(upper=upper / excess, lower=lower / excess)


def lid_offsets(
    skin: Float[np.ndarray, "S 3"], centre: Float[np.ndarray, "3"], radius: float, grid: LidGrid, motion: LidMotion
) -> Float[np.ndarray, "12 K 3"]:
    """Return how each lid point moves, in metres.

    Args:
        skin: neutral skin cage.
        centre: of the eyeball.
        radius: of the eyeball, metres.
        grid: lid points of that eye.
        motion: how far each lid turns.
    """
    points = skin[grid.table] - centre
    edge = MARGIN_RING - FIRST_RING
    axis = points[edge, grid.corners[1], :2] - points[edge, grid.corners[0], :2]
    axis = np.append(axis / np.sqrt((axis**2).sum()), 0.0)
    up = np.array([-axis[1], axis[0], 0.0])
    height, forward, along = points @ up, points[..., 2], points @ axis
    angle, reach = np.arctan2(height, forward), np.sqrt(height**2 + forward**2)
    ring = np.array(RING_SHARES)[:, None]
    turn = ring * _edge_change(angle[edge], grid, motion)
    seeking = LidMotion(upper=max(motion.upper, 0.0), lower=max(motion.lower, 0.0))
    slide = ring * _edge_change(along[edge], grid, seeking)
    reached = reach + ring * _edge_change(reach[edge], grid, seeking)
    inner = np.arange(len(RING_SHARES))[:, None] < edge
    reached = np.where(inner, np.maximum(reach, _clearance(reach, along, turn, radius)), reached)
    rise, step = reached * np.sin(angle + turn) - height, reached * np.cos(angle + turn) - forward
    return rise[..., None] * up + slide[..., None] * axis + step[..., None] * np.array([0.0, 0.0, 1.0])


def _edge_change(value: Float[np.ndarray, "K"], grid: LidGrid, motion: LidMotion) -> Float[np.ndarray, "K"]:
    """Move a coordinate of the lids' edges towards each other, so that shares that sum to 1 make them meet exactly.

    The lower lid goes first; the upper one then goes its share of the way that is left.
    """
    lower = np.where(grid.side < 0, motion.lower, 0.0) * (grid.facing @ value - value)
    left = grid.facing @ (value + lower) - value
    return lower + np.where(grid.side > 0, motion.upper / (1.0 - motion.lower), 0.0) * left


def _clearance(
    reach: Float[np.ndarray, "12 K"],
    along: Float[np.ndarray, "12 K"],
    turn: Float[np.ndarray, "12 K"],
    radius: float,
) -> Float[np.ndarray, "12 K"]:
    """Reach that a turned point needs so that the straight way to it, which a blendshape takes, misses the eyeball."""
    closing = np.clip(np.abs(turn) / 0.25, 0.0, 1.0)
    ball = np.sqrt(np.maximum((CORNEA_CLEARANCE * radius) ** 2 - along**2, 0.0))
    start = np.maximum(reach, np.minimum(ball, radius))
    chord = np.sqrt(np.maximum(4.0 * ball**2 - (start * np.sin(turn)) ** 2, 0.0)) - start * np.cos(turn)
    return closing * np.maximum(ball, chord) + (1.0 - closing) * reach
