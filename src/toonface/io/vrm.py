"""VRM files on disk."""

import json
from pathlib import Path

from toonface.geometry.asset import Asset, EncodedPicture
from toonface.io.asset_preview import render_asset
from toonface.io.atomic import replacing
from toonface.io.avatar_pictures import PictureOptions, encode_jpeg
from toonface.stages.gltf.options import GLTF_DEFAULTS, GltfOptions
from toonface.stages.gltf.vrm import to_vrm
from toonface.stages.gltf.vrm_meta import VRM_META_DEFAULTS, VrmMeta, meta_from_document
from toonface.synth.preview import View

THUMBNAIL = View(size=512, yaw_degrees=15.0)


def write_vrm(
    path: Path, asset: Asset, meta: VrmMeta = VRM_META_DEFAULTS, options: GltfOptions = GLTF_DEFAULTS
) -> None:
    """Write an avatar with a thumbnail of itself; the file is whole or not there at all.

    Args:
        path: `.vrm`; an existing file is replaced.
        asset: what to write.
        meta: who made it, and what others may do with it.
        options: how arrays are stored; not quantised.

    Raises:
        ValueError: the asset cannot be stored that way.
        OSError: the file cannot be written.
    """
    data = to_vrm(asset, meta, options, thumbnail(asset))
    with replacing(path) as beside:
        beside.write_bytes(data)


def thumbnail(asset: Asset) -> EncodedPicture:
    """Draw the small square picture by which programs show an avatar.

    Args:
        asset: what to draw.
    """
    return encode_jpeg(render_asset(asset, THUMBNAIL), PictureOptions(quality=85))


def read_vrm_meta(path: Path) -> VrmMeta:
    """Read a JSON file with any of VRM's own `meta` fields, such as `{"authors": ["me"]}`.

    Args:
        path: of the file.

    Raises:
        ValueError: the file is missing, is no JSON, or says what VRM does not know.
    """
    try:
        return meta_from_document(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror})") from None
    except ValueError as error:  # damaged JSON and text that is not UTF-8 are of this kind too
        raise ValueError(f"{path}: {error}") from None
