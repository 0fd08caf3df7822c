"""Laws of drawn performances: a moment is drawn as it is, and none is the head at rest."""

import numpy as np
import pytest
from tests.assets import small_asset

from toonface.drive.stream import FaceMoment
from toonface.evaluate.live_sheets import VIEW, draw_moment
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.io.asset_preview import AssetPainter, Pose, on_backdrop
from toonface.morphable.names import SHAPES
from toonface.types import Expression


@pytest.fixture(scope="module")
def painter():
    return AssetPainter(small_asset(), 48)


def moment(jaw=0.0, yaw=0.0):
    weights = np.where(np.array(SHAPES) == "jawOpen", jaw, 0.0)
    rotation = axis_angle_to_matrix(np.array([0.0, yaw, 0.0]))
    expression = Expression(weights=weights, gaze_radians=np.zeros((2, 2)), rotation=rotation)
    return FaceMoment(time=0.0, expression=expression)


def test_no_moment_and_one_of_nothing_are_the_head_at_rest(painter):
    at_rest = on_backdrop(painter.draw(VIEW))
    np.testing.assert_array_equal(draw_moment(painter, None), at_rest)
    np.testing.assert_array_equal(draw_moment(painter, moment()), at_rest)


def test_a_moment_is_drawn_with_its_weights_and_its_turn(painter):
    turn = axis_angle_to_matrix(np.array([0.0, 0.3, 0.0]))
    expected = on_backdrop(painter.draw(VIEW, Pose(weights={"jawOpen": 0.8}, turns={"Head": turn})))
    np.testing.assert_array_equal(draw_moment(painter, moment(jaw=0.8, yaw=0.3)), expected)
    assert not np.array_equal(draw_moment(painter, moment(yaw=0.3)), expected)
