import pytest

from toonface.io.atomic import filling, replacing


def test_the_output_appears_whole_and_nothing_is_left_beside_it(tmp_path):
    with replacing(tmp_path / "a.txt") as beside:
        beside.write_text("new")
        assert not (tmp_path / "a.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_failure_keeps_the_old_output_and_leaves_nothing_half_written(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(KeyError), replacing(tmp_path / "a.txt") as beside:
        beside.write_text("half")
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_a_folder_is_filled_when_the_block_ends_and_keeps_what_it_has(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old").write_text("old")
    with filling(folder) as beside:
        (beside / "new").write_text("new")
        assert [path.name for path in folder.iterdir()] == ["old"]
    assert sorted(path.name for path in folder.iterdir()) == ["new", "old"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_block_that_fails_fills_nothing(tmp_path):
    with pytest.raises(KeyError), filling(tmp_path / "out") as beside:
        (beside / "new").write_text("new")
        raise KeyError
    assert not list(tmp_path.iterdir())
