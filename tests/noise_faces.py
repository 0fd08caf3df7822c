"""Faces of noise: what training needs of a cache of renders, without rendering."""

from dataclasses import replace

import numpy as np

from toonface.geometry.rotation import matrix_to_axis_angle, rotation_about_axis_radians
from toonface.io.sample_cache import CachedSample, SampleCache
from toonface.morphable.coarse_fit import EXPRESSION, POSE
from toonface.train.real_points import RealPoints
from toonface.types import FaceRegion

SIDE = 160


class TinyCache(SampleCache):
    """Stands for the cached samples: a few faces of noise, in both styles."""

    def __init__(self, samples):
        self.samples, self.styles = samples, ("photo", "toon")

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        return self.samples[index]


def face(rng):
    """68 points that stand upright: a circle, with eyes, nose and mouth where they belong."""
    angle = np.linspace(0.0, np.pi, 17)
    points = np.full((68, 2), 80.0) + rng.normal(0.0, 1.0, (68, 2))
    points[:17] += 40.0 * np.stack([-np.cos(angle), np.sin(angle)], axis=1)
    points[36:42] += np.array([[-25, -15], [-22, -18], [-16, -18], [-12, -15], [-16, -13], [-22, -13]])
    points[42:48] += np.array([[12, -15], [16, -18], [22, -18], [25, -15], [22, -13], [16, -13]])
    points[48], points[54] = points[48] + [-12.0, 20.0], points[54] + [12.0, 20.0]
    return points.astype(np.float32)


def sample_of(rng):
    """A render of noise with a face that stands upright, and labels of all kinds."""
    coefficients = np.zeros(239, np.float32)
    coefficients[EXPRESSION], coefficients[POSE] = rng.uniform(0.0, 1.0, 64), [0.2, 0.4, 0.1, 0.0, 0.0, 6.0]
    parsing = np.full((SIDE, SIDE), FaceRegion.SKIN, np.uint8)
    parsing[62:68, 55:68], parsing[62:68, 92:105] = FaceRegion.EYE_RIGHT, FaceRegion.EYE_LEFT
    return CachedSample(
        picture=rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8),
        parsing=parsing,
        landmarks_px=face(rng),
        visible=np.ones(68, bool),
        coefficients=coefficients,
        gaze=np.array([[0.3, 0.1], [0.2, -0.1]], np.float32),
        style="photo",
    )


def portrait_of(sample):
    """The same as a real portrait, of which eight points are not known."""
    points = sample.landmarks_px.astype(np.float64)
    partly = points.copy()
    partly[:8] = np.nan
    return RealPoints(picture=sample.picture, points_px=partly, completed_px=points)


def looking_at(sample, yaw, pitch, look):
    """The same person with another turn of the head (positive to the left and upwards) and another gaze."""
    rotation = rotation_about_axis_radians(np.array([1.0, 0.0, 0.0]), -pitch) @ rotation_about_axis_radians(
        np.array([0.0, 1.0, 0.0]), yaw
    )
    coefficients = sample.coefficients.copy()
    coefficients[POSE][:3] = matrix_to_axis_angle(rotation)
    return replace(sample, coefficients=coefficients, gaze=np.tile(np.float32(look), (2, 1)))
