"""Write an asset as one GLB file."""

import numpy as np

from toonface.geometry.asset import Asset, AssetMaterial, EncodedPicture
from toonface.stages.gltf.clips import animation_document
from toonface.stages.gltf.layout import QUANTIZATION, SPECULAR, Json, join_glb
from toonface.stages.gltf.meshes import mesh_document
from toonface.stages.gltf.options import GLTF_DEFAULTS, GltfOptions
from toonface.stages.gltf.packer import Packer

ROOT = "Armature"
"""Name of the scene, of the skin, and of the node above the skeleton: avatar runtimes look for one thing of this name
and expect the meshes below it. A mesh with a skin has to stand at the top of the scene, so the scene is that thing."""
LINEAR, LINEAR_MIPMAPS, CLAMP, REPEAT = 9729, 9987, 33071, 10497


def to_glb(asset: Asset, options: GltfOptions = GLTF_DEFAULTS) -> bytes:
    """Write an asset as glTF 2.0, binary; the same asset gives the same bytes.

    Args:
        asset: with at least one mesh and one joint.
        options: how arrays are stored.

    Raises:
        ValueError: there is no mesh or no joint, a mesh is empty, or something is too large to be quantised.
    """
    document, binary = build_document(asset, options)
    return join_glb(document, binary)


def build_document(asset: Asset, options: GltfOptions) -> tuple[Json, bytes]:
    """Return the JSON part and the numbers of an asset's GLB file; other formats of the family begin with it.

    Args:
        asset: see `to_glb`.
        options: how arrays are stored.

    Raises:
        ValueError: see `to_glb`.
    """
    if not asset.meshes or not asset.joints:
        raise ValueError(f"the asset has {len(asset.meshes)} meshes and {len(asset.joints)} joints, expected some")
    packer = Packer()
    nodes = {thing.name: number for number, thing in enumerate((*asset.joints, *asset.meshes))}
    materials = _distinct([mesh.material for mesh in asset.meshes])
    meshes = [mesh_document(packer, mesh, materials.index(mesh.material), options) for mesh in asset.meshes]
    document: Json = {
        "asset": {"version": "2.0", "generator": "toonface"},
        "scene": 0,
        "scenes": [{"name": ROOT, "nodes": [len(nodes), *(nodes[mesh.name] for mesh in asset.meshes)]}],
        "nodes": _nodes(asset),
        "meshes": meshes,
        "skins": [_skin(packer, asset)],
        **_materials(packer, materials),
    }
    if asset.clips:
        document["animations"] = [animation_document(packer, clip, asset, nodes) for clip in asset.clips]
    _declare_extensions(document, quantized=options.quantize)
    binary = packer.binary
    document |= {"accessors": packer.accessors, "bufferViews": packer.views, "buffers": [{"byteLength": len(binary)}]}
    return document, binary


def _nodes(asset: Asset) -> list[Json]:
    """The joints in their order, then the meshes, then the node above the skeleton."""
    nodes: list[Json] = []
    for number, joint in enumerate(asset.joints):
        above = np.array(asset.joints[joint.parent].position if joint.parent >= 0 else (0.0, 0.0, 0.0))
        node: Json = {"name": joint.name, "translation": (np.array(joint.position) - above).tolist()}
        children = [other for other, child in enumerate(asset.joints) if child.parent == number]
        nodes.append({**node, "children": children} if children else node)
    nodes += [{"name": mesh.name, "mesh": number, "skin": 0} for number, mesh in enumerate(asset.meshes)]
    roots = [number for number, joint in enumerate(asset.joints) if joint.parent < 0]
    return [*nodes, {"name": ROOT, "children": roots}]


def _skin(packer: Packer, asset: Asset) -> Json:
    """Joints have the axes of the whole at rest, so what undoes their rest is a shift; matrices go by columns."""
    inverse = np.tile(np.eye(4, dtype=np.float32).ravel(), (len(asset.joints), 1))
    inverse[:, 12:15] = -np.array([joint.position for joint in asset.joints], np.float32)
    return {
        "name": ROOT,
        "joints": list(range(len(asset.joints))),
        "inverseBindMatrices": packer.array(inverse),
        "skeleton": len(asset.joints) + len(asset.meshes),
    }


def _distinct(things: list) -> list:
    found = []
    for thing in things:
        if thing not in found:
            found.append(thing)
    return found


def _materials(packer: Packer, materials: list[AssetMaterial]) -> Json:
    pictures: list[EncodedPicture] = _distinct([m.picture for m in materials if m.picture is not None])
    found: Json = {"materials": [_material(material, pictures) for material in materials]}
    if pictures:
        found["images"] = [{"mimeType": p.media_type, "bufferView": packer.view(p.data)} for p in pictures]
        found["textures"] = [{"source": number, "sampler": 0} for number in range(len(pictures))]
        found["samplers"] = [{"magFilter": LINEAR, "minFilter": LINEAR_MIPMAPS, "wrapS": REPEAT, "wrapT": REPEAT}]
    return found


def _material(material: AssetMaterial, pictures: list[EncodedPicture]) -> Json:
    surface: Json = {
        "baseColorFactor": list(material.colour),
        "metallicFactor": 0.0,
        "roughnessFactor": material.roughness,
    }
    if material.picture is not None:
        surface["baseColorTexture"] = {"index": pictures.index(material.picture)}
    document: Json = {"name": material.name, "pbrMetallicRoughness": surface, "doubleSided": material.double_sided}
    if material.alpha != "opaque":
        document["alphaMode"] = material.alpha.upper()
    if material.alpha == "mask":
        document["alphaCutoff"] = material.cutoff
    if material.specular != 1.0:
        document["extensions"] = {SPECULAR: {"specularFactor": material.specular}}
    return document


def _declare_extensions(document: Json, *, quantized: bool) -> None:
    used = [QUANTIZATION] if quantized else []
    if any("extensions" in material for material in document["materials"]):
        used.append(SPECULAR)
    if used:
        document["extensionsUsed"] = used
    if quantized:
        document["extensionsRequired"] = [QUANTIZATION]
