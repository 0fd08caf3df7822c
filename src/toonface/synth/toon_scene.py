"""What every cartoon look derives from the buffers of a scene: bodies, light, even colours, lines."""

from dataclasses import dataclass, field
from typing import no_type_check

import numpy as np
from jaxtyping import Float32

from toonface.geometry.kernels import kernel
from toonface.synth.buffers import Buffers
from toonface.synth.filters import Colour, Labels, Plane, blend, blur_plane, grey_of, luma
from toonface.synth.noise import tileable_noise
from toonface.synth.outlines import GROUPS, HAIR_GROUP, SKIN_GROUP, body_groups, ink_lines
from toonface.synth.photo_finish import encode
from toonface.synth.set_off import set_off
from toonface.synth.smoothing import enlarge_within, halve_within, smooth_coarsely, smooth_within
from toonface.synth.toon_spec import ToonSpec
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
    unit: float = field(init=False)
    """Pixels of this picture in one of a picture of 256 rows."""

    def __post_init__(self) -> None:
        buffers = self.buffers
        object.__setattr__(self, "base", encode(set_off(buffers.linear, buffers.region, CONTRAST)))
        object.__setattr__(self, "unit", len(self.base) / 256.0)
        object.__setattr__(self, "group", body_groups(buffers.region, self.unit))

    def noise(self, period: int, octaves: int, gain: float = 0.5) -> Plane:
        """Return texture around 0 of about ±0.5 over the picture.

        Args:
            period: cells of the coarsest layer along a row.
            octaves: number of layers.
            gain: amplitude of a layer as a share of the one before.
        """
        height, width = self.group.shape
        size = max(height, width)
        return tileable_noise(self.rng, size, octaves, period=period, gain=gain)[:height, :width] - np.float32(0.5)

    def light_level(self, sigma: float) -> tuple[Plane, Float32[np.ndarray, "2"]]:
        """Return the light from 0 in shadow to 1 in light, for hair and the rest by themselves.

        Args:
            sigma: reach of the smoothing, in pixels of a picture of 256 rows.

        Returns:
            The level, and what 0 and 1 stand for on all but hair.
        """
        ratio = np.zeros((*self.group.shape, 1), np.float32)
        _divide(self.base, self.buffers.albedo, ratio)
        small, label = halve_within(ratio, self.group)
        small = smooth_within(small, label, sigma=0.5 * sigma * self.unit, contrast=0.6)
        hair, skin = (_ends(small[label == group, 0]) for group in (HAIR_GROUP, SKIN_GROUP))
        low, scale = np.full(256, skin[0], np.float32), np.full(256, 1.0 / (skin[1] - skin[0]), np.float32)
        low[HAIR_GROUP], scale[HAIR_GROUP] = hair[0], 1.0 / (hair[1] - hair[0])
        small = (small[..., 0] - low[label]) * scale[label]
        return enlarge_within(small[..., None], label, self.group, np.zeros_like(ratio))[..., 0], skin

    def surface_colour(self, sigma: float) -> Colour:
        """Return the albedo without fine pattern, in the colour of the light.

        Args:
            sigma: reach of the smoothing, in pixels of a picture of 256 rows.
        """
        label = self.group + np.take(BROWS, self.buffers.region)
        smooth = smooth_coarsely(self.buffers.albedo, label, sigma=sigma * self.unit, contrast=1.5)
        seen = self.group[::4, ::4] > 0
        if not seen.any():
            return smooth
        cast = self.base[::4, ::4][seen].mean(0) / np.maximum(self.buffers.albedo[::4, ::4][seen].mean(0), 0.02)
        smooth *= np.clip(cast / cast.mean(), 0.8, 1.2)
        return smooth

    def even(self, sigma: float, contrast: float) -> Colour:
        """Return the shaded picture in even patches.

        Args:
            sigma: reach of the smoothing, in pixels of a picture of 256 rows.
            contrast: what counts as an edge.
        """
        return smooth_coarsely(self.base, self.group, sigma=sigma * self.unit, contrast=contrast)

    def lined(self, picture: Colour, detail: float = 0.0) -> Colour:
        """Draw the outlines over a picture.

        Args:
            picture: under them.
            detail: how much of the skin's own dark features is drawn too, in [0, 1].
        """
        width = self.spec.line_width * self.unit
        if width <= 0.0:
            return picture
        cover = ink_lines(self.buffers, self.group, width)
        if detail > 0.0:
            cover = np.maximum(cover, np.float32(detail) * self.detail(0.9) * (self.group == SKIN_GROUP))
        ink = (1.0 - self.spec.line_tint) * np.array(self.spec.line_colour)
        out = np.array(picture, np.float32, order="C")
        reach = max(round(1.5 * self.unit), 1)
        _ink_over(np.ascontiguousarray(picture), cover, (ink.astype(np.float32), reach), 0.3 * self.spec.line_tint, out)
        return out

    def detail(self, sigma: float) -> Plane:
        """Return dark thin features as strokes: a difference of Gaussians (Winnemöller 2011), 1 is a full stroke.

        Args:
            sigma: of the narrower Gaussian, in pixels of a picture of 256 rows.
        """
        fine = blur_plane(luma(self.base), sigma * self.unit)
        # A second blur on top of the first makes one of 1.6 times its width.
        wide = blur_plane(fine, np.sqrt(1.6**2 - 1.0) * sigma * self.unit)
        return ramp(wide - fine, 0.008, 0.05)

    def with_features(self, picture: Colour, features: Colour) -> Colour:
        """Put eyes and the inside of the mouth, which are lost in even colours, back from another picture.

        Args:
            picture: in even colours.
            features: shows them.
        """
        return blend(picture, features, blur_plane(np.take(FEATURES, self.group), 0.5 * self.unit))

    def over_background(self, picture: Colour, background: Colour) -> Colour:
        """Show one picture inside the figure's outline, and another one outside.

        Args:
            picture: of the figure.
            background: of the ground.
        """
        return blend(background, picture, blur_plane((self.group > 0).astype(np.float32), 0.45 * self.unit))


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


def _ends(seen: Float32[np.ndarray, " N"]) -> Float32[np.ndarray, "2"]:
    """Light in the shadow and in the light of a body, of which a sample is seen."""
    ends = np.percentile(seen[:: max(len(seen) // 1500, 1)], [15.0, 90.0]) if len(seen) > 20 else SKIN_ENDS
    middle, half = 0.5 * (ends[0] + ends[1]), max(0.5 * (ends[1] - ends[0]), 0.12)
    return np.array([middle - half, middle + half], np.float32)


@kernel()
@no_type_check
def _divide(base, albedo, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    least, most = np.float32(0.10), np.float32(2.0)
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            light = grey_of(base[y, x, 0], base[y, x, 1], base[y, x, 2])
            own = grey_of(albedo[y, x, 0], albedo[y, x, 1], albedo[y, x, 2])
            out[y, x, 0] = min(light / max(own, least), most)


@kernel()
@no_type_check
def _ink_over(picture, cover, ink, tint, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Draw lines in ink that takes a share of its colour from the four pixels around."""
    colour, reach = ink
    height, width = cover.shape
    share = np.float32(0.25 * tint)
    for y in range(height):
        above, below = max(y - reach, 0), min(y + reach, height - 1)
        for x in range(width):
            if cover[y, x] > 0.0:
                left, right = max(x - reach, 0), min(x + reach, width - 1)
                for c in range(3):
                    own = picture[above, x, c] + picture[below, x, c] + picture[y, left, c] + picture[y, right, c]
                    out[y, x, c] += cover[y, x] * (colour[c] + share * own - out[y, x, c])
