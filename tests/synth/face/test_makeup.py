"""Make-up is drawn within its bounds, and by who wears it."""

from dataclasses import replace

import numpy as np
import pytest

from toonface.synth.face.makeup import NO_MAKEUP, STRENGTHS, sample_makeup


def share(femininity, age, count=400):
    rng = np.random.default_rng(0)
    return np.mean([sample_makeup(rng, femininity, age) is not NO_MAKEUP for _ in range(count)])


def test_the_same_generator_gives_the_same_makeup():
    assert sample_makeup(np.random.default_rng(5), 1.0, 30.0) == sample_makeup(np.random.default_rng(5), 1.0, 30.0)


def test_no_makeup_has_no_strength():
    assert all(getattr(NO_MAKEUP, name) == 0.0 for name in STRENGTHS)


def test_women_wear_more_than_men_and_children_hardly_any():
    assert share(1.0, 30.0) > 0.5
    assert share(0.0, 30.0) < 0.08
    assert share(1.0, 8.0) < 0.05


def test_most_makeup_is_natural_and_some_is_strong():
    rng = np.random.default_rng(1)
    lips = np.array([sample_makeup(rng, 1.0, 30.0).lipstick_strength for _ in range(800)])
    worn = lips[lips > 0.0]
    assert np.median(worn) < 0.55
    assert worn.max() > 0.8


@pytest.mark.parametrize("name", STRENGTHS)
def test_a_strength_beyond_one_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is 1.5"):
        replace(NO_MAKEUP, **{name: 1.5})


def test_a_colour_beyond_one_is_refused():
    with pytest.raises(ValueError, match="blush is"):
        replace(NO_MAKEUP, blush=(2.0, 0.0, 0.0))


@pytest.mark.parametrize(("femininity", "age"), [(1.2, 30.0), (0.5, -1.0)])
def test_impossible_people_are_refused(femininity, age):
    with pytest.raises(ValueError, match="expected"):
        sample_makeup(np.random.default_rng(0), femininity, age)
