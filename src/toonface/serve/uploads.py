"""Take in a picture: counted while it is read, looked at before it is decoded."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import HTTPException
from PIL import Image, UnidentifiedImageError

from toonface.serve.limits import MEBIBYTE, Limits


async def receive_picture(stream: AsyncIterator[bytes], path: Path, limits: Limits) -> None:
    """Write what a client sends to a file, if it is a picture.

    Args:
        stream: pieces of the body.
        path: of the file, in a folder of our own.
        limits: bytes, pixels and seconds.

    Raises:
        HTTPException: 413 or 415 or 408, with a sentence.
    """
    try:
        async with asyncio.timeout(limits.upload_seconds):
            size = await _receive(stream, path, limits.body_bytes)
    except TimeoutError:
        raise HTTPException(408, f"the upload took longer than {limits.upload_seconds:.0f} s; try again") from None
    if not size:
        raise HTTPException(415, "the upload is empty, expected a picture")
    await asyncio.to_thread(_look, path, limits.pixels)


async def _receive(stream: AsyncIterator[bytes], path: Path, most: int) -> int:
    size = 0
    with path.open("wb") as file:
        async for piece in stream:
            size += len(piece)
            if size > most:
                raise HTTPException(
                    413, f"the picture has more than {most / MEBIBYTE:g} MiB; choose a smaller one, or save it as JPEG"
                )
            file.write(piece)
    return size


def _look(path: Path, most_pixels: int) -> None:
    """Read a picture's header."""
    too_large = f"the picture has more than {most_pixels / 1e6:g} megapixels; make it smaller"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                if picture.width * picture.height > most_pixels:
                    raise HTTPException(413, too_large)
    except HTTPException:
        raise
    except Image.DecompressionBombError:
        raise HTTPException(413, too_large) from None
    except UnidentifiedImageError:
        raise HTTPException(415, "this is not a picture of a known format; save it as JPEG, PNG or WebP") from None
    except Exception:  # of a damaged header Pillow raises a dozen kinds
        raise HTTPException(415, "this picture is damaged; save it again as JPEG, PNG or WebP") from None
