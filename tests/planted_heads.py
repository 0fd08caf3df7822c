"""Heads whose answer is known: random ones of the model, seen by a known camera, and deformed beyond the model."""

from dataclasses import dataclass

import numpy as np

from toonface.geometry.camera import ScaledOrthographic, camera_from_pose, project
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import neutral_points, pose_head, skin_vertices, weights_of
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.landmarks import landmarks_3d
from toonface.types import Landmarks

SIDE = 256
MIX = {"jawOpen": 0.3, "mouthSmileLeft": 0.5, "mouthSmileRight": 0.4, "browInnerUp": 0.3, "eyeBlinkLeft": 0.2}


@dataclass(frozen=True)
class Planted:
    fit: CoarseFit
    neutral: np.ndarray
    landmarks: Landmarks


def camera_of(yaw=0.2, pitch=0.05):
    return camera_from_pose(np.array([pitch, yaw, 0.03, 0.005, -0.01, np.log(900.0)]), SIDE, SIDE)


def fit_of(identity, weights, camera):
    return CoarseFit(identity=identity, expression=weights, texture=np.zeros(80), light=np.zeros(9), camera=camera)


def seen_landmarks(model, neutral, weights, camera: ScaledOrthographic):
    skin = skin_vertices(model, pose_head(model, neutral, weights))
    return project(camera, landmarks_3d(skin, model.landmarks, camera.rotation))[:, :2]


def plant(model, rng, mix=MIX, yaw=0.2, bend=0.0):
    """A random head; `bend` metres of a smooth deformation that no coefficient makes."""
    identity, weights, camera = 0.8 * rng.standard_normal(80), weights_of(mix), camera_of(yaw)
    neutral = neutral_points(model, identity).astype(float)
    phase = neutral * [40.0, 35.0, 30.0]
    neutral = neutral + bend * np.sin(phase[:, [1, 2, 0]])
    points = seen_landmarks(model, neutral, weights, camera)
    landmarks = Landmarks(points_px=points, sigma_px=np.full(68, 0.5))
    return Planted(fit=fit_of(identity, weights, camera), neutral=neutral, landmarks=landmarks)


def fine_of(neutral, weights=None):
    weights = np.zeros(64) if weights is None else weights
    return FineFit(
        coarse=fit_of(np.zeros(80), weights, camera_of()), neutral=neutral.astype(float), weights=weights, notes=()
    )
