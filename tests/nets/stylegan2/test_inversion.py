import pytest
import torch

from toonface.nets.stylegan2.generator import GanShape, Generator
from toonface.nets.stylegan2.inversion import (
    DescentOptions,
    GanStylizer,
    StyleEncoder,
    picture_difference,
    search_styles,
)

TINY = GanShape(channels=(8, 8, 6), latent=6, style=6, mapping=1)


@pytest.fixture
def generator():
    torch.manual_seed(0)
    return Generator(TINY).eval().requires_grad_(requires_grad=False)


def test_an_untrained_encoder_answers_about_the_mean_style(generator):
    encoder = StyleEncoder(TINY, width=4)
    encoder.w_mean.normal_()
    found = encoder(torch.randn(2, 3, 16, 16))
    assert found.shape == (2, 6, 6)
    assert float((found - encoder.w_mean).abs().max().detach()) < 0.2


def test_descent_finds_a_planted_picture_again(generator):
    wanted = torch.randn(1, 6, 6)
    picture = generator.synthesis(wanted)
    start = torch.zeros(1, 6, 6)
    found = search_styles(generator, picture, start, DescentOptions(steps=120, rate=0.1, likelihood=0.0))
    before = float(picture_difference(generator.synthesis(start), picture))
    after = float(picture_difference(generator.synthesis(found), picture))
    assert after < 0.15 * before


def test_pictures_do_not_differ_from_themselves_and_by_a_constant_as_much_as_it_is():
    pictures = torch.randn(2, 3, 16, 16)
    torch.testing.assert_close(picture_difference(pictures, pictures), torch.zeros(2))
    torch.testing.assert_close(picture_difference(pictures, pictures + 0.5), torch.full((2,), 0.5))


def test_a_cartoon_is_what_the_generator_makes_of_the_encoders_styles(generator):
    encoder = StyleEncoder(TINY, width=4).eval()
    picture = torch.rand(2, 3, 16, 16)
    made = generator.synthesis(encoder(2.0 * picture - 1.0))
    torch.testing.assert_close(GanStylizer(generator, encoder)(picture), (0.5 * made + 0.5).clamp(0.0, 1.0))


def test_no_steps_are_refused():
    with pytest.raises(ValueError, match="steps is 0"):
        DescentOptions(steps=0)
