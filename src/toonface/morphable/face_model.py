"""Our face model: a whole head, linear in its coefficients (Eq. 1 and 2 of the paper), and the parts that hang on it.

Everything is linear in P points: the cage of the skin, the control points of teeth and tongue, and centre and rim of
each eyeball. Two things are not: lids turn about the eyeball (`lids`), and eyeballs settle behind the lids (`eyes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse

from toonface.geometry.subdivide import Subdivision
from toonface.morphable.eyeball import EyeballMesh
from toonface.morphable.eyes import Eyeballs, gaze_rotations, keep_outside, settle_eyeballs
from toonface.morphable.landmarks import LandmarkTable
from toonface.morphable.lids import LID_MOTIONS, LidGrid, LidMotion, combine_motions, lid_offsets
from toonface.morphable.names import EXPRESSION_COUNT, IDENTITY_COUNT, SHAPES, TEXTURE_COUNT
from toonface.types import UV, Faces, Vertices

Points = Float[np.ndarray, "P 3"]
LID_SHAPES: tuple[dict[int, LidMotion], ...] = tuple(
    {SHAPES.index(f"{name}{side}"): motion for name, motion in LID_MOTIONS.items()} for side in ("Left", "Right")
)
"""Number of each shape that turns the left and the right lids, and how."""
Lod = Literal[0, 1]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something that hangs on the head: vertices = matrix @ points + offsets."""

    name: str
    faces: Faces
    uv: UV
    uv_faces: Faces
    matrix: sparse.csr_array
    offsets: Float[np.ndarray, "N 3"]
    follows: Literal["expression", "identity"]
    """Hair follows the neutral head, everything else the moving one."""
    texture: str
    """Stem of the colour texture's file beside the model; empty for none."""
    alpha: Literal["opaque", "mask", "blend"]


@dataclass(frozen=True, kw_only=True)
class Skin:
    """The skin's topology on both levels of detail."""

    count: int
    """Points of the cage; the first of the model's P points."""
    faces: tuple[Int[np.ndarray, "F0 3"], Int[np.ndarray, "F1 3"]]
    """Triangles of LOD0 (one Catmull-Clark step) and LOD1 (the cage)."""
    uv: tuple[Float[np.ndarray, "T0 2"], Float[np.ndarray, "T1 2"]]
    uv_faces: tuple[Int[np.ndarray, "F0 3"], Int[np.ndarray, "F1 3"]]
    subdivision: Subdivision
    mirror: Int[np.ndarray, "S"]
    """Cage point on the other side of each cage point."""
    region: Int[np.ndarray, "S"]
    """What each cage point is, a `SkinRegion`."""


@dataclass(frozen=True, kw_only=True)
class LipContact:
    """Where the lips touch: cage points of the upper lip, and the two of the lower lip between which each lies.

    LOD0 starts with the cage points, so the table holds on both levels of detail.
    """

    upper: Int[np.ndarray, "N"]
    lower: Int[np.ndarray, "N 2"]
    weights: Float[np.ndarray, "N 2"]


@dataclass(frozen=True, kw_only=True)
class FaceModel:
    """Mean, bases and parts of the head."""

    mean: Points
    identity_basis: Float[np.ndarray, "80 P 3"]
    """A_id, rows scaled by their standard deviations: coefficients are in standard deviations."""
    sigma: Float[np.ndarray, "80"]
    """Standard deviations; `identity_basis / sigma` is orthonormal."""
    expression_basis: Float[np.ndarray, "64 P 3"]
    """A_exp on the mean head: offsets of the shapes `names.SHAPES` at weight 1."""
    variance_kept: float
    """Share of the random heads' variance that the identity basis keeps."""
    albedo_mean: Float[np.ndarray, "V 3"]
    """sRGB in [0, 1] at the vertices of LOD0."""
    albedo_basis: Float[np.ndarray, "80 V 3"]
    skin: Skin
    lids: tuple[LidGrid, LidGrid]
    """Left and right."""
    lid_vertices: tuple[Int[np.ndarray, "N"], Int[np.ndarray, "N"]]
    """Vertices of LOD0 that must stay outside the left and the right eyeball."""
    lips: LipContact
    landmarks: LandmarkTable
    parts: dict[str, Part]
    eyeball: EyeballMesh


@dataclass(frozen=True, kw_only=True)
class Head:
    """One head: a model's points for given coefficients."""

    neutral: Points
    points: Points
    """The neutral points moved by the expression."""
    weights: Float[np.ndarray, "64"]
    eyes: Eyeballs


def neutral_points(model: FaceModel, identity: Float[np.ndarray, "80"]) -> Points:
    """Evaluate S̄ + A_id α_id (Eq. 1 without expression), metres.

    Args:
        model: the face model.
        identity: α_id, in standard deviations.
    """
    _check_count("identity", identity, IDENTITY_COUNT)
    return model.mean + np.tensordot(identity, model.identity_basis, axes=1)


def expression_offsets(model: FaceModel, neutral: Points, weights: Float[np.ndarray, "64"]) -> Points:
    """Evaluate A_exp α_exp for a head: constant offsets, and lids that close on this head's own eyes.

    Args:
        model: the face model.
        neutral: points of any head of this topology.
        weights: α_exp in [0, 1], by `names.SHAPES`.
    """
    _check_count("weights", weights, EXPRESSION_COUNT)
    active = np.flatnonzero(weights)
    offsets = np.tensordot(weights[active], model.expression_basis[active], axes=1)
    for side, grid in enumerate(model.lids):
        np.add.at(offsets, grid.table.ravel(), lid_change(model, neutral, weights, side).reshape(-1, 3))
    return offsets


def weights_of(mix: Mapping[str, float]) -> Float[np.ndarray, "64"]:
    """Turn a mix of named shapes into a weight vector.

    Args:
        mix: shape → weight.
    """
    weights = np.zeros(len(SHAPES))
    for name, weight in mix.items():
        weights[SHAPES.index(name)] = weight
    return weights


def shape_offsets(model: FaceModel, neutral: Points, name: str) -> Points:
    """Return one shape of a head at weight 1, as a blendshape would hold it.

    Args:
        model: the face model.
        neutral: points of any head of this topology.
        name: one of `names.SHAPES`.

    Raises:
        ValueError: there is no such shape.
    """
    if name not in SHAPES:
        raise ValueError(f"there is no shape {name!r}, expected one of names.SHAPES")
    return expression_offsets(model, neutral, weights_of({name: 1.0}))


def lid_change(
    model: FaceModel, neutral: Points, weights: Float[np.ndarray, "64"], side: int
) -> Float[np.ndarray, "12 K 3"]:
    """Return how the lids of a head differ from the sum of constant offsets that `expression_basis` holds.

    All motions of one eye's lids are added up and made once, so that lids meet and do not cross.

    Args:
        model: the face model.
        neutral: points of any head of this topology.
        weights: α_exp, by `names.SHAPES`.
        side: 0 for the left eye, 1 for the right.
    """
    grid = model.lids[side]
    moving = {number: weights[number] for number in LID_SHAPES[side] if weights[number]}
    if not moving:
        return np.zeros((*grid.table.shape, 3))
    total = combine_motions([(weight, LID_SHAPES[side][number]) for number, weight in moving.items()])
    change = turn_lids(model, neutral, side, total)
    for number, weight in moving.items():
        change = change - weight * turn_lids(model, model.mean, side, LID_SHAPES[side][number])
    return change


def turn_lids(model: FaceModel, neutral: Points, side: int, motion: LidMotion) -> Float[np.ndarray, "12 K 3"]:
    """Return how a motion moves the lid points of one eye of a head, metres.

    Args:
        model: the face model.
        neutral: points of any neutral head of this topology.
        side: 0 for the left eye, 1 for the right.
        motion: how far the lids turn.
    """
    centre, rim = neutral[-4 + 2 * side], neutral[-3 + 2 * side]
    return lid_offsets(neutral[: model.skin.count], centre, float(rim[0] - centre[0]), model.lids[side], motion)


def evaluate(model: FaceModel, identity: Float[np.ndarray, "80"], weights: Float[np.ndarray, "64"]) -> Head:
    """Evaluate S = S̄ + A_id α_id + A_exp α_exp (Eq. 1).

    Args:
        model: the face model.
        identity: α_id, in standard deviations.
        weights: α_exp in [0, 1].
    """
    return pose_head(model, neutral_points(model, identity), weights)


def pose_head(model: FaceModel, neutral: Points, weights: Float[np.ndarray, "64"]) -> Head:
    """Move any neutral head of this topology by an expression; its eyeballs settle behind the lids.

    Args:
        model: the face model.
        neutral: points of the neutral head.
        weights: α_exp in [0, 1].
    """
    points = neutral + expression_offsets(model, neutral, weights)
    eyes = settle_eyeballs(neutral, model.lids, gaze_rotations(weights))
    return Head(neutral=neutral, points=points, weights=weights, eyes=eyes)


def albedo(model: FaceModel, texture: Float[np.ndarray, "80"]) -> Float[np.ndarray, "V 3"]:
    """Evaluate T = T̄ + A_tex α_tex (Eq. 2): sRGB per vertex of LOD0, clipped to [0, 1].

    Args:
        model: the face model.
        texture: α_tex, in standard deviations.
    """
    _check_count("texture", texture, TEXTURE_COUNT)
    return np.clip(model.albedo_mean + np.tensordot(texture, model.albedo_basis, axes=1), 0.0, 1.0)


def skin_vertices(model: FaceModel, head: Head, lod: Lod = 0) -> Vertices:
    """Return the skin of a head; on LOD0 no lid vertex is inside an eyeball.

    Args:
        model: the face model.
        head: from `evaluate` or `pose_head`.
        lod: 0 for the subdivided skin, 1 for the cage.
    """
    cage = head.points[: model.skin.count]
    return keep_outside(subdivide(model, cage), model.lid_vertices, head.eyes) if lod == 0 else cage


def subdivide(model: FaceModel, cage: Float[np.ndarray, "S 3"]) -> Vertices:
    """Apply the Catmull-Clark step to a cage."""
    return model.skin.subdivision.matrix @ cage


def part_vertices(model: FaceModel, head: Head, name: str) -> Vertices:
    """Return a part's vertices on a head.

    Args:
        model: the face model.
        head: from `evaluate` or `pose_head`.
        name: one of `model.parts`.

    Raises:
        ValueError: there is no such part.
    """
    if name not in model.parts:
        raise ValueError(f"there is no part {name!r}, expected one of {sorted(model.parts)}")
    part = model.parts[name]
    return part.matrix @ (head.neutral if part.follows == "identity" else head.points) + part.offsets


def _check_count(name: str, values: np.ndarray, count: int) -> None:
    if values.shape != (count,):
        raise ValueError(f"{name} has shape {values.shape}, expected ({count},)")
