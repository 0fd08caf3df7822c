"""Laws of clips as VRM Animations: weights under the avatar's names, a gaze as one turn, and lids never twice."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from toonface.drive.clips import Clip
from toonface.drive.expression_names import pascal_case, weights_from_names
from toonface.drive.gaze import weights_with_gaze
from toonface.drive.quaternions import quaternions_of_angles
from toonface.drive.vrm_animations import SENT_PRESETS, clip_of_vrm_animation, vrm_animation_of
from toonface.morphable.names import ARKIT_SHAPES, SHAPES
from toonface.stages.gltf.vrm_animation import VrmAnimation

TIMES = np.arange(7) / 30.0


def clip(gaze=None, **shapes):
    weights = np.zeros((len(TIMES), 64))
    for name, values in shapes.items():
        weights[:, SHAPES.index(name)] = values
    head = quaternions_of_angles(np.outer(TIMES, [1.0, 0.5, -0.2]))
    return Clip(name="c", times=TIMES, weights=weights, head=head, gaze_radians=gaze)


@pytest.mark.parametrize("spell", [str, pascal_case])
def test_shapes_go_under_the_avatar_s_own_spelling(spell):
    ramp = np.linspace(0.0, 1.0, len(TIMES))
    said = clip(jawOpen=ramp, eyeBlinkLeft=0.5, eyeLookUpLeft=0.5, jawClench=0.5)
    found = vrm_animation_of(said, (*map(spell, ARKIT_SHAPES), "wings"))
    assert set(found.expressions) == {spell("jawOpen"), spell("eyeBlinkLeft")}
    np.testing.assert_array_equal(found.expressions[spell("jawOpen")], ramp)
    np.testing.assert_array_equal(found.head, said.head)
    assert (found.name, found.gaze is None) == ("c", False)


def test_an_avatar_without_shapes_gets_lids_and_vowels_that_are_near():
    said = clip(jawOpen=0.6, eyeBlinkLeft=0.75)
    found = vrm_animation_of(said, ("wings",))
    assert set(found.expressions) <= set(SENT_PRESETS) and "blink" not in found.expressions
    moment = {name: float(weights[3]) for name, weights in found.expressions.items()}
    near = weights_from_names(moment)
    assert near[SHAPES.index("eyeBlinkLeft")] == pytest.approx(0.75)
    assert near[SHAPES.index("jawOpen")] == pytest.approx(0.6, abs=0.15)


@pytest.mark.parametrize("given", ["angles", "weights"])
def test_the_gaze_is_its_yaw_and_pitch_in_the_order_of_the_specification(given):
    angles = np.stack([np.linspace(-0.3, 0.3, len(TIMES)), np.linspace(0.2, -0.25, len(TIMES))], axis=1)
    both = np.stack([angles, angles], axis=1)
    said = clip(gaze=both)
    if given == "weights":
        said = Clip(name="c", times=TIMES, weights=weights_with_gaze(said.weights, both))
    turns = Rotation.from_quat(vrm_animation_of(said, ARKIT_SHAPES).gaze)
    # Extrinsic z, x, y; a positive turn about x looks down.
    roll, down, left = turns.as_euler("zxy").T
    np.testing.assert_allclose(left, angles[:, 0], atol=1e-9)
    np.testing.assert_allclose(-down, angles[:, 1], atol=1e-9)
    np.testing.assert_allclose(roll, 0.0, atol=1e-9)
    assert (turns.apply([0.0, 0.0, 1.0])[:, 1] > 0.0)[0]


def test_eyes_that_rest_have_no_gaze_and_a_still_clip_no_expressions():
    found = vrm_animation_of(Clip(name="c", times=TIMES, weights=np.zeros((len(TIMES), 64))), ARKIT_SHAPES)
    assert (found.gaze, found.head, dict(found.expressions)) == (None, None, {})


def test_a_clip_comes_back_but_for_what_vrm_has_not():
    rng = np.random.default_rng(0)
    angles = rng.uniform(-0.3, 0.3, (len(TIMES), 1, 2)) * np.ones((1, 2, 1))
    given = clip(gaze=angles, jawOpen=rng.uniform(size=len(TIMES)), browInnerUp=0.5, jawClench=0.5)
    found = clip_of_vrm_animation(vrm_animation_of(given, ARKIT_SHAPES))
    expected = given.weights.copy()
    expected[:, SHAPES.index("jawClench")] = 0.0
    np.testing.assert_allclose(found.weights, expected)
    np.testing.assert_allclose(found.gaze_radians, angles, atol=1e-9)
    np.testing.assert_array_equal(found.head, given.head)


def test_what_moves_nothing_of_a_face_is_refused():
    wings = VrmAnimation(name="fly", times=TIMES, expressions={"wings": np.ones(len(TIMES))})
    with pytest.raises(ValueError, match="'fly' moves nothing of a face"):
        clip_of_vrm_animation(wings)
