"""A board to compose training scenes on: faces are pasted, and each pixel remembers whose it is.

So it is known where every face lies, and how much of it is left by later ones, by its picture's edge and the board's.
"""

from dataclasses import dataclass, field
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Float32, Int16, UInt8

from toonface.geometry.crop import five_points
from toonface.geometry.kernels import inlined, kernel
from toonface.types import MIRRORED_LANDMARKS, FaceRegion

Picture = UInt8[np.ndarray, "H W 3"]
Cell = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels: the part of a board that something is pasted into."""

MOST_FACES = 12
"""Rows of a board's faces; those left over are zero."""
VISIBLE_SHARE = 0.55
"""Of a face's points that has to be seen for it to count as one."""
HIDDEN_SHARE = 0.12
"""A face of which less is seen is none; between the two nobody is asked."""
SMALLEST_PX = 22.0
"""Of a face: the larger side of its box."""
BEYOND = len(FaceRegion)
"""Row of the looks for what lies beyond the pasted picture: its edge, drawn out."""
OPACITY, TINT, CONTRAST = 0, 1, 5
"""Columns of the looks; red, green and blue of the tint stand between the last two."""
MIDDLE_LIGHT = np.float32(130.0)
"""Grey of a picture that a tint takes as it is."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A picture with one face."""

    picture: Picture
    classes: UInt8[np.ndarray, "H W"]
    """`FaceRegion` of each pixel."""
    points_px: Float[np.ndarray, "68 2"]


@dataclass(frozen=True, kw_only=True)
class Board:
    """A scene that grows."""

    picture: Picture
    owners: Int16[np.ndarray, "H W"]
    """Which of the faces each pixel belongs to; −1 for none."""
    faces: list[Float[np.ndarray, "68 2"]] = field(default_factory=list)
    """The 68 points of each, in pixels of the board."""

    def paste(
        self, source: Source, to_board: Float[np.ndarray, "2 3"], looks: Float[np.ndarray, "K 6"], cell: Cell
    ) -> None:
        """Paste a picture into a cell.

        Args:
            source: the picture.
            to_board: affine map from its pixels to the board's; one that mirrors swaps left and right.
            looks: one row per class, and one for what lies beyond: opacity, 0 or 1; share of a tint; its red, green
                and blue up to 255; contrast of what is tinted.
            cell: inside the board; what falls beyond it is left out.
        """
        inverse = np.linalg.inv(to_board[:, :2])
        to_source = np.column_stack([inverse, -inverse @ to_board[:, 2]])
        points = source.points_px @ to_board[:, :2].T + to_board[:, 2]
        if np.linalg.det(to_board[:, :2]) < 0.0:
            points = points[MIRRORED_LANDMARKS]
        self.faces.append(points)
        step = float(np.abs(inverse).sum(axis=0).max())
        # Outlines of what is cut out are smooth only with more samples.
        taps = 1 + int(step > 1.4 or looks[0, OPACITY] == 0.0) + int(step > 2.4)
        arrays = np.ascontiguousarray(source.picture), np.ascontiguousarray(source.classes)
        where = (*_covered_cell(to_board, source.classes.shape, looks, cell), len(self.faces) - 1)
        board, single = (self.picture, self.owners), looks.astype(np.float32)
        _paste(board, arrays, to_source.astype(np.float32), single, taps, where)

    def shares(self) -> list[float]:
        """Tell which share of each face is seen: points that no other picture covers, and that no edge cuts off."""
        found = []
        for index, points in enumerate(self.faces):
            # Points of the jaw lie on the outline, where a pixel may be whoever's.
            inner = np.floor(points + 0.1 * (points.mean(axis=0) - points)).astype(int)
            inside = ((inner >= 0) & (inner < self.owners.shape[::-1])).all(axis=1)
            x, y = inner[inside].T
            found.append(float((self.owners[y, x] == index).sum() / len(points)))
        return found

    def rows(self) -> Float32[np.ndarray, "M 15"]:
        """Write down the faces.

        Returns:
            Rows of: 1 for a face, −1 for one of which too little is seen to say so, 0 for none; left, top, right and
            bottom of the box around its 68 points; x and y of its five points.
        """
        rows = np.zeros((MOST_FACES, 15), np.float32)
        seen = [(p, share) for p, share in zip(self.faces, self.shares(), strict=True) if share > HIDDEN_SHARE]
        for row, (points, share) in zip(rows, seen, strict=False):
            counts = 1.0 if share >= VISIBLE_SHARE else -1.0
            row[:] = np.concatenate([[counts], points.min(axis=0), points.max(axis=0), five_points(points).ravel()])
        return rows


def place_face(
    rng: np.random.Generator, points_px: Float[np.ndarray, "68 2"], extent: float, cell: Cell
) -> Float[np.ndarray, "2 3"]:
    """Draw an affine map that gives a face a size, turns it, and puts it somewhere into a cell.

    Args:
        rng: randomness.
        points_px: of the face in its picture.
        extent: larger side of its box, in shorter sides of the cell.
        cell: of the board.
    """
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    room = np.array([cell[2] - cell[0], cell[3] - cell[1]], float)
    length = max(extent * room.min(), SMALLEST_PX)
    roll = rng.normal(0.0, 0.15) if rng.random() < 0.75 else rng.uniform(-0.8, 0.8)
    stretch = np.exp(0.5 * rng.normal(0.0, 0.1))
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    axes = length / (high - low).max() * turn @ np.diag([stretch, 1.0 / stretch])
    if rng.random() < 0.5:
        axes[:, 0] = -axes[:, 0]
    # One face in five may leave the cell by a part of it.
    margin = length * (0.25 if rng.random() < 0.2 else 0.5)
    spare = np.maximum(room - 2.0 * margin, 0.2 * length)
    centre = np.array(cell[:2]) + 0.5 * room + spare * rng.uniform(-0.5, 0.5, 2)
    return np.column_stack([axes, centre - axes @ (0.5 * (low + high))])


def _covered_cell(
    to_board: Float[np.ndarray, "2 3"], shape: tuple[int, ...], looks: Float[np.ndarray, "K 6"], cell: Cell
) -> Cell:
    """Return the part of a cell that a picture can reach."""
    if looks[BEYOND, OPACITY] > 0.0:
        return cell
    height, width = shape[:2]
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ to_board[:, :2].T + to_board[:, 2]
    low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    left, top, right, bottom = cell
    return max(left, int(low[0])), max(top, int(low[1])), min(right, int(high[0])), min(bottom, int(high[1]))


@kernel()
@no_type_check
def _paste(
    board: tuple[np.ndarray, np.ndarray],
    source: tuple[np.ndarray, np.ndarray],
    to_source: np.ndarray,
    looks: np.ndarray,
    taps: int,
    where: tuple[int, int, int, int, int],
) -> None:
    canvas, owners = board
    one, pair = np.float32(1.0), np.float32(taps * taps)
    for row in range(where[1], where[3]):
        for column in range(where[0], where[2]):
            region, cover, red, green, blue = _sampled(source, to_source, looks, taps, row, column)
            if region >= 0:
                share = cover / pair
                rest = one - share
                if looks[region, 1] > 0.0:
                    red, green, blue = _tinted(red, green, blue, looks[region])
                canvas[row, column, 0] = np.uint8(rest * canvas[row, column, 0] + share * red)
                canvas[row, column, 1] = np.uint8(rest * canvas[row, column, 1] + share * green)
                canvas[row, column, 2] = np.uint8(rest * canvas[row, column, 2] + share * blue)
                if share > 0.5:
                    owners[row, column] = where[4] if region < BEYOND else -1


@inlined()
@no_type_check
def _sampled(
    source: tuple[np.ndarray, np.ndarray], to_source: np.ndarray, looks: np.ndarray, taps: int, row: int, column: int
) -> tuple[int, float, float, float, float]:
    """Return class and mean colour of what is shown of a pixel's samples, and how many are; −1 where none is."""
    half, one = np.float32(0.5), np.float32(1.0)
    red = green = blue = cover = colours = np.float32(0.0)
    region, inverse = -1, one / np.float32(taps)
    for j in range(taps):
        down = row + (j + half) * inverse
        for i in range(taps):
            across = column + (i + half) * inverse
            x = to_source[0, 0] * across + to_source[0, 1] * down + to_source[0, 2]
            y = to_source[1, 0] * across + to_source[1, 1] * down + to_source[1, 2]
            here = _class_at(source[1], x, y)
            if looks[here, 0] > 0.0:
                cover += one
                if i == j or region < 0:  # a diagonal of colours is enough, and takes half the time
                    r, g, b = _colour_at(source[0], x, y)
                    red, green, blue, colours = red + r, green + g, blue + b, colours + one
                region = here
    weight = one / max(colours, one)
    return region, cover, red * weight, green * weight, blue * weight


@inlined()
@no_type_check
def _class_at(classes: np.ndarray, x: float, y: float) -> int:
    height, width = classes.shape
    if x < 0.0 or y < 0.0 or x >= width or y >= height:
        return BEYOND
    return np.int64(classes[int(y), int(x)])


@inlined()
@no_type_check
def _colour_at(picture: np.ndarray, x: float, y: float) -> tuple[float, float, float]:
    height, width = picture.shape[:2]
    half, one, zero = np.float32(0.5), np.float32(1.0), np.float32(0.0)
    x, y = min(max(x - half, zero), width - one), min(max(y - half, zero), height - one)
    left, top = int(x), int(y)
    right, low = min(left + 1, width - 1), min(top + 1, height - 1)
    u, v = np.float32(x - left), np.float32(y - top)
    a, b, c, d = (one - u) * (one - v), u * (one - v), (one - u) * v, u * v
    return (
        a * picture[top, left, 0] + b * picture[top, right, 0] + c * picture[low, left, 0] + d * picture[low, right, 0],
        a * picture[top, left, 1] + b * picture[top, right, 1] + c * picture[low, left, 1] + d * picture[low, right, 1],
        a * picture[top, left, 2] + b * picture[top, right, 2] + c * picture[low, left, 2] + d * picture[low, right, 2],
    )


@inlined()
@no_type_check
def _tinted(red: float, green: float, blue: float, look: np.ndarray) -> tuple[float, float, float]:
    share, one, most = look[1], np.float32(1.0), np.float32(255.0)
    light = (np.float32(0.3) * red + np.float32(0.59) * green + np.float32(0.11) * blue) / MIDDLE_LIGHT
    shade = share * max(one + look[5] * (light - one), np.float32(0.0))
    rest = one - share
    return (
        min(rest * red + shade * look[2], most),
        min(rest * green + shade * look[3], most),
        min(rest * blue + shade * look[4], most),
    )
