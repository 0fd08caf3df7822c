"""The nouns of the package: array aliases and frozen dataclasses. numpy only.

Units are metres unless a name says otherwise; the head looks along +Z, +Y is up and +X is the character's left
(`docs/conventions.md`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from jaxtyping import Float, Float32, Int, UInt8

Vertices: TypeAlias = Float[np.ndarray, "V 3"]
"""Positions in metres."""

Faces: TypeAlias = Int[np.ndarray, "F 3"]
"""Vertex indices of triangles, counter-clockwise seen from outside."""

UV: TypeAlias = Float[np.ndarray, "T 2"]
"""Texture coordinates, origin at the top left of the picture (glTF)."""

Picture: TypeAlias = UInt8[np.ndarray, "H W 3"]
"""sRGB, rows downwards."""

MIRRORED_LANDMARKS = np.array(
    [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1),
     *(45, 44, 43, 42, 47, 46), *(39, 38, 37, 36, 41, 40),
     *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *(67, 66, 65)]
)  # fmt: skip
"""Point i of a mirrored face is the mirror image of this point of the face (iBUG order)."""


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


UNKNOWN_REGION = 255
"""In pictures of regions that are learnt from: a pixel of which nothing is known."""


LEAST_EXTENT_PX = 4.0
"""Points within less are no face."""


@runtime_checkable
class Network(Protocol):
    """A trained network, as the stages see it."""

    def __call__(self, picture: Float32[np.ndarray, "N 3 H W"]) -> Mapping[str, np.ndarray]:
        """Run the network.

        Args:
            picture: sRGB / 255, in [0, 1].

        Returns:
            Its outputs by name, float32, one row per picture.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class DetectedFace:
    """A face that the detector found. Left and right are the character's."""

    box_px: Float[np.ndarray, "4"]
    """Left, top, right, bottom of the box around the 68 points. May reach beyond the picture."""
    points_px: Float[np.ndarray, "5 2"]
    """Centre of the right eye, of the left eye, tip of the nose, right and left corner of the mouth."""
    confidence: float
    """In [0, 1]."""

    @property
    def width_px(self) -> float:
        """The larger side of the box."""
        return float((self.box_px[2:] - self.box_px[:2]).max())


@dataclass(frozen=True, kw_only=True)
class Landmarks:
    """The 68 points of a face in a picture, in iBUG order."""

    points_px: Float[np.ndarray, "68 2"]
    """x and y from the top left; pixel centres are at +0.5. May lie outside."""
    sigma_px: Float[np.ndarray, " 68"]
    """How uncertain each point is: the scale of a Laplace distribution of its error."""


@dataclass(frozen=True, kw_only=True)
class FaceRegions:
    """A parsed picture."""

    classes: UInt8[np.ndarray, "H W"]
    """`FaceRegion` of each pixel."""


@dataclass(frozen=True, kw_only=True)
class Cartoon:
    """A portrait in a style."""

    picture: Picture
    """Of the portrait's size."""
    style: str
    """`none` where the portrait was left as it is."""
    notes: tuple[str, ...] = ()
    """What the user should know, one sentence each."""
    drawn: bool = False
    """Whether the portrait itself is recognised as a drawing."""


@dataclass(frozen=True, kw_only=True)
class Expression:
    """What a face does. Left and right are the character's."""

    weights: Float[np.ndarray, " 64"]
    """α_exp, in [0, 1], by `names.SHAPES`."""
    gaze_radians: Float[np.ndarray, "2 2"]
    """Left eye, right eye: yaw (positive to the left) and pitch (positive upwards), in the head's axes."""
    rotation: Float[np.ndarray, "3 3"]
    """Of the head: from its axes to the camera's, as in `docs/conventions.md`."""


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


def check_points(points_px: Float[np.ndarray, "68 2"]) -> None:
    """Raise `ValueError` unless 68 points are finite and span a face.

    Args:
        points_px: in iBUG order.
    """
    wrong = int(np.count_nonzero(~np.isfinite(points_px).all(axis=1)))
    if wrong:
        raise ValueError(f"{wrong} of {len(points_px)} points are not finite, expected all to be")
    extent = float(np.ptp(points_px, axis=0).max())
    if extent < LEAST_EXTENT_PX:
        raise ValueError(f"the points span {extent:g} px, expected at least {LEAST_EXTENT_PX}")


def take_output(outputs: Mapping[str, np.ndarray], name: str, shape: tuple[int | None, ...]) -> np.ndarray:
    """Return an output of a network, in double precision.

    Args:
        outputs: as `Network` returns them.
        name: of the output.
        shape: that it must have; None where any length will do.

    Raises:
        ValueError: there is no such output, it has another shape, or a number in it is not finite.
    """
    if name not in outputs:
        raise ValueError(f"the network returned {sorted(outputs)}, expected {name!r} among them")
    found = outputs[name]
    if len(found.shape) != len(shape) or any(n not in (None, m) for n, m in zip(shape, found.shape, strict=True)):
        raise ValueError(f"the network's {name!r} has shape {found.shape}, expected {shape} (None: any length)")
    if not np.isfinite(found).all():
        raise ValueError(f"the network's {name!r} has values that are not finite, expected none")
    return found.astype(np.float64)
