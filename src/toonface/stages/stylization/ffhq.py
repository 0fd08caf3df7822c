"""How StyleGAN's pictures show a face: the frame of Flickr-Faces-HQ, which public weights have learnt.

Source: Karras, Laine and Aila, A Style-Based Generator Architecture for GANs, 2019, appendix A; the numbers are those
of Karras et al., Progressive Growing of GANs, 2018, appendix C.
"""

import numpy as np
from jaxtyping import Float

from toonface.geometry.crop import CropFrame

EYES, MOUTH = 2.0, 1.8
"""Half a side of the frame in distances between the eyes, and from the eyes to the mouth: the larger one counts."""
LOWER = 0.1
"""How far the centre lies below the eyes, in distances from the eyes to the mouth."""


def ffhq_frame(points_px: Float[np.ndarray, "68 2"]) -> CropFrame:
    """Frame a face as the pictures of Flickr-Faces-HQ do.

    Args:
        points_px: 68 points.

    Raises:
        ValueError: the points are not finite, or all in one place.
    """
    right, left = points_px[36:42].mean(axis=0), points_px[42:48].mean(axis=0)
    eyes, mouth = 0.5 * (right + left), 0.5 * (points_px[48] + points_px[54])
    across, down = left - right, mouth - eyes
    axis = across[0] + down[1], across[1] - down[0]
    half = max(EYES * float(np.hypot(*across)), MOUTH * float(np.hypot(*down)))
    centre = eyes + LOWER * down
    return CropFrame(
        centre_px=(float(centre[0]), float(centre[1])),
        side_px=2.0 * half,
        roll_radians=float(np.arctan2(axis[1], axis[0])),
    )
