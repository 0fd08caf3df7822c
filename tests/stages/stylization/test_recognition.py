"""Laws of recognising cartoons: the logit becomes a probability, and another shape is refused."""

import numpy as np
import pytest
from tests.stages.stylization.test_proportions import FACE

from toonface.stages.stylization.recognition import SIZE, drawn_probability
from toonface.types import Landmarks

PICTURE = np.zeros((200, 200, 3), np.uint8)
LANDMARKS = Landmarks(points_px=100.0 + 60.0 * FACE, sigma_px=np.ones(68))


@pytest.mark.parametrize(("logit", "probability"), [(0.0, 0.5), (np.log(3.0), 0.75), (-np.log(9.0), 0.1)])
def test_a_logit_becomes_a_probability(logit, probability):
    seen = []

    def network(picture):
        seen.append(picture.shape)
        return {"drawn": np.array([[logit]], np.float32)}

    assert drawn_probability(network, PICTURE, LANDMARKS) == pytest.approx(probability, abs=1e-6)
    assert seen == [(1, 3, SIZE, SIZE)]


def test_another_answer_is_refused():
    with pytest.raises(ValueError, match="'drawn'"):
        drawn_probability(lambda picture: {"drawn": np.zeros((1, 2), np.float32)}, PICTURE, LANDMARKS)
