"""Laws of spherical harmonics (orthonormal, closed under rotation) and of the light that they describe."""

import numpy as np
import pytest

from toonface.morphable.spherical_harmonics import BAND_0, sh_basis, shade

RNG = np.random.default_rng(9)
BANDS = (slice(0, 1), slice(1, 4), slice(4, 9))


def random_normals(count):
    vectors = RNG.normal(size=(count, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def random_rotation():
    q, _ = np.linalg.qr(RNG.normal(size=(3, 3)))
    return q * np.linalg.det(q)


def sphere_quadrature(degree=8):
    """Points and weights that integrate polynomials on the sphere exactly up to the degree."""
    heights, height_weights = np.polynomial.legendre.leggauss(degree)
    angles = np.arange(2 * degree) * np.pi / degree
    z, angle = (grid.ravel() for grid in np.meshgrid(heights, angles, indexing="ij"))
    radius = np.sqrt(1.0 - z * z)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=1)
    return points, np.repeat(height_weights, len(angles)) * np.pi / degree


def test_the_basis_is_orthonormal():
    points, weights = sphere_quadrature()
    values = sh_basis(points)
    np.testing.assert_allclose(values.T @ (weights[:, None] * values), np.eye(9), atol=1e-12)


def test_the_constants_are_those_of_the_publication():
    x, y, z = normal = random_normals(1)[0]
    expected = [
        0.282095,
        0.488603 * y,
        0.488603 * z,
        0.488603 * x,
        1.092548 * x * y,
        1.092548 * y * z,
        0.315392 * (3 * z * z - 1),
        1.092548 * x * z,
        0.546274 * (x * x - y * y),
    ]
    np.testing.assert_allclose(sh_basis(normal[None])[0], expected, atol=1e-6)


@pytest.mark.parametrize("band", BANDS, ids=["0", "1", "2"])
def test_the_energy_of_a_band_does_not_change_under_rotation(band):
    normals, rotation = random_normals(50), random_rotation()
    energy = (sh_basis(normals)[:, band] ** 2).sum(axis=1)
    rotated = (sh_basis(normals @ rotation.T)[:, band] ** 2).sum(axis=1)
    np.testing.assert_allclose(rotated, energy, atol=1e-12)
    count = band.stop - band.start  # Unsöld's theorem
    np.testing.assert_allclose(energy, count / (4 * np.pi), atol=1e-12)


@pytest.mark.parametrize("band", BANDS, ids=["0", "1", "2"])
def test_a_rotated_band_is_a_mixture_of_itself(band):
    normals, rotation = random_normals(50), random_rotation()
    before, after = sh_basis(normals)[:, band], sh_basis(normals @ rotation.T)[:, band]
    mixing, *_ = np.linalg.lstsq(before, after, rcond=None)
    np.testing.assert_allclose(before @ mixing, after, atol=1e-12)
    np.testing.assert_allclose(mixing @ mixing.T, np.eye(len(mixing)), atol=1e-12)


def test_constant_light_returns_the_albedo():
    albedo, normals = RNG.uniform(size=(20, 3)), random_normals(20)
    light = np.zeros(9)
    light[0] = 1.0 / BAND_0
    np.testing.assert_allclose(shade(albedo, normals, light), albedo, atol=1e-12)


def test_shading_is_the_sum_of_the_paper():
    albedo, normals, light = RNG.uniform(size=(6, 3)), random_normals(6), RNG.normal(size=9)
    basis = sh_basis(normals)
    for vertex in range(6):
        brightness = sum(light[k] * basis[vertex, k] for k in range(9))
        for channel in range(3):
            expected = albedo[vertex, channel] * brightness
            assert shade(albedo, normals, light)[vertex, channel] == pytest.approx(expected, abs=1e-12)


def test_grey_light_is_coloured_light_with_equal_columns():
    albedo, normals, light = RNG.uniform(size=(6, 3)), random_normals(6), RNG.normal(size=9)
    coloured = np.repeat(light[:, None], 3, axis=1)
    np.testing.assert_allclose(shade(albedo, normals, coloured), shade(albedo, normals, light), atol=1e-12)


def test_red_light_leaves_green_and_blue_dark():
    light = np.zeros((9, 3))
    light[:, 0] = RNG.normal(size=9)
    lit = shade(np.ones((6, 3)), random_normals(6), light)
    assert np.abs(lit[:, 0]).min() > 0.0
    assert not lit[:, 1:].any()


def test_light_from_above_is_brightest_on_top():
    light = np.array([1.0, 0.5, 0, 0, 0, 0, 0, 0, 0])
    top, side, bottom = shade(np.ones((3, 3)), np.array([[0.0, 1, 0], [1, 0, 0], [0, -1, 0]]), light)[:, 0]
    assert top > side > bottom


def test_a_zero_normal_sees_the_constant_function_only():
    expected = np.zeros((1, 9))
    expected[0, 0] = BAND_0
    np.testing.assert_array_equal(sh_basis(np.zeros((1, 3))), expected)


def test_two_columns_of_light_are_refused():
    with pytest.raises(ValueError, match=r"sh has shape \(9, 2\), expected \(9,\) or \(9, 3\)"):
        shade(np.ones((1, 3)), np.array([[0.0, 0, 1]]), np.zeros((9, 2)))
