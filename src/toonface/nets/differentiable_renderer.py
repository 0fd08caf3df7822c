"""Pictures of heads that PyTorch can differentiate: which triangle a pixel shows is fixed, all else has a gradient.

Inside a mesh the gradient runs through the colours and through the barycentric weights, at its outlines through the
blending of `antialias`. It reaches vertices, albedo, light and pose. Leave it out of autocast: half precision rounds
positions to pixels.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from toonface.nets.antialias import antialias
from toonface.nets.mesh_topology import NO_TRIANGLE, Topology
from toonface.nets.shading import Pose, Vertices, place, shade, turn, vertex_normals
from toonface.nets.visibility import Screen, Visibility, covered_pixels, edge_functions, gather_corners, visibility

THINNEST_PX = 0.01
"""In a triangle less high than this the weights are held fixed: their gradient grows with one over the height."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Heads of one topology, each with its light and its pose.

    Raises:
        ValueError: shapes, types or devices disagree.
    """

    vertices: Vertices
    """Metres, in the head's axes."""
    albedo: Vertices
    """Red, green and blue of each vertex, in any colour space; the picture is in the same one."""
    sh: Float[Tensor, "B 9 *channels"]
    """δ, of shape (B, 9) or (B, 9, 3), in the camera's axes: the light stays when the head turns."""
    pose: Pose
    """Axis-angle (3, radians), t_x, t_y (metres), log of the scale (pixels per metre)."""

    def __post_init__(self) -> None:
        batch, count = self.vertices.shape[:2]
        allowed = {
            "vertices": [(batch, count, 3)],
            "albedo": [(batch, count, 3)],
            "sh": [(batch, 9), (batch, 9, 3)],
            "pose": [(batch, 6)],
        }
        for name, shapes in allowed.items():
            tensor = getattr(self, name)
            if tuple(tensor.shape) not in shapes:
                raise ValueError(f"{name} has shape {tuple(tensor.shape)}, expected {' or '.join(map(str, shapes))}")
            if (tensor.dtype, tensor.device) != (self.vertices.dtype, self.vertices.device):
                expected = f"{self.vertices.dtype} on {self.vertices.device}, as the vertices"
                raise ValueError(f"{name} is {tensor.dtype} on {tensor.device}, expected {expected}")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """Pictures of a batch."""

    picture: Float[Tensor, "B 3 H W"]
    mask: Float[Tensor, "B 1 H W"]
    """Share of each pixel that the head covers, in [0, 1]; its outlines have a gradient."""
    seen: Visibility


def render(
    scene: Scene,
    topology: Topology,
    *,
    height: int,
    width: int,
    background: Float[Tensor, "B 3 H W"] | None = None,
) -> Rendered:
    """Draw heads, lit per vertex.

    Args:
        scene: what to draw; several meshes of a head (eyeballs, say) are put one after the other.
        topology: of the mesh.
        height: of the pictures, pixels.
        width: of the pictures, pixels.
        background: seen where no head is; black if not given.

    Raises:
        ValueError: a triangle has a vertex that the scene lacks, or the background has another shape.
    """
    batch, count = scene.vertices.shape[:2]
    if count < topology.vertex_count:
        raise ValueError(f"the scene has {count} vertices, expected at least {topology.vertex_count}")
    if background is not None and tuple(background.shape) != (batch, 3, height, width):
        raise ValueError(f"background has shape {tuple(background.shape)}, expected {(batch, 3, height, width)}")
    turned = turn(scene.pose, scene.vertices)
    screen = place(scene.pose, turned, height=height, width=width)
    seen = visibility(screen, topology.faces, height=height, width=width)
    colours = shade(scene.albedo, vertex_normals(turned, topology.faces), scene.sh)
    picture = interpolate(seen, screen, topology.faces, colours)
    covered = (seen.triangle != NO_TRIANGLE)[..., None]
    if background is not None:
        picture = torch.where(covered, picture, background.movedim(1, -1))
    layers = antialias(torch.cat([picture, covered.to(picture)], dim=-1), seen, screen, topology)
    picture, mask = layers.movedim(-1, 1).split([3, 1], dim=1)
    return Rendered(picture=picture, mask=mask, seen=seen)


def interpolate(
    seen: Visibility, screen: Screen, faces: Int[Tensor, "F 3"], attributes: Float[Tensor, "B V C"]
) -> Float[Tensor, "B H W C"]:
    """Interpolate per-vertex attributes over the pixels; zero where there is no triangle.

    The weights are computed again from the vertices, so that the gradient reaches these too.

    Args:
        seen: what the pixels show.
        screen: projected vertices.
        faces: triangles.
        attributes: any number of channels.
    """
    covered = covered_pixels(seen.triangle, faces, screen.shape[1])
    packed = torch.cat([screen[..., :2], attributes], dim=-1).flatten(0, 1)  # gathered once, and once in the backward
    corners, channels = gather_corners(packed, covered.corners).split([2, attributes.shape[-1]])
    areas, total = edge_functions(corners, covered.row, covered.column)
    thin = _thin(corners.detach(), total.detach())
    fixed = seen.barycentric.flatten(0, 2).index_select(0, covered.pixel).mT
    weights = torch.where(thin, fixed, areas / torch.where(thin, 1.0, total))
    a, b, c = (weights * channels).unbind(1)
    values = a + b + c
    pictures = values.new_zeros((seen.triangle.numel(), len(values))).index_copy(0, covered.pixel, values.mT)
    return pictures.view(*seen.triangle.shape, -1)


def _thin(corners: Float[Tensor, "2 3 N"], doubled_area: Float[Tensor, " N"]) -> Bool[Tensor, " N"]:
    longest_squared = (corners - corners.roll(1, 1)).square().sum(0).amax(0)
    return doubled_area.square() < THINNEST_PX**2 * longest_squared
