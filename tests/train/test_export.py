"""Laws of the export: the file says what the network says, for any number of pictures, and weighs half."""

import json
from hashlib import sha256

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from toonface.io.networks import OnnxNetwork, read_card
from toonface.train.export import Form, export_onnx, worst_difference, write_card

FORM = Form(outputs=("means",), example=(1, 3, 8, 8), any_size=True)
FACTS = {
    "name": "parser", "version": "1", "task": "none", "input": "picture", "outputs": {"means": "N x 4"}, "data": [],
    "steps": 1, "pictures": 2, "minutes": 0.5, "device": "cpu", "seed": 0, "commit": "", 
    "metrics": {"parser.miou": 0.5},
    "licence": "CC0-1.0", "quantisation": "none", "limits": "all",
}  # fmt: skip


class Means(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 32, 3, padding=1)
        self.layer = nn.Linear(32, 4)

    def forward(self, picture):
        return self.layer(self.convolution(picture).mean((2, 3)))


@pytest.fixture
def net():
    torch.manual_seed(0)
    return Means().eval()


@pytest.fixture
def file(net, tmp_path):
    export_onnx(net, tmp_path / "parser.onnx", FORM)
    return tmp_path / "parser.onnx"


@pytest.mark.parametrize("shape", [(1, 3, 8, 8), (5, 3, 8, 8), (2, 3, 16, 24)])
def test_the_file_says_what_the_network_says(net, file, shape):
    pictures = np.random.default_rng(0).random(shape, np.float32)
    assert worst_difference(net, file, FORM, pictures)["means"] < 1e-3


def test_a_changed_network_is_noticed(net, file):
    nn.init.constant_(net.layer.bias, 3.0)
    assert worst_difference(net, file, FORM, np.zeros((1, 3, 8, 8), np.float32))["means"] > 0.5


def test_large_arrays_are_stored_in_half_and_small_ones_are_not(file):
    kinds = {w.name: w.data_type for w in onnx.load(file).graph.initializer}
    assert kinds["convolution.weight.half"] == onnx.TensorProto.FLOAT16
    assert kinds["convolution.bias"] == onnx.TensorProto.FLOAT


def test_numbers_beyond_half_precision_stay_whole(net, tmp_path):
    with torch.no_grad():
        net.convolution.weight[0, 0, 0, 0] = 1e5
    export_onnx(net, tmp_path / "a.onnx", FORM)
    pictures = np.ones((1, 3, 8, 8), np.float32)
    found = OnnxNetwork((tmp_path / "a.onnx").read_bytes(), 1)(pictures)["means"]
    np.testing.assert_allclose(found, net(torch.from_numpy(pictures)).detach().numpy(), rtol=1e-3)


def test_nothing_stays_of_a_failed_export(tmp_path):
    class Broken(nn.Module):
        def forward(self, picture):
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        export_onnx(Broken(), tmp_path / "a.onnx", FORM)
    assert not list(tmp_path.iterdir())


def test_the_card_names_size_and_hash_of_the_file(file):
    write_card(file, FACTS)
    card = read_card("parser", file.parent)
    assert card.sha256 == sha256(file.read_bytes()).hexdigest()
    assert card.bytes == file.stat().st_size
    assert card.metrics == {"parser.miou": 0.5}
    assert json.loads(file.with_suffix(".json").read_text())["licence"] == "CC0-1.0"


def test_a_card_without_a_field_is_refused(file):
    with pytest.raises(TypeError):
        write_card(file, {name: fact for name, fact in FACTS.items() if name != "licence"})
