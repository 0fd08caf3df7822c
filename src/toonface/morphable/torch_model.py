"""The face model in PyTorch: the twin of `face_model`, batched over heads and differentiable, to train through it.

Same formulas, same names; `B` heads at once. Every choice that is a step (which vertex is the silhouette, which lid
touches the eyeball) is made for the current head and held fixed in the gradient. Leave it out of autocast: half
precision rounds positions to millimetres.
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from toonface.morphable import lids
from toonface.morphable.eyes import LARGEST_RETREAT, RESTING_RINGS, SKIN_GAP, gaze_rotations
from toonface.morphable.face_model import LID_SHAPES, FaceModel
from toonface.morphable.landmarks import CONTOUR, LandmarkTable
from toonface.morphable.names import SHAPES
from toonface.morphable.spherical_harmonics import BAND_0, BAND_1, BAND_2, BAND_2_SECTORAL, BAND_2_ZONAL

Points: TypeAlias = Float[Tensor, "B P 3"]
Vertices: TypeAlias = Float[Tensor, "B V 3"]
Weights: TypeAlias = Float[Tensor, "B 64"]

MARGIN = lids.MARGIN_RING - lids.FIRST_RING
"""Row of the lid grids' visible edge."""
CENTRES, RIMS = slice(-4, None, 2), slice(-3, None, 2)
"""Points of the eyes, left and right."""
TINY = 1e-20
"""Square metres below which a root is held constant: at zero its slope is infinite."""


@dataclass(frozen=True, kw_only=True)
class TorchEyeballs:
    """Both eyeballs of each head, left first."""

    centres: Float[Tensor, "B 2 3"]
    """Metres."""
    radii: Float[Tensor, "B 2"]
    rotations: Float[Tensor, "B 2 3 3"]
    """From the eyeball that looks along +z to the head."""


@dataclass(frozen=True, kw_only=True)
class TorchHead:
    """Heads: a model's points for given coefficients."""

    neutral: Points
    points: Points
    """The neutral points moved by the expression."""
    eyes: TorchEyeballs


class TorchFaceModel(nn.Module):
    """A face model whose arrays are buffers: it has no parameters, and a checkpoint does not repeat it.

    Args:
        model: the face model.
        dtype: of every number, float32 or float64.
        device: where to put it; None for PyTorch's default. `.to` moves it later.
    """

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Tensor: ...  # every buffer

    def __init__(
        self, model: FaceModel, *, dtype: torch.dtype = torch.float32, device: torch.device | str | None = None
    ) -> None:
        super().__init__()
        matrix = model.skin.subdivision.matrix.tocoo()
        arrays = {n: getattr(model, n) for n in ("mean", "identity_basis", "expression_basis")}
        arrays |= {"albedo_mean": model.albedo_mean, "albedo_basis": model.albedo_basis, "faces": model.skin.faces[0]}
        arrays |= {field.name: getattr(model.landmarks, field.name) for field in fields(LandmarkTable)}
        arrays |= _lid_arrays(model)
        arrays["lid_vertices"] = np.concatenate(model.lid_vertices)
        arrays["lid_eye"] = np.repeat([0, 1], [len(vertices) for vertices in model.lid_vertices])
        looks = np.array([gaze_rotations(weights)[:, :, 2] for weights in np.eye(len(SHAPES))])  # (weight, eye, xyz)
        arrays["gaze_radians"] = np.stack([np.arctan2(looks[..., 0], looks[..., 2]), np.arcsin(looks[..., 1])])
        for name, array in arrays.items():
            kind = dtype if array.dtype.kind == "f" else torch.int64
            self.register_buffer(name, torch.tensor(array, dtype=kind, device=device), persistent=False)
        entries, values = (
            torch.tensor(np.stack([matrix.row, matrix.col])).long(),
            torch.tensor(matrix.data, dtype=dtype),
        )
        sparse = torch.sparse_coo_tensor(entries, values, matrix.shape, check_invariants=True)
        self.register_buffer("subdivision", sparse.coalesce().to(device), persistent=False)
        self.skin_count = model.skin.count
        # How the shapes of the basis already move the mean head's lids.
        motions = self.lid_motions[:, None].expand(-1, 2, -1)
        mean = self._lid_offsets(self.mean.expand(len(motions), -1, -1), motions)
        self.register_buffer("lid_mean", mean, persistent=False)

    def neutral(self, identity: Float[Tensor, "B 80"]) -> Points:
        """Evaluate S̄ + A_id α_id (Eq. 1 without expression), metres.

        Args:
            identity: α_id, in standard deviations.
        """
        return self.mean + torch.tensordot(identity, self.identity_basis, dims=1)

    def expression_offsets(self, neutral: Points, weights: Weights) -> Points:
        """Evaluate A_exp α_exp: constant offsets, and lids that close on each head's own eyes.

        Args:
            neutral: points of any heads of this topology.
            weights: α_exp in [0, 1].
        """
        offsets, turning = torch.tensordot(weights, self.expression_basis, dims=1), weights[:, self.lid_shapes]
        total = turning @ self.lid_motions
        total = total / total.sum(-1, keepdim=True).clamp_min(1.0)  # lids that would cross only meet
        change = self._lid_offsets(neutral, total) - torch.einsum("bem,merkc->berkc", turning, self.lid_mean)
        return offsets.index_add(1, self.lid_table.flatten(), change.flatten(1, 3))

    def points(self, identity: Float[Tensor, "B 80"], weights: Weights) -> Points:
        """Evaluate S = S̄ + A_id α_id + A_exp α_exp (Eq. 1)."""
        neutral = self.neutral(identity)
        return neutral + self.expression_offsets(neutral, weights)

    def evaluate(self, identity: Float[Tensor, "B 80"], weights: Weights) -> TorchHead:
        """Evaluate Eq. 1 and settle the eyeballs."""
        return self.pose_head(self.neutral(identity), weights)

    def pose_head(self, neutral: Points, weights: Weights) -> TorchHead:
        """Move any neutral heads of this topology by expressions; their eyeballs settle behind the lids.

        Args:
            neutral: points of the neutral heads.
            weights: α_exp in [0, 1].
        """
        points = neutral + self.expression_offsets(neutral, weights)
        return TorchHead(neutral=neutral, points=points, eyes=self.eyeballs(neutral, weights))

    def eyeballs(self, neutral: Points, weights: Weights) -> TorchEyeballs:
        """Place the eyeballs: moved back until no resting lid touches them, turned by the eyeLook shapes."""
        centres, radii = neutral[:, CENTRES], neutral[:, RIMS, 0] - neutral[:, CENTRES, 0]
        x_axis, y_axis, z_axis = torch.eye(3, dtype=neutral.dtype, device=neutral.device)
        resting = neutral[:, self.lid_table[:, RESTING_RINGS].flatten(1)] - centres[:, :, None]  # B, eye, point, xyz
        room = (SKIN_GAP * radii[..., None]) ** 2 - resting[..., :2].square().sum(-1)
        wanted = (_root(room) - resting[..., 2]).amax(-1)
        retreat = torch.minimum(wanted.clamp_min(0.0), LARGEST_RETREAT * radii)
        yaw, pitch = torch.einsum("bw,gwe->gbe", weights, self.gaze_radians)[..., None]
        turns = rotations_about(yaw * y_axis) @ rotations_about(-pitch * x_axis)
        return TorchEyeballs(centres=centres - retreat[..., None] * z_axis, radii=radii, rotations=turns)

    def skin(self, identity: Float[Tensor, "B 80"], weights: Weights) -> Vertices:
        """Return the vertices of LOD0 for coefficients; no lid vertex is inside an eyeball."""
        return self.skin_vertices(self.evaluate(identity, weights))

    def skin_vertices(self, head: TorchHead) -> Vertices:
        """Return the vertices of LOD0 of heads from `evaluate` or `pose_head`."""
        cage = head.points[:, : self.skin_count]
        flat = torch.sparse.mm(self.subdivision, cage.transpose(0, 1).flatten(1))
        skin = flat.unflatten(1, (len(cage), 3)).transpose(0, 1)
        centre, radius = head.eyes.centres[:, self.lid_eye], head.eyes.radii[:, self.lid_eye, None]
        arms = skin[:, self.lid_vertices] - centre
        length = torch.linalg.vector_norm(arms, dim=-1, keepdim=True).clamp_min(1e-9)
        pushed = centre + arms * (SKIN_GAP * radius / length).clamp_min(1.0)
        return skin.index_copy(1, self.lid_vertices, pushed)

    def albedo(self, texture: Float[Tensor, "B 80"]) -> Vertices:
        """Evaluate T = T̄ + A_tex α_tex (Eq. 2): sRGB per vertex of LOD0, clipped to [0, 1].

        Args:
            texture: α_tex, in standard deviations.
        """
        return (self.albedo_mean + torch.tensordot(texture, self.albedo_basis, dims=1)).clamp(0.0, 1.0)

    def landmarks(self, skin: Vertices, rotation: Float[Tensor, "B 3 3"] | None = None) -> Float[Tensor, "B 68 3"]:
        """Return the 68 landmarks in model coordinates, metres.

        Args:
            skin: vertices of LOD0.
            rotation: from the head to the camera; None leaves the contour on the jaw.
        """
        points = torch.einsum("nk,bnkc->bnc", self.weights, skin[:, self.corners])
        if rotation is None:
            return points
        paths = torch.einsum("nks,bnksc->bnkc", self.path_weights, skin[:, self.paths])
        (tangent,) = torch.gradient(paths[:, :, 0, :2].detach(), dim=1)
        normal = _unit(torch.stack([tangent[..., 1], -tangent[..., 0]], dim=-1))
        outward = normal @ _unit(rotation[:, :2, :2].transpose(1, 2))
        farthest = torch.einsum("bdc,bnkc,bnd->bnk", rotation[:, :2], paths, outward).argmax(-1)
        contour = paths.take_along_dim(farthest[..., None, None], dim=2).squeeze(2)
        return torch.cat([contour, points[:, CONTOUR.stop :]], dim=1)

    def _lid_offsets(self, neutral: Points, motion: Float[Tensor, "B 2 2"]) -> Float[Tensor, "B 2 12 K 3"]:
        """Return `lids.lid_offsets` of both eyes; `motion` is (upper, lower) of each."""
        centre, radius = neutral[:, CENTRES], neutral[:, RIMS, 0] - neutral[:, CENTRES, 0]
        points = neutral[:, self.lid_table] - centre[:, :, None, None]
        edge, eye = points[:, :, MARGIN], torch.arange(2, device=points.device)
        axis = _unit((edge[:, eye, self.lid_corners[:, 1]] - edge[:, eye, self.lid_corners[:, 0]])[..., :2])
        up = torch.stack([-axis[..., 1], axis[..., 0]], dim=-1)
        along, height = (torch.einsum("berkc,bec->berk", points[..., :2], way) for way in (axis, up))
        forward = points[..., 2]
        angle, reach = torch.atan2(height, forward), _root(height.square() + forward.square())
        turn = self._edge_change(angle, motion)
        slide, level = (self._edge_change(rows, motion.clamp_min(0.0)) for rows in (along, reach))
        clear = torch.maximum(reach, _clearance(reach, along, turn, radius[..., None, None]))
        reached = torch.cat([clear[:, :, :MARGIN], (reach + level)[:, :, MARGIN:]], dim=2)
        rise, step = reached * torch.sin(angle + turn) - height, reached * torch.cos(angle + turn) - forward
        flat = rise[..., None] * up[:, :, None, None] + slide[..., None] * axis[:, :, None, None]
        return torch.cat([flat, step[..., None]], dim=-1)

    def _edge_change(self, rows: Tensor, motion: Tensor) -> Tensor:
        """Move a coordinate of the lids' edges towards each other, and the other rings by their shares of it."""
        value, (upper, lower) = rows[:, :, MARGIN], motion[..., None].unbind(2)
        facing = torch.einsum("ekf,bef->bek", self.lid_facing, value)
        below = lower * (self.lid_side < 0) * (facing - value)
        left = facing + torch.einsum("ekf,bef->bek", self.lid_facing, below) - value
        change = below + upper / (1.0 - lower) * (self.lid_side > 0) * left
        return self.lid_rings[:, None] * change[:, :, None]


def shade(albedo: Vertices, normals: Vertices, sh: Float[Tensor, "B 9 *channels"]) -> Vertices:
    """Light each vertex, see `spherical_harmonics.shade`.

    Args:
        albedo: any colour space; the result is in the same one.
        normals: unit length.
        sh: δ of each head, nine coefficients, or one column of nine for each of red, green and blue.
    """
    x, y, z = normals.unbind(-1)
    bands = [torch.full_like(x, BAND_0), BAND_1 * y, BAND_1 * z, BAND_1 * x, BAND_2 * x * y, BAND_2 * y * z]
    bands += [BAND_2_ZONAL * (2.0 * z * z - x * x - y * y), BAND_2 * x * z, BAND_2_SECTORAL * (x * x - y * y)]
    return albedo * (torch.stack(bands, dim=-1) @ sh.reshape(len(sh), 9, -1))


def vertex_normals(vertices: Vertices, faces: Int[Tensor, "F 3"]) -> Vertices:
    """Compute unit normals weighted by areas, zero where there is no area, see `normals.vertex_normals`.

    Args:
        vertices: any unit of length.
        faces: counter-clockwise seen from outside.
    """
    a, b, c = (vertices.index_select(1, corner) for corner in faces.unbind(1))
    normal = torch.linalg.cross(b - a, c - a)
    total = torch.zeros_like(vertices)
    for corner in faces.unbind(1):
        total = total.index_add(1, corner, normal)
    square = total.square().sum(-1, keepdim=True)
    return total / torch.where(square > 0.0, square, torch.ones_like(square)).sqrt()


def rotations_about(axis_angles: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3 3"]:
    """Turn axis-angle vectors into rotation matrices (Rodrigues), exact and smooth at zero.

    Args:
        axis_angles: unit axis times angle in radians.
    """
    angle = torch.linalg.vector_norm(axis_angles, dim=-1)[..., None, None]
    first, second = torch.sinc(angle / np.pi), 0.5 * torch.sinc(angle / (2.0 * np.pi)).square()
    x, y, z = axis_angles.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).unflatten(-1, (3, 3))
    return torch.eye(3, dtype=cross.dtype, device=cross.device) + first * cross + second * (cross @ cross)


def project(pose: Float[Tensor, "B 6"], points: Vertices, *, width: int, height: int) -> Vertices:
    """Project points to pictures as `geometry.camera` does: (x px, y px, depth px), depth larger when nearer.

    Args:
        pose: axis-angle (3, radians), t_x, t_y (metres), log of the scale (pixels per metre).
        points: metres.
        width: of the pictures, pixels.
        height: of the pictures, pixels.
    """
    seen = torch.einsum("bdc,bnc->bnd", rotations_about(pose[:, :3]), points)
    x, y, depth = (pose[:, 5, None, None].exp() * seen).unbind(-1)
    shift = pose[:, 5, None].exp() * pose[:, 3:5]
    return torch.stack([0.5 * width + shift[:, :1] + x, 0.5 * height - shift[:, 1:] - y, depth], dim=-1)


def _unit(vectors: Tensor) -> Tensor:
    return vectors / torch.linalg.vector_norm(vectors, dim=-1, keepdim=True).clamp_min(1e-12)


def _root(square: Tensor) -> Tensor:
    return square.clamp_min(TINY).sqrt()


def _clearance(reach: Tensor, along: Tensor, turn: Tensor, radius: Tensor) -> Tensor:
    closing = (turn.abs() / 0.25).clamp(0.0, 1.0)
    ball = _root((lids.CORNEA_CLEARANCE * radius).square() - along.square())
    start = torch.maximum(reach, torch.minimum(ball, radius))
    chord = _root(4.0 * ball.square() - (start * turn.sin()).square()) - start * turn.cos()
    return closing * torch.maximum(ball, chord) + (1.0 - closing) * reach


def _lid_arrays(model: FaceModel) -> dict[str, np.ndarray]:
    """Gather the lid grids of both eyes and the motions of `lids.LID_MOTIONS`."""
    names = ("table", "facing", "side", "corners")
    return {f"lid_{name}": np.stack([getattr(grid, name) for grid in model.lids]) for name in names} | {
        "lid_rings": np.array(lids.RING_SHARES),
        "lid_motions": np.array([(motion.upper, motion.lower) for motion in lids.LID_MOTIONS.values()]),
        "lid_shapes": np.array([list(shapes) for shapes in LID_SHAPES]),
    }
