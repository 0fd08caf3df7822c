"""The looks of cartoon pictures, made in the picture plane from the buffers of a rendered scene."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from toonface.synth.filters import (
    GROUPS,
    HAIR_GROUP,
    LUMA,
    Colour,
    Labels,
    Plane,
    ToonBuffers,
    blend,
    body_groups,
    gaussian_blur,
    ink_lines,
    kuwahara,
    luma,
    nearest_colour,
    palette_of,
    resize,
    saturate,
    smooth_within,
    to_bytes,
)
from toonface.synth.noise import halftone, stripes, stroke_noise, tileable_noise
from toonface.synth.photo_finish import encode
from toonface.synth.surface import RGB
from toonface.types import FaceRegion

ToonLook: TypeAlias = Literal[
    "film", "cel", "flat", "painted", "ink", "pencil", "pixel", "poster", "anime", "comic", "watercolour"
]
LOOKS: tuple[ToonLook, ...] = get_args(ToonLook)
SHARES = (0.34, 0.12, 0.06, 0.10, 0.04, 0.05, 0.04, 0.05, 0.09, 0.05, 0.06)
"""How often each look is drawn; most cartoons of today are the soft shading of 3D films."""


BROWS = np.zeros(256, np.uint8)
BROWS[[FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT]] = 100
"""Added to a group's number, so that brows keep their own colour."""
BLACK: RGB = (0.0, 0.0, 0.0)
SKIN_GROUP = int(GROUPS[FaceRegion.SKIN])


@dataclass(frozen=True, kw_only=True)
class ToonSpec:
    """How a cartoon picture is made. Lengths are in pixels of a picture of 256 rows.

    Raises:
        ValueError: the look is unknown, or a number is out of range.
    """

    look: ToonLook
    strength: float = 1.0
    """In [0, 1]: 0 leaves the shaded picture as it is."""
    line_width: float = 1.6
    """Of outlines; 0 for none. "film", "poster", "painted", "pixel" and "watercolour" draw them only if asked."""
    line_colour: RGB = (0.09, 0.06, 0.06)
    line_tint: float = 0.5
    """Share of the line's colour that comes from what it surrounds, in [0, 1]."""
    bands: int = 3
    """Steps of light of "cel" and "comic", at least 2."""
    palette: int = 6
    """Colours of "poster" and "pixel", at least 2."""
    saturation: float = 1.0
    """1 keeps it, 0 is grey; pencil and ink on paper take colour from 0 on."""
    paper: RGB = (0.97, 0.95, 0.91)
    grain: float = 0.5
    """Strength of paper, brush and pigment texture, in [0, 1]."""
    pixels: int = 64
    """Rows of the small picture of "pixel", at least 16."""
    pitch: float = 4.0
    """From one halftone dot or pencil stroke to the next, at least 1."""

    def __post_init__(self) -> None:
        if self.look not in LOOKS:
            raise ValueError(f"look is {self.look!r}, expected one of {', '.join(LOOKS)}")
        for name in ("strength", "line_tint", "grain"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected in [0, 1]")
        for name, least in {
            "line_width": 0,
            "saturation": 0,
            "bands": 2,
            "palette": 2,
            "pixels": 16,
            "pitch": 1,
        }.items():
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} is {getattr(self, name)}, expected at least {least}")


def sample_toon(rng: np.random.Generator) -> ToonSpec:
    """Draw a look and its settings, mostly gentle ones.

    Args:
        rng: randomness.
    """
    look = LOOKS[rng.choice(len(LOOKS), p=SHARES)]
    lined = {"film": 0.08, "painted": 0.15, "poster": 0.4, "pixel": 0.5, "watercolour": 0.6, "flat": 0.6}.get(look, 1.0)
    finer = {"anime": 0.75, "watercolour": 0.7, "pencil": 0.7, "comic": 1.15}.get(look, 1.0)
    dark, warm = rng.uniform(0.02, 0.16), rng.uniform(0.0, 0.06)
    sheet = rng.uniform(0.90, 1.0)
    return ToonSpec(
        look=look,
        strength=float(rng.uniform(0.75, 1.0)) if look in ("film", "painted", "watercolour", "cel") else 1.0,
        line_width=float(finer * rng.uniform(1.0, 2.4)) if rng.random() < lined else 0.0,
        line_colour=(dark + warm, dark + 0.4 * warm, dark),
        line_tint=float(rng.choice([0.0, 0.4, 0.7, 0.9])),
        bands=int(rng.integers(2, 5)),
        palette=int(rng.integers(12, 33) if look == "pixel" else rng.integers(4, 9)),
        saturation=float(rng.choice([0.0, 0.0, 1.0]) if look in ("pencil", "ink") else rng.uniform(0.85, 1.25)),
        paper=(sheet, sheet - rng.uniform(0.0, 0.04), sheet - rng.uniform(0.02, 0.12)),
        grain=float(rng.uniform(0.2, 0.8)),
        pixels=int(rng.integers(48, 97)),
        pitch=float(rng.uniform(3.0, 5.0)),
    )


def finish_toon(buffers: ToonBuffers, spec: ToonSpec, rng: np.random.Generator) -> UInt8[np.ndarray, "H W 3"]:
    """Make the cartoon picture.

    Args:
        buffers: of the scene.
        spec: the look.
        rng: for paper, strokes and pigment.
    """
    scene = _Scene(buffers=buffers, spec=spec, rng=rng)
    styled = _LOOKS[spec.look](scene)
    if spec.strength < 1.0:
        styled = scene.base + np.float32(spec.strength) * (styled - scene.base)
    return to_bytes(styled)


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """The buffers, and what every look derives from them."""

    buffers: ToonBuffers
    spec: ToonSpec
    rng: np.random.Generator
    base: Colour = field(init=False)
    """The shaded picture, sRGB."""
    group: Labels = field(init=False)
    unit: float = field(init=False)
    """Pixels of this picture in one of a picture of 256 rows."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", encode(self.buffers.linear))
        object.__setattr__(self, "unit", len(self.base) / 256.0)
        object.__setattr__(self, "group", body_groups(self.buffers.region, self.unit))

    def noise(self, period: int, octaves: int, gain: float = 0.5) -> Plane:
        """Texture around 0 of about ±0.5 over the picture."""
        height, width = self.group.shape
        size = max(height, width)
        return tileable_noise(self.rng, size, octaves, period=period, gain=gain)[:height, :width] - np.float32(0.5)

    def is_(self, *regions: FaceRegion) -> Bool[np.ndarray, "H W"]:
        chosen = np.zeros(256, np.bool_)
        chosen[GROUPS[list(regions)]] = True
        return chosen[self.group]

    def shade(self, sigma: float) -> Plane:
        """Light on the surfaces, about 1 where their colour shows as it is, free of their own pattern."""
        ratio = luma(self.base) / np.maximum(luma(self.buffers.albedo), np.float32(0.10))
        ratio = np.clip(ratio, 0.0, 2.0)[..., None]
        return smooth_within(ratio, self.group, sigma=sigma * self.unit, contrast=0.6)[..., 0]

    def surface_colour(self, sigma: float) -> Colour:
        """Albedo without fine pattern, in the colour of the light."""
        label = self.group + BROWS[self.buffers.region]
        smooth = smooth_within(self.buffers.albedo, label, sigma=sigma * self.unit, contrast=1.5)
        seen = self.group[::4, ::4] > 0
        if not seen.any():
            return smooth
        cast = self.base[::4, ::4][seen].mean(0) / np.maximum(self.buffers.albedo[::4, ::4][seen].mean(0), 0.02)
        for channel, gain in enumerate(np.clip(cast / cast.mean(), 0.8, 1.2)):
            smooth[..., channel] *= gain
        return smooth

    def light_level(self, sigma: float) -> tuple[Plane, Float32[np.ndarray, "2"]]:
        """Light from 0 in shadow to 1 in light, for hair and the rest by themselves; and what both are on skin."""
        shade = self.shade(sigma)
        level, skin = np.zeros_like(shade), np.array([0.6, 1.0], np.float32)
        for hairy in (True, False):
            mask = self.group == (HAIR_GROUP if hairy else SKIN_GROUP)
            seen = shade[::3, ::3][mask[::3, ::3]]
            ends = np.percentile(seen, [15.0, 90.0]).astype(np.float32) if len(seen) > 20 else skin
            middle, half = 0.5 * (ends[0] + ends[1]), max(0.5 * (ends[1] - ends[0]), 0.12)
            part = (shade - np.float32(middle - half)) * np.float32(0.5 / half)
            level = np.where(mask, part, level) if hairy else np.where(level == 0.0, part, level)
            skin = np.array([middle - half, middle + half], np.float32)
        return level, skin

    def lined(self, picture: Colour, detail: float = 0.0) -> Colour:
        """Draw the outlines over a picture, and of the skin's own dark features as much as wanted."""
        width = self.spec.line_width * self.unit
        if width <= 0.0:
            return picture
        cover = ink_lines(self.buffers, self.group, width)
        if detail > 0.0:
            cover = np.maximum(cover, np.float32(detail) * self.detail(0.9) * (self.group == SKIN_GROUP))
        tint = 0.3 * self.spec.line_tint
        ink = np.array(self.spec.line_colour) * (1 - self.spec.line_tint) / (1 - tint)
        own = gaussian_blur(picture, 1.5 * self.unit)
        return blend(picture, blend(ink, own, np.full(cover.shape, tint, np.float32)), cover)

    def detail(self, sigma: float) -> Plane:
        """Dark thin features as strokes: a difference of Gaussians (Winnemöller 2011), 0 nothing, 1 full stroke."""
        grey = luma(self.base)[..., None]
        fine, wide = gaussian_blur(grey, sigma * self.unit), gaussian_blur(grey, 1.6 * sigma * self.unit)
        return _ramp((wide - fine)[..., 0], 0.008, 0.05)

    def with_features(self, picture: Colour, features: Colour) -> Colour:
        """Put eyes and the inside of the mouth, which are lost in even colours, back from another picture."""
        kept = self.is_(FaceRegion.EYE_LEFT, FaceRegion.INNER_MOUTH, FaceRegion.GLASSES).astype(np.float32)
        return blend(picture, features, gaussian_blur(kept[..., None], 0.5 * self.unit)[..., 0])

    def behind(self, sigma: float) -> Colour:
        """The picture in even patches, for backgrounds."""
        height, width = self.group.shape
        small, label = (
            resize(self.base, (height + 1) // 2, (width + 1) // 2),
            np.ascontiguousarray(self.group[::2, ::2]),
        )
        return resize(smooth_within(small, label, sigma=0.5 * sigma * self.unit, contrast=0.5), height, width)

    def over_background(self, picture: Colour, background: Colour) -> Colour:
        cover = gaussian_blur((self.group > 0).astype(np.float32)[..., None], 0.45 * self.unit)
        return blend(background, picture, cover[..., 0])


def _ramp(value: Plane, low: float, high: float) -> Plane:
    return np.clip((value - np.float32(low)) * np.float32(1.0 / (high - low)), 0.0, 1.0)


def _film(scene: _Scene) -> Colour:
    small = resize(scene.base, len(scene.base) // 4, scene.base.shape[1] // 4)
    glow = gaussian_blur(np.maximum(small - np.float32(0.72), 0.0), 2.5 * scene.unit)
    picture = scene.base + np.float32(0.9) * resize(glow, *scene.base.shape[:2])
    # A smooth step mixed in: darker darks, and lights that roll off.
    picture = np.minimum(picture, 1.0)
    picture = picture + np.float32(0.35) * (picture * picture * (3 - 2 * picture) - picture)
    return scene.lined(saturate(picture, 1.08 * scene.spec.saturation))


def _banded(scene: _Scene, level: Plane, ends: Float32[np.ndarray, "2"]) -> Plane:
    steps = np.float32(scene.spec.bands)
    scaled = np.clip(level, 0.0, 1.0) * (steps - 1) + np.float32(0.5)
    whole = np.floor(scaled)
    tone = (whole - 1 + _ramp(scaled - whole, 0.0, 0.14)) / (steps - 1)
    return ends[0] + np.clip(tone, 0.0, 1.0) * (ends[1] - ends[0])


def _cel(scene: _Scene) -> Colour:
    tone = _banded(scene, *scene.light_level(7.0))
    picture = blend(BLACK, scene.surface_colour(5.0), tone)
    picture = scene.over_background(scene.with_features(picture, scene.base), scene.behind(6.0))
    return scene.lined(saturate(picture, 1.05 * scene.spec.saturation), 0.6)


def _two_tone(scene: _Scene, *, colour_reach: float, dark: RGB, soft: float) -> Colour:
    """Even colours in one light and one shadow, hair with a band of gloss."""
    level, ends = scene.light_level(9.0)
    lit = _ramp(level, 0.3 - soft, 0.3 + soft)
    colour = scene.surface_colour(colour_reach)
    skin = colour[::4, ::4][scene.group[::4, ::4] == SKIN_GROUP]
    # Even colours lack the lights that dark skin is read by, so it may be brightened further than fair skin.
    most = max(1.12, min(0.45 / max(float((skin @ LUMA).mean()), 0.05), 1.7)) if len(skin) else 1.12
    colour *= np.float32(np.clip(ends[1], 0.9, most))
    shadow = np.dstack([colour[..., c] * np.float32(dark[c]) for c in range(3)])
    picture = blend(shadow, colour, lit)
    return blend(picture, (1.0, 0.98, 0.94), np.float32(0.25) * _ramp(level, 0.98, 1.06) * (scene.group == HAIR_GROUP))


def _flat(scene: _Scene) -> Colour:
    picture = _two_tone(scene, colour_reach=40.0, dark=(0.80, 0.77, 0.80), soft=0.05)
    picture = scene.over_background(scene.with_features(picture, scene.base), scene.behind(12.0))
    picture = gaussian_blur(picture, 0.4 * scene.unit)
    return scene.lined(saturate(picture, scene.spec.saturation), 0.75)


def _anime(scene: _Scene) -> Colour:
    picture = _two_tone(scene, colour_reach=25.0, dark=(0.80, 0.70, 0.76), soft=0.06)
    eyes = saturate(np.clip(scene.base * np.float32(1.35) - np.float32(0.06), 0.0, 1.0), 1.3)
    picture = scene.over_background(scene.with_features(picture, eyes), np.float32(1.08) * scene.behind(8.0))
    return scene.lined(saturate(picture, 1.12 * scene.spec.saturation), 0.5)


def _poster(scene: _Scene) -> Colour:
    smooth = smooth_within(scene.base, scene.group, sigma=9.0 * scene.unit, contrast=0.45)
    # Half of what the palette is made from is skin, wherever the head is small.
    skin, rest = smooth[::3, ::3][scene.group[::3, ::3] == SKIN_GROUP], smooth[::4, ::4].reshape(-1, 3)
    colours = palette_of(
        np.vstack([skin[:: max(len(skin) // 500, 1)], rest[:: max(len(rest) // 500, 1)]]), scene.spec.palette
    )
    vivid = saturate(colours[None], 1.25 * scene.spec.saturation)[0]
    posted = gaussian_blur(vivid[nearest_colour(smooth, colours)], 0.5 * scene.unit)
    return scene.lined(scene.with_features(posted, scene.base), 0.6)


def _pixel(scene: _Scene) -> Colour:
    height, width = scene.group.shape
    rows = min(scene.spec.pixels, height)
    columns = max(round(rows * width / height), 1)
    small = resize(scene.lined(saturate(scene.base, 1.15 * scene.spec.saturation)), rows, columns)
    # Averaging takes the sparkle out of eyes and lips: sharpen what is left.
    small = np.clip(small + np.float32(0.7) * (small - gaussian_blur(small, 0.9)), 0.0, 1.0)
    colours = palette_of(small.reshape(-1, 3), scene.spec.palette)
    chosen = colours[nearest_colour(small, colours)]
    return chosen[np.arange(height) * rows // height][:, np.arange(width) * columns // width]


def _painted(scene: _Scene) -> Colour:
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


def _toned(scene: _Scene, sigma: float) -> Plane:
    """Grey tone over the whole range; skin shows mostly its light, and the background steps back."""
    tone = smooth_within(luma(scene.base)[..., None], scene.group, sigma=sigma * scene.unit, contrast=0.3)[..., 0]
    low, high = np.percentile(tone[::4, ::4], [2.0, 93.0])
    tone = np.clip((tone - np.float32(low)) / np.float32(max(high - low, 0.1)), 0.0, 1.0)
    level, _ = scene.light_level(2.5)
    lit = np.float32(0.3) * tone + np.float32(0.7) * np.clip(np.float32(0.3) + np.float32(0.75) * level, 0.0, 1.0)
    tone = np.where((scene.group == SKIN_GROUP) & (BROWS[scene.buffers.region] == 0), lit, tone)
    return np.where(scene.group > 0, tone, np.float32(0.6) + np.float32(0.4) * tone)


def _on_paper(scene: _Scene, cover: Plane, grain: Plane) -> Colour:
    """Lay dry pigment on paper; it takes the picture's colours as far as the spec wants any."""
    spec = scene.spec
    tooth = 1 - np.float32(spec.grain) * np.abs(grain)
    sheet, ink = blend(BLACK, spec.paper, 1 + np.float32(0.06 * spec.grain) * grain), spec.line_colour
    if spec.saturation > 0.0:
        sheet = sheet * (np.float32(0.25) + np.float32(0.75) * saturate(scene.behind(4.0), 1.2 * spec.saturation))
    return blend(sheet, ink, cover * tooth)


def _pencil(scene: _Scene) -> Colour:
    tone, grain = 1 - _toned(scene, 2.0), scene.noise(128, 1)
    bend, pitch = scene.noise(4, 2), 0.75 * scene.spec.pitch * scene.unit
    turn = scene.rng.uniform(0.4, 1.1)
    light = np.float32(0.30) * tone
    for layer, (start, strength) in enumerate(((0.12, 0.35), (0.42, 0.40), (0.66, 0.5))):
        cover = stripes(
            _ramp(tone, start, start + 0.5), bend, angle=turn + 0.9 * layer, pitch=pitch, wobble=1.6 * pitch
        )
        light = light + np.float32(strength) * cover * (1 - light)
    lines = np.maximum(
        ink_lines(scene.buffers, scene.group, max(scene.spec.line_width, 0.8) * scene.unit), scene.detail(0.9)
    )
    return _on_paper(scene, np.maximum(light, np.float32(0.85) * lines) * np.float32(0.95), grain)


def _ink(scene: _Scene) -> Colour:
    tone, bend = _toned(scene, 3.0), scene.noise(6, 2)
    pitch = scene.spec.pitch * scene.unit
    black = _ramp(tone, 0.20, 0.14)
    hatch = stripes(_ramp(tone, 0.50, 0.12), bend, angle=0.8, pitch=pitch, wobble=1.2 * pitch)
    lines = np.maximum(
        ink_lines(scene.buffers, scene.group, max(scene.spec.line_width, 1.0) * scene.unit), scene.detail(1.1)
    )
    return _on_paper(scene, np.maximum(np.maximum(black, hatch), lines), np.float32(0.3) * scene.noise(96, 1))


def _comic(scene: _Scene) -> Colour:
    level, ends = scene.light_level(6.0)
    picture = scene.surface_colour(8.0) * np.float32(np.clip(ends[1], 0.9, 1.2))
    picture = scene.over_background(scene.with_features(picture, scene.base), scene.behind(8.0))
    dark = np.where(scene.group > 0, _ramp(level, 0.75, -0.15), np.float32(0.7) * (1 - luma(picture)))
    dots = halftone(np.float32(0.75) * dark, angle=0.5, pitch=scene.spec.pitch * scene.unit)
    solid = _ramp(level, 0.08, 0.0) * (scene.group > 0)
    cover = np.float32(0.42) * np.maximum(dots, solid) * ~scene.is_(FaceRegion.EYE_LEFT, FaceRegion.INNER_MOUTH)
    picture = saturate(blend(picture, BLACK, cover), 1.3 * scene.spec.saturation)
    return scene.lined(picture, 0.7)


def _watercolour(scene: _Scene) -> Colour:
    smooth = smooth_within(scene.base, scene.group, sigma=7.0 * scene.unit, contrast=0.5)
    smooth = gaussian_blur(scene.with_features(smooth, scene.base), 0.6 * scene.unit)
    grey = luma(smooth)[..., None]
    # Pigment gathers where a wash ends.
    rim = np.abs(grey - gaussian_blur(grey, 2.0 * scene.unit))[..., 0]
    density = np.float32(0.82) * (1 + np.float32(0.7 * scene.spec.grain) * scene.noise(5, 4)) * (1 + 3 * rim)
    washed = blend(scene.spec.paper, saturate(smooth, 1.2 * scene.spec.saturation), density)
    grain = 1 + np.float32(0.12 * scene.spec.grain) * scene.noise(96, 2, gain=0.8)
    return scene.lined(np.clip(blend(BLACK, washed, grain), 0.0, 1.0))


_LOOKS: dict[str, Callable[[_Scene], Colour]] = {
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
