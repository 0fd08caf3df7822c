"""Light from far away on a matt surface, in nine numbers: real spherical harmonics of bands 0 to 2. numpy only.

The basis is that of Ramamoorthi and Hanrahan, "An Efficient Representation for Irradiance Environment Maps" (2001),
Eq. 3: orthonormal on the sphere, ordered Y00, Y1-1, Y10, Y11, Y2-2, Y2-1, Y20, Y21, Y22.
"""

import numpy as np
from jaxtyping import Float

BAND_0 = 0.5 / np.sqrt(np.pi)  # 0.282095
BAND_1 = np.sqrt(0.75 / np.pi)  # 0.488603
BAND_2 = np.sqrt(3.75 / np.pi)  # 1.092548, for xy, yz and xz
BAND_2_ZONAL = np.sqrt(0.3125 / np.pi)  # 0.315392, for 3z² - 1
BAND_2_SECTORAL = np.sqrt(0.9375 / np.pi)  # 0.546274, for x² - y²


def sh_basis(normals: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, "V 9"]:
    """Evaluate the nine basis functions φ_k at each normal.

    Args:
        normals: unit length. A zero normal, which a vertex without area has, sees the constant function only.
    """
    x, y, z = normals.T
    columns = [
        np.full_like(x, BAND_0),
        BAND_1 * y,
        BAND_1 * z,
        BAND_1 * x,
        BAND_2 * x * y,
        BAND_2 * y * z,
        BAND_2_ZONAL * (2.0 * z * z - x * x - y * y),  # 3z² - 1 on the sphere, and zero at a zero normal
        BAND_2 * x * z,
        BAND_2_SECTORAL * (x * x - y * y),
    ]
    return np.stack(columns, axis=1)


def shade(
    albedo: Float[np.ndarray, "V 3"], normals: Float[np.ndarray, "V 3"], sh: Float[np.ndarray, "9 *channels"]
) -> Float[np.ndarray, "V 3"]:
    """Light each vertex: Φ(n, b | δ) = b · Σ_k δ_k φ_k(n) (the paper, section 3.1.2).

    Args:
        albedo: any colour space; the result is in the same one.
        normals: unit length, see `sh_basis`.
        sh: δ, nine coefficients, or one column of nine for each of red, green and blue.

    Raises:
        ValueError: `sh` has another shape.
    """
    if sh.shape not in ((9,), (9, 3)):
        raise ValueError(f"sh has shape {sh.shape}, expected (9,) or (9, 3)")
    return albedo * (sh_basis(normals) @ sh.reshape(9, -1))
