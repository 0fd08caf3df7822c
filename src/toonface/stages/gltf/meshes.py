"""Meshes and their targets as glTF."""

import numpy as np
from jaxtyping import Float32, Int8, Int16, UInt8

from toonface.geometry.asset import AssetMesh
from toonface.stages.gltf.layout import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, Json
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.packer import Packer

LENGTH_KIND, NORMAL_KIND, GLOSSY_KIND = np.dtype("<i2"), np.dtype("<i1"), np.dtype("<i2")
"""Integers that lengths, normals and the normals of glossy meshes are quantised to."""
GLOSSY = 0.2
"""Roughness below which highlights show the steps of a normal of 8 bits."""
Integers = Int8[np.ndarray, "N C"] | Int16[np.ndarray, "N C"]


def mesh_document(packer: Packer, mesh: AssetMesh, material: int, options: GltfOptions) -> Json:
    """Add a mesh's arrays to the buffer and return what the JSON part says about it.

    Args:
        packer: takes the arrays.
        mesh: with at least one triangle.
        material: number of the mesh's material.
        options: how the arrays are stored.

    Raises:
        ValueError: the mesh has no triangles, or offsets of 1 m or more, which are too large to be quantised.
    """
    if not len(mesh.faces):
        raise ValueError(f"mesh {mesh.name} has no triangles, expected at least one")
    primitive: Json = {
        "attributes": _attributes(packer, mesh, options),
        "indices": packer.array(_indices(mesh), ELEMENT_ARRAY_BUFFER),
        "material": material,
    }
    document: Json = {"name": mesh.name, "primitives": [primitive]}
    if mesh.targets:
        primitive["targets"] = _targets(packer, mesh, options)
        document["weights"] = [0.0] * len(mesh.targets)
        document["extras"] = {"targetNames": [target.name for target in mesh.targets]}
    return document


def _indices(mesh: AssetMesh) -> np.ndarray:
    # The largest number of a type restarts the strip in some drivers and is not used.
    smallest = np.dtype("<u2") if len(mesh.positions) <= np.iinfo(np.uint16).max else np.dtype("<u4")
    return mesh.faces.astype(smallest).reshape(-1, 1)


def _attributes(packer: Packer, mesh: AssetMesh, options: GltfOptions) -> Json:
    weights = _weights_as_bytes(mesh.weights)
    attributes: Json = {
        **_positions_and_normals(packer, mesh, options),
        "TEXCOORD_0": _places(packer, mesh),
        # A joint that carries nothing after rounding is joint 0.
        "JOINTS_0": packer.array(np.where(weights > 0, mesh.joints, 0).astype(np.uint8), ARRAY_BUFFER),
        "WEIGHTS_0": packer.array(weights, ARRAY_BUFFER, fractions=True),
    }
    if mesh.light is not None:
        opaque = np.full_like(mesh.light, 255)
        colours = np.stack([mesh.light, mesh.light, mesh.light, opaque], axis=1)
        attributes["COLOR_0"] = packer.array(colours, ARRAY_BUFFER, fractions=True)
    return attributes


def _positions_and_normals(packer: Packer, mesh: AssetMesh, options: GltfOptions) -> Json:
    if not options.quantize:
        positions = packer.array(mesh.positions, ARRAY_BUFFER, extent=True)
        return {"POSITION": positions, "NORMAL": packer.array(mesh.normals, ARRAY_BUFFER)}
    _check_below_a_metre(f"mesh {mesh.name} reaches", mesh.positions)
    kind = GLOSSY_KIND if mesh.material.roughness < GLOSSY else NORMAL_KIND
    positions = packer.array(as_fractions(mesh.positions, LENGTH_KIND), ARRAY_BUFFER, extent=True, fractions=True)
    normals = packer.array(as_fractions(mesh.normals, kind), ARRAY_BUFFER, fractions=True)
    return {"POSITION": positions, "NORMAL": normals}


def _places(packer: Packer, mesh: AssetMesh) -> int:
    """16 bits are a 32nd of a pixel of the largest pictures; pictures that are repeated need more."""
    if 0.0 <= mesh.uv.min() and mesh.uv.max() <= 1.0:
        return packer.array(np.round(mesh.uv * np.iinfo(np.uint16).max).astype("<u2"), ARRAY_BUFFER, fractions=True)
    return packer.array(mesh.uv, ARRAY_BUFFER)


def _targets(packer: Packer, mesh: AssetMesh, options: GltfOptions) -> list[Json]:
    wanted = {"POSITION": [target.offsets for target in mesh.targets]}
    if options.target_normals:
        wanted["NORMAL"] = [target.normal_offsets for target in mesh.targets]
    targets: list[Json] = [{} for _ in mesh.targets]
    for attribute, rows in wanted.items():
        if options.quantize:
            for one in mesh.targets:
                _check_below_a_metre(f"target {one.name} of {mesh.name} moves", one.offsets)
            rows = [as_fractions(block, LENGTH_KIND if attribute == "POSITION" else NORMAL_KIND) for block in rows]
        for target, number in zip(targets, _pack(packer, mesh, attribute, rows, options), strict=True):
            target[attribute] = number
    return targets


def _pack(packer: Packer, mesh: AssetMesh, attribute: str, rows: list, options: GltfOptions) -> list[int]:
    blocks = []
    for target, values in zip(mesh.targets, rows, strict=True):
        stated = values.any(axis=1)
        blocks.append((target.vertices[stated], values[stated]))
    count, extent = len(mesh.positions), attribute == "POSITION"
    if options.sparse:
        return packer.sparse_arrays(blocks, count, extent=extent, fractions=options.quantize)
    dense = [_dense(block, count) for block in blocks]
    return packer.arrays(dense, ARRAY_BUFFER, extent=extent, fractions=options.quantize)


def _dense(block: tuple[np.ndarray, np.ndarray], count: int) -> np.ndarray:
    rows = np.zeros((count, 3), block[1].dtype)
    rows[block[0]] = block[1]
    return rows


def as_fractions(values: Float32[np.ndarray, "N C"], kind: np.dtype) -> Integers:
    """Store numbers in [-1, 1] as fractions of an integer type's largest number; what lies beyond is clipped.

    Args:
        values: to store.
        kind: signed integers.
    """
    largest = np.iinfo(kind).max
    return np.round(np.clip(values, -1.0, 1.0) * largest).astype(kind)


def _check_below_a_metre(what: str, lengths: Float32[np.ndarray, "N 3"]) -> None:
    largest = float(np.abs(lengths).max(initial=0.0))
    if largest > 1.0:
        raise ValueError(f"{what} {largest:g} m, expected at most 1 m, so that it can be quantised")


def _weights_as_bytes(weights: Float32[np.ndarray, "V 4"]) -> UInt8[np.ndarray, "V 4"]:
    """Round so that every row still sums to the whole: the largest weight of a row takes the rest."""
    rounded = np.round(weights * 255.0).astype(np.int64)
    rounded[np.arange(len(rounded)), rounded.argmax(axis=1)] += 255 - rounded.sum(axis=1)
    return rounded.astype(np.uint8)
