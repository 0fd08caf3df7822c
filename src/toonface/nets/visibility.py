"""Which triangle each pixel shows. Discrete, so without a gradient; the renderer holds it fixed.

On the CPU the compiled z-buffer of `geometry.rasterize` finds it. Elsewhere `rasterize_in_torch` does, on the device
of the vertices, so that training on an accelerator does not wait for the CPU.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from toonface.geometry.rasterize import FAR, clear, draw
from toonface.nets.mesh_topology import NO_TRIANGLE

Screen: TypeAlias = Float[Tensor, "B V 3"]
"""x and y in pixels (pixel centres at +0.5, y down) and depth in pixels (larger is nearer)."""

WORD = 2**32
"""A depth above, a triangle below: one integer of 64 bits that is larger where the depth is nearer."""
EMPTY = torch.iinfo(torch.int64).min


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """What each pixel shows."""

    triangle: Int[Tensor, "B H W"]
    """Index of the nearest triangle, `NO_TRIANGLE` where there is none."""
    barycentric: Float[Tensor, "B H W 3"]
    """Weights of its corners at the pixel centre; zero where there is none."""
    depth: Float[Tensor, "B H W"]
    """Pixels, larger is nearer; `FAR` where there is none."""


def visibility(screen: Screen, faces: Int[Tensor, "F 3"], *, height: int, width: int) -> Visibility:
    """Find what each pixel shows, on the device of the vertices and without a gradient.

    Args:
        screen: projected vertices.
        faces: triangles, seen from both sides; those without area on the screen are skipped.
        height: of the pictures, pixels.
        width: of the pictures, pixels.
    """
    find = rasterize_on_cpu if screen.device.type == "cpu" else rasterize_in_torch
    return find(screen, faces, height=height, width=width)


def rasterize_on_cpu(screen: Screen, faces: Int[Tensor, "F 3"], *, height: int, width: int) -> Visibility:
    """Find what each pixel shows with `geometry.rasterize`, one picture after the other.

    Args:
        screen: projected vertices, on any device.
        faces: triangles.
        height: of the pictures, pixels.
        width: of the pictures, pixels.
    """
    triangles = faces.cpu().numpy().astype(np.int32)
    buffers = []
    for points in screen.detach().cpu().numpy():
        buffers.append(clear(height, width))
        draw(buffers[-1], points, triangles)
    triangle, barycentric, depth = (
        torch.from_numpy(np.stack([getattr(buffer, name) for buffer in buffers])).to(screen.device)
        for name in ("face", "barycentric", "depth")
    )
    return Visibility(triangle=triangle.long(), barycentric=barycentric.to(screen.dtype), depth=depth.to(screen.dtype))


@torch.no_grad()
def rasterize_in_torch(screen: Screen, faces: Int[Tensor, "F 3"], *, height: int, width: int) -> Visibility:
    """Find what each pixel shows on the device of the vertices, all pictures at once.

    Every pixel of every triangle's bounding box is a candidate; of those inside their triangle the nearest wins.
    The memory follows the sum of these boxes: some 200 bytes per candidate, and a head in a picture of 224 x 224
    pixels has 130,000 candidates.

    Args:
        screen: projected vertices.
        faces: triangles.
        height: of the pictures, pixels.
        width: of the pictures, pixels.
    """
    batch, count = screen.shape[:2]
    points = screen.flatten(0, 1)
    owner, row, column = _candidates(screen[:, faces, :2].flatten(0, 1), height, width)
    picture, triangle = owner // len(faces), owner % len(faces)
    corners = gather_corners(points, faces[triangle].mT + count * picture)
    areas, total = edge_functions(corners[:2], row, column)
    inside = ((areas * total.sign()).amin(0) >= 0.0) & (total != 0.0)
    # Of two triangles at the same depth the first wins.
    key = _ordered((areas * corners[2]).sum(0) / total) * WORD + (WORD - 1 - triangle)
    pixel = (picture * height + row) * width + column
    best = key.new_full((batch * height * width,), EMPTY)
    best = best.scatter_reduce(0, pixel, torch.where(inside, key, EMPTY), "amax")
    shown = torch.where(best == EMPTY, NO_TRIANGLE, WORD - 1 - best % WORD).view(batch, height, width)
    covered = covered_pixels(shown, faces, count)
    corners = gather_corners(points, covered.corners)
    areas, total = edge_functions(corners[:2], covered.row, covered.column)
    weights = areas / total
    barycentric = points.new_zeros((len(best), 3)).index_copy(0, covered.pixel, weights.mT)
    depth = points.new_full((len(best),), float(FAR)).index_copy(0, covered.pixel, (weights * corners[2]).sum(0))
    return Visibility(triangle=shown, barycentric=barycentric.view(*shown.shape, 3), depth=depth.view(shown.shape))


@dataclass(frozen=True, kw_only=True)
class CoveredPixels:
    """The pixels of a batch that show a triangle."""

    pixel: Int[Tensor, " N"]
    """Indices into the flattened pictures, rising."""
    row: Int[Tensor, " N"]
    column: Int[Tensor, " N"]
    corners: Int[Tensor, "3 N"]
    """Vertices of the triangle, as indices into the flattened vertices of the batch."""


def covered_pixels(triangle: Int[Tensor, "B H W"], faces: Int[Tensor, "F 3"], vertex_count: int) -> CoveredPixels:
    """List the pixels that show a triangle, and the corners of that triangle.

    Args:
        triangle: see `Visibility`.
        faces: triangles.
        vertex_count: of one mesh of the batch.
    """
    _, height, width = triangle.shape
    flat = triangle.flatten()
    pixel = (flat != NO_TRIANGLE).nonzero().squeeze(1)
    line = pixel // width
    picture = line // height
    corners = faces.index_select(0, flat.index_select(0, pixel)).mT + vertex_count * picture
    return CoveredPixels(pixel=pixel, row=line - picture * height, column=pixel - line * width, corners=corners)


def gather_corners(attributes: Float[Tensor, "N C"], corners: Int[Tensor, "3 M"]) -> Float[Tensor, "C 3 M"]:
    """Gather rows at triangles' corners, channels first: the sums that follow run over contiguous numbers.

    Args:
        attributes: of each vertex.
        corners: indices of rows.
    """
    return attributes.index_select(0, corners.flatten()).mT.contiguous().unflatten(1, corners.shape)


def edge_functions(
    corners: Float[Tensor, "2 3 N"], row: Int[Tensor, " N"], column: Int[Tensor, " N"]
) -> tuple[Float[Tensor, "3 N"], Float[Tensor, " N"]]:
    """Compute twice the signed areas of the triangles that a pixel centre forms with the edges, and their sum.

    Args:
        corners: x and y of a triangle for each pixel.
        row: of the pixel.
        column: of the pixel.
    """
    x, y = corners.unbind()
    (ax, bx, cx), (ay, by, cy) = (x - (column + 0.5)).unbind(), (y - (row + 0.5)).unbind()
    # One formula for every edge, see `geometry.rasterize`: a neighbour gets the same number with the other sign.
    a, b, c = bx * cy - cx * by, cx * ay - ax * cy, ax * by - bx * ay
    return torch.stack([a, b, c]), a + b + c


def _candidates(corners: Float[Tensor, "T 3 2"], height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Every pixel whose centre lies in a triangle's bounding box: (triangle, row, column)."""
    limit = torch.tensor([width, height], device=corners.device)
    low, high = corners.amin(1) - 0.5, corners.amax(1) - 0.5
    finite = torch.isfinite(high - low).all(-1)
    first = low.clamp(torch.zeros_like(limit), limit).ceil().long()
    extent = torch.minimum(high.floor(), limit - 1.0).clamp_min(-1.0).long() + 1 - first
    columns, rows = torch.where(finite[:, None], extent.clamp_min(0), 0).unbind(1)
    counts = columns * rows
    owner = torch.repeat_interleave(counts)
    number = torch.arange(len(owner), device=owner.device) - (counts.cumsum(0) - counts)[owner]
    return owner, first[owner, 1] + number // columns[owner], first[owner, 0] + number % columns[owner]


def _ordered(depth: Tensor) -> Tensor:
    """Integers in the order of the numbers, of 32 bits: the bits of a negative float run backwards."""
    bits = depth.float().view(torch.int32)
    return torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).long()
