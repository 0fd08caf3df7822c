"""Laws of a start from a shipped file: the network says what the file says, and keeps saying it while it learns."""

import copy

import onnx
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from toonface.train.export import Form, export_onnx
from toonface.train.shipped import start_from_shipped

SIDE = 32
FORM = Form(outputs=("map",), example=(1, 3, SIDE, SIDE))


class Small(nn.Module):
    """How our networks use convolutions: with and without normalisation, by channel, beside an aid of training."""

    def __init__(self, width=8):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(3, width, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        self.by_channel = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False), nn.BatchNorm2d(width)
        )
        self.plain = nn.Conv2d(width, 5, 1)
        self.aid = nn.Linear(5, 2)

    def forward(self, picture):
        features = self.first(picture)
        return self.plain(torch.relu(features + self.by_channel(features)))


def learnt(width=8, seed=0):
    torch.manual_seed(seed)
    net = Small(width)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2.0)
            nn.init.uniform_(layer.weight, -1.5, 1.5)
            nn.init.normal_(layer.bias)
    return net.eval()


@pytest.fixture
def shipped(tmp_path):
    net = learnt()
    export_onnx(net, tmp_path / "small.onnx", FORM)
    return net, tmp_path / "small.onnx"


def pictures(count=6, seed=1):
    return torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


def test_the_network_says_what_the_file_says(shipped):
    net, path = shipped
    other = learnt(seed=5)
    start_from_shipped(other, path, pictures())
    with torch.no_grad():
        torch.testing.assert_close(other.eval()(pictures(3, 2)), net(pictures(3, 2)), atol=5e-3, rtol=5e-3)


def test_it_says_the_same_in_training_on_the_pictures_that_it_was_settled_on(shipped):
    _, path = shipped
    other = learnt(seed=5)
    start_from_shipped(other, path, pictures())
    with torch.no_grad():
        still = other.eval()(pictures())
        torch.testing.assert_close(other.train()(pictures()), still, atol=1e-4, rtol=1e-4)


class Rows(nn.Module):
    """A layer that is applied to rows of rows, whose weights the export transposes and leaves without a name."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 5, 3, stride=8)
        self.rows = nn.Linear(5, 7)

    def forward(self, picture):
        return self.rows(self.convolution(picture).flatten(2).transpose(1, 2))


def test_layers_of_rows_are_taken_over_too(tmp_path):
    torch.manual_seed(0)
    net, other = Rows().eval(), Rows().eval()
    export_onnx(net, tmp_path / "rows.onnx", FORM)
    start_from_shipped(other, tmp_path / "rows.onnx", pictures())
    torch.testing.assert_close(other.rows.weight, net.rows.weight)
    with torch.no_grad():
        torch.testing.assert_close(other(pictures()), net(pictures()), atol=1e-4, rtol=1e-4)


def test_aids_of_training_and_the_mode_stay(shipped):
    _, path = shipped
    other = learnt(seed=5).train()
    aid = copy.deepcopy(other.aid.weight)
    start_from_shipped(other, path, pictures())
    torch.testing.assert_close(other.aid.weight, aid, atol=0.0, rtol=0.0)
    assert other.training


def test_a_file_of_another_network_is_refused(shipped):
    _, path = shipped
    with pytest.raises(ValueError, match="convolutions of other shapes"):
        start_from_shipped(learnt(width=12), path, pictures())


def test_what_is_no_onnx_file_is_refused(tmp_path):
    path = tmp_path / "none.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(ValueError, match=r"none\.onnx is no readable ONNX file"):
        start_from_shipped(learnt(), path, pictures())


def test_a_file_without_convolutions_is_refused(tmp_path):
    path = tmp_path / "empty.onnx"
    value = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["picture"], ["map"])],
        "g",
        [value],
        [helper.make_tensor_value_info("map", TensorProto.FLOAT, [1])],
    )
    onnx.save(helper.make_model(graph), path)
    with pytest.raises(ValueError, match="holds 0 convolutions"):
        start_from_shipped(learnt(), path, pictures())
