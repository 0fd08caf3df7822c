import numpy as np
import pytest
from tools.face_model.lashes import PICTURE, ROOT_RING, ROWS, SAMPLES, lash_part, lash_picture
from tools.face_model.loops import Loops

from toonface.geometry.subdivide import catmull_clark


@pytest.fixture
def eyes(patch_of):
    """Two mirrored eyes: loops of the left one, subdivision, points with two more at the end, mirror."""
    patch = patch_of(10, 10, centre=(0.03, 0.0), size=(0.008, 0.005))
    count = len(patch.points)
    quads = np.concatenate([patch.quads, patch.quads[:, ::-1] + count])
    points = np.concatenate([patch.points, patch.points * [-1.0, 1.0, 1.0], np.zeros((2, 3))])
    points[: 2 * count, 2] = 0.01 * np.cos(40.0 * np.abs(points[: 2 * count, 0]))
    mirror = np.concatenate([np.arange(count) + count, np.arange(count)])
    return patch.loops(), catmull_clark(quads, 2 * count), points, mirror


@pytest.fixture
def lashes(eyes):
    return lash_part(*eyes)


def test_lashes_are_sums_of_skin_points_without_offsets(lashes, eyes):
    assert not lashes.offsets.any()
    np.testing.assert_allclose(lashes.matrix.sum(axis=1), 1.0)
    assert lashes.matrix.shape == (len(lashes.offsets), len(eyes[2]))
    assert not lashes.matrix[:, [-2, -1]].toarray().any()
    assert lashes.follows == "expression"


def test_the_right_lashes_mirror_the_left_ones(lashes, eyes):
    left, right = np.split(lashes.vertices(eyes[2]), 2)
    np.testing.assert_allclose(right, left * [-1.0, 1.0, 1.0], atol=1e-12)
    assert left[:, 0].min() > 0.0


def test_lashes_grow_from_the_edge_of_the_subdivided_lid(lashes, eyes):
    eye, subdivision, points, _ = eyes
    fine = subdivision.matrix @ points[:-2]
    roots = lashes.vertices(points)[:: len(ROWS)]
    edge = fine[eye.ring(ROOT_RING)]
    # The first upper lash stands half a column from the corner, so every fourth from the third on is on a point.
    upper = roots[SAMPLES // 2 :: SAMPLES][: eye.corner - 1]
    np.testing.assert_allclose(upper, edge[1 : eye.corner], atol=1e-12)


def test_upper_lashes_point_up_and_lower_ones_down(lashes, eyes):
    strands = lashes.vertices(eyes[2]).reshape(-1, len(ROWS), 3)
    place = lashes.uv.reshape(-1, len(ROWS), 2)
    upper = place[:, -1, 1] < 0.5
    assert upper.any() and (~upper).any()
    for lid, way in ((strands[: len(strands) // 2][upper[: len(strands) // 2]], 1.0), (strands[~upper], -1.0)):
        rise = way * (lid[:, -1, 1] - lid[:, 0, 1])
        # At the corners of the eye lashes fan out sideways.
        assert (rise[3:-3] > 0.0).mean() > 0.9


def test_texture_places_are_inside_the_picture_and_faces_index_them(lashes):
    assert lashes.uv.min() >= 0.0 and lashes.uv.max() <= 1.0
    assert lashes.faces.min() == 0 and lashes.faces.max() == len(lashes.offsets) - 1
    np.testing.assert_array_equal(lashes.faces, lashes.uv_faces)


def test_the_picture_has_lashes_in_both_halves_and_thins_out_to_the_tips(rng):
    picture = lash_picture(rng)
    assert picture.shape == (*PICTURE, 2)
    assert picture.min() >= 0.0 and picture.max() <= 1.0
    assert (picture[..., 0] == 0.5).all()
    cover = picture[..., 1].mean(axis=1)
    middle = PICTURE[0] // 2
    assert cover[middle - 20 : middle].mean() > cover[:20].mean()
    assert cover[middle : middle + 20].mean() > cover[-20:].mean()
    assert cover[[0, -1]].max() < 0.01


def test_the_same_seed_draws_the_same_lashes():
    first, second = (lash_picture(np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_table_with_too_few_rings_is_refused(eyes):
    eye, subdivision, points, mirror = eyes
    short = Loops(
        table=eye.table[:3],
        rings=range(-3, 0),
        corner=eye.corner,
        facing=eye.facing,
        corner_distance=eye.corner_distance,
    )
    with pytest.raises(ValueError, match="not in range"):
        lash_part(short, subdivision, points, mirror)
