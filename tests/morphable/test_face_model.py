"""Laws of the face model: linear in identity, symmetric, and the eyeballs behind the lids."""

import numpy as np
import pytest

from toonface.geometry.mirror import mirror_offsets
from toonface.morphable.face_model import (
    LID_SHAPES,
    albedo,
    evaluate,
    expression_offsets,
    lid_change,
    neutral_points,
    part_vertices,
    pose_head,
    shape_offsets,
    skin_vertices,
    subdivide,
)
from toonface.morphable.lids import FIRST_RING, MARGIN_RING
from toonface.morphable.names import SHAPES, mirror_name, side_of

MIDDLE = 0.012
"""Half width in metres of the strip in the middle of the face that both halves share."""
MICROMETRE = 1e-6
REST = np.zeros(len(SHAPES))
MIRRORED_SHAPES = [name for name in SHAPES if mirror_name(name) == name or side_of(name) != "both"]
LEFT_SHAPES = [name for name in SHAPES if side_of(name) == "left"]


def one(name, weight=1.0):
    return weight * np.eye(len(SHAPES))[SHAPES.index(name)]


def skin_of(model, points):
    return points[: model.skin.count]


def test_zero_coefficients_give_the_mean(face_model):
    head = evaluate(face_model, np.zeros(80), REST)
    np.testing.assert_array_equal(head.neutral, face_model.mean)
    np.testing.assert_array_equal(head.points, face_model.mean)
    np.testing.assert_array_equal(albedo(face_model, np.zeros(80)), np.clip(face_model.albedo_mean, 0.0, 1.0))


def test_the_neutral_head_is_linear_in_identity(face_model, rng):
    a, b = rng.standard_normal((2, 80))
    sums = neutral_points(face_model, 2.0 * a - 3.0 * b) - face_model.mean
    parts = 2.0 * (neutral_points(face_model, a) - face_model.mean) - 3.0 * (
        neutral_points(face_model, b) - face_model.mean
    )
    np.testing.assert_allclose(sums, parts, atol=1e-9)


def test_one_coefficient_adds_its_own_component(face_model):
    for component in (0, 41, 79):
        moved = neutral_points(face_model, 2.5 * np.eye(80)[component])
        expected = face_model.mean + 2.5 * face_model.identity_basis[component]
        np.testing.assert_allclose(moved, expected, atol=1e-7)


def test_identity_components_are_orthonormal_and_fall(face_model):
    flat = face_model.identity_basis.reshape(80, -1).astype(float) / face_model.sigma[:, None]
    np.testing.assert_allclose(flat @ flat.T, np.eye(80), atol=1e-3)
    assert (np.diff(face_model.sigma) <= 1e-9).all()
    assert face_model.sigma[-1] > 0.0
    assert 0.98 <= face_model.variance_kept <= 1.0


def test_identity_components_are_symmetric_or_antisymmetric(face_model):
    flat = face_model.identity_basis[:, : face_model.skin.count].astype(float)
    size = np.abs(flat).max(axis=(1, 2))
    mirrored = np.stack([mirror_offsets(component, face_model.skin.mirror) for component in flat])
    even, odd = (np.abs(flat - sign * mirrored).max(axis=(1, 2)) / size for sign in (1.0, -1.0))
    assert np.minimum(even, odd).max() < 0.05


def test_mirroring_skin_points_twice_changes_nothing(face_model):
    mirror = face_model.skin.mirror
    np.testing.assert_array_equal(mirror[mirror], np.arange(face_model.skin.count))


def test_the_mean_head_is_its_own_mirror_image(face_model):
    skin = skin_of(face_model, face_model.mean)
    np.testing.assert_allclose(skin[face_model.skin.mirror] * [-1, 1, 1], skin, atol=MICROMETRE)
    left, right = face_model.mean[[-4, -2]]
    np.testing.assert_allclose(left * [-1, 1, 1], right, atol=MICROMETRE)


def test_the_mean_head_is_a_head_in_metres_that_looks_along_z(face_model):
    skin = skin_of(face_model, face_model.mean)
    height, depth = np.ptp(skin[:, 1]), np.ptp(skin[:, 2])
    assert 0.2 < height < 0.45
    assert 0.15 < depth < 0.35
    assert face_model.mean[-4, 0] > 0.0 > face_model.mean[-2, 0], "the left eye is at +x"
    assert face_model.mean[-4, 2] > skin[:, 2].mean()


@pytest.mark.parametrize("name", MIRRORED_SHAPES)
def test_a_shape_and_its_partner_are_mirror_images(face_model, name):
    offsets, partner = (
        skin_of(face_model, shape_offsets(face_model, face_model.mean, n)) for n in (name, mirror_name(name))
    )
    np.testing.assert_allclose(mirror_offsets(offsets, face_model.skin.mirror), partner, atol=MICROMETRE)


@pytest.mark.parametrize("name", LEFT_SHAPES)
def test_a_left_shape_leaves_the_right_half_alone(face_model, name):
    right_half = face_model.mean[:, 0] < -MIDDLE
    offsets = shape_offsets(face_model, face_model.mean, name)
    np.testing.assert_array_equal(offsets[right_half], 0.0)


def test_every_shape_moves_something(face_model):
    assert np.abs(face_model.expression_basis).max(axis=(1, 2)).min() > 5e-4


def test_on_the_mean_head_the_shapes_are_the_basis(face_model):
    for name in SHAPES:
        offsets = shape_offsets(face_model, face_model.mean, name)
        np.testing.assert_allclose(offsets, face_model.expression_basis[SHAPES.index(name)], atol=1e-12)


def test_what_turns_no_lid_is_linear_in_its_weights(face_model, random_neutrals, random_weights):
    random_weights[:, np.unique([list(shapes) for shapes in LID_SHAPES])] = 0.0
    neutral = random_neutrals[0]
    for a, b in zip(random_weights[:4], random_weights[4:8], strict=True):
        together = expression_offsets(face_model, neutral, 0.3 * a + 0.7 * b)
        apart = 0.3 * expression_offsets(face_model, neutral, a) + 0.7 * expression_offsets(face_model, neutral, b)
        np.testing.assert_allclose(together, apart, atol=1e-12)


def test_off_the_lids_an_expression_is_the_weighted_sum_of_the_basis(face_model, random_neutrals, random_weights):
    others = np.setdiff1d(np.arange(len(face_model.mean)), [grid.table for grid in face_model.lids])
    for neutral, weights in zip(random_neutrals, random_weights, strict=True):
        offsets = expression_offsets(face_model, neutral, weights)
        expected = np.einsum("s,spc->pc", weights, face_model.expression_basis)
        np.testing.assert_allclose(offsets[others], expected[others], atol=1e-12)


def test_lids_differ_from_the_basis_on_other_heads_and_the_turned_side_only(face_model, random_neutrals):
    blink = one("eyeBlinkRight")
    assert np.abs(lid_change(face_model, random_neutrals[0], blink, side=1)).max() > 1e-4
    np.testing.assert_array_equal(lid_change(face_model, random_neutrals[0], blink, side=0), 0.0)
    np.testing.assert_allclose(lid_change(face_model, face_model.mean, blink, side=1), 0.0, atol=1e-15)
    np.testing.assert_array_equal(lid_change(face_model, random_neutrals[0], one("jawOpen"), side=1), 0.0)


def test_lids_that_several_shapes_close_meet_and_do_not_cross(face_model, random_neutrals):
    everything = sum(one(f"{name}Left") for name in ("eyeBlink", "eyeSquint", "cheekSquint", "mouthSmile", "noseSneer"))
    for neutral in [face_model.mean, *random_neutrals]:
        grid = face_model.lids[0]
        edge = grid.table[MARGIN_RING - FIRST_RING]
        closed = (
            neutral[edge]
            + (face_model.expression_basis[:, edge] * everything[:, None, None]).sum(axis=0)
            + lid_change(face_model, neutral, everything, side=0)[MARGIN_RING - FIRST_RING]
        )
        away = np.linalg.norm(grid.facing @ closed - closed, axis=1)[grid.side > 0].max()
        resting = np.linalg.norm(grid.facing @ neutral[edge] - neutral[edge], axis=1)[grid.side > 0].max()
        assert away < 0.02 * resting


def test_evaluating_is_posing_the_neutral_head(face_model, rng, random_weights):
    identity = rng.standard_normal(80)
    head = evaluate(face_model, identity, random_weights[0])
    again = pose_head(face_model, neutral_points(face_model, identity), random_weights[0])
    np.testing.assert_array_equal(head.points, again.points)
    np.testing.assert_array_equal(head.eyes.centres, again.eyes.centres)
    np.testing.assert_array_equal(head.weights, random_weights[0])


def test_no_lid_vertex_is_inside_an_eyeball(face_model, random_neutrals, random_weights):
    for neutral, weights in zip(random_neutrals, random_weights, strict=True):
        head = pose_head(face_model, neutral, weights)
        skin = skin_vertices(face_model, head)
        for lid, centre, radius in zip(face_model.lid_vertices, head.eyes.centres, head.eyes.radii, strict=True):
            assert np.linalg.norm(skin[lid] - centre, axis=1).min() > radius


def test_only_lid_vertices_are_kept_outside(face_model, random_neutrals, random_weights):
    head = pose_head(face_model, random_neutrals[3], random_weights[3])
    skin = skin_vertices(face_model, head)
    others = np.setdiff1d(np.arange(len(skin)), np.concatenate(face_model.lid_vertices))
    smooth = subdivide(face_model, skin_of(face_model, head.points))
    np.testing.assert_array_equal(skin[others], smooth[others])


def test_the_coarse_skin_is_the_cage_and_both_skins_have_their_triangles(face_model):
    head = evaluate(face_model, np.zeros(80), REST)
    np.testing.assert_array_equal(skin_vertices(face_model, head, lod=1), skin_of(face_model, head.points))
    for lod in (0, 1):
        used = np.unique(face_model.skin.faces[lod])
        np.testing.assert_array_equal(used, np.arange(len(skin_vertices(face_model, head, lod=lod))))
        assert face_model.skin.uv_faces[lod].max() == len(face_model.skin.uv[lod]) - 1
    assert len(face_model.skin.faces[0]) == 4 * len(face_model.skin.faces[1])
    assert 16_000 <= len(skin_vertices(face_model, head)) <= 20_000


def test_a_moved_head_moves_its_skin_and_parts_along(face_model, random_neutrals):
    shift = np.array([0.1, -0.2, 0.3])
    here, there = (pose_head(face_model, neutral, REST) for neutral in (random_neutrals[0], random_neutrals[0] + shift))
    np.testing.assert_allclose(skin_vertices(face_model, there), skin_vertices(face_model, here) + shift, atol=1e-9)
    for name in face_model.parts:
        moved = part_vertices(face_model, there, name) - part_vertices(face_model, here, name)
        np.testing.assert_allclose(moved, np.tile(shift, (len(moved), 1)), atol=1e-5)


def test_hair_stays_and_teeth_follow_when_the_jaw_opens(face_model):
    rest, opened = (pose_head(face_model, face_model.mean, weights) for weights in (REST, one("jawOpen")))
    for name, part in face_model.parts.items():
        moved = np.abs(part_vertices(face_model, opened, name) - part_vertices(face_model, rest, name)).max()
        if part.follows == "identity" or name == "teeth_upper":
            assert moved < MICROMETRE
    for name in ("teeth_lower", "tongue"):
        lower = part_vertices(face_model, opened, name) - part_vertices(face_model, rest, name)
        assert lower[:, 1].min() < -0.01


def test_the_tables_of_a_part_fit_each_other(face_model):
    for name, part in face_model.parts.items():
        assert part.name == name
        assert 0 <= part.faces.min() <= part.faces.max() < len(part.offsets)
        assert 0 <= part.uv_faces.min() <= part.uv_faces.max() < len(part.uv)


def test_a_part_vertex_is_a_weighted_sum_of_points_and_its_offset(face_model, random_neutrals, random_weights, rng):
    head = pose_head(face_model, random_neutrals[0], random_weights[0])
    for name, part in face_model.parts.items():
        points = head.neutral if part.follows == "identity" else head.points
        vertices = part_vertices(face_model, head, name)
        for vertex in rng.integers(0, len(vertices), 20):
            entries = slice(part.matrix.indptr[vertex], part.matrix.indptr[vertex + 1])
            expected = part.offsets[vertex].copy()
            for point, weight in zip(part.matrix.indices[entries], part.matrix.data[entries], strict=True):
                expected += weight * points[point]
            np.testing.assert_allclose(vertices[vertex], expected, atol=1e-12)


def test_albedo_is_linear_where_it_is_not_clipped(face_model, rng):
    texture = 0.3 * rng.standard_normal(80)
    free = face_model.albedo_mean + np.tensordot(texture, face_model.albedo_basis, axes=1)
    colours = albedo(face_model, texture)
    np.testing.assert_allclose(colours, np.clip(free, 0.0, 1.0), atol=1e-6)
    far = albedo(face_model, 20.0 * texture)
    assert 0.0 <= far.min() <= far.max() <= 1.0


@pytest.mark.usefixtures("as_in_production")
def test_wrong_numbers_of_coefficients_are_refused(face_model):
    with pytest.raises(ValueError, match=r"identity has shape \(79,\), expected \(80,\)"):
        neutral_points(face_model, np.zeros(79))
    with pytest.raises(ValueError, match=r"weights has shape \(52,\), expected \(64,\)"):
        expression_offsets(face_model, face_model.mean, np.zeros(52))
    with pytest.raises(ValueError, match=r"texture has shape \(80, 1\), expected \(80,\)"):
        albedo(face_model, np.zeros((80, 1)))
    with pytest.raises(ValueError, match=r"identity has shape \(\), expected \(80,\)"):
        evaluate(face_model, np.float64(0.0), REST)


def test_an_unknown_shape_and_an_unknown_part_are_quoted(face_model):
    with pytest.raises(ValueError, match=r"there is no shape 'eyeBlink', expected one of names.SHAPES"):
        shape_offsets(face_model, face_model.mean, "eyeBlink")
    head = evaluate(face_model, np.zeros(80), REST)
    with pytest.raises(ValueError, match=r"there is no part 'beard', expected one of .*'tongue'"):
        part_vertices(face_model, head, "beard")
