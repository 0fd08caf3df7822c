"""VRM Animation 1.0 (`.vrma`): a GLB file without meshes whose nodes say what any VRM avatar does over time.

Source: vrm-c/vrm-specification, `VRMC_vrm_animation-1.0`. A bone's node turns it, the x of an expression's node is its
weight, and one node turns as the gaze does. The bones rest where the avatar's do, which stands in a T-pose.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.morphable.names import PRESETS
from toonface.stages.gltf.layout import Json, join_glb
from toonface.stages.gltf.packer import Packer
from toonface.stages.gltf.vrm_person import DECIMALS, PARENTS, VrmPerson

EXTENSION = "VRMC_vrm_animation"
GAZE_PRESETS = ("lookUp", "lookDown", "lookLeft", "lookRight")
"""May not be among the expressions: the gaze has its own node."""


@dataclass(frozen=True, kw_only=True)
class VrmAnimation:
    """What an avatar does over time."""

    name: str
    times: Float[np.ndarray, " N"]
    """Seconds, rising, the first at least 0."""
    expressions: Mapping[str, Float[np.ndarray, " _N"]]
    """Preset of VRM 1.0, or any other name → weights in [0, 1]."""
    head: Float[np.ndarray, "_N 4"] | None = None
    """Turns from rest, x, y, z, w."""
    gaze: Float[np.ndarray, "_N 4"] | None = None
    """Turns of the line of sight within the head, from +Z."""


def to_vrm_animation(animation: VrmAnimation, person: VrmPerson) -> bytes:
    """Write an animation as a `.vrma` file; the same animation gives the same bytes.

    Args:
        animation: moves something.
        person: for whom it is; it plays on others too.

    Raises:
        ValueError: nothing moves, or the gaze is among the expressions.
    """
    wrong = [name for name in animation.expressions if name in GAZE_PRESETS]
    if wrong:
        raise ValueError(f"expressions {wrong} are to be written, expected the gaze as such")
    document = _document(animation, person)
    packer, nodes = Packer(), {node["name"]: number for number, node in enumerate(document["nodes"])}
    tracks = [
        (f"expression {name}", "translation", np.outer(weights, [1.0, 0.0, 0.0]))
        for name, weights in animation.expressions.items()
    ]
    tracks += [] if animation.head is None else [("head", "rotation", animation.head)]
    tracks += [] if animation.gaze is None else [("gaze", "rotation", animation.gaze)]
    if not tracks:
        raise ValueError(f"clip {animation.name!r} moves nothing, expected expressions, a head or a gaze")
    times = packer.array(animation.times[:, None].astype(np.float32), extent=True)
    moved: Json = {"name": animation.name, "samplers": [], "channels": []}
    for number, (name, path, rows) in enumerate(tracks):
        output = packer.array(np.ascontiguousarray(rows, dtype=np.float32))
        moved["samplers"].append({"input": times, "output": output, "interpolation": "LINEAR"})
        moved["channels"].append({"sampler": number, "target": {"node": nodes[name], "path": path}})
    document["animations"] = [moved]
    document["accessors"], document["bufferViews"] = packer.accessors, packer.views
    document["buffers"] = [{"byteLength": len(packer.binary)}]
    return join_glb(document, packer.binary)


def _document(animation: VrmAnimation, person: VrmPerson) -> Json:
    """The nodes and what they stand for."""
    bones = [name for name in PARENTS if name in person.bones]
    nodes: list[Json] = []
    for name in bones:
        carrier = _carrier(name, person)
        origin = np.array(person.bones[carrier]) if carrier is not None else np.zeros(3)
        nodes.append({"name": name, "translation": (np.array(person.bones[name]) - origin).round(DECIMALS).tolist()})
        if carrier is not None:
            nodes[bones.index(carrier)].setdefault("children", []).append(len(nodes) - 1)
    extension: Json = {
        "specVersion": "1.0",
        "humanoid": {"humanBones": {name: {"node": number} for number, name in enumerate(bones)}},
    }
    shown: dict[str, Json] = {"preset": {}, "custom": {}}
    roots = [bones.index("hips")]
    for name in animation.expressions:
        shown["preset" if name in PRESETS else "custom"][name] = {"node": len(nodes)}
        roots.append(len(nodes))
        nodes.append({"name": f"expression {name}"})
    if animation.expressions:
        extension["expressions"] = {kind: found for kind, found in shown.items() if found}
    if animation.gaze is not None:
        extension["lookAt"] = {"node": len(nodes), "offsetFromHeadBone": list(person.eyes)}
        nodes[bones.index("head")].setdefault("children", []).append(len(nodes))
        nodes.append({"name": "gaze", "translation": list(person.eyes)})
    return {
        "asset": {"version": "2.0", "generator": "toonface"},
        "extensionsUsed": [EXTENSION],
        "extensions": {EXTENSION: extension},
        "scene": 0,
        "scenes": [{"nodes": roots}],
        "nodes": nodes,
    }


def _carrier(name: str, person: VrmPerson) -> str | None:
    above = PARENTS[name]
    while above is not None and above not in person.bones:
        above = PARENTS[above]
    return above
