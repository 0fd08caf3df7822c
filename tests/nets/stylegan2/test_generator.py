import pytest
import torch

from toonface.nets.stylegan2.generator import GanShape, Generator

TINY = GanShape(channels=(6, 5, 4), latent=7, style=8, mapping=2)


@pytest.fixture
def generator():
    torch.manual_seed(0)
    return Generator(TINY).eval()


def test_a_shape_tells_its_sizes_and_layers():
    assert TINY.sizes == (4, 8, 16)
    assert (TINY.size, TINY.layers) == (16, 6)
    assert GanShape().size == 256


def test_pictures_have_the_size_of_the_last_block(generator):
    assert generator(torch.randn(3, 7)).shape == (3, 3, 16, 16)


def test_fixed_noise_gives_the_same_picture_twice_and_random_noise_does_not(generator):
    with torch.no_grad():
        for block in generator.synthesis.blocks.values():
            block.second.noise_strength.fill_(1.0)
    w = torch.randn(2, 6, 8)
    assert torch.equal(generator.synthesis(w), generator.synthesis(w))
    assert not torch.allclose(generator.synthesis(w), generator.synthesis(w, random_noise=True))


def test_full_truncation_is_the_mean_style_for_everybody(generator):
    generator.mapping.w_mean.normal_()
    w = generator.mapping(torch.randn(3, 7), 0.0)
    torch.testing.assert_close(w, generator.mapping.w_mean.expand(3, -1))


def test_half_truncation_lies_halfway_to_the_mean_style(generator):
    generator.mapping.w_mean.normal_()
    z = torch.randn(3, 7)
    torch.testing.assert_close(generator.mapping(z, 0.5), 0.5 * generator.mapping(z) + 0.5 * generator.mapping.w_mean)


def test_a_latent_counts_by_its_direction_alone(generator):
    z = torch.randn(3, 7)
    torch.testing.assert_close(generator.mapping(z), generator.mapping(5.0 * z), rtol=1e-3, atol=1e-5)


def test_the_mean_style_is_followed_in_training_only(generator):
    before = generator.mapping.w_mean.clone()
    generator.mapping(torch.randn(3, 7))
    assert torch.equal(generator.mapping.w_mean, before)
    generator.train().mapping(torch.randn(3, 7))
    assert not torch.equal(generator.mapping.w_mean, before)


def test_the_colours_of_a_block_have_the_style_of_the_next_first_convolution(generator):
    w = torch.randn(1, 6, 8, requires_grad=True)
    picture = generator.synthesis(w)
    (slope,) = torch.autograd.grad(picture.square().sum(), w)
    assert (slope.abs().sum(dim=2) > 0.0).all()  # every layer's style is used, the last one by colours alone
    changed = w.detach().clone()
    changed[:, 5] += 1.0
    before = generator.synthesis.blocks["16"].second.style.weight
    assert before.grad is None
    assert not torch.allclose(generator.synthesis(changed), picture)


def test_a_shape_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"channels is \(4,\), expected 2 to 9"):
        GanShape(channels=(4,))
    with pytest.raises(ValueError, match="mapping is 0, expected at least 1"):
        GanShape(mapping=0)
