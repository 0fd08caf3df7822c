"""The differentiable renderer shows what numpy shows, and its gradients are those of finite differences."""

import jaxtyping
import numpy as np
import pytest
import torch
from scipy.spatial import ConvexHull
from torch.autograd import gradcheck

from toonface.geometry import camera, normals, rasterize
from toonface.geometry.rotation import axis_angles_to_matrices
from toonface.io.face_model_file import load_face_model
from toonface.morphable import spherical_harmonics
from toonface.morphable.face_model import albedo, evaluate, skin_vertices
from toonface.nets.antialias import antialias
from toonface.nets.differentiable_renderer import Scene, interpolate, render
from toonface.nets.mesh_topology import NO_TRIANGLE, topology_of
from toonface.nets.render_losses import landmark_loss, mask_loss, photometric_loss
from toonface.nets.shading import project, rotations_about, shade, vertex_normals
from toonface.nets.visibility import rasterize_in_torch, rasterize_on_cpu, visibility

ONE = np.array([[0, 1, 2]])
QUAD = np.array([[0, 2, 1], [0, 3, 2]])
GREY_LIGHT = 1.0 / spherical_harmonics.BAND_0
"""Coefficient of the constant function that shows the albedo as it is."""
CHECK = {"eps": 1e-6, "atol": 1e-5, "rtol": 1e-4}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def as_in_production(monkeypatch):
    """Turn the shape checks of the tests off, so that the package's own validators meet the wrong shapes."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture(scope="module")
def sphere():
    """42 vertices and 80 triangles round the origin, wound outwards: (vertices, faces)."""
    golden = (1.0 + 5.0**0.5) / 2.0
    corners = [[0.0, s, t * golden] for s in (-1.0, 1.0) for t in (-1.0, 1.0)]
    vertices = np.concatenate([np.roll(corners, k, axis=1) for k in range(3)])
    pairs = {tuple(sorted(face[[k, k - 1]])) for face in ConvexHull(vertices).simplices for k in range(3)}
    vertices = np.concatenate([vertices, [vertices[list(pair)].sum(axis=0) for pair in sorted(pairs)]])
    vertices /= np.linalg.norm(vertices, axis=1, keepdims=True)
    return vertices, outward(vertices, ConvexHull(vertices).simplices)


@pytest.fixture(scope="module")
def tetrahedron():
    vertices = np.array([[1.0, 1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]])
    return vertices, outward(vertices, np.array([[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]))


@pytest.fixture(scope="module")
def face_model():
    return load_face_model()


@pytest.fixture(scope="module")
def head(face_model):
    """A random head with 17,903 vertices: (vertices, albedo)."""
    rng = np.random.default_rng(1)
    found = evaluate(face_model, rng.normal(size=80), rng.uniform(0.0, 0.2, 64))
    return skin_vertices(face_model, found), albedo(face_model, rng.normal(size=80))


@pytest.fixture(scope="module")
def head_topology(face_model):
    return topology_of(face_model.skin.faces[0])


@pytest.fixture(scope="module")
def cage(face_model, head):
    """The head's first 4,488 vertices and their own triangles: ((vertices, albedo), topology)."""
    return tuple(array[: face_model.skin.count] for array in head), topology_of(face_model.skin.faces[1])


def outward(vertices, faces):
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    inward = np.sum(np.cross(b - a, c - a) * (a + b + c), axis=1) < 0.0
    return np.where(inward[:, None], faces[:, [0, 2, 1]], faces).astype(np.int64)


def tensor(array, dtype=torch.float64):
    return torch.tensor(np.asarray(array), dtype=dtype)


def variable(array):
    return tensor(array).requires_grad_()


def poses(rng, count, scale, *, turn=0.5, shift=0.02):
    """Random poses at so many pixels per unit."""
    parts = [rng.normal(scale=turn, size=(count, 3)), rng.normal(scale=shift, size=(count, 2))]
    return np.concatenate([*parts, np.full((count, 1), np.log(scale))], axis=1)


def scene(rng, mesh, count=2, scale=5.0, dtype=torch.float64):
    vertices = np.repeat(mesh[0][None], count, axis=0) * rng.uniform(0.9, 1.1, (count, 1, 3))
    light = rng.normal(scale=0.3, size=(count, 9, 3)) + 2.0 * np.eye(9, 3)
    arrays = {"vertices": vertices, "albedo": rng.uniform(size=vertices.shape), "sh": light}
    arrays["pose"] = poses(rng, count, scale, shift=0.1)
    return Scene(**{name: tensor(array, dtype) for name, array in arrays.items()})


def head_scene(rng, head, *, size=64, count=2, yaw=0.5, dtype=torch.float64):
    """The same head, framed at yaws from -yaw to yaw."""
    cameras = [camera.frame_head(head[0], size, yaw=angle, pitch=0.1) for angle in np.linspace(-yaw, yaw, count)]
    vertices, colours = (np.repeat(array[None], count, axis=0) for array in head)
    light = rng.normal(scale=0.2, size=(count, 9, 3)) + 2.5 * np.eye(9, 3)[:, [0, 0, 0]]
    arrays = (vertices, colours, light, [camera.pose_of(c) for c in cameras])
    names = ("vertices", "albedo", "sh", "pose")
    return Scene(**{name: tensor(array, dtype) for name, array in zip(names, arrays, strict=True)})


def flat_mesh(corners, depth=0.0):
    """Screen positions of one mesh: (1, V, 3)."""
    corners = np.asarray(corners, float)
    return tensor(np.column_stack([corners, np.full(len(corners), depth)]))[None]


def square(x0, y0, x1, y1, depth=0.0):
    return flat_mesh([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], depth)


def coverage(screen, topology, size):
    """The antialiased mask of projected vertices."""
    seen = visibility(screen, topology.faces, height=size, width=size)
    hard = (seen.triangle != NO_TRIANGLE)[..., None].to(screen)
    return antialias(hard, seen, screen, topology)[..., 0]


def soup(rng, count, size):
    """Triangles at random places and depths, two pictures of them: (screen, faces)."""
    corners = rng.uniform(0.0, size, (2, count, 1, 2)) + rng.uniform(-size / 3, size / 3, (2, count, 3, 2))
    screen = np.concatenate([corners, rng.uniform(-5.0, 5.0, (2, count, 3, 1))], axis=3).reshape(2, -1, 3)
    return screen, np.arange(3 * count).reshape(-1, 3)


# Topology


def test_every_edge_of_a_closed_mesh_has_two_triangles_that_share_its_ends(sphere):
    faces = sphere[1]
    topology = topology_of(faces)
    assert topology.vertex_count == 42
    assert len({tuple(sorted(ends)) for ends in topology.edges[:, :2].tolist()}) == len(topology.edges) == 120
    for (start, end, third), (first, second) in zip(topology.edges.tolist(), topology.sides.tolist(), strict=True):
        assert set(faces[first]) == {start, end, third}
        assert {start, end} < set(faces[second])
        assert first != second


def test_an_edge_of_one_triangle_or_of_three_is_a_boundary():
    assert (topology_of(ONE).sides == torch.tensor([0, NO_TRIANGLE])).all()
    fan = topology_of(np.array([[0, 1, 2], [1, 0, 3], [0, 1, 4]]))
    assert len(fan.edges) == 9
    assert (fan.sides[:, 1] == NO_TRIANGLE).all()


def test_no_triangles_and_negative_indices_are_refused():
    for faces in (np.zeros((0, 3), int), np.array([[0, -1, 2]])):
        with pytest.raises(ValueError, match=r"expected some, from 0"):
            topology_of(faces)


# Shading


def test_rotation_and_projection_are_those_of_the_camera(rng):
    pose, points = poses(rng, 3, 200.0), rng.normal(size=(3, 20, 3))
    pose[0, :3] = 0.0
    expected = [camera.project(camera.camera_from_pose(p, 320, 240), v) for p, v in zip(pose, points, strict=True)]
    np.testing.assert_allclose(rotations_about(tensor(pose[:, :3])), axis_angles_to_matrices(pose[:, :3]), atol=1e-12)
    np.testing.assert_allclose(project(tensor(pose), tensor(points), height=240, width=320), expected, atol=1e-9)


def test_normals_are_those_of_numpy_and_zero_without_area(sphere, rng):
    vertices = sphere[0] + rng.normal(scale=0.1, size=(2, *sphere[0].shape))
    vertices = np.concatenate([vertices, rng.normal(size=(2, 1, 3))], axis=1)  # the last one has no triangle
    expected = [normals.vertex_normals(v, sphere[1]) for v in vertices]
    found = vertex_normals(tensor(vertices), torch.tensor(sphere[1]))
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert not found[:, -1].any()


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "coloured"])
def test_light_is_that_of_numpy(rng, channels):
    colours, sh, directions = (
        rng.uniform(size=(2, 50, 3)),
        rng.normal(size=(2, 9, *channels)),
        rng.normal(size=(2, 50, 3)),
    )
    directions /= np.linalg.norm(directions, axis=2, keepdims=True)
    expected = [spherical_harmonics.shade(*h) for h in zip(colours, directions, sh, strict=True)]
    np.testing.assert_allclose(shade(*map(tensor, (colours, directions, sh))), expected, atol=1e-12)


# Visibility


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_the_rasteriser_in_torch_finds_what_the_compiled_one_finds(rng, head, head_topology, dtype):
    heads = head_scene(rng, head, size=128)
    meshes = [(project(heads.pose, heads.vertices, height=128, width=96), head_topology.faces)]
    meshes += [tuple(map(torch.tensor, soup(rng, 60, 100)))]
    for screen, faces in meshes:
        size = {"height": 128, "width": 96}
        compiled, ours = (find(screen.to(dtype), faces, **size) for find in (rasterize_on_cpu, rasterize_in_torch))
        covered = (compiled.triangle != NO_TRIANGLE) | (ours.triangle != NO_TRIANGLE)
        same = compiled.triangle == ours.triangle
        assert same[covered].double().mean() >= 0.999
        assert covered.double().mean() > 0.2
        np.testing.assert_allclose(ours.barycentric[same], compiled.barycentric[same], atol=1e-4)
        np.testing.assert_allclose(ours.depth[same], compiled.depth[same], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("find", [rasterize_on_cpu, rasterize_in_torch])
def test_the_nearest_triangle_wins_and_the_first_of_equally_near_ones(find):
    for depths, nearest, shown in (((-3.0, -1.0, -2.0), -1.0, {2, 3}), ((-1.0, 0.0, 0.0), 0.0, {2, 3})):
        screen = torch.cat([square(1, 1, 7, 7, depth) for depth in depths], dim=1)
        seen = find(screen, torch.tensor(np.concatenate([QUAD + 4 * k for k in range(3)])), height=8, width=8)
        assert set(seen.triangle[0, 1:7, 1:7].unique().tolist()) == shown
        np.testing.assert_allclose(seen.depth[0, 1:7, 1:7], nearest, atol=1e-6)
        assert (seen.triangle[0, [0, 7]] == NO_TRIANGLE).all()


@pytest.mark.parametrize("find", [rasterize_on_cpu, rasterize_in_torch])
def test_a_mesh_outside_or_without_numbers_or_without_area_is_not_seen(find):
    line = flat_mesh([[1, 1], [4, 4], [7, 7]])
    for screen in (square(-9, 0, -2, 8), square(9, 0, 20, 8), square(0, -30, 8, -9), line, line * torch.nan):
        seen = find(screen, torch.tensor(ONE), height=8, width=8)
        assert (seen.triangle == NO_TRIANGLE).all()
        assert not seen.barycentric.any()
        assert (seen.depth == float(rasterize.FAR)).all()


# Pictures


def numpy_picture(pose, vertices, colours, light, faces, size):
    view = camera.camera_from_pose(pose, size, size)
    directions = normals.vertex_normals(vertices, faces) @ view.rotation.T
    fragments = rasterize.clear(size, size)
    rasterize.draw(fragments, camera.project(view, vertices), faces)
    return rasterize.interpolate(fragments, 0, faces, spherical_harmonics.shade(colours, directions, light))


def test_the_picture_is_that_of_numpy_but_for_its_outlines(rng, head, head_topology):
    heads = head_scene(rng, head, size=96)
    found = render(heads, head_topology, height=96, width=96)
    faces = head_topology.faces.numpy()
    rows = (tensor.numpy() for tensor in (heads.pose, heads.vertices, heads.albedo, heads.sh))
    expected = np.stack([numpy_picture(*row, faces, 96) for row in zip(*rows, strict=True)])
    screen = project(heads.pose, heads.vertices, height=96, width=96)
    directions = vertex_normals(heads.vertices, head_topology.faces) @ rotations_about(heads.pose[:, :3]).mT
    plain = interpolate(found.seen, screen, head_topology.faces, shade(heads.albedo, directions, heads.sh))
    np.testing.assert_allclose(plain, expected, atol=1e-5)
    difference = np.abs(found.picture.movedim(1, -1).numpy() - expected).max(axis=-1)
    assert (difference < 1e-5).mean() > 0.85  # the rest are outlines, of lids and ears too
    single = render(Scene(**{k: v.float() for k, v in vars(heads).items()}), head_topology, height=96, width=96)
    assert (single.picture - found.picture).abs().median() < 1e-6


def test_a_batch_is_its_pictures_one_by_one(rng, sphere):
    heads, topology = scene(rng, sphere, count=3), topology_of(sphere[1])
    background = tensor(rng.uniform(size=(3, 3, 14, 18)))
    together = render(heads, topology, height=14, width=18, background=background)
    for k in range(3):
        one = Scene(**{name: value[k : k + 1] for name, value in vars(heads).items()})
        alone = render(one, topology, height=14, width=18, background=background[k : k + 1])
        np.testing.assert_allclose(alone.picture, together.picture[k : k + 1], atol=1e-12)
        np.testing.assert_allclose(alone.mask, together.mask[k : k + 1], atol=1e-12)


def test_one_colour_before_one_background_is_their_mixture_by_the_mask(rng, sphere):
    heads = scene(rng, sphere)
    ahead, behind = torch.tensor([0.9, 0.5, 0.1]), torch.tensor([0.2, 0.3, 0.4])
    light = torch.zeros(2, 9).index_fill(1, torch.tensor(0), GREY_LIGHT)
    flat = Scene(**vars(heads) | {"albedo": ahead.expand_as(heads.albedo).double(), "sh": light.double()})
    background = behind[:, None, None].expand(2, 3, 16, 16).double()
    found = render(flat, topology_of(sphere[1]), height=16, width=16, background=background)
    mixture = found.mask * ahead[:, None, None] + (1.0 - found.mask) * background
    np.testing.assert_allclose(found.picture, mixture, atol=1e-6)
    assert ((found.mask > 0.1) & (found.mask < 0.9)).sum() > 10


def test_light_stays_when_the_head_turns(sphere):
    """A sphere lit from the right of the picture is lit there in every pose."""
    vertices, sides = tensor(sphere[0])[None].expand(2, -1, -1), tensor([[0.0, 0.0, 0.0], [0.3, 2.0, 0.5]])
    pose = torch.cat([sides, tensor([[0.0, 0.0, np.log(12.0)]] * 2)], dim=1)
    light = torch.zeros(2, 9, dtype=torch.float64).index_fill(1, torch.tensor(3), 1.0)
    ball = Scene(vertices=vertices, albedo=torch.ones_like(vertices), sh=light, pose=pose)
    pictures = render(ball, topology_of(sphere[1]), height=32, width=32).picture
    assert (pictures[:, :, 12:20, 24:26] > 0.2).all()
    assert (pictures[:, :, 12:20, 6:8] < -0.2).all()


# Outlines


def test_the_mask_adds_up_to_the_area_of_a_polygon(rng):
    topology = topology_of(ONE)
    for _ in range(20):
        corners = rng.uniform(4.0, 60.0, (3, 2))
        (a, b), (c, d) = corners[1:] - corners[0]
        if abs(a * d - b * c) < 200.0:
            continue
        screen = flat_mesh(corners).requires_grad_()
        area = coverage(screen, topology, 64).sum()
        assert abs(area.item() - 0.5 * abs(a * d - b * c)) < 3.0
        (gradient,) = torch.autograd.grad(area, screen)
        # The area changes by half of the opposite side when a corner moves at right angles to it.
        across = np.roll(corners, -1, axis=0) - np.roll(corners, 1, axis=0)
        expected = 0.5 * np.sign(a * d - b * c) * np.column_stack([across[:, 1], -across[:, 0]])
        np.testing.assert_allclose(gradient[0, :, :2], expected, atol=1.5)


def test_the_mask_of_a_head_is_its_true_coverage(rng, head, head_topology):
    heads, size, finer = head_scene(rng, head, size=64), 64, 8
    pose = heads.pose.clone().requires_grad_()
    screen = project(pose, heads.vertices, height=size, width=size)
    soft = coverage(screen, head_topology, size)
    fine = visibility(finer * screen.detach(), head_topology.faces, height=finer * size, width=finer * size)
    covered = (fine.triangle != NO_TRIANGLE).double()
    truth = covered.unflatten(1, (size, finer)).unflatten(3, (size, finer)).mean((2, 4))
    edge = (truth > 0.0) & (truth < 1.0)
    assert (soft.detach() - truth)[edge].abs().mean() < 0.04
    assert (soft.detach().round() - truth)[edge].abs().mean() > 0.15  # what it is without smoothing
    assert 0.0 <= soft.min() and soft.max() <= 1.0
    soft.sum().backward()
    area, scale = truth.sum((1, 2)), heads.pose[:, 5].exp()
    assert pose.grad is not None
    np.testing.assert_allclose(pose.grad[:, 5], 2.0 * area, rtol=0.02)  # an area grows with the square of the scale
    assert (pose.grad[:, 3:5] / scale[:, None]).abs().max() < 0.005 * area.min()  # and not by moving


def test_an_outline_blends_with_what_is_behind_it_and_not_when_it_is_hidden():
    """A square over a larger one, then under it; each in its own colour."""
    topology = topology_of(np.concatenate([QUAD, QUAD + 4]))
    colours = torch.zeros(1, 8, 1, dtype=torch.float64).index_fill(1, torch.arange(4), 1.0)
    for depth, expected in ((1.0, 36.0), (-1.0, 0.0)):
        small = square(5.3, 5.3, 11.3, 11.3, depth).requires_grad_()
        screen = torch.cat([small, square(-20.0, -20.0, 60.0, 60.0)], dim=1)
        seen = visibility(screen, topology.faces, height=16, width=16)
        picture = antialias(interpolate(seen, screen, topology.faces, colours), seen, screen, topology)
        assert picture.sum().item() == pytest.approx(expected, abs=0.2)
        (gradient,) = torch.autograd.grad(picture.sum(), small)
        assert gradient[..., 0].abs().sum().item() == pytest.approx(4 * 3.0 if expected else 0.0, abs=1.0)


def test_an_outline_hidden_by_a_slope_leaves_no_trace(rng):
    """On a slope one of two neighbouring pixels always is the nearer one."""
    slope = flat_mesh([[-20.0, -20.0], [60.0, -20.0], [60.0, 60.0], [-20.0, 60.0]])
    slope[0, :, 2] = torch.tensor([20.0, -60.0, -20.0, 60.0])
    screen = torch.cat([square(5.3, 5.3, 11.3, 11.3, -40.0), slope], dim=1)
    topology = topology_of(np.concatenate([QUAD, QUAD + 4]))
    noise = tensor(rng.uniform(size=(1, 16, 16, 1)))
    seen = visibility(screen, topology.faces, height=16, width=16)
    assert (antialias(noise, seen, screen, topology) == noise).all()


def test_a_sliver_between_pixel_centres_leaves_no_trace(rng):
    topology, screen = topology_of(QUAD), square(5.7, 2.0, 6.3, 9.0)
    noise = tensor(rng.uniform(size=(1, 12, 12, 1)))
    seen = visibility(screen, topology.faces, height=12, width=12)
    assert (antialias(noise, seen, screen, topology) == noise).all()


def test_an_outline_runs_up_to_the_border_of_the_picture_and_not_beyond():
    upright = square(4.3, -5.0, 11.7, 30.0)  # the right side passes beyond the last pixel centre, at 11.5
    for screen, dims in ((upright, (1, 2)), (upright[..., [1, 0, 2]], (2, 1))):
        mask = coverage(screen, topology_of(QUAD), 12).permute(0, *dims)[0]
        np.testing.assert_allclose(mask, np.tile([0.0] * 4 + [0.7] + [1.0] * 7, (12, 1)), atol=1e-12)


def test_pixels_away_from_outlines_keep_their_values(rng):
    topology, screen = topology_of(QUAD), square(4.3, 4.3, 27.6, 27.6)
    seen = visibility(screen, topology.faces, height=32, width=32)
    noise = tensor(rng.uniform(size=(1, 32, 32, 2)))
    smooth = antialias(noise, seen, screen, topology)
    touched = torch.zeros(32, 32, dtype=torch.bool)
    touched[3:29, 3:29], touched[5:27, 5:27] = True, False
    assert ((smooth == noise).all(-1)[0] | touched).all()
    assert (smooth != noise).any(-1)[0][touched].double().mean() > 0.4
    assert smooth.min() >= 0.0 and smooth.max() <= 1.0


def test_a_mesh_smaller_than_a_pixel_stays_within_the_range():
    for width in (0.05, 0.4, 0.9):
        mask = coverage(
            square(4.5 - width / 2, 4.5 - width / 2, 4.5 + width / 2, 4.5 + width / 2), topology_of(QUAD), 9
        )
        assert 0.0 <= mask.min() <= mask.max() <= 1.0


# Gradients


def small_meshes(tetrahedron, sphere):
    triangle = (np.array([[-1.0, -0.9, 0.1], [1.1, -0.7, 0.3], [0.2, 1.0, -0.4]]), ONE)
    return {"triangle": triangle, "tetrahedron": tetrahedron, "sphere": sphere}


@pytest.mark.parametrize("name", ["triangle", "tetrahedron", "sphere"])
def test_gradients_are_those_of_finite_differences(rng, tetrahedron, sphere, name):
    """Of every pixel, outlines included: the steps are too small for another triangle to appear in one."""
    mesh = small_meshes(tetrahedron, sphere)[name]
    topology, start = topology_of(mesh[1]), scene(rng, mesh, scale=3.0)
    size = {"height": 9, "width": 10}
    inputs = [value.clone().requires_grad_() for value in vars(start).values()]
    names = list(vars(start))
    background = tensor(rng.uniform(size=(2, 3, 9, 10)))
    sums = tensor(rng.normal(size=(5, 2, 4, 9, 10)))

    def draw(*values):
        found = render(Scene(**dict(zip(names, values, strict=True))), topology, **size, background=background)
        return (torch.cat([found.picture, found.mask], dim=1) * sums).sum((1, 2, 3, 4))

    for number in range(len(inputs)):
        values = [value if k == number else value.detach() for k, value in enumerate(inputs)]
        # The sphere has too many numbers to vary one by one: there one random direction stands for all.
        assert gradcheck(draw, values, fast_mode=name == "sphere", **CHECK), names[number]


def test_interior_gradients_at_fixed_triangles_hold_for_any_visibility(rng, sphere):
    """`interpolate` differentiates the plane of the triangle it is told, also when the vertices have moved on."""
    heads, faces = scene(rng, sphere), torch.tensor(sphere[1])
    screen = project(heads.pose, heads.vertices, height=9, width=9)
    seen = visibility(screen, faces, height=9, width=9)
    moved = variable(screen + 0.3 * tensor(rng.normal(size=screen.shape)))
    assert gradcheck(
        lambda s, c: interpolate(seen, s, faces, c), [moved, variable(heads.albedo)], fast_mode=True, **CHECK
    )


def test_gradients_on_a_crop_of_a_head_are_those_of_finite_differences(rng, head, head_topology):
    """Nose and mouth in 20 x 20 pixels, along random directions of all vertices, colours, lights, and the pose."""
    heads = head_scene(rng, head, size=100, count=1)
    nose = heads.vertices[0, :, 2].argmax()
    shift = torch.zeros_like(heads.pose)
    seen = project(heads.pose, heads.vertices, height=20, width=20)[0, nose]
    shift[0, 3:5] = torch.stack([10.0 - seen[0], seen[1] - 10.0]) / heads.pose[0, 5].exp()
    bumps = {name: tensor(rng.normal(size=value.shape)) for name, value in vars(heads).items()}
    bumps["vertices"] *= 1e-4  # a tenth of a millimetre
    bumps["pose"] *= 1e-2
    base = vars(heads) | {"pose": heads.pose + shift}
    weights = tensor(rng.normal(size=(1, 3, 20, 20)))

    def loss(steps):
        moved = {name: value + step * bumps[name] for step, (name, value) in zip(steps, base.items(), strict=True)}
        found = render(Scene(**moved), head_topology, height=20, width=20)
        return torch.stack([(found.picture * weights).sum(), (found.mask * weights[:, :1]).sum()])

    steps = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    assert gradcheck(loss, [steps], eps=1e-5, atol=1e-4, rtol=1e-3)
    slopes = torch.autograd.functional.jacobian(loss, steps)
    assert slopes[0].abs().min() > 1e-3


def test_triangles_seen_edge_on_have_finite_gradients():
    thin = torch.tensor([[[0.0, 4.4999999, 0.0], [9.0, 4.4999999, 1.0], [4.0, 4.5000001, 0.0]]], dtype=torch.float64)
    colours = torch.tensor([[[0.0], [1.0], [0.5]]], dtype=torch.float64, requires_grad=True)
    faces = torch.tensor(ONE)
    seen = visibility(thin, faces, height=9, width=9)
    assert (seen.triangle != NO_TRIANGLE).any()
    for screen in (
        thin,
        thin * torch.tensor([1.0, 0.0, 1.0]) + torch.tensor([0.0, 4.5, 0.0]),
    ):  # the second has no area
        screen = screen.clone().requires_grad_()
        picture = interpolate(seen, screen, faces, colours)
        gradients = torch.autograd.grad(picture.sum(), [screen, colours])
        assert not gradients[0].any()
        assert torch.isfinite(gradients[1]).all() and gradients[1].any()


# Losses


def test_the_photometric_loss_is_the_mean_length_over_the_mask(rng):
    picture, target, mask = (rng.uniform(size=(2, n, 4, 5)) for n in (3, 3, 1))
    lengths = np.sqrt(((picture - target) ** 2).sum(axis=1, keepdims=True))
    expected = np.mean([np.average(lengths[k], weights=mask[k]) for k in range(2)])
    assert photometric_loss(*map(tensor, (picture, target, mask))).item() == pytest.approx(expected)


def test_losses_of_equal_pictures_and_of_empty_masks_are_zero_with_finite_gradients(rng):
    picture, mask = variable(rng.uniform(size=(2, 3, 4, 5))), torch.ones(2, 1, 4, 5, dtype=torch.float64)
    equal = photometric_loss(picture, picture.detach().clone(), mask)
    empty = photometric_loss(picture, 1.0 - picture.detach(), 0.0 * mask)
    unknown = mask_loss(picture[:, :1], mask, 0.0 * mask)
    for loss in (equal, empty, unknown):
        (gradient,) = torch.autograd.grad(loss, picture)
        assert loss.item() == 0.0
        assert not gradient.any()  # also fails on NaN


def test_the_landmark_loss_is_the_mean_weighted_square(rng):
    points, target, weights = rng.normal(size=(2, 68, 2)), rng.normal(size=(2, 68, 2)), rng.uniform(size=(2, 68))
    squares = ((points - target) ** 2).sum(axis=2)
    for omega in (weights, weights[:1]):
        expected = np.mean([np.mean(o * s) for o, s in zip(np.broadcast_to(omega, (2, 68)), squares, strict=True)])
        assert landmark_loss(*map(tensor, (points, target, omega))).item() == pytest.approx(expected)


def test_the_mask_loss_is_the_weighted_mean_square(rng):
    mask, target, weight = rng.uniform(size=(3, 2, 1, 4, 4))
    expected = np.mean([np.average((mask - target)[k] ** 2, weights=weight[k]) for k in range(2)])
    assert mask_loss(*map(tensor, (mask, target, weight))).item() == pytest.approx(expected)


def test_the_mask_loss_pulls_an_outline_from_afar(sphere):
    """Six pixels are more than a smoothed edge spans."""
    topology, vertices = topology_of(sphere[1]), tensor(sphere[0])[None]
    target = coverage(
        project(tensor([[0, 0, 0, 0.5, -0.25, np.log(12.0)]]), vertices, height=48, width=48), topology, 48
    )
    pose = variable([[0, 0, 0, 0.0, 0.0, np.log(10.0)]])
    optimiser = torch.optim.LBFGS([pose], max_iter=12, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        mask = coverage(project(pose, vertices, height=48, width=48), topology, 48)
        loss = mask_loss(mask[:, None], target[:, None], torch.ones_like(target)[:, None])
        loss.backward()
        return loss

    optimiser.step(closure)
    np.testing.assert_allclose(pose[0, 3:].detach(), [0.5, -0.25, np.log(12.0)], atol=0.01)


# Fitting


def test_planted_light_and_colour_are_recovered(rng, cage):
    head, topology = cage
    truth = head_scene(rng, head, size=48, count=1, dtype=torch.float32)
    planted = torch.tensor([0.08, -0.05, 0.03])
    target = render(Scene(**vars(truth) | {"albedo": truth.albedo + planted}), topology, height=48, width=48)
    sh = torch.zeros(1, 9, 3).index_fill(1, torch.tensor(0), 3.0).requires_grad_()
    shift = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.LBFGS([sh, shift], max_iter=60, tolerance_change=1e-12, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        tried = Scene(**vars(truth) | {"albedo": truth.albedo + shift, "sh": sh})
        loss = (render(tried, topology, height=48, width=48).picture - target.picture).square().mean()
        (1e3 * loss).backward()
        return 1e3 * loss

    optimiser.step(closure)
    assert closure() < 1e-3
    np.testing.assert_allclose(shift.detach(), planted, atol=0.02)
    np.testing.assert_allclose(sh.detach(), truth.sh, atol=0.15)


def test_a_planted_pose_is_recovered(rng, cage):
    head, topology = cage
    truth = head_scene(rng, head, size=64, count=1, dtype=torch.float32)
    goal = render(truth, topology, height=64, width=64)
    offset = torch.tensor([[0.06, -0.08, 0.05, 0.004, -0.003, 0.04]])
    steps = torch.zeros_like(offset, requires_grad=True)
    units = torch.tensor([[1.0, 1.0, 1.0, 0.1, 0.1, 1.0]])
    optimiser = torch.optim.Adam([steps], lr=0.01, betas=(0.8, 0.95))
    for step in range(60):
        optimiser.param_groups[0]["lr"] = 0.01 * (1.0 - step / 60)
        optimiser.zero_grad()
        tried = Scene(**vars(truth) | {"pose": truth.pose + offset + units * steps})
        found = render(tried, topology, height=64, width=64)
        ones = torch.ones_like(found.mask)
        (photometric_loss(found.picture, goal.picture, ones) + mask_loss(found.mask, goal.mask, ones)).backward()
        optimiser.step()
    left = (offset + units * steps).detach().abs() / offset.abs()
    assert left.max() < 0.1


# Doors


def test_scenes_whose_parts_disagree_are_refused(rng, sphere, as_in_production):
    good = vars(scene(rng, sphere))
    for name, value, message in (
        ("albedo", good["albedo"][:, :-1], r"albedo has shape \(2, 41, 3\), expected \(2, 42, 3\)"),
        ("sh", good["sh"][:, :, :2], r"sh has shape \(2, 9, 2\), expected \(2, 9\) or \(2, 9, 3\)"),
        ("pose", good["pose"][:1], r"pose has shape \(1, 6\), expected \(2, 6\)"),
        ("vertices", good["vertices"][..., :2], r"vertices has shape \(2, 42, 2\), expected \(2, 42, 3\)"),
        ("pose", good["pose"].float(), r"pose is torch.float32 on cpu, expected torch.float64 on cpu"),
    ):
        with pytest.raises(ValueError, match=message):
            Scene(**good | {name: value})


def test_missing_vertices_and_backgrounds_of_another_size_are_refused(rng, sphere, as_in_production):
    heads, size = scene(rng, sphere), {"height": 8, "width": 9}
    with pytest.raises(ValueError, match="has 42 vertices, expected at least 43"):
        render(heads, topology_of(np.array([[0, 1, 42]])), **size)
    with pytest.raises(ValueError, match=r"background has shape \(2, 3, 9, 8\), expected \(2, 3, 8, 9\)"):
        render(heads, topology_of(sphere[1]), **size, background=torch.zeros(2, 3, 9, 8, dtype=torch.float64))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.accelerator.is_available(), reason="no accelerator")
def test_an_accelerator_gives_the_same_pictures_and_gradients(rng, head, head_topology):
    device = torch.accelerator.current_accelerator()
    heads, results = head_scene(rng, head, size=96, dtype=torch.float32), []
    for place in ("cpu", device):
        parts = {name: value.to(place).requires_grad_() for name, value in vars(heads).items()}
        found = render(Scene(**parts), head_topology.to(place), height=96, width=96)
        assert found.picture.device.type == torch.device(place).type
        (found.picture.square().mean() + found.mask.mean()).backward()
        results.append(
            [found.picture.detach().cpu(), found.mask.detach().cpu(), *(p.grad.cpu() for p in parts.values())]
        )
    for here, there in zip(*results, strict=True):
        assert (here - there).abs().mean() < 1e-3 * here.abs().max()
