"""The looks of cartoon pictures, each a function of the scene."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float32

from toonface.synth.filters import LUMA, Colour, Plane, blend, gaussian_blur, luma, resize, saturate
from toonface.synth.noise import halftone, stripes, stroke_noise
from toonface.synth.outlines import HAIR_GROUP, SKIN_GROUP, ink_lines
from toonface.synth.palettes import nearest_colour, palette_of
from toonface.synth.smoothing import kuwahara, smooth_coarsely
from toonface.synth.surface import RGB
from toonface.synth.toon_scene import BROWS, FEATURES, ToonScene, ramp

BLACK: RGB = (0.0, 0.0, 0.0)


def _film(scene: ToonScene) -> Colour:
    small = resize(scene.base, len(scene.base) // 4, scene.base.shape[1] // 4)
    glow = gaussian_blur(np.maximum(small - np.float32(0.72), 0.0), 2.5 * scene.unit)
    picture = scene.base + np.float32(0.9) * resize(glow, *scene.base.shape[:2])
    # A smooth step mixed in: darker darks, and lights that roll off.
    picture = np.minimum(picture, 1.0)
    picture = picture + np.float32(0.35) * (picture * picture * (3 - 2 * picture) - picture)
    return scene.lined(saturate(picture, 1.08 * scene.spec.saturation))


def _banded(scene: ToonScene, level: Plane, ends: Float32[np.ndarray, "2"]) -> Plane:
    steps = np.float32(scene.spec.bands)
    scaled = np.clip(level, 0.0, 1.0) * (steps - 1) + np.float32(0.5)
    whole = np.floor(scaled)
    tone = (whole - 1 + ramp(scaled - whole, 0.0, 0.14)) / (steps - 1)
    return ends[0] + np.clip(tone, 0.0, 1.0) * (ends[1] - ends[0])


def _cel(scene: ToonScene) -> Colour:
    tone = _banded(scene, *scene.light_level(7.0))
    picture = blend(BLACK, scene.surface_colour(5.0), tone)
    picture = scene.over_background(scene.with_features(picture, scene.base), scene.even(6.0, 0.5))
    return scene.lined(saturate(picture, 1.05 * scene.spec.saturation), 0.6)


def _two_tone(scene: ToonScene, *, colour_reach: float, dark: RGB, soft: float) -> Colour:
    """Even colours in one light and one shadow, hair with a band of gloss."""
    level, ends = scene.light_level(9.0)
    lit = ramp(level, 0.3 - soft, 0.3 + soft)
    colour = scene.surface_colour(colour_reach)
    skin = colour[::4, ::4][scene.group[::4, ::4] == SKIN_GROUP]
    # Even colours lack the lights that dark skin is read by, so it may be brightened further than fair skin.
    most = max(1.12, min(0.45 / max(float((skin @ LUMA).mean()), 0.05), 1.7)) if len(skin) else 1.12
    colour *= np.float32(np.clip(ends[1], 0.9, most))
    shadow = np.dstack([colour[..., c] * np.float32(dark[c]) for c in range(3)])
    picture = blend(shadow, colour, lit)
    return blend(picture, (1.0, 0.98, 0.94), np.float32(0.25) * ramp(level, 0.98, 1.06) * (scene.group == HAIR_GROUP))


def _flat(scene: ToonScene) -> Colour:
    picture = _two_tone(scene, colour_reach=40.0, dark=(0.80, 0.77, 0.80), soft=0.05)
    picture = scene.over_background(scene.with_features(picture, scene.base), scene.even(12.0, 0.5))
    picture = gaussian_blur(picture, 0.4 * scene.unit)
    return scene.lined(saturate(picture, scene.spec.saturation), 0.75)


def _anime(scene: ToonScene) -> Colour:
    picture = _two_tone(scene, colour_reach=25.0, dark=(0.80, 0.70, 0.76), soft=0.06)
    eyes = saturate(np.clip(scene.base * np.float32(1.35) - np.float32(0.06), 0.0, 1.0), 1.3)
    picture = scene.over_background(scene.with_features(picture, eyes), np.float32(1.08) * scene.even(8.0, 0.5))
    return scene.lined(saturate(picture, 1.12 * scene.spec.saturation), 0.5)


def _poster(scene: ToonScene) -> Colour:
    smooth = scene.even(9.0, 0.45)
    # Half of what the palette is made from is skin, wherever the head is small.
    skin, rest = smooth[::3, ::3][scene.group[::3, ::3] == SKIN_GROUP], smooth[::4, ::4].reshape(-1, 3)
    colours = palette_of(
        np.vstack([skin[:: max(len(skin) // 500, 1)], rest[:: max(len(rest) // 500, 1)]]), scene.spec.palette
    )
    vivid = saturate(colours[None], 1.25 * scene.spec.saturation)[0]
    posted = gaussian_blur(vivid[nearest_colour(smooth, colours)], 0.5 * scene.unit)
    return scene.lined(scene.with_features(posted, scene.base), 0.6)


def _pixel(scene: ToonScene) -> Colour:
    height, width = scene.group.shape
    rows = min(scene.spec.pixels, height)
    columns = max(round(rows * width / height), 1)
    small = resize(scene.lined(saturate(scene.base, 1.15 * scene.spec.saturation)), rows, columns)
    # Averaging takes the sparkle out of eyes and lips: sharpen what is left.
    small = np.clip(small + np.float32(0.7) * (small - gaussian_blur(small, 0.9)), 0.0, 1.0)
    colours = palette_of(small.reshape(-1, 3), scene.spec.palette)
    chosen = colours[nearest_colour(small, colours)]
    return chosen[np.arange(height) * rows // height][:, np.arange(width) * columns // width]


def _painted(scene: ToonScene) -> Colour:
    shift = (5.0 * scene.unit * scene.spec.grain * scene.noise(14, 2)).astype(np.int64)
    rows, columns = np.arange(shift.shape[0])[:, None], np.arange(shift.shape[1])[None]
    rows, columns = (rows + shift).clip(0, len(shift) - 1), (columns - shift).clip(0, shift.shape[1] - 1)
    picture = kuwahara(scene.base[rows, columns], 4.0 * scene.unit)
    picture = scene.with_features(picture, np.float32(0.4) * picture + np.float32(0.6) * scene.base)
    grey = luma(resize(picture, len(shift) // 2, shift.shape[1] // 2))
    dy, dx = np.gradient(grey, axis=0), np.gradient(grey, axis=1)
    tensor = gaussian_blur(np.dstack([dx * dx - dy * dy, 2 * dx * dy]), 5.0 * scene.unit)
    # The doubled angle of the strokes is opposite to that of the gradient; where there is none they lie at will.
    angle = 0.5 * np.arctan2(-tensor[..., 1], -tensor[..., 0] - np.float32(1e-6))
    field_ = resize(np.dstack([np.cos(angle), np.sin(angle)]), *shift.shape)
    bristles = stroke_noise(field_[..., 0], field_[..., 1], scene.noise(64, 2, gain=0.8), 12.0 * scene.unit)
    relief = bristles - gaussian_blur(bristles[..., None], 1.0 * scene.unit)[..., 0] + np.float32(0.3) * bristles
    picture = blend(BLACK, picture, 1 + np.float32(0.5 * scene.spec.grain) * relief)
    return scene.lined(saturate(picture, 1.1 * scene.spec.saturation))


def _toned(scene: ToonScene, sigma: float) -> Plane:
    """Grey tone over the whole range; skin shows mostly its light, and the background steps back."""
    tone = smooth_coarsely(luma(scene.base)[..., None], scene.group, sigma=sigma * scene.unit, contrast=0.3)[..., 0]
    low, high = np.percentile(tone[::4, ::4], [2.0, 93.0])
    tone = np.clip((tone - np.float32(low)) / np.float32(max(high - low, 0.1)), 0.0, 1.0)
    level, _ = scene.light_level(2.5)
    lit = np.float32(0.3) * tone + np.float32(0.7) * np.clip(np.float32(0.3) + np.float32(0.75) * level, 0.0, 1.0)
    tone = np.where((scene.group == SKIN_GROUP) & (BROWS[scene.buffers.region] == 0), lit, tone)
    return np.where(scene.group > 0, tone, np.float32(0.6) + np.float32(0.4) * tone)


def _on_paper(scene: ToonScene, cover: Plane, grain: Plane) -> Colour:
    """Lay dry pigment on paper; it takes the picture's colours as far as the spec wants any."""
    spec = scene.spec
    tooth = 1 - np.float32(spec.grain) * np.abs(grain)
    sheet, ink = blend(BLACK, spec.paper, 1 + np.float32(0.06 * spec.grain) * grain), spec.line_colour
    if spec.saturation > 0.0:
        sheet = sheet * (np.float32(0.25) + np.float32(0.75) * saturate(scene.even(4.0, 0.5), 1.2 * spec.saturation))
    return blend(sheet, ink, cover * tooth)


def _pencil(scene: ToonScene) -> Colour:
    tone, grain = 1 - _toned(scene, 2.0), scene.noise(128, 1)
    bend, pitch = scene.noise(4, 2), 0.75 * scene.spec.pitch * scene.unit
    turn = scene.rng.uniform(0.4, 1.1)
    light = np.float32(0.30) * tone
    for layer, (start, strength) in enumerate(((0.12, 0.35), (0.42, 0.40), (0.66, 0.5))):
        cover = stripes(ramp(tone, start, start + 0.5), bend, angle=turn + 0.9 * layer, pitch=pitch, wobble=1.6 * pitch)
        light = light + np.float32(strength) * cover * (1 - light)
    lines = np.maximum(
        ink_lines(scene.buffers, scene.group, max(scene.spec.line_width, 0.8) * scene.unit), scene.detail(0.9)
    )
    return _on_paper(scene, np.maximum(light, np.float32(0.85) * lines) * np.float32(0.95), grain)


def _ink(scene: ToonScene) -> Colour:
    tone, bend = _toned(scene, 3.0), scene.noise(6, 2)
    pitch = scene.spec.pitch * scene.unit
    black = ramp(tone, 0.20, 0.14)
    hatch = stripes(ramp(tone, 0.50, 0.12), bend, angle=0.8, pitch=pitch, wobble=1.2 * pitch)
    lines = np.maximum(
        ink_lines(scene.buffers, scene.group, max(scene.spec.line_width, 1.0) * scene.unit), scene.detail(1.1)
    )
    return _on_paper(scene, np.maximum(np.maximum(black, hatch), lines), np.float32(0.3) * scene.noise(96, 1))


def _comic(scene: ToonScene) -> Colour:
    level, ends = scene.light_level(6.0)
    picture = scene.surface_colour(8.0) * np.float32(np.clip(ends[1], 0.9, 1.2))
    picture = scene.over_background(scene.with_features(picture, scene.base), scene.even(8.0, 0.5))
    dark = np.where(scene.group > 0, ramp(level, 0.75, -0.15), np.float32(0.7) * (1 - luma(picture)))
    dots = halftone(np.float32(0.75) * dark, angle=0.5, pitch=scene.spec.pitch * scene.unit)
    solid = ramp(level, 0.08, 0.0) * (scene.group > 0)
    cover = np.float32(0.42) * np.maximum(dots, solid) * (1 - np.take(FEATURES, scene.group))
    picture = saturate(blend(picture, BLACK, cover), 1.3 * scene.spec.saturation)
    return scene.lined(picture, 0.7)


def _watercolour(scene: ToonScene) -> Colour:
    smooth = scene.even(7.0, 0.5)
    smooth = gaussian_blur(scene.with_features(smooth, scene.base), 0.6 * scene.unit)
    grey = luma(smooth)[..., None]
    # Pigment gathers where a wash ends.
    rim = np.abs(grey - gaussian_blur(grey, 2.0 * scene.unit))[..., 0]
    density = np.float32(0.82) * (1 + np.float32(0.7 * scene.spec.grain) * scene.noise(5, 4)) * (1 + 3 * rim)
    washed = blend(scene.spec.paper, saturate(smooth, 1.2 * scene.spec.saturation), density)
    grain = 1 + np.float32(0.12 * scene.spec.grain) * scene.noise(96, 2, gain=0.8)
    return scene.lined(np.clip(blend(BLACK, washed, grain), 0.0, 1.0))


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
