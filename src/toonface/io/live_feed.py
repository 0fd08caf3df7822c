"""What moves a head now, for browsers that show it: each gets the newest pose, and nobody waits for a slow one."""

import json
from collections.abc import Iterator
from threading import Condition

import numpy as np

from toonface.drive.quaternions import matrix_to_quaternion
from toonface.drive.stream import FaceMoment
from toonface.morphable.names import SHAPES

DIGITS = 4
QUIET_SECONDS = 5.0
"""After which a line without a pose is sent, by which a browser that is gone is noticed."""


class LiveFeed:
    """A sink of moments that any number of browsers may follow."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._text, self._number, self._ended = "", 0, False

    def __call__(self, moment: FaceMoment) -> None:
        """Make a moment the newest one.

        Args:
            moment: of a source.
        """
        text = pose_text(moment)
        with self._changed:
            self._text, self._number = text, self._number + 1
            self._changed.notify_all()

    def close(self) -> None:
        """End what `follow` yields; a second call does nothing."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def follow(self, quiet_seconds: float = QUIET_SECONDS) -> Iterator[str]:
        """Yield each pose that is newer than the one before, as JSON, and "" after a silence; ends on `close`.

        Args:
            quiet_seconds: how long a silence is.
        """
        seen = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda last=seen: self._ended or self._number > last, quiet_seconds)
                if self._ended:
                    return
                text, seen = ("", seen) if self._number == seen else (self._text, self._number)
            yield text


def pose_text(moment: FaceMoment) -> str:
    """Return what the viewer is told: `weights` of shapes that are not at rest, and `head`, a quaternion x, y, z, w.

    Args:
        moment: of a source.
    """
    weights = np.round(np.clip(moment.expression.weights, 0.0, 1.0).astype(np.float64), DIGITS)
    head = np.round(matrix_to_quaternion(moment.expression.rotation), DIGITS)
    told = {SHAPES[shape]: weights[shape] for shape in np.flatnonzero(weights)}
    return json.dumps({"weights": told, "head": head.tolist()})
