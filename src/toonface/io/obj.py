"""OBJ files on disk, with their materials and pictures."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from toonface.geometry.asset import Asset, EncodedPicture
from toonface.io.atomic import filling, replacing
from toonface.stages.obj import ObjText

ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png"}


def write_obj(path: Path, asset: Asset, *, shapes: bool = False) -> None:
    """Write the neutral head, its materials, its pictures, and on request every shape; all files are whole.

    `head.obj` comes with `head.mtl`, `head-skin.jpg` and other pictures, and with the folder `head-shapes`, where
    `jawOpen.obj` is the whole head with an open jaw, its vertices in the same order. `head.obj` is the last to appear.

    Args:
        path: `.obj`; existing files are replaced.
        asset: what to write.
        shapes: whether to write the folder.

    Raises:
        OSError: a file cannot be written.
    """
    # A name with spaces in it ends early in some readers.
    stem = "_".join(path.stem.split())
    text = ObjText(asset)
    pictures = _picture_names(text, stem)
    with ExitStack() as files:
        # What is entered first appears last.
        write = _writer(files)
        write(path, text.neutral(f"{stem}.mtl").encode())
        names = {material: name for material, (name, _) in pictures.items()}
        write(path.with_name(f"{stem}.mtl"), text.mtl(names).encode())
        for name, picture in dict(pictures.values()).items():
            write(path.with_name(name), picture.data)
        if shapes:
            folder = files.enter_context(filling(path.with_name(f"{path.stem}-shapes")))
            for name in _target_names(asset):
                (folder / f"{name}.obj").write_text(text.shaped({name: 1.0}), encoding="utf-8", newline="\n")


def _writer(files: ExitStack) -> Callable[[Path, bytes], None]:
    def write(path: Path, data: bytes) -> None:
        files.enter_context(replacing(path)).write_bytes(data)

    return write


def _picture_names(text: ObjText, stem: str) -> dict[str, tuple[str, EncodedPicture]]:
    """Material → name of its picture's file and the picture; materials with one picture share its file."""
    found: dict[str, tuple[str, EncodedPicture]] = {}
    for name, material in text.materials.items():
        if material.picture is not None:
            known = [entry for entry in found.values() if entry[1] == material.picture]
            file = f"{stem}-{name}{ENDINGS[material.picture.media_type]}"
            found[name] = known[0] if known else (file, material.picture)
    return found


def _target_names(asset: Asset) -> list[str]:
    return list(dict.fromkeys(target.name for mesh in asset.meshes for target in mesh.targets))
