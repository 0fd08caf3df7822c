import pytest
import torch

from toonface.nets.stylegan2.discriminator import Discriminator
from toonface.nets.stylegan2.generator import GanShape, Generator
from toonface.nets.stylegan2.losses import critic_loss, maker_loss, path_lengths, steepness

TINY = GanShape(channels=(4, 3), latent=5, style=6, mapping=1)


def test_r1_is_the_length_of_a_gradient_found_by_differences():
    torch.manual_seed(0)
    critic = Discriminator((4, 3)).double()
    pictures = torch.randn(1, 3, 8, 8).double().requires_grad_()
    found = float(steepness(critic(pictures), pictures).detach())
    step, total, plain = 1e-5, 0.0, pictures.detach()
    with torch.no_grad():
        for index in range(plain.numel()):
            change = torch.zeros(plain.numel()).double()
            change[index] = step
            change = change.view_as(plain)
            total += float((critic(plain + change) - critic(plain - change))[0] / (2.0 * step)) ** 2
    assert found == pytest.approx(total, rel=1e-4)


def test_r1_of_a_linear_score_is_the_square_of_its_weights_and_can_be_learnt_from():
    weight = torch.randn(3, 8, 8, requires_grad=True)
    pictures = torch.randn(5, 3, 8, 8, requires_grad=True)
    loss = steepness((pictures * weight).sum(dim=(1, 2, 3)), pictures)
    torch.testing.assert_close(loss, weight.square().sum())
    loss.backward()
    torch.testing.assert_close(weight.grad, 2.0 * weight.detach())


def test_the_path_length_of_a_linear_generator_is_the_length_of_the_transposed_matrix_times_noise():
    torch.manual_seed(0)
    matrix = torch.randn(3 * 4 * 4, 6)
    w = torch.randn(2, 1, 6, requires_grad=True)
    pictures = (w[:, 0] @ matrix.T).view(2, 3, 4, 4)
    noise = torch.randn(2, 3, 4, 4)
    expected = (noise.flatten(1) @ matrix).norm(dim=1) / 4.0
    torch.testing.assert_close(path_lengths(pictures, w, noise), expected)


def test_the_gradient_of_path_lengths_by_a_weight_is_that_of_differences():
    torch.manual_seed(0)
    generator = Generator(TINY).double().eval()
    styles, noise = torch.randn(2, 4, 6).double(), torch.randn(2, 3, 8, 8).double()
    bias = generator.synthesis.blocks["8"].first.style.bias

    def total():
        w = styles.clone().requires_grad_()
        return path_lengths(generator.synthesis(w), w, noise).sum()

    (slope,) = torch.autograd.grad(total(), bias)
    step, found = 1e-6, []
    for sign in (1.0, -1.0):
        with torch.no_grad():
            bias[1] += sign * step
        found.append(float(total().detach()))
        with torch.no_grad():
            bias[1] -= sign * step
    assert float(slope[1]) == pytest.approx((found[0] - found[1]) / (2.0 * step), rel=1e-4)


def test_sure_and_right_costs_nothing_and_guessing_costs_log_2_each():
    high, none = torch.full((4,), 50.0), torch.zeros(4)
    assert float(critic_loss(high, -high)) == pytest.approx(0.0, abs=1e-6)
    assert float(critic_loss(none, none)) == pytest.approx(2.0 * 0.693147, abs=1e-5)
    assert float(maker_loss(none)) == pytest.approx(0.693147, abs=1e-5)
