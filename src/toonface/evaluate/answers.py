"""What the networks say about a picture: from its pixels alone, or with the true landmarks to frame the face."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from toonface.drive.gaze import looking
from toonface.evaluate.trials import Trial
from toonface.geometry.crop import CropFrame, frame_around, frame_around_box, to_crop
from toonface.morphable.coarse_fit import CoarseFit
from toonface.pipeline import look_twice
from toonface.stages import coarse, expression, landmarks, parsing
from toonface.stages.detection import detect_faces
from toonface.stages.gaze import read_gaze
from toonface.types import DetectedFace, Expression, FaceRegions, Landmarks, Network, Picture


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the networks say; None where the network is not there."""

    faces: tuple[DetectedFace, ...] | None = None
    """The largest first."""
    landmarks: Landmarks | None = None
    points_px: Float[np.ndarray, "68 2"] | None = None
    """Landmarks by which the face was framed for the others."""
    regions: FaceRegions | None = None
    fit: CoarseFit | None = None
    expression: Expression | None = None


def answer(networks: Mapping[str, Network], trial: Trial) -> Answer:
    """Ask the networks from the pixels alone: detect, find landmarks, find them again, and read the largest face.

    Where no face is found, the whole picture is taken for the frame of one. Without the detector or the landmarks the
    face is framed by the true points, if there are any.

    Args:
        networks: by name; any may be missing.
        trial: the picture.
    """
    picture = trial.picture
    faces = detect_faces(networks["detector"], picture) if "detector" in networks else None
    if faces is None or "landmarks" not in networks:
        given = np.isfinite(trial.points_px).all()
        return _read(networks, picture, trial.points_px if given else None, Answer(faces=faces))
    found = find_twice(networks["landmarks"], picture, faces)
    return _read(networks, picture, found.points_px, Answer(faces=faces, landmarks=found))


def answer_with_truth(networks: Mapping[str, Network], trial: Trial) -> Answer:
    """Ask the networks with the face framed by its true 68 points, so that errors do not add up.

    Args:
        networks: by name; any may be missing.
        trial: a picture of which all points are known.
    """
    found = None
    if "landmarks" in networks:
        frame = frame_around(trial.points_px, landmarks.MARGIN, landmarks.LIFT)
        found = landmarks.find_landmarks(networks["landmarks"], trial.picture, frame)
    return _read(networks, trial.picture, trial.points_px, Answer(landmarks=found))


def find_twice(network: Network, picture: Picture, faces: tuple[DetectedFace, ...]) -> Landmarks:
    """Find the landmarks of the largest face, and again in the frame around them, as `pipeline.find_face` does.

    Args:
        network: `landmarks`.
        picture: sRGB.
        faces: found in it, the largest first; with none the whole picture is taken for the frame of a face.
    """
    frame = whole_picture(picture)
    if faces:
        frame = frame_around_box(faces[0].box_px, faces[0].points_px, landmarks.MARGIN, landmarks.LIFT)
    return look_twice(network, picture, frame)


def whole_picture(picture: Picture) -> CropFrame:
    """Frame the whole picture, upright.

    Args:
        picture: at least one pixel.
    """
    height, width = picture.shape[:2]
    return CropFrame(centre_px=(0.5 * width, 0.5 * height), side_px=float(max(height, width)), roll_radians=0.0)


def seen_by_parser(points_px: Float[np.ndarray, "68 2"], shape: tuple[int, int]) -> Bool[np.ndarray, "H W"]:
    """Mark the pixels that lie in the parser's crop.

    Args:
        points_px: landmarks by which the face is framed.
        shape: height and width of the picture.
    """
    frame = frame_around(points_px, parsing.MARGIN, parsing.LIFT)
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    place = to_crop(frame, 1, np.stack([columns, rows], axis=-1))
    return np.all((place >= 0.0) & (place < 1.0), axis=-1)


def _read(
    networks: Mapping[str, Network], picture: Picture, points_px: Float[np.ndarray, "68 2"] | None, before: Answer
) -> Answer:
    if points_px is None:
        return before
    regions = fit = read = None
    if "parser" in networks:
        frame = frame_around(points_px, parsing.MARGIN, parsing.LIFT)
        regions = parsing.parse_face(networks["parser"], picture, frame)
    if "coarse" in networks:
        fit = coarse.fit_coarse(networks["coarse"], picture, frame_around(points_px, coarse.MARGIN, coarse.LIFT))
    if "expression" in networks:
        frame = frame_around(points_px, expression.MARGIN, expression.LIFT)
        read = expression.read_expression(networks["expression"], picture, frame)
        if "gaze" in networks:
            read = looking(read, read_gaze(networks["gaze"], picture, points_px, read.rotation))
    return Answer(
        faces=before.faces,
        landmarks=before.landmarks,
        points_px=points_px,
        regions=regions,
        fit=fit,
        expression=read,
    )
