"""GLB files on disk."""

from pathlib import Path

from toonface.geometry.asset import Asset
from toonface.io.atomic import replacing
from toonface.stages.gltf.options import GLTF_DEFAULTS, GltfOptions
from toonface.stages.gltf.reader import from_glb
from toonface.stages.gltf.writer import to_glb


def write_glb(path: Path, asset: Asset, options: GltfOptions = GLTF_DEFAULTS) -> None:
    """Write an asset; the file is whole or not there at all.

    Args:
        path: `.glb`; an existing file is replaced.
        asset: what to write.
        options: how arrays are stored.

    Raises:
        ValueError: the asset cannot be stored that way.
        OSError: the file cannot be written.
    """
    data = to_glb(asset, options)
    with replacing(path) as beside:
        beside.write_bytes(data)


def read_glb(path: Path) -> Asset:
    """Read an asset that `write_glb` wrote.

    Args:
        path: of the file.

    Raises:
        ValueError: the file is missing, is no GLB file, is damaged, or another program wrote it.
    """
    try:
        return from_glb(path.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror})") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
