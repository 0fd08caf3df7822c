"""The looks of cartoon pictures, each a function of the scene."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float32

from toonface.synth.picture.filters import (
    Colour,
    Plane,
    blend,
    blur_plane,
    gaussian_blur,
    lay_over,
    look_up,
    luma,
    resize,
    saturate,
)
from toonface.synth.picture.noise import halftone, stripes, stroke_noise
from toonface.synth.picture.outlines import SKIN_GROUP, ink_lines
from toonface.synth.picture.painting import kuwahara
from toonface.synth.picture.palettes import nearest_colour, palette_of
from toonface.synth.picture.toon_light import grade_film, light_in_steps, light_in_two, soften_seams
from toonface.synth.picture.toon_scene import FEATURES, ToonScene, ramp
from toonface.types import FaceRegion
from toonface.worn.surface import RGB

BLACK: RGB = (0.0, 0.0, 0.0)
MARKS = np.zeros(256, np.float32)
MARKS[[FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT, FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER]] = 1.0
"""Of regions: what a face is not read without."""
PARTS = np.where(np.arange(256) > 0, np.float32(2.0), np.float32(0.0))
PARTS[SKIN_GROUP], PARTS[FEATURES > 0.0] = 1.0, 3.0
"""Of groups: 0 ground, 1 skin, 2 hair and clothes, 3 what is not posterised."""


def _film(scene: ToonScene) -> Colour:
    return scene.lined(grade_film(scene.base, scene.spec.saturation))


def _cel(scene: ToonScene) -> Colour:
    level, ends = scene.light_level(7.0)
    picture = scene.colours(6.0, 0.9)
    light_in_steps(picture, scene.group, level, (float(ends[0]), float(ends[1])), scene.spec.bands)
    soften_seams(picture, scene.kind)
    scene.show_features(picture, scene.base)
    return scene.lined(saturate(picture, 1.05 * scene.spec.saturation), 0.6)


def _two_tone(scene: ToonScene, *, colour_reach: float, dark: RGB, soft: float) -> Colour:
    """Even colours in one light and one shadow, hair with a band of gloss."""
    level, ends = scene.light_level(9.0)
    picture = scene.colours(colour_reach, 1.2)
    gain = float(np.clip(ends[1], 0.9, max(1.12, scene.lift_of(picture, 0.45))))
    light_in_two(picture, (scene.group, scene.inside_hair()), level, (gain, dark), soft)
    soften_seams(picture, scene.kind)
    return picture


def _flat(scene: ToonScene) -> Colour:
    picture = _two_tone(scene, colour_reach=30.0, dark=(0.80, 0.77, 0.80), soft=0.05)
    scene.show_features(picture, scene.base)
    return scene.lined(saturate(picture, scene.spec.saturation), 0.75)


def _anime(scene: ToonScene) -> Colour:
    picture = _two_tone(scene, colour_reach=20.0, dark=(0.80, 0.70, 0.76), soft=0.06)
    eyes = saturate(np.clip(scene.base * np.float32(1.35) - np.float32(0.06), 0.0, 1.0), 1.3)
    scene.show_features(picture, eyes)
    return scene.lined(saturate(picture, 1.12 * scene.spec.saturation), 0.5)


def _poster(scene: ToonScene) -> Colour:
    smooth, few = scene.even(7.0, 0.35), max(scene.spec.palette // 3, 1)
    lifts = np.ones(256, np.float32)
    lifts[1:] = scene.lift_of(smooth, 0.3)
    smooth = blend(BLACK, smooth, look_up(lifts, scene.group))
    # Skin, hair with clothes, and ground have colours of their own, so that they never run together. As a part's
    # number is added to all its greys, the nearest colour is always one of the same part.
    part = look_up(PARTS, scene.group)
    palettes = [_some_colours(smooth, part == k, max(few, k + 1)) for k in range(3)]
    colours = np.vstack(palettes)
    shift = np.repeat(np.array([0.0, 10.0, 20.0], np.float32), [len(palette) for palette in palettes])
    number = nearest_colour(smooth + np.float32(10.0) * part[..., None], colours + shift[:, None])
    vivid = saturate(colours[None], 1.25 * scene.spec.saturation)[0]
    posted = gaussian_blur(np.take(vivid, number, axis=0), 0.5 * scene.unit)
    lay_over(posted, smooth, blur_plane(look_up(MARKS, scene.buffers.region), 0.5 * scene.unit))
    scene.show_features(posted, scene.base)
    return scene.lined(posted, 0.6)


def _some_colours(picture: Colour, part: Bool[np.ndarray, "H W"], count: int) -> Float32[np.ndarray, "K 3"]:
    """Colours of a part of a picture, or none when it is not seen."""
    seen = picture[::4, ::4][part[::4, ::4]]
    return palette_of(seen, count) if len(seen) else np.zeros((1, 3), np.float32)


def _pixel(scene: ToonScene) -> Colour:
    height, width = scene.group.shape
    rows = min(scene.spec.pixels, height)
    columns = max(round(rows * width / height), 1)
    small = saturate(resize(scene.base, rows, columns), 1.15 * scene.spec.saturation)
    # Averaging takes the sparkle out of eyes and lips: sharpen what is left.
    small = np.clip(small + np.float32(0.7) * (small - gaussian_blur(small, 0.9)), 0.0, 1.0)
    if scene.spec.line_width > 0.0:
        lines = ink_lines(scene.buffers, scene.group, scene.spec.line_width * scene.unit)
        small = blend(small, scene.spec.line_colour, resize(lines[..., None], rows, columns)[..., 0])
    colours = palette_of(small.reshape(-1, 3), scene.spec.palette)
    chosen = np.take(colours, nearest_colour(small, colours), axis=0)
    chosen = np.take(chosen, np.arange(height) * rows // height, axis=0)
    return np.take(chosen, np.arange(width) * columns // width, axis=1)


def _painted(scene: ToonScene) -> Colour:
    height, width = scene.group.shape
    small, unit = resize(scene.base, (height + 1) // 2, (width + 1) // 2), 0.5 * scene.unit
    rows, columns = np.arange(small.shape[0])[:, None], np.arange(small.shape[1])[None]
    shift = (10.0 * unit * scene.spec.grain * scene.noise(14, 2)[::2, ::2]).astype(np.int64)
    rows, columns = (rows + shift).clip(0, len(small) - 1), (columns - shift).clip(0, small.shape[1] - 1)
    small = kuwahara(small[rows, columns], 3.2 * unit)
    picture = resize(small, height, width)
    scene.show_features(picture, np.float32(0.4) * picture + np.float32(0.6) * scene.base)
    grey = luma(small)
    dy, dx = np.gradient(grey, axis=0), np.gradient(grey, axis=1)
    tensor = gaussian_blur(np.dstack([dx * dx - dy * dy, 2 * dx * dy]), 10.0 * unit)
    # The doubled angle of the strokes is opposite to that of the gradient; where there is none they lie at will.
    angle = 0.5 * np.arctan2(-tensor[..., 1], -tensor[..., 0] - np.float32(1e-6))
    angle = np.repeat(np.repeat(angle, 2, axis=0), 2, axis=1)[:height, :width]
    bristles = stroke_noise(angle, scene.noise(64, 2, gain=0.8), 24.0 * unit)
    relief = np.float32(1.3) * bristles - blur_plane(bristles, 2.0 * unit)
    picture = blend(BLACK, picture, 1 + np.float32(0.5 * scene.spec.grain) * relief)
    return scene.lined(saturate(picture, 1.1 * scene.spec.saturation))


def _on_paper(scene: ToonScene, cover: Plane, grain: Plane) -> Colour:
    """Lay dry pigment on paper; it takes the picture's colours as far as the spec wants any."""
    spec = scene.spec
    tooth = 1 - np.float32(spec.grain) * np.abs(grain)
    sheet, ink = blend(BLACK, spec.paper, 1 + np.float32(0.06 * spec.grain) * grain), spec.line_colour
    if spec.saturation > 0.0:
        sheet *= np.float32(0.25) + np.float32(0.75) * saturate(scene.even(4.0, 0.5), 1.2 * spec.saturation)
    return blend(sheet, ink, cover * tooth)


def _pencil(scene: ToonScene) -> Colour:
    tone, grain = 1 - scene.pen_tone(2.0), scene.noise(128, 1)
    bend, pitch = scene.noise(4, 2), 0.75 * scene.spec.pitch * scene.unit
    turn = scene.rng.uniform(0.4, 1.1)
    light = np.float32(0.30) * tone
    for layer, (start, strength) in enumerate(((0.12, 0.35), (0.42, 0.40), (0.66, 0.5))):
        cover = stripes(ramp(tone, start, start + 0.5), bend, angle=turn + 0.9 * layer, pitch=pitch, wobble=1.6 * pitch)
        light += np.float32(strength) * cover * (1 - light)
    lines = ink_lines(scene.buffers, scene.group, max(scene.spec.line_width, 0.8) * scene.unit)
    lines = np.maximum(lines, scene.detail(0.9))
    return _on_paper(scene, np.maximum(light, np.float32(0.85) * lines) * np.float32(0.95), grain)


def _ink(scene: ToonScene) -> Colour:
    tone, bend = scene.pen_tone(3.0), scene.noise(6, 2)
    pitch = scene.spec.pitch * scene.unit
    black = ramp(tone, 0.20, 0.14)
    hatch = stripes(ramp(tone, 0.50, 0.12), bend, angle=0.8, pitch=pitch, wobble=1.2 * pitch)
    lines = ink_lines(scene.buffers, scene.group, max(scene.spec.line_width, 1.0) * scene.unit)
    lines = np.maximum(lines, scene.detail(1.1))
    return _on_paper(scene, np.maximum(np.maximum(black, hatch), lines), np.float32(0.3) * scene.noise(96, 1))


def _comic(scene: ToonScene) -> Colour:
    level, ends = scene.light_level(6.0)
    picture = scene.colours(8.0, 0.9)
    gain = float(np.clip(ends[1], 0.9, max(1.2, scene.lift_of(picture, 0.38))))
    light_in_steps(picture, scene.group, level, (gain, gain), 2)
    soften_seams(picture, scene.kind)
    scene.show_features(picture, scene.base)
    figure = scene.group > 0
    dark = np.where(figure, ramp(level, 0.75, -0.15), np.float32(0.7) * (1 - luma(picture)))
    dots = halftone(np.float32(0.75) * dark, angle=0.5, pitch=scene.spec.pitch * scene.unit)
    cover = np.float32(0.42) * np.maximum(dots, ramp(level, 0.08, 0.0) * figure) * (1 - look_up(FEATURES, scene.group))
    picture = saturate(blend(picture, BLACK, cover), 1.3 * scene.spec.saturation)
    return scene.lined(picture, 0.7)


def _watercolour(scene: ToonScene) -> Colour:
    smooth = scene.even(7.0, 0.5)
    scene.show_features(smooth, scene.base)
    smooth = gaussian_blur(smooth, 0.6 * scene.unit)
    grey = luma(smooth)
    # Pigment gathers where a wash ends.
    rim = np.abs(grey - blur_plane(grey, 2.0 * scene.unit))
    density = scene.noise(5, 4)
    density *= np.float32(0.82 * 0.7 * scene.spec.grain)
    density += np.float32(0.82)
    density *= 1 + 3 * rim
    washed = blend(scene.spec.paper, saturate(smooth, 1.2 * scene.spec.saturation), density)
    grain = 1 + np.float32(0.12 * scene.spec.grain) * scene.noise(96, 2, gain=0.8)
    return scene.lined(blend(BLACK, washed, grain))


LOOK_PAINTERS: dict[str, Callable[[ToonScene], Colour]] = {
    "film": _film,
    "cel": _cel,
    "flat": _flat,
    "painted": _painted,
    "ink": _ink,
    "pencil": _pencil,
    "pixel": _pixel,
    "poster": _poster,
    "anime": _anime,
    "comic": _comic,
    "watercolour": _watercolour,
}
"""Pictures are the caller's own, and in sRGB."""
