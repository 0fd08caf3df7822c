"""Streams of what a face does: the one form in which every source gives it and every sink takes it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from toonface.drive.clips import Clip
from toonface.drive.quaternions import matrix_to_quaternion
from toonface.morphable.names import MIRRORED_SHAPES
from toonface.types import Expression

ASIDE = np.diag([-1.0, 1.0, 1.0])
"""A mirror that stands where left and right are its two sides."""


@dataclass(frozen=True, kw_only=True)
class FaceMoment:
    """What a face does at one time."""

    time: float
    """Seconds, of the source's clock; later than that of the moment before."""
    expression: Expression
    """The head's rotation is that from the camera's axes, or from the chest where the source knows it."""


FaceStream: TypeAlias = Iterator[FaceMoment | None]
"""Moments as they come; None where the source has waited for a moment, or a picture shows no face."""


def clip_of_moments(name: str, moments: Sequence[FaceMoment]) -> Clip:
    """Return moments as a clip that begins at 0 seconds.

    Args:
        name: of the clip.
        moments: with rising times.

    Raises:
        ValueError: there is none, or times do not rise.
    """
    if not moments:
        raise ValueError(f"no face was seen for clip {name!r}, expected at least one moment")
    seen = [moment.expression for moment in moments]
    return Clip(
        name=name,
        times=np.array([moment.time - moments[0].time for moment in moments]),
        weights=np.stack([np.clip(expression.weights, 0.0, 1.0) for expression in seen]).astype(np.float64),
        head=np.stack([matrix_to_quaternion(expression.rotation) for expression in seen]),
        gaze_radians=np.stack([expression.gaze_radians for expression in seen]).astype(np.float64),
    )


def seen_moments(stream: Iterable[FaceMoment | None]) -> list[FaceMoment]:
    """Return the moments of a stream that ends.

    Args:
        stream: with gaps, which are left out.
    """
    return [moment for moment in stream if moment is not None]


def mirrored(moment: FaceMoment) -> FaceMoment:
    """Return what a mirror shows: left and right change places, of shapes, eyes and turns; its own inverse.

    Args:
        moment: of any source.
    """
    seen = moment.expression
    expression = Expression(
        weights=seen.weights[MIRRORED_SHAPES],
        gaze_radians=seen.gaze_radians[::-1] * np.array([-1.0, 1.0]),
        rotation=ASIDE @ seen.rotation @ ASIDE,
    )
    return replace(moment, expression=expression)
