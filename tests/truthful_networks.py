"""Networks that know the truth, and portraits whose pixels say where they are: red is x, green is y, blue is a number.

A network that sees any crop of such a picture can tell which picture it is and how the crop lies in it.
"""

import numpy as np

from toonface.evaluate.judging import projected_landmarks
from toonface.evaluate.network_metrics import box_around
from toonface.evaluate.trials import Trial
from toonface.geometry.camera import ScaledOrthographic, pose_of
from toonface.geometry.crop import five_points
from toonface.geometry.rotation import axis_angle_to_matrix, matrix_to_axis_angle, rotation_about_axis_radians
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.eyes import gaze_angles, gaze_rotations
from toonface.morphable.face_model import neutral_points
from toonface.stages import parsing
from toonface.synth.labels import Labels
from toonface.types import FaceRegion

SIDE = 224
STEP = 8
"""Of the blue of one picture to the next."""
FACELESS = 255


def located_picture(number):
    """A picture that knows where its pixels are."""
    picture = np.full((SIDE, SIDE, 3), number * STEP, np.uint8)
    picture[..., 0], picture[..., 1] = np.arange(SIDE), np.arange(SIDE)[:, None]
    return picture


def faceless_picture():
    return np.full((64, 96, 3), FACELESS, np.uint8)


def true_trial(model, rng, number, style):
    """A head of the model in a picture, with labels that agree."""
    identity, weights = 0.6 * rng.normal(size=80), 0.5 * rng.random(64) * (rng.random(64) < 0.3)
    camera = ScaledOrthographic(
        rotation=axis_angle_to_matrix(0.15 * rng.normal(size=3)),
        translation=rng.normal(size=2) * 0.004 - [0.0, 0.01],
        scale=620.0 + 40.0 * rng.random(),
        width=SIDE,
        height=SIDE,
    )
    light = rng.normal(size=9)
    fit = CoarseFit(identity=identity, expression=weights, texture=rng.normal(size=80), light=light, camera=camera)
    points = projected_landmarks(model, fit)
    labels = Labels(
        landmarks_px=points.astype(np.float32),
        visible=np.ones(68, bool),
        identity=identity.astype(np.float32),
        expression=weights.astype(np.float32),
        texture=fit.texture.astype(np.float32),
        light=light.astype(np.float32),
        pose=pose_of(camera).astype(np.float32),
        gaze=gaze_angles(gaze_rotations(weights)).astype(np.float32),
        parsing=painted_regions(points),
        depth=None,
        normals=None,
        albedo=None,
        hair_style="",
        hair_colour=np.zeros(3, np.float32),
        facts={},
    )
    return Trial(
        name=f"{style} {number}",
        group=style,
        picture=located_picture(number),
        points_px=points,
        labels=labels,
        neutral=neutral_points(model, identity),
    )


def painted_regions(points):
    """Boxes: the face is skin, with eyes and a mouth; cloth below."""
    classes = np.full((SIDE, SIDE), FaceRegion.BACKGROUND, np.uint8)
    classes[SIDE - 20 :] = FaceRegion.CLOTH
    parts = {
        FaceRegion.SKIN: range(68),
        FaceRegion.EYE_RIGHT: range(36, 42),
        FaceRegion.EYE_LEFT: range(42, 48),
        FaceRegion.INNER_MOUTH: range(48, 60),
    }
    for region, numbers in parts.items():
        left, top, right, bottom = np.rint(box_around(points[list(numbers)])).astype(int)
        classes[top - 2 : bottom + 2, left:right] = region
    return classes


class Located:
    """How a crop lies in its picture: picture = corner + (u, v) @ axes, with pixel centres at +0.5."""

    def __init__(self, crop):
        self.size = crop.shape[2]
        rows, columns = np.mgrid[: crop.shape[1] : 2, : crop.shape[2] : 3] + 0.5
        planes = 255.0 * np.moveaxis(crop[:, ::2, ::3], 0, 2)
        self.number = round(float(np.median(planes[..., 2])) / STEP)
        # Where the crop goes beyond the picture, its edge is repeated, and pixels do not say where they are.
        inside = ((planes[..., :2] > 2) & (planes[..., :2] < SIDE - 3)).all(axis=2)
        known = np.stack([np.ones(inside.sum()), columns[inside], rows[inside]], axis=1)
        solved = np.linalg.lstsq(known, planes[inside][:, :2] + 0.5, rcond=None)[0]
        self.corner, self.axes = solved[0], solved[1:]

    def from_picture(self, points):
        return (points - self.corner) @ np.linalg.inv(self.axes)

    def to_picture(self, points):
        return self.corner + points @ self.axes

    @property
    def turn(self):
        """From the crop's camera to the picture's."""
        return rotation_about_axis_radians(np.array([0.0, 0.0, 1.0]), -np.arctan2(self.axes[0, 1], self.axes[0, 0]))


class TruthfulNetwork:
    """Answers with the truth about the one picture that it is shown."""

    def __init__(self, trials):
        self.trials = trials

    def __call__(self, picture):
        assert picture.dtype == np.float32 and picture.shape[:2] == (1, 3)
        if np.median(picture[0, 2]) > 0.99:
            return self.nothing()
        place = Located(picture[0])
        found = self.tell(place, self.trials[place.number])
        return {name: np.asarray(values, np.float32)[None] for name, values in found.items()}

    def nothing(self):
        raise AssertionError("only a detector is shown pictures without a face")


class TruthfulDetector(TruthfulNetwork):
    def tell(self, place, trial):
        points = trial.points_px
        box = place.from_picture(box_around(points).reshape(2, 2)).reshape(4)
        return {"scores": [0.9], "boxes": [box], "points": [place.from_picture(five_points(points))]}

    def nothing(self):
        zeros = {"scores": (1, 1), "boxes": (1, 1, 4), "points": (1, 1, 5, 2)}
        return {name: np.zeros(shape, np.float32) for name, shape in zeros.items()}


class TruthfulLandmarks(TruthfulNetwork):
    def __init__(self, trials, shift_px=(0.0, 0.0)):
        super().__init__(trials)
        self.shift_px = np.array(shift_px)

    def tell(self, place, trial):
        return {"points": place.from_picture(trial.points_px + self.shift_px), "sigma": np.ones(68)}


class TruthfulParser(TruthfulNetwork):
    def tell(self, place, trial):
        size = parsing.LOGITS_SIZE
        columns, rows = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
        seen = place.to_picture(place.size / size * np.stack([columns, rows], axis=-1))
        column, row = np.clip(np.floor(seen).astype(int), 0, SIDE - 1).transpose(2, 0, 1)
        classes = trial.labels.parsing[row, column]
        return {"logits": 10.0 * (classes == np.arange(len(FaceRegion))[:, None, None])}


class TruthfulCoarse(TruthfulNetwork):
    def tell(self, place, trial):
        labels = trial.labels
        rotation, log_scale = axis_angle_to_matrix(labels.pose[:3].astype(float)), float(labels.pose[5])
        middle = place.to_picture(np.array([0.5, 0.5]) * place.size)
        offset = np.array([middle[0] - 0.5 * SIDE, 0.5 * SIDE - middle[1]]) / np.exp(log_scale)
        translation = place.turn[:2, :2].T @ (labels.pose[3:5] - offset)
        scale = log_scale - np.log(np.linalg.norm(place.axes[0]))
        pose = [*matrix_to_axis_angle(place.turn.T @ rotation), *translation, scale]
        return {"coefficients": [*labels.coefficients[:233], *pose]}


class TruthfulExpression(TruthfulNetwork):
    def tell(self, place, trial):
        rotation = place.turn.T @ axis_angle_to_matrix(trial.labels.pose[:3].astype(float))
        return {
            "weights": trial.labels.expression,
            "gaze": trial.labels.gaze.reshape(4),
            "rotation": matrix_to_axis_angle(rotation),
        }


def truthful_networks(trials):
    """All five networks."""
    return {
        "detector": TruthfulDetector(trials),
        "landmarks": TruthfulLandmarks(trials),
        "parser": TruthfulParser(trials),
        "coarse": TruthfulCoarse(trials),
        "expression": TruthfulExpression(trials),
    }
