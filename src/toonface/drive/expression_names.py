"""What others call expressions: ARKit names in both cases, presets of VRM 0 and VRM 1, and what they do to our shapes.

Sources: Apple's ARKit names, which Perfect Sync writes as `eyeBlinkLeft` or `EyeBlinkLeft`; the presets of VRM 1.0
(`names.PRESETS`) and their VRM 0 names (VMC protocol specification).
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float
from scipy.optimize import nnls

from toonface.morphable.names import PRESETS, SHAPES

NameStyle: TypeAlias = Literal["PascalCase", "camelCase", "VRM0", "VRM1"]
"""How expressions are called when they are sent: the first two are the 52 shapes, the others presets."""


VRM0_NAMES = {
    "aa": "A",
    "ih": "I",
    "ou": "U",
    "ee": "E",
    "oh": "O",
    "blink": "Blink",
    "blinkLeft": "Blink_L",
    "blinkRight": "Blink_R",
    "lookUp": "LookUp",
    "lookDown": "LookDown",
    "lookLeft": "LookLeft",
    "lookRight": "LookRight",
    "happy": "Joy",
    "angry": "Angry",
    "sad": "Sorrow",
    "relaxed": "Fun",
    "surprised": "Surprised",
    "neutral": "Neutral",
}
"""VRM 1.0 → VRM 0. "Surprised" is no preset there, but what avatars of that version commonly call it."""

VOWELS = ("aa", "ih", "ou", "ee", "oh")
DIRECT = {
    "blinkLeft": ("eyeBlinkLeft",),
    "blinkRight": ("eyeBlinkRight",),
    "lookUp": ("eyeLookUpLeft", "eyeLookUpRight"),
    "lookDown": ("eyeLookDownLeft", "eyeLookDownRight"),
    "lookLeft": ("eyeLookOutLeft", "eyeLookInRight"),
    "lookRight": ("eyeLookInLeft", "eyeLookOutRight"),
}
"""Preset that is sent → the shapes whose mean it is. `blink` is not: with its halves lids would close twice."""


def pascal_case(name: str) -> str:
    """Return `eyeBlinkLeft` as `EyeBlinkLeft`.

    Args:
        name: of a shape.
    """
    return name[0].upper() + name[1:]


def _vector(mixture: Mapping[str, float]) -> Float[np.ndarray, "64"]:
    return np.array([mixture.get(shape, 0.0) for shape in SHAPES])


SHAPE_COLUMNS = {name: column for column, shape in enumerate(SHAPES) for name in (shape, pascal_case(shape))}
"""Both spellings of each shape → its column."""
PRESET_VECTORS = {
    name: _vector(mixture) for preset, mixture in PRESETS.items() for name in (preset, VRM0_NAMES[preset])
}
"""Both names of each preset → weights by `names.SHAPES`."""
VOWEL_MATRIX = np.stack([_vector(PRESETS[vowel]) for vowel in VOWELS], axis=1)
MOUTH = np.flatnonzero(VOWEL_MATRIX.any(axis=1))
"""Shapes that some vowel moves."""


def is_known(name: str) -> bool:
    """Return whether a name is that of a shape or a preset; case counts.

    Args:
        name: as it was received.
    """
    return name in SHAPE_COLUMNS or name in PRESET_VECTORS


def weights_from_names(values: Mapping[str, float]) -> Float[np.ndarray, "64"]:
    """Turn named values into weights: each shape takes the larger of its own value and what the presets make of it.

    Senders with Perfect Sync send both, and the sum would close lids twice. Presets add up among themselves.

    Args:
        values: name → value, clipped to [0, 1]; unknown names are ignored.

    Raises:
        ValueError: a value is not finite.
    """
    own, mixed = np.zeros(len(SHAPES)), np.zeros(len(SHAPES))
    for name, value in values.items():
        if not np.isfinite(value):
            raise ValueError(f"the value of {name!r} is {value}, expected a finite number")
        weight = min(max(float(value), 0.0), 1.0)
        if name in SHAPE_COLUMNS:
            own[SHAPE_COLUMNS[name]] = max(own[SHAPE_COLUMNS[name]], weight)
        elif name in PRESET_VECTORS:
            mixed += weight * PRESET_VECTORS[name]
    return np.maximum(own, np.minimum(mixed, 1.0))


def names_from_weights(weights: Float[np.ndarray, "64"], style: NameStyle) -> dict[str, float]:
    """Turn weights into named values: the 52 and our 12 further shapes, or presets.

    Of the presets, lids and gaze follow from their shapes, and the vowels are those whose mixture comes nearest to
    the mouth (non-negative least squares). Moods are left out: a smile is no mood.

    Args:
        weights: by `names.SHAPES`, in [0, 1].
        style: what the receiver's avatar understands.
    """
    if style in ("PascalCase", "camelCase"):
        spell = pascal_case if style == "PascalCase" else str
        return {spell(shape): float(weight) for shape, weight in zip(SHAPES, weights, strict=True)}
    by_shape = dict(zip(SHAPES, weights, strict=True))
    values = {preset: float(np.mean([by_shape[shape] for shape in shapes])) for preset, shapes in DIRECT.items()}
    vowels = np.minimum(nnls(VOWEL_MATRIX[MOUTH], np.asarray(weights, dtype=np.float64)[MOUTH])[0], 1.0)
    values |= {vowel: float(value) for vowel, value in zip(VOWELS, vowels, strict=True)}
    return {VRM0_NAMES[preset] if style == "VRM0" else preset: value for preset, value in values.items()}
