"""The Basel Face Model of 2017: `model2017-1_*.h5`, HDF5 files as statismo and scalismo write them."""

from pathlib import Path

import numpy as np
from jaxtyping import Float

from toonface.io.morphable_files.checks import (
    MAX_FILE_BYTES,
    as_faces,
    as_points,
    as_vector,
    check_readable,
    expecting,
    naming,
    numbered,
    numbers,
    scaled_columns,
)
from toonface.morphable.model import MorphableModel

METRES_PER_UNIT = 1e-3
"""Lengths are in millimetres."""

_PARTS = ("shape", "expression", "color")
_FACES = "shape/representer/cells"


def read_bfm2017(path: Path | str) -> MorphableModel:
    """Read a Basel Face Model 2017 (Gerig et al., "Morphable Face Models - An Open Framework").

    The groups `shape`, `expression` and `color` each have `model/mean` (3V), `model/pcaBasis` (3V, K) and
    `model/pcaVariance` (K); `shape/representer/cells` (3, F) counts from 0, counter-clockwise
    (`convert-bfm2017-to-eos.py` of eos). The mean neutral face is the sum of the means of shape and expression. Colours
    are in [0, 1]. statismo 0.9 stores an orthonormal basis, 0.8 one that is already multiplied by the standard
    deviations; the group's `version` says which (`StatismoIO.h` of statismo).

    Args:
        path: the file. `model2017-1_face12_nomouth.h5` is the smallest.

    Raises:
        ValueError: it cannot be read, is no such file, or misses a part; the message names it.
        ImportError: h5py is not installed.
    """
    path = Path(path)
    with naming(path):
        check_readable(path)
        values = _datasets(path)
        shape_mean, identity_basis = _component(values, "shape", METRES_PER_UNIT)
        expression_mean, expression_basis = _component(values, "expression", METRES_PER_UNIT)
        albedo_mean, albedo_basis = _component(values, "color", 1.0)
        if expression_mean.shape != shape_mean.shape:
            raise ValueError(f"expected {len(shape_mean)} vertices in 'expression', found {len(expression_mean)}")
        return MorphableModel(
            name="BFM 2017",
            faces=as_faces(numbers(values, _FACES, (3, None)).T, _FACES, first_index=0),
            mean=shape_mean + expression_mean,
            identity_basis=identity_basis,
            expression_basis=expression_basis,
            expression_names=numbered("expression", expression_basis.shape[2]),
            albedo_mean=albedo_mean,
            albedo_basis=albedo_basis,
        )


def _datasets(path: Path) -> dict[str, object]:
    """The datasets that the model needs and the file has, by their path."""
    try:
        import h5py
    except ImportError as error:
        raise ImportError(f"reading {path} needs h5py: pip install h5py, or toonface[bfm]") from error
    wanted = [f"{part}/model/{name}" for part in _PARTS for name in ("mean", "pcaBasis", "pcaVariance")]
    wanted += [f"{part}/version/{name}" for part in _PARTS for name in ("majorVersion", "minorVersion")]
    with expecting("an HDF5 file (model2017-1_*.h5)"), h5py.File(path, "r") as file:
        found = {name: file[name] for name in (*wanted, _FACES) if name in file}
        too_large = [name for name, dataset in found.items() if dataset.nbytes > MAX_FILE_BYTES]
        if too_large:
            raise ValueError(f"{too_large} unpack to more than {MAX_FILE_BYTES} bytes")
        values: dict[str, object] = {name: np.atleast_1d(dataset[()]) for name, dataset in found.items()}
        others: dict[str, object] = {name: None for name in file}  # of a file that has nothing of it, for the message
        return values or others


def _component(
    values: dict[str, object], part: str, unit: float
) -> tuple[Float[np.ndarray, "V 3"], Float[np.ndarray, "V 3 K"]]:
    names = [f"{part}/model/{name}" for name in ("mean", "pcaVariance", "pcaBasis")]
    mean = as_points(as_vector(numbers(values, names[0], (None,)), names[0]), names[0])
    variances = as_vector(numbers(values, names[1], (None,)), names[1])
    basis = numbers(values, names[2], (mean.size, len(variances)))
    if (variances < 0.0).any():
        raise ValueError(f"expected {names[1]!r} to be 0 or more, found {variances.min():g}")
    deviations = np.ones_like(variances) if _is_scaled(values, part) else np.sqrt(variances)
    return mean * unit, scaled_columns(basis, deviations * unit)


def _is_scaled(values: dict[str, object], part: str) -> bool:
    """Whether a basis is stored times its standard deviations. Without a version it is taken to be orthonormal."""
    names = [f"{part}/version/{name}" for name in ("majorVersion", "minorVersion")]
    if not any(name in values for name in names):
        return False
    version = tuple(int(numbers(values, name, (1,))[0]) for name in names)
    if version not in ((0, 8), (0, 9)):
        raise ValueError(f"expected {part!r} of statismo version 0.8 or 0.9, found {version[0]}.{version[1]}")
    return version == (0, 8)
