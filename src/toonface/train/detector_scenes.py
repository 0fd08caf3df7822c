"""Pictures to learn finding faces from: faces of any size pasted into pictures, several in one, or none at all.

Where faces lie is known because they were put there, and which are hidden because each pixel remembers whose it is.
"""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8
from PIL import Image

from toonface.geometry.crop import warp_affine
from toonface.io.sample_cache import SampleCache
from toonface.synth.picture.backgrounds import background, sample_background
from toonface.train.augment import pencil, recolour
from toonface.train.detector_board import BEYOND, CONTRAST, OPACITY, TINT, Board, Cell, Picture, Source, place_face
from toonface.train.real_points import RealPoints
from toonface.train.samples import training_count
from toonface.types import FaceRegion

SKIN = [FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT, FaceRegion.NECK]
HAIR = [FaceRegion.HAIR, FaceRegion.FACIAL_HAIR, FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT]
FEATURES = [
    FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT, FaceRegion.GLASSES, FaceRegion.INNER_MOUTH, FaceRegion.LIP_UPPER,
    FaceRegion.LIP_LOWER, FaceRegion.FACIAL_HAIR, FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT,
]  # fmt: skip
COMPLEXIONS = ((255, 200, 40), (255, 215, 185), (225, 170, 130), (165, 115, 85), (100, 65, 50), (60, 40, 38))
"""Of emoji: yellow first."""
WHITE = (255, 255, 255)
SCENE_SHARES = (0.56, 0.14, 0.1, 0.2)
"""Of scenes with one face, several side by side, several in front of each other, none."""


@dataclass(frozen=True, kw_only=True)
class Scenes:
    """Draws training scenes; one object, so that worker processes can have it."""

    cache: SampleCache
    """Samples to take faces from; the last ones are left for validation."""
    real: list[RealPoints]
    """Real portraits."""
    real_share: float
    """Of the pasted whole pictures that are real portraits."""
    size: int
    """Side of a scene, a multiple of 32."""

    def __call__(self, rng: np.random.Generator) -> tuple[Picture, Float32[np.ndarray, "M 15"]]:
        """Return a scene and its faces.

        A row of the faces: 1 for a face, −1 for one of which too little is seen to say so, 0 for none; left, top, right
        and bottom of the box around its 68 points; x and y of its five points. All in pixels of the scene.
        """
        kind = int(rng.choice(4, p=SCENE_SHARES))
        board = (self._single, self._grid, self._group, self.faceless)[kind](rng)
        if rng.random() < 0.12:  # what a letter-box adds
            first, axis = self.size - int(rng.integers(1, 32)), int(rng.integers(2))
            for plane in (board.picture, board.owners):
                turned = np.swapaxes(plane, 0, axis)
                turned[first:] = turned[first - 1] if plane is board.picture else -1
        faces = board.rows()
        sides = (faces[:, 3:5] - faces[:, 1:3])[faces[:, 0] > 0].max(axis=1, initial=0.0)
        return _relit(rng, board.picture, float(sides.min(initial=self.size))), faces

    @property
    def _whole(self) -> Cell:
        return 0, 0, self.size, self.size

    def _source(self, rng: np.random.Generator) -> Source:
        sample = self.cache[int(rng.integers(training_count(len(self.cache), len(self.cache.styles))))]
        return Source(picture=sample.picture, classes=sample.parsing, points_px=sample.landmarks_px.astype(float))

    def _picture_source(self, rng: np.random.Generator) -> Source:
        """Return what may be pasted as a whole picture only: nobody has parsed the real ones."""
        if not self.real or rng.random() >= self.real_share:
            return self._source(rng)
        portrait = self.real[rng.integers(len(self.real))]
        classes = np.zeros(portrait.picture.shape[:2], np.uint8)
        return Source(picture=portrait.picture, classes=classes, points_px=portrait.completed_px)

    def _single(self, rng: np.random.Generator) -> Board:
        """One face: a picture, a person cut out, or a head alone, as in emoji."""
        kind = rng.choice(["picture", "person", "head"], p=[0.5, 0.17, 0.33])
        low, high = (0.35, 1.0)
        if kind != "head":
            low, high = ((0.3, 1.0), (0.09, 0.4), (0.9, 1.25))[rng.choice(3, p=[0.5, 0.33, 0.17])]
        extent = np.exp(rng.uniform(np.log(low), np.log(high)))
        # Of the ground behind a large picture nothing much is seen.
        plain = {"head": 0.75, "person": 0.1, "picture": float(extent > 0.55)}[kind]
        board = self._ground(rng, plain=rng.random() < plain)
        self._add(rng, board, str(kind), extent, self._whole)
        return board

    def _add(self, rng: np.random.Generator, board: Board, kind: str, extent: float, cell: Cell) -> None:
        source = self._picture_source(rng) if kind == "picture" else self._source(rng)
        looks = _looks(rng, source, kind)
        board.paste(source, place_face(rng, source.points_px, extent, cell), looks, cell)

    def _grid(self, rng: np.random.Generator) -> Board:
        """Pictures side by side, or heads in rows, some places without a face."""
        rows, columns = (int(n) for n in rng.integers(1, 4, 2))
        if rows * columns == 1:
            columns = 2
        board = self._ground(rng, plain=rng.random() < 0.4)
        lines = [
            np.round(self.size * (np.arange(n + 1) + np.append(rng.uniform(-0.15, 0.15, n), 0.0)) / n).astype(int)
            for n in (rows, columns)
        ]
        kinds = ["picture"] if rng.random() < 0.6 else ["head", "person"]
        for i in range(rows):
            for j in range(columns):
                top, left = max(lines[0][i], 0), max(lines[1][j], 0)
                cell = int(left), int(top), int(lines[1][j + 1]), int(lines[0][i + 1])
                if rng.random() < 0.75:
                    self._add(rng, board, str(rng.choice(kinds)), rng.uniform(0.35, 0.95), cell)
                elif rng.random() < 0.6:
                    self._add_faceless(rng, board, cell)
        return board

    def _group(self, rng: np.random.Generator) -> Board:
        """People in front of each other."""
        board = self._ground(rng, plain=rng.random() < 0.15)
        for extent in np.sort(np.exp(rng.uniform(np.log(0.08), np.log(0.5), rng.integers(2, 7)))):
            side = int(self.size * min(2.0 * extent, 1.0))
            left, top = (int(v) for v in rng.integers(0, self.size - side + 1, 2))
            source = self._source(rng)
            place = place_face(rng, source.points_px, extent * self.size / side, (left, top, left + side, top + side))
            board.paste(source, place, _looks(rng, source, "person"), self._whole)
        return board

    def faceless(self, rng: np.random.Generator) -> Board:
        """A scene without a face: a background, a piece of one, a face that is covered or has no features."""
        kind = rng.choice(["ground", "piece", "covered", "blank"], p=[0.3, 0.25, 0.25, 0.2])
        board = self._ground(rng, plain=kind == "blank" and rng.random() < 0.5)
        if kind == "piece":
            self._add_faceless(rng, board, self._whole)
        elif kind != "ground":
            source = self._source(rng)
            looks = _looks(rng, source, "head" if kind == "blank" else "picture")
            if kind == "blank":
                looks[SKIN + FEATURES, TINT:] = [1.0, *_complexion(rng), rng.uniform(0.0, 0.05)]
            board.paste(
                source, place_face(rng, source.points_px, rng.uniform(0.2, 1.0), self._whole), looks, self._whole
            )
            if kind == "covered":
                _cover(board, self._ground(rng, plain=rng.random() < 0.6).picture)
        board.faces.clear()
        return board

    def _ground(self, rng: np.random.Generator, *, plain: bool) -> Board:
        """Start a scene with a background: one colour, a painted one, or a piece of a picture."""
        size, kind = self.size, rng.random()
        owners = np.full((size, size), -1, np.int16)
        if plain or kind < 0.15:
            colour = WHITE if rng.random() < 0.5 else rng.integers(0, 256, 3)
            return Board(picture=np.full((size, size, 3), colour, np.uint8), owners=owners)
        if kind < 0.35:
            board = Board(picture=np.full((size, size, 3), rng.integers(0, 256, 3), np.uint8), owners=owners)
            self._add_faceless(rng, board, self._whole)
            return board
        light = background(sample_background(rng, toon=bool(rng.random() < 0.5)), size)
        # The square root is close enough to the curve of sRGB for a background.
        picture = (255.0 * np.sqrt(np.clip(light, 0.0, 1.0))).astype(np.uint8)
        return Board(picture=picture, owners=owners)

    def _add_faceless(self, rng: np.random.Generator, board: Board, cell: Cell) -> None:
        """Fill a cell with a part of a picture that shows no face: cloth, hair, neck, what is behind."""
        source = self._source(rng)
        low, high = source.points_px.min(axis=0), source.points_px.max(axis=0)
        low, high = low - 0.05 * (high - low), high + 0.05 * (high - low)
        size = source.picture.shape[0]
        for _ in range(8):
            side = rng.uniform(0.15, 0.6) * size
            corner = rng.uniform(0.0, size - side, 2)
            if (corner >= high).any() or (corner + side <= low).any():
                break
        else:
            return
        scale = max(cell[2] - cell[0], cell[3] - cell[1]) / side
        turn = np.array([[1.0, 0.0], [0.0, 1.0]])[:: rng.choice([-1, 1])] * rng.choice([-1.0, 1.0], 2)
        middle = np.array([0.5 * (cell[0] + cell[2]), 0.5 * (cell[1] + cell[3])])
        to_board = np.column_stack([scale * turn, middle - scale * turn @ (corner + 0.5 * side)])
        looks = np.zeros((BEYOND + 1, CONTRAST + 1))
        looks[:, OPACITY] = 1.0
        board.paste(source, to_board, looks, cell)
        board.faces.pop()
        left, top, right, bottom = cell
        board.owners[top:bottom, left:right] = -1


def _complexion(rng: np.random.Generator) -> Float[np.ndarray, "3"]:
    if rng.random() < 0.15:
        return rng.uniform(0.0, 255.0, 3)
    return np.clip(np.array(COMPLEXIONS[rng.integers(len(COMPLEXIONS))]) + rng.normal(0.0, 14.0, 3), 0.0, 255.0)


def _looks(rng: np.random.Generator, source: Source, kind: str) -> Float[np.ndarray, "K 6"]:
    """Draw how each class is pasted: opacity, share of a tint, its colour, contrast of what is tinted.

    Returns:
        One row per class, and one for what lies beyond the picture.
    """
    looks = np.zeros((BEYOND + 1, CONTRAST + 1))
    looks[:BEYOND, OPACITY] = 1.0
    if kind == "picture":
        looks[BEYOND, OPACITY] = float(rng.random() < 0.5)
        return looks
    looks[FaceRegion.BACKGROUND, OPACITY] = 0.0
    if kind == "head":
        hidden = [FaceRegion.CLOTH] + [FaceRegion.NECK] * (rng.random() < 0.7)
        looks[hidden + [FaceRegion.HAIR, FaceRegion.HAT] * (rng.random() < 0.25), OPACITY] = 0.0
    if rng.random() < (0.6 if kind == "head" else 0.2):  # few flat colours
        contrast = rng.uniform(0.05, 0.9)
        looks[SKIN, TINT:] = [rng.uniform(0.6, 1.0), *_complexion(rng), contrast]
        looks[HAIR, TINT:] = [rng.uniform(0.0, 1.0), *rng.uniform(0.0, 255.0, 3), 0.5 * contrast]
    return looks


def _cover(board: Board, other: Picture) -> None:
    """Cover the last face with an ellipse cut out of another picture."""
    low, high = board.faces[-1].min(axis=0), board.faces[-1].max(axis=0)
    y, x = np.indices(board.owners.shape) + 0.5
    across, down = ((v - c) / h for v, c, h in zip((x, y), 0.5 * (low + high), 0.65 * (high - low), strict=True))
    inside: Bool[np.ndarray, "H W"] = across * across + down * down < 1.0
    board.picture[inside] = other[inside]


def _relit(rng: np.random.Generator, picture: Picture, smallest_px: float) -> Picture:
    """Change the look of a scene at random: resolution, drawing, colours, noise, compression. It covers nothing."""
    size = len(picture)
    if rng.random() < 0.25:
        rows = max(int(size * rng.uniform(0.15, 0.7)), int(min(16.0 / smallest_px, 1.0) * size))
        coarse = warp_affine(picture, np.zeros(2), size / rows * np.eye(2), rows)
        picture = warp_affine(coarse, np.zeros(2), rows / size * np.eye(2), size)
    if rng.random() < 0.05:
        picture = pencil(picture, float(rng.uniform(0.02, 0.06)))
    if rng.random() < 0.8:
        recolour(picture, *_colours(rng))
    if rng.random() < 0.3:
        level = np.exp(rng.uniform(np.log(0.05), np.log(0.5)))
        grain = rng.integers(0, 256, (size, size, 3), np.uint8)
        picture = np.clip(picture + np.float32(level) * (grain - np.float32(127.5)), 0.0, 255.0).astype(np.uint8)
    if rng.random() < 0.2:
        data = BytesIO()
        Image.fromarray(picture).save(data, "JPEG", quality=int(rng.integers(12, 80)))
        picture = np.array(Image.open(data))
    return picture


def _colours(rng: np.random.Generator) -> tuple[Float[np.ndarray, "3 3"], UInt8[np.ndarray, "3 256"]]:
    """Draw a matrix over the channels (grey to garish), and a curve for each (brightness, contrast, few tones)."""
    luma = np.full((3, 3), 1.0) * [0.299, 0.587, 0.114]
    matrix = luma + (0.0 if rng.random() < 0.15 else np.exp(rng.normal(0.0, 0.4))) * (np.eye(3) - luma)
    if rng.random() < 0.1:  # other colours altogether, as under coloured lamps
        matrix = matrix + rng.normal(0.0, 0.25, (3, 3))
    gamma, gain = (np.exp(rng.normal(0.0, s) + rng.normal(0.0, 0.07, (3, 1))) for s in (0.3, 0.15))
    curves = np.exp(rng.normal(0.0, 0.25)) * (gain * np.linspace(0.0, 1.0, 256) ** gamma - 0.5) + 0.5
    if rng.random() < 0.08:
        tones = int(rng.integers(3, 8))
        curves = np.round(curves * tones) / tones
    if rng.random() < 0.01:
        curves = 1.0 - curves
    return matrix, (255.0 * np.clip(curves + rng.normal(0.0, 0.05), 0.0, 1.0) + 0.5).astype(np.uint8)
