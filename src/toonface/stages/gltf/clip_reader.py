"""Read an animation of a face out of a GLB file of any program that names its targets."""

import numpy as np

from toonface.geometry.asset import AssetClip
from toonface.stages.gltf.animation_tracks import Track, TrackReader, level_signs, times_of
from toonface.stages.gltf.append import target_names
from toonface.stages.gltf.layout import Json, split_glb


def read_clips(data: bytes) -> dict[str, AssetClip]:
    """Return the animations of a GLB file that move named targets or a named joint, by name.

    Where several meshes have a target, it weighs what it weighs most. Turns are those from a joint's rest, in the
    file's axes; joints above it that turn as well do not count. Keys that go evenly come back as they are; of steps
    and curves (`STEP`, `CUBICSPLINE`) there are samples between as well. An animation without a name is called
    `animation 0` by its number.

    Args:
        data: of a file with `extras.targetNames` at its meshes and its buffer inside.

    Raises:
        ValueError: it is no GLB file, is damaged, or breaks the rules of glTF.
    """
    document, binary = split_glb(data)
    try:
        return _Clips(document, binary).all()
    except (KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the file breaks the rules of glTF ({error!r})") from None


class _Clips:
    def __init__(self, document: Json, binary: bytes) -> None:
        self.reader = TrackReader(document, binary)
        self.document, self.nodes, self.meshes = document, self.reader.nodes, document.get("meshes", [])

    def all(self) -> dict[str, AssetClip]:
        clips = {}
        for number, animation in enumerate(self.document.get("animations", ())):
            name = str(animation.get("name", f"animation {number}"))
            clip = self.clip(name, animation)
            if clip is not None:
                clips[name] = clip
        return clips

    def clip(self, name: str, animation: Json) -> AssetClip | None:
        weighed: list[tuple[list[str], Track]] = []
        turned: dict[int, Track] = {}
        for channel in animation["channels"]:
            number, path = channel["target"].get("node"), channel["target"]["path"]
            node = {} if number is None else self.nodes[number]
            sampler = animation["samplers"][channel["sampler"]]
            names = target_names(self.meshes[node["mesh"]]) if path == "weights" and "mesh" in node else []
            if names:
                weighed.append((names, self.reader.track(sampler, len(names))))
            if path == "rotation" and number is not None and "name" in node:
                turned[number] = level_signs(self.reader.track(sampler, 4))
        if not weighed and not turned:
            return None
        times = times_of([track for _, track in weighed] + list(turned.values()))
        weights: dict[str, np.ndarray] = {}
        for names, track in weighed:
            for shape, column in zip(names, track.at(times).T, strict=True):
                weights[shape] = np.maximum(weights[shape], column) if shape in weights else column
        shapes = tuple(shape for shape, column in weights.items() if column.any())
        stacked = np.stack([weights[shape] for shape in shapes], axis=1) if shapes else np.zeros((len(times), 0))
        return AssetClip(
            name=name,
            times=times.astype(np.float32),
            shapes=shapes,
            weights=stacked.astype(np.float32),
            rotations={
                self.nodes[number]["name"]: self.reader.turns(number, track.at(times))
                for number, track in turned.items()
            },
        )
