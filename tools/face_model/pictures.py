"""Reading, sampling and encoding pictures."""

import io

import numpy as np
from jaxtyping import Float
from PIL import Image

from tools.face_model.sources import MakeHuman


def read_picture(source: MakeHuman, name: str) -> Float[np.ndarray, "H W 4"]:
    """Read a picture of the package as red, green, blue and alpha in [0, 1].

    Args:
        source: the opened packages.
        name: path under `public/data`.
    """
    return np.asarray(Image.open(io.BytesIO(source.read(name))).convert("RGBA")) / 255.0


def bilinear(picture: Float[np.ndarray, "H W C"], uv: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "N C"]:
    """Read a picture between its pixel centres, clamped at the border.

    Args:
        picture: any channels.
        uv: origin at the top left.
    """
    height, width = picture.shape[:2]
    x = np.clip(uv[:, 0] * width - 0.5, 0.0, width - 1.0)
    y = np.clip(uv[:, 1] * height - 0.5, 0.0, height - 1.0)
    column, row = np.minimum(x.astype(int), width - 2), np.minimum(y.astype(int), height - 2)
    a, b = (x - column)[:, None], (y - row)[:, None]
    top = picture[row, column] * (1 - a) + picture[row, column + 1] * a
    below = picture[row + 1, column] * (1 - a) + picture[row + 1, column + 1] * a
    return top * (1 - b) + below * b


def resize(picture: Float[np.ndarray, "H W C"], height: int, width: int) -> Float[np.ndarray, "A B C"]:
    """Average a picture down to a smaller one.

    Args:
        picture: any channels.
        height: of the result, pixels.
        width: of the result, pixels.
    """
    channels = [
        np.asarray(Image.fromarray(channel.astype(np.float32)).resize((width, height), Image.Resampling.BOX))
        for channel in np.moveaxis(picture, -1, 0)
    ]
    return np.stack(channels, axis=-1).astype(float)


def encode_webp(picture: Float[np.ndarray, "H W 2"]) -> bytes:
    """Encode luminance and alpha as WebP.

    Args:
        picture: both in [0, 1].
    """
    buffer = io.BytesIO()
    Image.fromarray(_bytes(picture)[..., [0, 0, 0, 1]]).save(buffer, "WEBP", quality=80, alpha_quality=90, method=6)
    return buffer.getvalue()


def encode_jpeg(picture: Float[np.ndarray, "H W 3"], quality: int = 85) -> bytes:
    """Encode an opaque picture as JPEG.

    Args:
        picture: red, green, blue in [0, 1].
        quality: of libjpeg, in [1, 95].
    """
    buffer = io.BytesIO()
    Image.fromarray(_bytes(picture)).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _bytes(picture: np.ndarray) -> np.ndarray:
    return (np.clip(picture, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
