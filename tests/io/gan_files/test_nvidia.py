import pytest
from tests.stylegan_files import nvidia_arrays, write_nvidia

from toonface.io.gan_files.nvidia import generator_arrays
from toonface.io.inert_pickle import load


def test_every_array_gets_a_name_of_ours_but_the_filters(tmp_path):
    arrays = nvidia_arrays()
    write_nvidia(tmp_path / "network.pkl", arrays)
    found = generator_arrays(load(tmp_path / "network.pkl"))
    assert len(found) == len([name for name in arrays if not name.endswith("resample_filter")])
    assert (found["synthesis.blocks.8.first.noise"] == arrays["synthesis.b8.conv0.noise_const"].numpy()).all()


def test_a_pickle_without_an_averaged_generator_is_refused():
    with pytest.raises(ValueError, match=r"holds \['G'\], expected a dict with 'G_ema'"):
        generator_arrays({"G": 1})
    with pytest.raises(ValueError, match="holds list, expected a dict"):
        generator_arrays([])
    with pytest.raises(ValueError, match="expected a module of PyTorch"):
        generator_arrays({"G_ema": 3})


def test_a_generator_with_classes_is_refused(tmp_path):
    import torch

    write_nvidia(tmp_path / "network.pkl", nvidia_arrays() | {"mapping.embed.weight": torch.zeros(2, 2)})
    with pytest.raises(ValueError, match=r"'mapping\.embed\.weight', which no StyleGAN2"):
        generator_arrays(load(tmp_path / "network.pkl"))
