"""Take off specks of hair in a face: tips of inner sheets that come through where the picture shows bare skin."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy.ndimage import label

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.rasterize import clear, draw
from toonface.types import FaceRegion, Faces
from toonface.worn.surface import Surface

BARE = (FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT, FaceRegion.EYE_LEFT,
        FaceRegion.EYE_RIGHT, FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER, FaceRegion.INNER_MOUTH)  # fmt: skip
"""Regions before which no hair is."""
LAYERS = 6
"""Sheets that may lie behind one another."""
SIDE = 320
"""Of the picture in which hair is looked for, pixels."""


def trim_face(
    surfaces: Sequence[Surface],
    head: tuple[Float[np.ndarray, "V 3"], Faces],
    camera: ScaledOrthographic,
    classes: UInt8[np.ndarray, "H W"],
) -> list[Surface]:
    """Return surfaces of hair without the triangles that are seen as islands inside the bare face.

    A fringe that hangs into the face stays, because it is one with the hair around it.

    Args:
        surfaces: of the hair.
        head: vertices and triangles of the skin below it.
        camera: of the picture.
        classes: `FaceRegion` of each pixel.
    """
    step = max(classes.shape) / SIDE
    height, width = (max(round(side / step), 1) for side in classes.shape)
    small = replace(camera, scale=camera.scale * height / camera.height, width=width, height=height)
    rows = np.minimum(((np.arange(height) + 0.5) * classes.shape[0] / height).astype(np.int64), classes.shape[0] - 1)
    columns = np.minimum(((np.arange(width) + 0.5) * classes.shape[1] / width).astype(np.int64), classes.shape[1] - 1)
    bare = np.isin(classes[rows[:, None], columns], BARE)
    trimmed = list(surfaces)
    for _ in range(LAYERS):
        strays = _strays(trimmed, head, small, bare)
        if not any(stray.any() for stray in strays):
            break
        trimmed = [_with_faces(surface, ~stray) for surface, stray in zip(trimmed, strays, strict=True)]
    return trimmed


def _strays(
    surfaces: Sequence[Surface],
    head: tuple[Float[np.ndarray, "V 3"], Faces],
    camera: ScaledOrthographic,
    bare: Bool[np.ndarray, "H W"],
) -> list[Bool[np.ndarray, " _"]]:
    """Mark of each surface the triangles that are seen in islands that touch nothing but the bare face."""
    fragments = clear(*bare.shape)
    draw(fragments, project(camera, head[0]), head[1], part=0)
    for number, surface in enumerate(surfaces, start=1):
        draw(fragments, project(camera, surface.vertices), surface.faces, part=number)
    islands, count = label(fragments.part > 0, np.ones((3, 3)))
    beyond = np.unique(islands[~bare])
    stray = ~np.isin(islands, beyond) & (islands > 0) if count else np.zeros(bare.shape, bool)
    marked = []
    for number, surface in enumerate(surfaces, start=1):
        seen = np.zeros(len(surface.faces), bool)
        seen[fragments.face[stray & (fragments.part == number)]] = True
        marked.append(seen)
    return marked


def _with_faces(surface: Surface, kept: np.ndarray) -> Surface:
    if kept.all():
        return surface
    region = surface.region if isinstance(surface.region, FaceRegion) else surface.region[kept]
    uv_faces = None if surface.uv_faces is None else surface.uv_faces[kept]
    return replace(surface, faces=surface.faces[kept], uv_faces=uv_faces, region=region)
