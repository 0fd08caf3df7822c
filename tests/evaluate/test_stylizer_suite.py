"""Laws of the stylizer's suite: the portrait itself has no faults, kept portraits alone count, cartoons are counted."""

import numpy as np
import pytest
from tests.test_cli_look import FakeDetector, fake_expression, fake_landmarks, fake_parser

from toonface.evaluate.stylizer_suite import measure_stylizer
from toonface.evaluate.trials import Trial
from toonface.stages.stylization.crop import SIZE
from toonface.stages.stylization.field import FIELD_SIZE, STYLES

NOWHERE = np.full((68, 2), np.nan)


def trial(number, group, validation=True):
    rng = np.random.default_rng(number)
    picture = rng.integers(100, 200, (96, 96, 3)).astype(np.uint8)
    return Trial(name=f"{group} {number}", group=group, picture=picture, points_px=NOWHERE, validation=validation)


class Sets:
    """Two toons, three portraits of which one was trained on, and an emoji."""

    model = None

    def __init__(self, real=True):
        self.has_real = real

    def expressions(self):
        return iter(())

    def faceless(self):
        return iter(())

    def held_out(self):
        return iter([trial(1, "toon"), trial(2, "toon"), trial(3, "photo")])

    def real(self):
        shown = [trial(4, "london"), trial(5, "london", validation=False), trial(6, "canada"), trial(7, "fluent")]
        return iter(shown if self.has_real else [])


def fake_cartoon(picture):
    return {"drawn": np.array([[5.0 if picture[0, 0].mean() > 0.9 else -5.0]], np.float32)}


def fake_stylizer(picture):
    """Makes faces red."""
    residual = np.zeros((1, 3, 3, SIZE, SIZE), np.float32)
    residual[:, :, 0] = 0.4
    return {
        "offset": np.zeros((1, 3, 2, FIELD_SIZE, FIELD_SIZE), np.float32),
        "scale": np.full((1, 3, FIELD_SIZE, FIELD_SIZE), 0.001, np.float32),
        "residual": residual,
    }


def pooled_parser(picture):
    """Knows the regions, and tells light pictures from dark ones."""
    return {"logits": fake_parser(picture)["logits"] + picture.mean()}


NETWORKS = {
    "detector": FakeDetector(),
    "landmarks": fake_landmarks,
    "parser": pooled_parser,
    "expression": fake_expression,
    "cartoon": fake_cartoon,
    "stylizer": fake_stylizer,
}


@pytest.fixture(scope="module")
def measured():
    seen = []
    figures = measure_stylizer(
        NETWORKS,
        Sets(),
        lambda name: None,
        lambda one, _, cartoons: seen.append((one, cartoons)),
        {"still": lambda picture, found, regions: picture},
    )
    return figures, seen


def test_the_portrait_itself_has_no_faults(measured):
    figures, _ = measured
    assert figures["none.found"] == 1.0
    assert figures["none.likeness"] == pytest.approx(0.0, abs=1e-9)
    assert figures["none.skin"] == 0.0
    assert figures["none.expression"] == 0.0


def test_kept_portraits_alone_are_drawn_in_every_style_with_and_without_the_network(measured):
    figures, seen = measured
    assert figures["pictures"] == 2.0
    assert [one.name for one, _ in seen] == ["london 4", "canada 6"]
    assert set(seen[0][1]) == {"none", *STYLES, *(f"plain_{style}" for style in STYLES), "still"}


def test_what_else_draws_is_measured_by_the_same_rules(measured):
    figures, _ = measured
    own = {name.removeprefix("none."): value for name, value in figures.items() if name.startswith("none.")}
    assert len(own) >= 5
    assert {name.removeprefix("still."): value for name, value in figures.items() if name.startswith("still.")} == own


def test_a_change_of_colour_is_told(measured):
    figures, _ = measured
    assert figures["soft.skin"] > 10.0
    assert figures["plain_soft.skin"] < 0.3 * figures["soft.skin"]


def test_what_is_recognised_is_counted(measured):
    figures, _ = measured
    assert figures["recognised.real_false"] == 0.0
    assert figures["recognised.toon"] == 0.0
    assert set(figures) >= {"soft.kid", "none.kid", "anime.drawn", "bold.found"}


def test_a_missing_network_and_missing_portraits_are_said():
    with pytest.raises(ValueError, match="needs the networks stylizer"):
        measure_stylizer({k: v for k, v in NETWORKS.items() if k != "stylizer"}, Sets(), print)
    with pytest.raises(ValueError, match="there are no real portraits"):
        measure_stylizer(NETWORKS, Sets(real=False), print)
