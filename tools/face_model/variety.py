"""Which morph targets vary from head to head, and how far: random coefficients of MakeHuman's face targets."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Float

GENDERS = ("female", "male")
AGES = ("baby", "child", "young", "old")
ETHNICITIES = ("african", "asian", "caucasian")
BUILDS = ("min", "average", "max")
ETHNICITY_CONCENTRATION = 0.6
"""Dirichlet parameter: below 1, so most heads have one main origin and some are mixed."""

OPPOSITES = (
    ("-decr", "-incr"),
    ("-down", "-up"),
    ("-in", "-out"),
    ("-backward", "-forward"),
    ("-concave", "-convex"),
    ("-compress", "-uncompress"),
    ("-l", "-r"),
)

SPREAD = {
    "head": 0.22,
    "forehead": 0.2,
    "eyebrows": 0.22,
    "eyes": 0.33,
    "nose": 0.28,
    "mouth": 0.26,
    "chin": 0.26,
    "cheek": 0.28,
    "ears": 0.16,
    "neck": 0.22,
    "asym": 0.1,
}
"""Standard deviation of a coefficient in a realistic head, by folder; 1 is the artists' whole target."""

SPREAD_OF = {
    "head/head-diamond": 0.1,
    "head/head-triangular": 0.12,
    "head/head-round": 0.16,
    "head/head-scale-vert-incr": 0.18,
    "forehead/forehead-nubian-incr": 0.07,
    "forehead/forehead-scale-vert-incr": 0.13,
    "forehead/forehead-temple-incr": 0.14,
    "eyebrows/eyebrows-angle-up": 0.11,
    "eyes/eye-grow-incr": 0.05,
    "eyes/eye-bag-incr": 0.13,
    "eyes/eye-bag-height-incr": 0.14,
    "eyes/eye-bag-out": 0.18,
    "eyes/eye-epicanthus-out": 0.2,
    "eyes/eye-trans-up": 0.25,
    "nose/nose-point-up": 0.13,
    "nose/nose-volume-incr": 0.16,
    "nose/nose-septumangle-incr": 0.2,
    "mouth/mouth-angles-up": 0.1,
    "mouth/mouth-trans-forward": 0.15,
    "mouth/mouth-dimples-out": 0.18,
    "mouth/mouth-laugh-lines-out": 0.2,
    "mouth/mouth-lowerlip-ext-up": 0.18,
    "mouth/mouth-upperlip-ext-up": 0.18,
    "chin/chin-cleft-incr": 0.2,
    "chin/chin-height-incr": 0.18,
    "chin/chin-width-incr": 0.22,
    "cheek/cheek-bones-incr": 0.2,
    "cheek/cheek-trans-up": 0.2,
    "ears/ear-flap-incr": 0.08,
    "ears/ear-trans-forward": 0.12,
    "ears/ear-shape-pointed": 0.06,
    "ears/ear-shape-triangle": 0.08,
    "neck/neck-double-incr": 0.18,
    "asym/asym-eye-1-r": 0.06,
    "asym/asym-eye-2-r": 0.06,
    "asym/asym-temple-1-r": 0.06,
    "asym/asym-temple-2-r": 0.06,
}
"""Exceptions: targets that are long, dent the skin at their full value, or would be an expression in a neutral face."""

EXCLUDED = (
    "head/head-trans",
    "head/head-angle",
    "neck/neck-scale-vert",
    "neck/neck-trans",
    "mouth/mouth-trans-in",
    "mouth/mouth-trans-out",
    "nose/nose-trans-in",
    "nose/nose-trans-out",
    "asym/asymm",
)
"""Pose, neck length and bust, and sideways moves (asym/ has better ones): they are not identity."""

EYE_GROWTH = "eyes/eye-grow-incr"
"""Our own target: 1 doubles the lids about the eye; the artists' `eye-scale` stops at 1.25 times."""

REALISTIC_LIMIT, CARTOON_LIMIT = 0.75, 1.5
LIMIT_OF = {
    "ears/ear-wing-incr": 0.8,
    "eyebrows/eyebrows-angle-up": 0.5,
    "eyes/eye-grow-incr": 0.45,
    "nose/nose-flaring-incr": 0.9,
    "chin/chin-prominent-incr": 1.0,
    "nose/nose-scale-depth-incr": 1.0,
    "chin/chin-prognathism-incr": 0.8,
    "mouth/mouth-lowerlip-width-incr": 0.9,
    "mouth/mouth-trans-up": 0.9,
}
"""Largest coefficients of targets that turn triangles over soon after 1."""
SIDE_SHARE = 0.15
"""Standard deviation of left minus right, relative to the common part of paired targets."""
CARTOON_SHARE = 0.4
CARTOON_SPREAD = 0.9
"""Cartoon heads spread a little less than realistic ones about their style: they are clean."""

STYLES = {
    "cute": {
        EYE_GROWTH: (0.1, 0.42), "eyes/eye-scale-incr": (0.4, 1.5), "eyes/eye-height1-incr": (0.1, 0.9),
        "eyes/eye-height2-incr": (0.2, 1.0), "eyes/eye-height3-incr": (0.1, 0.8), "eyes/eye-trans-out": (0.0, 0.5),
        "head/head-round": (0.0, 0.6), "head/head-fat-incr": (0.0, 0.7), "cheek/cheek-volume-incr": (0.0, 0.8),
        "head/head-scale-horiz-incr": (0.0, 0.5), "head/head-back-scale-depth-incr": (0.0, 0.5),
        "nose/nose-scale-horiz-incr": (-0.8, 0.1), "nose/nose-scale-vert-incr": (-0.6, 0.0),
        "nose/nose-scale-depth-incr": (-0.3, 0.1), "nose/nose-base-up": (0.0, 0.5),
        "chin/chin-height-incr": (-0.55, 0.0), "chin/chin-width-incr": (-0.6, 0.2),
        "forehead/forehead-scale-vert-incr": (-0.1, 0.35), "mouth/mouth-scale-horiz-incr": (-0.8, 0.1),
    },
    "elfin": {
        EYE_GROWTH: (0.05, 0.38), "eyes/eye-scale-incr": (0.3, 1.4), "eyes/eye-height2-incr": (0.0, 0.8),
        "eyes/eye-corner2-up": (0.0, 1.0), "head/head-invertedtriangular": (0.2, 1.0),
        "chin/chin-triangle": (0.0, 1.0), "chin/chin-width-incr": (-0.9, 0.0), "head/head-fat-incr": (-0.5, 0.1),
        "cheek/cheek-bones-incr": (0.0, 0.6), "ears/ear-shape-pointed": (0.0, 0.8), "ears/ear-scale-incr": (0.0, 0.8),
        "nose/nose-scale-horiz-incr": (-0.8, 0.0), "nose/nose-base-up": (0.0, 0.7),
        "neck/neck-scale-horiz-incr": (-0.8, 0.0),
    },
    "long": {
        "head/head-scale-vert-incr": (0.1, 0.75), "head/head-scale-horiz-incr": (-0.6, 0.0),
        "head/head-rectangular": (0.0, 0.5), "chin/chin-height-incr": (0.1, 0.9),
        "chin/chin-prominent-incr": (0.0, 1.0), "chin/chin-width-incr": (-0.3, 0.8),
        "nose/nose-scale-vert-incr": (0.0, 1.2), "nose/nose-scale-depth-incr": (0.1, 1.3),
        "nose/nose-hump-incr": (-0.2, 0.9), "nose/nose-point-up": (-0.4, 0.3), "ears/ear-scale-incr": (0.0, 0.9),
        "ears/ear-wing-incr": (0.0, 0.9), "cheek/cheek-bones-incr": (0.0, 0.7), "cheek/cheek-volume-incr": (-0.7, 0.1),
        "mouth/mouth-scale-horiz-incr": (-0.3, 0.8), "eyes/eye-scale-incr": (-0.3, 0.8),
    },
    "round": {
        "head/head-fat-incr": (0.3, 1.1), "head/head-scale-horiz-incr": (0.1, 0.9),
        "head/head-scale-vert-incr": (-0.4, 0.0), "neck/neck-double-incr": (0.0, 0.9),
        "cheek/cheek-volume-incr": (0.0, 0.8), "nose/nose-volume-incr": (0.0, 0.9),
        "nose/nose-scale-horiz-incr": (0.0, 1.2), "nose/nose-width3-incr": (0.0, 0.8),
        "mouth/mouth-scale-horiz-incr": (-0.2, 0.9), "ears/ear-scale-incr": (-0.2, 0.9),
        "chin/chin-width-incr": (0.0, 0.6), "neck/neck-scale-horiz-incr": (0.0, 0.9), EYE_GROWTH: (0.0, 0.2),
        "eyes/eye-scale-incr": (-0.3, 1.0),
    },
    "square": {
        "head/head-square": (0.2, 1.0), "chin/chin-width-incr": (0.2, 1.1), "chin/chin-bones-incr": (0.0, 0.9),
        "chin/chin-cleft-incr": (0.0, 1.0), "chin/chin-prominent-incr": (0.0, 0.9),
        "chin/chin-height-incr": (0.0, 0.6), "forehead/forehead-scale-vert-incr": (-0.4, 0.0),
        "eyebrows/eyebrows-trans-forward": (0.0, 0.4), "nose/nose-scale-horiz-incr": (0.0, 1.0),
        "neck/neck-scale-horiz-incr": (0.0, 0.9), "mouth/mouth-scale-horiz-incr": (0.0, 1.0),
        "eyes/eye-scale-incr": (-0.6, 0.6), "ears/ear-scale-incr": (-0.5, 0.5),
    },
    "free": {
        EYE_GROWTH: (-0.08, 0.32), "eyes/eye-scale-incr": (-0.5, 1.5)
    },
}  # fmt: skip
"""Cartoon styles: target → lowest and highest shift (uniform) at the style's full strength."""
STYLE_SHARES = (0.3, 0.15, 0.15, 0.15, 0.1, 0.15)
YOUTHFUL = ("cute", "elfin")


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One signed coefficient: a pair of opposite targets, or one target that only grows."""

    name: str
    """The target of positive values, without its side; what the tables above are keyed by."""
    left: tuple[str, ...]
    """The targets of positive and, unless they only grow, of negative values; of both sides if `right` is empty."""
    right: tuple[str, ...]
    """The same on the character's right."""


def details(target_names: list[str]) -> list[Detail]:
    """Pair opposite targets into signed coefficients, and left with right.

    Args:
        target_names: names with their folder; those that name pose, bust or trunk are left out.
    """
    names = [n for n in target_names if not n.startswith(EXCLUDED)]
    negatives = {_negative(n) for n in names}
    found = []
    for name in names:
        if name in negatives or "/r-" in name:
            continue
        sides = [name, name.replace("/l-", "/r-")] if "/l-" in name else [name]
        pairs = [tuple(n for n in (side, _negative(side)) if n in names) for side in sides]
        found.append(Detail(name=name.replace("/l-", "/"), left=pairs[0], right=pairs[1] if len(pairs) > 1 else ()))
    return found


def _negative(name: str) -> str:
    """Name the opposite of a target by its ending; empty if the target has none."""
    return next((name.removesuffix(more) + less for less, more in OPPOSITES if name.endswith(more)), "")


def draw_details(
    found: list[Detail], rng: np.random.Generator, count: int
) -> tuple[Float[np.ndarray, "N T"], list[str], Float[np.ndarray, " N"]]:
    """Draw coefficients of the detail targets: realistic heads, and cartoon ones of several styles.

    Args:
        found: the signed coefficients.
        rng: randomness.
        count: heads.

    Returns:
        non-negative coefficients of every target, the targets' names, and how youthful each head's style is in [0, 1].
    """
    spread = np.array([SPREAD_OF.get(d.name, SPREAD[d.name.split("/")[0]]) for d in found])
    cartoon = rng.random(count) < CARTOON_SHARE
    limit = np.where(cartoon, CARTOON_LIMIT, REALISTIC_LIMIT)[:, None]
    limit = np.minimum(limit, [LIMIT_OF.get(d.name, CARTOON_LIMIT) for d in found])
    shift, youth = _draw_styles(found, cartoon, rng)
    scale = np.where(cartoon, CARTOON_SPREAD, 1.0)[:, None] * spread
    signed = np.clip(scale * _clipped_normal(rng, (count, len(found))) + shift, -limit, limit)
    uneven = SIDE_SHARE * scale * _clipped_normal(rng, signed.shape)
    columns, names = [], []
    for number, detail in enumerate(found):
        sides = ((detail.left, 0.5), (detail.right, -0.5)) if detail.right else ((detail.left, 0.0),)
        for targets, side in sides:
            value = signed[:, number] + side * uneven[:, number]
            names.extend(targets)
            columns.extend(np.maximum(sign * value, 0.0) for sign in (1.0, -1.0)[: len(targets)])
    return np.stack(columns, axis=1), names, youth


def _clipped_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.clip(rng.standard_normal(shape), -2.5, 2.5)


def _draw_styles(found: list[Detail], cartoon: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Shift each cartoon head by two styles, the second weaker."""
    count, styles = len(cartoon), list(STYLES)
    low, high = (np.array([[STYLES[s].get(d.name, (0.0, 0.0))[end] for d in found] for s in styles]) for end in (0, 1))
    shift, youth = np.zeros((count, len(found))), np.zeros(count)
    for strength in (rng.uniform(0.4, 1.0, count), rng.uniform(0.0, 0.4, count)):
        chosen = rng.choice(len(styles), size=count, p=STYLE_SHARES)
        amount = cartoon * strength
        shift += amount[:, None] * rng.uniform(low[chosen], high[chosen])
        youth += amount * np.isin(np.array(styles)[chosen], YOUTHFUL)
    return shift, np.minimum(youth, 1.0)


def draw_bodies(rng: np.random.Generator, youth: Float[np.ndarray, " N"]) -> tuple[Float[np.ndarray, "N T"], list[str]]:
    """Draw gender, age, build and ethnicity as coefficients of the macro targets.

    Args:
        rng: randomness.
        youth: in [0, 1], how far a head is drawn towards childhood.

    Returns:
        coefficients of every target, and the targets' names.
    """
    count = len(youth)
    age = np.clip(2.0 + 0.55 * rng.standard_normal(count), 0.8, 3.0)
    age += youth * (rng.uniform(0.6, 1.9, count) - age)
    gender = rng.beta(0.5, 0.5, count)
    ages = _hats(age, len(AGES))
    genders = np.stack([gender, 1.0 - gender], axis=1)
    ethnicities = rng.dirichlet(np.full(len(ETHNICITIES), ETHNICITY_CONCENTRATION), count)
    muscle, weight = (_hats(1.0 + np.clip(0.45 * rng.standard_normal(count), -1.0, 1.0), 3) for _ in range(2))
    columns, names = [], []
    for (g, gender_name), (a, age_name) in product(enumerate(GENDERS), enumerate(AGES)):
        person = genders[:, g] * ages[:, a]
        for e, ethnicity in enumerate(ETHNICITIES):
            columns.append(person * ethnicities[:, e])
            names.append(f"macrodetails/{ethnicity}-{gender_name}-{age_name}")
        for (m, muscle_name), (w, weight_name) in product(enumerate(BUILDS), enumerate(BUILDS)):
            columns.append(person * muscle[:, m] * weight[:, w])
            names.append(f"macrodetails/universal-{gender_name}-{age_name}-{muscle_name}muscle-{weight_name}weight")
    return np.stack(columns, axis=1), names


def _hats(position: np.ndarray, count: int) -> np.ndarray:
    """Weights of linear interpolation between `count` stations at 0, 1, 2, …"""
    return np.maximum(1.0 - np.abs(position[:, None] - np.arange(count)), 0.0)
