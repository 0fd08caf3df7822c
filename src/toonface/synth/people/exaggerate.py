"""From a person's neutral head to the cartoon of the same person: large eyes, other proportions.

A zone is magnified by a radial map that keeps its core in proportion and squeezes the belt round it without folds.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import sparse
from scipy.spatial import cKDTree

from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import FaceModel, Points
from toonface.morphable.lids import FIRST_RING, MARGIN_RING, LidGrid, LidMotion, lid_offsets
from toonface.morphable.names import SHAPES
from toonface.morphable.regions import SkinRegion
from toonface.synth.people.exaggeration import NONE, Exaggeration, sample_exaggeration
from toonface.synth.people.zones import Zone, find_zone, magnified

__all__ = ["NONE", "Exaggeration", "ExaggerationTables", "exaggerate", "exaggerate_tables", "sample_exaggeration"]

LARGEST_DIFFERENCE = 0.0095
"""Root mean square distance from the mean head, metres, up to which a head's difference is exaggerated."""
EYE_CORE, EYE_REACH = ((0.0145, 0.0165), (0.0090, 0.0120)), ((0.042, 0.054), (0.060, 0.050))
"""Metres inwards and outwards, down and up from an eyeball's centre: what stays in proportion, and what moves."""
NOSE_CORE, NOSE_REACH = ((0.016, 0.016), (0.009, 0.014)), ((0.040, 0.040), (0.022, 0.042))
MOUTH_CORE, MOUTH_REACH = ((0.025, 0.025), (0.012, 0.009)), ((0.056, 0.056), (0.040, 0.023))
BAG_CORE, BAG_REACH = ((0.036, 0.036), (0.019, 0.022)), ((0.060, 0.060), (0.050, 0.050))
"""The same behind the lips: teeth and tongue grow, but the bag round them must not come out at the chin."""
EYE_SINK = 0.10
"""How far an enlarged eye moves back, in gained radii: the face curves away beside it."""
BAG_TUCK = 0.30
"""Share by which the mouth bag of a cartoon is drawn in: exaggerated chins and jaws leave it less room."""
LARGEST_EYE = 0.0275
"""Radius of an eyeball, metres, beyond which it is not enlarged: a child's large eyes would meet."""
OPENING, WIDE_OPEN = (-0.42, -0.16), 0.95
"""Turn of the upper and the lower lid at eye openness 1 (see `LidMotion`), and the gap in radii that is not opened."""
EAR_ROUNDS = 14
"""Rounds of averaging over neighbours that make an ear wholly simple."""
RAISED_BROWS = ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")


@dataclass(frozen=True, kw_only=True)
class ExaggerationTables:
    """What exaggerating needs of a model, computed once."""

    mean: Points
    skin: int
    """Points of the skin's cage."""
    marks: sparse.csr_array
    """From the skin's cage to the 68 landmarks."""
    lids: tuple[LidGrid, LidGrid]
    eyes: tuple[Zone, Zone]
    """Left and right."""
    nose: Zone
    mouth: Zone
    bag: Int[np.ndarray, " B"]
    """Points of the mouth bag."""
    bag_depth: Float[np.ndarray, " B"]
    """How far behind the lips each lies, from 0 at the lips to 1."""
    brows: Float[np.ndarray, "P 3"]
    """Offsets of wholly raised brows, metres."""
    cheeks: Float[np.ndarray, "3 P"]
    """Offsets at cheek roundness 1, metres."""
    jaw: Float[np.ndarray, " P"]
    """Shares of each point in the widths, lengths and sizes below."""
    chin: Float[np.ndarray, " P"]
    front: Float[np.ndarray, " P"]
    cranium: Float[np.ndarray, " P"]
    neck: Float[np.ndarray, " P"]
    ears: tuple[Int[np.ndarray, " L"], Int[np.ndarray, " R"]]
    ear_roots: tuple[Int[np.ndarray, " K"], Int[np.ndarray, " K"]]
    ear: Float[np.ndarray, " L"]
    ear_smoothing: Float[np.ndarray, "L L"]
    """From an ear's points to their averages over neighbours."""


def exaggerate_tables(model: FaceModel) -> ExaggerationTables:
    """Derive the tables of a model.

    Args:
        model: the face model.
    """
    mean, count, region = model.mean, model.skin.count, model.skin.region
    marks = _mark_matrix(model)
    mouth_marks, skin = marks[48:60] @ mean[:count], mean[:count]
    x, y, z = mean.T
    inside = np.arange(len(mean)) >= count
    inside[:count] |= region == SkinRegion.MOUTH
    socket, balls = np.zeros(len(mean), bool), np.arange(len(mean)) >= len(mean) - 4
    socket[:count] = region == SkinRegion.SOCKET
    eyes = []
    for side, outward in ((-4, 1.0), (-2, -1.0)):
        offsets = (mean - mean[side]) * [outward, 1.0, 1.0]
        fixed = socket & (x * outward > 0.0)
        fixed[[side, side + 1]] = True
        eyes.append(find_zone(offsets, EYE_CORE, EYE_REACH, fixed, (inside | socket) & ~fixed))
    nose = mean - (marks[33] @ skin + [0.0, 0.004, 0.0])
    mouth = _mouth_zone(model, mouth_marks.mean(axis=0), socket | balls)
    free = np.ones(len(mean))
    free[mouth.index] -= mouth.share
    under = smoothstep(0.0, 1.0, (y + 0.100) / 0.035)
    eye_free = np.ones(len(mean))
    for eye in eyes:
        eye_free[eye.index] -= smoothstep(0.0, 1.0, 2.0 * eye.share)
    cheek = np.exp(-(((np.abs(x) - 0.041) / 0.018) ** 2 + ((y + 0.004) / 0.020) ** 2) / 2.0) * free * eye_free
    cheek *= smoothstep(0.0, 1.0, (z - 0.01) / 0.04)
    return ExaggerationTables(
        mean=mean,
        skin=count,
        marks=marks,
        lids=model.lids,
        eyes=(eyes[0], eyes[1]),
        nose=find_zone(nose, NOSE_CORE, NOSE_REACH, np.zeros_like(inside), inside | socket),
        mouth=mouth,
        bag=np.flatnonzero(region == SkinRegion.MOUTH),
        bag_depth=_bag_depth(model),
        brows=model.expression_basis[[SHAPES.index(name) for name in RAISED_BROWS]].sum(axis=0),
        cheeks=0.007 * cheek * np.stack([0.65 * np.sign(x), 0.0 * x + 0.05, 0.0 * x + 0.6]),
        jaw=smoothstep(0.0, 1.0, (0.005 - y) / 0.045) * under * smoothstep(0.0, 1.0, (z + 0.02) / 0.04) * free,
        chin=smoothstep(0.0, 1.0, (mouth_marks[:, 1].min() - y) / 0.02) * under
        * smoothstep(0.0, 1.0, (z - 0.02) / 0.045) * free
        * np.exp(-((x / 0.03) ** 2) / 2.0),
        front=np.where(inside, 1.0, smoothstep(0.0, 1.0, (z + 0.02) / 0.05) * smoothstep(0.0, 1.0, (y + 0.115) / 0.05)),
        cranium=np.where(inside | socket, 0.0, smoothstep(0.0, 1.0, (y - 0.5 * z - 0.016) / 0.06)),
        neck=smoothstep(0.0, 1.0, (-0.015 - y) / 0.05) * smoothstep(0.0, 1.0, (y + 0.15) / 0.04)
        * smoothstep(0.0, 1.0, (0.080 - np.hypot(x, z + 0.015)) / 0.03),
        **_ear_tables(model),
    )  # fmt: skip


def exaggerate(tables: ExaggerationTables, neutral: Points, exaggeration: Exaggeration) -> Points:
    """Turn a person's neutral head into the cartoon of the same person.

    Args:
        tables: of the model.
        neutral: points of the person's neutral head, metres.
        exaggeration: by how much.
    """
    by, points = exaggeration, neutral.astype(float)
    if by == NONE:
        return points
    apart = points - tables.mean
    size = np.linalg.norm(apart[: tables.skin]) / np.sqrt(tables.skin)
    gain = by.difference if by.difference < 1.0 else np.clip(LARGEST_DIFFERENCE / max(size, 1e-9), 1.0, by.difference)
    points = tables.mean + gain * apart
    _shape_head(tables, points, by)
    marks = tables.marks @ points[: tables.skin]
    base = marks[[31, 35]].mean(axis=0) - np.array([0.0, 0.0, 0.004])
    for zone, anchor, scale in (
        (tables.nose, base, by.nose_scale),
        (tables.mouth, marks[[48, 54, 62, 66]].mean(axis=0), by.mouth_scale),
    ):
        points[zone.index] = magnified(points[zone.index], zone, anchor, scale)
    inner = points[tables.bag]
    points[tables.bag] += tables.bag_depth[:, None] * BAG_TUCK * (points[tables.skin : -4].mean(axis=0) - inner)
    _enlarge_eyes(tables, points, by)
    return points + by.brow_lift * tables.brows


def _enlarge_eyes(tables: ExaggerationTables, points: Points, by: Exaggeration) -> None:
    """Enlarge, part and open the eyes in place; both pull on the bridge at once, so it stays in the middle."""
    before, middle = points.copy(), points[[-4, -2], 0].mean()
    for zone, eye in zip(tables.eyes, (-4, -2), strict=True):
        centre, radius = before[eye], before[eye + 1, 0] - before[eye, 0]
        own = before[zone.index]
        scale = max(min(by.eye_scale, LARGEST_EYE / radius), 1.0)
        moved = magnified(own, zone, centre + np.array([0.0, 0.0, radius]), scale) - own
        moved[:, 0] += zone.share * (by.eye_spacing - 1.0) * (centre[0] - middle)
        moved[:, 2] -= zone.share * EYE_SINK * (scale - 1.0) * radius
        points[zone.index] += moved
    for grid, eye in zip(tables.lids, (-4, -2), strict=True):
        _open_lids(
            points[: tables.skin], points[eye], float(points[eye + 1, 0] - points[eye, 0]), grid, by.eye_openness
        )


def _open_lids(
    skin: Float[np.ndarray, "S 3"], centre: Float[np.ndarray, "3"], radius: float, grid: LidGrid, openness: float
) -> None:
    """Turn lids open in place, wide eyes less: white all round an iris looks startled."""
    edge = skin[grid.table[MARGIN_RING - FIRST_RING]]
    gap = np.linalg.norm(grid.facing @ edge - edge, axis=1)[grid.side > 0].max() / radius
    amount = openness * float(np.clip((WIDE_OPEN - gap) / 0.3, 0.0, 1.0))
    if amount > 0.0:
        turn = LidMotion(upper=OPENING[0] * amount, lower=OPENING[1] * amount)
        skin[grid.table] += lid_offsets(skin, centre, radius, grid, turn)


def _shape_head(tables: ExaggerationTables, points: Points, by: Exaggeration) -> None:
    """Change skull, jaw, chin, cheeks, ears and neck in place."""
    marks = tables.marks @ points[: tables.skin]
    temple = marks[[0, 16]].mean(axis=0)
    rows = np.ascontiguousarray(points.T)
    arms = rows - temple[:, None]
    length = np.maximum(np.sqrt((arms**2).sum(axis=0)), 1e-9)
    ball = (tables.cranium @ length) / tables.cranium.sum() / length - 1.0
    rows += tables.cranium * (by.cranium_scale - 1.0 + by.cranium_roundness * ball) * arms
    rows += by.cheek_roundness * tables.cheeks
    x, y, z = rows
    x += tables.jaw * (by.jaw_width - 1.0) * (x - temple[0])
    below = tables.chin * (by.chin_scale - 1.0) * np.minimum(y - marks[57, 1], 0.0)
    y += below
    z -= 0.5 * below
    drop = np.maximum(y[-4:].mean() - 0.016 - y, 0.0)
    y -= tables.front * (by.face_length - 1.0) * drop**2 / (drop + 0.02)
    for row in (x, z):
        row += tables.neck * (by.neck_width - 1.0) * (row - (tables.neck @ row) / tables.neck.sum())
    points[:] = rows.T
    for ear, root in zip(tables.ears, tables.ear_roots, strict=True):
        simple = points[ear] + by.ear_simplicity * (tables.ear_smoothing @ points[ear] - points[ear])
        points[ear] = simple + (by.ear_scale - 1.0) * tables.ear[:, None] * (simple - simple[root].mean(axis=0))


def _mouth_zone(model: FaceModel, centre: Float[np.ndarray, "3"], left_out: Bool[np.ndarray, " P"]) -> Zone:
    """Join lips and skin, the bag behind them, and teeth and tongue, which keep their proportions."""
    offsets, count = model.mean - centre, model.skin.count
    behind = np.arange(len(offsets)) >= count
    bag = behind.copy()
    bag[:count] = model.skin.region == SkinRegion.MOUTH
    skin = find_zone(offsets, MOUTH_CORE, MOUTH_REACH, behind & ~left_out, left_out | (bag & ~behind))
    inner = find_zone(offsets * [1.0, 1.0, 0.0], BAG_CORE, BAG_REACH, behind & False, ~bag | behind)
    return Zone(
        index=np.concatenate([skin.index, inner.index]),
        share=np.concatenate([skin.share, inner.share]),
        bend=np.zeros(len(skin.index) + len(inner.index)),
    )


def _bag_depth(model: FaceModel) -> Float[np.ndarray, " B"]:
    skin, bag = model.mean[: model.skin.count], model.skin.region == SkinRegion.MOUTH
    faces = model.skin.faces[1]
    lips = faces[bag[faces].any(axis=1)]
    return smoothstep(0.0, 1.0, (cKDTree(skin[lips[~bag[lips]]]).query(skin[bag])[0] - 0.008) / 0.02)


def _mark_matrix(model: FaceModel) -> sparse.csr_array:
    corners, weights = model.landmarks.corners, model.landmarks.weights
    rows = np.repeat(np.arange(len(corners)), 3)
    place = sparse.csr_array((weights.ravel(), (rows, corners.ravel())), (len(corners), len(model.albedo_mean)))
    return sparse.csr_array(place @ model.skin.subdivision.matrix)


def _ear_tables(model: FaceModel) -> dict:
    skin, faces = model.mean[: model.skin.count], model.skin.faces[1]
    inside = (model.skin.region == SkinRegion.EAR) & (skin[:, 0] > 0.0)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    leaving = edges[inside[edges[:, 0]] & ~inside[edges[:, 1]], 0]
    left = np.flatnonzero(inside)
    root = np.flatnonzero(np.isin(left, leaving))
    within = edges[inside[edges].all(axis=1)]
    average = np.zeros((len(left), len(left)))
    average[np.searchsorted(left, within[:, 0]), np.searchsorted(left, within[:, 1])] = 1.0
    average = 0.5 * np.eye(len(left)) + 0.5 * average / average.sum(axis=1, keepdims=True)
    average[root] = np.eye(len(left))[root]
    distance = np.linalg.norm(skin[left][:, None] - skin[left[root]], axis=2).min(axis=1)
    return {
        "ears": (left, model.skin.mirror[left]),
        "ear_roots": (root, root),
        "ear": smoothstep(0.0, 1.0, distance / 0.008),
        "ear_smoothing": np.linalg.matrix_power(average, EAR_ROUNDS),
    }
