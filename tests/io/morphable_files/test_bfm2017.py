"""An HDF5 file of the layout of `model2017-1_*.h5` comes back as the model that was planted in it."""

import sys

import numpy as np
import pytest

from toonface.io.morphable_files import read_bfm2017

h5py = pytest.importorskip("h5py")


def contents(planted):
    """The datasets as the file has them: millimetres, variances, orthonormal bases, cells as columns."""
    parts = {
        "shape": (0.75 * planted.mean * 1e3, planted.identity, planted.identity_deviations * 1e3),
        "expression": (0.25 * planted.mean * 1e3, planted.expression, planted.expression_deviations * 1e3),
        "color": (planted.albedo, planted.texture, planted.texture_deviations),
    }
    values = {"shape/representer/cells": planted.faces.T.astype(np.uint32)}
    for part, (mean, basis, deviations) in parts.items():
        values[f"{part}/model/mean"] = mean.ravel().astype(np.float32)
        values[f"{part}/model/pcaBasis"] = basis.reshape(15, -1).astype(np.float32)
        values[f"{part}/model/pcaVariance"] = (deviations**2).astype(np.float32)
        values[f"{part}/model/noiseVariance"] = np.zeros(1)
    return values


@pytest.fixture
def write(tmp_path):
    def save(values):
        path = tmp_path / "model2017-1_face12_nomouth.h5"
        with h5py.File(path, "w") as file:
            for name, value in values.items():
                file[name] = value
        return path

    return save


def version(minor, shape=(1,)):
    parts = ("shape", "expression", "color")
    return {f"{part}/version/majorVersion": np.zeros(shape, dtype=int) for part in parts} | {
        f"{part}/version/minorVersion": np.full(shape, minor) for part in parts
    }


@pytest.mark.parametrize("stated", [{}, version(9), version(9, ())], ids=["no version", "0.9", "0.9 as a number"])
def test_reader_returns_the_planted_model(plant, write, assert_same_model, stated):
    planted = plant()
    model = read_bfm2017(write(contents(planted) | stated))
    # Single precision in the file: 1e-7 of 0.1 m.
    np.testing.assert_allclose(model.mean, planted.mean, atol=1e-7)
    assert_same_model(model, planted._replace(mean=model.mean))
    assert model.name == "BFM 2017"
    assert model.expression_names == ("expression000", "expression001", "expression002")


def test_a_basis_that_is_stored_scaled_is_not_scaled_again(plant, write, assert_same_model):
    planted = plant()
    values = contents(planted) | version(8)
    for part in ("shape", "expression", "color"):
        values[f"{part}/model/pcaBasis"] *= np.sqrt(values[f"{part}/model/pcaVariance"])
    model = read_bfm2017(write(values))
    assert_same_model(model, planted._replace(mean=model.mean))


@pytest.mark.parametrize(
    "changes, message",
    [
        pytest.param(
            {"color/model/mean": None}, "expected 'color/model/mean' in it, found color/model/pca", id="missing"
        ),
        pytest.param(
            {"shape/model/pcaBasis": np.zeros((12, 4))}, r"to have the shape \(15, 4\), found \(12, 4\)", id="rows"
        ),
        pytest.param({"shape/model/pcaVariance": np.full(4, -1.0)}, "to be 0 or more, found -1", id="variance"),
        pytest.param(
            {"shape/representer/cells": np.zeros((4, 3))}, r"to have the shape \(3, any\), found", id="rows of cells"
        ),
        pytest.param(
            {"shape/representer/cells": np.array([[0], [1], [5]])}, r"faces has indices in \[0, 5\]", id="index"
        ),
        pytest.param({"color/model/mean": np.full(15, 200.0)}, r"expected \[0, 1\]", id="bytes of colour"),
        pytest.param(version(7), "of statismo version 0.8 or 0.9, found 0.7", id="version"),
        pytest.param(
            {"expression/model/mean": np.zeros(12), "expression/model/pcaBasis": np.zeros((12, 3))},
            "expected 5 vertices in 'expression', found 4",
            id="vertices",
        ),
    ],
)
def test_what_does_not_fit_is_refused(plant, write, refusal, changes, message):
    values = contents(plant()) | changes
    path = write({name: value for name, value in values.items() if value is not None})
    with pytest.raises(ValueError, match=message):
        raise ValueError(refusal(read_bfm2017, path))


def test_another_hdf5_file_is_refused_with_what_it_holds(write, refusal):
    assert "expected 'shape/model/mean' in it, found weights" in refusal(
        read_bfm2017, write({"weights/0": np.zeros(3)})
    )


def test_what_is_not_such_a_file_is_refused(plant, write, refusal, tmp_path):
    path = write(contents(plant()))
    data = path.read_bytes()
    for damaged in (data[: len(data) // 2], data[:100], b"nothing"):
        path.write_bytes(damaged)
        assert "expected an HDF5 file" in refusal(read_bfm2017, path)
    assert "cannot be read: No such file" in refusal(read_bfm2017, tmp_path / "none.h5")


def test_a_group_in_place_of_a_dataset_is_refused(plant, write, refusal):
    values = contents(plant())
    del values["shape/model/mean"]
    values["shape/model/mean/x"] = np.zeros(3)
    assert "expected an HDF5 file" in refusal(read_bfm2017, write(values))


def test_a_dataset_that_unpacks_to_too_much_is_not_read(plant, write, refusal):
    path = write(contents(plant()))
    with h5py.File(path, "a") as file:
        del file["shape/model/mean"]
        file.create_dataset("shape/model/mean", shape=(2**40,), dtype="f8", chunks=(1024,), fillvalue=0.0)
    assert "unpack to more than" in refusal(read_bfm2017, path)


def test_without_h5py_the_message_says_what_to_install(plant, write, monkeypatch):
    path = write(contents(plant()))
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match="needs h5py: pip install h5py"):
        read_bfm2017(path)
