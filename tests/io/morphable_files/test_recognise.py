"""A model is recognised by what its file holds, whatever the file is called."""

import pickle

import numpy as np
import pytest
import scipy.io

from toonface.io.morphable_files import read_morphable_model


def test_a_matlab_file_is_read_as_bfm_2009(plant, tmp_path):
    planted = plant()
    values = {"tl": planted.faces + 1}
    for name, mean, basis in (("shape", planted.mean, planted.identity), ("tex", planted.albedo, planted.texture)):
        values |= {
            f"{name}MU": mean.reshape(-1, 1),
            f"{name}PC": basis.reshape(15, -1),
            f"{name}EV": np.ones((basis.shape[2], 1)),
        }
    scipy.io.savemat(tmp_path / "model", values, appendmat=False)
    assert read_morphable_model(tmp_path / "model").name == "BFM 2009"


def test_an_hdf5_file_is_read_as_bfm_2017(plant, tmp_path):
    h5py = pytest.importorskip("h5py")
    planted = plant()
    with h5py.File(tmp_path / "model", "w") as file:
        file["shape/representer/cells"] = planted.faces.T
        for part, mean, basis in (
            ("shape", planted.mean, planted.identity),
            ("expression", planted.mean, planted.expression),
            ("color", planted.albedo, planted.texture),
        ):
            file[f"{part}/model/mean"] = mean.ravel()
            file[f"{part}/model/pcaBasis"] = basis.reshape(15, -1)
            file[f"{part}/model/pcaVariance"] = np.ones(basis.shape[2])
    assert read_morphable_model(str(tmp_path / "model")).name == "BFM 2017"


@pytest.mark.parametrize("protocol", [*range(6), "npz"])
def test_a_pickle_and_an_npz_file_are_read_as_flame(plant, tmp_path, protocol):
    planted = plant(identities=300, expressions=100)
    shapes = np.concatenate([planted.identity, planted.expression], axis=2)
    values = {"v_template": planted.mean, "f": planted.faces, "shapedirs": shapes}
    with (tmp_path / "model").open("wb") as file:
        if protocol == "npz":
            np.savez(file, **values)
        else:
            pickle.dump(values, file, protocol)
    assert read_morphable_model(tmp_path / "model").name == "FLAME"


def test_a_folder_is_read_as_ict_facekit(plant, tmp_path):
    vertices = "".join("v {} {} {}\n".format(*vertex) for vertex in plant().mean)
    for name in ("generic_neutral_mesh", "identity000"):
        (tmp_path / f"{name}.obj").write_text(vertices + "f 1 2 3\n")
    assert read_morphable_model(tmp_path).name == "ICT-FaceKit"


@pytest.mark.parametrize("content", [b"", b"PNG", b"\x89PNG\r\n\x1a\n", b"v 1 2 3\n"])
def test_anything_else_is_refused_with_what_would_be_read(tmp_path, refusal, content):
    path = tmp_path / "model"
    path.write_bytes(content)
    assert "expected a face model (BFM 2009 .mat, BFM 2017 .h5, FLAME" in refusal(read_morphable_model, path)


def test_a_missing_path_is_named(tmp_path, refusal):
    assert "cannot be read: No such file" in refusal(read_morphable_model, tmp_path / "none")


def test_a_folder_of_something_else_is_refused(tmp_path, refusal):
    assert "expected generic_neutral_mesh.obj in it, found 0" in refusal(read_morphable_model, tmp_path)
