import numpy as np

from toonface.synth.picture.filters import gaussian_blur
from toonface.synth.picture.painting import kuwahara


def random_picture(height=40, width=50, channels=3, seed=0):
    return np.random.default_rng(seed).random((height, width, channels), np.float32)


def test_painting_over_keeps_an_edge_that_a_blur_would_lose():
    picture = 0.1 * random_picture(48, 48)
    picture[:, 24:] += 0.8
    painted, blurred = kuwahara(picture, 4.0), gaussian_blur(picture, 3.0)
    step = painted[:, 25] - painted[:, 22]
    assert step.mean() > 0.7 > (blurred[:, 25] - blurred[:, 22]).mean()
    assert painted[:, :18].std() < 0.6 * picture[:, :18].std()
