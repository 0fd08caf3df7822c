"""Laws of a sample's files: what was written is read, exactly or within half a unit, and what is damaged is refused."""

import json
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tests.fake_renderer import fake_sample

from toonface.io.sample_files import (
    DECODE,
    DEPTH_STEP,
    DEPTH_ZERO,
    PALETTE,
    PARSING_COLOURS,
    decode_sample,
    encode_sample,
)
from toonface.synth.labels import NUMBERS
from toonface.types import FaceRegion

SIZE = 24
LARGEST_TURN_DEGREES = 0.35
"""Half a unit in each of three coordinates, 0.5 / 127 * √2 across the normal."""


@pytest.fixture
def sample():
    return fake_sample(np.random.default_rng(0), SIZE)


@pytest.fixture
def files(sample):
    return encode_sample(sample, maps=True)


def with_numbers(files, **changes):
    return files | {"json": json.dumps(json.loads(files["json"]) | changes).encode()}


def test_bytes_numbers_and_words_come_back_exactly(sample, files):
    found = decode_sample(files)
    np.testing.assert_array_equal(found.picture, sample.picture)
    for name in [*NUMBERS, "parsing", "albedo"]:
        array = getattr(found.labels, name)
        assert array.dtype == getattr(sample.labels, name).dtype
        np.testing.assert_array_equal(array, getattr(sample.labels, name), name)
    assert found.labels.hair_style == sample.labels.hair_style
    assert found.labels.facts == sample.labels.facts
    assert {name: type(fact) for name, fact in found.labels.facts.items()} == {
        name: type(fact) for name, fact in sample.labels.facts.items()
    }


def test_depth_comes_back_within_half_a_unit_and_its_background_exactly(sample, files):
    found, wanted = decode_sample(files).labels.depth, sample.labels.depth
    np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))
    assert np.isnan(wanted).any() and not np.isnan(wanted).all()
    assert np.nanmax(np.abs(found - wanted)) <= 0.501 * DEPTH_STEP


def test_normals_come_back_nearly_and_their_background_exactly(sample, files):
    found, wanted = decode_sample(files).labels.normals, sample.labels.normals
    drawn = (wanted != 0.0).any(axis=2)
    assert not found[~drawn].any()
    assert np.linalg.norm(found[drawn], axis=1) == pytest.approx(1.0, abs=1e-6)
    turn = np.degrees(np.arccos(np.clip((found[drawn] * wanted[drawn]).sum(1), -1.0, 1.0)))
    assert turn.max() < LARGEST_TURN_DEGREES


def test_what_was_read_is_written_as_the_same_bytes_but_for_the_normals_which_were_made_unit_length(files):
    again = encode_sample(decode_sample(files), maps=True)
    assert {ending for ending in files if again[ending] != files[ending]} == {"normals.png"}


def test_without_maps_there_are_picture_parsing_and_numbers(sample, files):
    few = encode_sample(sample, maps=False)
    assert few == {ending: files[ending] for ending in ("png", "parsing.png", "json")}
    labels = decode_sample(few).labels
    assert labels.depth is labels.normals is labels.albedo is None
    np.testing.assert_array_equal(labels.parsing, sample.labels.parsing)


def test_maps_that_are_wanted_have_to_be_there(sample):
    with pytest.raises(ValueError, match="no depth, normals or albedo"):
        encode_sample(replace(sample, labels=replace(sample.labels, depth=None)), maps=True)


@pytest.mark.parametrize("metres", [0.7, -0.7])
def test_a_depth_that_does_not_fit_is_refused(sample, metres):
    depth = np.full((SIZE, SIZE), metres, np.float32)
    with pytest.raises(ValueError, match=r"depth reaches 0.7 m, expected at most 0.65534"):
        encode_sample(replace(sample, labels=replace(sample.labels, depth=depth)), maps=True)


def test_a_picture_without_head_is_all_background(sample):
    depth, normals = np.full((SIZE, SIZE), np.nan, np.float32), np.zeros((SIZE, SIZE, 3), np.float32)
    labels = replace(sample.labels, depth=depth, normals=normals)
    found = decode_sample(encode_sample(replace(sample, labels=labels), maps=True)).labels
    assert np.isnan(found.depth).all() and not found.normals.any()


def test_the_documented_rules_decode_the_maps(sample, files):
    assert set(DECODE) == set(files)
    depth = np.asarray(Image.open(BytesIO(files["depth.png"]))).astype(float)
    assert f"{DEPTH_STEP:g} * (value - {DEPTH_ZERO})" in DECODE["depth.png"]
    drawn = depth > 0
    assert 2e-5 * (depth[drawn] - 32768) == pytest.approx(sample.labels.depth[drawn], abs=1.1e-5)
    assert "(value - 128) / 127" in DECODE["normals.png"]
    normals = (np.asarray(Image.open(BytesIO(files["normals.png"]))).astype(float) - 128) / 127
    assert normals == pytest.approx(sample.labels.normals, abs=0.5 / 127 + 1e-6)


def test_the_parsing_can_be_looked_at_and_every_class_has_its_own_colour(sample, files):
    assert set(PARSING_COLOURS) == set(FaceRegion)
    assert len(np.unique(PALETTE, axis=0)) == len(FaceRegion)
    seen = np.asarray(Image.open(BytesIO(files["parsing.png"])).convert("RGB"))
    np.testing.assert_array_equal(seen, PALETTE[sample.labels.parsing])


def test_a_missing_or_foreign_file_is_refused(files):
    for ending in files:
        with pytest.raises(ValueError, match="the sample has the files"):
            decode_sample({name: data for name, data in files.items() if name != ending})
    with pytest.raises(ValueError, match="the sample has the files"):
        decode_sample(files | {"mask.png": b""})


@pytest.mark.parametrize("ending", ["png", "parsing.png", "depth.png", "normals.png", "albedo.png"])
def test_a_damaged_picture_is_refused_by_its_ending(files, ending):
    with pytest.raises(ValueError, match=f"^{ending}: "):
        decode_sample(files | {ending: files[ending][:-20]})


@pytest.mark.usefixtures("as_in_production")
def test_pictures_of_two_sizes_are_refused(files):
    other = encode_sample(fake_sample(np.random.default_rng(0), SIZE + 2), maps=True)
    for ending in set(files) - {"json"}:
        with pytest.raises(ValueError, match="expected"):
            decode_sample(files | {ending: other[ending]})


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": [0.0] * 79},
        {"pose": "straight"},
        {"gaze": [[0.0, 1e99], [0.0, 0.0]]},
        {"light": None},
        {"hair_style": 3},
        {"facts": 3},
        {"facts": {"age": [1]}},
    ],
)
@pytest.mark.usefixtures("as_in_production")
@pytest.mark.filterwarnings("ignore:overflow")
def test_numbers_of_another_form_are_refused(files, changes):
    with pytest.raises(ValueError, match=r"expected|json"):
        decode_sample(with_numbers(files, **changes))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b"\xff"])
def test_a_file_of_numbers_that_is_none_is_refused(files, data):
    with pytest.raises(ValueError, match=r"^json: "):
        decode_sample(files | {"json": data})
