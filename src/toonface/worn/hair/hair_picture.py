"""Pictures of hair for meshes that have none: strands, locks or curls over the coat's own light and dark."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from scipy.ndimage import gaussian_filter

from toonface.geometry.rasterize import clear, draw, interpolate
from toonface.types import UV, Faces
from toonface.worn.surface import RGB

MARGIN = 0.01
"""Share of the picture that is left free on each side."""


@dataclass(frozen=True, kw_only=True)
class Strands:
    """What hair looks like from near."""

    across_px: float
    """Width of a strand or curl, at a picture of 512."""
    along_px: float
    """Its length."""
    strength: float
    """How much brightness varies, as a share."""


def unit_uv(uv: UV) -> UV:
    """Shift and scale texture coordinates into the unit square.

    Args:
        uv: of any extent.
    """
    low, high = uv.min(axis=0), uv.max(axis=0)
    return MARGIN + (1.0 - 2.0 * MARGIN) * (uv - low) / np.maximum(high - low, 1e-9)


def paint_coat(
    uv: UV, faces: Faces, shade: Float[np.ndarray, " T"], *, colour: RGB, noise: Float[np.ndarray, "S S"]
) -> UInt8[np.ndarray, "S S 4"]:
    """Paint an opaque picture of hair.

    Args:
        uv: in the unit square, v along the hair.
        faces: triangles over `uv`.
        shade: brightness at each, around 1.
        colour: sRGB in [0, 1].
        noise: what is seen from near, from `strand_noise`; the picture gets its size.
    """
    size = len(noise)
    screen = np.concatenate([size * uv, np.zeros((len(uv), 1))], axis=1)
    fragments = clear(size, size)
    draw(fragments, screen, faces)
    broad = interpolate(fragments, 0, faces, shade[:, None])[..., 0]
    bright = np.where(fragments.part < 0, np.float32(np.median(shade)), broad) * (1.0 + noise.astype(np.float32))
    picture = np.full((size, size, 4), 255, np.uint8)
    picture[..., :3] = np.round(255.0 * np.clip(bright[..., None] * np.array(colour, np.float32), 0.0, 1.0))
    return picture


def tint_strands(picture: UInt8[np.ndarray, "H W 4"], colour: RGB, contrast: float) -> UInt8[np.ndarray, "H W 4"]:
    """Colour a grey picture of strands.

    Args:
        picture: grey around 0.5, with alpha.
        colour: of the middle grey, sRGB in [0, 1].
        contrast: factor on how far strands differ from the middle.
    """
    grey = 1.0 + contrast * (picture[..., :1].astype(np.float64) / 127.5 - 1.0)
    coloured = np.round(255.0 * np.clip(grey * np.array(colour), 0.0, 1.0)).astype(np.uint8)
    return np.concatenate([coloured, picture[..., 3:]], axis=2)


def strand_noise(strands: Strands, size: int = 512) -> Float[np.ndarray, "S S"]:
    """Make smooth noise, the same every time; its mean is 0.

    Args:
        strands: of which form.
        size: side, pixels.
    """
    factor = size / 512.0
    noise = np.random.default_rng(5).normal(size=(size, size))
    noise -= noise.mean()
    along, across = 0.5 * factor * strands.along_px, 0.5 * factor * strands.across_px
    fine = gaussian_filter(noise, (along, across), mode="wrap")
    broad = gaussian_filter(noise, (1.5 * along, 3.0 * across), mode="wrap")
    mixed = fine / fine.std() + 0.5 * broad / broad.std()
    return strands.strength * np.clip(mixed / mixed.std(), -2.5, 2.5)
