"""How an asset is written as glTF."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GltfOptions:
    """Trades size and exactness against the number of programs that read the file."""

    sparse: bool = False
    """Store only the vertices that a target moves. A quarter of the size; old importers (Assimp before 2020, early
    glTFast and UnityGLTF) misread it."""
    quantize: bool = False
    """Store positions, normals and targets as integers (KHR_mesh_quantization): lengths to 15 µm, normals to 0.4 % of
    their length. Half the size again; the reader must know the extension."""
    target_normals: bool = False
    """Store how targets turn the normals, so that a wide smile or an open jaw is shaded as it lies. The targets take
    twice the size."""


GLTF_DEFAULTS = GltfOptions()
