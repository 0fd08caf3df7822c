"""Points of other systems: what is written is read, and what is none is one line."""

import json

import numpy as np
import pytest

from toonface.io.predictions import read_predictions


@pytest.fixture
def path(tmp_path):
    return tmp_path / "other.json"


def test_what_was_written_is_read(path):
    points = np.random.default_rng(0).random((68, 2))
    path.write_text(json.dumps({"system": "other", "points": {"toon 3": points.tolist()}}))
    name, found = read_predictions(path)
    assert name == "other"
    np.testing.assert_allclose(found["toon 3"], points)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"system": "a", "points": 3}', '{"system": "a", "points": {"b": "c"}}']
)
def test_a_damaged_file_is_refused(path, content):
    path.write_text(content)
    with pytest.raises(ValueError, match=r"other\.json is no file of predicted points"):
        read_predictions(path)


def test_a_missing_file_is_refused(path):
    with pytest.raises(ValueError, match=r"other\.json is no file of predicted points"):
        read_predictions(path)


@pytest.mark.parametrize("points", [[[0.0, 1.0]] * 67, [[0.0, float("nan")]] * 68])
def test_other_numbers_of_points_are_refused(path, points):
    path.write_text(json.dumps({"system": "a", "points": {"toon 1": points}}))
    with pytest.raises(ValueError, match=r"points of 'toon 1' have shape .*, expected 68 finite x and y"):
        read_predictions(path)
