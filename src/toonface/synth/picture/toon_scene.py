"""What every cartoon look derives from the buffers of a scene: bodies, light, even colours, lines."""

from dataclasses import dataclass, field
from typing import no_type_check

import numpy as np
from jaxtyping import Float32

from toonface.geometry.kernels import kernel
from toonface.synth.picture.filters import (
    LUMA,
    Colour,
    Labels,
    Plane,
    blur_plane,
    grey_of,
    lay_over,
    look_up,
    luma,
    resize,
)
from toonface.synth.picture.noise import tileable_noise
from toonface.synth.picture.outlines import GROUPS, HAIR_GROUP, SKIN_GROUP, body_groups, ink_lines
from toonface.synth.picture.photo_finish import encode
from toonface.synth.picture.set_off import set_off
from toonface.synth.picture.smoothing import enlarge_within, halve_within, smooth_coarsely, smooth_within
from toonface.synth.picture.toon_spec import ToonSpec
from toonface.synth.shading.buffers import Buffers
from toonface.types import FaceRegion

BROWS = np.zeros(256, np.uint8)
BROWS[[FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT]] = 100
"""Added to a group's number, so that brows keep their own colour."""
FEATURES = np.zeros(256, np.float32)
FEATURES[GROUPS[[FaceRegion.EYE_LEFT, FaceRegion.INNER_MOUTH, FaceRegion.GLASSES]]] = 1.0
"""Of groups: what is lost in even colours."""
CONTRAST = 0.13
"""Least difference between the head's outline and the ground."""
SKIN_ENDS = np.array([0.6, 1.0], np.float32)
"""Shadow and light where too little is seen to measure them."""


@dataclass(frozen=True, kw_only=True)
class ToonScene:
    """The buffers of a scene, and what is derived from them."""

    buffers: Buffers
    spec: ToonSpec
    rng: np.random.Generator
    base: Colour = field(init=False)
    """The shaded picture, sRGB."""
    group: Labels = field(init=False)
    """From `body_groups`."""
    kind: Labels = field(init=False)
    """The groups, and brows by themselves."""
    unit: float = field(init=False)
    """Pixels of this picture in one of a picture of 256 rows."""

    def __post_init__(self) -> None:
        buffers = self.buffers
        object.__setattr__(self, "base", encode(set_off(buffers.linear, buffers.region, CONTRAST)))
        object.__setattr__(self, "unit", len(self.base) / 256.0)
        object.__setattr__(self, "group", body_groups(buffers.region, self.unit))
        object.__setattr__(self, "kind", self.group + look_up(BROWS, buffers.region))

    def noise(self, period: int, octaves: int, gain: float = 0.5) -> Plane:
        """Return texture around 0 of about ±0.5 over the picture.

        Args:
            period: cells of the coarsest layer along a row.
            octaves: number of layers.
            gain: amplitude of a layer as a share of the one before.
        """
        height, width = self.group.shape
        size = max(height, width)
        # Cells of five pixels or more can be drawn on a picture of half the size.
        coarse = size % 2 == 0 and 5 * period * 2 ** (octaves - 1) <= size
        drawn = tileable_noise(self.rng, size // 2 if coarse else size, octaves, period=period, gain=gain)
        drawn -= np.float32(0.5)
        if coarse:
            drawn = resize(drawn[..., None], size, size)[..., 0]
        return drawn[:height, :width]

    def light_level(self, sigma: float) -> tuple[Plane, Float32[np.ndarray, "2"]]:
        """Return the light from 0 in shadow to 1 in light, for hair and the rest by themselves.

        Args:
            sigma: reach of the smoothing, in pixels of a picture of 256 rows.

        Returns:
            The level, and what 0 and 1 stand for on all but hair.
        """
        planes, label = halve_within(self._light_and_tone(), self.group)
        light = smooth_within(planes[:1], label, sigma=0.5 * sigma * self.unit, contrast=0.6)[0]
        level, ends = _levels(light, label)
        return enlarge_within(level[None], label, self.group, np.zeros((*self.group.shape, 1), np.float32))[
            ..., 0
        ], ends

    def pen_tone(self, sigma: float) -> Plane:
        """Return grey over the whole range; skin shows mostly its light, and the background steps back.

        Args:
            sigma: reach of the smoothing, in pixels of a picture of 256 rows.
        """
        planes, label = halve_within(self._light_and_tone(), self.kind)
        light, tone = smooth_within(planes, label, sigma=0.5 * sigma * self.unit, contrast=0.7)
        low, high = np.percentile(tone[::2, ::2], [2.0, 93.0])
        tone = ramp(tone, low, max(high, low + 0.1))
        level, _ = _levels(light, label)
        lit = np.float32(0.3) * tone + np.float32(0.7) * np.clip(np.float32(0.3) + np.float32(0.75) * level, 0.0, 1.0)
        tone = np.where(label == SKIN_GROUP, lit, tone)
        tone = np.where(label > 0, tone, np.float32(0.6) + np.float32(0.4) * tone)
        return enlarge_within(tone[None], label, self.kind, luma(self.base)[..., None])[..., 0]

    def _light_and_tone(self) -> Float32[np.ndarray, "H W 2"]:
        """Light on the surfaces, about 1 where their colour shows as it is, and grey."""
        out = np.zeros((*self.group.shape, 2), np.float32)
        _divide(self.base.reshape(-1), self.buffers.albedo.reshape(-1), out.reshape(-1))
        return out

    def colours(self, sigma: float, contrast: float) -> Colour:
        """Return even patches: of the figure's albedo, in the colour of the light, and of the ground as it is.

        Args:
            sigma: reach of the smoothing, in pixels of a picture of 256 rows.
            contrast: what counts as an edge.
        """
        albedo, figure = self.buffers.albedo, (self.group > 0) & (self.buffers.region > 0)
        gains, seen = np.ones(3, np.float32), figure[::4, ::4]
        if seen.any():
            cast = self.base[::4, ::4][seen].mean(0) / np.maximum(albedo[::4, ::4][seen].mean(0), 0.02)
            gains = np.clip(cast / cast.mean(), 0.8, 1.2).astype(np.float32)
        merged = self.base.copy()
        _show_albedo(albedo.reshape(-1), figure.reshape(-1), gains, merged.reshape(-1))
        return smooth_coarsely(merged, self.kind, sigma=sigma * self.unit, contrast=contrast)

    def inside_hair(self) -> Plane:
        """Return 1 inside hair and 0 from its border on, where the ground shines through and looks like gloss."""
        hair = (self.group == HAIR_GROUP).astype(np.float32)
        return ramp(blur_plane(hair, 1.5 * self.unit), 0.8, 0.98)

    def lift_of(self, picture: Colour, wanted: float) -> float:
        """Return how much dark skin is brightened: even colours lack the lights that it is read by.

        Args:
            picture: in even colours.
            wanted: mean grey of the skin; skin that has it is left as it is.
        """
        skin = picture[::4, ::4][self.group[::4, ::4] == SKIN_GROUP]
        return min(max(wanted / max(float((skin @ LUMA).mean()), 0.05), 1.0), 1.7) if len(skin) else 1.0

    def even(self, sigma: float, contrast: float) -> Colour:
        """Return the shaded picture in even patches.

        Args:
            sigma: reach of the smoothing, in pixels of a picture of 256 rows.
            contrast: what counts as an edge.
        """
        return smooth_coarsely(self.base, self.group, sigma=sigma * self.unit, contrast=contrast)

    def lined(self, picture: Colour, detail: float = 0.0) -> Colour:
        """Draw the outlines over a picture, in place.

        Args:
            picture: under them; not the scene's own.
            detail: how much of the skin's own dark features is drawn too, even without outlines, in [0, 1].
        """
        width = self.spec.line_width * self.unit
        if width <= 0.0 and detail <= 0.0:
            return picture
        blank = np.zeros(self.group.shape, np.float32)
        cover = ink_lines(self.buffers, self.group, width) if width > 0.0 else blank
        if detail > 0.0:
            _draw_detail(self.detail(0.9).reshape(-1), self.group.reshape(-1), np.float32(detail), cover.reshape(-1))
        ink = (1.0 - self.spec.line_tint) * np.array(self.spec.line_colour)
        _ink_over(cover.reshape(-1), ink.astype(np.float32), np.float32(0.3 * self.spec.line_tint), picture.reshape(-1))
        return picture

    def detail(self, sigma: float) -> Plane:
        """Return dark thin features as strokes: a difference of Gaussians (Winnemöller 2011), 1 is a full stroke.

        Args:
            sigma: of the narrower Gaussian, in pixels of a picture of 256 rows.
        """
        fine = blur_plane(luma(self.base), sigma * self.unit)
        # A second blur on top of the first makes one of 1.6 times its width.
        wide = blur_plane(fine, np.sqrt(1.6**2 - 1.0) * sigma * self.unit)
        return ramp(wide - fine, 0.008, 0.05)

    def show_features(self, picture: Colour, features: Colour) -> None:
        """Put eyes and the inside of the mouth, which are lost in even colours, back from another picture, in place.

        Args:
            picture: in even colours; not the scene's own.
            features: shows them.
        """
        lay_over(picture, features, blur_plane(look_up(FEATURES, self.group), 0.5 * self.unit))


def ramp(value: Plane, low: float, high: float) -> Plane:
    """Return 0 up to one value and 1 from the other on; the other may be the lower one.

    Args:
        value: what decides.
        low: where 0 ends.
        high: where 1 begins.
    """
    scaled = value * np.float32(1.0 / (high - low))
    scaled -= np.float32(low / (high - low))
    return np.clip(scaled, 0.0, 1.0, out=scaled)


def _levels(light: Plane, label: Labels) -> tuple[Plane, Float32[np.ndarray, "2"]]:
    """Light from 0 in shadow to 1 in light, for hair and the rest by themselves; and what both are on the rest."""
    hair, skin = (_ends(light[label == group]) for group in (HAIR_GROUP, SKIN_GROUP))
    low, scale = np.full(256, skin[0], np.float32), np.full(256, 1.0 / (skin[1] - skin[0]), np.float32)
    low[HAIR_GROUP], scale[HAIR_GROUP] = hair[0], 1.0 / (hair[1] - hair[0])
    return (light - look_up(low, label)) * look_up(scale, label), skin


def _ends(seen: Float32[np.ndarray, " N"]) -> Float32[np.ndarray, "2"]:
    """Light in the shadow and in the light of a body, of which a sample is seen."""
    ends = np.percentile(seen[:: max(len(seen) // 1500, 1)], [15.0, 90.0]) if len(seen) > 20 else SKIN_ENDS
    middle, half = 0.5 * (ends[0] + ends[1]), max(0.5 * (ends[1] - ends[0]), 0.12)
    return np.array([middle - half, middle + half], np.float32)


@kernel()
@no_type_check
def _divide(base, albedo, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(out) // 2):
        tone = grey_of(base[3 * i], base[3 * i + 1], base[3 * i + 2])
        own = grey_of(albedo[3 * i], albedo[3 * i + 1], albedo[3 * i + 2])
        # Single pixels of the ground, without albedo, may belong to the hair.
        light = min(tone / max(own, np.float32(0.10)), np.float32(2.0)) if own > 0.0 else np.float32(0.8)
        out[2 * i], out[2 * i + 1] = light, tone


@kernel()
@no_type_check
def _show_albedo(albedo, figure, gains, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(figure)):
        if figure[i]:
            for c in range(3):
                out[3 * i + c] = gains[c] * albedo[3 * i + c]


@kernel()
@no_type_check
def _draw_detail(strokes, group, strength, cover):  # noqa: ANN001, ANN202 - compiled, types inferred
    for i in range(len(cover)):
        stroke = strength * strokes[i] if group[i] == SKIN_GROUP else np.float32(0.0)
        cover[i] = max(cover[i], stroke)


@kernel()
@no_type_check
def _ink_over(cover, ink, tint, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Draw lines in ink that takes a share of its colour from what is under it."""
    for i in range(len(cover)):
        if cover[i] > 0.0:
            share, kept = cover[i], np.float32(1.0) - cover[i] * (np.float32(1.0) - tint)
            out[3 * i] = kept * out[3 * i] + share * ink[0]
            out[3 * i + 1] = kept * out[3 * i + 1] + share * ink[1]
            out[3 * i + 2] = kept * out[3 * i + 2] + share * ink[2]
