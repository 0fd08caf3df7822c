"""Labels that are measured on what was drawn: visibility of the landmarks, gaze, and the light in nine numbers."""

import numpy as np
from jaxtyping import Bool, Float, Float32

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.morphable.spherical_harmonics import sh_basis
from toonface.synth.shading.buffers import Buffers
from toonface.types import FaceRegion
from toonface.worn.surface import GAMMA

COVERED = 0.007
"""Metres by which something must lie in front of a landmark to hide it: brows and a moustache's edge do not."""
RIDGE = 0.02
"""Prior on the light's coefficients beyond the first, as a share of the data."""


def visible_landmarks(
    points: Float[np.ndarray, "68 3"], camera: ScaledOrthographic, buffers: Buffers
) -> tuple[Float32[np.ndarray, "68 2"], Bool[np.ndarray, "68"]]:
    """Project landmarks and find those that nothing covers.

    A point counts as seen when any of the nine pixels about it is no nearer to the viewer than the point, because
    contour points lie on the edge of what hides them from behind.

    Args:
        points: landmarks of the posed head, metres.
        camera: of the picture.
        buffers: what was drawn.
    """
    place = project(camera, points)
    height, width = buffers.depth.shape
    column, row = np.floor(place[:, 0]).astype(int), np.floor(place[:, 1]).astype(int)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    depth = place[:, 2] / camera.scale
    seen = np.zeros(len(points), bool)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            at = np.clip(row + down, 0, height - 1), np.clip(column + right, 0, width - 1)
            seen |= buffers.depth[at] < depth + COVERED
    return place[:, :2].astype(np.float32), seen & inside


def fit_light(buffers: Buffers) -> Float32[np.ndarray, "9"]:
    """Find δ, with which albedo times light comes closest to the shown skin, in sRGB and by least squares.

    Args:
        buffers: what was drawn. A picture without skin gives plain white light.
    """
    skin = (buffers.region == FaceRegion.SKIN) | (buffers.region == FaceRegion.NOSE)
    skin[1::2], skin[:, 1::2] = False, False  # a quarter of the pixels says the same in a quarter of the time
    # White light of strength 1: the first basis function is constant.
    prior = np.zeros(9)
    prior[0] = 1.0 / sh_basis(np.array([[0.0, 0.0, 1.0]]))[0, 0]
    if not skin.any():
        return prior.astype(np.float32)
    albedo = buffers.albedo[skin].astype(float)
    shown = np.clip(buffers.linear[skin], 0.0, 1.0).astype(float) ** (1.0 / GAMMA)
    basis = sh_basis(buffers.normals[skin].astype(float))
    power, answer = (albedo**2).sum(axis=1), (albedo * shown).sum(axis=1)
    matrix = (basis * power[:, None]).T @ basis
    ridge = RIDGE * np.trace(matrix) / 9.0 * np.diag([0.0] + [1.0] * 8)
    return np.linalg.solve(matrix + ridge + 1e-9 * np.eye(9), basis.T @ answer).astype(np.float32)
