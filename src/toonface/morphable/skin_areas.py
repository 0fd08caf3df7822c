"""Where ears, scalp and neck are on the mean head: tables of places in millimetres, which no landmark marks."""

import numpy as np
from jaxtyping import Bool, Float

Table = tuple[tuple[float, float], ...]

JAW: Table = (
    (-95.0, -24.0),
    (-60.0, -21.0),
    (-30.0, -15.0),
    (-5.0, -10.0),
    (9.0, -9.0),
    (14.0, -13.0),
    (19.0, -24.0),
    (26.0, -37.0),
    (36.0, -47.0),
)
CHIN: Table = ((46.0, -53.5), (57.0, -59.0), (66.0, -63.5), (76.0, -67.0), (82.0, -68.7), (90.0, -70.5), (110.0, -72.0))
"""z, and the height of the border of neck and face: nape, ear lobe, angle of the jaw, its edge, chin."""
HAIRLINE: Table = (
    (-90.0, -22.0),
    (-40.0, -12.0),
    (-18.0, -6.0),
    (-12.0, 20.0),
    (-4.0, 43.0),
    (12.0, 44.0),
    (22.0, 30.0),
    (30.0, 52.0),
    (45.0, 62.0),
    (62.0, 80.0),
)
FORELOCK: Table = ((70.0, 96.0), (82.0, 101.0), (120.0, 104.0))
"""z, and the height above which hair grows: nape, round the ear, sideburn, temple, forehead."""
EAR_FRONT: Table = ((-9.5, 15.0), (-6.0, 17.0), (0.0, 18.0), (15.0, 15.8), (30.0, 14.5), (38.0, 8.0), (42.0, 6.0))
EAR_ROOT: Table = ((-9.5, 3.0), (-6.0, 2.0), (0.0, -3.0), (15.0, -11.0), (30.0, -12.5), (40.0, -2.0))
"""y, and z of the furrow before the ear, and of the one behind it."""
EAR_BED: Table = ((-10.0, 66.0), (-6.0, 60.0), (30.0, 60.0), (35.0, 71.0), (40.0, 74.0))
BEHIND_EAR: Table = ((-10.0, 60.5), (0.0, 63.5), (15.0, 67.5), (30.0, 72.0), (40.0, 73.5))
"""y, and the distance from the middle beyond which the skin is the ear's: between its furrows, and behind them."""


def height_above_jaw(points: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, " N"]:
    """Return how far points of the mean head are above the border of face and neck, metres.

    Args:
        points: metres.
    """
    return points[:, 1] - interpolate_table(points[:, 2], JAW + CHIN)


def height_above_hairline(points: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, " N"]:
    """Return how far points of the mean head are above the border of the scalp, metres; ears are not told apart.

    Args:
        points: metres.
    """
    return points[:, 1] - interpolate_table(points[:, 2], HAIRLINE + FORELOCK)


def is_ear(points: Float[np.ndarray, "N 3"]) -> Bool[np.ndarray, " N"]:
    """Tell which points of the mean head lie on an ear.

    Args:
        points: metres.
    """
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    front, root = interpolate_table(y, EAR_FRONT), interpolate_table(y, EAR_ROOT)
    bed = (x > interpolate_table(y, EAR_BED)) & (z > root) & (z < front)
    behind = (x > interpolate_table(y, BEHIND_EAR)) & (z <= root) & (z > -0.02)
    return (bed | behind) & (y > -0.0105) & (y < 0.046)


def interpolate_table(at: Float[np.ndarray, " N"], table: Table) -> Float[np.ndarray, " N"]:
    """Interpolate a table of millimetres linearly; beyond its ends the last values go on.

    Args:
        at: metres.
        table: places in rising order, and values.

    Returns:
        metres.
    """
    places, values = np.array(table).T / 1000.0
    return np.interp(at, places, values)
