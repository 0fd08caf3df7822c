"""How a person's eyes, brows and lashes look, and how these are drawn at random."""

from dataclasses import dataclass

import numpy as np

from toonface.synth.face.eye_picture import IrisPaint
from toonface.synth.labels import Style
from toonface.worn.surface import RGB

FIBRES = ("blue", "bluegreen", "brown", "brownlight", "deepblue", "green", "grey", "ice", "lightblue")
"""The model's pictures of irises, of which only the fibres are used."""
IRISES: dict[str, tuple[RGB, RGB]] = {
    "black_brown": ((0.105, 0.072, 0.052), (0.165, 0.108, 0.072)),
    "dark_brown": ((0.180, 0.115, 0.072), (0.280, 0.175, 0.098)),
    "brown": ((0.290, 0.165, 0.080), (0.420, 0.240, 0.110)),
    "amber": ((0.460, 0.280, 0.100), (0.620, 0.400, 0.150)),
    "hazel": ((0.310, 0.310, 0.170), (0.500, 0.320, 0.130)),
    "green": ((0.290, 0.390, 0.250), (0.520, 0.480, 0.230)),
    "grey_green": ((0.380, 0.450, 0.390), (0.540, 0.530, 0.390)),
    "grey": ((0.380, 0.430, 0.480), (0.520, 0.540, 0.540)),
    "blue_grey": ((0.330, 0.430, 0.550), (0.530, 0.600, 0.640)),
    "blue": ((0.230, 0.390, 0.600), (0.470, 0.610, 0.740)),
    "dark_blue": ((0.130, 0.230, 0.420), (0.280, 0.400, 0.580)),
}
"""Colour of the outer and the inner part."""
DARK_CHANCES = {"black_brown": 0.34, "dark_brown": 0.42, "brown": 0.17, "amber": 0.04, "hazel": 0.03}
LIGHT_CHANCES = {
    "dark_brown": 0.08, "brown": 0.12, "amber": 0.05, "hazel": 0.13, "green": 0.11,
    "grey_green": 0.07, "grey": 0.10, "blue_grey": 0.13, "blue": 0.15, "dark_blue": 0.06,
}  # fmt: skip
FANTASTIC = ((0.52, 0.28, 0.78), (0.85, 0.20, 0.22), (0.95, 0.72, 0.15), (0.15, 0.75, 0.70), (0.95, 0.45, 0.65))
FANTASTIC_CHANCE = 0.06
FEMININE_BROWS = {1: 1.6, 2: 1.5, 3: 0.6, 4: 1.2, 5: 1.2, 6: 0.5, 7: 0.3, 8: 1.0, 9: 0.15, 10: 0.9, 11: 0.9, 12: 0.3}
MASCULINE_BROWS = {1: 1.0, 2: 0.4, 3: 0.2, 4: 1.4, 5: 1.2, 6: 0.0, 7: 0.7, 8: 1.6, 9: 1.4, 10: 0.5, 11: 0.3, 12: 1.5}
"""Relative frequency of the model's brows by number."""


@dataclass(frozen=True, kw_only=True)
class EyeLook:
    """Eyes of one person.

    Raises:
        ValueError: a size, a strength or a colour is out of range.
    """

    colour_name: str
    """One of `IRISES`, before it is varied."""
    outer: RGB
    inner: RGB
    """sRGB of the iris at its rim and round the pupil."""
    toon_colour: RGB | None
    """A colour that only cartoons have; None for the person's own."""
    fibres: str
    """Stem of the picture whose fibres the iris has."""
    pupil: float
    """Its radius as a share of the iris's, in [0.2, 0.6]."""
    limbal_ring: float
    """How dark the rim is, in [0, 1]."""
    iris_scale: float
    """Of the iris's radius; drawn in [0.6, 2.1]."""
    redness: float
    yellowness: float
    """Tint of the white, in [0, 1]."""

    def __post_init__(self) -> None:
        if not 0.2 <= self.pupil <= 0.6:
            raise ValueError(f"pupil is {self.pupil}, expected in [0.2, 0.6]")
        if self.iris_scale <= 0.0:
            raise ValueError(f"iris_scale is {self.iris_scale}, expected above 0")
        for name in ("limbal_ring", "redness", "yellowness"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected in [0, 1]")


@dataclass(frozen=True, kw_only=True)
class Brows:
    """Both brows.

    Raises:
        ValueError: the boldness is outside [0, 1].
    """

    part: str
    """One of the model's parts, eyebrow001 to eyebrow012."""
    colour: RGB
    boldness: float
    """For cartoons: 0 keeps strokes and size, 1 makes solid shapes, larger by a quarter."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.boldness <= 1.0:
            raise ValueError(f"boldness is {self.boldness}, expected in [0, 1]")


@dataclass(frozen=True, kw_only=True)
class Lashes:
    """All lashes.

    Raises:
        ValueError: the length is not positive.
    """

    length: float
    """Factor on the model's own."""
    colour: RGB

    def __post_init__(self) -> None:
        if self.length <= 0.0:
            raise ValueError(f"length is {self.length}, expected above 0")


def sample_eyes(rng: np.random.Generator, fairness: float) -> EyeLook:
    """Draw eyes: brown on dark skin, of every colour on fair skin.

    Args:
        rng: draws.
        fairness: of the skin, from 0 for the darkest to 1 for the fairest.

    Raises:
        ValueError: the fairness is outside [0, 1].
    """
    if not 0.0 <= fairness <= 1.0:
        raise ValueError(f"fairness is {fairness}, expected in [0, 1]")
    chances = LIGHT_CHANCES if rng.random() < 0.04 + 0.66 * fairness**1.5 else DARK_CHANCES
    name = str(rng.choice(list(chances), p=list(chances.values())))
    varied = rng.uniform(0.85, 1.2) * np.exp(rng.normal(0.0, 0.05, 3))
    fantastic = rng.random() < FANTASTIC_CHANCE
    return EyeLook(
        colour_name=name,
        outer=_rgb(np.array(IRISES[name][0]) * varied),
        inner=_rgb(np.array(IRISES[name][1]) * varied),
        toon_colour=FANTASTIC[rng.integers(len(FANTASTIC))] if fantastic else None,
        fibres=f"eye_{FIBRES[rng.integers(len(FIBRES))]}",
        pupil=float(rng.uniform(0.27, 0.46)),
        limbal_ring=float(rng.uniform(0.2, 0.75)),
        iris_scale=float(rng.uniform(0.96, 1.08)),
        redness=float(rng.beta(1.2, 5.0)),
        yellowness=float(rng.beta(1.2, 6.0)),
    )


def sample_brows(rng: np.random.Generator, hair: RGB, age: float, femininity: float) -> Brows:
    """Draw brows: thin ones mostly on women, bushy ones on men; they grey later than the hair and are hardly ever dyed.

    Args:
        rng: draws.
        hair: sRGB of the hair.
        age: years.
        femininity: in [0, 1].
    """
    numbers = np.array(list(FEMININE_BROWS))
    weights = femininity * np.array(list(FEMININE_BROWS.values()))
    weights += (1.0 - femininity) * np.array(list(MASCULINE_BROWS.values()))
    number = int(rng.choice(numbers, p=weights / weights.sum()))
    colour = np.array(hair)
    luma = float(colour @ (0.30, 0.59, 0.11))
    natural = np.array([1.0, 0.76, 0.58]) * np.clip(0.75 * luma, 0.07, 0.34)
    dyed = colour[0] < max(colour[1], colour[2]) - 0.02 or np.ptp(colour) > 0.5
    keeps = 0.25 if dyed else 0.6
    if age > 55.0 and luma > 0.4:
        natural, keeps = np.full(3, luma * rng.uniform(0.45, 0.8)), 0.2
    mixed = keeps * 0.8 * colour + (1.0 - keeps) * natural
    return Brows(
        part=f"eyebrow{number:03d}",
        colour=_rgb(mixed * rng.uniform(0.75, 1.05)),
        boldness=float(np.clip(rng.uniform(0.35, 1.0) + 0.1 * (1.0 - femininity), 0.0, 1.0)),
    )


def sample_lashes(rng: np.random.Generator, femininity: float) -> Lashes:
    """Draw lashes: longer and blacker on women.

    Args:
        rng: draws.
        femininity: in [0, 1].
    """
    dark = rng.uniform(0.03, 0.10) * (1.0 - 0.5 * femininity)
    length = rng.uniform(0.45, 0.75) + femininity * rng.uniform(0.2, 0.5)
    return Lashes(length=float(length), colour=_rgb(dark * np.array([1.1, 0.9, 0.8])))


def iris_paint(eyes: EyeLook, style: Style) -> IrisPaint:
    """Return how a person's irises are painted in a style.

    Args:
        eyes: of the person.
        style: how.
    """
    red, yellow = eyes.redness, eyes.yellowness
    sclera = (0.85 - 0.02 * yellow, 0.825 - 0.13 * red - 0.04 * yellow, 0.81 - 0.14 * red - 0.18 * yellow)
    if style == "photo":
        return IrisPaint(
            outer=eyes.outer,
            inner=eyes.inner,
            pupil=eyes.pupil,
            softness=0.03,
            limbal_ring=eyes.limbal_ring,
            fibres=1.0,
            glow=0.12,
            sclera=sclera,
            plain=0.25,
        )
    outer = eyes.toon_colour or _vivid(eyes.outer)
    return IrisPaint(
        outer=outer,
        inner=_vivid(eyes.inner) if eyes.toon_colour is None else outer,
        pupil=min(eyes.pupil + 0.12, 0.56),
        softness=0.05,
        limbal_ring=min(eyes.limbal_ring + 0.35, 0.85),
        fibres=0.22,
        glow=0.42,
        sclera=(0.91, 0.90 - 0.05 * red, 0.90 - 0.05 * red),
        plain=0.75,
    )


def _vivid(colour: RGB) -> RGB:
    """Lighter and more saturated."""
    grey = 0.30 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
    return _rgb(np.maximum(grey + 1.3 * (np.array(colour) - grey), 0.01) ** 0.8)


def _rgb(colour: np.ndarray) -> RGB:
    red, green, blue = np.clip(colour, 0.02, 0.98).tolist()
    return red, green, blue
