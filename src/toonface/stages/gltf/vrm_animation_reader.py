"""Read VRM Animations (`.vrma`, `VRMC_vrm_animation-1.0`) of any program: expressions, the head's turn and the gaze."""

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from toonface.stages.gltf.animation_tracks import Track, TrackReader, level_signs, times_of
from toonface.stages.gltf.layout import Json, split_glb
from toonface.stages.gltf.vrm_animation import EXTENSION, VrmAnimation

HEAD, GAZE = "head", "gaze"
"""What a node stands for that is no expression."""


def read_vrm_animations(data: bytes) -> dict[str, VrmAnimation]:
    """Return the animations of a VRM Animation that move a face, by name.

    Of the bones only the head counts, from its rest and in the file's axes, whatever turns above it. Steps and curves
    are sampled. An animation without a name is called `animation 0` by its number.

    Args:
        data: of the file, with its buffer inside.

    Raises:
        ValueError: it is no VRM Animation, is damaged, or breaks the rules of glTF.
    """
    document, binary = split_glb(data)
    try:
        said = document["extensions"][EXTENSION]
        reader, roles = TrackReader(document, binary), _roles(said)
        numbered = enumerate(document.get("animations", ()))
        named = [(str(one.get("name", f"animation {number}")), one) for number, one in numbered]
        found = {name: _animation(name, one, reader, roles) for name, one in named}
    except (KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the file breaks the rules of VRM Animation ({error!r})") from None
    return {name: animation for name, animation in found.items() if animation is not None}


def _roles(said: Json) -> dict[int, tuple[str, str]]:
    """Node → what it stands for, and the name of its expression."""
    shown = said.get("expressions", {})
    roles = {
        expression["node"]: ("expression", name)
        for kind in ("preset", "custom")
        for name, expression in shown.get(kind, {}).items()
    }
    head = said.get("humanoid", {}).get("humanBones", {}).get("head", {}).get("node")
    gaze = said.get("lookAt", {}).get("node")
    return roles | {node: (role, "") for node, role in ((head, HEAD), (gaze, GAZE)) if node is not None}


def _animation(
    name: str, animation: Json, reader: TrackReader, roles: dict[int, tuple[str, str]]
) -> VrmAnimation | None:
    weighed: dict[str, Track] = {}
    turned: dict[str, tuple[int, Track]] = {}
    for channel in animation["channels"]:
        number, path = channel["target"].get("node"), channel["target"]["path"]
        role, expression = roles.get(number, ("", ""))
        sampler = animation["samplers"][channel["sampler"]]
        if role == "expression" and path == "translation":
            weighed[expression] = reader.track(sampler, 3)
        elif role in (HEAD, GAZE) and path == "rotation":
            turned[role] = number, level_signs(reader.track(sampler, 4))
    if not weighed and not turned:
        return None
    times = times_of([*weighed.values(), *(track for _, track in turned.values())])

    def rows(role: str) -> Float[np.ndarray, "M 4"] | None:
        if role not in turned:
            return None
        number, track = turned[role]
        turns = track.at(times)
        # The gaze is the node's own rotation, the head's turn one from its rest.
        return Rotation.from_quat(turns).as_quat() if role == GAZE else reader.turns(number, turns).astype(np.float64)

    return VrmAnimation(
        name=name,
        times=times,
        expressions={shape: np.clip(track.at(times)[:, 0], 0.0, 1.0) for shape, track in weighed.items()},
        head=rows(HEAD),
        gaze=rows(GAZE),
    )
