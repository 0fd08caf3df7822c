"""What a picture shows of each vertex of a fitted head, and how far it can be believed."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8
from scipy.ndimage import distance_transform_edt, uniform_filter

from toonface.geometry.camera import project
from toonface.geometry.diffusion import diffuse
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import Fragments, clear, draw
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.spherical_harmonics import sh_basis
from toonface.stages.texture.options import TextureOptions
from toonface.stages.texture.skin_baker import SkinBaker
from toonface.types import FaceRegion, FaceRegions, Picture, Vertices

PLAIN_CLASSES = (FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT, FaceRegion.NECK)
SKIN_CLASSES = (
    *PLAIN_CLASSES, FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER, FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT,
    FaceRegion.FACIAL_HAIR,
)  # fmt: skip
"""What may land on the skin. Brows stay on it as texture: the skin below them carries them along when it moves."""
HIDDEN_M = 0.003
"""A vertex this far behind what is seen at its pixel is hidden."""
STEP_M = 0.012
"""Where depth jumps by so much, the picture is not used: outlines are drawn there, and shadows fall."""
TAP_M = 0.0008
"""Distance of the nine pixels whose mean is a vertex's colour."""
LEAST_GLASSES_PIXELS, GLASSES_REACH_M = 12, 0.008
LINE_WINDOW_M, LINE_CONTRAST = 0.012, 26.0
"""A pixel near glasses that differs by more than this from the mean around it is a line of theirs."""
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
        regions: of the picture.
        coarse: camera and light.
        skin: vertices of LOD0 as the picture shows them, metres.
        options: which directions are believed.

    Raises:
        ValueError: picture and regions differ in size, or no pixel of the picture is skin.
    """
    camera, classes = coarse.camera, regions.classes
    allowed = np.isin(classes, SKIN_CLASSES)
    if picture.shape[:2] == classes.shape and allowed.any():
        allowed &= ~_glasses_lines(picture, classes, camera.scale)
    clean = diffuse(picture, allowed)
    points = project(camera, skin)
    fragments = clear(*classes.shape)
    draw(fragments, points, baker.faces, cull=True)
    mask = _soft(allowed & ~_steps(fragments, STEP_M * camera.scale), options.edge_m * camera.scale)
    normals = vertex_normals(skin, baker.faces) @ camera.rotation.T
    rows, columns, inside = _pixels(points, mask.shape)
    facing = smoothstep(options.grazing, options.full, normals[:, 2])
    visible = _visible(baker, points, fragments, HIDDEN_M * camera.scale) * facing
    trust = visible * baker.usable * inside
    own = trust * mask[rows, columns]
    gain = _gain(coarse, normals, own, options.unlight)
    return Evidence(
        clean=clean,
        mask=mask,
        points_px=points[:, :2],
        trust=trust,
        own=own,
        gain=gain,
        seen=gain[:, None] * _taps(clean, points, TAP_M * camera.scale),
        hair=visible * inside * (classes[rows, columns] == FaceRegion.HAIR),
        plain=np.isin(classes[rows, columns], PLAIN_CLASSES),
    )


def _soft(allowed: Bool[np.ndarray, "H W"], edge_px: float) -> Float32[np.ndarray, "H W"]:
    """0 outside and up to a quarter of the edge, 1 from the whole edge inwards."""
    distance = distance_transform_edt(np.pad(allowed, 1))[1:-1, 1:-1]
    return smoothstep(0.25 * edge_px + 1.0, edge_px + 2.0, distance).astype(np.float32)


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


def _glasses_lines(picture: Picture, classes: UInt8[np.ndarray, "H W"], scale: float) -> Bool[np.ndarray, "H W"]:
    """Frames of glasses that the parser overlooked: pixels near glasses that stand out from the skin around them."""
    lines = np.zeros(classes.shape, bool)
    rows, columns = np.nonzero(classes == FaceRegion.GLASSES)
    if len(rows) < LEAST_GLASSES_PIXELS:
        return lines
    reach = int(GLASSES_REACH_M * scale) + 1
    box = (
        slice(max(rows.min() - reach, 0), rows.max() + reach + 1),
        slice(max(columns.min() - reach, 0), columns.max() + reach + 1),
    )
    bare = np.isin(classes[box], PLAIN_CLASSES)
    window = (max(int(LINE_WINDOW_M * scale), 3),) * 2
    share = uniform_filter(bare.astype(np.float32), window)
    colours = picture[box].astype(np.float32)
    around = uniform_filter(colours * bare[..., None], (*window, 1)) / np.maximum(share, 1e-3)[..., None]
    lines[box] = bare & (np.abs(colours - around).max(axis=2) > LINE_CONTRAST)
    return lines


def _visible(baker: SkinBaker, points: Vertices, fragments: Fragments, hidden_px: float) -> Float[np.ndarray, " V"]:
    """1 where a vertex and its neighbours are seen and inside the picture, 0 elsewhere, smooth between."""
    rows, columns, inside = _pixels(points, fragments.face.shape)
    hidden = points[:, 2] + hidden_px < fragments.depth[rows, columns]
    seen = (~hidden & inside).astype(float)
    degree = np.asarray(baker.neighbours.sum(axis=1))
    safe = ((baker.neighbours @ seen) >= degree) * seen
    return safe * (baker.neighbours @ safe) / degree


def _gain(
    coarse: CoarseFit, normals: Float[np.ndarray, "V 3"], own: Float[np.ndarray, " V"], strength: float
) -> Float[np.ndarray, " V"]:
    """The inverse of the fitted light, relative to what the seen skin has of it; 1 where there is no light."""
    light = sh_basis(normals) @ coarse.light
    usual = float(np.median(light[own > 0.5])) if (own > 0.5).any() else 0.0
    if strength == 0.0 or usual <= 0.0:
        return np.ones_like(own)
    return np.clip((np.maximum(light / usual, 1e-3)) ** -strength, 1.0 / LARGEST_GAIN, LARGEST_GAIN)


def _taps(picture: Picture, points: Vertices, step_px: float) -> Float[np.ndarray, "V 3"]:
    """The mean of nine pixels around each vertex."""
    total = np.zeros((len(points), 3))
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
