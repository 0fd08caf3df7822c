"""Deform a coarse head so that it meets the points of its picture exactly (section 3.2.2 of the paper, Eq. 9 to 11)."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import sparse
from scipy.interpolate import CubicSpline

from toonface.geometry.camera import project
from toonface.geometry.deform import LaplacianDeformer
from toonface.geometry.laplacian import uniform_laplacian
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import FaceModel, Points, neutral_points, subdivide
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.fold_guard import FoldGuard
from toonface.morphable.landmark_rows import LandmarkRows
from toonface.morphable.landmarks import LANDMARK_COUNT
from toonface.morphable.lids import FIRST_RING, MARGIN_RING, LidGrid
from toonface.morphable.mouth_parts import EYE_POINTS, lip_contact_rows
from toonface.morphable.names import SHAPES
from toonface.morphable.regions import SkinRegion
from toonface.types import Landmarks, check_points

CONTOUR, FEATURES = slice(0, 17), slice(17, LANDMARK_COUNT)
EYES = (slice(42, 48), slice(36, 42))
"""Landmarks of the left and the right eye."""
MOUTH = slice(48, LANDMARK_COUNT)
RINGS = (0, 2, 4, 6)
"""Rows of the lid grid that move with the lids' edges: from behind the lid to a little beyond it."""
EVERY = 2
"""Every so many columns of the lids are anchored."""
WIDER_EVERY = 5
"""Smoothings after which the points around those that are smoothed are smoothed as well."""
PARTING = ("cheekSquint", "eye", "jawOpen", "mouthClose", "mouthFunnel", "mouthLowerDown", "mouthUpperUp", "tongueOut")
"""What shapes that part lids and lips begin with."""
ALWAYS_POSED = np.array([name.startswith(PARTING) for name in SHAPES])
TEETH_STRETCH = (0.8, 1.3)
"""How far teeth and tongue are scaled with the mouth."""


@dataclass(frozen=True, kw_only=True)
class FineOptions:
    """How strongly anchors pull, and what gives way."""

    anchor: float = 30.0
    """λ of Eq. 10 for brows, nose, eyes and mouth."""
    contour: float = 3.0
    """The same for the contour, whose points slide."""
    lid: float = 10.0
    """The same for the loops of the lids between their landmarks."""
    hold: float = 2e-3
    """How strongly the back of the head stays where it is; the face is free."""
    rounds: int = 2
    """In which the expression is taken off: lids turn, so that one is not enough; two leave 0.003 px."""
    yielding: float = 0.3
    """Factor on the weight of an anchor that turns a triangle over, each time that it does."""
    repairs: int = 4
    """Times that anchors may give way."""
    largest_gape: float = 0.004
    """Metres between the lips of the neutral head, above which the mouth's points are not believed as they are."""
    neutral_up_to: float = 0.1
    """Weight up to which a shape counts as the form of the face and stays in its neutral head, but for
    lids and lips that part. The networks see such weights in portraits that nobody poses in."""
    posed_from: float = 0.5
    """Weight from which it counts as expression and is taken off as a whole."""
    smoothings: int = 30
    """Times that what is still folded, because the coarse head is, may be smoothed."""


FINE_DEFAULTS = FineOptions()


class FineDeformer:
    """What depends on the topology and the set of anchors alone: the factor of Eq. 10 and the response to each anchor.

    Args:
        model: the face model.
        options: how strongly anchors pull.
    """

    def __init__(self, model: FaceModel, options: FineOptions = FINE_DEFAULTS) -> None:
        self.model, self.options, self.rows = model, options, LandmarkRows(model)
        count, subdivision = model.skin.count, model.skin.subdivision.matrix
        loops = [grid.table[list(RINGS), ::EVERY].ravel() for grid in model.lids]
        anchors = sparse.vstack([self.rows.matrix, *(subdivision[loop] for loop in loops)]).tocsr()
        start = self.rows.matrix.shape[0]
        self.loops = [slice(start, start + len(loops[0])), slice(start + len(loops[0]), anchors.shape[0])]
        rest = self.rows.matrix @ model.mean[:count]
        self.lids = [_along_lids(model, grid, rest[eye]) for grid, eye in zip(model.lids, EYES, strict=True)]
        weights = np.zeros(anchors.shape[0])
        weights[FEATURES], weights[start:] = options.anchor, options.lid
        self.laplacian = uniform_laplacian(model.skin.faces[1], count)
        seen = np.concatenate([self.rows.matrix.indices, *(grid.table.ravel() for grid in model.lids)])
        self.near = np.unique(seen)
        """Vertices of the cage on which landmarks and lids depend."""
        hold = options.hold * _held(model)
        self.deformer = LaplacianDeformer(self.laplacian, anchors, weights=weights, hold=hold, near=self.near)
        self.lips = lip_contact_rows(model)
        self.lips_at_rest = self.lips @ model.mean[:count]
        self.guard = FoldGuard(model)
        self.upright = self.guard.upright(subdivide(model, model.mean[:count]))


def fit_fine(deformer: FineDeformer, coarse: CoarseFit, landmarks: Landmarks) -> FineFit:
    """Pull the head's landmarks to the points of the picture; the rest follows by Laplacian deformation (Eq. 10).

    Depth is that of the coarse landmarks (Eq. 11). The contour's anchors are the silhouette of the coarse head. Lids
    move along their whole length, eyeballs, teeth and tongue follow them and the mouth. Anchors that turn triangles
    over give way, and the notes say so.

    Args:
        deformer: of the model that the coarse head is of.
        coarse: the head to start from.
        landmarks: points of the picture.

    Raises:
        ValueError: a point is not finite, or all lie in one place.
    """
    check_points(landmarks.points_px)
    given, coarse = coarse, replace(coarse, expression=posed_part(coarse.expression, deformer.options))
    # In the basis' own precision, or numpy would copy all of it.
    identity = coarse.identity.astype(deformer.model.identity_basis.dtype)
    start = neutral_points(deformer.model, identity).astype(np.float64)
    weights, notes, yielded = deformer.deformer.weights.copy(), [], []
    places = deformer.rows.posed(start, coarse.expression)
    chosen = deformer.rows.seen(places, coarse.camera.rotation)
    weights[chosen[CONTOUR]] = deformer.options.contour
    neutral = _deformed(deformer, (start, places), coarse, landmarks, (chosen, weights))
    gape = _gape(deformer, neutral)
    if gape > deformer.options.largest_gape:
        notes.append(f"mouth points that contradict the expression, by {1e3 * gape:.0f} mm between the lips, pull less")
        before = project(coarse.camera, places[chosen])[MOUTH, :2]
        landmarks = _milder(landmarks, before, deformer.options.largest_gape / gape)
        neutral = _deformed(deformer, (start, places), coarse, landmarks, (chosen, weights))
    flipped = folded_triangles(deformer, neutral)
    for _ in range(deformer.options.repairs):
        if not flipped.any():
            break
        yielded = [f"anchors gave way where {flipped.sum()} triangles would have turned over"]
        weights[_anchors_near(deformer, neutral, flipped, weights)] *= deformer.options.yielding
        neutral = _deformed(deformer, (start, places), coarse, landmarks, (chosen, weights))
        flipped = folded_triangles(deformer, neutral)
    if flipped.any():
        neutral, smoothed, left = _unfolded(deformer, neutral, flipped)
        yielded = [f"folds at {smoothed} points were smoothed; {left} triangles are still turned over"]
    notes += yielded
    return FineFit(coarse=given, neutral=neutral, weights=coarse.expression, notes=tuple(notes))


def posed_part(weights: Float[np.ndarray, "64"], options: FineOptions = FINE_DEFAULTS) -> Float[np.ndarray, "64"]:
    """Return how much of an expression is a pose, which the neutral head must not have; the rest is its own form.

    Args:
        weights: β of the picture.
        options: where a pose begins.
    """
    return np.where(ALWAYS_POSED, weights, weights * smoothstep(options.neutral_up_to, options.posed_from, weights))


def _deformed(
    deformer: FineDeformer,
    starting: tuple[Points, Float[np.ndarray, "R 3"]],
    coarse: CoarseFit,
    landmarks: Landmarks,
    pulling: tuple[Int[np.ndarray, "68"], Float[np.ndarray, " K"]],
) -> Points:
    (start, places), (chosen, weights) = starting, pulling
    neutral, count = start.copy(), deformer.model.skin.count
    camera, pulls = coarse.camera, np.zeros((len(weights), 3))
    for number in range(deformer.options.rounds):
        if number:
            neutral[deformer.near] = start[deformer.near] + deformer.deformer.displace_near(pulls, weights)
            places = deformer.rows.posed(neutral, coarse.expression)
        apart = landmarks.points_px - project(camera, places[chosen])[:, :2]
        across = np.stack([apart[:, 0], -apart[:, 1], np.zeros(LANDMARK_COUNT)], axis=1) / camera.scale
        wanted = across @ camera.rotation  # rows times R: back into the head's axes
        pulls[chosen] += wanted
        for loop, lids, eye in zip(deformer.loops, deformer.lids, EYES, strict=True):
            pulls[loop] += np.tile(lids @ wanted[eye], (len(RINGS), 1))
    # Motion is linear in the pulls: all of it at once, where before only landmarks were looked at.
    neutral[:count] = start[:count] + deformer.deformer.displace(pulls, weights)
    _carry_eyes(deformer.model, start, neutral)
    _carry_mouth(deformer, start, neutral)
    return neutral


def _gape(deformer: FineDeformer, neutral: Points) -> float:
    """How far the lips of a neutral head, which should be closed, are from where they lie on the mean head, metres."""
    apart = deformer.lips @ neutral[: deformer.model.skin.count] - deformer.lips_at_rest
    return float(np.linalg.norm(apart, axis=1).max())


def _milder(landmarks: Landmarks, before: Float[np.ndarray, "20 2"], share: float) -> Landmarks:
    """Move the mouth's points as a whole as they ask, but change its form by a share of what they ask."""
    points = landmarks.points_px.copy()
    asked = points[MOUTH] - before
    together = asked.mean(axis=0)
    points[MOUTH] = before + together + share * (asked - together)
    return replace(landmarks, points_px=points)


def folded_triangles(deformer: FineDeformer, neutral: Points) -> Bool[np.ndarray, " F"]:
    """Mark the visible triangles of LOD0 that a head has turned over and the mean head has not (`geometry.flips`).

    Args:
        deformer: of the model.
        neutral: points of a head.
    """
    skin = subdivide(deformer.model, neutral[: deformer.model.skin.count])
    return deformer.guard.folded(skin, deformer.upright)


def _unfolded(deformer: FineDeformer, neutral: Points, flipped: Bool[np.ndarray, " F"]) -> tuple[Points, int, int]:
    """Smooth the skin where triangles are turned over, wider each time; also count the points and what is left."""
    model, result = deformer.model, neutral.copy()
    count, touched = model.skin.count, np.zeros(model.skin.count, bool)
    for turn in range(deformer.options.smoothings):
        corners = np.unique(model.skin.faces[0][flipped])
        touched |= model.skin.subdivision.matrix[corners].sum(axis=0) > 0.0
        if turn and turn % WIDER_EVERY == 0:
            touched |= np.abs(deformer.laplacian[touched]).sum(axis=0) > 0.0
        around = deformer.laplacian[touched]
        result[:count][touched] -= 0.5 * (around @ result[:count])
        flipped = folded_triangles(deformer, result)
        if not flipped.any():
            break
    return result, int(touched.sum()), int(flipped.sum())


def _anchors_near(
    deformer: FineDeformer, neutral: Points, flipped: Bool[np.ndarray, " F"], weights: Float[np.ndarray, " K"]
) -> Int[np.ndarray, " N"]:
    """The three nearest acting anchors of every triangle that is turned over."""
    model, acting = deformer.model, np.flatnonzero(weights)
    cage = neutral[: model.skin.count]
    middles = subdivide(model, cage)[model.skin.faces[0][flipped]].mean(axis=1)
    places = deformer.deformer.anchors[acting] @ cage
    distance = np.linalg.norm(middles[:, None] - places, axis=2)
    return np.unique(acting[np.argsort(distance, axis=1)[:, :3]])


def _carry_eyes(model: FaceModel, before: Points, after: Points) -> None:
    """Move and scale each eyeball as the loop of its lids, so that it fills an eye of any size."""
    edge = MARGIN_RING - FIRST_RING
    for eye, grid in enumerate(model.lids):
        centre, rim = 2 * eye - EYE_POINTS, 2 * eye - EYE_POINTS + 1
        old, new = before[grid.table[edge]], after[grid.table[edge]]
        middle, moved = old.mean(axis=0), new.mean(axis=0)
        factor = np.sqrt(np.square(new - moved)[:, :2].sum() / np.square(old - middle)[:, :2].sum())
        radius = float(before[rim, 0] - before[centre, 0])
        after[centre] = moved + factor * (before[centre] - middle)
        after[rim] = after[centre] + [factor * radius, 0.0, 0.0]


def _carry_mouth(deformer: FineDeformer, before: Points, after: Points) -> None:
    """Move and scale teeth and tongue as the lips."""
    count = deformer.model.skin.count
    lips = deformer.rows.matrix[np.arange(LANDMARK_COUNT)[MOUTH]]
    old, new = lips @ before[:count], lips @ after[:count]
    middle, moved = old.mean(axis=0), new.mean(axis=0)
    factor = np.clip(np.ptp(new[:, 0]) / np.ptp(old[:, 0]), *TEETH_STRETCH)
    after[count:-EYE_POINTS] = moved + factor * (before[count:-EYE_POINTS] - middle)


def _along_lids(model: FaceModel, grid: LidGrid, landmarks: Float[np.ndarray, "6 3"]) -> Float[np.ndarray, "K 6"]:
    """The matrix that spreads the motion of an eye's six landmarks along its lids: a closed cubic through them."""
    edge = model.mean[grid.table[MARGIN_RING - FIRST_RING]].astype(np.float64)
    steps = np.linalg.norm(np.diff(edge, axis=0, append=edge[:1]), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    nearest = np.linalg.norm(edge[:, None] - landmarks, axis=2).argmin(axis=0)
    order = np.argsort(along[nearest])
    knots = along[nearest][order]
    closed = CubicSpline(
        np.append(knots, knots[0] + along[-1]), np.eye(6)[np.append(order, order[0])], bc_type="periodic"
    )
    places = along[:-1:EVERY]
    return closed(np.where(places < knots[0], places + along[-1], places))


def _held(model: FaceModel) -> Float[np.ndarray, " S"]:
    """How much each point of the cage stays: the back of the head and the bust fully, the front of the face hardly."""
    skin = model.mean[: model.skin.count]
    front = skin[model.skin.region == SkinRegion.FACE]
    depth = smoothstep(float(front[:, 2].max()) - 0.06, float(front[:, 2].max()) - 0.14, skin[:, 2])
    below = smoothstep(float(front[:, 1].min()) - 0.01, float(front[:, 1].min()) - 0.05, skin[:, 1])
    return np.maximum(np.maximum(depth, below), 1e-3)
