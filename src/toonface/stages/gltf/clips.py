"""Animation clips as glTF."""

import numpy as np

from toonface.geometry.asset import Asset, AssetClip, AssetMesh
from toonface.stages.gltf.layout import Json
from toonface.stages.gltf.packer import Packer


def animation_document(packer: Packer, clip: AssetClip, asset: Asset, nodes: dict[str, int]) -> Json:
    """Add a clip's keys to the buffer and return what the JSON part says about it.

    A mesh takes part when the clip moves one of its targets; its other targets rest.

    Args:
        packer: takes the keys.
        clip: of the asset.
        asset: the meshes and joints that move.
        nodes: number of each mesh's and each joint's node, by name.

    Raises:
        ValueError: the clip moves nothing that the asset has.
    """
    times = packer.array(clip.times[:, None], extent=True)
    samplers: list[Json] = []
    channels: list[Json] = []

    def add(rows: np.ndarray, node: int, path: str) -> None:
        channels.append({"sampler": len(samplers), "target": {"node": node, "path": path}})
        samplers.append({"input": times, "output": packer.array(rows), "interpolation": "LINEAR"})

    for mesh in asset.meshes:
        if {target.name for target in mesh.targets} & set(clip.shapes):
            add(_weights_of(clip, mesh).reshape(-1, 1), nodes[mesh.name], "weights")
    for name, turns in clip.rotations.items():
        if name not in nodes:
            raise ValueError(f"clip {clip.name} turns {name!r}, expected a joint of the asset")
        add(turns, nodes[name], "rotation")
    if not channels:
        raise ValueError(f"clip {clip.name} moves nothing, expected shapes or joints that the asset has")
    return {"name": clip.name, "samplers": samplers, "channels": channels}


def _weights_of(clip: AssetClip, mesh: AssetMesh) -> np.ndarray:
    """The clip's weights in the order of the mesh's targets."""
    weights = np.zeros((len(clip.times), len(mesh.targets)), np.float32)
    for column, target in enumerate(mesh.targets):
        if target.name in clip.shapes:
            weights[:, column] = clip.weights[:, clip.shapes.index(target.name)]
    return weights
