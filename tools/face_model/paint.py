"""Where colour goes on a face: lips, blush, lids, under-eye shadows, brows, stubble, freckles, age spots."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline
from scipy.spatial import cKDTree

from tools.face_model.cage import Cage
from tools.face_model.skins import SkinSampler

FRECKLE_PATTERNS = 14
SPOT_PATTERNS = 12
BROW = (211, 206, 204, 180, 209)
"""Vertices of the base mesh, right half of the face from the temple inwards; likewise the lids."""
UPPER_LID = (4856, 6762, 6775, 66)
LOWER_LID = (4856, 1067, 50, 66)
MOUTH = (368, 447, 460, 466, 7219, 7207, 7128, 7232, 7245, 496, 490, 477, 368)
NOSE_TIP = (5054,)


@dataclass(frozen=True, kw_only=True)
class Paint:
    """Masks over the vertices of the refined skin, in [0, 1]."""

    lips: Float[np.ndarray, " V"]
    blush: Float[np.ndarray, " V"]
    lids: Float[np.ndarray, " V"]
    under_eyes: Float[np.ndarray, " V"]
    brows: Float[np.ndarray, " V"]
    stubble: Float[np.ndarray, " V"]
    bag: Float[np.ndarray, " V"]
    """Inside of the mouth and of the eye sockets."""
    freckles: Float[np.ndarray, "K V"]
    """Independent patterns."""
    spots: Float[np.ndarray, "S V"]
    """Independent patterns."""


def make_paint(sampler: SkinSampler, cage: Cage, rng: np.random.Generator) -> Paint:
    """Find the regions on the refined skin of the mean head.

    Args:
        sampler: has that skin.
        cage: translates vertices of the base mesh.
        rng: places freckles and spots.
    """
    points, bag = sampler.vertices, sampler.bag()
    folded = points * [-1.0, 1.0, 1.0]
    folded = np.where(points[:, :1] > 0.0, folded, points)  # everything on the right half
    brow, upper, lower, mouth, nose = (
        points[cage.index_of(np.array(line))] for line in (BROW, UPPER_LID, LOWER_LID, MOUTH, NOSE_TIP)
    )
    outer = (~bag).astype(float)
    lips = sampler.smooth(_lips(points, mouth)[:, None], 1)[:, 0] * outer
    brows = near_line(folded, brow, 0.0042) * outer
    order = np.argsort(upper[:, 0])
    crease = np.interp(folded[:, 0], upper[order, 0], upper[order, 1])
    lids = near_line(folded, upper, 0.0050) * np.clip((folded[:, 1] - crease + 0.0035) / 0.003, 0.0, 1.0)
    lids = lids * (1.0 - brows) * outer
    under = near_line(folded, lower - [0.0, 0.0075, 0.0], 0.0055) * (1.0 - lids) * outer
    cheek = near_line(folded, (lower.mean(axis=0) * [1.30, 1.0, 1.0] - [0.0, 0.030, 0.0])[None], 0.015)
    tip = near_line(folded, nose, 0.010)
    freckled = np.clip(cheek + 0.8 * tip + 0.2 * near_line(folded, brow + np.array([0.0, 0.02, 0.0]), 0.012), 0.0, 1.0)
    front = np.clip((points[:, 2] - 0.02) / 0.05, 0.0, 1.0)
    bare = (1.0 - lips) * outer
    return Paint(
        lips=lips,
        blush=np.clip(cheek + 0.45 * tip, 0.0, 1.0) * outer,
        lids=lids,
        under_eyes=under,
        brows=brows,
        stubble=sampler.smooth((_beard(folded, mouth) * bare)[:, None], 6)[:, 0] * outer,
        bag=sampler.smooth(bag[:, None].astype(float), 2)[:, 0],
        freckles=np.stack([dots(points, freckled * bare, 260, (0.0007, 0.0013), rng) for _ in range(FRECKLE_PATTERNS)]),
        spots=np.stack([dots(points, front * bare, 14, (0.0018, 0.0045), rng) for _ in range(SPOT_PATTERNS)]),
    )


def near_line(
    points: Float[np.ndarray, "V 3"], line: Float[np.ndarray, "L 3"], width: float
) -> Float[np.ndarray, " V"]:
    """Fall off like a Gaussian with the distance from a polyline.

    Args:
        points: metres.
        line: its corners; one is a point.
        width: standard deviation, metres.
    """
    share = np.linspace(0.0, 1.0, 12)[:, None, None]
    dense = (line[:-1] * (1.0 - share) + line[1:] * share).reshape(-1, 3) if len(line) > 1 else line
    distance, _ = cKDTree(dense).query(points)
    return np.exp(-(distance**2) / (2.0 * width**2))


def dots(
    points: Float[np.ndarray, "V 3"],
    density: Float[np.ndarray, " V"],
    count: int,
    radii: tuple[float, float],
    rng: np.random.Generator,
) -> Float[np.ndarray, " V"]:
    """Scatter soft dots of varied strength.

    Args:
        points: metres.
        density: relative frequency of dots at each vertex.
        count: how many dots.
        radii: smallest and largest standard deviation, metres.
        rng: places them.
    """
    weight = density / _crowding(points)
    centres = points[rng.choice(len(points), count, p=weight / weight.sum())]
    centres = centres + rng.normal(0.0, 0.0006, centres.shape)
    tree = cKDTree(points)
    mask = np.zeros(len(points))
    for centre, radius, strength in zip(
        centres, rng.uniform(*radii, count), rng.uniform(0.35, 1.0, count), strict=True
    ):
        reached = np.array(tree.query_ball_point(centre, 3.0 * radius), int)
        distance = np.linalg.norm(points[reached] - centre, axis=1)
        mask[reached] = np.maximum(mask[reached], strength * np.exp(-(distance**2) / (2.0 * radius**2)))
    return mask * np.minimum(3.0 * density, 1.0)


def _crowding(points: np.ndarray) -> np.ndarray:
    """Vertices per area, up to a factor."""
    distance, _ = cKDTree(points).query(points, 6)
    return 1.0 / distance[:, -1] ** 2


def _lips(points: np.ndarray, mouth: np.ndarray) -> np.ndarray:
    """Fill between the smooth upper and lower outline, soft over 1.6 mm."""
    upper, lower = mouth[:7], mouth[6:][::-1]
    x = np.clip(points[:, 0], upper[0, 0], upper[-1, 0])
    top = CubicSpline(upper[:, 0], upper[:, 1])(x)
    bottom = CubicSpline(lower[:, 0], lower[:, 1])(x)
    depth = np.minimum(top - points[:, 1], points[:, 1] - bottom) - np.abs(points[:, 0] - x)
    return np.clip((depth + 0.0016) / 0.0016, 0.0, 1.0) * np.clip((points[:, 2] - 0.115) / 0.004, 0.0, 1.0)


def _beard(folded: np.ndarray, mouth: np.ndarray) -> np.ndarray:
    """Upper lip, chin, jaw and the upper throat."""
    x, y, z = -folded[:, 0], folded[:, 1], folded[:, 2]
    line = np.interp(x, [0.0, 0.020, 0.030, 0.045, 0.058, 0.070], [-0.002, -0.004, -0.026, -0.022, 0.000, 0.022])
    top = mouth[:, 1].max() + 0.014
    above = np.where(x < 0.024, np.minimum(line + 0.004, top), line)
    upper = np.clip((above - y) / 0.010, 0.0, 1.0)
    return upper * np.clip((y + 0.088) / 0.020, 0.0, 1.0) * np.clip((z - 0.035) / 0.02, 0.0, 1.0)
