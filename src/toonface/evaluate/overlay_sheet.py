"""A picture to draw on: shown at a legible size, with smooth lines, dots and plates."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from toonface.types import Picture

Page = UInt8[np.ndarray, "PH PW 3"]
"""What is shown; its size is another than the picture's."""
Colour = tuple[int, int, int]

SMALLEST, LARGEST = 512, 1280
"""Long side of what is shown, pixels: smaller pictures are enlarged by a whole number, larger ones shrunk."""
FINE = 3
"""Lines are drawn at so many times the size and then averaged."""
DARK = (16, 18, 22)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A picture at the size in which it is shown."""

    picture: Image.Image
    scale: float
    """Shown pixels per pixel."""

    @staticmethod
    def of(picture: Picture) -> "Sheet":
        """Bring a picture to a legible size."""
        long = max(picture.shape[:2])
        scale = float(-(-SMALLEST // long)) if long < SMALLEST else min(1.0, LARGEST / long)
        size = tuple(max(round(side * scale), 1) for side in picture.shape[1::-1])
        shown = Image.fromarray(picture)
        if scale != 1.0:
            shown = shown.resize(size, Image.Resampling.LANCZOS if scale < 1.0 else Image.Resampling.BICUBIC)
        return Sheet(picture=shown.convert("RGBA"), scale=scale)

    def pen(self) -> "Pen":
        """Begin a layer."""
        width, height = self.picture.size
        return Pen(Image.new("RGBA", (FINE * width, FINE * height)), FINE * self.scale)

    def with_layers(self, *layers: "Pen") -> Page:
        """Lay what was drawn over the picture, the first layer lowest."""
        page = self.picture
        for layer in layers:
            page = Image.alpha_composite(page, layer.image.resize(page.size, Image.Resampling.BOX))
        return np.asarray(page.convert("RGB"))


class Pen:
    """Draws in pixels of the picture on a transparent layer; sizes are in shown pixels."""

    def __init__(self, image: Image.Image, scale: float) -> None:
        self.image, self.scale, self.draw = image, scale, ImageDraw.Draw(image)

    def line(self, points: Float[np.ndarray, "N 2"], colour: Colour, width: float) -> None:
        """Draw a line with round ends and a thin dark edge."""
        places = [tuple(place) for place in self.scale * points]
        for paint, wide in (((*DARK, 130), width + 1.4), ((*colour, 255), width)):
            self.draw.line(places, fill=paint, width=max(round(FINE * wide), 1), joint="curve")
            for x, y in (places[0], places[-1]):
                self._disc((x, y), 0.5 * wide, paint)

    def dot(self, point: Float[np.ndarray, "2"], colour: Colour, radius: float) -> None:
        """Draw a disc with a thin dark edge."""
        place = (self.scale * point[0], self.scale * point[1])
        self._disc(place, radius + 0.9, (*DARK, 170))
        self._disc(place, radius, (*colour, 255))

    def halo(self, point: Float[np.ndarray, "2"], colour: Colour, radius_px: float) -> None:
        """Draw a faint circle whose radius is in pixels of the picture."""
        x, y, r = *(self.scale * point), self.scale * radius_px
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=(*colour, 46), outline=(*colour, 120), width=FINE)

    def _disc(self, place: tuple[float, float], radius: float, paint: tuple[int, ...]) -> None:
        (x, y), r = place, FINE * radius
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=paint)

    def tag(self, corner: Float[np.ndarray, "2"], text: str, colour: Colour, size: float) -> None:
        """Write on a plate that stands on a point, or hangs from it at the upper edge of the picture."""
        font = ImageFont.load_default(FINE * size)
        pad = 0.35 * FINE * size
        wide, high = font.getlength(text) + 2.0 * pad, 1.45 * FINE * size
        x = min(max(self.scale * corner[0], 0.0), self.image.width - wide)
        y = self.scale * corner[1] - high
        y = y if y >= 0.0 else max(self.scale * corner[1], 0.0)
        self.draw.rounded_rectangle((x, y, x + wide, y + high), radius=0.3 * FINE * size, fill=(*colour, 235))
        self.draw.text((x + pad, y + 0.5 * high), text, fill=(*DARK, 255), font=font, anchor="lm")
