import numpy as np
import pytest
from tools.face_model.lips import (
    CONTACT_RINGS,
    CORNER_WIDTH,
    contact_columns,
    contact_curve,
    lip_closing,
    lip_sealing,
)

from toonface.geometry.subdivide import catmull_clark


@pytest.fixture
def mouth(patch_of):
    """A mouth 48 mm wide: patch, loops, matrix of one subdivision."""
    patch = patch_of(12, 12)
    return patch, patch.loops(), catmull_clark(patch.quads, len(patch.points)).matrix


def gaps(loops, fine):
    """Distance of the upper lip from what it faces, on both contact rings."""
    columns = contact_columns(loops)
    return np.stack([(fine[loops.ring(r)] - loops.facing @ fine[loops.ring(r)])[columns] for r in CONTACT_RINGS])


def test_contact_columns_are_the_upper_ones_away_from_the_corners(mouth):
    _, loops, _ = mouth
    columns = contact_columns(loops)
    assert loops.is_upper[columns].all()
    assert (loops.corner_distance[columns] > CORNER_WIDTH).all()
    assert len(columns) == (loops.is_upper & (loops.corner_distance > CORNER_WIDTH)).sum() > 5


def test_both_lips_meet_on_the_contact_curve(mouth, rng):
    _, loops, _ = mouth
    met = contact_curve(loops) @ rng.normal(size=(loops.table.shape[1], 3))
    np.testing.assert_allclose(met[loops.is_upper], (loops.facing @ met)[loops.is_upper])
    np.testing.assert_allclose(contact_curve(loops).sum(axis=1), 1.0)


@pytest.mark.parametrize("build", [lip_sealing, lip_closing])
def test_planted_gaps_are_closed_on_the_subdivided_skin(mouth, rng, build):
    patch, loops, subdivision = mouth
    torn = patch.points + rng.normal(0.0, 0.003, patch.points.shape)
    assert np.abs(gaps(loops, subdivision @ torn)).max() > 1e-3
    np.testing.assert_allclose(gaps(loops, subdivision @ (build(loops, subdivision) @ torn)), 0.0, atol=1e-9)


@pytest.mark.parametrize("build", [lip_sealing, lip_closing])
def test_a_head_that_is_moved_as_a_whole_is_sealed_there(mouth, build):
    _, loops, subdivision = mouth
    matrix = build(loops, subdivision)
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0, atol=1e-9)


def test_sealing_twice_changes_nothing_more(mouth, rng):
    patch, loops, subdivision = mouth
    sealing = lip_sealing(loops, subdivision)
    once = sealing @ rng.normal(0.0, 0.003, patch.points.shape)
    np.testing.assert_allclose(sealing @ once, once, atol=1e-10)


@pytest.mark.parametrize("build", [lip_sealing, lip_closing])
def test_points_away_from_the_lips_stay(mouth, rng, build):
    patch, loops, subdivision = mouth
    torn = patch.points + rng.normal(0.0, 0.003, patch.points.shape)
    moved = np.flatnonzero(np.abs(build(loops, subdivision) @ torn - torn).max(axis=1) > 1e-12)
    assert set(moved) <= set(loops.table[patch.number(-2) : patch.number(5) + 1].ravel())
    corners = loops.table[:, [0, loops.corner]].ravel()
    assert not set(moved) & set(corners)


def test_sealed_lips_move_less_than_closed_ones(mouth, rng):
    patch, loops, subdivision = mouth
    almost = lip_closing(loops, subdivision) @ patch.points
    almost[loops.ring(1)[loops.is_upper]] += [0.0, 1e-4, 0.0]
    step = lip_sealing(loops, subdivision) @ almost - almost
    assert 0.0 < np.linalg.norm(step, axis=1).max() < 2e-4
