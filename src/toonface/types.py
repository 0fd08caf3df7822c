"""The nouns of the package: array aliases and frozen dataclasses. numpy only.

Units are metres unless a name says otherwise; the head looks along +Z, +Y is up and +X is the character's left
(`docs/conventions.md`).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Int

Vertices: TypeAlias = Float[np.ndarray, "V 3"]
"""Positions in metres."""

Faces: TypeAlias = Int[np.ndarray, "F 3"]
"""Vertex indices of triangles, counter-clockwise seen from outside."""

UV: TypeAlias = Float[np.ndarray, "T 2"]
"""Texture coordinates, origin at the top left of the picture (glTF)."""


class FaceRegion(IntEnum):
    """The 19 classes of a parsed portrait. Left and right are the character's."""

    BACKGROUND = 0
    SKIN = 1
    BROW_LEFT = 2
    BROW_RIGHT = 3
    EYE_LEFT = 4
    EYE_RIGHT = 5
    GLASSES = 6
    EAR_LEFT = 7
    EAR_RIGHT = 8
    NOSE = 9
    INNER_MOUTH = 10
    LIP_UPPER = 11
    LIP_LOWER = 12
    NECK = 13
    HAIR = 14
    HAT = 15
    CLOTH = 16
    FACIAL_HAIR = 17
    OTHER = 18


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """A triangle mesh with texture coordinates of its own index.

    Raises:
        ValueError: an index is out of range or the shapes disagree.
    """

    vertices: Vertices
    faces: Faces
    uv: UV
    """Texture coordinates; a vertex on a seam has several."""
    uv_faces: Faces
    """Indices into `uv`, one triple per face."""

    def __post_init__(self) -> None:
        if self.faces.shape != self.uv_faces.shape:
            raise ValueError(f"uv_faces has shape {self.uv_faces.shape}, expected that of faces, {self.faces.shape}")
        check_indices("faces", self.faces, len(self.vertices))
        check_indices("uv_faces", self.uv_faces, len(self.uv))


def check_indices(name: str, indices: Int[np.ndarray, "..."], count: int) -> None:
    """Raise `ValueError` unless every index is in [0, count).

    Args:
        name: what the indices are called in the message.
        indices: any shape; empty is fine.
        count: number of things that are indexed.
    """
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        raise ValueError(f"{name} has indices in [{indices.min()}, {indices.max()}], expected [0, {count})")
