"""Laws of hair colours: in range, grey with age, dark on dark skin, one in eight dyed, never black as ink."""

import numpy as np
import pytest

from toonface.worn.hair.hair_colour import DYES, NATURAL, sample_beard_colour, sample_hair_colour


def drawn(age, tone, count=600):
    rng = np.random.default_rng(5)
    return np.array([sample_hair_colour(rng, float(age), tone) for _ in range(count)])


def test_colours_are_in_range_and_never_pure_black():
    colours = np.concatenate([drawn(5, 0.0), drawn(40, 1.0), drawn(90, 0.5)])
    assert colours.min() >= 0.05 and colours.max() <= 0.95


def test_dark_skin_has_darker_hair():
    assert drawn(30, 1.0).mean() < 0.6 * drawn(30, 0.0).mean()


def test_hair_greys_with_age():
    spread = [np.median(np.ptp(drawn(age, 0.2), axis=1)) for age in (20, 85)]
    assert spread[1] < 0.5 * spread[0]
    assert drawn(85, 0.2).mean() > drawn(20, 0.2).mean() + 0.15


def test_about_one_in_eight_is_dyed():
    known = np.array([*DYES, *NATURAL.values()])
    nearest = np.linalg.norm(drawn(25, 0.5)[:, None] - known[None], axis=2).argmin(axis=1)
    assert 0.07 < (nearest < len(DYES)).mean() < 0.22


def test_a_beard_is_near_its_hair_but_natural_under_a_dye():
    rng = np.random.default_rng(0)
    brown = np.array([sample_beard_colour(rng, NATURAL["brown"]) for _ in range(100)])
    assert np.abs(np.median(brown, axis=0) - NATURAL["brown"]).max() < 0.08
    pink = np.array([sample_beard_colour(rng, DYES[0]) for _ in range(100)])
    assert np.median(pink[:, 0]) < 0.4


@pytest.mark.parametrize(("age", "tone", "name"), [(-1.0, 0.5, "age"), (30.0, 1.5, "tone")])
def test_arguments_out_of_range_are_refused(age, tone, name):
    with pytest.raises(ValueError, match=f"{name} is .* expected in"):
        sample_hair_colour(np.random.default_rng(0), age, tone)
