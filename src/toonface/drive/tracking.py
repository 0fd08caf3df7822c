"""A face in one picture after the other: found once, followed from its last points, found again where it is lost."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from toonface.drive.gaze import looking
from toonface.geometry.crop import CropFrame, frame_around, frame_around_box
from toonface.stages import expression, landmarks
from toonface.stages.detection import detect_faces
from toonface.stages.gaze import read_gaze
from toonface.types import Expression, Landmarks, Network, Picture

NEEDED = ("detector", "landmarks", "expression", "gaze")
"""Networks without which no face is followed."""


@dataclass(frozen=True, kw_only=True)
class TrackOptions:
    """Trades time and closeness.

    Raises:
        ValueError: the number of pictures is below 1, or the spread is not above 0.
    """

    points_every: int = 1
    """Pictures after which points are looked for again; the crop rests between. On rendered performances, whose
    heads turn by up to 50 degrees per second, 3 is as close as 1."""
    lost_spread: float = 0.03
    """Mean uncertainty of the points, in larger sides of their box, from which on they are no face. Of a face in its
    crop it is 0.006 to 0.01, a quarter of a crop aside 0.01, half a crop aside 0.02 to 0.08, and without a face above
    0.06."""

    def __post_init__(self) -> None:
        if self.points_every < 1:
            raise ValueError(f"points_every is {self.points_every}, expected at least 1")
        if not self.lost_spread > 0.0:
            raise ValueError(f"lost_spread is {self.lost_spread}, expected more than 0")


TRACK_DEFAULTS = TrackOptions()


@dataclass(frozen=True, kw_only=True)
class TrackState:
    """What is known after a picture."""

    points: Landmarks | None = None
    """Of the face, in that picture or in one a little before; None where there is no face."""
    age: int = 0
    """Pictures since these points were looked for."""
    expression: Expression | None = None
    """Of the face in the last picture; None where there is none."""


TRACK_START = TrackState()


def track(
    state: TrackState, networks: Mapping[str, Network], picture: Picture, options: TrackOptions = TRACK_DEFAULTS
) -> TrackState:
    """Follow a face into the next picture and read it; a new or lost face is looked for in the whole picture.

    Of several faces the largest is followed, for as long as it is seen.

    Args:
        state: after the picture before, `TRACK_START` at first.
        networks: all of `NEEDED`, by name.
        picture: sRGB.
        options: trades time and closeness.
    """
    if state.points is not None and state.age + 1 < options.points_every:
        found, age = state.points, state.age + 1
    else:
        found, age = _follow(state.points, networks, picture, options), 0
    if found is None:
        return TRACK_START
    frame = frame_around(found.points_px, expression.MARGIN, expression.LIFT)
    seen = expression.read_expression(networks["expression"], picture, frame)
    eyes = read_gaze(networks["gaze"], picture, found.points_px, seen.rotation)
    return TrackState(points=found, age=age, expression=looking(seen, eyes))


def _follow(
    before: Landmarks | None, networks: Mapping[str, Network], picture: Picture, options: TrackOptions
) -> Landmarks | None:
    if before is not None:
        found = _look(before, networks["landmarks"], picture)
        if is_face(found, picture, options):
            return found
    faces = detect_faces(networks["detector"], picture)
    if not faces:
        return None
    around = frame_around_box(faces[0].box_px, faces[0].points_px, landmarks.MARGIN, landmarks.LIFT)
    # The detector's box fits less closely than points do.
    found = _look(landmarks.find_landmarks(networks["landmarks"], picture, around), networks["landmarks"], picture)
    return found if is_face(found, picture, options) else None


def _look(before: Landmarks, network: Network, picture: Picture) -> Landmarks:
    frame: CropFrame = frame_around(before.points_px, landmarks.MARGIN, landmarks.LIFT)
    return landmarks.find_landmarks(network, picture, frame)


def is_face(found: Landmarks, picture: Picture, options: TrackOptions = TRACK_DEFAULTS) -> bool:
    """Tell whether points are those of a face in a picture: they are certain, and their middle is inside.

    Args:
        found: what the network `landmarks` says.
        picture: in which it was found.
        options: how certain they have to be.
    """
    low, high = found.points_px.min(axis=0), found.points_px.max(axis=0)
    middle = 0.5 * (low + high)
    inside = bool((middle >= 0.0).all() and (middle < [picture.shape[1], picture.shape[0]]).all())
    return inside and float(np.mean(found.sigma_px)) < options.lost_spread * float((high - low).max())
