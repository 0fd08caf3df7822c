"""What StyleGAN2 lessens: logistic losses, R1 and the regularisation of path lengths.

Source: Goodfellow et al., Generative Adversarial Nets, 2014 (the loss that does not saturate); Mescheder, Geiger and
Nowozin, Which Training Methods for GANs do actually Converge?, 2018 (R1); Karras et al., Analyzing and Improving the
Image Quality of StyleGAN, 2020, section 3.2 (path lengths) and appendix B (lazy regularisation).
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def critic_loss(real: Float[Tensor, " A"], made: Float[Tensor, " B"]) -> Float[Tensor, ""]:
    """Return what the discriminator lessens.

    Args:
        real: scores of real pictures.
        made: scores of made ones.
    """
    return functional.softplus(-real).mean() + functional.softplus(made).mean()


def maker_loss(made: Float[Tensor, " B"]) -> Float[Tensor, ""]:
    """Return what the generator lessens.

    Args:
        made: scores of made pictures.
    """
    return functional.softplus(-made).mean()


def steepness(scores: Float[Tensor, " B"], pictures: Float[Tensor, "B 3 H W"]) -> Float[Tensor, ""]:
    """Return R1, the mean square length of the gradient of the scores of real pictures by these.

    Args:
        scores: of the pictures.
        pictures: they take a gradient.
    """
    (slope,) = torch.autograd.grad(scores.sum(), pictures, create_graph=True)
    return slope.square().sum(dim=(1, 2, 3)).mean()


def path_lengths(
    pictures: Float[Tensor, "B 3 H W"], w: Float[Tensor, "B L S"], noise: Float[Tensor, "B 3 H W"]
) -> Float[Tensor, " B"]:
    """Return how far pictures move with their styles: the length of the Jacobian's answer to normal noise.

    Args:
        pictures: made from the styles.
        w: styles, which take a gradient.
        noise: normal random numbers.
    """
    size = (pictures.shape[2] * pictures.shape[3]) ** 0.5
    (slope,) = torch.autograd.grad((pictures * noise).sum() / size, w, create_graph=True)
    return slope.square().sum(dim=2).mean(dim=1).sqrt()
