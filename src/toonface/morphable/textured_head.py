"""A head with the colours of its picture."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from toonface.morphable.fine_fit import FineFit
from toonface.types import UV, Faces, Picture, check_indices


@dataclass(frozen=True, kw_only=True)
class FaceColours:
    """What else of a head is coloured after its picture; sRGB in [0, 1], None where too little is seen.

    Raises:
        ValueError: a colour is out of range.
    """

    skin: Float[np.ndarray, "3"]
    """Median of the face, in its light."""
    brows: Float[np.ndarray, "3"] | None = None
    hair: Float[np.ndarray, "3"] | None = None
    iris_left: Float[np.ndarray, "3"] | None = None
    iris_right: Float[np.ndarray, "3"] | None = None
    """An iris that is not seen has the other's colour."""

    def __post_init__(self) -> None:
        for name in ("skin", "brows", "hair", "iris_left", "iris_right"):
            colour = getattr(self, name)
            if colour is not None and not ((colour >= 0.0) & (colour <= 1.0)).all():
                raise ValueError(f"{name} is {colour}, expected three numbers in [0, 1]")


@dataclass(frozen=True, kw_only=True)
class TexturedHead:
    """A fitted head and the colours of its skin.

    Raises:
        ValueError: an atlas is not square, or texture coordinates do not fit the triangles.
    """

    fine: FineFit
    """The head that the colours belong to."""
    kind: Literal["atlas", "projective"]
    skin: Picture
    """Square in the texture coordinates of the model's skin, or the diffused portrait (Eq. 12)."""
    uv: UV
    """Texture coordinates of the skin's LOD0, and of each triangle's corners."""
    uv_faces: Faces
    colours: FaceColours
    seen: float
    """Share of the texture that shows the picture, in [0, 1]; the rest is completed."""
    notes: tuple[str, ...]
    """What was decided, one sentence each."""

    def __post_init__(self) -> None:
        if self.kind == "atlas" and self.skin.shape[0] != self.skin.shape[1]:
            raise ValueError(f"skin has shape {self.skin.shape}, expected as many rows as columns")
        check_indices("uv_faces", self.uv_faces, len(self.uv))
