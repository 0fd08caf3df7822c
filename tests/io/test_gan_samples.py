"""Laws of faces that are made up: a number gives one face, only sure ones count, and labels are what is detected."""

import numpy as np
import pytest
from tests.stylegan_files import nvidia_arrays, write_nvidia
from tests.test_cli_look import FakeDetector, fake_networks

from toonface.io.gan_samples import GanSampling, GanSource
from toonface.io.shard_set import ShardOptions
from toonface.io.shards import read_shard
from toonface.io.synth_stream import write_shards
from toonface.types import FaceRegion


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "toon.pkl"
    write_nvidia(path, nvidia_arrays(0))
    return path


@pytest.fixture(scope="module")
def source(weights):
    return GanSource(GanSampling(weights=weights, confidence=0.6), fake_networks())


def test_the_same_number_gives_the_same_face_and_another_one_another(source):
    first, again, other = (source.sample(3, index, ("toon",), 64)["toon"] for index in (7, 7, 8))
    assert np.array_equal(first.picture, again.picture)
    assert not np.array_equal(first.picture, other.picture)
    assert first.picture.shape == (64, 64, 3)


def test_labels_are_what_the_networks_detect_and_say_so(source):
    labels = source.sample(3, 0, ("toon",), 96)["toon"].labels
    assert labels.facts["labels"] == "detected"
    assert 0.6 <= labels.facts["confidence"] <= 1.0
    assert labels.visible.mean() > 0.9
    assert labels.expression[17] == pytest.approx(0.5)
    assert FaceRegion.SKIN in labels.parsing
    assert labels.depth is None


def test_pictures_without_a_sure_face_are_thrown_away(weights, monkeypatch):
    class Picky(FakeDetector):
        """Sees a face in every third picture."""

        def __call__(self, picture):
            self.seen = getattr(self, "seen", 0) + 1
            found = super().__call__(picture)
            return found if self.seen % 3 == 0 else {name: value - 50.0 for name, value in found.items()}

    networks = fake_networks() | {"detector": Picky(1)}
    found = GanSource(GanSampling(weights=weights), networks).sample(3, 0, ("toon",), 64)["toon"]
    plain = GanSource(GanSampling(weights=weights), fake_networks()).sample(3, 0, ("toon",), 64)["toon"]
    assert not np.array_equal(found.picture, plain.picture)


def test_a_generator_of_no_faces_is_told(weights, monkeypatch):
    monkeypatch.setattr("toonface.io.gan_samples.MOST_TRIES", 2)
    monkeypatch.setattr("toonface.io.gan_samples.GanSource._labelled", lambda self, picture: None)
    with pytest.raises(ValueError, match="no face is found in 2 pictures"):
        GanSource(GanSampling(weights=weights), fake_networks()).sample(0, 0, ("toon",), 64)


def test_samples_go_through_a_shard_and_come_back(source, tmp_path):
    options = ShardOptions(count=2, size=64, style="toon", maps=False, source="gan abc")
    from toonface.io.shards import shard_writer

    with shard_writer(tmp_path / "shard-000000.tar", maps=options.maps) as add:
        for index in options.indices(0):
            add(index, source.sample(0, index, options.styles, options.size))
    back = list(read_shard(tmp_path / "shard-000000.tar"))
    expected = source.sample(0, 1, ("toon",), 64)["toon"]
    assert np.array_equal(back[1]["toon"].picture, expected.picture)
    np.testing.assert_allclose(back[1]["toon"].labels.landmarks_px, expected.labels.landmarks_px, atol=1e-3)


def test_a_folder_of_other_samples_is_not_continued(tmp_path):
    options = ShardOptions(count=2, size=64, style="toon", maps=False, source="gan abc")
    write_shards(tmp_path, options, workers=1)
    with pytest.raises(ValueError, match="whose source is 'gan abc', this run's is 'renders'"):
        write_shards(tmp_path, ShardOptions(count=2, size=64, style="toon", maps=False), workers=1)


def test_pairs_and_numbers_out_of_range_are_refused(source, weights, tmp_path):
    with pytest.raises(ValueError, match="a generator draws no pairs"):
        source.sample(0, 0, ("photo", "toon"), 64)
    with pytest.raises(ValueError, match="truncation is 2"):
        GanSampling(weights=weights, truncation=2.0)
    with pytest.raises(ValueError, match="cannot read"):
        _ = GanSampling(weights=tmp_path / "none.pkl").name
    assert GanSampling(weights=weights).name == GanSampling(weights=weights).name
