"""FLAME: `generic_model.pkl` of 2017, 2020 and 2023, a pickle that is read without running it, or an npz file."""

import math
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np

from toonface.io import inert_pickle
from toonface.io.morphable_files.checks import (
    MAX_FILE_BYTES,
    NEUTRAL_ALBEDO,
    as_faces,
    check_readable,
    expecting,
    naming,
    numbered,
    numbers,
    scaled_columns,
)
from toonface.morphable.model import MorphableModel

IDENTITY_COLUMNS = 300
EXPRESSION_COLUMNS = 100

_NEEDED = ("v_template", "f", "shapedirs")


def read_flame(path: Path | str) -> MorphableModel:
    """Read FLAME (Li et al., "Learning a model of facial shape and expression from 4D scans").

    Of the file's arrays, `v_template` (5023, 3) is the mean in metres, `f` (9976, 3) the triangles, and `shapedirs`
    (5023, 3, 400) the columns per standard deviation, the first 300 of identity and the last 100 of expression. The
    jaw, neck and eyes that turn (`posedirs`, `J_regressor`, `weights`) are no part of a linear model and are left out,
    so the jaw does not open. There are no colours: every vertex has `NEUTRAL_ALBEDO`.

    Args:
        path: the pickle, or an npz file with the same names.

    Raises:
        ValueError: it cannot be read, is no such file, or misses a part; the message names it.
    """
    path = Path(path)
    with naming(path):
        check_readable(path)
        data = path.read_bytes()
        values = _unzipped(data) if data.startswith(b"PK") else _unpickled(data)
        mean = numbers(values, "v_template", (None, 3)).astype(np.float64)
        count = IDENTITY_COLUMNS + EXPRESSION_COLUMNS
        columns = scaled_columns(numbers(values, "shapedirs", (len(mean), 3, count)), np.ones(count))
        return MorphableModel(
            name="FLAME",
            faces=as_faces(numbers(values, "f", (None, 3)), "f", first_index=0),
            mean=mean,
            identity_basis=np.ascontiguousarray(columns[:, :, :IDENTITY_COLUMNS]),
            expression_basis=np.ascontiguousarray(columns[:, :, IDENTITY_COLUMNS:]),
            expression_names=numbered("expression", EXPRESSION_COLUMNS),
            albedo_mean=np.tile(NEUTRAL_ALBEDO, (len(mean), 1)),
            albedo_basis=np.zeros((len(mean), 3, 0), dtype=np.float32),
        )


def _unpickled(data: bytes) -> dict:
    values = inert_pickle.loads(data)
    if not isinstance(values, dict):
        raise ValueError(f"expected a pickled dict, found {type(values).__name__!r}")
    return values


def _unzipped(data: bytes) -> dict:
    with expecting("an npz file"), zipfile.ZipFile(BytesIO(data)) as archive:
        return dict(_members(archive))


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, object]]:
    for member in archive.infolist():
        name = member.filename.removesuffix(".npy")
        if member.file_size > MAX_FILE_BYTES:
            raise ValueError(f"{name} unpacks to {member.file_size} bytes, expected at most {MAX_FILE_BYTES}")
        yield name, _npy(archive.read(member)) if name in _NEEDED else None


def _npy(data: bytes) -> np.ndarray:
    """An array in numpy's file format. `numpy.load` would reserve whatever size the header claims."""
    stream = BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"an array is of format {version[0]}.{version[1]}, expected 1.0 or 2.0")
    shape, is_fortran, dtype = read_header(stream)
    found, expected = len(data) - stream.tell(), math.prod(shape) * dtype.itemsize
    if dtype.hasobject or found != expected:
        raise ValueError(f"an array of shape {shape} and type {dtype} has {found} bytes, expected {expected}")
    return np.ndarray(shape, dtype, buffer=data, offset=stream.tell(), order="F" if is_fortran else "C")
