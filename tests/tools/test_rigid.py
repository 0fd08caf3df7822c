import numpy as np
import pytest
from scipy import sparse
from tools.face_model.parts import PartRecord
from tools.face_model.rigid import affine_weights, make_rigid


def affine(rng):
    matrix, shift = rng.normal(size=(3, 3)), rng.normal(size=3)
    return lambda points: points @ matrix.T + shift


def test_weights_follow_every_affine_motion_exactly(rng):
    controls, vertices = rng.normal(size=(12, 3)), rng.normal(size=(40, 3))
    weights = affine_weights(controls, vertices)
    np.testing.assert_allclose(weights @ controls, vertices, atol=1e-9)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    motion = affine(rng)
    np.testing.assert_allclose(weights @ motion(controls), motion(vertices), atol=1e-9)


def test_four_controls_are_enough(rng):
    controls = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    vertices = rng.uniform(size=(5, 3))
    expected = np.column_stack([1.0 - vertices.sum(axis=1), vertices])
    np.testing.assert_allclose(affine_weights(controls, vertices), expected, atol=1e-9)


def test_a_vertex_close_to_a_control_hangs_mostly_on_it(rng):
    controls = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)])
    weights = affine_weights(controls, controls[5:6] + 1e-4)
    assert np.argmax(weights[0]) == 5
    assert weights[0, 5] > 0.9


@pytest.fixture
def tooth(rng):
    """A part that hangs on the first two of ten points with an offset, and the points."""
    points = rng.normal(size=(10, 3))
    record = PartRecord(
        name="tooth",
        faces=np.array([[0, 1, 2]]),
        uv=np.zeros((3, 2)),
        uv_faces=np.array([[0, 1, 2]]),
        matrix=sparse.csr_array(rng.dirichlet(np.ones(10), 6)),
        offsets=rng.normal(size=(6, 3)),
        follows="expression",
        texture="teeth",
        alpha="opaque",
    )
    return record, points


def test_a_stiff_part_stays_where_it_was_without_offsets(tooth):
    record, points = tooth
    stiff = make_rigid(record, points, slice(3, 9))
    assert not stiff.offsets.any()
    np.testing.assert_allclose(stiff.vertices(points), record.vertices(points), atol=1e-9)
    assert (stiff.name, stiff.texture) == ("tooth", "teeth")


def test_a_stiff_part_turns_with_its_controls_and_ignores_other_points(tooth, rng):
    record, points = tooth
    stiff, motion = make_rigid(record, points, slice(3, 9)), affine(rng)
    moved = rng.normal(size=points.shape)
    moved[3:9] = motion(points[3:9])
    np.testing.assert_allclose(stiff.vertices(moved), motion(record.vertices(points)), atol=1e-8)
