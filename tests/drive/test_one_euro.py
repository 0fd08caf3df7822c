"""Laws of the One-Euro filter: the paper's formulas, rest that stays, and motion that is followed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.one_euro import ONE_EURO_DEFAULTS, OneEuroOptions, one_euro_step

steps = st.lists(st.tuples(st.floats(-1, 1), st.floats(0.005, 0.5)), min_size=1, max_size=12)
options = st.builds(
    dict, least_cutoff_hz=st.floats(0.01, 9), cutoff_per_speed=st.floats(0, 9), speed_cutoff_hz=st.floats(0.1, 9)
)


def filtered(rows, times, chosen=ONE_EURO_DEFAULTS):
    state, out = None, []
    for row, time in zip(rows, times, strict=True):
        state = one_euro_step(state, np.atleast_1d(row), float(time), chosen)
        out.append(state.values)
    return np.array(out)


def paper(values, times, least, beta, speed_cutoff):
    """Algorithm 1 of the paper, one number after the other."""

    def alpha(cutoff, rate):
        return 1.0 / (1.0 + rate / (2.0 * math.pi * cutoff))

    out, speed = [values[0]], 0.0
    for k in range(1, len(values)):
        rate = 1.0 / (times[k] - times[k - 1])
        a = alpha(speed_cutoff, rate)
        speed = a * (values[k] - out[-1]) * rate + (1.0 - a) * speed
        a = alpha(least + beta * abs(speed), rate)
        out.append(a * values[k] + (1.0 - a) * out[-1])
    return out


@given(steps, options)
def test_a_value_is_smoothed_as_the_paper_does_it(sequence, chosen):
    values, gaps = zip(*sequence, strict=True)
    times = np.cumsum(gaps)
    wanted = paper(values, times, *chosen.values())
    np.testing.assert_allclose(filtered(values, times, OneEuroOptions(**chosen))[:, 0], wanted, atol=1e-9)


@given(steps)
def test_each_value_is_smoothed_by_itself_and_mirroring_and_shifting_commute(sequence):
    values, gaps = (np.array(part) for part in zip(*sequence, strict=True))
    times = np.cumsum(gaps)
    alone = filtered(values, times)[:, 0]
    together = filtered(np.stack([values, -values, values + 2.0], axis=1), times)
    np.testing.assert_allclose(together, np.stack([alone, -alone, alone + 2.0], axis=1), atol=1e-9)


@given(steps)
def test_the_result_stays_between_the_measurements(sequence):
    values, gaps = zip(*sequence, strict=True)
    found = filtered(values, np.cumsum(gaps))
    assert min(values) - 1e-12 <= found.min() and found.max() <= max(values) + 1e-12


@given(st.floats(-1, 1), st.lists(st.floats(0.001, 2), min_size=1, max_size=5))
def test_what_rests_stays(value, gaps):
    np.testing.assert_allclose(filtered([value] * len(gaps), np.cumsum(gaps)), value, atol=1e-12)


def test_a_state_can_be_continued_twice():
    state = one_euro_step(None, np.zeros(2), 0.0)
    first = one_euro_step(state, np.ones(2), 0.1)
    again = one_euro_step(state, np.ones(2), 0.1)
    np.testing.assert_array_equal(first.values, again.values)
    assert state.time == 0.0 and not state.values.any()


def test_the_defaults_calm_noise_and_keep_blinks_and_smiles():
    times = np.arange(300) / 30.0
    noise = 0.02 * np.random.default_rng(0).standard_normal(300)
    blink = np.interp(times, [3.0, 3.1, 3.15, 3.35], [0.0, 1.0, 1.0, 0.0])
    smile = np.interp(times, [3.0, 3.5], [0.0, 1.0])
    calm, blinked, smiled = filtered(np.stack([noise, blink, smile], axis=1), times).T
    assert calm[60:].std() < 0.4 * noise[60:].std()
    assert blinked.max() > 0.95
    assert np.interp(0.5, smiled[90:120], times[90:120]) - 3.25 < 0.030


@pytest.mark.parametrize(
    "values, time, what",
    [
        (np.zeros(2), 0.0, "from 0.0 to 0.0 s, expected a later one"),
        (np.zeros(2), -1.0, "expected a later one"),
        (np.zeros(2), np.nan, "expected finite numbers"),
        (np.array([0.0, np.inf]), 1.0, "expected finite numbers"),
        (np.zeros(3), 1.0, "there are 3 values, expected 2 as before"),
    ],
)
def test_a_step_that_cannot_be_taken_says_why(values, time, what):
    state = one_euro_step(None, np.zeros(2), 0.0)
    with pytest.raises(ValueError, match=what):
        one_euro_step(state, values, time)


@pytest.mark.parametrize(
    "change", [{"least_cutoff_hz": 0.0}, {"cutoff_per_speed": -1.0}, {"speed_cutoff_hz": np.nan}], ids=str
)
def test_an_option_out_of_range_is_named(change):
    (name,) = change
    with pytest.raises(ValueError, match=f"{name} is .*, expected a finite number of at least"):
        OneEuroOptions(**change)
