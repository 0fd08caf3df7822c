import pytest
import torch
from torch.nn import functional

from toonface.nets.stylegan2.layers import (
    Convolution,
    Linear,
    activate,
    downsample,
    fir,
    modulated_convolution,
    upsample,
)

KERNEL = torch.outer(torch.tensor([1.0, 3.0, 3.0, 1.0]), torch.tensor([1.0, 3.0, 3.0, 1.0])).double() / 64.0


def zeros_between(features):
    b, c, h, w = features.shape
    out = features.new_zeros(b, c, 2 * h, 2 * w)
    out[:, :, ::2, ::2] = features
    return out


def filtered(features, gain):
    channels = features.shape[1]
    return functional.conv2d(features, gain * KERNEL.expand(channels, 1, 4, 4), groups=channels)


def slowly_modulated(features, weight, style, *, demodulate, double):
    """As the paper writes it: weights of its own for each picture, one after the other."""
    made = []
    for one, scales in zip(features, style, strict=True):
        mine = weight * scales[None, :, None, None]
        if demodulate:
            mine = mine / (mine.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8).sqrt()
        if double:
            spread = zeros_between(one[None])[:, :, :-1, :-1]
            # A convolution, not a correlation: the kernel is turned round.
            full = functional.conv2d(functional.pad(spread, (2, 2, 2, 2)), mine.flip(2, 3))
            made.append(filtered(functional.pad(full, (1, 1, 1, 1)), 4.0))
        else:
            made.append(functional.conv2d(one[None], mine, padding=weight.shape[2] // 2))
    return torch.cat(made)


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("demodulate", [False, True])
def test_shared_weights_scaled_before_and_behind_are_weights_of_each_picture_its_own(double, demodulate):
    torch.manual_seed(0)
    features, style = torch.randn(3, 4, 5, 5).double(), torch.randn(3, 4).double()
    weight = torch.randn(6, 4, 3, 3).double()
    found = modulated_convolution(features, weight, style, demodulate=demodulate, double=double)
    expected = slowly_modulated(features, weight, style, demodulate=demodulate, double=double)
    assert found.shape == ((3, 6, 10, 10) if double else (3, 6, 5, 5))
    torch.testing.assert_close(found, expected)


def test_demodulated_features_have_the_variance_of_white_input_whatever_the_style():
    torch.manual_seed(0)
    features, style = torch.randn(8, 32, 24, 24), 5.0 * torch.randn(8, 32)
    made = modulated_convolution(features, torch.randn(16, 32, 3, 3), style)
    inner = made[:, :, 1:-1, 1:-1].var(dim=(2, 3))
    assert float(inner.mean()) == pytest.approx(1.0, abs=0.05)
    assert float(inner.min()) > 0.5
    assert float(inner.max()) < 2.0


def test_a_doubled_convolution_of_white_input_keeps_its_size():
    torch.manual_seed(0)
    made = modulated_convolution(torch.randn(4, 16, 16, 16), torch.randn(16, 16, 3, 3), torch.ones(4, 16), double=True)
    assert 0.3 < float(made.var()) < 3.0


def test_the_filter_is_the_binomial_kernel():
    torch.manual_seed(0)
    features = torch.randn(2, 3, 9, 7).double()
    torch.testing.assert_close(fir(features, gain=4.0), filtered(features, 4.0))


def test_doubling_is_zeros_between_pixels_and_the_filter():
    torch.manual_seed(0)
    features = torch.randn(2, 3, 6, 5).double()
    expected = filtered(functional.pad(zeros_between(features), (2, 1, 2, 1)), 4.0)
    torch.testing.assert_close(upsample(features), expected)


def test_halving_is_the_filter_and_every_other_pixel():
    torch.manual_seed(0)
    features = torch.randn(2, 3, 6, 8).double()
    torch.testing.assert_close(
        downsample(features), filtered(functional.pad(features, (1, 1, 1, 1)), 1.0)[:, :, ::2, ::2]
    )


def test_a_constant_stays_a_constant_inside_when_halved_or_doubled():
    features = torch.full((1, 1, 8, 8), 3.0)
    torch.testing.assert_close(upsample(features)[:, :, 2:-2, 2:-2], torch.full((1, 1, 12, 12), 3.0))
    torch.testing.assert_close(downsample(features)[:, :, 1:-1, 1:-1], torch.full((1, 1, 2, 2), 3.0))


def test_the_activation_keeps_the_mean_square_of_normal_numbers_about():
    torch.manual_seed(0)
    assert float(activate(torch.randn(100_000)).square().mean()) == pytest.approx(1.04, abs=0.03)


def test_the_rate_of_a_layer_changes_how_it_learns_but_not_what_it_begins_with():
    torch.manual_seed(0)
    plain = Linear(64, 64)
    torch.manual_seed(0)
    slow = Linear(64, 64, rate=0.01)
    values = torch.randn(5, 64)
    torch.testing.assert_close(slow(values), plain(values))
    plain(values).square().sum().backward()
    slow(values).square().sum().backward()
    torch.testing.assert_close(slow.weight.grad, 0.01 * plain.weight.grad)


def test_a_halving_convolution_has_half_the_size_with_either_kernel():
    features = torch.randn(2, 4, 8, 8)
    assert Convolution(4, 6, 3, halve=True)(features).shape == (2, 6, 4, 4)
    assert Convolution(4, 6, 1, halve=True, bias=False)(features).shape == (2, 6, 4, 4)
