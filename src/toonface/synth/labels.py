"""What is known of a synthetic portrait: the labels of one picture, and the two styles that share a scene."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from toonface.types import FaceRegion

Style: TypeAlias = Literal["photo", "toon"]
"""How a scene is drawn."""

Fact: TypeAlias = str | float | bool

STYLES: dict[str, tuple[Style, ...]] = {"photo": ("photo",), "toon": ("toon",), "pair": ("photo", "toon")}
"""What may be asked for → the styles that a sample then has. A pair shows one scene in both."""

EXPRESSIONS = ("usual", "wide", "mixed", "glances")
"""Kinds of expressions that scenes may have."""

NUMBERS: dict[str, tuple[type, tuple[int, ...]]] = {
    "landmarks_px": (np.float32, (68, 2)),
    "visible": (np.bool_, (68,)),
    "identity": (np.float32, (80,)),
    "expression": (np.float32, (64,)),
    "texture": (np.float32, (80,)),
    "light": (np.float32, (9,)),
    "pose": (np.float32, (6,)),
    "gaze": (np.float32, (2, 2)),
    "hair_colour": (np.float32, (3,)),
}
"""Labels of a fixed size: dtype and shape."""

MAPS: dict[str, tuple[type, tuple[int, ...]]] = {
    "parsing": (np.uint8, ()),
    "depth": (np.float32, ()),
    "normals": (np.float32, (3,)),
    "albedo": (np.uint8, (3,)),
}
"""Labels of the picture's size: dtype, and shape behind height and width."""

OPTIONAL_MAPS = ("depth", "normals", "albedo")
"""Maps that stored samples may lack."""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The truth about one picture of H x W pixels. Left and right are the character's.

    Axes, pose, light and landmarks are those of `docs/conventions.md`.

    Raises:
        ValueError: an array has another dtype or shape, a number is not finite, or a class is unknown.
    """

    landmarks_px: Float32[np.ndarray, "68 2"]
    """x and y of the 68 iBUG points in pixels, from the top left; pixel centres are at +0.5. May lie outside."""
    visible: Bool[np.ndarray, "68"]
    """Whether nothing covers the point and it lies inside the picture."""
    identity: Float32[np.ndarray, "80"]
    """α_id, in standard deviations."""
    expression: Float32[np.ndarray, "64"]
    """α_exp, weights in [0, 1] by `names.SHAPES`."""
    texture: Float32[np.ndarray, "80"]
    """α_tex, in standard deviations."""
    light: Float32[np.ndarray, "9"]
    """δ, spherical harmonics of bands 0 to 2, in the camera's axes."""
    pose: Float32[np.ndarray, "6"]
    """p: axis times angle in radians, translation in metres, logarithm of the pixels per metre."""
    gaze: Float32[np.ndarray, "2 2"]
    """Left eye, right eye: yaw (positive to the left) and pitch (positive upwards) in radians, in the head's axes."""
    parsing: UInt8[np.ndarray, "H W"]
    """`FaceRegion` of each pixel."""
    depth: Float32[np.ndarray, "H W"] | None
    """Metres towards the viewer, relative to the head's origin; NaN on the background. None: not stored."""
    normals: Float32[np.ndarray, "H W 3"] | None
    """Unit normals in the camera's axes; zero on the background. None: not stored."""
    albedo: UInt8[np.ndarray, "H W 3"] | None
    """Colour without light, sRGB. None: not stored."""
    hair_style: str
    """Name of the hair; empty for a bald head."""
    hair_colour: Float32[np.ndarray, "3"]
    """sRGB in [0, 1]."""
    facts: Mapping[str, Fact]
    """What else is known: age, glasses, beard, hat, toon_look."""

    def __post_init__(self) -> None:
        for name, (dtype, shape) in NUMBERS.items():
            _check_array(name, getattr(self, name), dtype, shape)
            if not np.isfinite(getattr(self, name)).all():
                raise ValueError(f"{name} has values that are not finite, expected none")
        size = np.shape(self.parsing)[:2]
        for name, (dtype, shape) in MAPS.items():
            if getattr(self, name) is not None or name not in OPTIONAL_MAPS:
                _check_array(name, getattr(self, name), dtype, (*size, *shape))
        if self.parsing.max(initial=0) >= len(FaceRegion):
            raise ValueError(f"parsing has class {self.parsing.max()}, expected classes below {len(FaceRegion)}")
        for name, fact in self.facts.items():
            if not isinstance(fact, str | float | int) or not (isinstance(fact, str) or np.isfinite(fact)):
                raise ValueError(f"fact {name} is {fact!r}, expected a word, a finite number or a truth value")

    @property
    def coefficients(self) -> Float32[np.ndarray, "239"]:
        """The 239 coefficients of the fit: identity, expression, texture, light, pose."""
        return np.concatenate([self.identity, self.expression, self.texture, self.light, self.pose])


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One picture and its labels.

    Raises:
        ValueError: the picture is not RGB of the labels' size.
    """

    picture: UInt8[np.ndarray, "H W 3"]
    """sRGB."""
    labels: Labels

    def __post_init__(self) -> None:
        _check_array("picture", self.picture, np.uint8, (*self.labels.parsing.shape, 3))


def _check_array(name: str, array: np.ndarray, dtype: type, shape: tuple[int, ...]) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != dtype or array.shape != shape:
        found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        raise ValueError(f"{name} is {found}, expected {np.dtype(dtype)} {shape}")
