"""The eyeball's surface: a unit sphere that looks along +z, with an iris that can be enlarged."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from toonface.types import Faces, Vertices

LIMBUS = float(np.arcsin(0.47))
"""Polar angle of the iris's rim, radians: the radius of the iris is 0.47 of the ball's."""


@dataclass(frozen=True, kw_only=True)
class EyeballMesh:
    """Eyeball of radius 1 in polar coordinates, and its cornea, which is drawn transparent over it."""

    faces: Faces
    """Sclera and iris."""
    cornea_faces: Int[np.ndarray, "C 3"]
    """The clear cap; it uses vertices of its own from the same arrays."""
    uv: Float[np.ndarray, "N 2"]
    """Round the middle of a square picture; the limbus at radius 0.25."""
    polar: Float[np.ndarray, " N"]
    """Angle from the gaze, radians."""
    azimuth: Float[np.ndarray, " N"]
    """Angle from +x towards +y, radians."""
    radius: Float[np.ndarray, " N"]
    """Distance from the centre: 1 on the sclera, less in the iris, more on the cornea."""

    def vertices(self, iris_scale: float = 1.0) -> Vertices:
        """Return the unit eyeball; pictures need no change when the iris grows.

        Polar angles t become scale · t up to the limbus and go on in a straight line to π.

        Args:
            iris_scale: of the iris's angle, in [0.5, 2.2].

        Raises:
            ValueError: the scale is outside that interval.
        """
        if not 0.5 <= iris_scale <= 2.2:
            raise ValueError(f"iris scale is {iris_scale}, expected in [0.5, 2.2]")
        polar = np.interp(self.polar, [0.0, LIMBUS, np.pi], [0.0, iris_scale * LIMBUS, np.pi])
        return polar_to_cartesian(polar, self.azimuth, self.radius)


def polar_to_cartesian(
    polar: Float[np.ndarray, " N"], azimuth: Float[np.ndarray, " N"], radius: Float[np.ndarray, " N"]
) -> Float[np.ndarray, "N 3"]:
    """Turn polar coordinates about +z into positions.

    Args:
        polar: angle from +z, radians.
        azimuth: angle from +x towards +y, radians.
        radius: distance from the origin.
    """
    ring = radius * np.sin(polar)
    return np.stack([ring * np.cos(azimuth), ring * np.sin(azimuth), radius * np.cos(polar)], axis=1)
