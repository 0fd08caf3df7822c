"""What a good head obeys, as figures with limits: `toonface models check`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from jaxtyping import Bool, Float

from toonface.morphable.face_model import (
    FaceModel,
    Points,
    evaluate,
    neutral_points,
    part_vertices,
    pose_head,
    shape_offsets,
    skin_vertices,
    subdivide,
    weights_of,
)
from toonface.morphable.fold_guard import FoldGuard
from toonface.morphable.lids import FIRST_RING, MARGIN_RING
from toonface.morphable.names import SHAPES, mirror_name, side_of
from toonface.morphable.regions import SkinRegion
from toonface.synth.people.expressions import random_expression

MILLIMETRE = 1e-3
MICROMETRE = 1e-6
MIDDLE = 0.012
"""Half width in metres of the strip in the middle of the face that both halves share: a philtrum."""
ENLARGED_EYES = 1.5
"""Factor of the head whose eyes are enlarged about their centres."""
COEFFICIENT_LIMIT = 2.0
LIPS_SEALED = ("jawForward", "jawLeft", "mouthPucker", "mouthLeft", "mouthSmileLeft", "mouthFrownLeft", "cheekPuff")
"""Shapes that must leave the lips together."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One figure and what it must be."""

    name: str
    """`<shape>.<property>`."""
    value: float
    limit: float
    at_least: bool = False
    """True where the limit is a smallest value, False where it is a largest one."""

    @property
    def passed(self) -> bool:
        """Whether the figure is inside its limit; a figure that is no number is not."""
        return bool(self.value >= self.limit if self.at_least else self.value <= self.limit)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A model and what the checks derive from it once."""

    model: FaceModel
    guard: FoldGuard
    visible: Bool[np.ndarray, " F"]
    """Triangles of LOD0 that can be seen; those of the guard."""
    face: Bool[np.ndarray, " F"]
    """Those of them on the face: neither ears, scalp nor neck."""
    neutral: Float[np.ndarray, "V 3"]

    @staticmethod
    def of(model: FaceModel) -> "Bench":
        """Prepare a model."""
        faces = model.skin.faces[0]
        matrix = model.skin.subdivision.matrix
        guard = FoldGuard(model)
        of_face = (model.skin.region == SkinRegion.FACE).astype(float)
        return Bench(
            model=model,
            guard=guard,
            visible=guard.visible,
            face=guard.visible & ((matrix @ of_face)[faces] >= 0.5).all(axis=1),
            neutral=subdivide(model, model.mean[: model.skin.count]),
        )

    def flipped(self, before: Float[np.ndarray, "V 3"], after: Float[np.ndarray, "V 3"]) -> Bool[np.ndarray, " F"]:
        """Mark the visible triangles that a motion flips."""
        return self.guard.folded(after, self.guard.upright(before))


def check_model(
    model: FaceModel, rng: np.random.Generator, heads: int = 1000, progress: Callable[[str], None] = lambda _: None
) -> Iterator[Check]:
    """Measure every figure.

    Args:
        model: the face model.
        rng: draws the random heads.
        heads: how many of them.
        progress: told what is being measured.
    """
    bench = Bench.of(model)
    for shape in SHAPES:
        progress(shape)
        yield from _shape_checks(bench, shape)
    for side in ("Left", "Right"):
        yield from _blink_checks(model, side)
        yield from _gaze_checks(model, side)
    progress("jaw and mouth")
    yield from _mouth_checks(model)
    progress("sums of two shapes")
    yield _pair_check(bench)
    progress("identity")
    yield from _identity_checks(model)
    progress(f"{heads} random heads")
    yield from _random_checks(bench, rng, heads)


def _shape_checks(bench: Bench, shape: str) -> Iterator[Check]:
    model = bench.model
    offsets = shape_offsets(model, model.mean, shape)
    skin = model.skin.count
    moved = bench.neutral + model.skin.subdivision.matrix @ offsets[:skin]
    yield Check(name=f"{shape}.flipped", value=float(bench.flipped(bench.neutral, moved).sum()), limit=0.0)
    yield Check(name=f"{shape}.largest_mm", value=np.abs(offsets).max() / MILLIMETRE, limit=0.5, at_least=True)
    other = shape_offsets(model, model.mean, mirror_name(shape))
    error = other[:skin][model.skin.mirror] * [-1.0, 1.0, 1.0] - offsets[:skin]
    yield Check(name=f"{shape}.mirror_um", value=np.abs(error).max() / MICROMETRE, limit=1.0)
    if side_of(shape) != "both":
        outward = model.mean[:skin, 0] * (1.0 if side_of(shape) == "left" else -1.0)
        leak = np.abs(offsets[:skin][outward < -MIDDLE]).max()
        yield Check(name=f"{shape}.other_half_um", value=leak / MICROMETRE, limit=1.0)
    inside = max(_lid_depth(model, model.mean, share * offsets) for share in (0.25, 0.5, 0.75, 1.0))
    yield Check(name=f"{shape}.lid_inside_eye_mm", value=inside / MILLIMETRE, limit=0.0)


def _lid_depth(model: FaceModel, neutral: Points, offsets: Points) -> float:
    """How far, in metres, the deepest lid vertex of LOD0 is inside its eyeball; nothing pushes lids out here."""
    rest = pose_head(model, neutral, np.zeros(len(SHAPES)))
    skin = skin_vertices(model, rest) + subdivide(model, offsets[: model.skin.count])
    eyes = rest.eyes
    depths = [
        radius - np.linalg.norm(skin[lid] - centre, axis=1).min()
        for lid, centre, radius in zip(model.lid_vertices, eyes.centres, eyes.radii, strict=True)
    ]
    return max(0.0, *depths)


def _blink_checks(model: FaceModel, side: str) -> Iterator[Check]:
    enlarged = enlarge_eyes(model, model.mean, ENLARGED_EYES)
    for label, neutral in (("gap", model.mean), ("gap_enlarged_eyes", enlarged)):
        offsets = shape_offsets(model, neutral, f"eyeBlink{side}")
        share = lid_gap(model, neutral + offsets, side) / lid_gap(model, neutral, side)
        yield Check(name=f"eyeBlink{side}.{label}_share", value=share, limit=0.02)
    inside = _lid_depth(model, enlarged, shape_offsets(model, enlarged, f"eyeBlink{side}"))
    yield Check(name=f"eyeBlink{side}.lid_inside_enlarged_eye_mm", value=inside / MILLIMETRE, limit=0.0)


def enlarge_eyes(model: FaceModel, neutral: Points, factor: float) -> Points:
    """Scale both eyes, eyeballs and lids, about their centres, fading over the lids' outer rings.

    Args:
        model: the face model.
        neutral: points of a neutral head.
        factor: 1 changes nothing.
    """
    result = neutral.copy()
    for eye, grid in enumerate(model.lids):
        centre = neutral[-4 + 2 * eye]
        reach = np.linalg.norm(neutral[: model.skin.count] - centre, axis=1)
        inner = np.percentile(reach[grid.table[: 9 - FIRST_RING]], 95)
        fade = np.clip((2.2 * inner - reach) / (1.2 * inner), 0.0, 1.0)
        fade = fade**2 * (3.0 - 2.0 * fade)
        result[: model.skin.count] += (factor - 1.0) * fade[:, None] * (neutral[: model.skin.count] - centre)
        result[-3 + 2 * eye] = centre + factor * (neutral[-3 + 2 * eye] - centre)
    return result


def lid_gap(model: FaceModel, points: Points, side: str) -> float:
    """Return the largest distance between facing points of the lids' edges, metres.

    Args:
        model: the face model.
        points: of a head.
        side: `Left` or `Right`.
    """
    grid = model.lids[0 if side == "Left" else 1]
    edge = points[grid.table[MARGIN_RING - FIRST_RING]]
    return float(np.linalg.norm(grid.facing @ edge - edge, axis=1)[grid.side > 0].max())


def _gaze_checks(model: FaceModel, side: str) -> Iterator[Check]:
    eye = 0 if side == "Left" else 1
    outward = 1.0 if side == "Left" else -1.0
    expected = {"Up": (1, 1.0), "Down": (1, -1.0), "Out": (0, outward), "In": (0, -outward)}
    for direction, (axis, sign) in expected.items():
        name = f"eyeLook{direction}{side}"
        weights = weights_of({name: 1.0})
        head = pose_head(model, model.mean, weights)
        gaze = head.eyes.rotations[eye] @ np.array([0.0, 0.0, 1.0])
        yield Check(name=f"{name}.gaze_deg", value=np.degrees(np.arcsin(sign * gaze[axis])), limit=20.0, at_least=True)
        edge = model.lids[eye].table[MARGIN_RING - FIRST_RING]
        follow = sign * (head.points - model.mean)[edge, axis]
        yield Check(name=f"{name}.lid_follows_mm", value=follow.max() / MILLIMETRE, limit=0.3, at_least=True)


def _mouth_checks(model: FaceModel) -> Iterator[Check]:
    closed = pose_head(model, model.mean, weights_of({"jawOpen": 1.0, "mouthClose": 1.0})).points
    yield Check(name="mouthClose.sealed_gap_mm", value=lip_gap(model, closed) / MILLIMETRE, limit=0.3)
    opened = model.mean + shape_offsets(model, model.mean, "jawOpen")
    yield Check(name="jawOpen.opening_mm", value=lip_gap(model, opened) / MILLIMETRE, limit=20.0, at_least=True)
    for shape in LIPS_SEALED:
        points = model.mean + shape_offsets(model, model.mean, shape)
        yield Check(name=f"{shape}.lips_gap_mm", value=lip_gap(model, points) / MILLIMETRE, limit=0.3)
    yield from _teeth_checks(model)


def lip_gap(model: FaceModel, points: Points) -> float:
    """Return the largest distance between facing points of the lips' contact band on LOD0, metres.

    Args:
        model: the face model.
        points: of a head.
    """
    return lip_gap_of_skin(model, subdivide(model, points[: model.skin.count]))


def lip_gap_of_skin(model: FaceModel, skin: Float[np.ndarray, "V 3"]) -> float:
    """Return the same for given vertices of LOD0, metres.

    Args:
        model: the face model.
        skin: vertices of LOD0.
    """
    upper, lower = model.lips.upper, model.lips.lower
    between = np.einsum("nk,nkc->nc", model.lips.weights, skin[lower])
    return float(np.linalg.norm(skin[upper] - between, axis=1).max())


def _teeth_checks(model: FaceModel) -> Iterator[Check]:
    jaw = pose_head(model, model.mean, weights_of({"jawOpen": 1.0}))
    rest = pose_head(model, model.mean, np.zeros(len(SHAPES)))
    upper = np.abs(part_vertices(model, jaw, "teeth_upper") - part_vertices(model, rest, "teeth_upper")).max()
    yield Check(name="jawOpen.upper_teeth_um", value=upper / MICROMETRE, limit=1.0)
    before, after = (part_vertices(model, head, "teeth_lower") for head in (rest, jaw))
    yield Check(
        name="jawOpen.lower_teeth_mm", value=np.abs(after - before).max() / MILLIMETRE, limit=10.0, at_least=True
    )
    yield Check(name="jawOpen.lower_teeth_bend_mm", value=rigid_residual(before, after) / MILLIMETRE, limit=0.1)
    tongue = pose_head(model, model.mean, weights_of({"tongueOut": 1.0}))
    lips = skin_vertices(model, tongue)[model.landmarks.corners[48:68]].reshape(-1, 3)[:, 2].max()
    reach = part_vertices(model, tongue, "tongue")[:, 2].max() - lips
    yield Check(name="tongueOut.beyond_lips_mm", value=reach / MILLIMETRE, limit=10.0, at_least=True)


def rigid_residual(before: Float[np.ndarray, "N 3"], after: Float[np.ndarray, "N 3"]) -> float:
    """Return the largest distance that is left after the best rigid motion (Kabsch 1976), metres."""
    a, b = before - before.mean(axis=0), after - after.mean(axis=0)
    u, _, vt = np.linalg.svd(a.T @ b)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    return float(np.linalg.norm(a @ u @ flip @ vt - b, axis=1).max())


def _pair_check(bench: Bench) -> Check:
    """The worst sum of two shapes at 1, as a share of the visible triangles."""
    model = bench.model
    fine = [model.skin.subdivision.matrix @ shape_offsets(model, model.mean, s)[: model.skin.count] for s in SHAPES]
    worst = max(bench.flipped(bench.neutral, bench.neutral + a + b).sum() for a, b in combinations(fine, 2))
    return Check(name="pairs.flipped_share", value=worst / bench.visible.sum(), limit=0.001)


def _identity_checks(model: FaceModel) -> Iterator[Check]:
    flat = model.identity_basis.reshape(len(model.sigma), -1).astype(float) / model.sigma[:, None]
    error = np.abs(flat @ flat.T - np.eye(len(flat))).max()
    yield Check(name="identity.orthonormal_error", value=error, limit=1e-3)
    yield Check(name="identity.variance_kept", value=model.variance_kept, limit=0.98, at_least=True)
    mirrored = model.mean[: model.skin.count][model.skin.mirror] * [-1.0, 1.0, 1.0]
    asymmetry = np.abs(mirrored - model.mean[: model.skin.count]).max()
    yield Check(name="mean.mirror_um", value=asymmetry / MICROMETRE, limit=1.0)


def _random_checks(bench: Bench, rng: np.random.Generator, heads: int) -> Iterator[Check]:
    model, clean, deepest, gap = bench.model, 0, 0.0, 0.0
    for _ in range(heads):
        identity = np.clip(rng.standard_normal(len(model.sigma)), -COEFFICIENT_LIMIT, COEFFICIENT_LIMIT)
        head = evaluate(model, identity, random_expression(rng))
        skin = skin_vertices(model, head)
        clean += not (bench.flipped(bench.neutral, skin) & bench.face).any()
        for lid, centre, radius in zip(model.lid_vertices, head.eyes.centres, head.eyes.radii, strict=True):
            deepest = max(deepest, radius - np.linalg.norm(skin[lid] - centre, axis=1).min())
        neutral = neutral_points(model, identity)
        closed = neutral + shape_offsets(model, neutral, "eyeBlinkLeft")
        gap = max(gap, lid_gap(model, closed, "Left") / lid_gap(model, neutral, "Left"))
    yield Check(name="random.clean_share", value=clean / heads, limit=0.99, at_least=True)
    yield Check(name="random.lid_inside_eye_mm", value=max(deepest, 0.0) / MILLIMETRE, limit=0.0)
    yield Check(name="random.blink_gap_share", value=gap, limit=0.02)
