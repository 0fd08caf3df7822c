import numpy as np
import pytest
from scipy import sparse
from tools.face_model.cage import Cage
from tools.face_model.decimate import collapse_flat_edges
from tools.face_model.hair import cut_fringe, cut_to_length, shorten, smooth_weights, spread_points
from tools.face_model.lift import Surface, float_above
from tools.face_model.parts import PartRecord, bind, ride, triangulate_pair
from tools.face_model.sources import Proxy, QuadMesh

from toonface.geometry.subdivide import catmull_clark, triangulate


def grid(size):
    """A flat sheet of size × size quads in the plane z = 0, its normals along +z."""
    x, y = np.meshgrid(np.arange(size + 1.0), np.arange(size + 1.0))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    corner = (np.arange(size)[:, None] * (size + 1) + np.arange(size)).ravel()
    return points, np.stack([corner, corner + 1, corner + size + 2, corner + size + 1], axis=1)


def made_up_cage(kept):
    none = np.zeros((0, 4), int)
    return Cage(
        kept=np.array(kept),
        skin_count=len(kept),
        quads=none,
        uv_quads=none,
        uv=np.zeros((0, 2)),
        groups={},
        origin=np.zeros(3),
    )


def made_up_proxy(references, weights, offsets):
    none = np.zeros((0, 4), int)
    mesh = QuadMesh(vertices=np.zeros((0, 3)), quads=none, uv=np.zeros((0, 2)), uv_quads=none, groups={})
    return Proxy(mesh=mesh, references=np.array(references), weights=np.array(weights), offsets=np.array(offsets))


def test_a_bound_part_lies_on_the_template_where_the_proxy_lies():
    rng = np.random.default_rng(1)
    base = rng.normal(size=(20, 3))
    kept = np.arange(3, 17)
    proxy = made_up_proxy(rng.integers(3, 17, (30, 3)), rng.dirichlet(np.ones(3), 30), rng.normal(size=(30, 3)))
    placed = proxy.vertices(base)
    matrix, offsets = bind(proxy, made_up_cage(kept), base[kept], placed)
    np.testing.assert_allclose(matrix @ base[kept] + offsets, placed, atol=1e-12)
    np.testing.assert_allclose(offsets, proxy.offsets, atol=1e-12)


def test_a_bound_part_moves_with_its_points():
    proxy = made_up_proxy([[0, 1, 2]], [[0.5, 0.25, 0.25]], [[0.0, 0.0, 1.0]])
    points = np.zeros((3, 3))
    matrix, offsets = bind(proxy, made_up_cage([0, 1, 2]), points, proxy.vertices(points))
    points[1, 0] = 4.0
    np.testing.assert_allclose(matrix @ points + offsets, [[1.0, 0.0, 1.0]])


def test_references_without_weight_may_lie_outside_the_cage_and_others_may_not():
    points = np.eye(3)
    inside = made_up_proxy([[0, 1, 99]], [[0.5, 0.5, 0.0]], [[0.0, 0.0, 0.0]])
    matrix, _ = bind(inside, made_up_cage([0, 1, 2]), points, np.zeros((1, 3)))
    assert matrix.toarray().tolist() == [[0.5, 0.5, 0.0]]
    outside = made_up_proxy([[0, 1, 99]], [[0.5, 0.3, 0.2]], [[0.0, 0.0, 0.0]])
    with pytest.raises(ValueError, match="not part of the cage"):
        bind(outside, made_up_cage([0, 1, 2]), points, np.zeros((1, 3)))


def test_what_rides_on_the_refined_skin_follows_every_cage():
    cage, quads = grid(4)
    refined = catmull_clark(quads, len(cage))
    surface = Surface(vertices=refined.matrix @ cage, faces=triangulate(refined.quads))
    feet = surface.project(np.array([[1.2, 2.3, 0.5], [3.0, 0.9, 0.1]]))[0].points
    matrix = ride(feet, refined.matrix, len(cage) + 5)
    assert matrix.shape == (2, len(cage) + 5)
    bent = cage + np.random.default_rng(2).normal(0.0, 0.1, cage.shape)
    expected = np.einsum("nk,nkc->nc", feet.weights, (refined.matrix @ bent)[feet.corners])
    np.testing.assert_allclose(matrix @ np.concatenate([bent, np.full((5, 3), 7.0)]), expected, atol=1e-12)


def test_a_part_record_is_linear_in_the_points():
    record = PartRecord(
        name="dot",
        faces=np.zeros((0, 3), int),
        uv=np.zeros((0, 2)),
        uv_faces=np.zeros((0, 3), int),
        matrix=sparse.csr_array(np.array([[0.5, 0.5]])),
        offsets=np.array([[0.0, 1.0, 0.0]]),
        follows="identity",
        texture=None,
        alpha="opaque",
    )
    assert record.vertices(np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]])).tolist() == [[1.0, 1.0, 0.0]]


def test_what_sinks_into_a_surface_is_raised_and_the_order_of_layers_stays():
    points, quads = grid(6)
    surface = Surface(vertices=points, faces=triangulate(quads))
    sunk = np.array([[2.0, 2.0, -0.01], [3.0, 2.0, -0.005], [2.0, 3.0, 0.001], [4.0, 4.0, 0.5]])
    faces = np.array([[0, 1, 2]])
    lifted = float_above(sunk, faces, surface, clearance=0.002)
    assert (lifted.vertices[:, 2] >= 0.002).all()
    assert lifted.vertices[0, 2] < lifted.vertices[1, 2] < lifted.vertices[2, 2]
    np.testing.assert_allclose(lifted.vertices[3], sunk[3])
    ignored = float_above(sunk, faces, surface, clearance=0.002, ignore=np.ones(len(points), bool))
    np.testing.assert_allclose(ignored.vertices, sunk)


def test_a_flattened_part_lies_at_its_clearance():
    points, quads = grid(3)
    surface = Surface(vertices=points, faces=triangulate(quads))
    part = np.array([[1.0, 1.0, 0.3], [2.0, 1.0, -0.2], [1.0, 2.0, 0.0]])
    lifted = float_above(part, np.array([[0, 1, 2]]), surface, clearance=0.01, flatten=True)
    np.testing.assert_allclose(lifted.vertices[:, 2], 0.01, atol=1e-12)


def test_smooth_weights_sum_to_one_and_jump_nowhere():
    anchors = np.random.default_rng(3).uniform(-0.1, 0.1, (60, 3))
    path = np.linspace([-0.1, 0.0, 0.0], [0.1, 0.02, 0.01], 4001)
    weights = smooth_weights(path, anchors, 12).toarray()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert (weights >= 0.0).all()
    assert np.abs(np.diff(weights, axis=0)).max() < 5e-3


def test_spread_points_are_allowed_and_far_apart():
    points = np.random.default_rng(4).uniform(size=(500, 3))
    allowed = points[:, 0] > 0.5
    chosen = spread_points(points, allowed, 20)
    assert allowed[chosen].all()
    assert len(set(chosen.tolist())) == 20
    distance = np.linalg.norm(points[chosen, None] - points[None, chosen], axis=2) + 9.0 * np.eye(20)
    assert distance.min() > 0.15


def test_shortening_keeps_the_order_of_heights_and_what_is_above():
    heights = np.linspace(-0.6, 0.2, 200)
    short = shorten(heights, 0.0, 0.3, ease=0.05)
    assert (np.diff(short) > 0.0).all()
    np.testing.assert_allclose(short[heights >= 0.0], heights[heights >= 0.0])
    np.testing.assert_allclose(np.diff(short)[:20] / np.diff(heights)[:20], 0.3)


def test_cut_hair_ends_higher_and_the_rest_stays():
    hair = np.random.default_rng(5).uniform([-0.1, -0.5, -0.1], [0.1, 0.1, 0.1], (400, 3))
    cut = cut_to_length(hair, -0.1, 0.4)
    assert cut[:, 1].min() > -0.3
    np.testing.assert_allclose(cut[hair[:, 1] > -0.1], hair[hair[:, 1] > -0.1])
    fringe = cut_fringe(hair, 0.05, 0.3)
    behind = hair[:, 2] < 0.05
    np.testing.assert_allclose(fringe[behind], hair[behind])


def test_thinning_out_a_flat_sheet_keeps_its_area_border_and_texture():
    points, quads = grid(8)
    faces, uv_faces = triangulate_pair(quads, quads)
    thin, uv_thin = collapse_flat_edges(points, faces, uv_faces, limit=40)
    assert len(np.unique(thin)) == 40
    assert (thin == uv_thin).all()
    a, b, c = (points[thin[:, corner]] for corner in range(3))
    areas = 0.5 * np.cross(b - a, c - a)[:, 2]
    assert (areas > 0.0).all()
    assert areas.sum() == pytest.approx(64.0)


def test_a_quad_that_repeats_a_corner_is_one_triangle():
    faces, uv_faces = triangulate_pair(np.array([[0, 1, 2, 2], [0, 1, 2, 3]]), np.array([[4, 5, 6, 6], [4, 5, 6, 7]]))
    assert faces.tolist() == [[0, 1, 2], [0, 1, 2], [0, 2, 3]]
    assert uv_faces.tolist() == [[4, 5, 6], [4, 5, 6], [4, 6, 7]]
