"""Laws of the z-buffer: pixel centres, barycentric weights, the nearest wins, and no gaps between triangles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.geometry.rasterize import BACKGROUND, FAR, Cutout, clear, draw, interpolate

ONE = np.array([[0, 1, 2]])
QUAD = np.array([[0, 1, 2], [0, 2, 3]])


def soup(rng, count, size):
    """Triangles at random places and depths: (screen, faces)."""
    corners = rng.uniform(0.0, size, (count, 1, 2)) + rng.uniform(-size / 2, size / 2, (count, 3, 2))
    screen = np.concatenate([corners, rng.uniform(-5.0, 5.0, (count, 3, 1))], axis=2).reshape(-1, 3)
    return screen, np.arange(3 * count).reshape(-1, 3)


def drawn(screen, faces, size=16, **options):
    fragments = clear(size, size)
    draw(fragments, screen, faces, **options)
    return fragments


def square(x0, y0, x1, y1, depth=0.0):
    return np.array([[x0, y0, depth], [x1, y0, depth], [x1, y1, depth], [x0, y1, depth]], float)


def explicit_draw(screen, faces, size):
    """For each pixel look at every triangle: (face, barycentric, depth)."""
    face, weights, depth = np.full((size, size), -1), np.zeros((size, size, 3)), np.full((size, size), -np.inf)
    for number, corners in enumerate(screen[faces]):
        system = np.vstack([corners[:, :2].T, np.ones(3)])
        for y in range(size):
            for x in range(size):
                w = np.linalg.solve(system, [x + 0.5, y + 0.5, 1.0])
                if w.min() >= 0.0 and w @ corners[:, 2] > depth[y, x]:
                    face[y, x], weights[y, x], depth[y, x] = number, w, w @ corners[:, 2]
    return face, weights, depth


def test_empty_buffers_show_nothing():
    fragments = clear(3, 5)
    assert fragments.depth.shape == (3, 5)
    assert (fragments.part == BACKGROUND).all()
    assert (fragments.face == BACKGROUND).all()
    assert (fragments.depth == FAR).all()
    assert not fragments.barycentric.any()


def test_the_buffers_are_those_of_the_slow_definition(rng):
    screen, faces = soup(rng, 25, 20)
    found = drawn(screen, faces, 20)
    face, weights, depth = explicit_draw(screen, faces, 20)
    np.testing.assert_array_equal(found.face, face)
    np.testing.assert_allclose(found.barycentric, weights, atol=1e-6)
    np.testing.assert_allclose(found.depth[face >= 0], depth[face >= 0], atol=1e-5)
    np.testing.assert_array_equal(found.part, np.where(face >= 0, 0, BACKGROUND))


def test_a_pixel_is_drawn_when_its_centre_is_inside():
    # Covers the centres of columns 2 to 4 and rows 1 to 2, and parts of their neighbours.
    found = drawn(square(2.4, 1.4, 4.6, 2.6), QUAD, 8)
    rows, columns = np.nonzero(found.face >= 0)
    assert set(zip(rows, columns, strict=True)) == {(y, x) for y in (1, 2) for x in (2, 3, 4)}
    assert not (drawn(square(2.6, 1.6, 3.4, 2.4), QUAD, 8).face >= 0).any()


def test_barycentric_weights_say_where_the_pixel_centre_is(rng):
    screen, faces = soup(rng, 30, 24)
    found = drawn(screen, faces, 24)
    rows, columns = np.nonzero(found.face >= 0)
    weights = found.barycentric[rows, columns]
    assert weights.min() >= 0.0
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-6)
    places = np.einsum("nk,nkc->nc", weights, screen[faces[found.face[rows, columns]]])
    np.testing.assert_allclose(places[:, :2], np.stack([columns, rows], axis=1) + 0.5, atol=1e-4)
    np.testing.assert_allclose(places[:, 2], found.depth[rows, columns], atol=1e-5)


def test_a_planted_linear_attribute_is_read_back(rng):
    screen, faces = soup(rng, 10, 16)
    slope = rng.normal(size=(2, 4))
    found = drawn(screen, faces, 16, part=3)
    picture = interpolate(found, 3, faces, screen[:, :2] @ slope + 1.0)
    rows, columns = np.nonzero(found.face >= 0)
    expected = np.stack([columns, rows], axis=1) @ slope + 0.5 * slope.sum(axis=0) + 1.0
    np.testing.assert_allclose(picture[rows, columns], expected, atol=1e-3)
    assert not picture[found.face < 0].any()
    assert not interpolate(found, 2, faces, screen).any()


def test_the_nearer_triangle_wins_in_either_order():
    near, far = square(2, 2, 12, 12, depth=1.0), square(0, 0, 8, 8, depth=-1.0)
    for first, second in ((near, far), (far, near)):
        found = drawn(np.concatenate([first, second]), np.concatenate([QUAD, QUAD + 4]))
        shown = np.where((found.face >= 2) == (first is near), -1.0, 1.0)
        np.testing.assert_array_equal(shown[2:12, 2:12], 1.0)
        np.testing.assert_array_equal(found.depth[2:12, 2:12], 1.0)
        np.testing.assert_array_equal(found.depth[:2, :8], -1.0)


def test_crossing_triangles_are_cut_where_they_cross():
    falling = np.array([[0, 0, 8], [16, 0, -8], [16, 16, -8], [0, 16, 8]], float)
    found = drawn(np.concatenate([falling, square(0, 0, 16, 16)]), np.concatenate([QUAD, QUAD + 4]))
    falls = found.face < 2
    assert falls[:, :8].all()
    assert not falls[:, 8:].any()


def test_two_meshes_share_a_picture():
    fragments = clear(16, 16)
    draw(fragments, square(0, 0, 10, 16, depth=0.0), QUAD, part=7)
    draw(fragments, square(6, 0, 16, 16, depth=2.0), QUAD, part=32_767)
    np.testing.assert_array_equal(fragments.part[:, :6], 7)
    np.testing.assert_array_equal(fragments.part[:, 6:], 32_767)
    behind = clear(16, 16)
    draw(behind, square(6, 0, 16, 16, depth=2.0), QUAD, part=32_767)
    draw(behind, square(0, 0, 10, 16, depth=0.0), QUAD, part=7)
    np.testing.assert_array_equal(behind.part, fragments.part)


coordinate = st.integers(-24, 24).map(lambda halves: halves / 2.0) | st.floats(-12.0, 12.0, width=32)


@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=9), st.randoms(use_true_random=False))
def test_a_fan_of_triangles_has_no_gap(offsets, random):
    """Round a middle point, edges through pixel centres included: a pixel in the hull of the rim is drawn."""
    middle = np.array([random.uniform(7.0, 9.0), random.choice([7.5, 8.0, random.uniform(7.0, 9.0)])])
    angles = np.sort([np.arctan2(y, x) for x, y in offsets])
    reach = 30.0
    rim = middle + reach * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    gaps = np.diff(np.append(angles, angles[0] + 2.0 * np.pi))
    if gaps.max() > 2.0:  # the rim does not go round
        return
    screen = np.concatenate([[[*middle, 0.0]], np.column_stack([rim, np.zeros(len(rim))])])
    count = len(rim)
    faces = np.array([[0, 1 + k, 1 + (k + 1) % count] for k in range(count)])
    assert (drawn(screen, faces).face >= 0).all()


def test_an_edge_through_pixel_centres_belongs_to_a_triangle(rng):
    for _ in range(200):
        left, right = 10.5 - rng.uniform(2.0, 40.0), 10.5 + rng.uniform(2.0, 40.0)
        screen = np.array(
            [[10.5, -30.3, 0], [10.5, 50.7, 0], [left, rng.uniform(0, 20), 0], [right, rng.uniform(0, 20), 0]]
        )
        found = drawn(screen, np.array([[0, 1, 2], [1, 0, 3]]), 21)
        assert (found.face[:, 10] >= 0).all()


def test_a_symmetric_mesh_gives_a_symmetric_mask(rng):
    screen, faces = soup(rng, 20, 21)
    screen[::4, 0] = 10.5
    mirrored = screen * [-1, 1, 1] + [21, 0, 0]
    both = np.concatenate([screen, mirrored]), np.concatenate([faces, faces[:, ::-1] + len(screen)])
    mask = drawn(*both, 21).face >= 0
    np.testing.assert_array_equal(mask, mask[:, ::-1])


def test_winding_does_not_matter_unless_backs_are_culled(rng):
    screen, faces = soup(rng, 20, 16)
    np.testing.assert_array_equal(drawn(screen, faces[:, ::-1]).face, drawn(screen, faces).face)
    front, back = drawn(screen, faces, cull=True).face, drawn(screen, faces[:, ::-1], cull=True).face
    a, b, c = (screen[faces[:, k], :2] for k in range(3))
    # Counter-clockwise with y up is clockwise with y down.
    is_front = (b - a)[:, 0] * (c - a)[:, 1] - (c - a)[:, 0] * (b - a)[:, 1] < 0.0
    assert is_front[front[front >= 0]].all()
    assert not is_front[back[back >= 0]].any()
    assert (front >= 0).any()
    assert (back >= 0).any()


def test_triangles_without_area_or_outside_the_picture_are_skipped():
    line = np.array([[0.0, 0.0, 0.0], [8.0, 8.0, 0.0], [16.0, 16.0, 0.0]])
    for faces in (ONE, np.array([[0, 0, 1]]), np.zeros((0, 3), int)):
        assert (drawn(line, faces).face == BACKGROUND).all()
    for shift in ((100, 0, 0), (-100, 0, 0), (0, 100, 0), (0, -100, 0)):
        assert (drawn(square(2, 2, 9, 9) + shift, QUAD).face == BACKGROUND).all()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_triangle_with_a_corner_that_is_no_number_is_skipped(axis):
    screen = square(2, 2, 9, 9)[:3]
    screen[1, axis] = float("nan")
    assert (drawn(screen, ONE).face == BACKGROUND).all()


def test_a_hole_in_the_texture_is_a_hole_in_the_picture():
    alpha = np.zeros((16, 16), np.uint8)
    alpha[:, 4:] = 255
    alpha[3, :] = 0
    uv = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    cutout = Cutout(uv=uv, uv_faces=QUAD, alpha=alpha)
    found = drawn(square(0, 0, 16, 16), QUAD, cutout=cutout)
    np.testing.assert_array_equal(found.face >= 0, alpha >= 128)


def test_behind_a_hole_is_what_lies_behind():
    fragments = clear(8, 8)
    half = np.repeat(np.array([[0, 255]], np.uint8), 4, axis=1).repeat(8, axis=0)
    uv = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    draw(fragments, square(0, 0, 8, 8, depth=5.0), QUAD, part=1, cutout=Cutout(uv=uv, uv_faces=QUAD, alpha=half))
    draw(fragments, square(0, 0, 8, 8, depth=0.0), QUAD, part=2)
    np.testing.assert_array_equal(fragments.part, np.where(half == 255, 1, 2))


@pytest.mark.parametrize("threshold", [0, 1, 100, 255])
def test_alpha_below_the_threshold_is_a_hole_and_from_it_on_is_none(threshold):
    """Between its texels alpha is interpolated: a ramp is cut where it reaches the threshold."""
    ramp = np.array([[0, 255]], np.uint8)
    uv = np.array([[0.25, 0.5], [0.75, 0.5], [0.75, 0.5], [0.25, 0.5]])  # from texel centre to texel centre
    cutout = Cutout(uv=uv, uv_faces=QUAD, alpha=ramp, threshold=threshold)
    found = drawn(square(0, 0, 64, 4), QUAD, 64, cutout=cutout)
    alpha = 255.0 * (np.arange(64) + 0.5) / 64
    np.testing.assert_array_equal(found.face[1] >= 0, alpha >= threshold)


def test_outside_the_texture_its_border_goes_on():
    alpha = np.array([[255, 0]], np.uint8)
    uv = np.array([[-1.0, -3.0], [2.0, -3.0], [2.0, 4.0], [-1.0, 4.0]])
    found = drawn(square(0, 0, 12, 12), QUAD, 12, cutout=Cutout(uv=uv, uv_faces=QUAD, alpha=alpha))
    np.testing.assert_array_equal((found.face >= 0).all(axis=0), np.arange(12) < 6)


def test_each_vertex_may_have_its_own_threshold():
    """Over even alpha, a threshold that grows from left to right cuts where it passes the alpha."""
    uv = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    levels = np.array([0.0, 255.0, 255.0, 0.0])
    even = np.full((2, 2), 100, np.uint8)
    found = drawn(square(0, 0, 64, 4), QUAD, 64, cutout=Cutout(uv=uv, uv_faces=QUAD, alpha=even, threshold=levels))
    np.testing.assert_array_equal(found.face[1] >= 0, 255.0 * (np.arange(64) + 0.5) / 64 <= 100.0)


@pytest.mark.parametrize(("alpha", "share"), [(0, 0.0), (95, 0.25), (121, 0.5), (135, 0.75), (255, 1.0)])
def test_spread_thresholds_turn_alpha_into_shares_of_two_by_two_pixels(alpha, share):
    uv = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    even = np.full((2, 2), alpha, np.uint8)
    cutout = Cutout(uv=uv, uv_faces=QUAD, alpha=even, threshold=120, spread=80)
    covered = drawn(square(0, 0, 16, 16), QUAD, cutout=cutout).face >= 0
    np.testing.assert_array_equal(covered.reshape(8, 2, 8, 2).mean(axis=(1, 3)), share)


def test_the_order_of_triangles_does_not_matter(rng):
    screen, faces = soup(rng, 60, 24)
    uv = rng.uniform(size=(len(screen), 2))
    cutout = Cutout(uv=uv, uv_faces=faces, alpha=rng.integers(0, 256, (9, 9)).astype(np.uint8), spread=60)
    shuffle = rng.permutation(len(faces))
    mixed = Cutout(uv=uv, uv_faces=faces[shuffle], alpha=cutout.alpha, spread=60)
    plain, other = drawn(screen, faces, 24, cutout=cutout), drawn(screen, faces[shuffle], 24, cutout=mixed)
    np.testing.assert_array_equal(other.depth, plain.depth)
    np.testing.assert_array_equal(np.where(other.face >= 0, shuffle[other.face], -1), plain.face)


def test_a_repeated_texture_repeats():
    alpha = np.array([[255, 255, 0, 0]], np.uint8)
    uv = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    found = drawn(square(0, 0, 32, 4), QUAD, 32, cutout=Cutout(uv=uv, uv_faces=QUAD, alpha=alpha, repeat=4))
    seen = found.face[1] >= 0
    np.testing.assert_array_equal(seen[:24], seen[8:])
    assert 0.3 < seen.mean() < 0.7


def test_a_cutout_with_the_wrong_number_of_thresholds_is_refused():
    uv = np.zeros((4, 2))
    levels = np.zeros(3)
    cutout = Cutout(uv=uv, uv_faces=QUAD, alpha=np.zeros((1, 1), np.uint8), threshold=levels)
    with pytest.raises(ValueError, match="threshold has 3 values"):
        drawn(square(0, 0, 4, 4), QUAD, cutout=cutout)
    with pytest.raises(ValueError, match="repeat is -1"):
        Cutout(uv=uv, uv_faces=QUAD, alpha=np.zeros((1, 1), np.uint8), repeat=-1)


def test_single_precision_and_strided_input_give_the_same(rng):
    screen, faces = soup(rng, 10, 16)
    screen = np.round(screen, 1)
    padded = np.zeros((len(screen), 6))
    padded[:, ::2] = screen
    expected = drawn(screen.astype(np.float32).astype(float), faces)
    np.testing.assert_array_equal(drawn(screen.astype(np.float32), faces.astype(np.int32)).face, expected.face)
    np.testing.assert_array_equal(drawn(padded[:, ::2], faces).face, drawn(screen, faces).face)


@pytest.mark.parametrize(("height", "width"), [(0, 5), (5, 0), (-1, 3)])
def test_an_empty_picture_is_refused(height, width):
    with pytest.raises(ValueError, match=rf"picture size is {width} x {height}, expected at least 1 x 1"):
        clear(height, width)


def test_indices_out_of_range_are_refused():
    for bad in (np.array([[0, 1, 4]]), np.array([[0, -1, 2]])):
        with pytest.raises(ValueError, match=r"faces has indices in .* expected \[0, 4\)"):
            drawn(square(0, 0, 4, 4), bad)
    cutout = Cutout(uv=np.zeros((3, 2)), uv_faces=QUAD, alpha=np.zeros((1, 1), np.uint8))
    with pytest.raises(ValueError, match=r"uv_faces has indices in \[0, 3\], expected \[0, 3\)"):
        drawn(square(0, 0, 4, 4), QUAD, cutout=cutout)
    with pytest.raises(ValueError, match="uv_faces has 2 triangles, expected one per face, 1"):
        drawn(square(0, 0, 4, 4), ONE, cutout=cutout)


@pytest.mark.parametrize("part", [-1, 32_768])
def test_a_part_that_the_buffer_cannot_hold_is_refused(part):
    with pytest.raises(ValueError, match=rf"part is {part}, expected in \[0, 32767\]"):
        drawn(square(0, 0, 4, 4), QUAD, part=part)
