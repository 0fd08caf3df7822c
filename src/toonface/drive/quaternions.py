"""Rotations as unit quaternions x, y, z, w: to matrices and back, and between two of them."""

import numpy as np
from jaxtyping import Float

from toonface.geometry.rotation import Rotation, axis_angles_to_matrices, matrix_to_axis_angle

UNIT_TOLERANCE = 1e-4
"""Difference from length 1 that still counts as a unit quaternion; numbers of 6 digits pass."""


def quaternions_to_matrices(quaternions: Float[np.ndarray, "N 4"]) -> Float[np.ndarray, "N 3 3"]:
    """Turn unit quaternions into rotation matrices; q and -q give the same.

    Args:
        quaternions: x, y, z, w.
    """
    return axis_angles_to_matrices(_axis_angles(np.asarray(quaternions, dtype=np.float64)))


def matrix_to_quaternion(rotation: Rotation) -> Float[np.ndarray, "4"]:
    """Turn a rotation matrix into its quaternion with w >= 0.

    Args:
        rotation: an orthonormal matrix with determinant +1.

    Raises:
        ValueError: the matrix is not a rotation.
    """
    vector = matrix_to_axis_angle(rotation)
    angle = float(np.linalg.norm(vector))
    # sin(a/2)/a through sinc, which does not divide by a.
    return np.append(0.5 * np.sinc(angle / (2.0 * np.pi)) * vector, np.cos(angle / 2.0))


def quaternion_products(first: Float[np.ndarray, "N 4"], second: Float[np.ndarray, "N 4"]) -> Float[np.ndarray, "N 4"]:
    """Multiply quaternions row by row: the rotation that turns by the second and then by the first.

    Args:
        first: x, y, z, w.
        second: likewise.
    """
    v, w, u, t = first[:, :3], first[:, 3:], second[:, :3], second[:, 3:]
    scalar = w * t - np.sum(v * u, axis=1, keepdims=True)
    return np.concatenate([w * u + t * v + np.cross(v, u), scalar], axis=1)


def quaternions_of_angles(angles: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N 4"]:
    """Turn head angles into quaternions: `R_roll @ R_pitch @ R_yaw`, as in `docs/conventions.md`.

    Args:
        angles: yaw, pitch, roll, radians.
    """
    sines, cosines = np.sin(angles / 2.0), np.cos(angles / 2.0)
    turns = np.zeros((3, len(angles), 4))
    # Yaw is about y, pitch about x, roll about z.
    for angle, axis in enumerate((1, 0, 2)):
        turns[angle, :, axis], turns[angle, :, 3] = sines[:, angle], cosines[:, angle]
    yaw, pitch, roll = turns
    return quaternion_products(roll, quaternion_products(pitch, yaw))


def unit_quaternion(name: str, values: tuple[float, float, float, float]) -> Float[np.ndarray, "4"]:
    """Return a quaternion at length 1.

    Args:
        name: what it is called in the message.
        values: x, y, z, w.

    Raises:
        ValueError: it is not finite or has no direction.
    """
    length = float(np.linalg.norm(values))
    if not (np.isfinite(length) and length > 1e-6):
        raise ValueError(f"{name} is the quaternion {values}, expected one of a finite length above 0")
    return np.array(values) / length


def check_unit_quaternions(name: str, quaternions: Float[np.ndarray, "N 4"]) -> None:
    """Raise `ValueError` unless all quaternions have length 1.

    Args:
        name: what they are called in the message.
        quaternions: x, y, z, w.
    """
    lengths = np.linalg.norm(quaternions, axis=1)
    # Written so that NaN fails too.
    wrong = ~(np.abs(lengths - 1.0) <= UNIT_TOLERANCE)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"quaternion {row} of {name} has length {lengths[row]:g}, expected 1")


def slerp(
    first: Float[np.ndarray, "N 4"], second: Float[np.ndarray, "N 4"], shares: Float[np.ndarray, "N"]
) -> Float[np.ndarray, "N 4"]:
    """Turn evenly from one rotation to another, the shorter way (Shoemake 1985).

    Args:
        first: unit quaternions at share 0.
        second: at share 1.
        shares: in [0, 1].
    """
    dots = np.sum(first * second, axis=1, keepdims=True)
    nearer = np.where(dots < 0.0, -second, second)
    angles = np.arccos(np.clip(np.abs(dots), 0.0, 1.0))
    t = shares[:, None]
    # sin(t a) / sin(a) by sinc: at a = 0 this is t, the straight line.
    size = np.sinc(angles / np.pi)
    before = (1.0 - t) * np.sinc((1.0 - t) * angles / np.pi) / size
    after = t * np.sinc(t * angles / np.pi) / size
    result = before * first + after * nearer
    return result / np.linalg.norm(result, axis=1, keepdims=True)


def _axis_angles(quaternions: Float[np.ndarray, "N 4"]) -> Float[np.ndarray, "N 3"]:
    vector, scalar = quaternions[:, :3], quaternions[:, 3:]
    sine = np.linalg.norm(vector, axis=1, keepdims=True)
    angle = 2.0 * np.arctan2(sine, scalar)
    # angle / sin(angle / 2) tends to 2 at the identity.
    return vector * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 2.0)
