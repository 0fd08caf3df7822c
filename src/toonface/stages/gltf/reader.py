"""Read an asset from a GLB file that `writer` wrote."""

from typing import Any

import numpy as np

from toonface.geometry.asset import Asset, AssetClip, AssetJoint, AssetMaterial, AssetMesh, AssetTarget, EncodedPicture
from toonface.stages.gltf.layout import SPECULAR, Json, read_accessor, split_glb


def from_glb(data: bytes) -> Asset:
    """Read an asset; integers come back as the numbers they stand for.

    Args:
        data: of a file that `to_glb` wrote: every mesh has one primitive and the one skin.

    Raises:
        ValueError: it is no GLB file, is damaged, or has not that form.
    """
    document, binary = split_glb(data)
    try:
        return _Reader(document, binary).asset()
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"the file is not one that this program wrote ({error!r})") from None


class _Reader:
    def __init__(self, document: Json, binary: bytes) -> None:
        self.document = document
        self.binary = binary

    def array(self, number: int) -> np.ndarray:
        return read_accessor(self.document, self.binary, number)

    def asset(self) -> Asset:
        nodes = self.document["nodes"]
        joints = self.joints(nodes)
        meshes = [self.mesh(self.document["meshes"][node["mesh"]]) for node in nodes if "mesh" in node]
        clips = [self.clip(animation, nodes, meshes) for animation in self.document.get("animations", ())]
        name = self.document["scenes"][0]["name"]
        return Asset(name=name, meshes=tuple(meshes), joints=joints, clips=tuple(clips))

    def joints(self, nodes: list[Json]) -> tuple[AssetJoint, ...]:
        numbers = self.document["skins"][0]["joints"]
        parents = {child: numbers.index(n) for n in numbers for child in nodes[n].get("children", ())}
        inverse = self.array(self.document["skins"][0]["inverseBindMatrices"])
        return tuple(
            AssetJoint(name=nodes[number]["name"], parent=parents.get(number, -1), position=tuple((-shift).tolist()))
            for number, shift in zip(numbers, inverse[:, 12:15], strict=True)
        )

    def mesh(self, document: Json) -> AssetMesh:
        (primitive,) = document["primitives"]
        found = {name: self.array(number) for name, number in primitive["attributes"].items()}
        names = document.get("extras", {}).get("targetNames", [])
        targets = zip(names, primitive.get("targets", []), strict=True)
        return AssetMesh(
            name=document["name"],
            positions=found["POSITION"],
            normals=found["NORMAL"],
            uv=found["TEXCOORD_0"],
            faces=self.array(primitive["indices"]).astype(np.int64).reshape(-1, 3),
            material=self.material(self.document["materials"][primitive["material"]]),
            joints=found["JOINTS_0"],
            weights=found["WEIGHTS_0"],
            targets=tuple(self.target(name, target) for name, target in targets),
            light=np.round(255.0 * found["COLOR_0"][:, 0]).astype(np.uint8) if "COLOR_0" in found else None,
        )

    def target(self, name: str, target: Json) -> AssetTarget:
        offsets = self.array(target["POSITION"])
        normals = self.array(target["NORMAL"]) if "NORMAL" in target else np.zeros_like(offsets)
        moved = np.flatnonzero(offsets.any(axis=1) | normals.any(axis=1))
        return AssetTarget(name=name, vertices=moved, offsets=offsets[moved], normal_offsets=normals[moved])

    def material(self, document: Json) -> AssetMaterial:
        surface = document["pbrMetallicRoughness"]
        texture = surface.get("baseColorTexture")
        specular = document.get("extensions", {}).get(SPECULAR, {}).get("specularFactor", 1.0)
        return AssetMaterial(
            name=document["name"],
            picture=None if texture is None else self.picture(texture["index"]),
            colour=tuple(surface["baseColorFactor"]),
            alpha=document.get("alphaMode", "OPAQUE").lower(),
            cutoff=document.get("alphaCutoff", 0.5),
            roughness=surface["roughnessFactor"],
            specular=specular,
            double_sided=document["doubleSided"],
        )

    def picture(self, number: int) -> EncodedPicture:
        image = self.document["images"][self.document["textures"][number]["source"]]
        view = self.document["bufferViews"][image["bufferView"]]
        start = view.get("byteOffset", 0)
        return EncodedPicture(data=self.binary[start : start + view["byteLength"]], media_type=image["mimeType"])

    def clip(self, animation: Json, nodes: list[Json], meshes: list[AssetMesh]) -> AssetClip:
        weights: dict[str, np.ndarray] = {}
        rotations: dict[str, Any] = {}
        times = np.zeros(0, np.float32)
        for channel in animation["channels"]:
            sampler, node = animation["samplers"][channel["sampler"]], nodes[channel["target"]["node"]]
            times, rows = self.array(sampler["input"])[:, 0], self.array(sampler["output"])
            if channel["target"]["path"] == "rotation":
                rotations[node["name"]] = rows
                continue
            (mesh,) = (mesh for mesh in meshes if mesh.name == node["name"])
            columns = rows.reshape(len(times), len(mesh.targets)).T
            weights |= {t.name: column for t, column in zip(mesh.targets, columns, strict=True) if column.any()}
        stacked = np.stack(list(weights.values()), axis=1) if weights else np.zeros((len(times), 0), np.float32)
        return AssetClip(
            name=animation["name"], times=times, shapes=tuple(weights), weights=stacked, rotations=rotations
        )
