"""The Basel Face Model of 2009: `01_MorphableModel.mat`, a MATLAB file."""

from pathlib import Path

import numpy as np
from jaxtyping import Float

from toonface.io.morphable_files.checks import (
    as_faces,
    as_points,
    as_vector,
    check_readable,
    naming,
    numbers,
    scaled_columns,
)
from toonface.io.morphable_files.matlab5 import read_matlab5
from toonface.morphable.model import MorphableModel

METRES_PER_UNIT = 1e-6
"""Lengths are in micrometres."""


def read_bfm2009(path: Path | str) -> MorphableModel:
    """Read the Basel Face Model 2009.

    Paysan et al., "A 3D Face Model for Pose and Illumination Invariant Face Recognition". The file has 53,490 vertices,
    199 columns of shape and 199 of colour, and no expressions: `shapeMU` (3V, 1), `shapePC` (3V, K), `shapeEV` (K, 1);
    the same for `tex`, in [0, 255]; `tl` (F, 3). Three things may surprise and are read as eos
    (`convert-bfm2009-to-eos.py`) and others read them: `EV` are standard deviations, not eigenvalues; `tl` counts from
    1; and its triangles are clockwise seen from outside.

    Args:
        path: the file.

    Raises:
        ValueError: it cannot be read, is no such file, or misses a part; the message names it.
    """
    path = Path(path)
    with naming(path):
        check_readable(path)
        values = read_matlab5(path.read_bytes())
        mean, identity_basis = _component(values, "shape", METRES_PER_UNIT)
        albedo_mean, albedo_basis = _component(values, "tex", 1.0 / 255.0)
        clockwise = as_faces(numbers(values, "tl", (None, 3)), "tl", first_index=1)
        return MorphableModel(
            name="BFM 2009",
            faces=clockwise[:, [0, 2, 1]],
            mean=mean,
            identity_basis=identity_basis,
            expression_basis=np.zeros((len(mean), 3, 0), dtype=np.float32),
            expression_names=(),
            albedo_mean=albedo_mean,
            albedo_basis=albedo_basis,
        )


def _component(
    values: dict[str, object], name: str, unit: float
) -> tuple[Float[np.ndarray, "V 3"], Float[np.ndarray, "V 3 K"]]:
    mean = as_points(as_vector(numbers(values, f"{name}MU", (None, None)), f"{name}MU"), f"{name}MU")
    deviations = as_vector(numbers(values, f"{name}EV", (None, None)), f"{name}EV")
    basis = numbers(values, f"{name}PC", (mean.size, len(deviations)))
    return mean * unit, scaled_columns(basis, deviations * unit)
