"""How strongly a cartoon departs from the person: a factor for each feature, and the styles they are drawn from."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Exaggeration:
    """Factors of a cartoon; 1 (0 where it says so) leaves a head as it is.

    Raises:
        ValueError: a factor is out of its range.
    """

    difference: float = 1.0
    """On the person's difference from the mean head, in [0.5, 1.6]."""
    eye_scale: float = 1.0
    """On eyeballs and lids, about the front of the eyeball, in [1, 1.8]; less on eyes that are very large."""
    eye_spacing: float = 1.0
    """On the distance between the eyes, in [0.85, 1.25]."""
    eye_openness: float = 0.0
    """0 keeps the lids, 1 opens narrow ones half as far again; in [0, 1]."""
    brow_lift: float = 0.0
    """Share of wholly raised brows that are this cartoon's resting ones: large eyes push brows up; in [0, 0.6]."""
    iris_scale: float = 1.0
    """On the iris, relative to its eyeball, in [0.8, 1.5]; for whoever draws the eyes, the points do not change."""
    nose_scale: float = 1.0
    """On the nose, about the middle of its base, in [0.6, 1.3]."""
    mouth_scale: float = 1.0
    """On lips, teeth and tongue, in [0.7, 1.35]."""
    cheek_roundness: float = 0.0
    """0 none; 1 fills the cheeks by 7 mm; in [-0.5, 1]."""
    jaw_width: float = 1.0
    """On the width of the lower face, in [0.8, 1.2]."""
    chin_scale: float = 1.0
    """On length and depth of the chin below the lip, in [0.7, 1.5]."""
    face_length: float = 1.0
    """On heights below the eyes, in [0.85, 1.25]."""
    cranium_scale: float = 1.0
    """On the skull above the brows, in [0.85, 1.25]."""
    cranium_roundness: float = 0.0
    """0 keeps the skull, 1 makes it a ball; in [0, 0.6]."""
    ear_scale: float = 1.0
    """On the ears, about their roots, in [0.6, 1.4]."""
    ear_simplicity: float = 0.0
    """0 keeps the ears' folds, 1 smooths them; in [0, 1]."""
    neck_width: float = 1.0
    """On the neck between jaw and bust, in [0.6, 1.2]."""

    def __post_init__(self) -> None:
        for field in fields(self):
            low, high = RANGES[field.name]
            value = getattr(self, field.name)
            if not low <= value <= high:
                raise ValueError(f"{field.name} is {value}, expected a number in [{low}, {high}]")


RANGES = {
    "difference": (0.5, 1.6), "eye_scale": (1.0, 1.8), "eye_spacing": (0.85, 1.25), "eye_openness": (0.0, 1.0),
    "brow_lift": (0.0, 0.6), "iris_scale": (0.8, 1.5), "nose_scale": (0.6, 1.3), "mouth_scale": (0.7, 1.35),
    "cheek_roundness": (-0.5, 1.0),
    "jaw_width": (0.8, 1.2), "chin_scale": (0.7, 1.5), "face_length": (0.85, 1.25), "cranium_scale": (0.85, 1.25),
    "cranium_roundness": (0.0, 0.6), "ear_scale": (0.6, 1.4), "ear_simplicity": (0.0, 1.0), "neck_width": (0.6, 1.2),
}  # fmt: skip
NONE = Exaggeration()
"""Changes nothing."""

STYLES = {
    "film": {
        "difference": (1.0, 1.25), "eye_scale": (1.3, 1.65), "eye_spacing": (1.02, 1.10), "eye_openness": (0.1, 0.7),
        "brow_lift": (0.3, 0.6), "iris_scale": (1.05, 1.25), "nose_scale": (0.70, 0.86), "mouth_scale": (0.88, 1.08),
        "cheek_roundness": (0.2, 0.9), "jaw_width": (0.90, 1.03), "chin_scale": (0.80, 1.05),
        "face_length": (0.92, 1.02), "cranium_scale": (1.0, 1.08), "cranium_roundness": (0.0, 0.35),
        "ear_scale": (0.75, 1.1), "ear_simplicity": (0.4, 1.0), "neck_width": (0.72, 0.95),
    },
    "anime": {
        "difference": (1.0, 1.2), "eye_scale": (1.5, 1.8), "eye_spacing": (1.10, 1.18), "eye_openness": (0.5, 1.0),
        "brow_lift": (0.35, 0.6), "iris_scale": (1.2, 1.45), "nose_scale": (0.60, 0.70), "mouth_scale": (0.70, 0.90),
        "cheek_roundness": (0.0, 0.6), "jaw_width": (0.82, 0.93), "chin_scale": (0.72, 0.90),
        "face_length": (0.88, 0.98), "cranium_scale": (1.04, 1.15), "cranium_roundness": (0.1, 0.5),
        "ear_scale": (0.65, 0.85), "ear_simplicity": (0.7, 1.0), "neck_width": (0.6, 0.8),
    },
    "caricature": {
        "difference": (1.25, 1.6), "eye_scale": (1.0, 1.3), "eye_spacing": (0.95, 1.08), "eye_openness": (0.0, 0.5),
        "brow_lift": (0.0, 0.4), "iris_scale": (0.95, 1.15), "nose_scale": (1.05, 1.3), "mouth_scale": (0.95, 1.3),
        "cheek_roundness": (-0.4, 0.8), "jaw_width": (0.88, 1.15), "chin_scale": (0.95, 1.3),
        "face_length": (0.97, 1.14), "cranium_scale": (0.88, 1.05), "cranium_roundness": (0.0, 0.2),
        "ear_scale": (0.9, 1.35), "ear_simplicity": (0.0, 0.6), "neck_width": (0.65, 1.05),
    },
}  # fmt: skip
"""Style → lowest and highest value of each factor at strength 1."""


def sample_exaggeration(rng: np.random.Generator, strength: float) -> Exaggeration:
    """Draw the proportions of a cartoon.

    Args:
        rng: randomness.
        strength: 0 is a gentle film style; up to 1, more anime and caricature, and more extreme.

    Raises:
        ValueError: the strength is not in [0, 1].
    """
    if not 0.0 <= strength <= 1.0:
        raise ValueError(f"strength is {strength}, expected a number in [0, 1]")
    share = np.array([1.0, 0.7 * strength, 0.6 * strength])
    style = STYLES[list(STYLES)[rng.choice(3, p=share / share.sum())]]
    # What belongs together comes together: strong eyes with a small nose.
    common, amount = rng.random(), 0.5 + 0.5 * strength
    values = {}
    for name, (low, high) in style.items():
        rest = getattr(NONE, name)
        near, far = (low, high) if abs(low - rest) < abs(high - rest) else (high, low)
        place = np.clip(0.5 * common + 0.5 * rng.random() + 0.15 * (strength - 0.5), 0.0, 1.0)
        values[name] = float(np.clip(rest + amount * (near + place * (far - near) - rest), *RANGES[name]))
    return Exaggeration(**values)
