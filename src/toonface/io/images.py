"""Read and write pictures."""

from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from toonface.io.atomic import replacing
from toonface.io.face_model_file import model_folder


def load_textures(folder: Path | None = None) -> dict[str, UInt8[np.ndarray, "_ _ _"]]:
    """Read the face model's pictures: file stem → sRGB, with alpha where the file has it.

    Args:
        folder: of the model; None for the package's own.

    Raises:
        ValueError: the folder is missing, or one of its pictures is damaged.
    """
    root = model_folder() if folder is None else folder
    if not root.is_dir():
        raise ValueError(f"{root} is not a folder of pictures")
    return {path.stem: _read(path) for path in sorted(root.iterdir()) if path.suffix in (".jpg", ".webp", ".png")}


def _read(path: Path) -> np.ndarray:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGBA" if picture.has_transparency_data else "RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path} is not a readable picture ({str(error).splitlines()[0]})") from None


def write_picture(path: Path, picture: UInt8[np.ndarray, "H W 3"], quality: int = 82) -> None:
    """Write a picture; the format follows the name's ending.

    Args:
        path: `.png`, `.jpg` or `.webp`.
        picture: sRGB.
        quality: of lossy formats, in [1, 95].
    """
    with replacing(path) as beside:
        Image.fromarray(picture).save(beside, quality=quality)


def prepare_folder(folder: Path) -> None:
    """Make a folder for output.

    Args:
        folder: may exist.

    Raises:
        ValueError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".toonface"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ValueError(f"cannot write to {folder}: {error.strerror}; choose another folder") from None
