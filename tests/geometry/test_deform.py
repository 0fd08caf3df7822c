"""Laws of Laplacian deformation (Eq. 10)."""

import numpy as np
import pytest
from scipy import sparse

from toonface.geometry.deform import LaplacianDeformer
from toonface.geometry.laplacian import uniform_laplacian
from toonface.geometry.rotation import axis_angle_to_matrix


@pytest.fixture
def ball(icosphere):
    return icosphere


@pytest.fixture
def anchors(ball):
    """Four vertices and the middle of a triangle."""
    vertices, faces = ball
    rows, columns = [0, 1, 2, 3, 4, 4, 4], [0, 5, 17, 30, *faces[9]]
    weights = [1.0, 1.0, 1.0, 1.0, 0.5, 0.25, 0.25]
    return sparse.csr_array((weights, (rows, columns)), shape=(5, len(vertices)))


@pytest.fixture
def make(ball, anchors):
    vertices, faces = ball
    laplacian = uniform_laplacian(faces, len(vertices))

    def build(weights, hold=0.0):
        return LaplacianDeformer(
            laplacian, anchors, weights=np.asarray(weights, float), hold=np.full(len(vertices), hold)
        )

    return build


@pytest.fixture
def targets(ball, anchors):
    return anchors @ ball[0] + 0.3 * np.random.default_rng(0).normal(size=(5, 3))


WEIGHTS = (2.0, 0.5, 1.0, 3.0, 1.0)


def test_anchors_at_their_places_return_the_mesh(ball, anchors, make):
    np.testing.assert_allclose(make(WEIGHTS).deform(ball[0], anchors @ ball[0]), ball[0], atol=1e-13)


def test_it_is_the_least_squares_solution(ball, anchors, make, targets):
    vertices, faces = ball
    laplacian = uniform_laplacian(faces, len(vertices)).toarray()
    roots = np.sqrt(WEIGHTS)[:, None]
    rows = np.concatenate([laplacian, roots * anchors.toarray(), 0.1 * np.eye(len(vertices))])
    right = np.concatenate([laplacian @ vertices, roots * targets, 0.1 * vertices])
    expected = np.linalg.lstsq(rows, right, rcond=None)[0]
    np.testing.assert_allclose(make(WEIGHTS, hold=0.01).deform(vertices, targets), expected, atol=1e-10)


def test_heavy_anchors_are_met(ball, anchors, make, targets):
    moved = make(np.full(5, 1e7)).deform(ball[0], targets)
    np.testing.assert_allclose(anchors @ moved, targets, atol=1e-5)


def test_mesh_and_targets_turned_and_moved_together_give_the_result_turned_and_moved(ball, make, targets):
    turn, shift = axis_angle_to_matrix(np.array([0.3, -1.1, 0.4])), np.array([0.5, 2.0, -1.0])
    deformer = make(WEIGHTS, hold=0.01)
    moved = deformer.deform(ball[0] @ turn.T + shift, targets @ turn.T + shift)
    np.testing.assert_allclose(moved, deformer.deform(ball[0], targets) @ turn.T + shift, atol=1e-12)


@pytest.mark.parametrize("others", [(0.0, 0.5, 1.0, 3.0, 1.0), (7.0, 0.0, 2.0, 0.1, 5.0), WEIGHTS])
def test_changed_weights_equal_a_fresh_factor(ball, make, targets, others):
    changed = make(WEIGHTS, hold=1e-3).deform(ball[0], targets, np.array(others))
    np.testing.assert_allclose(changed, make(others, hold=1e-3).deform(ball[0], targets), atol=1e-11)


def test_an_anchor_of_weight_zero_does_not_pull(ball, make, targets):
    deformer, elsewhere = make((2.0, 0.0, 1.0, 3.0, 1.0)), targets.copy()
    elsewhere[1] += 5.0
    np.testing.assert_array_equal(deformer.deform(ball[0], targets), deformer.deform(ball[0], elsewhere))


def test_a_held_mesh_moves_less_the_stronger_it_is_held(ball, make, targets):
    moves = [np.abs(make(WEIGHTS, hold=hold).deform(ball[0], targets) - ball[0]).sum() for hold in (0.0, 0.1, 10.0)]
    assert moves[0] > moves[1] > moves[2] > 0.0


def test_bad_input_is_refused(ball, anchors, make, targets):
    laplacian = uniform_laplacian(ball[1], len(ball[0]))
    with pytest.raises(ValueError, match=r"weights lie in \[-1.0, 1.0\], expected finite, at least 0"):
        make((1.0, -1.0, 1.0, 1.0, 1.0))
    with pytest.raises(ValueError, match=r"weights have shape \(4,\), expected \(5,\)"):
        make(WEIGHTS[:4])
    with pytest.raises(ValueError, match=r"expected V x V, K x V, V"):
        LaplacianDeformer(laplacian, anchors, weights=np.ones(5), hold=np.ones(3))
    with pytest.raises(ValueError, match=r"pulls have shape \(4, 3\), expected \(5, 3\)"):
        make(WEIGHTS).displace(targets[:4])
    with pytest.raises(ValueError, match="neither held nor anchored"):
        LaplacianDeformer(sparse.csr_array((3, 3)), sparse.csr_array((1, 3)), weights=np.ones(1), hold=np.zeros(3))


def test_near_vertices_move_as_they_do_with_all(ball, anchors, targets):
    vertices, faces = ball
    near = np.array([3, 7, 20])
    deformer = LaplacianDeformer(
        uniform_laplacian(faces, len(vertices)),
        anchors,
        weights=np.asarray(WEIGHTS),
        hold=np.full(len(vertices), 0.01),
        near=near,
    )
    pulls, other = targets - anchors @ vertices, np.array([0.0, 0.5, 4.0, 3.0, 1.0])
    for weights in (None, other):
        np.testing.assert_allclose(
            deformer.displace_near(pulls, weights), deformer.displace(pulls, weights)[near], atol=1e-14
        )
