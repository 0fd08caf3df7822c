"""Laws of animations that are read back: by name whatever the order, at their times, and turns are those from rest."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from tests.assets import small_asset
from tests.foreign_glb import foreign_glb

from toonface.geometry.asset import AssetClip
from toonface.stages.gltf.append import append_clip
from toonface.stages.gltf.clip_reader import read_clips
from toonface.stages.gltf.writer import to_glb

TALK = AssetClip(
    name="talk",
    times=np.array([0.5, 0.75, 1.25], np.float32),
    shapes=("jawOpen", "eyeBlinkLeft"),
    weights=np.array([[0.0, 0.5], [1.0, 0.25], [0.125, 0.0]], np.float32),
    rotations={"Head": np.array([[0, 0, 0, 1], [0, 0.6, 0, 0.8], [0, 0, 0, 1]], np.float32)},
)
HALF = float(np.sqrt(0.5))


def weights_of(clip, shape):
    return clip.weights[:, clip.shapes.index(shape)]


def test_a_clip_that_was_put_into_a_file_comes_back():
    found = read_clips(append_clip(to_glb(small_asset()), TALK))
    assert list(found) == ["wave", "talk"]
    clip = found["talk"]
    assert set(clip.shapes) == set(TALK.shapes)
    np.testing.assert_array_equal(clip.times, TALK.times)
    for shape in TALK.shapes:
        np.testing.assert_array_equal(weights_of(clip, shape), weights_of(TALK, shape))
    np.testing.assert_allclose(clip.rotations["Head"], TALK.rotations["Head"], atol=1e-6)


def test_targets_go_by_name_in_a_file_of_another_program():
    weights = [[0.0, 0.25, 0.0], [0.5, 0.75, 0.0]]
    (clip,) = read_clips(foreign_glb(("mouthPucker", "jawOpen", "hat"), [0.0, 1.0], weights)).values()
    assert set(clip.shapes) == {"mouthPucker", "jawOpen"}
    np.testing.assert_array_equal(weights_of(clip, "jawOpen"), [0.25, 0.75])
    np.testing.assert_array_equal(weights_of(clip, "mouthPucker"), [0.0, 0.5])


def test_keys_at_other_times_than_the_weights_are_put_between():
    turns = [[0.0, 0.0, 0.0, 1.0], [0.0, HALF, 0.0, HALF]]
    data = foreign_glb(("jawOpen",), [0.0, 1.0], [[0.0], [1.0]], turn_times=[0.25, 0.5], turns=turns)
    (clip,) = read_clips(data).values()
    np.testing.assert_array_equal(clip.times, np.array([0.0, 0.25, 0.5, 1.0], np.float32))
    np.testing.assert_allclose(weights_of(clip, "jawOpen"), [0.0, 0.25, 0.5, 1.0], atol=1e-6)
    np.testing.assert_allclose(clip.rotations["Head"][[0, -1]], turns, atol=1e-6)


def test_steps_stay_until_the_next_key():
    data = foreign_glb(("jawOpen",), [0.0, 1.0], [[0.25], [1.0]], way="STEP")
    (clip,) = read_clips(data).values()
    assert len(clip.times) > 28
    assert (weights_of(clip, "jawOpen")[:-1] == 0.25).all()
    assert weights_of(clip, "jawOpen")[-1] == 1.0


def test_curves_go_through_their_keys_with_their_slopes():
    # t² from 0 to 1: slopes 0 and 2. Per key: slope before, value, slope after.
    data = foreign_glb(("jawOpen",), [0.0, 1.0], [[0.0], [0.0], [0.0], [2.0], [1.0], [0.0]], way="CUBICSPLINE")
    (clip,) = read_clips(data).values()
    np.testing.assert_allclose(weights_of(clip, "jawOpen"), clip.times.astype(float) ** 2, atol=1e-6)


def test_a_head_turns_from_its_rest_in_the_file_s_axes():
    # The body is turned up from lying, as in files of programs with Z up, and the head rests at an angle.
    body, rest = Rotation.from_euler("x", -90, degrees=True), Rotation.from_euler("z", 30, degrees=True)
    wanted = Rotation.from_euler("y", 40, degrees=True)
    moved = body.inv() * wanted * body * rest
    turns = [rest.as_quat(), -moved.as_quat()]
    data = foreign_glb(
        ("jawOpen",), [0.0, 1.0], [[0.0], [1.0]], turn_times=[0.0, 1.0], turns=turns, body=body, rest=rest
    )
    (clip,) = read_clips(data).values()
    found = Rotation.from_quat(clip.rotations["Head"])
    np.testing.assert_allclose(found.magnitude(), [0.0, wanted.magnitude()], atol=1e-5)
    np.testing.assert_allclose(found[1].as_matrix(), wanted.as_matrix(), atol=1e-5)


@pytest.mark.parametrize("times", [[0.0, 0.0], [1.0, 0.5], [0.0, np.nan]])
def test_times_that_do_not_rise_are_refused(times):
    with pytest.raises(ValueError, match="times do not rise"):
        read_clips(foreign_glb(("jawOpen",), times, [[0.0], [1.0]]))


def test_too_few_numbers_are_refused():
    with pytest.raises(ValueError, match="has 1 numbers, expected 2"):
        read_clips(foreign_glb(("jawOpen",), [0.0, 1.0], [[0.0]]))


def test_an_animation_that_moves_no_named_target_is_none():
    data = foreign_glb((), [0.0, 1.0], [[0.0], [1.0]])
    assert read_clips(data) == {}
