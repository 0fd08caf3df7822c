"""Smooth outlines, whose place a gradient can move: a pixel next to an outline takes part of its neighbour's colour.

The idea is that of Laine et al., "Modular Primitives for High-Performance Differentiable Rendering" (2020), section
3.5, turned round. There every pixel looks for an outline in the triangle that it shows; in our heads triangles are as
small as pixels, and those at the outline, seen edge-on, are smaller, so that most pixels would find none. Here every
edge of the outline looks for the pixels between whose centres it passes.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from toonface.nets.mesh_topology import NO_TRIANGLE, Topology
from toonface.nets.visibility import Screen, Visibility

STEPS = 2**24
"""Places between two pixel centres that are told apart when the outermost of several edges is chosen."""
WORD = 2**32
"""A place above, a crossing below, in one integer."""


@dataclass(frozen=True, kw_only=True)
class _Outline:
    """Edges at which a mesh ends or turns away from the viewer, of all pictures of a batch."""

    picture: Int[Tensor, " K"]
    points: Float[Tensor, "3 K 3"]
    """Both ends, and a corner that tells on which side the mesh is: x, y, depth in pixels."""


@dataclass(frozen=True, kw_only=True)
class _Crossings:
    """Places where an outline passes between the centres of two neighbouring pixels."""

    inner: Int[Tensor, " N"]
    """The pixel on the mesh's side of the edge, as an index into the flattened pictures."""
    outer: Int[Tensor, " N"]
    """Its neighbour beyond the edge."""
    distance: Float[Tensor, " N"]
    """From the inner pixel's centre to the edge, in pixels, in [0, 1]; has a gradient."""


def antialias(
    pictures: Float[Tensor, "B H W C"], seen: Visibility, screen: Screen, topology: Topology
) -> Float[Tensor, "B H W C"]:
    """Blend the pixels along outlines by how far the mesh reaches between their centres.

    The coverage of a mesh, blended like this, adds up to its area, and so does its gradient. Every value stays within
    the range of the pixel and its four neighbours.

    Args:
        pictures: any channels, as seen at the pixel centres.
        seen: what the pixels show.
        screen: projected vertices.
        topology: of the mesh.
    """
    outline = _outline(screen, topology)
    crossings = [_crossings(outline, seen.depth, axis) for axis in (0, 1)]
    inner, outer = (torch.cat([getattr(c, name) for c in crossings]) for name in ("inner", "outer"))
    excess = torch.cat([c.distance for c in crossings]) - 0.5
    flat = pictures.flatten(0, 2)
    # Up to half a pixel beyond the inner centre the mesh loses a part of that pixel, then it gains one of the next.
    target = torch.where(excess > 0.0, outer, inner)
    total = excess.new_zeros(len(flat)).index_add(0, target, excess.abs()).clamp_min(1.0)
    step = flat.index_select(0, inner) - flat.index_select(0, outer)
    change = (excess / total.index_select(0, target))[:, None] * step
    return flat.index_add(0, target, change).view(pictures.shape)


def _outline(screen: Screen, topology: Topology) -> _Outline:
    columns = screen.detach()[..., :2].permute(1, 2, 0).contiguous()  # V 2 B: rows of all pictures are gathered faster
    a, b, c = columns.index_select(0, topology.faces.mT.flatten()).unflatten(0, (3, -1)).unbind()
    (ux, uy), (vx, vy) = (b - a).unbind(1), (c - a).unbind(1)
    front = ux * vy < vx * uy  # F B; y points down
    first, second = topology.sides.unbind(1)
    turns_away = front.index_select(0, first) != front.index_select(0, second.clamp_min(0))
    edge, picture = (turns_away | (second == NO_TRIANGLE)[:, None]).nonzero().unbind(1)
    vertices = topology.edges[edge].mT + screen.shape[1] * picture
    return _Outline(picture=picture, points=screen.flatten(0, 1)[vertices])


def _crossings(outline: _Outline, depth: Float[Tensor, "B H W"], axis: int) -> _Crossings:
    """Between pixels of one row (axis 0) by the edges nearer to upright, of one column (axis 1) by the others."""
    _, height, width = depth.shape
    lines, places, line_stride, place_stride = ((height, width, width, 1), (width, height, 1, width))[axis]
    edge, line = _lines(outline.points[:2].detach(), axis, lines)
    start, end, third = (point.unbind(-1) for point in outline.points[:, edge])
    along, across = 1 - axis, axis
    share = (line + 0.5 - start[along]) / (end[along] - start[along])
    place = torch.lerp(start[across], end[across], share) - 0.5  # of the crossing, counted in pixel centres
    with torch.no_grad():
        before = place.floor()
        slope = (end[across] - start[across]) / (end[along] - start[along])
        mesh_first = third[across] < start[across] + slope * (third[along] - start[along])
        inside = (before >= 0) & (before < places - 1)
        low = (outline.picture[edge] * height * width + line * line_stride) + before.long() * place_stride
        low = torch.where(inside, low, 0)
        high = low + place_stride
        inner, outer = torch.where(mesh_first, low, high), torch.where(mesh_first, high, low)
        beyond = depth.flatten()[outer]
        # The edge is seen where it hides what is beyond it, and where its own side is the nearer one.
        seen = inside & (beyond < torch.lerp(start[2], end[2], share)) & (beyond < depth.flatten()[inner])
    kept = seen.nonzero().squeeze(1)
    distance = torch.where(mesh_first, place - before, before + 1.0 - place)[kept]
    inner, outer = inner[kept], outer[kept]
    farthest = _farthest(2 * inner + mesh_first[kept], distance.detach(), 2 * depth.numel())
    return _Crossings(inner=inner[farthest], outer=outer[farthest], distance=distance[farthest])


def _lines(ends: Float[Tensor, "2 K 3"], axis: int, lines: int) -> tuple[Int[Tensor, " N"], Int[Tensor, " N"]]:
    """Rows (axis 0) or columns whose pixel centres each edge passes: (edge, line)."""
    step = (ends[1] - ends[0]).abs()
    mine = step[:, 1] > step[:, 0] if axis == 0 else step[:, 0] >= step[:, 1]
    # A half-open range: where two edges follow each other, their common end belongs to one of them.
    low, high = ((end - 0.5).clamp(0.0, lines).ceil().long() for end in ends[..., 1 - axis].aminmax(dim=0))
    counts = torch.where(mine, high - low, 0)
    edge = torch.repeat_interleave(counts)
    return edge, low[edge] + torch.arange(len(edge), device=edge.device) - (counts.cumsum(0) - counts)[edge]


def _farthest(group: Int[Tensor, " N"], distance: Float[Tensor, " N"], groups: int) -> Int[Tensor, " M"]:
    """Of each group the one with the largest distance: where a ragged outline crosses twice, the outermost counts."""
    key = (distance * STEPS).long() * WORD + torch.arange(len(group), device=group.device)
    best = key.new_full((groups,), -1).scatter_reduce(0, group, key, "amax")
    return (best[group] == key).nonzero().squeeze(1)
