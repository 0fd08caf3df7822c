"""Rotations as axis-angle vectors and 3 x 3 matrices: exp and log. numpy only.

Matrices act on column vectors from the left; angles are radians, counter-clockwise seen from the tip of the axis.
"""

from typing import TypeAlias

import numpy as np
from jaxtyping import Float

Rotation: TypeAlias = Float[np.ndarray, "3 3"]
"""An orthonormal matrix with determinant +1."""

ORTHONORMAL_TOLERANCE = 1e-5
"""Largest entry of `R R^T - I` that still counts as a rotation; float32 matrices pass."""


def axis_angles_to_matrices(axis_angles: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N 3 3"]:
    """Turn many axis-angle vectors into rotation matrices (Rodrigues), exact at zero.

    Args:
        axis_angles: unit axis times angle in radians; any length, zero gives the identity.
    """
    w = np.asarray(axis_angles, dtype=np.float64)
    angle = np.linalg.norm(w, axis=1)[:, None, None]
    # sin(a)/a and (1 - cos a)/a^2, both through sinc so that neither divides by a nor cancels near zero.
    first = np.sinc(angle / np.pi)
    second = 0.5 * np.sinc(angle / (2.0 * np.pi)) ** 2
    cross = cross_matrices(w)
    return np.eye(3) + first * cross + second * (cross @ cross)


def axis_angle_to_matrix(axis_angle: Float[np.ndarray, "3"]) -> Rotation:
    """Turn one axis-angle vector into its rotation matrix.

    Args:
        axis_angle: unit axis times angle in radians; zero gives the identity.
    """
    return axis_angles_to_matrices(axis_angle[None])[0]


def matrix_to_axis_angle(rotation: Rotation) -> Float[np.ndarray, "3"]:
    """Find the axis-angle vector of a rotation, with an angle in [0, pi].

    At exactly pi both signs of the axis are right, and one of them is returned.

    Args:
        rotation: an orthonormal matrix with determinant +1.

    Raises:
        ValueError: the matrix is not a rotation.
    """
    check_rotation("rotation", rotation)
    quaternion = _quaternion_wxyz(np.asarray(rotation, dtype=np.float64))
    vector = quaternion[1:]
    length = float(np.linalg.norm(vector))
    if length == 0.0:
        return np.zeros(3)
    return (2.0 * np.arctan2(length, quaternion[0]) / length) * vector


def rotation_about_axis_radians(axis: Float[np.ndarray, "3"], angle: float) -> Rotation:
    """Rotate about an axis through the origin.

    Args:
        axis: direction, any length but zero.
        angle: radians, counter-clockwise seen from the tip of the axis.

    Raises:
        ValueError: the axis has no direction.
    """
    length = float(np.linalg.norm(axis))
    if not (np.isfinite(length) and length > 0.0):
        raise ValueError(f"axis has length {length}, expected a finite length above 0")
    return axis_angle_to_matrix(np.asarray(axis, dtype=np.float64) * (angle / length))


def cross_matrices(vectors: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N 3 3"]:
    """Make the matrices `K` with `K x = vector x x` (cross product).

    Args:
        vectors: any vectors.
    """
    x, y, z = vectors.T
    zero = np.zeros_like(x)
    rows = [[zero, -z, y], [z, zero, -x], [-y, x, zero]]
    return np.moveaxis(np.array(rows), 2, 0)


def check_rotation(name: str, rotation: Rotation) -> None:
    """Raise `ValueError` unless the matrix is orthonormal with determinant +1.

    Args:
        name: what the matrix is called in the message.
        rotation: the matrix to check.
    """
    if rotation.shape != (3, 3):
        raise ValueError(f"{name} has shape {rotation.shape}, expected (3, 3)")
    error = float(np.abs(rotation @ rotation.T - np.eye(3)).max())
    # Written so that NaN fails too.
    if not error <= ORTHONORMAL_TOLERANCE:
        raise ValueError(f"{name} differs from orthonormal by {error}, expected at most {ORTHONORMAL_TOLERANCE}")
    determinant = float(np.linalg.det(rotation))
    if determinant < 0.0:
        raise ValueError(f"{name} has determinant {determinant}, expected +1 (this is a reflection)")


def _quaternion_wxyz(rotation: Rotation) -> Float[np.ndarray, "4"]:
    """Find the unit quaternion with w >= 0 (Shepperd 1978): every row of 4 q q^T is q times a factor; take the longest.

    Args:
        rotation: a rotation.
    """
    r = rotation
    wx, wy, wz = r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]
    xy, xz, yz = r[0, 1] + r[1, 0], r[0, 2] + r[2, 0], r[1, 2] + r[2, 1]
    trace = r[0, 0] + r[1, 1] + r[2, 2]
    ww = 1.0 + trace
    xx, yy, zz = (1.0 + 2.0 * r[i, i] - trace for i in range(3))
    products = np.array([[ww, wx, wy, wz], [wx, xx, xy, xz], [wy, xy, yy, yz], [wz, xz, yz, zz]])
    quaternion = products[int(np.argmax(np.diag(products)))]
    return quaternion / np.copysign(np.linalg.norm(quaternion), quaternion[0])
