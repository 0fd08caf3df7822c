"""Laws of proportions: rules follow the face, and each does what its name says."""

import numpy as np
import pytest

from toonface.stages.stylization.field import STYLES
from toonface.stages.stylization.proportions import PROPORTIONS, RULES, rule_offsets, styled_points


def a_face():
    """68 points of an upright face, y downwards."""
    contour = np.stack([-0.5 * np.cos(np.linspace(0, np.pi, 17)), 0.6 * np.sin(np.linspace(0, np.pi, 17))], axis=1)
    right = np.stack([np.linspace(-0.4, -0.12, 5), np.full(5, -0.2)], axis=1)
    left = right[::-1] * [-1.0, 1.0]
    nose = [[0.0, y] for y in np.linspace(-0.05, 0.15, 4)] + [[x, 0.2] for x in np.linspace(-0.08, 0.08, 5)]
    eye = 0.08 * np.array([[-1, 0], [-0.4, -0.4], [0.4, -0.4], [1, 0], [0.4, 0.4], [-0.4, 0.4]])
    lips = np.stack([-np.cos(np.linspace(0, 2 * np.pi, 20)), np.sin(np.linspace(0, 2 * np.pi, 20))], axis=1)
    mouth = [0.0, 0.38] + lips * [0.15, 0.06]
    eyes = np.concatenate([eye + np.array([x, -0.05]) for x in (-0.25, 0.25)])
    return np.concatenate([contour, right, left, nose, eyes, mouth])


FACE = a_face()


def moved(rule):
    return np.abs(rule_offsets(FACE)[RULES.index(rule)]).sum(axis=1) > 1e-9


def test_a_face_that_is_moved_and_enlarged_is_styled_the_same():
    for style in STYLES:
        elsewhere = styled_points(120.0 * FACE + [30.0, -7.0], style)
        assert np.allclose(elsewhere, 120.0 * styled_points(FACE, style) + [30.0, -7.0], atol=1e-9)


@pytest.mark.parametrize("strength", [0.0, 0.3])
def test_strength_is_a_share_of_the_way(strength):
    way = styled_points(FACE, "soft") - FACE
    assert np.allclose(styled_points(FACE, "soft", strength), FACE + strength * way)


@pytest.mark.parametrize(
    ("rule", "parts"),
    [("eye_width", range(36, 48)), ("brows_rise", range(17, 27)), ("nose_width", range(27, 36)),
     ("mouth_size", range(48, 68)), ("chin_rises", range(17))],
)  # fmt: skip
def test_a_rule_moves_its_own_part_alone(rule, parts):
    assert set(np.flatnonzero(moved(rule))) <= set(parts)
    assert moved(rule).sum() > 3


def test_every_style_enlarges_eyes_shrinks_the_nose_and_goes_further_than_the_one_before():
    sizes = []
    for style in STYLES:
        points = styled_points(FACE, style)
        sizes.append(
            [np.ptp(points[36:42, 0]) / np.ptp(FACE[36:42, 0]), np.ptp(points[31:36, 0]) / np.ptp(FACE[31:36, 0])]
        )
    eyes, noses = np.array(sizes).T
    assert (np.diff([1.0, *eyes]) > 0.1).all()
    assert (np.diff([1.0, *noses]) < -0.05).all()


def test_every_style_has_a_number_for_every_rule():
    assert tuple(PROPORTIONS) == STYLES
    assert {len(numbers) for numbers in PROPORTIONS.values()} == {len(RULES)}
    assert len(rule_offsets(FACE)) == len(RULES)
