"""Faces of noise for the trainings that need no more; some tests have their own."""

import numpy as np
import pytest
from tests.noise_faces import TinyCache, portrait_of, sample_of


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.fixture
def sample(rng):
    return sample_of(rng)


@pytest.fixture
def portrait(sample):
    return portrait_of(sample)


@pytest.fixture
def cache(sample):
    return TinyCache([sample] * 120)
