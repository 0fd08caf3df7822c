"""Lay pictures out on a page with labels."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw

Picture = UInt8[np.ndarray, "H W 3"]
LABEL_COLOUR = (255, 255, 255)
SHADOW = (20, 20, 20)


def contact_sheet(pictures: Sequence[tuple[str, Picture]], columns: int) -> UInt8[np.ndarray, "PH PW 3"]:
    """Put labelled pictures of one size into rows.

    Args:
        pictures: label and picture; an empty label is not written.
        columns: pictures in a row.

    Raises:
        ValueError: there are no pictures, or they differ in size.
    """
    if not pictures:
        raise ValueError("a sheet needs at least one picture, got none")
    sizes = {picture.shape for _, picture in pictures}
    if len(sizes) > 1:
        raise ValueError(f"pictures have sizes {sorted(sizes)}, expected one size")
    height, width, _ = pictures[0][1].shape
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * width, rows * height), (40, 42, 46))
    pen = ImageDraw.Draw(page)
    for number, (label, picture) in enumerate(pictures):
        left, top = number % columns * width, number // columns * height
        page.paste(Image.fromarray(picture), (left, top))
        pen.text((left + 7, top + 5), label, fill=SHADOW)
        pen.text((left + 6, top + 4), label, fill=LABEL_COLOUR)
    return np.asarray(page)
