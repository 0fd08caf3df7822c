"""Laws of clips: sampling keeps keys and straight lines, and an asset's clip moves the same face."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.clips import Clip, from_asset_clip, resample, resample_evenly, to_asset_clip
from toonface.drive.gaze import gaze_from_weights
from toonface.drive.quaternions import matrix_to_quaternion
from toonface.geometry.asset import AssetClip
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.names import SHAPES
from toonface.stages.avatar.idle import idle_clip


def planted(times=(0.0, 0.1, 0.5, 0.6), seed=0, *, head=True, gaze=True):
    rng = np.random.default_rng(seed)
    count = len(times)
    turns = [matrix_to_quaternion(axis_angle_to_matrix(turn)) for turn in rng.uniform(-0.5, 0.5, (count, 3))]
    return Clip(
        name="planted",
        times=np.array(times, dtype=float),
        weights=rng.random((count, 64)),
        head=np.array(turns) if head else None,
        gaze_radians=rng.uniform(-0.4, 0.4, (count, 2, 2)) if gaze else None,
    )


def same(one, other, atol=1e-12):
    assert one.name == other.name
    for name in ("times", "weights", "head", "gaze_radians"):
        a, b = getattr(one, name), getattr(other, name)
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b, atol=atol)


@given(st.integers(0, 99), st.booleans(), st.booleans())
def test_a_clip_at_its_own_times_is_itself(seed, head, gaze):
    clip = planted(seed=seed, head=head, gaze=gaze)
    same(resample(clip, clip.times), clip)


@given(st.lists(st.floats(-0.2, 0.8), min_size=1, max_size=9, unique=True).map(sorted))
def test_weights_and_gaze_are_those_of_numpy_s_interpolation(times):
    clip = planted()
    found = resample(clip, np.array(times))
    for rows, sampled in ((clip.weights, found.weights), (clip.gaze_radians, found.gaze_radians)):
        wanted = [np.interp(times, clip.times, column) for column in rows.reshape(4, -1).T]
        np.testing.assert_allclose(sampled.reshape(len(times), -1).T, wanted, atol=1e-12)


def test_the_head_turns_evenly():
    turns = np.array([matrix_to_quaternion(axis_angle_to_matrix(np.array([0.0, yaw, 0.0]))) for yaw in (0.0, 0.8)])
    clip = Clip(name="turn", times=np.array([0.0, 1.0]), weights=np.zeros((2, 64)), head=turns)
    found = resample(clip, np.array([-1.0, 0.25, 2.0])).head
    np.testing.assert_allclose(2.0 * np.arctan2(found[:, 1], found[:, 3]), [0.0, 0.2, 0.8], atol=1e-12)


def test_a_clip_of_one_time_is_the_same_at_all():
    clip = planted(times=(2.0,))
    found = resample(clip, np.array([0.0, 2.0, 9.0]))
    assert (found.weights == clip.weights).all() and (found.gaze_radians == clip.gaze_radians).all()
    np.testing.assert_allclose(found.head, np.repeat(clip.head, 3, axis=0))


@given(st.integers(1, 40), st.sampled_from([24.0, 29.97, 30.0, 60.0]))
def test_even_sampling_keeps_the_frames_of_a_clip_of_that_rate(frames, rate):
    clip = planted(times=1.5 + np.arange(frames) / rate)
    same(resample_evenly(clip, rate), clip, atol=1e-9)


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ValueError, match=rf"are {rate}, expected a finite number above 0"):
        resample_evenly(planted(), rate)


def test_a_clip_goes_to_an_asset_and_back():
    clip = planted(gaze=False)
    same(from_asset_clip(to_asset_clip(clip)), clip, atol=1e-6)


def test_the_gaze_goes_to_an_asset_as_its_shapes():
    clip = planted()
    back = from_asset_clip(to_asset_clip(clip))
    assert back.gaze_radians is None
    np.testing.assert_allclose(gaze_from_weights(back.weights), clip.gaze_radians, atol=1e-6)


def test_an_asset_moves_only_what_moves():
    weights = np.zeros((2, 64))
    weights[1, SHAPES.index("tongueOut")] = 1.0
    found = to_asset_clip(Clip(name="tongue", times=np.array([0.0, 1.0]), weights=weights))
    assert (found.shapes, found.rotations) == (("tongueOut",), {})
    np.testing.assert_array_equal(found.weights, [[0.0], [1.0]])


def test_the_idle_clip_drives():
    clip = from_asset_clip(idle_clip(np.random.default_rng(0)))
    assert clip.weights[:, SHAPES.index("eyeBlinkLeft")].max() == 1.0
    assert clip.head is not None and clip.seconds == pytest.approx(12.0)


def test_visemes_become_the_shapes_they_are_made_of():
    spoken = AssetClip(
        name="aa",
        times=np.zeros(1, np.float32),
        shapes=("viseme_aa", "jawOpen", "mouthSmile"),
        weights=np.array([[0.5, 0.2, 0.25]], np.float32),
        rotations={},
    )
    weights = from_asset_clip(spoken).weights[0]
    assert weights[SHAPES.index("jawOpen")] == pytest.approx(0.5 * 0.6 + 0.2)
    assert weights[SHAPES.index("mouthSmileLeft")] == pytest.approx(0.25)


def test_a_target_that_is_no_shape_is_refused():
    times = np.zeros(1, np.float32)
    strange = AssetClip(name="x", times=times, shapes=("Wink",), weights=np.ones((1, 1), np.float32), rotations={})
    with pytest.raises(ValueError, match=r"'x' moves \['Wink'\], expected names of shapes"):
        from_asset_clip(strange)


@pytest.mark.parametrize(
    "change, what",
    [
        ({"times": np.zeros(0), "weights": np.zeros((0, 64))}, "has 0 times, expected at least 1"),
        ({"times": np.array([0.0, 0.0])}, "go on by 0 s, expected more than 0"),
        ({"times": np.array([0.0, np.nan])}, "times .* not finite"),
        ({"weights": np.zeros((3, 64))}, "weights .* has 3 rows, expected 2"),
        ({"weights": np.full((2, 64), 1.5)}, r"are in \[1.5, 1.5\], expected \[0, 1\]"),
        ({"head": np.zeros((2, 4))}, "quaternion 0 of head of clip 'x' has length 0"),
        ({"gaze_radians": np.full((2, 2, 2), np.inf)}, "gaze_radians .* not finite"),
    ],
)
def test_a_broken_clip_says_what_is_broken(change, what):
    with pytest.raises(ValueError, match=what):
        Clip(**({"name": "x", "times": np.array([0.0, 1.0]), "weights": np.zeros((2, 64))} | change))
