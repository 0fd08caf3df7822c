"""What a fitted head wears, ready to be exported: meshes with their pictures."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt8

from toonface.types import Mesh
from toonface.worn.surface import RGB


@dataclass(frozen=True, kw_only=True)
class WornPart:
    """One mesh with one material, on the neutral head.

    Raises:
        ValueError: normals or light are not one per vertex, or the opacity is not in [0, 1].
    """

    name: str
    """`hair`, `bun`, `frame` or `lenses`."""
    mesh: Mesh
    """Metres, in the head's axes."""
    normals: Float[np.ndarray, "V 3"]
    """Unit length."""
    picture: UInt8[np.ndarray, "H W 4"]
    """sRGB and alpha, already coloured."""
    alpha: Literal["opaque", "mask", "blend"]
    """Whether the picture's alpha is ignored, cuts holes, or lets shine through."""
    light: Float[np.ndarray, " L"] | None = None
    """Light that reaches each vertex, in [0, 1]; multiplies the colour. None for all of it."""
    opacity: float = 1.0
    """Of the whole, for `blend`."""
    gloss: float = 0.25
    """Strength of the highlight, in [0, 1]."""
    two_sided: bool = False

    def __post_init__(self) -> None:
        count = len(self.mesh.vertices)
        for name in ("normals", "light"):
            array = getattr(self, name)
            if array is not None and len(array) != count:
                raise ValueError(f"{name} has {len(array)} rows, expected one per vertex, {count}")
        if not 0.0 <= self.opacity <= 1.0:
            raise ValueError(f"opacity is {self.opacity}, expected in [0, 1]")


@dataclass(frozen=True, kw_only=True)
class FittedHair:
    """Hair of a fitted head; no parts where it has none."""

    style: str
    """One of `worn.hair.hair_spec.STYLES`."""
    colour: RGB
    """sRGB in [0, 1] under the light that the face's texture shows, so that both go together."""
    parts: tuple[WornPart, ...]
    roots: Float[np.ndarray, " V"]
    """Share of the skin's colour that roots and short hair hide at each vertex of LOD0, in [0, 1]."""
    agreement: float
    """Intersection over union of the hair's outline and that of the picture, where the picture shows it; 1 is best."""
    notes: tuple[str, ...]
    """What was decided, one sentence each."""


@dataclass(frozen=True, kw_only=True)
class FittedGlasses:
    """Glasses of a fitted head."""

    shape: str
    """One of `worn.glasses.SHAPES`."""
    colour: RGB
    """Of the frame, sRGB in [0, 1]."""
    dark: bool
    """Whether they are sunglasses."""
    parts: tuple[WornPart, ...]
    notes: tuple[str, ...]
    """What was decided, one sentence each."""
