"""Where things are on the skin: soft masks for paint, and the parsing class of each triangle.

Everything is found once on the mean head, from its landmarks, lid grids and regions, and holds for every head of this
topology. Lines that no landmark marks are tables of places on the mean head, in millimetres.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, UInt8
from scipy.spatial import cKDTree

from toonface.geometry.normals import face_area_vectors
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import FaceModel, subdivide
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.lids import FIRST_RING, MARGIN_RING
from toonface.morphable.regions import SkinRegion
from toonface.morphable.skin_areas import (
    Table,
    height_above_hairline,
    height_above_jaw,
    interpolate_table,
    is_ear,
)
from toonface.synth.face.skin_labels import (
    LIP_MARGIN,
    LIP_PLANE,
    lip_depth,
    region_share,
    skin_labels,
)
from toonface.types import Faces, Vertices

WRINKLES = ("forehead", "crows_feet", "nasolabial", "fine")
"""Rows of `SkinMasks.wrinkles`; forehead has the frown lines too, fine are those under eyes and below the mouth."""

Mask: TypeAlias = Float[np.ndarray, " V"]
"""A value in [0, 1] per vertex of LOD0."""
Line: TypeAlias = list[tuple[float, float]]

FOREHEAD_LINES: tuple[Line, ...] = tuple(
    [(0.0, y), (12.0, y + 1.0), (24.0, y + 0.5), (35.0, y - 2.5)] for y in (63.0, 70.5, 78.0, 86.0)
)
"""x and y of wrinkles on the left half, which is mirrored; all tables here are millimetres on the mean head."""
FROWN_LINES: tuple[Line, ...] = ([(5.5, 42.0), (5.0, 49.0), (6.5, 56.0)],)
CROWS_FEET: tuple[Line, ...] = (
    [(48.5, 38.0), (53.0, 41.0), (58.0, 45.0)],
    [(49.0, 36.0), (54.0, 36.5), (60.0, 37.5)],
    [(48.5, 34.0), (53.0, 31.0), (57.5, 27.5)],
)
NASOLABIAL: tuple[Line, ...] = ([(19.5, 3.0), (23.0, -4.0), (26.5, -13.0), (28.5, -22.0), (28.8, -26.0)],)
FINE_LINES: tuple[Line, ...] = (
    [(17.0, 29.0), (25.0, 24.5), (36.0, 25.0), (43.0, 29.0)],
    [(25.0, -31.0), (27.5, -37.0), (27.5, -44.0)],
)
"""Tear trough, and the line down from the corner of the mouth."""
CHEEK: Line = [(34.0, 3.0), (43.0, 7.0), (52.0, 13.0)]
FRECKLED: Line = [(0.0, 10.0), (15.0, 11.0), (30.0, 8.0), (45.0, 12.0)]
CHEEK_LINE: Table = (
    (0.0, -44.0),
    (14.0, -41.0),
    (21.0, -33.0),
    (27.0, -30.0),
    (40.0, -33.0),
    (52.0, -25.0),
    (62.0, -8.0),
    (68.0, 12.0),
    (72.0, 28.0),
)
MOUSTACHE: Table = ((7.0, 11.0), (12.0, 17.0), (20.0, 24.0), (28.0, 28.0), (40.0, 26.0))
THROAT: Table = ((0.0, -30.0), (10.0, -50.0), (25.0, -72.0), (45.0, -92.0), (60.0, -95.0))
"""The beard's borders: x and height on the cheek; depth below the origin and half width; z and height on the neck."""
TEAR_TROUGH: Line = [(17.0, 30.5), (24.0, 26.5), (34.0, 26.5), (42.0, 30.0)]
SHADOW_BY_RING = (0.0, 0.0, 0.0, 0.0, 0.5, 0.9, 1.0, 1.0, 0.9, 0.7, 0.45, 0.2)
LINER_BY_RING = (0.0, 0.0, 0.0, 0.6, 1.0, 0.7, 0.3, 0.05, 0.0, 0.0, 0.0, 0.0)
"""Strength on each row of a lid's grid, from inside outwards."""


@dataclass(frozen=True, kw_only=True)
class SkinMasks:
    """Masks in [0, 1] over the vertices of LOD0, and a class for each of its triangles."""

    lips: Mask
    """The red of the lips, up to the inside of the mouth."""
    cheeks: Mask
    """Where blush goes."""
    nose_tip: Mask
    lids: Mask
    """Eye shadow: the upper lid up to the crease, fading towards the brow."""
    lash_line: Mask
    """Eyeliner: the edge of the upper lid, weaker on the lower one."""
    under_eyes: Mask
    wrinkles: Float[np.ndarray, "4 V"]
    """By `WRINKLES`."""
    wrinkle_slopes: Float[np.ndarray, "4 V 3"]
    """Gradient of each, per metre: how normals lean into a furrow one metre deep."""
    t_zone: Mask
    """Oily skin: forehead, nose and chin."""
    freckles: Mask
    stubble: Mask
    scalp: Mask
    """Where hair grows on the head."""
    ears: Mask
    neck: Mask
    mouth: Mask
    """Inside of the mouth."""
    bare: Mask
    """Outer skin without lips, mouth and lid edges: where pores and moles are."""
    spacing: Float[np.ndarray, " V"]
    """Mean length of the edges at each vertex of the mean head, metres."""
    labels: UInt8[np.ndarray, " F"]
    """`FaceRegion` of each triangle: skin, nose, ears, neck, lips or inner mouth."""


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The mean skin, and what the masks are measured on."""

    model: FaceModel
    skin: Vertices
    folded: Vertices
    """The skin with the right half laid on the left one."""
    landmarks: Float[np.ndarray, "68 3"]
    inside: Mask
    """Share of mouth bag and sockets."""
    spacing: Float[np.ndarray, " V"]


def skin_masks(model: FaceModel) -> SkinMasks:
    """Find all masks and labels of a model's skin; takes about a second, once per model.

    Args:
        model: the face model.
    """
    skin = subdivide(model, model.mean[: model.skin.count])
    inside = np.clip(region_share(model, SkinRegion.MOUTH) + region_share(model, SkinRegion.SOCKET), 0.0, 1.0)
    folded = np.column_stack([np.abs(skin[:, 0]), skin[:, 1:]])
    marks = landmarks_3d(skin, model.landmarks)
    faces = model.skin.faces[0]
    spacing = _spacing(skin, faces)
    ground = _Ground(model=model, skin=skin, folded=folded, landmarks=marks, inside=inside, spacing=spacing)
    lips = smoothstep(-LIP_MARGIN, 0.0014, lip_depth(marks, skin)) * _before(skin, LIP_PLANE)
    lips *= 1.0 - region_share(model, SkinRegion.MOUTH)
    outer = 1.0 - inside
    liner = _lid_mask(model, LINER_BY_RING, lower=0.4)
    wrinkles = _wrinkles(ground)
    return SkinMasks(
        lips=lips,
        lids=_lid_mask(model, SHADOW_BY_RING, lower=0.0) * outer,
        lash_line=liner,
        wrinkles=wrinkles,
        wrinkle_slopes=np.stack([_gradient(row, skin, faces) for row in wrinkles]),
        scalp=smoothstep(-0.006, 0.006, height_above_hairline(skin)) * outer * ~is_ear(skin),
        ears=_averaged(is_ear(skin).astype(float), faces, 1),
        neck=smoothstep(-0.002, 0.004, -height_above_jaw(skin)) * outer,
        mouth=region_share(model, SkinRegion.MOUTH),
        bare=outer * (1.0 - lips) * (1.0 - liner),
        spacing=spacing,
        labels=skin_labels(model),
        **_areas(ground, lips),
    )


def _wrinkles(ground: _Ground) -> Float[np.ndarray, "4 V"]:
    """A line is never thinner than the mesh can carry, or it would break into beads."""

    def drawn(lines: tuple[Line, ...], width: float) -> Mask:
        wide = np.maximum(width, 0.5 * ground.spacing)
        return np.max([_near(ground.folded, _on_skin(ground, line), wide) for line in lines], axis=0)

    forehead = np.maximum(drawn(FOREHEAD_LINES, 0.0012), 0.8 * drawn(FROWN_LINES, 0.0011))
    others = drawn(CROWS_FEET, 0.0008), drawn(NASOLABIAL, 0.0015), drawn(FINE_LINES, 0.0011)
    return np.stack([forehead, *others]) * (1.0 - ground.inside)


def _gradient(mask: Mask, skin: Vertices, faces: Faces) -> Float[np.ndarray, "V 3"]:
    """Gradient of a piecewise linear function, averaged at each vertex over its triangles by area."""
    area = face_area_vectors(skin, faces)
    opposite = skin[faces[:, [2, 0, 1]]] - skin[faces[:, [1, 2, 0]]]
    twice = np.cross(area[:, None], opposite) * mask[faces][..., None]
    size = np.linalg.norm(area, axis=1)
    slope = twice.sum(axis=1) / np.maximum(2.0 * size, 1e-12)[:, None]
    total, weight = np.zeros_like(skin), np.zeros(len(skin))
    for corner in faces.T:
        np.add.at(total, corner, slope)
        np.add.at(weight, corner, size)
    return total / np.maximum(weight, 1e-12)[:, None]


def _areas(ground: _Ground, lips: Mask) -> dict[str, Mask]:
    folded, marks = ground.folded, ground.landmarks
    outer = (1.0 - ground.inside) * (1.0 - lips)
    cheeks = _near(folded, _on_skin(ground, CHEEK), 0.010)
    tip = _near(folded, marks[30:31], 0.0085)
    under = _near(folded, _on_skin(ground, TEAR_TROUGH), 0.0038)
    forehead = _near(folded, _on_skin(ground, [(0.0, 66.0), (16.0, 72.0)]), 0.014)
    chin = _near(folded, _on_skin(ground, [(0.0, -50.0)]), 0.010)
    freckles = np.clip(1.3 * _near(folded, _on_skin(ground, FRECKLED), 0.011), 0.0, 1.0)
    return {
        "cheeks": cheeks * outer,
        "nose_tip": tip * outer,
        "under_eyes": under * outer,
        "t_zone": np.max([forehead, _near(folded, marks[27:31], 0.008), 0.7 * chin], axis=0) * outer,
        "freckles": freckles * outer,
        "stubble": _beard(ground) * outer,
    }


def _beard(ground: _Ground) -> Mask:
    """Sideburn, jaw, chin, moustache and the upper throat."""
    x, y, z = ground.folded.T
    jaw = smoothstep(-0.004, 0.005, interpolate_table(x, CHEEK_LINE) - y) * smoothstep(0.004, 0.014, z)
    moustache = smoothstep(-0.003, 0.003, interpolate_table(-y, MOUSTACHE) - x) * smoothstep(0.0, 0.003, -0.0075 - y)
    throat = smoothstep(-0.004, 0.012, y - interpolate_table(z, THROAT))
    beard = np.maximum(jaw * throat, moustache * smoothstep(0.080, 0.088, z))
    return _averaged(beard * ~is_ear(ground.skin), ground.model.skin.faces[0], 4)


def _averaged(mask: Mask, faces: Faces, rounds: int) -> Mask:
    """Soften a mask by the mean over neighbouring vertices."""
    for _ in range(rounds):
        total, count = np.zeros(len(mask)), np.zeros(len(mask))
        for corner in faces.T:
            total += np.bincount(corner, mask[faces].sum(axis=1), len(mask))
            count += np.bincount(corner, minlength=len(mask))
        mask = total / np.maximum(3.0 * count, 1.0)
    return mask


def _lid_mask(model: FaceModel, by_ring: tuple[float, ...], *, lower: float) -> Mask:
    """Spread a strength per ring of the lids over the skin, stronger towards the outer corner."""
    cage = np.zeros(model.skin.count)
    for grid, outer_sign in zip(model.lids, (1.0, -1.0), strict=True):
        margin = model.mean[grid.table[MARGIN_RING - FIRST_RING], 0]
        inner, outer = np.sort(outer_sign * margin)[[0, -1]]
        along = np.clip((outer_sign * margin - inner) / (outer - inner), 0.0, 1.0)
        strength = np.where(grid.side > 0, 1.0, np.where(grid.side == 0, 0.5, lower))
        values = np.outer(by_ring, strength * (0.55 + 0.45 * along))
        np.maximum.at(cage, grid.table.ravel(), values.ravel())
    return np.clip(model.skin.subdivision.matrix @ cage, 0.0, 1.0)


def _near(points: Vertices, line: Float[np.ndarray, "L 3"], width: float | Mask) -> Mask:
    """Fall off like a Gaussian from a polyline; the width is in metres, one for all vertices or one each."""
    share = np.linspace(0.0, 1.0, 12)[:, None, None]
    dense = (line[:-1] * (1.0 - share) + line[1:] * share).reshape(-1, 3) if len(line) > 1 else line
    distance, _ = cKDTree(dense).query(points)
    return np.exp(-(distance**2) / (2.0 * np.square(width)))


def _on_skin(ground: _Ground, places: Line) -> Float[np.ndarray, "L 3"]:
    """Lay places in x and y, millimetres, on the front of the face."""
    front = np.flatnonzero((ground.folded[:, 2] > 0.03) & (ground.inside < 0.1))
    xy = np.array(places) / 1000.0
    _, nearest = cKDTree(ground.folded[front, :2]).query(xy, 3)
    return np.column_stack([xy, ground.folded[front[nearest], 2].mean(axis=1)])


def _spacing(points: Vertices, faces: Faces) -> Float[np.ndarray, " V"]:
    total, count = np.zeros(len(points)), np.zeros(len(points))
    for a, b in ((0, 1), (1, 2), (2, 0)):
        length = np.linalg.norm(points[faces[:, a]] - points[faces[:, b]], axis=1)
        for end in (a, b):
            total += np.bincount(faces[:, end], length, len(points))
            count += np.bincount(faces[:, end], minlength=len(points))
    return total / np.maximum(count, 1.0)


def _before(points: Vertices, plane: float) -> Mask:
    return (points[:, 2] > plane).astype(float)
