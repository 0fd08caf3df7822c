"""Laws of the live feed: followers get the newest pose, none twice, and none waits for another."""

import json
from dataclasses import replace
from threading import Thread

import numpy as np
import pytest

from toonface.drive.stream import FaceMoment
from toonface.geometry.rotation import rotation_about_axis_radians
from toonface.io.live_feed import LiveFeed, pose_text
from toonface.morphable.names import SHAPES
from toonface.types import Expression

JAW = SHAPES.index("jawOpen")


def moment(weight, angle=0.0):
    weights = np.where(np.arange(64) == JAW, weight, 0.0)
    rotation = rotation_about_axis_radians(np.array([0.0, 1.0, 0.0]), angle)
    return FaceMoment(
        time=0.0, expression=Expression(weights=weights, gaze_radians=np.zeros((2, 2)), rotation=rotation)
    )


def test_a_pose_names_what_is_not_at_rest_and_how_the_head_is_turned():
    told = json.loads(pose_text(moment(0.5, angle=0.4)))
    assert told["weights"] == {"jawOpen": 0.5}
    np.testing.assert_allclose(told["head"], [0.0, np.sin(0.2), 0.0, np.cos(0.2)], atol=1e-4)
    beyond = moment(1.0)
    beyond = replace(beyond, expression=replace(beyond.expression, weights=np.full(64, 1.5)))
    assert set(json.loads(pose_text(beyond))["weights"].values()) == {1.0}


def test_a_slow_follower_misses_what_is_old():
    feed = LiveFeed()
    following = feed.follow()
    feed(moment(0.1))
    assert json.loads(next(following))["weights"] == {"jawOpen": 0.1}
    for weight in (0.2, 0.3, 0.4):
        feed(moment(weight))
    assert json.loads(next(following))["weights"] == {"jawOpen": 0.4}


def test_silence_is_told_and_what_was_told_is_not_told_again():
    feed = LiveFeed()
    following = feed.follow(quiet_seconds=0.01)
    assert next(following) == ""
    feed(moment(0.1))
    assert next(following) != "" and next(following) == ""


def test_an_end_wakes_everybody():
    feed, told = LiveFeed(), []
    threads = [Thread(target=lambda: told.append(list(feed.follow()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    feed.close()
    feed.close()
    for thread in threads:
        thread.join(timeout=10)
    assert told == [[], []]
    with pytest.raises(StopIteration):
        next(feed.follow())
