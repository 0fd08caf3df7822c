"""Laws of the sample cache: it holds what the shards hold, grows with them, and refuses the test set."""

import json

import numpy as np
import pytest
from tests.fake_renderer import FakeRenderer

from toonface.io.sample_cache import FOLDER, SampleCache, unpack_shards
from toonface.io.shard_set import MANIFEST, ShardOptions, open_shard_set, shard_path
from toonface.io.shards import shard_writer
from toonface.synth.held_out import HELD_OUT_SEED

OPTIONS = ShardOptions(count=5, size=32, style="pair", seed=3, shard_size=2, maps=False)


@pytest.fixture
def shards(tmp_path):
    for shard in open_shard_set(tmp_path, OPTIONS):
        with shard_writer(shard_path(tmp_path, shard), maps=False) as add:
            for index in OPTIONS.indices(shard):
                add(index, FakeRenderer().sample(OPTIONS.seed, index, OPTIONS.styles, OPTIONS.size))
    return tmp_path


def test_the_cache_holds_what_the_renderer_made(shards):
    cache = unpack_shards(shards)
    assert len(cache) == 10
    for index in range(10):
        style = ("photo", "toon")[index % 2]
        truth = FakeRenderer().sample(3, index // 2, ("photo", "toon"), 32)[style]
        found = cache[index]
        assert found.style == style
        np.testing.assert_array_equal(found.picture, truth.picture)
        np.testing.assert_array_equal(found.parsing, truth.labels.parsing)
        np.testing.assert_array_equal(found.landmarks_px, truth.labels.landmarks_px)
        np.testing.assert_array_equal(found.coefficients, truth.labels.coefficients)
        np.testing.assert_array_equal(found.gaze, truth.labels.gaze)


def test_only_new_shards_are_unpacked(shards):
    last = max(shards.glob("*.tar"))
    content = last.read_bytes()
    last.unlink()
    told = []
    assert len(unpack_shards(shards, told.append)) == 8
    last.write_bytes(content)
    assert len(unpack_shards(shards, told.append)) == 10
    assert told == [0, 1, 2]


def test_an_interrupted_unpacking_is_begun_anew(shards):
    (shards / FOLDER / ".shard-000000.part").mkdir(parents=True)
    (shards / FOLDER / ".shard-000000.part" / "pictures.npy").write_bytes(b"half")
    assert len(unpack_shards(shards)) == 10


def test_samples_beyond_the_end_are_an_error(shards):
    cache = unpack_shards(shards)
    for index in (-1, 10):
        with pytest.raises(IndexError):
            cache[index]


def test_the_pictures_cannot_be_written_to(shards):
    with pytest.raises(ValueError, match="read-only"):
        unpack_shards(shards)[0].picture[0] = 0


def test_the_test_set_is_refused(shards):
    manifest = json.loads((shards / MANIFEST).read_text())
    (shards / MANIFEST).write_text(json.dumps(manifest | {"seed": HELD_OUT_SEED}))
    with pytest.raises(ValueError, match="test set"):
        unpack_shards(shards)


def test_a_folder_without_samples_is_told(tmp_path):
    with pytest.raises(ValueError, match="toonface synth"):
        unpack_shards(tmp_path)
    with pytest.raises(ValueError, match="toonface synth"):
        SampleCache(tmp_path)


def test_damage_is_told_with_the_remedy(shards):
    unpack_shards(shards)
    (next((shards / FOLDER).iterdir()) / "pictures.npy").write_bytes(b"")
    with pytest.raises(ValueError, match="delete it"):
        SampleCache(shards)
