"""The parsing class of each triangle of the skin, found on the mean head.

Borders run along edges of the mesh's quads, which follow the lips, the nose and the ears. Where no landmark marks a
border, tables of places on the mean head do, in millimetres.
"""

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8
from scipy.interpolate import CubicSpline

from toonface.morphable.face_model import FaceModel, subdivide
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.names import SHAPES
from toonface.morphable.regions import SkinRegion
from toonface.morphable.skin_areas import Table, height_above_jaw, interpolate_table, is_ear
from toonface.types import FaceRegion, Vertices

NOSE_EDGE: Table = (
    (-8.0, 9.0),
    (-6.0, 14.0),
    (-4.8, 16.8),
    (-1.5, 18.6),
    (3.0, 18.6),
    (7.5, 16.8),
    (12.0, 13.8),
    (19.0, 10.7),
)
NOSE_ROOT: Table = ((27.0, 8.2), (33.0, 6.6), (38.0, 5.2))
"""y, and half the nose's width there: along the furrow of the wing, the side, and the root between the eyes."""
NOSE_FLOOR: Table = ((0.0, -6.6), (4.0, -6.2), (8.0, -5.6), (13.0, -5.6), (16.3, -5.2), (19.0, -4.0))
"""x, and the height of the nose's lower border."""
LIP_MARGIN = 0.0006
"""Metres by which the red of the lips reaches beyond the landmarks on their border."""
UPPER_OUTLINE, LOWER_OUTLINE = np.arange(48, 55), np.array([48, 59, 58, 57, 56, 55, 54])
LIP_PLANE = 0.085
"""Metres: lips and nose lie in front of it."""
TOUCHING = 0.001
"""Metres from the line of contact within which the lips may overlap in height."""
JAW_OPEN = SHAPES.index("jawOpen")
BEHIND_LIPS = 0.85
"""Share of the mouth's region from which a quad is inner mouth; the band on which lips touch still is lips."""
STRAIGHTENING = 4
"""Rounds in which a quad joins the class of most of its neighbours."""


def skin_labels(model: FaceModel) -> UInt8[np.ndarray, " F"]:
    """Return the `FaceRegion` of each triangle of LOD0: skin, nose, ears, neck, lips or inner mouth.

    Lids and what lies behind them are skin, and so is the bald scalp.

    Args:
        model: the face model.
    """
    faces = model.skin.faces[0]
    skin = subdivide(model, model.mean[: model.skin.count])
    pairs = faces.reshape(-1, 6)
    if not np.array_equal(pairs[:, 0], pairs[:, 3]):
        raise ValueError("triangles of the skin do not come in pairs from one quad, expected LOD0 of the face model")
    quads = pairs[:, [0, 1, 2, 5]]
    labels = _quad_labels(model, skin, quads)
    beside = _neighbours(quads)
    for _ in range(STRAIGHTENING):
        labels = _straightened(labels, beside)
    return np.repeat(labels, 2)


def lip_depth(landmarks: Float[np.ndarray, "68 3"], points: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, " N"]:
    """Return how far points are inside the outline through landmarks 48 to 59, metres, seen from the front.

    Args:
        landmarks: of a head with closed lips.
        points: metres; negative results are outside.
    """
    upper, lower = landmarks[UPPER_OUTLINE], landmarks[LOWER_OUTLINE]
    x = np.clip(points[:, 0], upper[0, 0], upper[-1, 0])
    top = CubicSpline(upper[:, 0], upper[:, 1])(x)
    bottom = CubicSpline(lower[:, 0], lower[:, 1])(x)
    return np.minimum(top - points[:, 1], points[:, 1] - bottom) - np.abs(points[:, 0] - x)


def region_share(model: FaceModel, region: SkinRegion) -> Float[np.ndarray, " V"]:
    """Return a region of the cage as a soft mask over LOD0.

    Args:
        model: the face model.
        region: of the cage's points.
    """
    return np.clip(model.skin.subdivision.matrix @ (model.skin.region == region).astype(float), 0.0, 1.0)


def _quad_labels(model: FaceModel, skin: Vertices, quads: Int[np.ndarray, "Q 4"]) -> UInt8[np.ndarray, " Q"]:
    centre = skin[quads].mean(axis=1)
    bag, socket = (region_share(model, r)[quads].mean(axis=1) for r in (SkinRegion.MOUTH, SkinRegion.SOCKET))
    landmarks = landmarks_3d(skin, model.landmarks)
    front = centre[:, 2] > LIP_PLANE
    above = _above_contact(model, skin, quads)
    lips = (lip_depth(landmarks, centre) > -LIP_MARGIN) & front
    ears, left = is_ear(centre), centre[:, 0] > 0
    labels = np.full(len(quads), int(FaceRegion.SKIN), np.uint8)
    labels[(height_above_jaw(centre) < 0.0) & (bag + socket < 0.5)] = FaceRegion.NECK
    labels[_in_nose(centre) & front] = FaceRegion.NOSE
    labels[ears & left] = FaceRegion.EAR_LEFT
    labels[ears & ~left] = FaceRegion.EAR_RIGHT
    labels[lips & above] = FaceRegion.LIP_UPPER
    labels[lips & ~above] = FaceRegion.LIP_LOWER
    labels[bag > BEHIND_LIPS] = FaceRegion.INNER_MOUTH
    return labels


def _above_contact(model: FaceModel, skin: Vertices, quads: Int[np.ndarray, "Q 4"]) -> Bool[np.ndarray, " Q"]:
    """Tell the upper lip from the lower one by height; where they touch, by which of them moves with the jaw."""
    lips, centre = model.lips, skin[quads].mean(axis=1)
    fall = subdivide(model, model.expression_basis[JAW_OPEN, : model.skin.count].astype(float))[:, 1]
    order = np.argsort(skin[lips.upper, 0])
    x, y = skin[lips.upper[order], 0], skin[lips.upper[order], 1]
    middle = 0.5 * (fall[lips.upper] + (lips.weights * fall[lips.lower]).sum(axis=1))[order]
    height = centre[:, 1] - np.interp(centre[:, 0], x, y)
    stays = fall[quads].mean(axis=1) > np.interp(centre[:, 0], x, middle)
    return np.where(np.abs(height) < TOUCHING, stays, height > 0.0)


def _in_nose(centre: Float[np.ndarray, "Q 3"]) -> Bool[np.ndarray, " Q"]:
    x, y = np.abs(centre[:, 0]), centre[:, 1]
    wide = interpolate_table(y, NOSE_EDGE + NOSE_ROOT) > x
    return wide & (y < NOSE_ROOT[-1][0] / 1000.0) & (y > interpolate_table(x, NOSE_FLOOR))


def _neighbours(quads: Int[np.ndarray, "Q 4"]) -> Int[np.ndarray, "Q 4"]:
    """The quad across each side; a border of the mesh faces itself."""
    count = len(quads)
    sides = np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    order = np.lexsort(sides.T)
    same = (sides[order[:-1]] == sides[order[1:]]).all(axis=1)
    first, second = order[:-1][same], order[1:][same]
    beside = np.repeat(np.arange(count), 4)
    beside[first], beside[second] = second // 4, first // 4
    return beside.reshape(count, 4)


def _straightened(labels: UInt8[np.ndarray, " Q"], beside: Int[np.ndarray, "Q 4"]) -> UInt8[np.ndarray, " Q"]:
    """Cut off teeth: a quad with three neighbours of one other class joins them."""
    around = np.sort(labels[beside], axis=1)
    most = np.where(around[:, 0] == around[:, 2], around[:, 0], around[:, 3])
    agreed = (around[:, 0] == around[:, 2]) | (around[:, 1] == around[:, 3])
    return np.where(agreed, most, labels).astype(np.uint8)
