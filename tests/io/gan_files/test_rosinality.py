import pytest
import torch
from tests.stylegan_files import nvidia_arrays, rosinality_arrays

from toonface.io.gan_files.rosinality import generator_arrays, mean_style


def test_every_array_gets_a_name_of_ours_but_the_filters():
    arrays = rosinality_arrays(nvidia_arrays())
    found = generator_arrays({"g_ema": arrays})
    assert len(found) == len([name for name in arrays if not name.endswith("kernel")]) + 1
    assert (found["synthesis.blocks.16.second.noise"] == arrays["noises.noise_4"][0, 0].numpy()).all()


def test_the_mean_style_is_the_same_every_time():
    arrays = generator_arrays({"g_ema": rosinality_arrays(nvidia_arrays())})
    assert (mean_style(arrays) == arrays["mapping.w_mean"]).all()


@pytest.mark.parametrize("content", [3, {}, {"g_ema": 3}, {"g_ema": {"a": 3}}])
def test_a_file_without_a_generators_tensors_is_refused(content):
    with pytest.raises(ValueError, match="holds no tensors under 'g_ema'"):
        generator_arrays(content)


def test_a_discriminator_is_refused():
    with pytest.raises(ValueError, match=r"'final_conv\.0\.weight', which no StyleGAN2"):
        generator_arrays({"g_ema": {"final_conv.0.weight": torch.zeros(1)}})
