"""What a picture shows of each vertex of a fitted head, and how far it can be believed."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8
from scipy.ndimage import minimum_filter, uniform_filter

from toonface.geometry.camera import project
from toonface.geometry.diffusion import diffuse
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import Fragments, clear, draw
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.spherical_harmonics import sh_basis
from toonface.stages.texture.options import TextureOptions
from toonface.stages.texture.shadows import shadows
from toonface.stages.texture.skin_baker import SkinBaker
from toonface.stages.texture.stray_lines import (
    BROWS,
    PLAIN_CLASSES,
    SKIN_CLASSES,
    collars,
    is_one_of,
    islands,
    lashes,
    stray_lines,
)
from toonface.types import FaceRegion, FaceRegions, Picture, Vertices

HIDDEN_M = 0.003
"""A vertex this far behind what is seen at its pixel is hidden."""
STEP_M = 0.012
"""Where depth jumps by so much, the picture is not used: outlines are drawn there, and shadows fall."""
TAP_M, HAIR_TAP_M = 0.0008, 0.003
"""Distance of the nine pixels whose mean is a vertex's colour, and of those that must be hair where hair is seen."""
LID = 0.15
"""Where more of a vertex than this is a lid's, brows are not used: they would be drawn down when it closes."""
LARGEST_GAIN = 1.6


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a picture shows of each vertex."""

    clean: Picture
    """The picture, what is not skin replaced by the skin next to it."""
    mask: Float32[np.ndarray, "H W"]
    """How much each pixel may be used, in [0, 1]."""
    points_px: Float[np.ndarray, "V 2"]
    trust: Float[np.ndarray, " V"]
    """How well each vertex is seen, in [0, 1], whatever the mask says."""
    own: Float[np.ndarray, " V"]
    """The same times the mask."""
    gain: Float[np.ndarray, " V"]
    """1, or the inverse of the light, where it is taken away."""
    seen: Float[np.ndarray, "V 3"]
    """Colour of each vertex in the clean picture times gain, sRGB in [0, 255]."""
    hair: Float[np.ndarray, " V"]
    """How well each vertex is seen to lie under hair, in [0, 1]."""
    plain: Bool[np.ndarray, " V"]
    """Whether its pixel is bare skin: no brow, lip or beard."""
    brow: Bool[np.ndarray, " V"]
    """Whether its pixel is a brow's."""


def gather(
    baker: SkinBaker,
    picture: Picture,
    *,
    regions: FaceRegions,
    coarse: CoarseFit,
    skin: Vertices,
    options: TextureOptions,
) -> Evidence:
    """Look at each vertex in the picture.

    Args:
        baker: of the model.
        picture: sRGB.
        regions: of the picture, of the same size.
        coarse: camera and light.
        skin: vertices of LOD0 as the picture shows them, metres.
        options: which directions are believed.

    Raises:
        ValueError: no pixel of the picture is skin.
    """
    camera, classes = coarse.camera, regions.classes
    strays = islands(classes) | lashes(classes, camera.scale) | collars(picture, classes)
    strays |= stray_lines(picture, classes, camera.scale)
    allowed = is_one_of(classes, SKIN_CLASSES) & ~strays
    clean = diffuse(picture, allowed)
    points = project(camera, skin)
    fragments = clear(*classes.shape)
    draw(fragments, points, baker.faces, cull=True)
    steps = _steps(fragments, STEP_M * camera.scale) | _jaw_line(classes)
    mask = _soft(allowed & ~steps, options.edge_m * camera.scale)
    normals = vertex_normals(skin, baker.faces) @ camera.rotation.T
    rows, columns, inside = _pixels(points, mask.shape)
    facing = smoothstep(options.grazing, options.full, normals[:, 2])
    visible = _visible(baker, points, fragments, HIDDEN_M * camera.scale) * facing
    brow = is_one_of(classes[rows, columns], BROWS)
    trust = visible * baker.usable * inside * ~(brow & (baker.lid > LID))
    own = trust * mask[rows, columns]
    hairy = (classes == FaceRegion.HAIR).astype(np.uint8)
    gain = _gain(coarse, normals, own, options.unlight)
    seen = gain[:, None] * _taps(clean, points, TAP_M * camera.scale)
    plain = is_one_of(classes[rows, columns], PLAIN_CLASSES)
    lit = 1.0 - shadows(baker, seen, own=own, plain=plain, towards=normals[:, 2])
    return Evidence(
        clean=clean,
        mask=mask,
        points_px=points[:, :2],
        trust=trust * lit,
        own=own * lit,
        gain=gain,
        seen=seen,
        hair=visible * inside * smoothstep(0.5, 1.0, _taps(hairy[..., None], points, HAIR_TAP_M * camera.scale)[:, 0]),
        plain=plain,
        brow=brow,
    )


def _soft(allowed: Bool[np.ndarray, "H W"], edge_px: float) -> Float32[np.ndarray, "H W"]:
    """0 up to a quarter of the edge, 1 from the whole edge inwards; in squares: discs take three times as long."""
    fade = 2 * int(0.375 * edge_px + 0.5) + 1
    inner = minimum_filter(allowed, 2 * int(0.25 * edge_px + 1.0) + fade, mode="constant", cval=False)
    return smoothstep(0.0, 1.0, uniform_filter(inner.astype(np.float32), fade, mode="constant"))


def _jaw_line(classes: UInt8[np.ndarray, "H W"]) -> Bool[np.ndarray, "H W"]:
    """Pixels where the face ends before the neck; outlines are drawn there, and the fitted jaw may miss them."""
    neck, face = classes == FaceRegion.NECK, classes == FaceRegion.SKIN
    line = np.zeros_like(neck)
    line[1:] |= neck[1:] & face[:-1]
    line[:, 1:] |= (neck[:, 1:] & face[:, :-1]) | (face[:, 1:] & neck[:, :-1])
    return line


def _steps(fragments: Fragments, least_px: float) -> Bool[np.ndarray, "H W"]:
    """Pixels of the head beside which it goes on much farther back or nearer."""
    depth, seen = fragments.depth, fragments.face >= 0
    steps = np.zeros_like(seen)
    for here, there in (
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
    ):
        jump = seen[here] & seen[there]
        jump[jump] = np.abs(depth[here][jump] - depth[there][jump]) > least_px
        steps[here] |= jump
        steps[there] |= jump
    return steps


def _visible(baker: SkinBaker, points: Vertices, fragments: Fragments, hidden_px: float) -> Float[np.ndarray, " V"]:
    """1 where a vertex and its neighbours are seen and inside the picture, 0 elsewhere, smooth between."""
    rows, columns, inside = _pixels(points, fragments.face.shape)
    hidden = points[:, 2] + hidden_px < fragments.depth[rows, columns]
    seen = (~hidden & inside).astype(float)
    safe = ((baker.neighbours @ seen) >= baker.degree) * seen
    return safe * (baker.neighbours @ safe) / baker.degree


def _gain(
    coarse: CoarseFit, normals: Float[np.ndarray, "V 3"], own: Float[np.ndarray, " V"], strength: float
) -> Float[np.ndarray, " V"]:
    """The inverse of the fitted light, relative to what the seen skin has of it; 1 where there is no light."""
    light = sh_basis(normals) @ coarse.light
    usual = float(np.median(light[own > 0.5])) if (own > 0.5).any() else 0.0
    if strength == 0.0 or usual <= 0.0:
        return np.ones_like(own)
    return np.clip((np.maximum(light / usual, 1e-3)) ** -strength, 1.0 / LARGEST_GAIN, LARGEST_GAIN)


def _taps(picture: UInt8[np.ndarray, "H W C"], points: Vertices, step_px: float) -> Float[np.ndarray, "V C"]:
    """The mean of nine pixels around each vertex."""
    total = np.zeros((len(points), picture.shape[2]))
    for down in (-step_px, 0.0, step_px):
        for across in (-step_px, 0.0, step_px):
            rows, columns, _ = _pixels(points + np.array([across, down, 0.0]), picture.shape)
            total += picture[rows, columns]
    return total / 9.0


def _pixels(points: Vertices, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, Bool[np.ndarray, " V"]]:
    """Row and column of the pixel under each vertex, the nearest one in the picture, and whether that is its own."""
    columns, rows = np.floor(points[:, 0]).astype(int), np.floor(points[:, 1]).astype(int)
    near_rows, near_columns = np.clip(rows, 0, shape[0] - 1), np.clip(columns, 0, shape[1] - 1)
    return near_rows, near_columns, (near_rows == rows) & (near_columns == columns)
