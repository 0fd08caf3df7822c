"""Put an animation into a GLB file that is there already; everything else in it stays as it is."""

from typing import Any

import numpy as np

from toonface.geometry.asset import AssetClip
from toonface.stages.gltf.layout import Json, join_glb, padded, split_glb
from toonface.stages.gltf.packer import Packer


def append_clip(data: bytes, clip: AssetClip) -> bytes:
    """Return a GLB file with one animation more; one of the same name is replaced.

    A mesh takes part when the clip moves one of its targets, which are known by the names in `extras.targetNames`;
    its other targets rest. So does a joint that the clip turns and the file has.

    Args:
        data: of a file of any program that names its targets, with its buffer inside.
        clip: shapes and joints that the file does not have are left out.

    Raises:
        ValueError: it is no GLB file, is damaged, its numbers lie in another file, or the clip moves nothing of it.
    """
    document, binary = split_glb(data)
    try:
        return _appended(document, binary, clip)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"the file breaks the rules of glTF ({error!r})") from None


def _appended(document: Json, binary: bytes, clip: AssetClip) -> bytes:
    buffers = document.setdefault("buffers", [{"byteLength": 0}])
    if "uri" in buffers[0]:
        raise ValueError(f"the file's numbers lie in {buffers[0]['uri']!r:.60}, expected them inside")
    kept = padded(binary[: buffers[0]["byteLength"]])
    packer = Packer()
    animation = _animation(packer, clip, document["nodes"], document.get("meshes", []))
    views, accessors = document.setdefault("bufferViews", []), document.setdefault("accessors", [])
    for sampler in animation["samplers"]:
        sampler["input"] += len(accessors)
        sampler["output"] += len(accessors)
    for accessor in packer.accessors:
        accessor["bufferView"] += len(views)
    for view in packer.views:
        view["byteOffset"] += len(kept)
    accessors += packer.accessors
    views += packer.views
    others = [other for other in document.get("animations", []) if other.get("name") != clip.name]
    document["animations"] = [*others, animation]
    whole = kept + packer.binary
    buffers[0]["byteLength"] = len(whole)
    return join_glb(document, whole)


def _animation(packer: Packer, clip: AssetClip, nodes: list[Json], meshes: list[Json]) -> Json:
    times = packer.array(clip.times[:, None].astype(np.float32), extent=True)
    animation: dict[str, Any] = {"name": clip.name, "samplers": [], "channels": []}

    def add(rows: np.ndarray, node: int, path: str) -> None:
        number = len(animation["samplers"])
        animation["channels"].append({"sampler": number, "target": {"node": node, "path": path}})
        output = packer.array(rows.astype(np.float32))
        animation["samplers"].append({"input": times, "output": output, "interpolation": "LINEAR"})

    for number, node in enumerate(nodes):
        names = target_names(meshes[node["mesh"]]) if "mesh" in node else []
        if set(names) & set(clip.shapes):
            add(_weights_of(clip, names).reshape(-1, 1), number, "weights")
        if node.get("name") in clip.rotations and "mesh" not in node:
            add(clip.rotations[node["name"]], number, "rotation")
    if not animation["channels"]:
        raise ValueError(f"clip {clip.name!r} moves nothing, expected shapes or joints that the file has")
    return animation


def target_names(mesh: Json) -> list[str]:
    """Return the names of a mesh's targets, as most programs write them; none where there are none.

    Args:
        mesh: of the JSON part.
    """
    names = mesh.get("extras", {}).get("targetNames", [])
    first = mesh["primitives"][0]
    return list(names) if len(names) == len(first.get("targets", [])) else []


def _weights_of(clip: AssetClip, names: list[str]) -> np.ndarray:
    """The clip's weights in the order of a mesh's targets."""
    weights = np.zeros((len(clip.times), len(names)), np.float32)
    for column, name in enumerate(names):
        if name in clip.shapes:
            weights[:, column] = clip.weights[:, clip.shapes.index(name)]
    return weights
