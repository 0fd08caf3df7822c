"""What a scene is drawn from: surfaces with a material, and the head that they sit on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from jaxtyping import Float, Int, UInt8

from toonface.geometry.normals import vertex_normals
from toonface.morphable.face_model import FaceModel, Head, skin_vertices, subdivide
from toonface.types import UV, FaceRegion, Faces, Vertices, check_indices

RGB = tuple[float, float, float]
"""sRGB in [0, 1]."""
GAMMA = 2.2
"""Between sRGB and linear light (`docs/conventions.md`)."""
Textures = Mapping[str, UInt8[np.ndarray, "_ _ _"]]
"""File stem → picture of the face model; four channels where it has alpha."""


class Material(IntEnum):
    """How a surface answers light, and what its pixel-sized detail is."""

    SKIN = 0
    """Colour per vertex; pores, freckles and stubble from `Surface.detail`."""
    EYE = 1
    """Picture of iris and sclera, wet, with catch-lights."""
    MOUTH = 2
    """Teeth, gums and tongue: picture, wet."""
    HAIR = 3
    """Picture of strands (grey around 0.5, with alpha) times twice the colour; highlights lie across the strands."""
    FUR = 4
    """Short hair as shells: strands are cut out of noise, see `Surface.coverage`."""
    CLOTH = 5
    """Matt, colour per vertex."""
    SOLID = 6
    """Plastic or metal: colour per vertex, glossy."""
    LENS = 7
    """Seen through: `Surface.opacity` of its colour, and reflections."""


@dataclass(frozen=True, kw_only=True)
class Surface:
    """One mesh of a scene, in the head's own coordinates (metres, before the camera's rotation).

    Raises:
        ValueError: an index is out of range, or an array has not one row per vertex.
    """

    vertices: Vertices
    faces: Faces
    material: Material
    region: FaceRegion | UInt8[np.ndarray, " F"]
    """Label of the whole surface, or of each triangle."""
    colour: Float[np.ndarray, "V 3"] | RGB = (1.0, 1.0, 1.0)
    """sRGB in [0, 1], per vertex or of all; multiplies the picture."""
    uv: UV | None = None
    uv_faces: Faces | None = None
    picture: UInt8[np.ndarray, "H W C"] | None = None
    """sRGB; a fourth channel cuts holes."""
    coverage: Float[np.ndarray, " V"] | None = None
    """Share of hairs that reach this shell, in [0, 1], for FUR: 0 draws nothing, 1 everything."""
    normals: Float[np.ndarray, "V 3"] | None = None
    """Unit normals where they are not those of the triangles."""
    occlusion: Float[np.ndarray, " V"] | None = None
    """Ambient light that reaches each vertex, in [0, 1]; None for all of it."""
    detail: Float[np.ndarray, "V 4"] | None = None
    """For SKIN: strength in [0, 1] of pores, freckles, stubble and oil."""
    gloss: float = 0.0
    """Strength of the highlight, in [0, 1]."""
    opacity: float = 1.0
    """For LENS."""
    two_sided: bool = False
    coarse_faces: Int[np.ndarray, "G 3"] | None = None
    """Fewer triangles over the same vertices, for the shadow that the surface throws."""

    def __post_init__(self) -> None:
        for name in ("faces", "coarse_faces"):
            faces = getattr(self, name)
            if faces is not None:
                check_indices(name, faces, len(self.vertices))
        if (self.uv is None) != (self.uv_faces is None) or (self.picture is not None and self.uv is None):
            raise ValueError("a surface with a picture needs uv and uv_faces, and these need each other")
        if self.uv is not None and self.uv_faces is not None:
            check_indices("uv_faces", self.uv_faces, len(self.uv))
        for name in ("coverage", "normals", "occlusion", "detail"):
            array = getattr(self, name)
            if array is not None and len(array) != len(self.vertices):
                raise ValueError(f"{name} has {len(array)} rows, expected one per vertex, {len(self.vertices)}")


@dataclass(frozen=True, kw_only=True)
class Sitter:
    """A posed head, and what everything worn on it needs to know."""

    model: FaceModel
    head: Head
    skin: Vertices
    """LOD0 with the expression."""
    normals: Float[np.ndarray, "V 3"]
    """Unit normals of that skin."""
    neutral_skin: Vertices
    """LOD0 without the expression; hair and hats sit on it."""


def sit(model: FaceModel, head: Head) -> Sitter:
    """Prepare a posed head for dressing.

    Args:
        model: the face model.
        head: from `evaluate` or `pose_head`.
    """
    skin = skin_vertices(model, head)
    return Sitter(
        model=model,
        head=head,
        skin=skin,
        normals=vertex_normals(skin, model.skin.faces[0]),
        neutral_skin=subdivide(model, head.neutral[: model.skin.count]),
    )
