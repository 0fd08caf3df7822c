"""The PyTorch twin gives what numpy gives, and its gradients are those of finite differences."""

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck

from toonface.geometry import camera, normals
from toonface.geometry.rotation import axis_angles_to_matrices
from toonface.morphable import spherical_harmonics
from toonface.morphable.face_model import albedo, evaluate, neutral_points, skin_vertices
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.names import SHAPES
from toonface.morphable.torch_model import TorchFaceModel, project, rotations_about, shade, vertex_normals

TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-6}
"""Metres."""
FREE = 6
"""Coefficients that are varied in a check of gradients."""


@pytest.fixture(scope="module", params=TOLERANCE, ids=str)
def twin(request, face_model):
    return TorchFaceModel(face_model, dtype=request.param)


@pytest.fixture(scope="module")
def exact(face_model):
    return TorchFaceModel(face_model, dtype=torch.float64)


@pytest.fixture
def identities(rng):
    return np.clip(rng.standard_normal((4, 80)), -2.0, 2.0)


@pytest.fixture
def expressions(random_weights):
    return random_weights[-4:]


@pytest.fixture
def heads(face_model, identities, expressions):
    return [evaluate(face_model, *pair) for pair in zip(identities, expressions, strict=True)]


@pytest.fixture
def poses(rng):
    """Four poses; the first has no rotation."""
    poses = np.concatenate(
        [rng.normal(scale=0.5, size=(4, 3)), rng.normal(scale=0.02, size=(4, 2)), rng.normal(6.5, 0.2, (4, 1))], axis=1
    )
    poses[0, :3] = 0.0
    return poses


def tensor(array, like):
    return torch.tensor(np.asarray(array), dtype=like.mean.dtype)


def assert_same(ours, theirs, *, scale=1.0):
    np.testing.assert_allclose(ours.numpy(), np.asarray(theirs), rtol=0.0, atol=scale * TOLERANCE[ours.dtype])


def random_sum(values, seed):
    """A smooth number that depends on every value, so that one gradient checks them all."""
    return (values * torch.tensor(np.random.default_rng(seed).normal(size=values.shape))).sum()


def first(coefficients, start):
    """A differentiable start of a row of coefficients; the rest stay."""
    return torch.cat([start, torch.tensor(coefficients[FREE:])])[None]


def test_neutral_points_and_expressions_are_those_of_numpy(twin, face_model, identities, expressions, heads):
    identity, weights = tensor(identities, twin), tensor(expressions, twin)
    assert_same(twin.neutral(identity), [neutral_points(face_model, row) for row in identities])
    assert_same(twin.points(identity, weights), [head.points for head in heads])
    assert_same(twin.evaluate(identity, weights).points, [head.points for head in heads])


def test_any_neutral_head_can_be_posed(twin, identities, expressions, heads):
    neutral = tensor([head.neutral for head in heads], twin)
    head = twin.pose_head(neutral, tensor(expressions, twin))
    assert_same(head.points, [head.points for head in heads])
    assert head.neutral is neutral


def test_eyeballs_are_those_of_numpy(twin, expressions, heads):
    eyes = twin.eyeballs(tensor([head.neutral for head in heads], twin), tensor(expressions, twin))
    assert_same(eyes.centres, [head.eyes.centres for head in heads])
    assert_same(eyes.radii, [head.eyes.radii for head in heads])
    assert_same(eyes.rotations, [head.eyes.rotations for head in heads])


def test_the_skin_is_that_of_numpy_also_where_lids_were_pushed_out(twin, face_model, identities, expressions, heads):
    skin = twin.skin(tensor(identities, twin), tensor(expressions, twin))
    assert_same(skin, [skin_vertices(face_model, head) for head in heads])


def test_every_shape_is_that_of_numpy(exact, face_model, identities):
    weights = np.eye(len(SHAPES))
    points = exact.points(torch.tensor(identities[:1]).expand(len(SHAPES), -1), torch.tensor(weights))
    expected = [evaluate(face_model, identities[0], row).points for row in weights]
    assert_same(points, expected)


def test_albedo_is_that_of_numpy(twin, face_model, identities):
    colours = twin.albedo(tensor(3.0 * identities, twin))
    assert_same(colours, [albedo(face_model, 3.0 * row) for row in identities], scale=10.0)
    assert 0.0 <= colours.min() <= colours.max() <= 1.0


def test_normals_are_those_of_numpy(twin, face_model, heads):
    skins = [skin_vertices(face_model, head) for head in heads[:2]]
    expected = [normals.vertex_normals(skin, face_model.skin.faces[0]) for skin in skins]
    # In float32 the directions of the smallest triangles are rounded, and nothing else is.
    found = vertex_normals(tensor(skins, twin), twin.faces)
    assert_same(found, expected, scale=1.0 if found.dtype == torch.float64 else 2e3)
    assert np.abs(found.numpy() - expected).mean() < 1e-5


def test_a_vertex_without_area_has_normal_zero_and_no_gradient():
    vertices = torch.zeros((1, 3, 3), dtype=torch.float64, requires_grad=True)
    found = vertex_normals(vertices, torch.tensor([[0, 1, 2]]))
    found.sum().backward()
    assert not found.detach().any()
    assert vertices.grad is not None and torch.isfinite(vertices.grad).all()


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "coloured"])
def test_shading_is_that_of_numpy(exact, rng, channels):
    colours, sh = rng.uniform(size=(2, 50, 3)), rng.normal(size=(2, 9, *channels))
    directions = rng.normal(size=(2, 50, 3))
    directions /= np.linalg.norm(directions, axis=2, keepdims=True)
    expected = [spherical_harmonics.shade(*head) for head in zip(colours, directions, sh, strict=True)]
    assert_same(shade(*(tensor(array, exact) for array in (colours, directions, sh))), expected)


def test_landmarks_are_those_of_numpy(twin, face_model, heads, poses):
    skins = [skin_vertices(face_model, head) for head in heads]
    turns = axis_angles_to_matrices(poses[:, :3])
    still = twin.landmarks(tensor(skins, twin))
    assert_same(still, [landmarks_3d(skin, face_model.landmarks) for skin in skins])
    expected = [landmarks_3d(skin, face_model.landmarks, turn) for skin, turn in zip(skins, turns, strict=True)]
    slid = twin.landmarks(tensor(skins, twin), tensor(turns, twin))
    if slid.dtype == torch.float64:
        assert_same(slid, expected)
    else:  # rounding may choose a neighbour on the path that lies equally far out
        assert np.abs(slid.numpy() - expected).max() < 5e-3
        assert np.median(np.abs(slid.numpy() - expected)) < 1e-6


def test_rotations_are_those_of_numpy(twin, poses):
    assert_same(rotations_about(tensor(poses[:, :3], twin)), axis_angles_to_matrices(poses[:, :3]))


def test_projection_is_that_of_the_camera(twin, poses, heads):
    points = [head.points[:500] for head in heads]
    pictures = project(tensor(poses, twin), tensor(points, twin), width=320, height=240)
    expected = [
        camera.project(camera.camera_from_pose(pose, 320, 240), head) for pose, head in zip(poses, points, strict=True)
    ]
    assert_same(pictures, expected, scale=300.0)  # pixels


def test_a_batch_is_its_heads_one_by_one(exact, identities, expressions):
    identity, weights = torch.tensor(identities), torch.tensor(expressions)
    together = exact.skin(identity, weights)
    for number in range(len(identities)):
        alone = exact.skin(identity[number : number + 1], weights[number : number + 1])
        np.testing.assert_allclose(together[number : number + 1].numpy(), alone.numpy(), atol=1e-14)


def test_gradients_of_the_skin_are_those_of_finite_differences(exact, identities, rng):
    weights = rng.uniform(0.05, 0.6, len(SHAPES))
    vertices = np.concatenate([rng.integers(0, len(exact.albedo_mean), 200), exact.lid_vertices.numpy()[::20]])

    def skin(identity, expression):
        return random_sum(exact.skin(first(identities[0], identity), first(weights, expression))[:, vertices], 1)

    start = [torch.tensor(row[:FREE], requires_grad=True) for row in (identities[0], weights)]
    assert gradcheck(skin, start, eps=1e-6, atol=1e-6, rtol=1e-4)


def test_gradients_of_lids_and_eyeballs_are_those_of_finite_differences(exact, identities, rng):
    weights = rng.uniform(0.05, 0.6, len(SHAPES))

    def eyes(identity, expression):
        head = exact.evaluate(first(identities[1], identity), first(weights, expression))
        lids = head.points[:, exact.lid_table.flatten()]
        return random_sum(lids, 2), random_sum(head.eyes.centres, 3), random_sum(head.eyes.rotations, 4)

    start = [torch.tensor(row[:FREE], requires_grad=True) for row in (identities[1], weights)]
    assert gradcheck(eyes, start, eps=1e-6, atol=1e-6, rtol=1e-4)


def test_gradients_of_projected_landmarks_are_those_of_finite_differences(exact, face_model, heads, poses):
    skin = torch.tensor(skin_vertices(face_model, heads[0]))[None]

    def picture(pose, stretch):
        points = exact.landmarks(skin * stretch, rotations_about(pose[:, :3]).detach())
        return project(pose, points, width=200, height=100).sum(dim=1)

    start = [torch.tensor(poses[1:2], requires_grad=True), torch.ones(3, dtype=torch.float64, requires_grad=True)]
    assert gradcheck(picture, start, eps=1e-6, atol=1e-3, rtol=1e-4)


def test_gradients_of_rotations_are_right_at_zero():
    about = torch.zeros((2, 3), dtype=torch.float64, requires_grad=True)
    assert gradcheck(rotations_about, [about], eps=1e-6, atol=1e-6)
    assert gradcheck(rotations_about, [torch.full((1, 3), 1e-5, dtype=torch.float64, requires_grad=True)], atol=1e-6)


def test_gradients_of_shaded_skin_are_those_of_finite_differences(exact, rng):
    vertices, sh = rng.normal(size=(1, 5, 3)), rng.normal(size=(1, 9, 3))
    faces = torch.tensor([[0, 1, 2], [0, 2, 3], [2, 1, 4]])
    texture = 0.1 * rng.standard_normal((1, 80))

    def light(vertices, sh, start):
        colours = exact.albedo(first(texture[0], start))[:, :5]
        return shade(colours, vertex_normals(vertices, faces), sh)

    inputs = [torch.tensor(array, requires_grad=True) for array in (vertices, sh, texture[0, :FREE])]
    assert gradcheck(light, inputs, eps=1e-6, atol=1e-6)


def test_gradients_are_finite_at_the_mean_head_at_rest(twin):
    identity, weights = (torch.zeros((2, count), dtype=twin.mean.dtype, requires_grad=True) for count in (80, 64))
    twin.skin(identity, weights).square().sum().backward()
    for start in (identity, weights):
        assert start.grad is not None
        assert torch.isfinite(start.grad).all()
        assert start.grad.any()


def test_the_model_has_nothing_to_train_and_nothing_to_save(twin):
    assert not list(twin.parameters())
    assert not twin.state_dict()


def test_every_number_stays_on_the_device_of_the_model(face_model):
    """The meta device refuses to meet a tensor of another device. It cannot multiply sparse matrices."""
    twin = TorchFaceModel(face_model, device="meta")
    assert {buffer.device.type for buffer in twin.buffers()} == {"meta"}
    identity, weights = torch.zeros((2, 80), device="meta"), torch.zeros((2, 64), device="meta")
    head = twin.evaluate(identity, weights)
    skin, pose = torch.zeros((2, *twin.albedo_mean.shape), device="meta"), torch.zeros((2, 6), device="meta")
    points = twin.landmarks(skin, rotations_about(pose[:, :3]))
    results = [head.points, head.eyes.rotations, twin.albedo(identity), vertex_normals(skin, twin.faces), points]
    results += [project(pose, points, width=8, height=8), shade(skin, skin, torch.zeros((2, 9), device="meta"))]
    assert {result.device.type for result in results} == {"meta"}


@pytest.mark.gpu
@pytest.mark.skipif(not torch.accelerator.is_available(), reason="no accelerator")
def test_an_accelerator_gives_the_same_skin(face_model, identities, expressions):
    device = torch.accelerator.current_accelerator()
    here, there = TorchFaceModel(face_model), TorchFaceModel(face_model, device=device)
    inputs = [torch.tensor(array, dtype=torch.float32) for array in (identities, expressions)]
    found = there.skin(*(array.to(device) for array in inputs)).cpu()
    np.testing.assert_allclose(found.numpy(), here.skin(*inputs).numpy(), atol=1e-5)
