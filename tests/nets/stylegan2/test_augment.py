import pytest
import torch

from toonface.nets.stylegan2.augment import Adaptive, augment, moved, recoloured


def test_nothing_changes_at_probability_0():
    pictures = torch.randn(4, 3, 16, 16)
    assert augment(pictures, 0.0) is pictures
    torch.testing.assert_close(moved(pictures, 0.0), pictures, rtol=0.0, atol=1e-5)
    torch.testing.assert_close(recoloured(pictures, 0.0), pictures, rtol=0.0, atol=1e-6)


def test_nearly_every_picture_changes_at_probability_1():
    torch.manual_seed(0)
    pictures = torch.randn(16, 3, 16, 16)
    changed = (augment(pictures, 1.0) - pictures).abs().mean(dim=(1, 2, 3))
    assert (changed > 0.05).sum() >= 15


def test_gradients_go_through_to_every_picture():
    torch.manual_seed(0)
    pictures = torch.randn(8, 3, 16, 16, requires_grad=True)
    augment(pictures, 0.8).square().sum().backward()
    assert (pictures.grad.abs().sum(dim=(1, 2, 3)) > 0.0).all()


def test_a_grey_picture_keeps_its_grey_whatever_the_saturation():
    torch.manual_seed(0)
    made = recoloured(torch.rand(8, 1, 4, 4).expand(-1, 3, -1, -1), 1.0)
    torch.testing.assert_close(made[:, 0], made[:, 2], rtol=0.0, atol=1e-5)


def test_probability_rises_while_the_discriminator_is_sure_and_falls_while_it_guesses():
    adaptive = Adaptive(images=100.0)
    for _ in range(3):
        adaptive.follow(torch.ones(8))
    assert adaptive.probability == pytest.approx(0.24)
    for _ in range(5):
        adaptive.follow(torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0]))
    assert adaptive.probability == 0.0


def test_none_is_asked_for_with_no_pictures_to_rise_over():
    adaptive = Adaptive(images=0.0)
    adaptive.follow(torch.ones(8))
    assert adaptive.probability == 0.0
