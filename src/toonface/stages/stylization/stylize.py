"""Turn a portrait into a cartoon of the same person."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32
from scipy.ndimage import gaussian_filter

from toonface.geometry.crop import CropFrame, network_input, to_crop, warp
from toonface.geometry.smoothstep import smoothstep
from toonface.stages.stylization.backdrop import plain_backdrop
from toonface.stages.stylization.crop import MARGIN, SIZE, stylizer_frame
from toonface.stages.stylization.field import StyleField, field_from_landmarks, field_from_network, style_number
from toonface.stages.stylization.painting import paint
from toonface.stages.stylization.simplify import simplify
from toonface.stages.stylization.skin import inside_of, smooth_skin
from toonface.types import Cartoon, FaceRegion, FaceRegions, Landmarks, Network, Picture

NO_STYLE = "none"
MOST_UNCERTAIN = 0.02
"""Sides of the crop: a network that doubts its offsets by more is not followed."""
AMOUNT = {"soft": 1.0, "bold": 0.8, "anime": 0.75}
"""How far strength 1 goes towards what the style's scenes show. On renders all of it is right; a photograph with all
of it looks startled, and hair bulges at the temples."""
REACH = (1.02, 1.16)
"""Sides of the crop about its middle within which everything of a person is simplified, and beyond which nothing is."""
TONE_REACH = 0.10
"""Sides of the crop over which a residual's tone is averaged, to be taken out where colours are kept."""
EDGE = 0.008
"""Sides of the face over which painting fades out at the borders of what is painted."""
PAINTED = np.zeros(256, np.float32)
PAINTED[[*(FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT, FaceRegion.LIP_UPPER),
         *(FaceRegion.LIP_LOWER, FaceRegion.INNER_MOUTH, FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT),
         FaceRegion.NECK]] = 1.0  # fmt: skip
"""Of regions: where a style's colours are added. Hands, hats, hair, beards and glasses keep theirs."""


@dataclass(frozen=True, kw_only=True)
class StylizeOptions:
    """What a cartoon is to look like.

    Raises:
        ValueError: the style or the background is unknown, or the strength out of range.
    """

    style: str = "soft"
    """`soft` as in 3D films, `bold` with larger eyes and simpler forms, `anime`, or `none`."""
    strength: float = 1.0
    """In [0, 1]: 0 is the portrait itself."""
    keep_colors: bool = False
    """Whether the skin keeps its tone everywhere; only lines and shades of the style are added."""
    redraw: bool = False
    """Whether a picture that is a cartoon already is drawn once more; for who decides that, see `stylize_portrait`."""
    background: str = "keep"
    """`keep`, or `plain`: one light colour."""

    def __post_init__(self) -> None:
        if self.style != NO_STYLE:
            style_number(self.style)
        if not 0.0 <= self.strength <= 1.0:
            raise ValueError(f"strength is {self.strength}, expected a number in [0, 1]")
        if self.background not in ("keep", "plain"):
            raise ValueError(f"background is {self.background!r}, expected 'keep' or 'plain'")


STYLIZE_DEFAULTS = StylizeOptions()


def stylize(
    network: Network | None,
    picture: Picture,
    landmarks: Landmarks,
    regions: FaceRegions,
    options: StylizeOptions = STYLIZE_DEFAULTS,
) -> Cartoon:
    """Draw one face of a picture as a cartoon.

    Args:
        network: `stylizer`; None to move landmarks by the style's proportions and smooth the skin.
        picture: sRGB.
        landmarks: of the face.
        regions: of the picture.
        options: style and strength.

    Raises:
        ValueError: picture and regions differ in size, or the network returned something else than fields.
    """
    if regions.classes.shape != picture.shape[:2]:
        raise ValueError(f"regions have shape {regions.classes.shape}, expected the picture's, {picture.shape[:2]}")
    if options.style == NO_STYLE or options.strength == 0.0:
        return Cartoon(picture=_behind(picture, regions, options), style=NO_STYLE)
    frame, notes = stylizer_frame(landmarks), ()
    field = (
        None
        if network is None
        else field_from_network(network(network_input(warp(picture, frame, SIZE))), options.style)
    )
    if field is not None and field.uncertainty > MOST_UNCERTAIN:
        field, notes = None, ("the face is unlike those that the stylizer learnt from; plain proportions are used",)
    if field is None:
        field = field_from_landmarks(to_crop(frame, SIZE, landmarks.points_px) / SIZE, options.style)
    if options.keep_colors:
        field = replace(field, residual=_without_tone(field.residual))
    drawn = draw(picture, regions, frame, field, options.style, options.strength)
    return Cartoon(picture=_behind(drawn, regions, options), style=options.style, notes=notes)


def draw(
    picture: Picture, regions: FaceRegions, frame: CropFrame, field: StyleField, style: str, strength: float
) -> Picture:
    """Smooth, warp and repaint a face at the picture's own size.

    Args:
        picture: sRGB.
        regions: of the picture.
        frame: the stylizer's, around the face.
        field: of the face.
        style: one of `field.STYLES`.
        strength: in [0, 1]; 0 returns the picture itself.
    """
    window, moved = _window(frame, picture.shape[:2])
    if not picture[window].size:
        return picture
    face_px, classes = frame.side_px / MARGIN, regions.classes[window]
    light = (picture[window] / np.float32(255.0)).astype(np.float32)
    near = _nearness(moved, classes.shape)
    smooth = simplify(smooth_skin(light, classes, face_px), classes, near, face_px, style)
    base = light + np.float32(strength) * (smooth - light)
    painted = paint(base, inside_of(PAINTED[classes], EDGE * face_px), moved, field, AMOUNT[style] * strength)
    out = picture.copy()
    out[window] = (255.0 * painted + 0.5).astype(np.uint8)
    return out


def _window(frame: CropFrame, shape: tuple[int, int]) -> tuple[tuple[slice, slice], CropFrame]:
    """The part of a picture in which something changes, and the frame in it."""
    reach = np.ceil(0.5 * np.sqrt(2.0) * REACH[1] * frame.side_px)
    low = np.clip(np.floor(np.array(frame.centre_px) - reach), 0, [shape[1], shape[0]]).astype(np.int64)
    high = np.clip(np.ceil(np.array(frame.centre_px) + reach), low, [shape[1], shape[0]]).astype(np.int64)
    centre = (float(frame.centre_px[0] - low[0]), float(frame.centre_px[1] - low[1]))
    return (slice(low[1], high[1]), slice(low[0], high[0])), replace(frame, centre_px=centre)


def _nearness(frame: CropFrame, shape: tuple[int, int]) -> Float32[np.ndarray, "H W"]:
    """1 in the frame and somewhat beyond, falling to 0 where the parser has not looked."""
    start, right, below = to_crop(frame, 1, np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]])) - 0.5
    rows, columns = np.arange(shape[0])[:, None], np.arange(shape[1])
    u, v = (start[k] + columns * (right - start)[k] + rows * (below - start)[k] for k in (0, 1))
    distance = 2.0 * np.maximum(np.abs(u), np.abs(v))
    return smoothstep(REACH[1], REACH[0], distance).astype(np.float32)


def _without_tone(residual: Float32[np.ndarray, "S S 3"]) -> Float32[np.ndarray, "S S 3"]:
    """Take out what a residual does to colours at large; what is left has no hue."""
    reach = TONE_REACH * len(residual)
    detail = residual - gaussian_filter(residual, (reach, reach, 0.0))
    return np.repeat(detail.mean(axis=2, keepdims=True), 3, axis=2)


def _behind(picture: Picture, regions: FaceRegions, options: StylizeOptions) -> Picture:
    return plain_backdrop(picture, regions) if options.background == "plain" else picture
