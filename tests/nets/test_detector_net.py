"""Laws of the detector: places lie in the middle of their cells, and what is read there is decoded in their unit."""

import numpy as np
import pytest
import torch

from toonface.nets.detector_net import STRIDES, DetectorNet, places


@pytest.fixture
def net():
    torch.manual_seed(0)
    return DetectorNet(widths=(4, 4, 8, 8), blocks=(1, 1, 1), fused=8).eval()


def say(net, level, channel, value):
    """Let one level read the same number everywhere."""
    with torch.no_grad():
        net.read[level].weight[channel] = 0.0
        net.read[level].bias[channel] = value


def test_places_are_the_middles_of_cells_row_by_row():
    expected = [[4, 4], [12, 4], [20, 4], [4, 12], [12, 12], [20, 12]]
    np.testing.assert_array_equal(places(torch.zeros(2, 3), 8), expected)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (96, 64), (64, 160)])
def test_every_place_of_every_level_says_something(net, height, width):
    found = net(torch.rand(2, 3, height, width))
    count = sum(height * width // stride**2 for stride in STRIDES)
    assert found.scores.shape == (2, count)
    assert found.boxes.shape == (2, count, 4)
    assert found.points.shape == (2, count, 5, 2)


def test_an_untrained_network_sees_no_face():
    torch.manual_seed(0)
    assert DetectorNet()(torch.rand(2, 3, 64, 64)).scores.max() < 0.05


def test_scores_are_those_of_the_log_odds(net):
    picture = torch.rand(1, 3, 64, 64)
    np.testing.assert_allclose(net(picture).scores.detach(), net.predict(picture).scores.sigmoid().detach())


@pytest.mark.parametrize("level", range(3))
def test_distances_are_read_as_logarithms_of_strides(net, level):
    stride, distances = STRIDES[level], np.array([0.5, 1.0, 2.0, 3.0])
    for channel, distance in enumerate(distances):
        say(net, level, 1 + channel, float(np.log(distance)))
    boxes = net(torch.rand(1, 3, 64, 64)).boxes[0].detach().numpy()
    sizes = [(64 // s) ** 2 for s in STRIDES]
    mine = boxes[sum(sizes[:level]) :][: sizes[level]]
    middle = places(torch.zeros(64 // stride, 64 // stride), stride).numpy()
    np.testing.assert_allclose(middle - mine[:, :2], np.tile(stride * distances[:2], (len(mine), 1)), rtol=1e-4)
    np.testing.assert_allclose(mine[:, 2:] - middle, np.tile(stride * distances[2:], (len(mine), 1)), rtol=1e-4)


def test_points_are_read_in_sides_of_the_box(net):
    for channel in range(4):
        say(net, 0, 1 + channel, float(np.log(2.0)))  # a box of 32 px, centred at its place
    for point in range(5):
        say(net, 0, 5 + 2 * point, 0.1 * point)
        say(net, 0, 6 + 2 * point, -0.25)
    found = net(torch.rand(1, 3, 32, 32)).points[0, :16].detach().numpy()
    middle = places(torch.zeros(4, 4), 8).numpy()
    expected = middle[:, None] + 32.0 * np.stack([0.1 * np.arange(5), np.full(5, -0.25)], axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_a_picture_is_seen_alike_whatever_else_is_in_the_batch(net):
    pictures = torch.rand(3, 3, 64, 96)
    for alone, together in zip(net(pictures[1:2]), net(pictures), strict=True):
        np.testing.assert_allclose(alone[0].detach(), together[1].detach(), atol=1e-4)


@pytest.mark.parametrize(
    "wrong", [{"widths": (4, 4, 8)}, {"blocks": (1, 0, 1)}, {"fused": 0}, {"blocks": (1, 1, 1, 1)}]
)
def test_wrong_numbers_are_refused(wrong):
    name = next(iter(wrong))
    with pytest.raises(ValueError, match=f"{name} is .*, expected"):
        DetectorNet(**wrong)


def test_the_exported_network_agrees_at_any_size(net, tmp_path):
    pytest.importorskip("onnx")
    from toonface.train.export import Form, export_onnx, worst_difference

    form = Form(outputs=("scores", "boxes", "points"), example=(1, 3, 64, 64), any_size=True)
    export_onnx(net, tmp_path / "detector.onnx", form)
    for shape in ((1, 3, 64, 64), (2, 3, 96, 32)):
        pictures = np.random.default_rng(0).random(shape).astype(np.float32)
        differences = worst_difference(net, tmp_path / "detector.onnx", form, pictures)
        assert differences["scores"] < 1e-3
        assert differences["boxes"] < 0.5
