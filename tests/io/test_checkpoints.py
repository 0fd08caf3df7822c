"""Laws of checkpoints: what was written is read, nothing is unpickled, and a failed write leaves the one before."""

import numpy as np
import pytest

from toonface.io.checkpoints import read_checkpoint, write_checkpoint

ARRAYS = {"net.stem.weight": np.arange(6.0, dtype=np.float32).reshape(2, 3), "optimizer.0.step": np.float32(7.0)}
WORDS = {"step": 12, "config": {"rate": 0.002, "name": "größer"}}


def test_reading_is_the_inverse_of_writing(tmp_path):
    write_checkpoint(tmp_path / "run" / "a.npz", ARRAYS, WORDS)
    arrays, words = read_checkpoint(tmp_path / "run" / "a.npz")
    assert words == WORDS
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)


def test_a_failed_write_leaves_the_checkpoint_before(tmp_path):
    path = tmp_path / "a.npz"
    write_checkpoint(path, ARRAYS, WORDS)
    with pytest.raises(TypeError):
        write_checkpoint(path, ARRAYS, {"step": object()})
    assert read_checkpoint(path)[1] == WORDS
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


def test_objects_are_neither_written_nor_read(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        write_checkpoint(tmp_path / "a.npz", {"strange": np.array([object()])}, WORDS)
    np.savez(tmp_path / "b.npz", allow_pickle=True, strange=np.array([{}], object))
    with pytest.raises(ValueError, match="no readable checkpoint"):
        read_checkpoint(tmp_path / "b.npz")


@pytest.mark.parametrize("damage", [lambda data: data[:200], lambda data: b"", lambda data: b"hello" * 99])
def test_damage_is_told_in_one_line(tmp_path, damage):
    path = tmp_path / "a.npz"
    write_checkpoint(path, ARRAYS, WORDS)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="no readable checkpoint") as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_a_missing_checkpoint_is_told(tmp_path):
    with pytest.raises(ValueError, match="no readable checkpoint"):
        read_checkpoint(tmp_path / "a.npz")
