"""A MATLAB file of the layout of `01_MorphableModel.mat` comes back as the model that was planted in it."""

import numpy as np
import pytest
import scipy.io

from toonface.io.morphable_files import read_bfm2009


def contents(planted):
    """The variables as the file has them: micrometres, bytes of colour, faces clockwise and counted from 1."""
    return {
        "shapeMU": planted.mean.reshape(-1, 1) * 1e6,
        "shapePC": planted.identity.reshape(15, -1),
        "shapeEV": planted.identity_deviations.reshape(-1, 1) * 1e6,
        "texMU": planted.albedo.reshape(-1, 1) * 255,
        "texPC": planted.texture.reshape(15, -1),
        "texEV": planted.texture_deviations.reshape(-1, 1) * 255,
        "tl": planted.faces[:, ::-1] + 1,
        "segbin": np.zeros((5, 4)),
    }


@pytest.fixture
def write(tmp_path):
    def save(values):
        path = tmp_path / "01_MorphableModel.mat"
        scipy.io.savemat(path, values)
        return path

    return save


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_reader_returns_the_planted_model(plant, write, assert_same_model, dtype):
    planted = plant(expressions=0)
    values = {name: value.astype(dtype) for name, value in contents(planted).items()}
    model = read_bfm2009(write(values))
    # The same triangles, each beginning at the corner that it keeps when its direction is turned round.
    planted = planted._replace(faces=np.roll(planted.faces, 1, axis=1))
    assert_same_model(model, planted)
    assert model.name == "BFM 2009"
    assert model.expression_names == ()


def test_a_single_column_is_read(plant, write, assert_same_model):
    planted = plant(identities=1, expressions=0, textures=1)
    model = read_bfm2009(str(write(contents(planted))))
    assert_same_model(model, planted._replace(faces=np.roll(planted.faces, 1, axis=1)))


@pytest.mark.parametrize(
    "changes, message",
    [
        pytest.param({"shapePC": None}, "expected 'shapePC' in it, found segbin, shapeEV, shapeMU", id="missing"),
        pytest.param(
            {"shapePC": np.zeros((12, 4))}, r"'shapePC' to have the shape \(15, 4\), found \(12, 4\)", id="rows"
        ),
        pytest.param(
            {"shapeEV": np.ones((3, 1))}, r"'shapePC' to have the shape \(15, 3\), found \(15, 4\)", id="columns"
        ),
        pytest.param({"shapeMU": np.zeros((14, 1))}, "three numbers per vertex, found 14", id="thirds"),
        pytest.param({"shapeMU": np.zeros((15, 2))}, "'shapeMU' to be a vector", id="matrix"),
        pytest.param(
            {"texMU": np.zeros((12, 1)), "texPC": np.zeros((12, 2))}, r"albedo_mean has shape \(4, 3\)", id="tex"
        ),
        pytest.param({"texMU": np.full((15, 1), 300.0)}, "expected \\[0, 1\\]", id="too bright"),
        pytest.param({"tl": np.array([[1, 2, 6]])}, r"faces has indices in \[0, 5\]", id="index"),
        pytest.param({"tl": np.array([[0, 1, 2]])}, r"faces has indices in \[-1, 1\]", id="counted from 0"),
        pytest.param({"tl": np.array([[1.5, 2, 3]])}, "'tl' to hold whole numbers", id="fraction"),
        pytest.param({"tl": "text"}, "'tl' to be an array of numbers", id="text"),
        pytest.param({"shapeMU": np.full((15, 1), np.nan)}, "mean has 15 values that are not finite", id="not finite"),
    ],
)
def test_what_does_not_fit_is_refused(plant, write, refusal, changes, message, monkeypatch):
    monkeypatch.setattr("jaxtyping.config.jaxtyping_disable", True)  # as in production: the model's own door is met
    values = contents(plant(expressions=0)) | changes
    path = write({name: value for name, value in values.items() if value is not None})
    with pytest.raises(ValueError, match=message):
        raise ValueError(refusal(read_bfm2009, path))


def test_what_is_not_such_a_file_is_refused(plant, write, refusal, tmp_path):
    path = write(contents(plant(expressions=0)))
    data = path.read_bytes()
    for damaged in (data[: len(data) // 2], data[:200], b"nothing", b"MATLAB 7.3 MAT-file" + bytes(600)):
        path.write_bytes(damaged)
        assert "expected" in refusal(read_bfm2009, path)
    path.write_bytes(b"")
    assert "found 0" in refusal(read_bfm2009, path)
    assert "cannot be read: No such file" in refusal(read_bfm2009, tmp_path / "none.mat")
    assert "cannot be read: Is a directory" in refusal(read_bfm2009, tmp_path)


def test_a_file_with_a_changed_byte_is_read_or_refused(plant, write):
    path = write(contents(plant(expressions=0)))
    data = path.read_bytes()
    for position in range(0, len(data), 37):
        changed = bytearray(data)
        changed[position] ^= 0xFF
        path.write_bytes(changed)
        try:
            read_bfm2009(path)
        except ValueError as error:
            assert str(error).startswith(str(path))
