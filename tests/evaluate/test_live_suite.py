"""Laws of the live suite: every kind has its figures, and a tracker that knows the truth has no error."""

import numpy as np
import pytest
from tests.clip_moments import moments_of_clip

import toonface.evaluate.live_suite as live_suite
from toonface.evaluate.live_suite import KINDS, measure_live


class Scenes:
    def scene(self, seed, number):
        return None


@pytest.fixture
def knowing(monkeypatch):
    """Pictures of nothing, and a tracker that is told what was performed."""
    picture = np.zeros((4, 4, 3), np.uint8)
    monkeypatch.setattr(live_suite, "perform", lambda renderer, scene, performance, size: [picture] * 120)

    def follow(networks, performance, pictures):
        stream = moments_of_clip(performance.clip)
        stream[60] = None
        return stream

    monkeypatch.setattr(live_suite, "follow", follow)
    return getattr(measure_live, "__wrapped__", measure_live)


def test_who_knows_the_truth_has_no_error_and_smoothing_has_a_little(knowing):
    said, seen = [], []
    figures = knowing({}, Scenes(), said.append, seen.append, 2)
    assert figures["live.lost"] == pytest.approx(1 / 120)
    assert len(seen) == 2 and len(said) == 2 * 120
    assert len(seen[0].calibrated) == len(seen[0].pictures) == 120 and seen[0].calibrated[60] is None
    assert figures["live.raw.mae"] < 1e-9
    assert figures["live.raw.delay_frames"] == pytest.approx(0.0, abs=1e-6)
    for kind in KINDS[1:]:
        assert 0.0 < figures[f"live.{kind}.mae"] < 0.02
        assert 0.0 < figures[f"live.{kind}.delay_frames"] < 1.5
    assert figures["live.calibrated.jawOpen.correlation"] > 0.8


def test_no_performers_are_refused(knowing):
    with pytest.raises(ValueError, match="performers is 0, expected at least 1"):
        knowing({}, Scenes(), performers=0)
