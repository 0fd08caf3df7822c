"""Laws of tracks: keys are what they are at their times, steps are sampled finely, and no turn goes the long way."""

import numpy as np
import pytest
from tests.foreign_glb import foreign_glb

from toonface.stages.gltf.animation_tracks import FINE, MOST_TIMES, Track, TrackReader, level_signs, times_of
from toonface.stages.gltf.layout import split_glb


def track(times, rows, way="LINEAR"):
    keys = np.asarray(rows, dtype=np.float64)
    return Track(times=np.asarray(times, dtype=np.float64), rows=keys, way=way, before=0.0 * keys, after=0.0 * keys)


@pytest.mark.parametrize("way", ["LINEAR", "STEP", "CUBICSPLINE"])
def test_at_its_times_a_track_is_its_keys_and_outside_of_them_it_rests(way):
    times, rows = [0.5, 1.0, 3.0], [[1.0, 0.0], [4.0, 2.0], [-2.0, 1.0]]
    one = track(times, rows, way)
    np.testing.assert_allclose(one.at(np.array(times)), rows)
    np.testing.assert_allclose(one.at(np.array([-9.0, 99.0])), [rows[0], rows[-1]])
    middle = {"LINEAR": 2.5, "STEP": 1.0, "CUBICSPLINE": 2.5}[way]
    assert one.at(np.array([0.75]))[0, 0] == pytest.approx(middle)


def test_only_steps_and_curves_need_times_between():
    even, stepped = track([0.0, 0.5], [[0.0], [1.0]]), track([0.0, 1.0], [[0.0], [1.0]], "STEP")
    np.testing.assert_array_equal(times_of([even]), [0.0, 0.5])
    assert np.diff(times_of([even, stepped])).max() <= FINE + 1e-9
    with pytest.raises(ValueError, match="an animation lasts"):
        times_of([track([0.0, 2.0 * MOST_TIMES * FINE], [[0.0], [1.0]], "STEP")])


def test_a_quaternion_and_its_negative_are_levelled():
    turns = np.array([[0.0, 0.0, 0.0, 1.0], [0.0, -0.6, 0.0, -0.8], [0.0, 0.8, 0.0, 0.6]])
    np.testing.assert_array_equal(level_signs(track([0.0, 1.0, 2.0], turns)).rows, turns * [[1.0], [-1.0], [1.0]])


def test_a_channel_with_too_few_numbers_is_refused():
    document, binary = split_glb(foreign_glb(("jawOpen",), [0.0, 1.0], [[0.0], [1.0]]))
    reader = TrackReader(document, binary)
    sampler = document["animations"][0]["samplers"][0]
    np.testing.assert_array_equal(reader.track(sampler, 1).rows, [[0.0], [1.0]])
    with pytest.raises(ValueError, match="an animation has 2 numbers, expected 6"):
        reader.track(sampler, 3)
