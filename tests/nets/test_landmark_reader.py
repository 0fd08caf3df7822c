"""Laws of reading a landmark network: shape without place and size, and every landmark's surroundings by themselves."""

import jaxtyping
import pytest
import torch

from toonface.nets.landmark_net import LandmarkNet, Seen, read_maps
from toonface.nets.landmark_reader import DESCRIBED, LandmarkReader

SIZE, COUNT, NECK, WHOLE = 64, 3, 8, 20


@pytest.fixture
def seen():
    generator = torch.Generator().manual_seed(0)
    shapes = ((COUNT, 68, 2), (COUNT, 68, NECK), (COUNT, WHOLE, 2, 2))
    points, around, whole = (torch.rand(shape, generator=generator) for shape in shapes)
    return Seen(SIZE * points, torch.ones(points.shape[:2]), around, whole)


@pytest.fixture
def reader():
    torch.manual_seed(0)
    return LandmarkReader(NECK, WHOLE, SIZE).eval()


def test_a_face_moved_and_enlarged_has_the_same_shape_elsewhere(reader, seen):
    here, there = reader(seen), reader(seen._replace(points_px=0.7 * seen.points_px + 5.0))
    torch.testing.assert_close(here[:, 3:], there[:, 3:], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(
        there[:, 2] - here[:, 2], torch.full((COUNT,), 4.0 * torch.log(torch.tensor(0.7)).item()), atol=1e-3, rtol=1e-3
    )
    assert (here[:, :2] - there[:, :2]).abs().min() > 0.0


def test_what_lies_around_a_landmark_has_numbers_of_its_own(reader, seen):
    changed = seen.around.clone()
    changed[:, 5] += 1.0
    moved = (reader(seen) - reader(seen._replace(around=changed))).abs().amax(0).nonzero()[:, 0]
    first = 3 + 2 * 68 + 5 * DESCRIBED
    assert len(moved) > 0
    assert moved.min() >= first and moved.max() < first + DESCRIBED


def test_a_landmark_network_sees_the_points_that_it_says(seen):
    torch.manual_seed(0)
    net = LandmarkNet((8, 12, 16, WHOLE), NECK).eval()
    picture = torch.rand(COUNT, 3, SIZE, SIZE)
    found = net.see(picture)
    torch.testing.assert_close(found.points_px, net(picture)[0])
    features, _ = net.features(picture)
    shares = net.maps(picture)[:, 0].flatten(2).softmax(-1)
    expected = torch.einsum("bnc,bkc->bnk", shares, features.flatten(2))
    torch.testing.assert_close(found.around, expected)
    torch.testing.assert_close(read_maps(net.maps(picture))[0], found.points_px)


def test_seeing_as_before_teaches_nothing_and_leaves_the_mode():
    net = LandmarkNet((8, 12, 16, WHOLE), NECK).train()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    seen = net.see_as_before(torch.rand(COUNT, 3, SIZE, SIZE))
    assert not seen.points_px.requires_grad
    assert net.training and net.trunk.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state_dict().items())


@pytest.mark.parametrize("size", [16, 100])
def test_other_sizes_are_refused(size, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(ValueError, match=f"size is {size}, expected a multiple of 32"):
        LandmarkReader(NECK, WHOLE, size)
