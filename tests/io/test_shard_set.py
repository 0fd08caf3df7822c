"""Laws of a folder of shards: the manifest comes first and tells all, and what is there has to fit the wish."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.fake_renderer import fake_sample

from toonface.io import shard_set
from toonface.io.sample_files import encode_sample
from toonface.io.shard_set import ShardOptions, open_shard_set, remove_partial_shards, shard_path
from toonface.types import FaceRegion

OPTIONS = ShardOptions(count=10, size=32, shard_size=4)


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


@pytest.mark.parametrize(("count", "shard_size"), [(1, 1), (10, 4), (8, 4), (3, 256)])
def test_the_shards_share_all_samples_without_overlap(count, shard_size):
    options = ShardOptions(count=count, shard_size=shard_size)
    parts = [list(options.indices(shard)) for shard in range(options.shards)]
    assert [index for part in parts for index in part] == list(range(count))
    assert all(len(part) == shard_size for part in parts[:-1]) and 1 <= len(parts[-1]) <= shard_size


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"count": 0}, r"count is 0, expected a number in \[1, 100000000\]"),
        ({"count": -1}, "count is -1"),
        ({"count": 10**8 + 1}, "count is 100000001"),
        ({"size": 0}, r"size is 0, expected a number in \[32, 2048\]"),
        ({"size": 31}, "size is 31"),
        ({"size": 2049}, "size is 2049"),
        ({"seed": -1}, "seed is -1, expected a number at least 0"),
        ({"shard_size": 0}, "shard size is 0, expected a number at least 1"),
        ({"style": "sketch"}, "style is 'sketch', expected one of photo, toon, pair"),
    ],
)
def test_options_out_of_range_are_refused_with_the_range(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(OPTIONS, **changes)


@pytest.mark.parametrize("size", [32, 2048])
def test_the_ends_of_the_range_are_accepted(size):
    assert replace(OPTIONS, size=size).size == size


def test_the_manifest_comes_before_any_shard_and_tells_the_options(tmp_path):
    assert open_shard_set(tmp_path / "made" / "here", OPTIONS) == [0, 1, 2]
    assert [path.name for path in (tmp_path / "made" / "here").iterdir()] == ["manifest.json"]
    found = manifest_of(tmp_path / "made" / "here")
    wanted = {"count": 10, "size": 32, "style": "pair", "seed": 0, "shard_size": 4, "maps": True, "shards": 3}
    assert found | wanted == found
    assert (found["format"], found["version"], found["licence"]) == ("toonface samples", 1, "CC0-1.0")
    assert found["classes"][FaceRegion.HAIR] == "hair"


@pytest.mark.parametrize("maps", [True, False])
def test_the_manifest_says_how_to_decode_every_member_and_no_other(tmp_path, maps):
    files = encode_sample(fake_sample(np.random.default_rng(0), 32), maps=maps)
    open_shard_set(tmp_path, replace(OPTIONS, maps=maps))
    assert set(manifest_of(tmp_path)["decode"]) == set(files)


def test_the_manifest_s_palette_is_that_of_the_pictures(tmp_path):
    data = encode_sample(fake_sample(np.random.default_rng(0), 32), maps=False)["parsing.png"]
    open_shard_set(tmp_path, OPTIONS)
    assert np.array(manifest_of(tmp_path)["palette"]).ravel().tolist() == Image.open(BytesIO(data)).getpalette()


def test_only_the_missing_shards_are_asked_for_again(tmp_path):
    open_shard_set(tmp_path, OPTIONS)
    before = (tmp_path / "manifest.json").read_bytes()
    shard_path(tmp_path, 1).write_bytes(b"")
    assert open_shard_set(tmp_path, OPTIONS) == [0, 2]
    assert (tmp_path / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"count": 11}, "count is 10, this run's is 11"),
        ({"size": 64}, "size is 32, this run's is 64"),
        ({"style": "toon"}, "style is 'pair', this run's is 'toon'"),
        ({"seed": 3}, "seed is 0, this run's is 3"),
        ({"shard_size": 5}, "shard size is 4, this run's is 5"),
        ({"maps": False}, "maps is True, this run's is False"),
    ],
)
def test_another_option_is_named_and_changes_nothing(tmp_path, changes, said):
    open_shard_set(tmp_path, OPTIONS)
    before = (tmp_path / "manifest.json").read_bytes()
    with pytest.raises(ValueError, match=said):
        open_shard_set(tmp_path, replace(OPTIONS, **changes))
    assert (tmp_path / "manifest.json").read_bytes() == before


def test_another_version_of_the_program_is_named(tmp_path, monkeypatch):
    open_shard_set(tmp_path, OPTIONS)
    monkeypatch.setattr(shard_set, "version", lambda _: "99.1")
    with pytest.raises(ValueError, match=r"version of toonface is .*, this run's is '99\.1'"):
        open_shard_set(tmp_path, OPTIONS)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "3"])
def test_a_manifest_that_is_none_is_named(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ValueError, match=r"manifest\.json is no manifest of samples"):
        open_shard_set(tmp_path, OPTIONS)
    assert (tmp_path / "manifest.json").read_text() == text


def test_shards_without_a_manifest_are_left_alone(tmp_path):
    shard_path(tmp_path, 0).write_bytes(b"someone's")
    with pytest.raises(ValueError, match=r"has shards but no manifest\.json"):
        open_shard_set(tmp_path, OPTIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["shard-000000.tar"]


def test_a_file_in_the_folder_s_place_is_named_and_kept(tmp_path):
    (tmp_path / "file").write_text("kept")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ValueError, match=f"cannot write to {folder}"):
            open_shard_set(folder, OPTIONS)
    assert (tmp_path / "file").read_text() == "kept"


def test_a_full_disk_is_named_and_leaves_no_manifest(tmp_path, monkeypatch):
    def write_text(path, *_, **__):
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write_text)
    with pytest.raises(OSError, match=r"^cannot write .*manifest\.json: No space left on device$"):
        open_shard_set(tmp_path, OPTIONS)
    assert list(tmp_path.iterdir()) == []


def test_half_written_shards_are_removed_and_nothing_else(tmp_path):
    kept = [".shard-notes", "shard-000000.tar", ".other.part.tar"]
    for name in [*kept, ".shard-000001.part.tar"]:
        (tmp_path / name).write_bytes(b"")
    remove_partial_shards(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
