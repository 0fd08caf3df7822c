"""Write an asset as a VRM 1.0 avatar: a GLB file that says which joints are whose bones, and what makes a smile."""

from dataclasses import replace

from toonface.geometry.asset import Asset, EncodedPicture
from toonface.morphable.eyes import GAZE_DEGREES
from toonface.morphable.names import ARKIT_SHAPES, PRESETS
from toonface.stages.gltf.layout import Json, join_glb, padded
from toonface.stages.gltf.options import GLTF_DEFAULTS, GltfOptions
from toonface.stages.gltf.vrm_body import HUMANOID, with_body
from toonface.stages.gltf.vrm_meta import VRM_META_DEFAULTS, VrmMeta, meta_document
from toonface.stages.gltf.writer import build_document

EXTENSION = "VRMC_vrm"
OVERRIDES = {
    "blink": {"overrideLookAt": "blend"},
    "relaxed": {"overrideBlink": "blend"},
    "surprised": {"overrideBlink": "blend", "overrideMouth": "blend"},
}
"""Presets that weaken others while they are shown: lids that are down already would close twice, an open mouth would
open twice, and a wide eye would not close."""
SEEN_FROM_INSIDE = ("bust",)
"""Meshes that the wearer sees below; of all others, which are on the head, the inside would be in the way."""


def to_vrm(
    asset: Asset,
    meta: VrmMeta = VRM_META_DEFAULTS,
    options: GltfOptions = GLTF_DEFAULTS,
    thumbnail: EncodedPicture | None = None,
) -> bytes:
    """Write an asset as VRM 1.0; the same asset gives the same bytes.

    The bust gets bare arms and legs and stands on the ground. Only ARKit's 52 targets are kept: the presets are mixed
    of them, and the 52 are custom expressions under their own names. VRM has no animations, so clips are left out.

    Args:
        asset: an avatar of `make_avatar`.
        meta: who made it, and what others may do with it.
        options: how arrays are stored.
        thumbnail: a square picture of the avatar.

    Raises:
        ValueError: integers are asked for, which readers of VRM do not know, or the asset is no such avatar.
    """
    if options.quantize:
        raise ValueError("quantize is set, expected floating-point numbers: readers of VRM know no others")
    person = with_body(_with_shapes_alone(asset))
    document, binary = build_document(person, options)
    about = meta_document(meta)
    if thumbnail is not None:
        about["thumbnailImage"], binary = _add_picture(document, binary, thumbnail)
    nodes = {node["name"]: number for number, node in enumerate(document["nodes"])}
    document.setdefault("extensionsUsed", []).append(EXTENSION)
    document["extensions"] = {
        EXTENSION: {
            "specVersion": "1.0",
            "meta": about,
            "humanoid": {"humanBones": {bone: {"node": nodes[joint]} for bone, joint in HUMANOID.items()}},
            "firstPerson": {"meshAnnotations": [_annotation(mesh.name, nodes) for mesh in person.meshes]},
            "lookAt": _look_at(person),
            "expressions": {
                "preset": {name: expression(person, nodes, mix, **_overrides(name)) for name, mix in PRESETS.items()},
                "custom": {name: expression(person, nodes, {name: 1.0}) for name in ARKIT_SHAPES},
            },
        }
    }
    return join_glb(document, binary)


def expression(asset: Asset, nodes: dict[str, int], mix: dict[str, float], **overrides: str) -> Json:
    """Return how targets of all meshes make an expression; a mesh without a target of a name is left alone.

    Args:
        asset: with its targets.
        nodes: number of each mesh's node, by name.
        mix: target → its weight.
        overrides: which other expressions it weakens, and how.
    """
    binds = [
        {"node": nodes[mesh.name], "index": index, "weight": mix[target.name]}
        for mesh in asset.meshes
        for index, target in enumerate(mesh.targets)
        if target.name in mix
    ]
    others = {"overrideBlink": "none", "overrideLookAt": "none", "overrideMouth": "none"}
    return {"morphTargetBinds": binds, "isBinary": False, **others, **overrides}


def _overrides(preset: str) -> dict[str, str]:
    return OVERRIDES.get(preset, {})


def _with_shapes_alone(asset: Asset) -> Asset:
    def kept(targets: tuple) -> tuple:
        return tuple(target for target in targets if target.name in ARKIT_SHAPES)

    return replace(asset, meshes=tuple(replace(mesh, targets=kept(mesh.targets)) for mesh in asset.meshes), clips=())


def _annotation(name: str, nodes: dict[str, int]) -> Json:
    return {"node": nodes[name], "type": "auto" if name in SEEN_FROM_INSIDE else "thirdPersonOnly"}


def _look_at(asset: Asset) -> Json:
    """Expressions move the gaze, because lids follow it there; at the largest angle the shape's weight is 1."""
    places = {joint.name: joint.position for joint in asset.joints}
    left, right, head = (places[name] for name in ("LeftEye", "RightEye", "Head"))
    degrees = {
        "HorizontalInner": GAZE_DEGREES["In"],
        "HorizontalOuter": GAZE_DEGREES["Out"],
        "VerticalDown": GAZE_DEGREES["Down"],
        "VerticalUp": GAZE_DEGREES["Up"],
    }
    maps = {f"rangeMap{way}": {"inputMaxValue": angle, "outputScale": 1.0} for way, angle in degrees.items()}
    middle = [(one + other) / 2.0 - at for one, other, at in zip(left, right, head, strict=True)]
    return {"type": "expression", "offsetFromHeadBone": middle, **maps}


def _add_picture(document: Json, binary: bytes, picture: EncodedPicture) -> tuple[int, bytes]:
    """Add a picture that no texture shows; return its number and the longer buffer."""
    document["bufferViews"].append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(picture.data)})
    images = document.setdefault("images", [])
    images.append({"mimeType": picture.media_type, "bufferView": len(document["bufferViews"]) - 1})
    longer = binary + padded(picture.data)
    document["buffers"][0]["byteLength"] = len(longer)
    return len(images) - 1, longer
