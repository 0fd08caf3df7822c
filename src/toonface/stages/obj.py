"""Write an asset as Wavefront OBJ: text that every modelling program reads. No skeleton, no targets, one pose a file.

Corners that a GLB file has to double, where the picture or a cut has a seam, are one vertex here, so that the skin is
one surface from the scalp to the mouth. The order of the vertices depends on the meshes alone: files of different
shapes of one avatar differ in their `v` lines only, which is what rigging tools ask for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from toonface.geometry.asset import Asset, AssetMaterial, AssetMesh

SKIN = ("face", "mouth", "socket_left", "socket_right", "bust")
"""Meshes that are cut from one surface; they become one object."""
DIELECTRIC = 0.5
"""`Ks` of a surface with an index of refraction of 1.5, as Blender reads and writes it."""


@dataclass(frozen=True, kw_only=True)
class ObjObject:
    """Some meshes that share vertices."""

    name: str
    meshes: tuple[AssetMesh, ...]
    rows: tuple[Int[np.ndarray, "_"], ...]
    """Of each mesh: which vertex of the object each of its vertices is."""
    first: tuple[Int[np.ndarray, " V"], Int[np.ndarray, " V"]]
    """Of each vertex of the object: a mesh that has it, and its number there."""

    def gathered(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Return values of the meshes' vertices as those of the object's.

        Args:
            values: one array per mesh.
        """
        meshes, numbers = self.first
        result = np.zeros((len(meshes), values[0].shape[1]))
        for number, rows in enumerate(values):
            own = meshes == number
            result[own] = rows[numbers[own]]
        return result


def objects_of(asset: Asset) -> tuple[ObjObject, ...]:
    """Join what is cut, and give each other mesh an object of its own.

    Args:
        asset: with any meshes.
    """
    skin = tuple(mesh for mesh in asset.meshes if mesh.name in SKIN)
    others = [(mesh.name, (mesh,)) for mesh in asset.meshes if mesh.name not in SKIN]
    return tuple(_joined(name, meshes) for name, meshes in ([("skin", skin)] if skin else []) + others)


def _joined(name: str, meshes: tuple[AssetMesh, ...]) -> ObjObject:
    """Vertices with one place and one normal are one; they keep the order in which they first occur."""
    rows = np.concatenate([np.concatenate([mesh.positions, mesh.normals], axis=1) for mesh in meshes])
    _, first, which = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.zeros(len(first), np.int64)
    rank[order] = np.arange(len(first))
    sizes = [len(mesh.positions) for mesh in meshes]
    ends = np.cumsum(sizes)
    number = np.searchsorted(ends, first[order], side="right")
    return ObjObject(
        name=name,
        meshes=meshes,
        rows=tuple(np.split(rank[which.reshape(-1)], ends[:-1])),
        first=(number, first[order] - (ends - sizes)[number]),
    )


class ObjText:
    """An asset as text: what all its files share is made once."""

    def __init__(self, asset: Asset) -> None:
        """Join its meshes.

        Args:
            asset: what to write.
        """
        self.objects = objects_of(asset)
        self.materials = materials_of(asset)
        self._asset = asset
        self._triangles = []
        vertices = 1
        for part in self.objects:
            rows = [rows[mesh.faces] + vertices for mesh, rows in zip(part.meshes, part.rows, strict=True)]
            self._triangles.append(["f {} {} {}".format(*face) for face in np.concatenate(rows).tolist()])
            vertices += len(part.first[0])

    def neutral(self, material_file: str) -> str:
        """Return the head with texture coordinates, normals and materials.

        Args:
            material_file: name of the file beside it that says what `mtl` returns.
        """
        lines = [f"mtllib {material_file}"]
        vertices, places = 1, 1
        for part in self.objects:
            lines.append(f"o {part.name}")
            lines += _rows("v", part.gathered([mesh.positions for mesh in part.meshes]))
            lines += _rows("vn", part.gathered([mesh.normals for mesh in part.meshes]))
            for mesh, rows in zip(part.meshes, part.rows, strict=True):
                # The origin of texture coordinates is at the bottom left in this format.
                lines += _rows("vt", np.stack([mesh.uv[:, 0], 1.0 - mesh.uv[:, 1]], axis=1))
                lines += [f"g {mesh.name}", f"usemtl {_name_of(mesh.material, self.materials)}"]
                corners = np.stack([rows[mesh.faces] + vertices, mesh.faces + places], axis=2).reshape(-1, 6).tolist()
                lines += ["f {0}/{1}/{0} {2}/{3}/{2} {4}/{5}/{4}".format(*corner) for corner in corners]
                places += len(mesh.uv)
            vertices += len(part.first[0])
        return "\n".join(lines) + "\n"

    def shaped(self, weights: Mapping[str, float]) -> str:
        """Return the head under targets: the same vertices in the same order, and triangles; no more.

        Args:
            weights: of the asset's targets by name.
        """
        lines = []
        for part, triangles in zip(self.objects, self._triangles, strict=True):
            lines.append(f"o {part.name}")
            lines += _rows("v", part.gathered([_posed(mesh, weights) for mesh in part.meshes]))
            lines += triangles
        return "\n".join(lines) + "\n"

    def mtl(self, pictures: Mapping[str, str]) -> str:
        """Return the materials. What darkens a mesh's vertices has no place here: its mean dims the colour.

        Args:
            pictures: material → name of the picture's file; materials without a picture are missing.
        """
        blocks = []
        for name, material in self.materials.items():
            lights = [mesh.light for mesh in self._asset.meshes if mesh.material == material]
            light = np.mean([1.0 if one is None else one.mean() / 255.0 for one in lights])
            blocks.append(_material(name, material, pictures.get(name), float(light)))
        return "\n".join(blocks)


def materials_of(asset: Asset) -> dict[str, AssetMaterial]:
    """Return the different materials, in the order in which meshes use them; the second `hair` is `hair_2`.

    Args:
        asset: with any meshes.
    """
    found: dict[str, AssetMaterial] = {}
    for mesh in asset.meshes:
        if mesh.material not in found.values():
            like = sum(material.name == mesh.material.name for material in found.values())
            found[mesh.material.name if not like else f"{mesh.material.name}_{like + 1}"] = mesh.material
    return found


def _name_of(material: AssetMaterial, materials: Mapping[str, AssetMaterial]) -> str:
    return next(name for name, known in materials.items() if known == material)


def _posed(mesh: AssetMesh, weights: Mapping[str, float]) -> Float[np.ndarray, "V 3"]:
    places = mesh.positions.astype(np.float64)
    for target in mesh.targets:
        places[target.vertices] += weights.get(target.name, 0.0) * target.offsets
    return places


def _rows(kind: str, rows: Float[np.ndarray, "N C"]) -> list[str]:
    form = kind + " %.6f" * rows.shape[1]
    return [form % tuple(row) for row in rows.tolist()]


def _material(name: str, material: AssetMaterial, picture: str | None, light: float) -> str:
    red, green, blue, alpha = material.colour
    lines = [
        f"newmtl {name}",
        f"Kd {light * red:.4f} {light * green:.4f} {light * blue:.4f}",
        "Ks {0:.4f} {0:.4f} {0:.4f}".format(DIELECTRIC * material.specular),
        f"Ns {1000.0 * (1.0 - material.roughness) ** 2:.2f}",
        f"d {alpha:.4f}",
        "illum 2",
    ]
    if picture is not None:
        lines.append(f"map_Kd {picture}")
        if material.alpha != "opaque":
            lines.append(f"map_d {picture}")
    return "\n".join(lines) + "\n"
