"""Read out of a VRM 1.0 file of any program what an animation has to know of its avatar: bones and expressions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from toonface.stages.gltf.layout import Json
from toonface.stages.gltf.vrm import EXTENSION

PARENTS = {
    "hips": None,
    "spine": "hips",
    "chest": "spine",
    "upperChest": "chest",
    "neck": "upperChest",
    "head": "neck",
} | {
    f"{side}{bone}": parent if parent in ("upperChest", "hips") else f"{side}{parent}"
    for side in ("left", "right")
    for bone, parent in {
        "Shoulder": "upperChest",
        "UpperArm": "Shoulder",
        "LowerArm": "UpperArm",
        "Hand": "LowerArm",
        "UpperLeg": "hips",
        "LowerLeg": "UpperLeg",
        "Foot": "LowerLeg",
    }.items()
}
"""Bone → the one that carries it; where an avatar has not that one, the one that carries that."""
REQUIRED = set(PARENTS) - {"chest", "upperChest", "neck", "leftShoulder", "rightShoulder"}

DECIMALS = 6
"""Of places: micrometres."""

Place = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class VrmPerson:
    """What an animation has to know of the avatar that it is made for."""

    bones: Mapping[str, Place]
    """Bone of `PARENTS` → where it rests, metres."""
    custom: tuple[str, ...]
    """Names of its expressions beyond the presets."""
    eyes: Place
    """Where its gaze begins, from the head's bone."""


def read_vrm_person(document: Json) -> VrmPerson:
    """Return an avatar's bones and expressions.

    Args:
        document: the JSON part of a VRM 1.0 file of any program.

    Raises:
        ValueError: it is no VRM 1.0 avatar, a bone is missing that it must have, or the file is damaged.
    """
    try:
        avatar = document["extensions"][EXTENSION]
        nodes = {name: bone["node"] for name, bone in avatar["humanoid"]["humanBones"].items() if name in PARENTS}
        places = _places(document["nodes"])
        eyes = avatar.get("lookAt", {}).get("offsetFromHeadBone", (0.0, 0.0, 0.0))
        x, y, z = (float(number) for number in eyes)
        person = VrmPerson(
            bones={name: places[number] for name, number in nodes.items()},
            custom=tuple(avatar.get("expressions", {}).get("custom", {})),
            eyes=(x, y, z),
        )
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"the file is no avatar of VRM 1.0 ({error!r})") from None
    missing = sorted(REQUIRED - set(person.bones))
    if missing:
        raise ValueError(f"the avatar has no bones {', '.join(missing)}, which VRM asks for")
    if not np.isfinite([*person.bones.values(), person.eyes]).all():
        raise ValueError("the avatar's bones lie at numbers that are not finite, expected metres")
    return person


def _places(nodes: list[Json]) -> dict[int, Place]:
    """Where each node lies in the world, whatever turns and sizes there are above it."""
    above = {child: number for number, node in enumerate(nodes) for child in node.get("children", ())}

    def world(number: int) -> np.ndarray:
        own = _matrix(nodes[number])
        return world(above[number]) @ own if number in above else own

    return {number: tuple(world(number)[:3, 3].round(DECIMALS).tolist()) for number in range(len(nodes))}


def _matrix(node: Json) -> np.ndarray:
    if "matrix" in node:
        return np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    turn = Rotation.from_quat(node.get("rotation", (0.0, 0.0, 0.0, 1.0))).as_matrix()
    matrix[:3, :3] = turn * np.array(node.get("scale", (1.0, 1.0, 1.0)))
    matrix[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return matrix
