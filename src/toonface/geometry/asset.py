"""What is exported, however it was made: meshes with targets, materials, a skeleton, clips. numpy only.

The words are those of glTF 2.0: an asset is the whole, a target is one blendshape of one mesh. Positions are in the
axes and the unit of `docs/conventions.md`, which are glTF's own.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32, Int, UInt8

from toonface.types import check_indices

Normals = Float32[np.ndarray, "V 3"]


@dataclass(frozen=True, kw_only=True)
class EncodedPicture:
    """A picture as the bytes of a file."""

    data: bytes
    media_type: Literal["image/jpeg", "image/png"]


@dataclass(frozen=True, kw_only=True)
class AssetMaterial:
    """How a surface looks."""

    name: str
    picture: EncodedPicture | None = None
    """Base colour, sRGB; None for white."""
    colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """Red, green, blue (linear light) and alpha in [0, 1]; multiplies the picture."""
    alpha: Literal["opaque", "mask", "blend"] = "opaque"
    cutoff: float = 0.5
    """Alpha below it is a hole, where `alpha` is "mask"."""
    roughness: float = 0.8
    """In [0, 1]; 0 is a mirror."""
    specular: float = 1.0
    """Strength in [0, 1] of the highlight; 1 is that of plastic, skin and teeth (an index of refraction of 1.5)."""
    double_sided: bool = False


@dataclass(frozen=True, kw_only=True)
class AssetTarget:
    """One blendshape of a mesh: how some vertices move at weight 1. All others stay."""

    name: str
    vertices: Int[np.ndarray, " N"]
    """Rising, each once; none at all is fine: a shape that the mesh has but does not answer to."""
    offsets: Float32[np.ndarray, "N 3"]
    """Metres."""
    normal_offsets: Float32[np.ndarray, "N 3"]
    """Unit normal of the moved mesh minus that of the resting one."""


@dataclass(frozen=True, kw_only=True)
class AssetMesh:
    """One mesh with one material; a vertex has one normal and one place in the picture.

    Raises:
        ValueError: an index is out of range, or the arrays have different numbers of rows.
    """

    name: str
    positions: Float32[np.ndarray, "V 3"]
    normals: Normals
    """Unit length."""
    uv: Float32[np.ndarray, "V 2"]
    """Origin at the top left."""
    faces: Int[np.ndarray, "F 3"]
    material: AssetMaterial
    joints: UInt8[np.ndarray, "V 4"]
    """Numbers of the joints that carry each vertex."""
    weights: Float32[np.ndarray, "V 4"]
    """How much each does; rows sum to 1, unused places are 0."""
    targets: tuple[AssetTarget, ...] = ()
    light: UInt8[np.ndarray, " V"] | None = None
    """Light that reaches each vertex, 255 for all of it; multiplies the colour. None for all of it everywhere."""

    def __post_init__(self) -> None:
        count = len(self.positions)
        check_indices(f"faces of {self.name}", self.faces, count)
        for name in ("normals", "uv", "joints", "weights", "light"):
            array = getattr(self, name)
            if array is not None and len(array) != count:
                raise ValueError(f"{name} of {self.name} has {len(array)} rows, expected one per vertex, {count}")
        for target in self.targets:
            check_indices(f"target {target.name} of {self.name}", target.vertices, count)
            if not len(target.vertices) == len(target.offsets) == len(target.normal_offsets):
                raise ValueError(f"target {target.name} of {self.name} has arrays of different lengths")


@dataclass(frozen=True, kw_only=True)
class AssetJoint:
    """A joint of the skeleton. At rest it has the axes of the whole."""

    name: str
    parent: int
    """Number of the joint that carries it, which stands before it; -1 for the root."""
    position: tuple[float, float, float]
    """Metres, in the axes of the whole."""


@dataclass(frozen=True, kw_only=True)
class AssetClip:
    """An animation: keys between which weights and turns go in straight lines."""

    name: str
    times: Float32[np.ndarray, " T"]
    """Seconds, rising."""
    shapes: tuple[str, ...]
    """Names of the targets that move."""
    weights: Float32[np.ndarray, "T S"]
    """In [0, 1], one column per shape."""
    rotations: dict[str, Float32[np.ndarray, "T 4"]]
    """Joint → unit quaternions x, y, z, w from its rest."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """Everything that goes into one file.

    Raises:
        ValueError: two meshes or joints have one name, a joint stands before its parent, or a mesh uses a joint that
            is not there.
    """

    name: str
    meshes: tuple[AssetMesh, ...]
    joints: tuple[AssetJoint, ...]
    clips: tuple[AssetClip, ...] = ()

    def __post_init__(self) -> None:
        names = [thing.name for thing in (*self.meshes, *self.joints)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice} occur more than once, expected different names of meshes and joints")
        for number, joint in enumerate(self.joints):
            if not -1 <= joint.parent < number:
                raise ValueError(f"the parent of joint {joint.name} is {joint.parent}, expected in [-1, {number})")
        for mesh in self.meshes:
            check_indices(f"joints of {mesh.name}", mesh.joints.astype(np.int64), len(self.joints))

    def mesh(self, name: str) -> AssetMesh:
        """Return a mesh by its name.

        Raises:
            ValueError: there is none of that name.
        """
        for mesh in self.meshes:
            if mesh.name == name:
                return mesh
        raise ValueError(f"there is no mesh {name!r}, expected one of {[mesh.name for mesh in self.meshes]}")

    def clip(self, name: str) -> AssetClip:
        """Return an animation by its name.

        Raises:
            ValueError: there is none of that name.
        """
        for clip in self.clips:
            if clip.name == name:
                return clip
        raise ValueError(f"there is no clip {name!r}, expected one of {[clip.name for clip in self.clips]}")
