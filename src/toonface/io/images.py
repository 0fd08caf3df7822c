"""Read and write pictures."""

import warnings
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps, UnidentifiedImageError

from toonface.io.atomic import replacing
from toonface.io.face_model_file import model_folder
from toonface.types import Picture

MOST_PIXELS = 100_000_000
MODES_16_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")
"""Pillow's modes of grey pictures with 16 bits; the last has room for 32."""


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
        raise ValueError(f"{path} is not a readable picture ({_first_line(error)})") from None


def read_picture(path: Path) -> Picture:
    """Read a portrait, upright and as colours: its EXIF turn is done, what is transparent lies on white.

    Grey, 16-bit, CMYK and palette pictures become RGB of 8 bits; of an animation, the first picture is read.

    Args:
        path: of a picture that Pillow reads, of at most 100 megapixels.

    Raises:
        ValueError: the file is missing, empty, damaged, no picture, or too large.
    """
    if path.is_file() and path.stat().st_size == 0:
        raise ValueError(f"{path} is empty, expected a picture")
    try:
        with warnings.catch_warnings():
            # Pillow warns somewhat below our limit and raises above it.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                return np.array(_on_white(_with_8_bits(ImageOps.exif_transpose(picture))))
    except Image.DecompressionBombError:
        raise ValueError(f"{path} has more than {MOST_PIXELS // 10**6} megapixels; make it smaller") from None
    except UnidentifiedImageError:
        raise ValueError(f"{path} is not a picture of a known format; save it as JPEG, PNG or WebP") from None
    except (
        Exception
    ) as error:  # for a damaged file Pillow raises a dozen kinds, SyntaxError and struct.error among them
        reason = getattr(error, "strerror", None) or _first_line(error)
        raise ValueError(f"{path} is not a readable picture ({reason})") from None


def _with_8_bits(picture: Image.Image) -> Image.Image:
    if picture.mode == "F":
        raise ValueError("its pixels are floating-point numbers, expected 8 or 16 bits")
    if picture.mode not in MODES_16_BITS:
        return picture
    levels = np.clip(np.asarray(picture).astype(np.float32), 0.0, 65535.0)
    return Image.fromarray((levels / 257.0 + 0.5).astype(np.uint8))


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layers = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers).convert("RGB")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def write_picture(path: Path, picture: UInt8[np.ndarray, "H W C"], quality: int = 82) -> None:
    """Write a picture; the format follows the name's ending.

    Args:
        path: `.png`, `.jpg` or `.webp`.
        picture: sRGB, with alpha where the format has it.
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
