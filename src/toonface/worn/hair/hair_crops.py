"""Hair that grows from the skin as shells: cropped, curly, standing, combed back, put up, and what balding leaves."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from toonface.geometry.normals import vertex_normals
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import FaceModel
from toonface.types import Vertices
from toonface.worn.hair.hair_scalp import Scalp
from toonface.worn.hair.hair_spec import HairSpec
from toonface.worn.hair.shells import Coat, ShellPatch, Style, make_patch, patch_noise, patch_values

CENTRE = np.array([0.0, 0.055, -0.005])
"""Metres: from where hair stands out radially."""
EDGE = 0.005
"""Metres over which a hairline thins out."""
ROOTED = (0.12, 0.55, 1.0), (1.0, 0.72, 0.38)
"""Levels and shares of bristles that show the skin's form."""
MASSED = (0.58, 0.82, 1.0), (1.0, 0.72, 0.38)
"""The same of hair so thick that only its outer part frays."""
BILLOWS = ("tight_curls", "curls", "horseshoe")
"""Styles whose lumps are round on top with creases between them."""
SCULPTED = (1.0,), (1.0,)
"""The same of toon hair."""


class Cut(NamedTuple):
    """Form of a haircut."""

    top: float
    """Metres of hair on the top of the head."""
    side: float
    """Metres above the ears and in the nape."""
    lump: float
    """Height of lumps, as a share of the hair's."""
    band: int
    """Which of `BANDS` the lumps are."""
    stretch: float
    rounding: float
    """Metres from the hairline over which hair reaches its full height."""


CUTS: dict[str, Cut] = {
    "buzz": Cut(0.0035, 0.0030, 0.05, 2, 1.2, 0.004),
    "crew": Cut(0.0180, 0.0050, 0.22, 1, 2.5, 0.016),
    "fade": Cut(0.0210, 0.0020, 0.20, 1, 2.5, 0.014),
    "tight_curls": Cut(0.0170, 0.0110, 0.16, 2, 1.0, 0.016),
    "curls": Cut(0.0320, 0.0240, 0.24, 1, 1.0, 0.022),
    "flat_top": Cut(0.0280, 0.0040, 0.04, 2, 1.3, 0.010),
    "mohawk": Cut(0.0380, 0.0025, 0.10, 1, 2.0, 0.012),
    "slick_back": Cut(0.0130, 0.0080, 0.05, 1, 7.0, 0.020),
    "bun": Cut(0.0080, 0.0065, 0.05, 1, 7.0, 0.016),
    "horseshoe": Cut(0.0090, 0.0075, 0.16, 1, 2.0, 0.014),
}


@dataclass(frozen=True, kw_only=True)
class CropTables:
    """The patch of scalp and what is known of it."""

    scalp: Scalp
    patch: ShellPatch
    depths: dict[str, Float[np.ndarray, " N"]]
    """`Scalp.depths` on the patch."""
    upper: Float[np.ndarray, " N"]
    """1 on top of the head, 0 above the ears."""
    radial: dict[str, Float[np.ndarray, "N 3"]]
    """Directions in which the hair of each style stands; none of those whose hair stands on the skin."""


def crop_tables(model: FaceModel, scalp: Scalp) -> CropTables:
    """Prepare a model's scalp.

    Args:
        model: the face model.
        scalp: its hairlines.
    """
    patch = make_patch(scalp.positions, model.skin.faces[0], scalp.growing, _flow(scalp.positions), refine=True)
    return CropTables(
        scalp=scalp,
        patch=patch,
        depths={name: patch_values(patch, depth) for name, depth in scalp.depths.items()},
        upper=smoothstep(0.072, 0.112, patch.positions[:, 1]),
        radial={name: _directions(scalp, patch, name, model) for name, cut in CUTS.items() if cut.top > 0.006},
    )


def hairline_depth(depths: dict[str, np.ndarray], spec: HairSpec) -> np.ndarray:
    """Return the signed distance in metres from a person's hairline, on the patch or on LOD0.

    Args:
        depths: of `Scalp` or `CropTables`.
        spec: the hair.
    """
    if spec.style == "horseshoe":
        return depths["bald"]
    return (1.0 - spec.recession) * depths[spec.hairline] + spec.recession * depths["receding"]


def crop_coat(tables: CropTables, spec: HairSpec, style: Style) -> Coat:
    """Grow one of `CROPS`.

    Args:
        tables: of the model.
        spec: the hair.
        style: toon hair is one sculpted mass with a clean edge.
    """
    cut, patch, rng = CUTS[spec.style], tables.patch, np.random.default_rng(spec.seed)
    calm = style == "toon"
    ragged = patch_noise(patch, rng, 2) + 0.6 * patch_noise(patch, rng, 1)
    depth = hairline_depth(tables.depths, spec) + (0.0006 if calm else 0.0014) * ragged
    side_share = tables.upper if spec.style != "horseshoe" else np.zeros_like(depth)
    full = 1.0 + 0.45 * spec.volume
    height = (side_share * cut.top + (1.0 - side_share) * cut.side) * full
    lumps = patch_noise(patch, rng, cut.band)
    if spec.style in BILLOWS:
        lumps = 2.6 * np.sqrt(np.abs(lumps) + 0.02) - 2.1
    height = height * (1.0 + (0.55 if calm else 1.0) * cut.lump * lumps) * (1.0 + 0.10 * patch_noise(patch, rng, 0))
    height, density = _shaped(tables, spec, height, smoothstep(-0.3 * EDGE, EDGE, depth))
    height = np.maximum(height, 0.0) * _round(depth / (cut.rounding * np.clip(full, 0.6, 1.5)))
    shade = 1.0 + 0.10 * np.clip(lumps, -1.5, 1.5) + 0.05 * ragged
    levels, reach = ROOTED if cut.top < 0.006 else MASSED
    if calm:
        levels, reach = SCULPTED
        height = np.where(depth > 0.0, height + 0.0012, np.maximum(0.0012 + 0.7 * depth, -0.004))
        density = np.where(density > 0.0, 1.0, smoothstep(-0.010, -0.006, depth))
        shade = 1.0 + 0.4 * (shade - 1.0)
    return Coat(
        heights=height,
        density=density * (1.0 if calm else 1.0 - 0.6 * spec.thinning),
        colour=spec.colour,
        levels=levels,
        reach=reach,
        directions=tables.radial.get(spec.style),
        shade=shade,
        stretch=cut.stretch,
        gloss=0.3 if cut.stretch > 4.0 else 0.12,
    )


def _shaped(
    tables: CropTables, spec: HairSpec, height: Float[np.ndarray, " N"], density: Float[np.ndarray, " N"]
) -> tuple[Float[np.ndarray, " N"], Float[np.ndarray, " N"]]:
    """Give the styles that are not one even coat their own form."""
    position = tables.patch.positions
    if spec.style == "fade":
        grown = smoothstep(0.030, 0.085, position[:, 1])
        return height * (0.35 + 0.65 * grown), density * (0.30 + 0.70 * grown)
    if spec.style == "crew":
        return height * (1.0 + 0.35 * smoothstep(0.02, 0.085, position[:, 2]) * tables.upper), density
    if spec.style == "mohawk":
        strip = 1.0 - smoothstep(0.011, 0.021, np.abs(position[:, 0]))
        strip = strip * smoothstep(0.030, 0.110, position[:, 1] + 0.3 * position[:, 2])
        return 0.0025 + strip * (CUTS["mohawk"].top * (1.0 + 0.45 * spec.volume)), density * (0.55 + 0.45 * strip)
    if spec.style == "flat_top":
        plane = 0.152 + 0.008 * spec.volume
        rise = np.clip(plane - position[:, 1], 0.0, 0.045) * smoothstep(0.092, 0.124, position[:, 1])
        return np.maximum(CUTS["flat_top"].side, rise), density
    if spec.style in ("slick_back", "bun"):
        across = tables.patch.uv[:, 0] * 2.0 * np.pi
        locks = np.sin(across * 16.0 + spec.seed % 7) + 0.6 * np.sin(across * 27.0 + spec.seed % 11)
        return height * (1.0 + 0.07 * locks), density
    return height, density


def _directions(scalp: Scalp, patch: ShellPatch, name: str, model: FaceModel) -> Float[np.ndarray, "N 3"]:
    """Long hair stands half on the skin and half away from the head's centre, so that it does not bunch in hollows."""
    out = patch.positions - CENTRE
    out = out / np.linalg.norm(out, axis=1, keepdims=True)
    if name == "mohawk":
        out[:, 0] *= 0.25
    elif name == "flat_top":
        up = smoothstep(0.095, 0.120, patch.positions[:, 1])[:, None]
        out = (1.0 - up) * out + up * np.array([0.0, 1.0, 0.0])
    else:
        normals = vertex_normals(scalp.positions, model.skin.faces[0])
        out = out + 0.8 * np.stack([patch_values(patch, axis) for axis in normals.T], axis=1)
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def _round(share: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    """Rise like a quarter of a circle from 0 to 1: the edge of hair is full, not a wedge."""
    rest = 1.0 - np.clip(share, 0.0, 1.0)
    return np.sqrt(1.0 - rest * rest)


def _flow(positions: Vertices) -> Float[np.ndarray, "V 2"]:
    """Coordinates across and along hair that is combed from the forehead over the crown to the nape.

    Circles about the axis through the ears; the seam lies inside the neck.
    """
    away = positions - np.array([0.0, 0.045, 0.0])
    radius = np.linalg.norm(away, axis=1)
    across = 0.085 * np.arcsin(np.clip(away[:, 0] / radius, -1.0, 1.0))
    return np.stack([across, 0.085 * np.arctan2(away[:, 2], away[:, 1])], axis=1)
