"""Laws of a generator as a network: ends of a swap, encoder or search, the exported file, and no PyTorch."""

import sys

import numpy as np
import pytest
import torch
from tests.stylegan_files import nvidia_arrays, write_nvidia, write_rosinality
from tools.export_gan import export_gan

from toonface.io.checkpoints import write_checkpoint
from toonface.io.gan_files import read_generator
from toonface.io.gan_network import GanWeights, load_exported, load_gan, need_torch, read_encoder
from toonface.nets.stylegan2.generator import GanShape
from toonface.nets.stylegan2.inversion import StyleEncoder
from toonface.nets.stylegan2.swap import Swap

SHAPE = GanShape(channels=(6, 5, 4), latent=7, style=7, mapping=2)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A pair of generators, of which one is as NVIDIA stores it and one as rosinality does, and an encoder."""
    folder = tmp_path_factory.mktemp("weights")
    write_nvidia(folder / "photo.pkl", nvidia_arrays(0))
    write_rosinality(folder / "toon.pt", nvidia_arrays(1), mean=True)
    torch.manual_seed(0)
    encoder = StyleEncoder(SHAPE, width=3)
    torch.nn.init.normal_(encoder.dense.weight, std=0.1)
    stored = {f"average.{name}": array.numpy() for name, array in encoder.state_dict().items()}
    write_checkpoint(folder / "encoder" / "checkpoint.npz", stored, {})
    return {"photo": folder / "photo.pkl", "toon": folder / "toon.pt", "encoder": folder / "encoder"}


def crops():
    return np.random.default_rng(0).random((2, 3, 16, 16)).astype(np.float32)


@pytest.mark.parametrize(("swap_at", "blend", "parent"), [(4, 0.0, "photo"), (4, 1.0, "toon"), (32, 0.0, "toon")])
def test_at_both_ends_of_the_swap_a_parent_draws(weights, swap_at, blend, parent):
    gan = load_gan(GanWeights(**weights, swap_at=swap_at, blend=blend))
    assert gan.size == 16
    made = gan(crops())["cartoon"]
    encoder = read_encoder(weights["encoder"], read_generator(weights["photo"]))
    expected = read_generator(weights[parent]).synthesis(encoder(2.0 * torch.from_numpy(crops()) - 1.0))
    np.testing.assert_allclose(made, (0.5 * expected + 0.5).clamp(0.0, 1.0).numpy(), atol=1e-5)


def test_a_search_brings_the_reconstruction_nearer_to_the_portrait(tmp_path):
    gentle = {name: (0.04 if "torgb.weight" in name else 1.0) * array for name, array in nvidia_arrays(0).items()}
    gentle |= {name: 0.1 * array for name, array in gentle.items() if name.endswith("torgb.bias")}
    write_nvidia(tmp_path / "gentle.pkl", gentle)
    photo = read_generator(tmp_path / "gentle.pkl")
    wanted = (0.5 * photo(torch.randn(1, 7, generator=torch.Generator().manual_seed(1))) + 0.5).numpy()
    assert 0.0 < wanted.min()
    assert wanted.max() < 1.0
    pair = {"photo": tmp_path / "gentle.pkl", "toon": tmp_path / "gentle.pkl", "swap_at": 4, "blend": 0.0}
    far, near = (load_gan(GanWeights(**pair, steps=steps))(wanted)["cartoon"] for steps in (0, 60))
    assert np.abs(near - wanted).mean() < 0.7 * np.abs(far - wanted).mean()


def test_the_exported_file_draws_as_the_weights_do(weights, tmp_path):
    export_gan(*weights.values(), tmp_path / "gan.onnx", Swap(at=8, blend=0.5))
    gan, exported = load_gan(GanWeights(**weights, swap_at=8)), load_exported(tmp_path / "gan.onnx")
    assert exported.size == 16
    np.testing.assert_allclose(exported(crops())["cartoon"], gan(crops())["cartoon"], atol=0.02)


def test_generators_that_do_not_fit_and_broken_files_are_refused(weights, tmp_path):
    with pytest.raises(ValueError, match="swap at is 64, expected at most 32"):
        load_gan(GanWeights(**weights, swap_at=64))
    with pytest.raises(ValueError, match="no checkpoint of toonface train stylegan_encoder"):
        write_checkpoint(tmp_path / "checkpoint.npz", {"a": np.zeros(2)}, {})
        load_gan(GanWeights(photo=weights["photo"], toon=weights["toon"], encoder=tmp_path))
    with pytest.raises(ValueError, match="cannot read"):
        load_exported(tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    with pytest.raises(ValueError, match=r"bad\.onnx is not a readable generator"):
        load_exported(tmp_path / "bad.onnx")
    with pytest.raises(ValueError, match="steps is -1"):
        GanWeights(photo=weights["photo"], toon=weights["toon"], steps=-1)


def test_an_encoder_of_another_generator_is_refused(weights, tmp_path):
    other = StyleEncoder(GanShape(channels=(6, 5), latent=7, style=7, mapping=2), width=3)
    stored = {f"average.{name}": array.numpy() for name, array in other.state_dict().items()}
    write_checkpoint(tmp_path / "checkpoint.npz", stored, {})
    with pytest.raises(ValueError, match="is of another generator"):
        load_gan(GanWeights(photo=weights["photo"], toon=weights["toon"], encoder=tmp_path))


def test_without_pytorch_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ValueError, match=r"need PyTorch, which is not installed: pip install 'toonface\[train\]'"):
        need_torch()
