"""What a style does to one face: where each point of the cartoon comes from, and what is added there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from toonface.geometry.smoothstep import smoothstep
from toonface.stages.stylization.crop import SIZE
from toonface.stages.stylization.proportions import styled_points
from toonface.types import take_output

STYLES = ("soft", "bold", "anime")
"""In the order of the network's outputs."""
FIELD_SIZE = SIZE // 4
"""Side of the offsets' grid."""
BORDER = 0.09
"""Of the crop, along each side, over which offsets fade out: what surrounds the face stays where it is."""
STIFFNESS = 2e-4
"""Of the sheet through the landmarks: so much they may be missed for its smoothness."""
PINS = 9
"""Points along each side of the crop that stay in place."""


@dataclass(frozen=True, kw_only=True)
class StyleField:
    """A style of one face, in its crop."""

    offset: Float32[np.ndarray, "G G 2"]
    """From a place in the cartoon to where it comes from in the portrait; x and y in sides of the crop."""
    residual: Float32[np.ndarray, "S S 3"]
    """Added to the warped portrait, sRGB in [-1, 1]."""
    uncertainty: float
    """How far the offsets of the face are off, by the network's own word, in sides of the crop; 0 without a network."""


def field_from_network(outputs: Mapping[str, np.ndarray], style: str) -> StyleField:
    """Read the answer of the stylizer for one style.

    Args:
        outputs: of the network, for one crop.
        style: one of `STYLES`.

    Raises:
        ValueError: the style is unknown, or an output is missing, not finite or of another shape.
    """
    number, count = style_number(style), len(STYLES)
    offset = take_output(outputs, "offset", (1, count, 2, FIELD_SIZE, FIELD_SIZE))[0, number]
    scale = take_output(outputs, "scale", (1, count, FIELD_SIZE, FIELD_SIZE))[0, number]
    residual = take_output(outputs, "residual", (1, count, 3, SIZE, SIZE))[0, number]
    middle = slice(FIELD_SIZE // 4, -FIELD_SIZE // 4)
    return StyleField(
        offset=(np.moveaxis(offset, 0, 2) * fading(FIELD_SIZE)[..., None]).astype(np.float32),
        residual=(np.moveaxis(residual, 0, 2) * fading(SIZE)[..., None]).astype(np.float32),
        uncertainty=float(scale[middle, middle].mean()),
    )


def field_from_landmarks(points: Float[np.ndarray, "68 2"], style: str) -> StyleField:
    """Make the field of a style from its proportions alone: landmarks carry their surroundings, nothing is painted.

    Args:
        points: landmarks in sides of the crop.
        style: one of `STYLES`.

    Raises:
        ValueError: the style is unknown.
    """
    style_number(style)
    moved = styled_points(points, style)
    side = np.linspace(0.0, 1.0, PINS)
    pins = np.concatenate(
        [np.stack([side, side * 0.0 + end], axis=1)[:, ::step] for end in (0.0, 1.0) for step in (1, -1)]
    )
    offset = _sheet_through(np.concatenate([moved, pins]), np.concatenate([points - moved, 0.0 * pins]))
    return StyleField(
        offset=(offset * fading(FIELD_SIZE)[..., None]).astype(np.float32),
        residual=np.zeros((SIZE, SIZE, 3), np.float32),
        uncertainty=0.0,
    )


def _sheet_through(places: Float[np.ndarray, "N 2"], values: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "G G 2"]:
    """Bend a thin plate through values, and read it on the grid (Bookstein 1989)."""
    unique, first = np.unique(places, axis=0, return_index=True)
    count = len(unique)
    plane = np.concatenate([np.ones((count, 1)), unique], axis=1)
    system = np.block([[_plate(unique, unique) + STIFFNESS * np.eye(count), plane], [plane.T, np.zeros((3, 3))]])
    weights = np.linalg.solve(system, np.concatenate([values[first], np.zeros((3, 2))]))
    middle = (np.arange(FIELD_SIZE) + 0.5) / FIELD_SIZE
    grid = np.stack(np.meshgrid(middle, middle), axis=2).reshape(-1, 2)
    bent = _plate(grid, unique) @ weights[:count] + weights[count] + grid @ weights[count + 1 :]
    return bent.reshape(FIELD_SIZE, FIELD_SIZE, 2)


def _plate(points: Float[np.ndarray, "M 2"], centres: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "M N"]:
    square = ((points[:, None] - centres) ** 2).sum(axis=2)
    return 0.5 * square * np.log(np.maximum(square, 1e-12))


def style_number(style: str) -> int:
    """Return the place of a style in `STYLES`.

    Args:
        style: its name.

    Raises:
        ValueError: it is unknown.
    """
    if style not in STYLES:
        raise ValueError(f"style is {style!r}, expected one of {', '.join(STYLES)}")
    return STYLES.index(style)


def fading(size: int) -> Float32[np.ndarray, "{size} {size}"]:
    """Return 1 inside a crop and, smoothly, 0 at its border.

    Args:
        size: pixels along a side, at least 1.
    """
    middle = (np.arange(size) + 0.5) / size
    side = smoothstep(0.0, BORDER, np.minimum(middle, 1.0 - middle))
    return np.minimum(side, side[:, None]).astype(np.float32)
