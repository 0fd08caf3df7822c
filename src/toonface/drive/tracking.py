"""A face in one picture after the other: found once, followed from its last points, found again where it is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from toonface.drive.gaze import looking
from toonface.geometry.crop import CropFrame, frame_around, frame_around_box
from toonface.stages.detection import detect_faces
from toonface.stages.expression import LIFT, MARGIN, read_face
from toonface.stages.gaze import read_gaze
from toonface.types import Expression, Landmarks, Network, Picture

NEEDED = ("detector", "expression", "gaze")
"""Networks without which no face is followed."""
LOST_SPREAD = 0.05
"""Mean uncertainty of the points, in larger sides of their box, from which on they are no face. On 30 real portraits it
is 0.012 to 0.023 in the face's own crop, 0.012 to 0.027 a fifth of a crop aside, 0.07 to 0.15 half a crop aside, and
0.07 to 0.13 without a face."""


@dataclass(frozen=True, kw_only=True)
class TrackState:
    """What is known after a picture."""

    points: Landmarks | None = None
    """Of the face in that picture; None where there is no face."""
    expression: Expression | None = None
    """Likewise."""


TRACK_START = TrackState()


def track(state: TrackState, networks: Mapping[str, Network], picture: Picture) -> TrackState:
    """Follow a face into the next picture and read it; a new or lost face is looked for in the whole picture.

    The crop stands around the points of the picture before, so that one network is asked once per picture, and a
    small one where the eyes look. Of several faces the largest is followed, for as long as it is seen.

    Args:
        state: after the picture before, `TRACK_START` at first.
        networks: all of `NEEDED`, by name.
        picture: sRGB.
    """
    found = _found(state, networks, picture)
    if found.points is None or found.expression is None:
        return TRACK_START
    eyes = read_gaze(networks["gaze"], picture, found.points.points_px, found.expression.rotation)
    return replace(found, expression=looking(found.expression, eyes, state.expression))


def _found(state: TrackState, networks: Mapping[str, Network], picture: Picture) -> TrackState:
    if state.points is not None:
        followed = _look(networks["expression"], picture, frame_around(state.points.points_px, MARGIN, LIFT))
        if followed is not TRACK_START:
            return followed
    faces = detect_faces(networks["detector"], picture)
    if not faces:
        return TRACK_START
    found = _look(networks["expression"], picture, frame_around_box(faces[0].box_px, faces[0].points_px, MARGIN, LIFT))
    if found.points is None:
        return TRACK_START
    # The detector's box fits less closely than points do.
    return _look(networks["expression"], picture, frame_around(found.points.points_px, MARGIN, LIFT))


def _look(network: Network, picture: Picture, frame: CropFrame) -> TrackState:
    expression, points = read_face(network, picture, frame)
    return TrackState(points=points, expression=expression) if is_face(points, picture) else TRACK_START


def is_face(found: Landmarks, picture: Picture) -> bool:
    """Tell whether points are those of a face in a picture: they are certain, and their middle is inside.

    Args:
        found: what the network `expression` says.
        picture: in which it was found.
    """
    low, high = found.points_px.min(axis=0), found.points_px.max(axis=0)
    middle = 0.5 * (low + high)
    inside = bool((middle >= 0.0).all() and (middle < [picture.shape[1], picture.shape[0]]).all())
    return inside and float(np.mean(found.sigma_px)) < LOST_SPREAD * float((high - low).max())
