"""Laws of deformation transfer: exact for affine copies, equivariant, and the least of Eq. 16 by a slow way."""

import jaxtyping
import numpy as np
import pytest

from toonface.geometry import transfer
from toonface.geometry.transfer import PULL, DeformationTransfer, deformation_gradients, hat_gradients

FACES = np.array([[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]])
CORNERS = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], float)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


@pytest.fixture
def template(rng):
    """A dented octahedron."""
    return CORNERS + 0.1 * rng.normal(size=CORNERS.shape)


@pytest.fixture
def offsets(rng):
    return 0.2 * rng.normal(size=(3, 6, 3))


def same(matrix, count=6):
    return np.broadcast_to(matrix, (count, 3, 3)).copy()


def transferred(template, target, maps, offsets):
    gradients = deformation_gradients(template, offsets, FACES)
    return DeformationTransfer(target, FACES, maps).transfer(offsets, gradients)


def test_a_template_gets_its_own_deformations_back(template, offsets):
    found = transferred(template, template, same(np.eye(3)), offsets)
    np.testing.assert_allclose(found, offsets, atol=1e-12)


def test_an_affine_copy_gets_the_affine_copy_of_the_deformations(template, offsets):
    matrix = np.array([[1.5, 0.2, 0.0], [0.1, 0.8, 0.3], [0.0, -0.4, 1.1]])
    found = transferred(template, template @ matrix.T + [1.0, 2.0, 3.0], same(matrix), offsets)
    np.testing.assert_allclose(found, offsets @ matrix.T, atol=1e-12)


def test_a_turned_target_gets_turned_deformations(template, offsets, rng):
    target = template + 0.2 * rng.normal(size=template.shape)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turn *= np.linalg.det(turn)
    maps = same(np.eye(3)) + 0.1 * rng.normal(size=(6, 3, 3))
    here = transferred(template, target, maps, offsets)
    there = transferred(template, target @ turn.T, turn @ maps, offsets)
    np.testing.assert_allclose(there, here @ turn.T, atol=1e-12)


def test_nothing_is_transferred_as_nothing_and_sums_as_sums(template, offsets, rng):
    target = template + 0.2 * rng.normal(size=template.shape)
    maps = same(np.eye(3))
    assert not transferred(template, target, maps, np.zeros((1, 6, 3))).any()
    # Q is linear but for the fourth vertex, of which only the part within the target's triangle counts.
    both = transferred(template, target, maps, offsets)
    half = transferred(template, target, maps, 0.5 * offsets)
    assert np.abs(half - 0.5 * both).max() < 0.2 * np.abs(both).max()


def test_a_turn_is_transferred_as_itself(template, rng, monkeypatch):
    """Q is the same everywhere, so every target takes it, whatever its shape: all but the pull agrees on it."""
    monkeypatch.setattr(transfer, "PULL", 1e-7)
    matrix = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    matrix *= np.linalg.det(matrix)
    target = template + 0.2 * rng.normal(size=template.shape)
    found = transferred(template, target, same(np.eye(3)), (template @ (matrix - np.eye(3)).T)[None])
    moved = target + found[0]
    expected = target @ matrix.T
    apart = (moved - moved.mean(axis=0)) - (expected - expected.mean(axis=0))
    assert np.abs(apart).max() < 1e-4


def test_positions_are_the_least_squares_solution_with_the_fourth_vertices_unknown(template, offsets, rng):
    """The slow way: all entries of Q', fourth vertices included, in one dense least squares problem (Eq. 16)."""
    target = template + 0.2 * rng.normal(size=template.shape)
    gradients = deformation_gradients(template, offsets, FACES)
    hats, areas = hat_gradients(target, FACES)
    own = np.zeros(6)
    np.add.at(own, FACES, areas[:, None] * (hats**2).sum(axis=2))
    rows, right = [], []
    for face, (corners, area) in enumerate(zip(FACES, areas, strict=True)):
        first, second, third = target[corners]
        normal = np.cross(second - first, third - first)
        fourth = normal / np.sqrt(np.linalg.norm(normal))
        inverse = np.linalg.inv(np.stack([second - first, third - first, fourth], axis=1))
        row = np.zeros((3, 6 + len(FACES)))
        row[:, corners[0]], row[:, 6 + face] = -inverse.sum(axis=0), inverse[2]
        row[:, corners[1]], row[:, corners[2]] = inverse[0], inverse[1]
        rows.append(np.sqrt(area) * row)
        wanted = np.eye(3) + gradients[0, face]
        right.append(np.sqrt(area) * wanted.T)
    for vertex in range(6):
        row = np.zeros(6 + len(FACES))
        row[vertex] = np.sqrt(PULL * own[vertex])
        rows.append(row[None])
        right.append(np.sqrt(PULL * own[vertex]) * (target + offsets[0])[vertex][None])
    slow = np.linalg.lstsq(np.concatenate(rows), np.concatenate(right), rcond=None)[0][:6]
    found = target + transferred(template, target, same(np.eye(3)), offsets[:1])[0]
    np.testing.assert_allclose(found, slow, atol=1e-9)


def test_gradients_map_the_edges_as_the_deformation_does(template, offsets):
    gradients = deformation_gradients(template, offsets, FACES)
    for index, offset in enumerate(offsets):
        for face, corners in enumerate(FACES):
            before, after = template[corners], (template + offset)[corners]
            turned = (np.eye(3) + gradients[index, face]) @ (before[1:] - before[0]).T
            np.testing.assert_allclose(turned.T, after[1:] - after[0], atol=1e-12)


def test_hat_gradients_give_the_slope_of_a_linear_function(template, rng):
    slope = rng.normal(size=3)
    hats, areas = hat_gradients(template, FACES)
    for corners, gradients, area in zip(FACES, hats, areas, strict=True):
        normal = np.cross(template[corners[1]] - template[corners[0]], template[corners[2]] - template[corners[0]])
        assert area == pytest.approx(0.5 * np.linalg.norm(normal))
        normal /= np.linalg.norm(normal)
        within = slope - (slope @ normal) * normal
        np.testing.assert_allclose((template[corners] @ slope) @ gradients, within, atol=1e-12)


def test_a_triangle_without_area_does_no_harm(template, offsets):
    faces = np.append(FACES, [[0, 0, 1]], axis=0)
    gradients = deformation_gradients(template, offsets, faces)
    assert not gradients[:, -1].any()
    found = DeformationTransfer(template, faces, same(np.eye(3))).transfer(offsets, gradients)
    np.testing.assert_allclose(found, offsets, atol=1e-12)


@pytest.mark.parametrize("wrong", ["count", "nan"])
def test_other_targets_are_refused(template, wrong, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    target = template.copy()
    target[0, 0] = np.nan if wrong == "nan" else 0.0
    maps = same(np.eye(3), 5 if wrong == "count" else 6)
    with pytest.raises(ValueError, match="expected as many, all finite"):
        DeformationTransfer(target, FACES, maps)
