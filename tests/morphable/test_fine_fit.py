"""Laws of the finely fitted head."""

import numpy as np
import pytest

from toonface.morphable.coarse_fit import fit_from_coefficients
from toonface.morphable.fine_fit import FineFit


def _fine(neutral: np.ndarray, weights: np.ndarray) -> FineFit:
    return FineFit(coarse=fit_from_coefficients(np.zeros(239), 100, 100), neutral=neutral, weights=weights, notes=())


def test_it_keeps_what_it_is_given() -> None:
    neutral, weights = np.ones((5, 3)), np.full(64, 0.5)
    fine = _fine(neutral, weights)
    assert fine.neutral is neutral and fine.weights is weights and fine.notes == ()


@pytest.mark.parametrize("name", ["neutral", "weights"])
def test_numbers_that_are_not_finite_are_refused(name: str) -> None:
    arrays = {"neutral": np.ones((5, 3)), "weights": np.zeros(64)}
    arrays[name].flat[3] = np.nan
    with pytest.raises(ValueError, match=f"{name} has 1 values that are not finite, expected none"):
        _fine(arrays["neutral"], arrays["weights"])
