"""Moustaches and beards as shells on the moving skin; lips and nostrils stay free. Stubble is painted on the skin."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.geometry.normals import vertex_normals
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import FaceModel
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.regions import SkinRegion
from toonface.types import FaceRegion
from toonface.worn.hair.hair_colour import sample_beard_colour
from toonface.worn.hair.hair_scalp import Scalp, region_share
from toonface.worn.hair.shells import (
    Coat,
    ShellPatch,
    Style,
    make_patch,
    patch_noise,
    patch_values,
    shell_surfaces,
)
from toonface.worn.surface import RGB, Sitter, Surface

Plane = Float[np.ndarray, "V 2"]
Line = tuple[tuple[float, float, float], ...]

MOUSTACHE_LINES: dict[str, Line] = {
    "chevron": ((0.0, -0.0135, 0.0050), (0.012, -0.0150, 0.0060), (0.021, -0.0195, 0.0055), (0.027, -0.027, 0.0030)),
    "pencil": ((0.002, -0.0165, 0.0022), (0.012, -0.0175, 0.0026), (0.023, -0.0220, 0.0024), (0.027, -0.0255, 0.0016)),
    "handlebar": ((0.0, -0.0140, 0.0042), (0.014, -0.0165, 0.0050), (0.026, -0.0200, 0.0042), (0.037, -0.0150, 0.0020)),
    "walrus": ((0.0, -0.0140, 0.0060), (0.014, -0.0160, 0.0078), (0.024, -0.0210, 0.0080), (0.030, -0.0330, 0.0045)),
}
"""Half of the middle line of each moustache on the mean head seen from the front: x, y and half width in metres."""
MOUSTACHES = tuple(MOUSTACHE_LINES)
BEARDS = ("soul_patch", "goatee", "circle", "chin_strap", "mutton_chops", "short", "long")
LIP_GAP = 0.0012
"""Metres of bare skin round the lips."""
CHEEK_LINE = ((0.0, -0.021), (0.026, -0.0205), (0.036, -0.017), (0.048, -0.006), (0.058, 0.012), (0.066, 0.040))
"""Upper edge of a full beard: |x| and height in metres."""


@dataclass(frozen=True, kw_only=True)
class BeardSpec:
    """Facial hair of one man.

    Raises:
        ValueError: there is neither moustache nor beard, an unknown one, or a number out of its range.
    """

    colour: RGB
    """sRGB in [0, 1]."""
    moustache: str | None = None
    beard: str | None = None
    length: float = 0.5
    """In [0, 1]: trimmed to full; a long beard grows from 2 to 7 cm."""
    density: float = 1.0
    """In [0, 1]."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.moustache is None and self.beard is None:
            raise ValueError("facial hair has neither moustache nor beard, expected one of them or no BeardSpec")
        for name, known in (("moustache", MOUSTACHES), ("beard", BEARDS)):
            value = getattr(self, name)
            if value is not None and value not in known:
                raise ValueError(f"{name} is {value!r}, expected None or one of {known}")
        for name in ("length", "density"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected in [0, 1]")


@dataclass(frozen=True, kw_only=True)
class BeardTables:
    """The skin on which facial hair may grow."""

    patch: ShellPatch
    depths: dict[str, Float[np.ndarray, " N"]]
    """Metres inside the edge of each moustache and beard; negative outside."""
    lower: Float[np.ndarray, " N"]
    """1 on and under the chin, 0 from the mouth upwards: where a long beard hangs from."""
    long_way: Float[np.ndarray, "N 3"]
    """Directions in which a long beard grows."""


def sample_beard(rng: np.random.Generator, age: float, femininity: float, hair: RGB) -> BeardSpec | None:
    """Draw facial hair; women and those below 17 have none, nor have half of the men.

    Args:
        rng: source of randomness.
        age: years, in [0, 120].
        femininity: 0 masculine to 1 feminine; none from 0.45 on.
        hair: colour of the head's hair, sRGB in [0, 1].
    """
    if femininity >= 0.45 or age < 17.0 or rng.random() < 0.5:
        return None
    beard = (None, *BEARDS)[rng.choice(8, p=(0.20, 0.04, 0.12, 0.16, 0.07, 0.05, 0.24, 0.12))]
    with_moustache = {None: 1.0, "soul_patch": 0.4, "goatee": 0.4, "chin_strap": 0.15, "mutton_chops": 0.6}
    moustache = None
    if rng.random() < with_moustache.get(beard, 0.96):
        moustache = MOUSTACHES[rng.choice(4, p=(0.55, 0.12, 0.13, 0.20))]
    return BeardSpec(
        colour=sample_beard_colour(rng, hair),
        moustache=moustache,
        beard=beard,
        length=float(rng.beta(1.6, 2.0)),
        density=float(np.clip(rng.normal(0.95, 0.15) - (0.3 if age < 22.0 else 0.0), 0.45, 1.0)),
        seed=int(rng.integers(2**31)),
    )


def beard_tables(model: FaceModel, scalp: Scalp) -> BeardTables:
    """Find where facial hair grows on a model's mean head.

    Args:
        model: the face model.
        scalp: its hairlines, which beards join at the sideburns.
    """
    skin = scalp.positions
    inside = region_share(model, SkinRegion.MOUTH) + region_share(model, SkinRegion.SOCKET) > 0.3
    usable = ~inside & ~scalp.ears & (skin[:, 2] > 0.0) & (skin[:, 1] < 0.045) & (skin[:, 1] > -0.10)
    depths = {name: np.where(usable, level, -0.05) for name, level in _levels(model, scalp).items()}
    reached = np.max(list(depths.values()), axis=0) > -0.006
    patch = make_patch(skin, model.skin.faces[0], reached, skin[:, :2] * np.array([1.0, 0.5]), refine=False)
    normals = vertex_normals(skin, model.skin.faces[0])[patch.rows]
    lower = smoothstep(0.038, 0.066, -patch.positions[:, 1])
    way = (1.0 - 0.85 * lower[:, None]) * normals + lower[:, None] * np.array([0.0, -1.0, 0.30])
    way[:, 0] *= 0.75
    return BeardTables(
        patch=patch,
        depths={name: patch_values(patch, depth) for name, depth in depths.items()},
        lower=lower * smoothstep(0.02, 0.065, patch.positions[:, 2]),
        long_way=way / np.linalg.norm(way, axis=1, keepdims=True),
    )


def beard_surfaces(sitter: Sitter, spec: BeardSpec, tables: BeardTables, style: Style) -> list[Surface]:
    """Grow facial hair on a head; it moves with the face.

    Args:
        sitter: the head.
        spec: the facial hair.
        tables: of the sitter's model.
        style: in toon style one soft sculpted mass.
    """
    patch, rng, calm = tables.patch, np.random.default_rng(spec.seed), style == "toon"
    ragged = patch_noise(patch, rng, 2)
    top = -0.05 if spec.moustache is None else tables.depths[spec.moustache]
    below = -0.05 if spec.beard is None else tables.depths[spec.beard]
    depth = np.maximum(top, below) + (0.0002 if calm else 0.0006) * ragged
    thick = 0.0030 + 0.0060 * spec.length
    height = thick * (1.0 + 0.18 * ragged) * np.where(top > below, 0.85, 1.0)
    if spec.beard == "long":
        height = height + tables.lower * (0.020 + 0.050 * spec.length) * (1.0 + 0.12 * patch_noise(patch, rng, 1))
    height = np.maximum(height, 0.0) * np.sqrt(np.clip(depth / (0.006 + 0.4 * thick), 0.0, 1.0))
    density = smoothstep(-0.0014, 0.0020, depth) * spec.density
    if calm:
        height = np.where(depth > 0.0, height + 0.0005, np.maximum(0.0005 + 0.7 * depth, -0.002))
        density = smoothstep(-0.006, -0.003, depth)
    return shell_surfaces(
        patch,
        sitter.skin,
        sitter.normals,
        Coat(
            heights=height,
            density=density,
            colour=spec.colour,
            levels=(1.0,) if calm else (0.3, 0.68, 1.0),
            reach=(1.0,) if calm else (1.0, 0.72, 0.38),
            directions=tables.long_way if spec.beard == "long" else None,
            shade=1.0 + (0.03 if calm else 0.09) * ragged,
            stretch=2.5,
            region=FaceRegion.FACIAL_HAIR,
        ),
    )


def _levels(model: FaceModel, scalp: Scalp) -> dict[str, np.ndarray]:
    """Measure how far inside each kind of facial hair the skin of the mean head lies, metres."""
    points = landmarks_3d(scalp.positions, model.landmarks)
    x, y, z = np.abs(scalp.positions[:, 0]), scalp.positions[:, 1], scalp.positions[:, 2]
    lips = _outside_lips(scalp, points) - LIP_GAP
    flat = np.stack([x, y], axis=1)
    levels = {name: np.where(z > 0.06, _along(flat, line), -0.05) for name, line in MOUSTACHE_LINES.items()}
    jaw = points[8:17]
    jaw_height = np.interp(x, jaw[:, 0], jaw[:, 1])
    neck = y - jaw_height + 0.013
    cheek = np.interp(x, *np.array(CHEEK_LINE).T) - y
    full = np.minimum.reduce([cheek, neck, np.where(z > 0.012, 0.05, -0.05)])
    full = np.maximum(full, np.minimum(levels["chevron"], cheek + 0.02))
    chin = 0.020 * (1.0 - np.hypot(x / 0.022, (y + 0.061) / 0.020))
    chin = np.minimum(chin, z - 0.045)
    sides = 0.0048 - np.abs(np.hypot(x / 1.0, (y + 0.034) * 0.95) - 0.0305)
    edge = np.min(np.linalg.norm(np.stack([x, y, z], axis=1)[:, None] - _dense(jaw)[None], axis=2), axis=1)
    strap = np.minimum(0.0085 - edge, cheek)
    levels |= {
        "soul_patch": np.minimum(0.0065 - x, 0.007 - np.abs(y + 0.0435)),
        "goatee": chin,
        "circle": np.where(z > 0.05, np.maximum.reduce([chin, sides, levels["chevron"]]), -0.05),
        "chin_strap": strap,
        "mutton_chops": np.minimum(full, x - 0.030 - 0.1 * np.maximum(-0.03 - y, 0.0)),
        "short": full,
        "long": full,
    }
    return {name: np.minimum(level, lips) for name, level in levels.items()}


def _outside_lips(scalp: Scalp, points: Float[np.ndarray, "68 3"]) -> np.ndarray:
    """Return the distance from the red of the lips as seen from the front, negative on it; metres."""
    outline = points[48:60, :2]
    centre = outline.mean(axis=0)
    spokes = outline - centre
    order = np.argsort(np.arctan2(spokes[:, 1], spokes[:, 0]))
    angles, radii = np.arctan2(spokes[:, 1], spokes[:, 0])[order], np.linalg.norm(spokes, axis=1)[order]
    away = scalp.positions[:, :2] - centre
    edge = np.interp(np.arctan2(away[:, 1], away[:, 0]), angles, radii, period=2.0 * np.pi)
    return np.linalg.norm(away, axis=1) - edge


def _along(flat: Plane, line: Line) -> np.ndarray:
    """Return how far inside a ribbon points lie: its half width less their distance from its middle line."""
    dense = _dense(np.array(line))
    away = np.linalg.norm(flat[:, None] - dense[None, :, :2], axis=2)
    return np.max(dense[None, :, 2] - away, axis=1)


def _dense(line: Float[np.ndarray, "K 3"]) -> Float[np.ndarray, "D 3"]:
    """Fill a polyline with points."""
    place = np.linspace(0.0, len(line) - 1.0, 12 * len(line))
    return np.stack([np.interp(place, np.arange(len(line)), column) for column in line.T], axis=1)
