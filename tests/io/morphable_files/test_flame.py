"""A pickle or npz file of the layout of FLAME comes back as the model that was planted in it, and runs nothing."""

import os
import pickle
import sys
import types
import zipfile

import numpy as np
import pytest
import scipy.sparse

from toonface.io.morphable_files import read_flame
from toonface.io.morphable_files.checks import NEUTRAL_ALBEDO


class Hostile:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.fixture
def planted(plant):
    return plant(identities=300, expressions=100, textures=0)._replace(albedo=np.tile(NEUTRAL_ALBEDO, (5, 1)))


def contents(planted):
    identity = planted.identity * planted.identity_deviations
    expression = planted.expression * planted.expression_deviations
    return {
        "v_template": planted.mean,
        "f": planted.faces.astype(np.uint32),
        "shapedirs": np.concatenate([identity, expression], axis=2),
        "posedirs": np.zeros((5, 3, 36)),
        "J_regressor": scipy.sparse.random(5, 5, density=0.5, format="csc", random_state=2),
        "weights": np.full((5, 5), 0.2),
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], [0, 1, 2, 3, 4]], dtype=np.uint32),
        "bs_type": "lrotmin",
        "bs_style": "lbs",
    }


@pytest.fixture
def as_chumpy(monkeypatch):
    """Wrap an array as chumpy does. The package itself is not needed, only a class of its name."""
    leaf = type("Ch", (), {"__module__": "chumpy.ch"})
    for name in ("chumpy", "chumpy.ch"):
        module = types.ModuleType(name)
        module.Ch = leaf
        monkeypatch.setitem(sys.modules, name, module)

    def wrap(array):
        wrapped = leaf()
        wrapped.__dict__.update(x=array, _dirty_vars=set(), _itr=None, _depends_on_deps={})
        return wrapped

    return wrap


@pytest.fixture
def path(tmp_path):
    return tmp_path / "generic_model.pkl"


@pytest.mark.parametrize("protocol", range(6))
def test_reader_returns_the_planted_model(planted, path, assert_same_model, protocol):
    path.write_bytes(pickle.dumps(contents(planted), protocol))
    model = read_flame(path)
    assert_same_model(model, planted)
    assert model.name == "FLAME"
    assert model.expression_names[:2] == ("expression000", "expression001")


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_arrays_in_chumpy_are_read(planted, path, assert_same_model, as_chumpy, protocol):
    values = contents(planted)
    wrapped = {name: as_chumpy(values[name]) for name in ("v_template", "shapedirs", "posedirs")}
    path.write_bytes(pickle.dumps(values | wrapped, protocol))
    assert_same_model(read_flame(path), planted)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_an_npz_file_is_read(planted, tmp_path, assert_same_model, save):
    values = contents(planted) | {
        "J_regressor": np.zeros((5, 5)),
        "shapedirs": np.asfortranarray(contents(planted)["shapedirs"]),
    }
    save(tmp_path / "flame.npz", **values, unrelated=np.array([{}], dtype=object))
    assert_same_model(read_flame(tmp_path / "flame.npz"), planted)


def test_a_hostile_pickle_does_nothing(planted, path, tmp_path, refusal, assert_same_model):
    command = f"touch {tmp_path / 'ran'}"
    path.write_bytes(pickle.dumps(Hostile(command)))
    assert "expected a pickled dict, found 'Record'" in refusal(read_flame, path)
    path.write_bytes(pickle.dumps(contents(planted) | {"v_template": Hostile(command)}, 2))
    assert "expected 'v_template' to be an array of numbers, found 'Record'" in refusal(read_flame, path)
    path.write_bytes(pickle.dumps(contents(planted) | {"unrelated": Hostile(command)}, 2))
    assert_same_model(read_flame(path), planted)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "changes, message",
    [
        pytest.param(
            {"shapedirs": None}, "expected 'shapedirs' in it, found J_regressor, bs_style, bs_type, f", id="missing"
        ),
        pytest.param({"shapedirs": np.zeros((5, 3, 10))}, r"the shape \(5, 3, 400\), found \(5, 3, 10\)", id="SMPL"),
        pytest.param({"v_template": np.zeros((5, 2))}, r"the shape \(any, 3\), found \(5, 2\)", id="flat"),
        pytest.param({"v_template": [[0.0, 0, 0]]}, "to be an array of numbers, found 'list'", id="list"),
        pytest.param({"f": np.array([[0, 1, 5]])}, r"faces has indices in \[0, 5\]", id="index"),
        pytest.param({"f": np.array([{}], dtype=object)}, "are refused, expected numbers or text", id="objects"),
    ],
)
def test_what_does_not_fit_is_refused(planted, path, refusal, changes, message):
    values = contents(planted) | changes
    path.write_bytes(pickle.dumps({name: value for name, value in values.items() if value is not None}))
    with pytest.raises(ValueError, match=message):
        raise ValueError(refusal(read_flame, path))


def test_what_is_not_such_a_file_is_refused(planted, path, tmp_path, refusal):
    data = pickle.dumps(contents(planted))
    for damaged in (data[: len(data) // 2], data[:1], b"nothing"):
        path.write_bytes(damaged)
        assert "not a readable pickle" in refusal(read_flame, path)
    assert "cannot be read: No such file" in refusal(read_flame, tmp_path / "none.pkl")


def npz(path, name, data):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, data)


def npy(shape, dtype="<f8", version=1):
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    "data, message",
    [
        pytest.param(npy((2**50, 3)), "has 0 bytes, expected", id="size that is only claimed"),
        pytest.param(npy((1,), "|O") + bytes(8), "type object", id="objects"),
        pytest.param(npy((1,), version=3) + bytes(8), "format 3.0, expected 1.0 or 2.0", id="version"),
        pytest.param(b"\x93NUMPY\x01\x00\xff\xff{", "expected an npz file", id="header cut"),
        pytest.param(b"text", "expected an npz file", id="no array"),
    ],
)
def test_a_malformed_array_in_an_npz_file_is_refused(path, refusal, data, message):
    npz(path, "v_template.npy", data)
    assert message in refusal(read_flame, path)


def test_a_truncated_npz_file_is_refused(planted, tmp_path, refusal):
    path = tmp_path / "flame.npz"
    np.savez(path, **{name: contents(planted)[name] for name in ("v_template", "f", "shapedirs")})
    path.write_bytes(path.read_bytes()[:1000])
    assert "expected an npz file" in refusal(read_flame, path)


def test_a_member_that_unpacks_to_too_much_is_not_read(path, refusal, monkeypatch):
    monkeypatch.setattr("toonface.io.morphable_files.flame.MAX_FILE_BYTES", 100)
    npz(path, "v_template.npy", bytes(101))
    assert "v_template unpacks to 101 bytes" in refusal(read_flame, path)
