"""The skin of a portrait: marks of age and life on an albedo, make-up over it, labels and furrows."""

from dataclasses import dataclass, replace
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32
from numba import njit

from toonface.morphable.names import SHAPES
from toonface.synth.face.makeup import Makeup
from toonface.synth.face.skin_tables import SkinTables
from toonface.worn.surface import RGB, Material, Sitter, Surface

FURROW_DEPTH = 0.00055
"""Metres, of a wrinkle of strength 1."""
WRINKLE_SHADE = (0.80, 0.72, 0.70)
CIRCLE_SHADE = (0.76, 0.68, 0.76)
RED_SHADE = (1.02, 0.85, 0.85)
BRISTLE_SHADE = (0.12, 0.16, 0.22)
FRECKLE_SHADE = (0.93, 0.86, 0.80)
MOLE_SHADE = (0.42, 0.33, 0.30)
LINER_COLOUR = (0.07, 0.055, 0.06)
"""Factors on the albedo at strength 1, and a colour."""
STRENGTHS = ("freckles", "wrinkles", "redness", "dark_circles", "stubble", "scalp_shadow", "oil", "pores")


@dataclass(frozen=True, kw_only=True)
class SkinMarks:
    """What makes a skin this person's: all strengths are in [0, 1].

    Raises:
        ValueError: a strength is outside [0, 1].
    """

    freckles: float
    moles: tuple[tuple[float, float], ...]
    """Place and darkness of each, in [0, 1]; the place counts through the vertices that may have one."""
    wrinkles: float
    redness: float
    """Of cheeks and nose."""
    dark_circles: float
    stubble: float
    stubble_colour: RGB
    """sRGB of the hair; also of the scalp's shadow."""
    scalp_shadow: float
    """Shaved hair that shows on a bald head."""
    oil: float
    pores: float

    def __post_init__(self) -> None:
        for name in STRENGTHS:
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected in [0, 1]")


def sample_marks(rng: np.random.Generator, age: float, fairness: float, femininity: float = 0.5) -> SkinMarks:
    """Draw the marks of a skin.

    Args:
        rng: draws.
        age: years.
        fairness: of the skin, from 0 for the darkest to 1 for the fairest.
        femininity: in [0, 1]; stubble grows on men.

    Raises:
        ValueError: the age is negative, or another argument is outside [0, 1].
    """
    if age < 0.0:
        raise ValueError(f"age is {age}, expected years")
    for name, value in (("fairness", fairness), ("femininity", femininity)):
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"{name} is {value}, expected in [0, 1]")
    old = float(np.clip((age - 30.0) / 42.0, 0.0, 1.0))
    grown = float(np.clip((age - 13.0) / 7.0, 0.0, 1.0))
    freckled = rng.random() < 0.05 + 0.25 * fairness
    mole_count = int(rng.poisson(0.4 + 1.2 * grown))
    bristly = rng.random() < 0.55 * grown * (1.0 - femininity) ** 1.5
    dark = float(rng.uniform(0.05, 0.22))
    return SkinMarks(
        freckles=float(rng.uniform(0.15, 1.0)) if freckled else 0.0,
        moles=tuple((float(place), float(shade)) for place, shade in rng.uniform([0, 0.3], [1, 1], (mole_count, 2))),
        wrinkles=float(np.clip(old * rng.uniform(0.6, 1.25) + 0.06 * grown * rng.random(), 0.0, 1.0)),
        redness=float(rng.beta(1.3, 3.5) * (0.15 + 0.85 * fairness)),
        dark_circles=float(rng.beta(1.3, 3.5) * (0.25 + 0.5 * grown + 0.25 * old)),
        stubble=float(rng.beta(1.5, 2.0)) if bristly else 0.0,
        stubble_colour=(dark, 0.85 * dark, 0.75 * dark),
        scalp_shadow=float(rng.uniform(0.0, 0.8)),
        oil=float(rng.beta(2.0, 3.0) * (0.4 + 0.6 * grown)),
        pores=float(np.clip(rng.beta(2.0, 3.0) * (0.25 + 0.6 * grown + 0.4 * old), 0.0, 1.0)),
    )


def toon_marks(marks: SkinMarks) -> SkinMarks:
    """Simplify marks for a cartoon: no pores, softer age, rosier cheeks.

    Args:
        marks: of the same person in the other style.
    """
    return replace(
        marks,
        pores=0.0,
        oil=0.4 * marks.oil,
        wrinkles=0.7 * marks.wrinkles,
        dark_circles=0.5 * marks.dark_circles,
        redness=0.18 + 0.5 * marks.redness,
    )


def skin_surface(
    sitter: Sitter, albedo: Float[np.ndarray, "V 3"], marks: SkinMarks, makeup: Makeup, tables: SkinTables
) -> Surface:
    """Return the skin as it is drawn: painted, labelled, and with furrows in its normals.

    Args:
        sitter: whose skin.
        albedo: sRGB per vertex of LOD0, from `fast_albedo` or `toon_albedo`.
        marks: of the person.
        makeup: worn.
        tables: of the model.
    """
    skin = sitter.model.skin
    furrows = _furrow_strengths(sitter.head.weights, marks.wrinkles)
    colour, normals = np.zeros(albedo.shape, np.float32), sitter.normals.astype(np.float32)
    changes, coats = _changes(albedo, marks, makeup, tables, furrows), _coats(albedo, makeup)
    shades = tables.shades
    _paint(albedo, shades.indptr, shades.indices, shades.data, changes, tables.coats, coats, colour)
    _lean(normals, tables.furrowed, tables.slopes, (FURROW_DEPTH * furrows).astype(np.float32))
    for place, darkness in marks.moles:
        vertex = tables.mole_places[min(int(place * len(tables.mole_places)), len(tables.mole_places) - 1)]
        colour[vertex] *= np.array(MOLE_SHADE, np.float32) ** np.float32(darkness)
    strength = np.array([marks.pores, marks.freckles, marks.stubble, marks.oil], np.float32)
    return Surface(
        vertices=sitter.skin,
        faces=skin.faces[0],
        material=Material.SKIN,
        region=tables.masks.labels,
        colour=colour,
        uv=skin.uv[0],
        uv_faces=skin.uv_faces[0],
        normals=normals,
        detail=tables.detail * strength,
        gloss=0.15 + 0.35 * marks.oil,
    )


def _changes(
    albedo: Float[np.ndarray, "V 3"],
    marks: SkinMarks,
    makeup: Makeup,
    tables: SkinTables,
    furrows: Float[np.ndarray, "4"],
) -> Float32[np.ndarray, "11 3"]:
    """Relative change of the albedo for each column of `SkinTables.shades`."""
    bare = albedo[tables.mole_places[::16]].mean(axis=0)
    bristle = 0.6 * np.array(marks.stubble_colour) / np.maximum(bare, 0.05) + BRISTLE_SHADE
    hair = 0.40 + 0.60 * np.clip(bristle, 0.2, 0.85)
    blush = 1.0 + 0.35 * makeup.blush_strength * (np.clip(np.array(makeup.blush) / makeup.blush[0], 0.3, 1.0) - 1.0)
    red = 1.0 + marks.redness * (np.array(RED_SHADE) - 1.0)
    factors = [1.0 + strength * (np.array(WRINKLE_SHADE) - 1.0) for strength in furrows]
    factors += [1.0 + marks.dark_circles * (np.array(CIRCLE_SHADE) - 1.0), red * blush, red]
    factors += [1.0 + marks.stubble * (hair - 1.0), 1.0 + marks.scalp_shadow * (hair - 1.0)]
    factors += [1.0 + marks.freckles * (np.array(FRECKLE_SHADE) - 1.0), red]
    return np.array(factors, np.float32) - np.float32(1.0)


def _furrow_strengths(weights: Float[np.ndarray, "64"], wrinkles: float) -> Float[np.ndarray, "4"]:
    """Each kind of wrinkle deepens with the expression that folds the skin there."""

    def raised(*names: str) -> float:
        return float(np.clip(max(weights[SHAPES.index(name)] for name in names), 0.0, 1.0))

    brow = raised("browInnerUp", "browOuterUpLeft", "browOuterUpRight")
    smile = raised("mouthSmileLeft", "mouthSmileRight", "cheekSquintLeft", "cheekSquintRight")
    squint = raised("eyeSquintLeft", "eyeSquintRight")
    folded = np.array([brow, max(smile, squint), smile, squint])
    return np.clip(wrinkles * (0.45 + 0.55 * folded) * (1.0, 0.9, 1.0, 0.8), 0.0, 1.0)


def _coats(albedo: Float[np.ndarray, "V 3"], makeup: Makeup) -> Float32[np.ndarray, "3 4"]:
    """Pigment and strength of lipstick, eye shadow and eyeliner; on dark skin the same pigment is darker."""
    tone = 0.55 + 0.45 * min(float(albedo[::64].mean()) / 0.6, 1.0)
    return np.array(
        [
            [*(tone * value for value in makeup.lipstick), makeup.lipstick_strength],
            [*(tone * value for value in makeup.eye_shadow), makeup.eye_shadow_strength],
            [*LINER_COLOUR, makeup.eyeliner_strength],
        ],
        np.float32,
    )


@njit(cache=True)
@no_type_check
def _paint(albedo, starts, kinds, shares, changes, masks, coats, out):  # noqa: ANN001, ANN202, PLR0913 - compiled, types inferred
    """Multiply by the factors of every shade, then lay the coats on; the result is in [0, 1]."""
    one = np.float32(1.0)
    for v in range(albedo.shape[0]):
        red, green, blue = albedo[v, 0], albedo[v, 1], albedo[v, 2]
        for at in range(starts[v], starts[v + 1]):
            k, share = kinds[at], shares[at]
            red *= one + share * changes[k, 0]
            green *= one + share * changes[k, 1]
            blue *= one + share * changes[k, 2]
        for k in range(3):
            amount = masks[v, k] * coats[k, 3]
            if amount > 0.0:
                red += amount * (coats[k, 0] - red)
                green += amount * (coats[k, 1] - green)
                blue += amount * (coats[k, 2] - blue)
        out[v, 0], out[v, 1], out[v, 2] = min(max(red, 0.0), 1.0), min(max(green, 0.0), 1.0), min(max(blue, 0.0), 1.0)


@njit(cache=True)
@no_type_check
def _lean(normals, places, slopes, depths):  # noqa: ANN001, ANN202 - compiled, types inferred
    """Tilt unit normals into furrows of given depths, in place."""
    for i in range(places.shape[0]):
        v = places[i]
        x, y, z = normals[v, 0], normals[v, 1], normals[v, 2]
        for k in range(depths.shape[0]):
            x += depths[k] * slopes[i, k, 0]
            y += depths[k] * slopes[i, k, 1]
            z += depths[k] * slopes[i, k, 2]
        length = max(np.sqrt(x * x + y * y + z * z), 1e-9)
        normals[v, 0], normals[v, 1], normals[v, 2] = x / length, y / length, z / length
