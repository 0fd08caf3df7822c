"""The scaled orthographic camera: project, unproject, frame a head, recover a pose from points. numpy only.

The picture has its origin at the top left and pixel centres at +0.5; the camera looks along -Z at a head that looks
along +Z. For a vertex v with c = R v:

    image_x = width / 2 + s (c_x + t_x)        image_y = height / 2 - s (c_y + t_y)        depth = s c_z

Depth is in pixels and larger is nearer, so that (x, -y, depth) is a similarity of the head.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.geometry.rotation import (
    Rotation,
    axis_angle_to_matrix,
    check_rotation,
    matrix_to_axis_angle,
    rotation_about_axis_radians,
)
from toonface.types import Vertices

FIT_ITERATIONS = 50
"""Most Gauss-Newton steps of a pose fit, and most halvings of one; exact data take two or three steps."""

FIT_STEP = 1e-11
"""A step that turns by less (radians) and scales by less (logarithm) ends a pose fit."""

FLAT_RATIO = 1e-6
"""Points whose smallest principal extent is below this part of the largest leave the pose ambiguous."""


@dataclass(frozen=True, kw_only=True)
class ScaledOrthographic:
    """A scaled orthographic camera with its picture size.

    Raises:
        ValueError: the rotation is none, the scale is not above 0, or the picture is empty.
    """

    rotation: Rotation
    """Head to camera axes: +X right, +Y up, +Z towards the viewer."""
    translation: Float[np.ndarray, "2"]
    """t_x, t_y in metres, after the rotation; zero puts the head's origin at the centre of the picture."""
    scale: float
    """Pixels per metre."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""

    def __post_init__(self) -> None:
        check_rotation("rotation", self.rotation)
        if self.translation.shape != (2,) or not np.isfinite(self.translation).all():
            raise ValueError(f"translation is {self.translation}, expected two finite numbers")
        if not (np.isfinite(self.scale) and self.scale > 0.0):
            raise ValueError(f"scale is {self.scale}, expected a finite number above 0")
        if self.width < 1 or self.height < 1:
            raise ValueError(f"picture is {self.width} x {self.height} px, expected at least 1 x 1")


def project(camera: ScaledOrthographic, vertices: Vertices) -> Vertices:
    """Project points to the picture: (x px, y px, depth px), depth larger when nearer.

    Args:
        camera: where from.
        vertices: metres.
    """
    scaled = vertices @ (camera.scale * camera.rotation.T)
    shift_x, shift_y = camera.scale * camera.translation
    x = 0.5 * camera.width + shift_x + scaled[:, 0]
    y = 0.5 * camera.height - shift_y - scaled[:, 1]
    return np.stack([x, y, scaled[:, 2]], axis=1)


def unproject(
    camera: ScaledOrthographic, points_px: Float[np.ndarray, "N 2"], depth_px: Float[np.ndarray, " N"]
) -> Float[np.ndarray, "N 3"]:
    """Find the points in metres that project to given pixels and depths; the inverse of `project`.

    Args:
        camera: where from.
        points_px: x right, y down, pixel centres at +0.5.
        depth_px: as `project` returns it.
    """
    x = (points_px[:, 0] - 0.5 * camera.width) / camera.scale - camera.translation[0]
    y = (0.5 * camera.height - points_px[:, 1]) / camera.scale - camera.translation[1]
    # Rows times R: the inverse rotation of each row.
    return np.stack([x, y, depth_px / camera.scale], axis=1) @ camera.rotation


def camera_from_pose(pose: Float[np.ndarray, "6"], width: int, height: int) -> ScaledOrthographic:
    """Make a camera from the six numbers a network predicts.

    Args:
        pose: axis-angle (3, radians), t_x, t_y (metres), log of the scale (pixels per metre).
        width: pixels.
        height: pixels.

    Raises:
        ValueError: the pose does not hold six finite numbers.
    """
    if pose.shape != (6,) or not np.isfinite(pose).all():
        raise ValueError(f"pose is {pose}, expected six finite numbers")
    return ScaledOrthographic(
        rotation=axis_angle_to_matrix(pose[:3]),
        translation=np.asarray(pose[3:5], dtype=np.float64),
        scale=float(np.exp(pose[5])),
        width=width,
        height=height,
    )


def pose_of(camera: ScaledOrthographic) -> Float[np.ndarray, "6"]:
    """Read the six pose numbers of a camera; the inverse of `camera_from_pose` for angles below pi.

    Args:
        camera: any camera.
    """
    axis_angle = matrix_to_axis_angle(camera.rotation)
    return np.concatenate([axis_angle, camera.translation, [np.log(camera.scale)]])


def frame_head(
    vertices: Vertices,
    size: int,
    *,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    margin: float = 0.1,
) -> ScaledOrthographic:
    """Make a camera whose square picture the vertices just fill, centred.

    Args:
        vertices: metres; at least two that differ in the picture.
        size: side of the picture in pixels.
        yaw: radians, about +Y, first; positive turns the face to the character's left (right in the picture).
        pitch: radians, about +X, second; positive looks down.
        roll: radians, about +Z, last; positive is counter-clockwise in the picture.
        margin: part of the side left empty at each edge, in [0, 0.5).

    Raises:
        ValueError: the margin is out of range or the vertices have no extent.
    """
    if not 0.0 <= margin < 0.5:
        raise ValueError(f"margin is {margin}, expected [0, 0.5)")
    x_axis, y_axis, z_axis = np.eye(3)
    rotation = (
        rotation_about_axis_radians(z_axis, roll)
        @ rotation_about_axis_radians(x_axis, pitch)
        @ rotation_about_axis_radians(y_axis, yaw)
    )
    seen = vertices @ rotation[:2].T
    low, high = seen.min(axis=0), seen.max(axis=0)
    extent = float((high - low).max())
    if not extent > 0.0:
        raise ValueError(f"vertices span {extent} m in the picture, expected more than 0")
    return ScaledOrthographic(
        rotation=rotation,
        translation=-0.5 * (low + high),
        scale=size * (1.0 - 2.0 * margin) / extent,
        width=size,
        height=size,
    )


def fit_scaled_orthographic(
    points: Float[np.ndarray, "N 3"],
    points_px: Float[np.ndarray, "N 2"],
    *,
    width: int,
    height: int,
    weights: Float[np.ndarray, " N"] | None = None,
) -> ScaledOrthographic:
    """Find the camera that projects points closest to their pixels, in weighted least squares.

    The affine camera of least squares, made scaled orthographic, starts a Gauss-Newton descent on the true error.

    Args:
        points: metres; at least four, not in one plane (a plane has two equally good poses).
        points_px: where each is seen: x right, y down.
        width: pixels.
        height: pixels.
        weights: at least 0, one per point; equal if not given.

    Raises:
        ValueError: counts differ, a weight is negative, the weighted points lie in a plane, or their pixels on a line.
    """
    w = np.ones(len(points)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(points) == len(points_px) == len(w):
        raise ValueError(f"got {len(points)} points, {len(points_px)} pixels, {len(w)} weights, expected equal counts")
    if not (np.all(w >= 0.0) and 0.0 < w.sum() < np.inf):
        raise ValueError(f"weights lie in [{w.min(initial=0)}, {w.max(initial=0)}], expected finite, >= 0, not all 0")
    root = np.sqrt(w / w.sum())[:, None]
    image = (points_px - 0.5 * np.array([width, height])) * np.array([1.0, -1.0])
    centre, image_centre = (root**2 * points).sum(axis=0), (root**2 * image).sum(axis=0)
    start_rotation, start_scale = _orthographic_from_affine(root * (points - centre), root * (image - image_centre))
    rotation, scale = _descend(root * (points - centre), root * (image - image_centre), start_rotation, start_scale)
    translation = image_centre / scale - rotation[:2] @ centre
    return ScaledOrthographic(rotation=rotation, translation=translation, scale=scale, width=width, height=height)


def _orthographic_from_affine(
    centred: Float[np.ndarray, "N 3"], image: Float[np.ndarray, "N 2"]
) -> tuple[Rotation, float]:
    """Solve for the 2 x 3 affine camera and take the nearest scaled rotation (rows completed by a cross product).

    Args:
        centred: points about their centre, times the root of their weights.
        image: pixels likewise, y up.
    """
    extents = np.linalg.svd(centred, compute_uv=False) if len(centred) else np.zeros(3)
    if len(extents) < 3 or not extents[-1] > FLAT_RATIO * extents[0]:
        raise ValueError(f"points have principal extents {extents}, expected three above {FLAT_RATIO} of the largest")
    affine = np.linalg.lstsq(centred, image, rcond=None)[0].T
    left, stretch, right = np.linalg.svd(affine, full_matrices=False)
    if not stretch[1] > FLAT_RATIO * stretch[0]:
        raise ValueError(f"pixels have principal extents {stretch}, expected two above {FLAT_RATIO} of the largest")
    rows = left @ right
    return np.vstack([rows, np.cross(rows[0], rows[1])]), float(stretch.mean())


def _descend(
    centred: Float[np.ndarray, "N 3"], image: Float[np.ndarray, "N 2"], rotation: Rotation, scale: float
) -> tuple[Rotation, float]:
    """Lower the image error by Gauss-Newton steps on (rotation vector, log scale), halved until they help.

    Args:
        centred: points about their centre, times the root of their weights.
        image: pixels likewise, y up.
        rotation: start.
        scale: start.
    """
    error = _squared_error(centred, image, rotation, scale)
    for _ in range(FIT_ITERATIONS):
        step = _gauss_newton_step(centred, image, rotation, scale)
        if np.abs(step).max() < FIT_STEP:
            break
        for _ in range(FIT_ITERATIONS):
            new_rotation = axis_angle_to_matrix(step[:3]) @ rotation
            new_scale = scale * float(np.exp(step[3]))
            new_error = _squared_error(centred, image, new_rotation, new_scale)
            if new_error <= error:
                break
            step = 0.5 * step
        else:
            break
        rotation, scale, error = new_rotation, new_scale, new_error
    return rotation, scale


def _gauss_newton_step(
    centred: Float[np.ndarray, "N 3"], image: Float[np.ndarray, "N 2"], rotation: Rotation, scale: float
) -> Float[np.ndarray, "4"]:
    """Solve the linearised problem: q_xy + (turn x q)_xy + stretch q_xy = image, with q = s R v."""
    x, y, z = (scale * centred @ rotation.T).T
    zero = np.zeros_like(x)
    jacobian = np.concatenate([np.stack([zero, z, -y, x], axis=1), np.stack([-z, zero, x, y], axis=1)])
    residual = np.concatenate([image[:, 0] - x, image[:, 1] - y])
    return np.linalg.lstsq(jacobian, residual, rcond=None)[0]


def _squared_error(
    centred: Float[np.ndarray, "N 3"], image: Float[np.ndarray, "N 2"], rotation: Rotation, scale: float
) -> float:
    return float(np.sum((scale * centred @ rotation[:2].T - image) ** 2))
