"""A parsed outline in a small picture, and how well what is worn, drawn in it, agrees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.rasterize import Cutout, Fragments, clear, draw
from toonface.types import FaceRegion, FaceRegions, Faces, Vertices
from toonface.worn.surface import Surface

HOLE = 118
"""Alpha below which hair is not drawn, as in the synthetic portraits."""
CLASSES = 256


@dataclass(frozen=True, kw_only=True)
class OutlineView:
    """A square part of a picture, made small, with the bare head drawn in it."""

    camera: ScaledOrthographic
    """Of the small picture."""
    target: Bool[np.ndarray, "N N"]
    """Where the picture shows the thing."""
    weight: Float32[np.ndarray, "N N"]
    """How much each pixel counts; 0 where the picture does not say."""
    head: Fragments
    """The skin, part 0."""


@dataclass(frozen=True, kw_only=True)
class Square:
    """A square of a picture."""

    left: float
    """Pixels."""
    top: float
    """Pixels."""
    side: float
    """Pixels, above 0."""


def crop_camera(camera: ScaledOrthographic, square: Square, size: int) -> ScaledOrthographic:
    """Return the camera of a square part of a picture, brought to a size.

    Args:
        camera: of the picture.
        square: the part; it may reach beyond the picture.
        size: its new side, pixels.
    """
    scale = camera.scale * size / square.side
    half = 0.5 * square.side / camera.scale
    shift = np.array([0.5 * camera.width - square.left, square.top - 0.5 * camera.height]) / camera.scale
    return ScaledOrthographic(
        rotation=camera.rotation,
        translation=camera.translation + shift + [-half, half],
        scale=scale,
        width=size,
        height=size,
    )


def view_outline(
    regions: FaceRegions,
    wanted: tuple[FaceRegion, ...],
    weights: Mapping[FaceRegion, float],
    *,
    crop: tuple[ScaledOrthographic, Square, int],
    head: tuple[Vertices, Faces],
) -> OutlineView:
    """Make a small picture of some classes.

    Args:
        regions: of the whole picture.
        wanted: classes of the thing.
        weights: how much each class counts, where that is not 1.
        crop: camera of the whole picture, the part that is looked at, and the side of the small picture in pixels; what
            lies beyond the whole picture is not known.
        head: skin that hides what is behind it, metres, and its triangles.
    """
    camera, square, size = crop
    places = (np.arange(size) + 0.5) * square.side / size
    rows, columns = np.floor(square.top + places).astype(int), np.floor(square.left + places).astype(int)
    height, width = regions.classes.shape
    inside = np.outer((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    classes = regions.classes[np.clip(rows, 0, height - 1)][:, np.clip(columns, 0, width - 1)]
    table = np.ones(CLASSES, np.float32)
    for region, weight in weights.items():
        table[region] = weight
    small = crop_camera(camera, square, size)
    fragments = clear(size, size)
    draw(fragments, project(small, head[0]), head[1], cull=True)
    return OutlineView(
        camera=small,
        target=np.isin(classes, wanted) & inside,
        weight=np.where(inside, table[classes], 0.0).astype(np.float32),
        head=fragments,
    )


def seen_in(view: OutlineView, surfaces: Sequence[Surface]) -> Bool[np.ndarray, "N N"]:
    """Tell where surfaces are seen, in front of the head.

    Args:
        view: of the outline.
        surfaces: what is worn; pictures with alpha have holes.
    """
    head = view.head
    fragments = Fragments(
        part=head.part.copy(), face=head.face.copy(), barycentric=head.barycentric.copy(), depth=head.depth.copy()
    )
    for surface in surfaces:
        draw(fragments, project(view.camera, surface.vertices), surface.faces, part=1, cutout=_holes(surface))
    return fragments.part == 1


def agreement(view: OutlineView, seen: Bool[np.ndarray, "N N"]) -> float:
    """Return the intersection over the union of what is drawn and what the picture shows; 1 where neither shows any.

    Args:
        view: of the outline; its weights count.
        seen: from `seen_in`.
    """
    union = float(view.weight[seen | view.target].sum())
    return float(view.weight[seen & view.target].sum()) / union if union > 0.0 else 1.0


def square_around(points_px: Float[np.ndarray, "N 2"], margin: float) -> Square:
    """Return the square around points.

    Args:
        points_px: at least one.
        margin: how much larger than the points, 1 for not at all.
    """
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    side = max(margin * float((high - low).max()), 1.0)
    left, top = 0.5 * (low + high) - 0.5 * side
    return Square(left=float(left), top=float(top), side=side)


def _holes(surface: Surface) -> Cutout | None:
    picture = surface.picture
    if surface.uv is None or surface.uv_faces is None or picture is None or picture.shape[2] != 4:
        return None
    alpha = np.ascontiguousarray(picture[..., 3])
    return Cutout(uv=surface.uv, uv_faces=surface.uv_faces, alpha=alpha, threshold=HOLE)
