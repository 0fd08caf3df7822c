"""The parts of StyleGAN2: layers of equalised learning rate, filtered resizing, modulated convolutions.

Source: Karras et al., Progressive Growing of GANs, 2018 (equalised learning rate); Karras et al., Analyzing and
Improving the Image Quality of StyleGAN, 2020, section 2.2 (modulation) and appendix B.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

SLOPE, GAIN = 0.2, 2.0**0.5
"""Of the leaky ReLU, and what it is multiplied by to keep the variance."""
FILTER = (1.0, 3.0, 3.0, 1.0)
"""Along each axis, before it is normalised."""
LEAST_SQUARE = 1e-8


def activate(features: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Apply the leaky ReLU of StyleGAN2, which keeps the variance of its input.

    Args:
        features: any shape.
    """
    return GAIN * functional.leaky_relu(features, SLOPE)


def fir(features: Float[Tensor, "B C H W"], *, gain: float = 1.0) -> Float[Tensor, "B C h w"]:
    """Filter each channel by the binomial kernel (1, 3, 3, 1), without padding: 3 pixels less each way.

    One convolution in groups: on a CPU, pictures and channels as one batch, or sums of slices, take five times as long.

    Args:
        features: at least 4 pixels each way.
        gain: sum of the kernel.
    """
    line = torch.tensor(FILTER, dtype=features.dtype, device=features.device)
    kernel = gain * torch.outer(line, line) / line.sum().square()
    channels = int(features.shape[1])  # a number, not a traced length: on export the kernel has to be a constant
    return functional.conv2d(features, kernel.repeat(channels, 1, 1, 1), groups=channels)


def upsample(features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C h w"]:
    """Double both sides: zeros between the pixels, then the filter, which together is bilinear; zeros lie around.

    Args:
        features: any size.
    """
    around = functional.pad(features, (1, 1, 1, 1))
    return functional.interpolate(around, scale_factor=2.0, mode="bilinear", align_corners=False)[..., 2:-2, 2:-2]


def downsample(features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C h w"]:
    """Halve both sides: the filter, then every other pixel.

    Args:
        features: of even sides.
    """
    return fir(functional.pad(features, (1, 1, 1, 1)))[:, :, ::2, ::2]


class Linear(nn.Module):
    """A fully connected layer of equalised learning rate.

    Args:
        inputs: numbers in.
        outputs: numbers out.
        bias: what the biases begin with.
        rate: factor on the learning rate of this layer.
    """

    def __init__(self, inputs: int, outputs: int, *, bias: float = 0.0, rate: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.rate = rate / inputs**0.5, rate

    def forward(self, values: Float[Tensor, "B N"]) -> Float[Tensor, "B M"]:
        """Return the layer's answer, without activation."""
        return functional.linear(values, self.scale * self.weight, self.rate * self.bias)


class Convolution(nn.Module):
    """A convolution of equalised learning rate, of the discriminator; optionally filtered and halved.

    Args:
        inputs: channels in.
        outputs: channels out.
        size: of the kernel, odd.
        halve: whether both sides are halved.
        bias: whether there is a bias, and the activation behind it.
    """

    def __init__(self, inputs: int, outputs: int, size: int, *, halve: bool = False, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.scale, self.size, self.halve = 1.0 / (inputs * size * size) ** 0.5, size, halve

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return features, activated where there is a bias."""
        weight, reach = self.scale * self.weight, self.size // 2
        if self.halve and self.size == 1:
            features = functional.conv2d(downsample(features), weight)
        elif self.halve:
            features = functional.conv2d(fir(functional.pad(features, (reach + 1,) * 4)), weight, stride=2)
        else:
            features = functional.conv2d(features, weight, padding=reach)
        return features if self.bias is None else activate(features + self.bias[:, None, None])


def modulated_convolution(
    features: Float[Tensor, "B C H W"],
    weight: Float[Tensor, "D C k k"],
    style: Float[Tensor, "B C"],
    *,
    demodulate: bool = True,
    double: bool = False,
) -> Float[Tensor, "B D h w"]:
    """Convolve each picture by its own weights: scaled by its style, then of length 1 for each output channel.

    Both scalings act on channels, so they are done to the features before and behind one convolution that all pictures
    share. That is the same number as by a group of weights for each picture, and on a CPU a third cheaper over all
    resolutions of 64 pixels: five times at 8 pixels, equal at 32, dearer at 64.

    Args:
        features: of all pictures.
        weight: shared.
        style: factor of each input channel, picture by picture.
        demodulate: whether the weights are normalised.
        double: whether both sides are doubled.
    """
    out = features * style[:, :, None, None]
    if double:
        out = functional.conv_transpose2d(out, weight.transpose(0, 1), stride=2)
        reach = (weight.shape[2] - 1) // 2
        out = fir(functional.pad(out, (2 - reach, 2 - reach, 2 - reach, 2 - reach)), gain=4.0)
    else:
        out = functional.conv2d(out, weight, padding=weight.shape[2] // 2)
    if demodulate:
        length = (style.square() @ weight.square().sum(dim=(2, 3)).T + LEAST_SQUARE).rsqrt()
        out = out * length[:, :, None, None]
    return out
