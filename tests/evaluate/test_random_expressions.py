import numpy as np
import pytest

from toonface.evaluate.random_expressions import ANTAGONISTS, random_expression
from toonface.morphable.names import SHAPES


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(0)
    return np.array([random_expression(rng) for _ in range(3000)])


def weight(many, name):
    return many[:, SHAPES.index(name)]


def test_weights_are_shares(many):
    assert many.shape == (3000, 64)
    assert many.min() == 0.0
    assert 0.9 < many.max() <= 1.0


def test_at_most_eight_shapes_act_and_mostly_some_do(many):
    active = (many > 0.0).sum(axis=1)
    assert active.max() <= 8
    assert np.median(active) >= 3


def test_every_shape_is_drawn(many):
    assert (many > 0.0).any(axis=0).all()


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("pair", ANTAGONISTS, ids="-".join)
def test_opposed_shapes_never_act_together(many, pair, side):
    first, second = (weight(many, name.replace("*", side)) for name in pair)
    assert not ((first > 0.0) & (second > 0.0)).any()
    assert (first > 0.0).any() and (second > 0.0).any()


def test_lips_close_only_over_an_open_jaw(many):
    closed, opened = weight(many, "mouthClose"), weight(many, "jawOpen")
    assert (closed <= opened).all()
    assert (closed > 0.0).any()


class Fixed(np.random.Generator):
    """Draws given shapes at given weights."""

    def __init__(self, weights):
        super().__init__(np.random.PCG64(0))
        self.weights = weights

    def choice(self, *_, **__):
        return np.array([SHAPES.index(name) for name in self.weights])

    def integers(self, *_):
        return len(self.weights)

    def uniform(self, *_, **__):
        return np.array(list(self.weights.values()))


def test_of_two_opposed_shapes_the_stronger_stays():
    drawn = {"mouthSmileLeft": 0.4, "mouthFrownLeft": 0.6, "mouthFrownRight": 0.3, "mouthClose": 0.8, "jawOpen": 0.5}
    weights = dict(zip(SHAPES, random_expression(Fixed(drawn)), strict=True))
    expected = {"mouthFrownLeft": 0.6, "mouthFrownRight": 0.3, "mouthClose": 0.5, "jawOpen": 0.5}
    assert {name: value for name, value in weights.items() if value} == expected


def test_the_same_seed_gives_the_same_expressions():
    first, second = (random_expression(np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (random_expression(np.random.default_rng(8)) != first).any()
