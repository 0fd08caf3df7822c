"""What a stylizer learns from: a portrait, the same scene in every style, and where each point went."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8
from scipy.ndimage import binary_erosion, gaussian_filter, zoom

from toonface.geometry.camera import project
from toonface.morphable.landmarks import landmarks_3d
from toonface.stages.stylization.crop import LIFT, MARGIN
from toonface.stages.stylization.skin import SMOOTHED, smooth_skin
from toonface.stages.stylization.stylize import PAINTED
from toonface.synth.cartoon_styles import CARTOON_STYLES, in_style
from toonface.synth.correspondence import find_correspondence
from toonface.synth.framing import Frame
from toonface.synth.picture.photo_spec import PhotoSpec
from toonface.synth.render import Renderer, Staging
from toonface.synth.scene import SceneSpec

FLOW_SIZE = 64
"""Side of the field that says where each point went."""
FINER = 2
"""Pixels of the drawings in which points are looked for, across one of the field."""
LARGEST_YAW = np.radians(50.0)
TONE = 0.8
"""How far a cartoon's skin is brought to the tone that it has in the portrait."""
SPREAD = 3.0
"""Of known offsets into pixels where none is known, in pixels of the field."""
FACE = PAINTED > 0.0
"""Of regions: what a style repaints. Brows, beards, hair, hats, glasses, clothes and the ground stay the portrait's
own: rendered brows are too heavy for most people, and whoever has a beard knows it."""
BORDER = 2
"""Pixels along the borders of what stays, in a picture of 256 rows, that stay as well."""


@dataclass(frozen=True, kw_only=True)
class StyleTarget:
    """A scene in one style."""

    picture: UInt8[np.ndarray, "S S 3"]
    """sRGB, in the tones of the portrait."""
    face: Bool[np.ndarray, "S S"]
    """What the style repaints."""
    offset: Float32[np.ndarray, "G G 2"]
    """From a place in this picture to the same point in the portrait, x and y in sides of the picture."""
    known: Float32[np.ndarray, "G G"]
    """Share of each pixel of the field where that is known and not guessed from around."""
    points: Float32[np.ndarray, "68 2"]
    """Landmarks in sides of the picture."""


@dataclass(frozen=True, kw_only=True)
class StyleExample:
    """A portrait and its cartoons, in the order of `CARTOON_STYLES`."""

    picture: UInt8[np.ndarray, "S S 3"]
    """sRGB."""
    smooth: UInt8[np.ndarray, "S S 3"]
    """The same without pores: what a stylizer warps."""
    regions: UInt8[np.ndarray, "S S"]
    """`FaceRegion` of the portrait's pixels."""
    points: Float32[np.ndarray, "68 2"]
    """Landmarks in sides of the picture."""
    targets: tuple[StyleTarget, ...]


def draw_example(renderer: Renderer, seed: int, index: int, size: int) -> StyleExample:
    """Render a scene as a portrait, framed as stylizers see faces, and in every style.

    Args:
        renderer: of the package's face model.
        seed: of the set.
        index: of the scene in it, at least 0.
        size: side of the pictures in pixels, a multiple of `FLOW_SIZE`.

    Raises:
        ValueError: the size is none of these.
    """
    if size % FLOW_SIZE:
        raise ValueError(f"size is {size}, expected a multiple of {FLOW_SIZE}")
    rng = np.random.default_rng(np.random.SeedSequence((seed, index, 1)))
    scene = replace(_framed(renderer.scene(seed, index), rng), photo=_plain_photo(rng))
    staging = renderer.staged(scene, "photo", size)
    drawn = renderer.drawn(scene, staging, "photo")
    regions, picture = drawn.buffers.region, drawn.picture
    smooth = smooth_skin((picture / 255.0).astype(np.float32), regions, size / MARGIN)
    tone = _skin_tone(picture, regions)
    return StyleExample(
        picture=picture,
        smooth=(255.0 * np.clip(smooth, 0.0, 1.0) + 0.5).astype(np.uint8),
        regions=regions,
        points=_points(renderer, staging),
        targets=tuple(_target(renderer, in_style(scene, name), staging, regions, tone) for name in CARTOON_STYLES),
    )


def _framed(scene: SceneSpec, rng: np.random.Generator) -> SceneSpec:
    """Frame the face upright, about as well as landmarks do."""
    frame = Frame(
        yaw=float(np.clip(scene.frame.yaw, -LARGEST_YAW, LARGEST_YAW)),
        pitch=scene.frame.pitch,
        roll=float(rng.normal(0.0, 0.05)),
        share=float(np.exp(rng.normal(0.0, 0.05)) / MARGIN),
        shift=(float(rng.normal(0.0, 0.015)), float(rng.normal(-LIFT / MARGIN, 0.015))),
    )
    return replace(scene, frame=frame)


def _plain_photo(rng: np.random.Generator) -> PhotoSpec:
    """A decent photograph: other colours are drawn later, for portrait and cartoon alike."""
    return PhotoSpec(
        contrast=float(rng.uniform(0.0, 0.25)),
        defocus=float(abs(rng.normal(0.0, 0.4))),
        noise=float(rng.gamma(1.4, 0.002)),
        sharpening=float(rng.uniform(0.0, 0.5)),
        jpeg_quality=int(rng.integers(60, 98)),
    )


def _points(renderer: Renderer, staging: Staging) -> Float32[np.ndarray, "68 2"]:
    camera = staging.camera
    points = landmarks_3d(staging.sitter.skin, renderer.model.landmarks, camera.rotation)
    return (project(camera, points)[:, :2] / camera.width).astype(np.float32)


def _skin_tone(picture: UInt8[np.ndarray, "S S 3"], regions: UInt8[np.ndarray, "S S"]) -> Float[np.ndarray, "3"] | None:
    """Mean colour of the skin; None where hardly any is seen."""
    skin = picture[SMOOTHED[regions] > 0.0]
    return skin.mean(axis=0) if len(skin) > 100 else None


def _target(
    renderer: Renderer,
    scene: SceneSpec,
    portrait: Staging,
    regions: UInt8[np.ndarray, "S S"],
    tone: Float[np.ndarray, "3"] | None,
) -> StyleTarget:
    size = portrait.camera.width
    staging = renderer.staged(scene, "toon", size)
    drawn = renderer.drawn(scene, staging, "toon")
    picture, own = drawn.picture, _skin_tone(drawn.picture, drawn.buffers.region)
    if tone is not None and own is not None:
        gain = ((tone + 8.0) / (own + 8.0)) ** TONE
        picture = np.clip(picture * gain + 0.5, 0.0, 255.0).astype(np.uint8)
    offset, known = _field(staging, portrait)
    face = FACE[drawn.buffers.region] & FACE[_moved(regions, offset)]
    return StyleTarget(
        picture=picture,
        face=binary_erosion(face, iterations=max(round(BORDER * size / 256), 1)),
        offset=offset,
        known=known,
        points=_points(renderer, staging),
    )


def _field(cartoon: Staging, portrait: Staging) -> tuple[Float32[np.ndarray, "G G 2"], Float32[np.ndarray, "G G"]]:
    """Offsets on the grid of the field; where they are not known, they fade out from where they are."""
    size, fine = cartoon.camera.width, FLOW_SIZE * FINER
    camera = replace(cartoon.camera, scale=cartoon.camera.scale * fine / size, width=fine, height=fine)
    found = find_correspondence(cartoon.surfaces, portrait.surfaces, camera)
    known = _averaged(found.known.astype(np.float32)[..., None])
    offset = _averaged(found.offset) / fine
    spread = gaussian_filter(offset, (SPREAD, SPREAD, 0.0))
    weight = gaussian_filter(known, (SPREAD, SPREAD, 0.0))
    guessed = spread / (weight + 0.02)
    # `offset` is a sum over known parts: what is not known of a pixel is guessed.
    return offset + (1.0 - known) * guessed, known[..., 0]


def _moved(regions: UInt8[np.ndarray, "S S"], offset: Float32[np.ndarray, "G G 2"]) -> UInt8[np.ndarray, "S S"]:
    """Regions of the portrait, each where the cartoon has it."""
    size = len(regions)
    steps = np.stack([zoom(offset[..., k], size // FLOW_SIZE, order=1, mode="nearest", grid_mode=True) for k in (0, 1)])
    columns, rows = (np.arange(size) + np.rint(size * steps[0]), np.arange(size)[:, None] + np.rint(size * steps[1]))
    rows, columns = (np.clip(places, 0, size - 1).astype(np.int64) for places in (rows, columns))
    return regions[rows, columns]


def _averaged(fine: Float32[np.ndarray, "H W C"]) -> Float32[np.ndarray, "h w C"]:
    height, width, channels = fine.shape
    return fine.reshape(height // FINER, FINER, width // FINER, FINER, channels).mean(axis=(1, 3))
