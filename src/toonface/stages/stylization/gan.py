"""Draw a portrait by a generator of cartoons: cut the face out, let it be made anew, put it back."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from toonface.geometry.crop import CropFrame, network_input, resample, to_crop, to_picture, warp
from toonface.geometry.smoothstep import smoothstep
from toonface.stages.stylization.backdrop import plain_backdrop
from toonface.stages.stylization.ffhq import ffhq_frame
from toonface.types import Cartoon, FaceRegions, Landmarks, Network, Picture, take_output

GAN_STYLE = "gan"
BORDER = 0.10
"""Of the frame, along each side, over which what was made fades into the portrait."""


@dataclass(frozen=True, kw_only=True)
class GanOptions:
    """How a generator's cartoon is used.

    Raises:
        ValueError: the strength is out of range, or the background unknown.
    """

    strength: float = 1.0
    """In [0, 1]: how much of what was made covers the portrait."""
    redraw: bool = False
    """Whether a picture that is a cartoon already is drawn once more; for who decides that, see `pipeline`."""
    background: str = "keep"
    """`keep`, or `plain`: one light colour."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise ValueError(f"strength is {self.strength}, expected a number in [0, 1]")
        if self.background not in ("keep", "plain"):
            raise ValueError(f"background is {self.background!r}, expected 'keep' or 'plain'")


GAN_DEFAULTS = GanOptions()


def draw_by_gan(
    network: Network,
    size: int,
    picture: Picture,
    landmarks: Landmarks,
    regions: FaceRegions,
    options: GanOptions = GAN_DEFAULTS,
) -> Cartoon:
    """Draw one face of a picture as a generator of cartoons does.

    Args:
        network: from a crop in the frame of Flickr-Faces-HQ to `cartoon`, sRGB in [0, 1], of the same size.
        size: side of that crop, pixels.
        picture: sRGB.
        landmarks: of the face.
        regions: of the picture; they say what is background.
        options: strength and background.

    Raises:
        ValueError: the network returned something else than a picture of that size.
    """
    frame = ffhq_frame(landmarks.points_px)
    outputs = network(network_input(warp(picture, frame, size)))
    made = np.moveaxis(take_output(outputs, "cartoon", (1, 3, size, size))[0], 0, 2)
    drawn = put_back(picture, (255.0 * np.clip(made, 0.0, 1.0) + 0.5).astype(np.uint8), frame, options.strength)
    if options.background == "plain":
        drawn = plain_backdrop(drawn, regions)
    side = frame.side_px / size
    notes = (f"this generator makes {size} px, which is enlarged {side:.1f} times",) if side > 1.5 else ()
    return Cartoon(picture=drawn, style=GAN_STYLE, notes=notes)


def put_back(picture: Picture, made: UInt8[np.ndarray, "S S 3"], frame: CropFrame, strength: float) -> Picture:
    """Lay a crop over the picture that it was cut from; it fades out towards its border.

    Args:
        picture: sRGB.
        made: the crop, sRGB.
        frame: of the crop.
        strength: in [0, 1]; 0 returns the picture's colours.
    """
    size, (height, width) = len(made), picture.shape[:2]
    corners = to_picture(frame, size, np.array([[0.0, 0.0], [size, 0.0], [0.0, size], [size, size]]))
    low = np.clip(np.floor(corners.min(axis=0)), 0, [width, height]).astype(np.int64)
    high = np.clip(np.ceil(corners.max(axis=0)), 0, [width, height]).astype(np.int64)
    out = picture.copy()
    if (low >= high).any():
        return out
    corner, right, below = to_crop(frame, size, low + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    axes = np.stack([right - corner, below - corner])
    rows, columns = int(high[1] - low[1]), int(high[0] - low[0])
    window = out[low[1] : high[1], low[0] : high[0]]
    share = np.float32(strength) * _inside(corner / size, axes / size, (rows, columns))[..., None]
    window[...] = window + share * (resample(made, corner, axes, (rows, columns)) - window.astype(np.float32)) + 0.5
    return out


def _inside(
    corner: Float32[np.ndarray, "2"] | np.ndarray, axes: np.ndarray, shape: tuple[int, int]
) -> Float32[np.ndarray, "rows columns"]:
    """1 inside the frame, falling to 0 at its border; places are in sides of the frame."""
    down, across = np.arange(shape[0])[:, None] + 0.5, np.arange(shape[1]) + 0.5
    inside = np.ones(shape)
    for k in (0, 1):
        place = corner[k] + across * axes[0, k] + down * axes[1, k]
        inside = inside * smoothstep(0.0, BORDER, np.minimum(place, 1.0 - place))
    return inside.astype(np.float32)
