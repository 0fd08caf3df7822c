"""ICT-FaceKit: a folder of OBJ files, one of the neutral mean and one per shape."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from toonface.io.morphable_files.checks import NEUTRAL_ALBEDO, check_readable, expecting, naming, scaled_columns
from toonface.morphable.model import MorphableModel
from toonface.types import Vertices

METRES_PER_UNIT = 1e-2
"""Lengths are in centimetres."""

NEUTRAL = "generic_neutral_mesh"

_IDENTITY = re.compile(r"identity\d{3}")
_VERTEX = re.compile(r"^v[ \t]+(\S[^\n]*)", re.MULTILINE)
_FACE = re.compile(r"^f[ \t]+(\S[^\n]*)", re.MULTILINE)


def read_ict_facekit(folder: Path | str) -> MorphableModel:
    """Read the light model of ICT-FaceKit (Li et al., "Learning Formation of Physically-Based Face Attributes").

    The folder `FaceXModel` has `generic_neutral_mesh.obj` (quads), `identity000.obj` and so on, each the mean changed
    by one standard deviation, and 53 expressions at full strength, whose names are those of ARKit with `_L` and `_R`
    for the character's left and right (`eyeBlink_L.obj`). All have the same vertices in the same order, so the columns
    are the differences to the neutral mesh (`face_model_io.py` of ICT-FaceKit). There are no colours: every vertex has
    `NEUTRAL_ALBEDO`.

    Args:
        folder: the one with `generic_neutral_mesh.obj` in it.

    Raises:
        ValueError: a file is missing, is no OBJ file, or lacks vertices of the neutral mesh; the message names it.
    """
    folder = Path(folder)
    with naming(folder):
        stems = sorted(path.stem for path in folder.iterdir() if path.suffix == ".obj")
        identities = _identities(stems)
    with naming(folder / f"{NEUTRAL}.obj"):
        text = _text(folder / f"{NEUTRAL}.obj")
        mean, faces = _vertices(text), _triangles(text)
    expressions = tuple(stem for stem in stems if stem != NEUTRAL and stem not in identities)
    columns = {name: _column(folder / f"{name}.obj", mean) for name in (*identities, *expressions)}
    with naming(folder):
        return MorphableModel(
            name="ICT-FaceKit",
            faces=faces,
            mean=mean,
            identity_basis=_basis([columns[name] for name in identities], len(mean)),
            expression_basis=_basis([columns[name] for name in expressions], len(mean)),
            expression_names=expressions,
            albedo_mean=np.tile(NEUTRAL_ALBEDO, (len(mean), 1)),
            albedo_basis=np.zeros((len(mean), 3, 0), dtype=np.float32),
        )


def _identities(stems: list[str]) -> list[str]:
    if NEUTRAL not in stems:
        raise ValueError(f"expected {NEUTRAL}.obj in it, found {len(stems)} other OBJ files")
    found = [stem for stem in stems if _IDENTITY.fullmatch(stem)]
    expected = [f"identity{index:03d}" for index in range(max(1, len(found)))]
    missing = [stem for stem in expected if stem not in found]
    if missing:
        raise ValueError(f"expected {missing[0]}.obj in it, found {len(found)} files identityNNN.obj")
    return found


def _text(path: Path) -> str:
    check_readable(path)
    with expecting("an OBJ file, which is text"):
        return path.read_text(encoding="utf-8")


def _vertices(text: str) -> Vertices:
    rows = _VERTEX.findall(text)
    if not rows:
        raise ValueError("expected an OBJ file with vertices, found none")
    with expecting("vertices of three numbers"):
        vertices = np.loadtxt(rows, ndmin=2, comments=None)
    if vertices.shape[1] != 3:
        raise ValueError(f"expected vertices of three numbers, found {vertices.shape[1]}")
    return METRES_PER_UNIT * vertices


def _triangles(text: str) -> Int[np.ndarray, "F 3"]:
    """The polygons, each as a fan around its first corner."""
    polygons = [corners.split() for corners in _FACE.findall(text)]
    if not polygons:
        raise ValueError("expected an OBJ file with faces, found none")
    return np.array([triangle for corners in polygons for triangle in _fan(corners)], dtype=np.int64) - 1


def _fan(corners: list[str]) -> list[tuple[int, int, int]]:
    """One polygon, corners as in "12/7/3": vertex, texture coordinate, normal, counted from 1."""
    indices = [corner.split("/")[0] for corner in corners]
    if len(indices) < 3 or not all(re.fullmatch(r"[1-9]\d{0,8}", index) for index in indices):
        raise ValueError(f"expected a face of three or more corners counted from 1, found {' '.join(corners)[:60]!r}")
    numbers = [int(index) for index in indices]
    return [(numbers[0], second, third) for second, third in pairwise(numbers[1:])]


def _column(path: Path, mean: Vertices) -> Float[np.ndarray, "V 3"]:
    with naming(path):
        vertices = _vertices(_text(path))
        if vertices.shape != mean.shape:
            raise ValueError(f"expected {len(mean)} vertices as in {NEUTRAL}.obj, found {len(vertices)}")
        return vertices - mean


def _basis(columns: list[np.ndarray], vertex_count: int) -> Float[np.ndarray, "V 3 K"]:
    if not columns:
        return np.zeros((vertex_count, 3, 0), dtype=np.float32)
    return scaled_columns(np.stack(columns, axis=2), np.ones(len(columns)))
