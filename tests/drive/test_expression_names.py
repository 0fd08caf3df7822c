"""Laws of the names: every spelling reaches its shape, nothing closes twice, and vowels are found again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.expression_names import (
    PRESETS,
    VOWELS,
    VRM0_NAMES,
    is_known,
    names_from_weights,
    weights_from_names,
)
from toonface.morphable.names import ARKIT_SHAPES, SHAPES

weights_64 = st.lists(st.floats(0, 1), min_size=64, max_size=64).map(np.array)


def moved(values):
    weights = weights_from_names(values)
    return {SHAPES[column]: weights[column] for column in np.flatnonzero(weights)}


@pytest.mark.parametrize("shape", SHAPES)
def test_both_cases_of_a_name_are_the_shape(shape):
    assert moved({shape: 0.25}) == moved({shape[0].upper() + shape[1:]: 0.25}) == {shape: 0.25}


@given(weights_64, st.sampled_from(["PascalCase", "camelCase"]))
def test_weights_to_shapes_by_name_and_back_is_the_identity(weights, style):
    np.testing.assert_array_equal(weights_from_names(names_from_weights(weights, style)), weights)


def test_perfect_sync_names_are_those_of_arkit_and_differ_in_the_first_letter():
    assert [*names_from_weights(np.zeros(64), "camelCase")][:52] == list(ARKIT_SHAPES)
    assert next(iter(names_from_weights(np.zeros(64), "PascalCase"))) == "EyeBlinkLeft"


@pytest.mark.parametrize("preset", PRESETS)
def test_both_versions_of_a_preset_do_the_same(preset):
    assert moved({preset: 1.0}) == moved({VRM0_NAMES[preset]: 1.0})
    assert is_known(preset) and is_known(VRM0_NAMES[preset])
    assert set(PRESETS[preset]) <= set(SHAPES)


@pytest.mark.parametrize(
    "name, shapes",
    [
        ("Blink", {"eyeBlinkLeft", "eyeBlinkRight"}),
        ("Blink_L", {"eyeBlinkLeft"}),
        ("lookLeft", {"eyeLookOutLeft", "eyeLookInRight"}),
        ("LookRight", {"eyeLookInLeft", "eyeLookOutRight"}),
    ],
)
def test_lids_and_gaze_are_the_character_s(name, shapes):
    assert moved({name: 1.0}) == dict.fromkeys(shapes, 1.0)


@pytest.mark.parametrize("name", ["eyeblinkleft", "EYEBLINKLEFT", "joy", "AA", "viseme_aa", "", "Ä"])
def test_unknown_names_are_ignored_and_case_counts(name):
    assert not is_known(name)
    assert moved({name: 1.0}) == {}


def test_lids_do_not_close_twice_where_shapes_and_presets_are_both_sent():
    assert moved({"eyeBlinkLeft": 0.5, "Blink": 0.5, "EyeBlinkRight": 0.7})["eyeBlinkLeft"] == 0.5
    assert moved({"eyeBlinkLeft": 0.2, "EyeBlinkLeft": 0.7}) == {"eyeBlinkLeft": 0.7}


@given(st.dictionaries(st.sampled_from([*SHAPES, *PRESETS, *VRM0_NAMES.values()]), st.floats(-9, 9)))
def test_weights_stay_in_0_to_1(values):
    weights = weights_from_names(values)
    assert weights.min() >= 0.0
    assert weights.max() <= 1.0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match=rf"'jawOpen' is {value}, expected a finite number"):
        weights_from_names({"jawOpen": value})


@pytest.mark.parametrize("vowel", VOWELS)
@pytest.mark.parametrize("style", ["VRM0", "VRM1"])
def test_a_planted_vowel_is_found_again(vowel, style):
    name = VRM0_NAMES[vowel] if style == "VRM0" else vowel
    values = names_from_weights(weights_from_names({vowel: 0.6}), style)
    assert values[name] == pytest.approx(0.6)
    assert sum(values.values()) == pytest.approx(0.6)


@given(st.floats(0, 1), st.floats(0, 1))
def test_presets_of_the_lids_are_their_shapes(left, right):
    values = names_from_weights(weights_from_names({"eyeBlinkLeft": left, "eyeBlinkRight": right}), "VRM0")
    assert (values["Blink_L"], values["Blink_R"]) == (left, right)
    assert "Blink" not in values


@given(weights_64)
def test_presets_are_sent_between_0_and_1(weights):
    assert all(0.0 <= value <= 1.0 for value in names_from_weights(weights, "VRM1").values())
