"""What is known of each pixel of a drawn scene."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int16, UInt8


@dataclass(frozen=True, kw_only=True)
class Buffers:
    """A shaded picture with what is seen at each pixel; the surface that most of a pixel shows decides its labels."""

    linear: Float32[np.ndarray, "H W 3"]
    """Linear light, with the background."""
    albedo: Float32[np.ndarray, "H W 3"]
    """sRGB in [0, 1] without light; zero on the background."""
    region: UInt8[np.ndarray, "H W"]
    """`FaceRegion`."""
    normals: Float32[np.ndarray, "H W 3"]
    """Unit, camera axes; zero on the background."""
    depth: Float32[np.ndarray, "H W"]
    """Metres towards the viewer from the head's origin; -inf on the background."""
    part: Int16[np.ndarray, "H W"]
    """Number of the surface, -1 on the background."""
