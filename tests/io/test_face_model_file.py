"""The model's file: what was packed is unpacked, and what is damaged is refused in one clear line."""

import json
import pickle
import zipfile
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from scipy import sparse

from toonface.io.face_model_file import (
    FILE_NAME,
    FORMAT,
    VERSION,
    load_face_model,
    model_folder,
    pack,
    save_face_model,
    unpack,
)
from toonface.morphable.names import SHAPES


def cage_uv(arrays):
    return arrays["uv"].astype(float), arrays["uv_quads"].astype(np.int64)


def flat(value, path="model"):
    """Every array and word of a nested dataclass by its path."""
    if is_dataclass(value):
        return {k: v for f in fields(value) for k, v in flat(getattr(value, f.name), f"{path}.{f.name}").items()}
    if isinstance(value, dict):
        return {k: v for name, item in value.items() for k, v in flat(item, f"{path}.{name}").items()}
    if isinstance(value, tuple):
        return {k: v for number, item in enumerate(value) for k, v in flat(item, f"{path}.{number}").items()}
    if sparse.issparse(value):
        return {f"{path}.{name}": getattr(value, name) for name in ("shape", "indptr", "indices", "data")}
    return {path: value}


def assert_same_model(a, b):
    first, second = flat(a), flat(b)
    assert first.keys() == second.keys()
    for path, value in first.items():
        if path.endswith(("identity_basis", "expression_basis", "albedo_basis")):
            step = np.abs(value).reshape(len(value), -1).max(axis=1) / (127 if "albedo" in path else 32_767)
            error = np.abs(second[path] - value).reshape(len(value), -1).max(axis=1)
            assert (error <= np.maximum(0.51 * step, 2.1e-6 if "expression" in path else 0.0)).all(), path
        else:
            np.testing.assert_array_equal(second[path], value, err_msg=path)


def write(folder, arrays):
    np.savez_compressed(folder / FILE_NAME, allow_pickle=False, **arrays)


def refusal_of(folder):
    """The message with which a model's folder is refused: one line that names the file."""
    with pytest.raises(ValueError, match="face model") as refusal:
        load_face_model(folder)
    message = str(refusal.value)
    assert str(folder / FILE_NAME) in message
    assert "\n" not in message
    return message


def with_header(arrays, **changes):
    header = json.loads(arrays["header"].tobytes()) | changes
    return arrays | {"header": np.frombuffer(json.dumps(header).encode(), np.uint8)}


@pytest.fixture
def small_folder(tmp_path, small_arrays):
    write(tmp_path, small_arrays)
    return tmp_path


@pytest.fixture(scope="module")
def shipped_arrays():
    with np.load(model_folder() / FILE_NAME, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def test_the_shipped_model_survives_the_round_trip(shipped_arrays):
    model = load_face_model()
    packed = pack(model, cage_uv(shipped_arrays))
    assert_same_model(model, unpack(packed))
    again = pack(unpack(packed), cage_uv(packed))
    assert packed.keys() == again.keys() == shipped_arrays.keys()
    for name, array in packed.items():
        assert again[name].dtype == array.dtype, name
        assert again[name].tobytes() == array.tobytes(), name


def test_what_is_saved_is_loaded(tmp_path, small_arrays):
    model = unpack(small_arrays)
    path = save_face_model(tmp_path / "new" / "folder", model, cage_uv(small_arrays))
    assert path == tmp_path / "new" / "folder" / FILE_NAME
    assert_same_model(model, load_face_model(path.parent))


def test_the_same_model_gives_the_same_bytes(tmp_path, small_arrays):
    paths = [save_face_model(tmp_path / name, unpack(small_arrays), cage_uv(small_arrays)) for name in ("a", "b")]
    again = save_face_model(tmp_path / "c", load_face_model(paths[0].parent), cage_uv(small_arrays))
    assert paths[0].read_bytes() == paths[1].read_bytes() == again.read_bytes()


def test_quantised_bases_lose_at_most_half_a_step(small_arrays):
    model = unpack(small_arrays)
    np.testing.assert_allclose(model.identity_basis, small_arrays["identity"] * np.float32(1e-6), rtol=1e-6)
    np.testing.assert_allclose(model.albedo_basis, small_arrays["albedo"] * np.float32(1e-3), rtol=1e-6)


def test_shapes_are_stored_where_they_move_something(small_arrays):
    model = unpack(small_arrays)
    moved = np.abs(model.expression_basis).max(axis=2) > 0.0
    assert moved.shape == (len(SHAPES), len(model.mean))
    np.testing.assert_array_equal(np.flatnonzero(moved.any(axis=0)), [1, 4, 7])
    expected = small_arrays["shapes.offsets"][:3] * 1e-6
    np.testing.assert_allclose(model.expression_basis[0, [1, 4, 7]], expected, rtol=1e-6)


def test_offsets_of_less_than_two_micrometres_are_left_out(small_arrays):
    model = unpack(small_arrays)
    model.expression_basis[:, 2] = 1.4e-6
    model.expression_basis[:, 3] = 2.9e-6
    packed = pack(model, cage_uv(small_arrays))
    assert not (packed["shapes.points"] == 2).any()
    assert (packed["shapes.points"] == 3).sum() == len(SHAPES)


def test_parts_keep_their_words_and_their_order(small_arrays):
    parts = unpack(small_arrays).parts
    assert [(p.name, p.follows, p.texture, p.alpha) for p in parts.values()] == [
        ("teeth", "expression", "teeth", "opaque"),
        ("hair", "identity", "", "mask"),
    ]
    np.testing.assert_array_equal(parts["hair"].matrix.toarray()[0, [0, 5]], [0.25, 0.75])


def test_a_missing_file_is_refused(tmp_path):
    message = refusal_of(tmp_path)
    assert message.endswith(f"(No such file or directory); expected {FORMAT} {VERSION}")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.98, 0.9999])
def test_a_truncated_file_is_refused(small_folder, share):
    path = small_folder / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert "is not a readable face model (" in refusal_of(small_folder)


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_refused(tmp_path, seed):
    (tmp_path / FILE_NAME).write_bytes(np.random.default_rng(seed).bytes(5000))
    assert "is not a readable face model (" in refusal_of(tmp_path)


def test_damaged_bytes_are_refused_or_do_no_harm(small_folder):
    """Wherever a byte flips: one line, never another exception. Some bytes, as those of dates, mean nothing here."""
    path = small_folder / FILE_NAME
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for place in rng.integers(0, len(whole), 150):
        damaged = bytearray(whole)
        damaged[place] ^= int(rng.integers(1, 256))
        path.write_bytes(bytes(damaged))
        try:
            load_face_model(small_folder)
        except ValueError as refusal:
            assert str(path) in str(refusal)
            assert "\n" not in str(refusal)
            refused += 1
    assert refused > 100


def test_a_pickle_is_not_opened(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was run",))

    (tmp_path / FILE_NAME).write_bytes(pickle.dumps(Bomb()))
    assert "allow_pickle" in refusal_of(tmp_path) or "pickled data" in refusal_of(tmp_path)
    np.savez(tmp_path / FILE_NAME, header=np.array([Bomb()], dtype=object), allow_pickle=True)
    assert "Object arrays cannot be loaded" in refusal_of(tmp_path)


def test_a_single_array_is_refused(tmp_path):
    with (tmp_path / FILE_NAME).open("wb") as file:
        np.save(file, np.zeros(3))
    assert "it is a single array" in refusal_of(tmp_path)


def test_another_archive_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / FILE_NAME, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "it holds 'readme.txt', which is no array" in refusal_of(tmp_path)
    np.savez(tmp_path / FILE_NAME, allow_pickle=False, numbers=np.zeros(3))
    assert refusal_of(tmp_path).endswith("is not a valid face model: header is missing")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"version": VERSION + 1}, f"it is {FORMAT} version {VERSION + 1}, expected {FORMAT} version {VERSION}"),
        ({"format": "FLAME"}, f"it is FLAME version {VERSION}, expected {FORMAT} version {VERSION}"),
        ({"shapes": list(SHAPES[::-1])}, "it has other shapes than the 64 of names.SHAPES in order"),
        ({"shapes": list(SHAPES[:52])}, "it has other shapes than the 64 of names.SHAPES in order"),
        ({"variance_kept": None}, "variance_kept is None, expected a number"),
        ({"parts": [{"name": "teeth"}]}, "its parts are no list of objects"),
        ({"parts": 3}, "its parts are no list of objects"),
    ],
)
def test_another_header_is_refused(tmp_path, small_arrays, change, expected):
    write(tmp_path, with_header(small_arrays, **change))
    assert f"is not a valid face model: {expected}" in refusal_of(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1, 2]", b"3", b"{"])
def test_a_header_that_is_no_object_is_refused(tmp_path, small_arrays, content):
    write(tmp_path, small_arrays | {"header": np.frombuffer(content, np.uint8)})
    assert "is not a valid face model: " in refusal_of(tmp_path)


def test_a_missing_array_is_refused(tmp_path, small_arrays):
    del small_arrays["landmarks.paths"]
    write(tmp_path, small_arrays)
    assert refusal_of(tmp_path).endswith("is not a valid face model: landmarks.paths is missing")


def test_a_wrong_shape_is_refused(tmp_path, small_arrays):
    small_arrays["identity"] = small_arrays["identity"][:79]
    write(tmp_path, small_arrays)
    assert "identity has shape (79, 12, 3), expected (80, 12, 3)" in refusal_of(tmp_path)


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("albedo_mean", lambda a: a[:-1], "albedo has shape (80, 26, 3), expected (80, 25, 3)"),
        ("shapes.counts", lambda a: a + 1, "shapes.counts sums to 256, expected one per entry of shapes.points, 192"),
        ("shapes.counts", lambda a: a * np.array([-1, 3] * 32), "shapes.counts sums to 192, expected"),
        ("quads", lambda a: np.where(a == 7, 6, a), "vertex 7 of 8 is in no quad"),
        ("part0.indptr", lambda a: a[:-1], "index pointer"),
        ("part0.indptr", lambda a: a[[0, 2, 1, 3]], "indptr must be a non-decreasing sequence"),
    ],
)
def test_tables_that_contradict_each_other_are_refused(tmp_path, small_arrays, name, change, expected):
    small_arrays[name] = change(small_arrays[name])
    write(tmp_path, small_arrays)
    assert expected in refusal_of(tmp_path)


def test_albedo_belongs_to_the_vertices_of_lod0(tmp_path, small_arrays):
    small_arrays |= {"albedo_mean": small_arrays["albedo_mean"][1:], "albedo": small_arrays["albedo"][:, 1:]}
    for name in ("landmarks.corners", "landmarks.paths"):
        small_arrays[name] = small_arrays[name] % 25
    write(tmp_path, small_arrays)
    assert "albedo_mean has 25 rows, expected one per vertex, 26" in refusal_of(tmp_path)
