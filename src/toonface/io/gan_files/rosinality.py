"""rosinality's `.pt` of stylegan2-pytorch: arrays of the averaged generator, `g_ema`, and the mean style."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from toonface.io.gan_files.layout import Rule, renamed
from toonface.nets.stylegan2.generator import GanShape
from toonface.nets.stylegan2.generator import Mapping as MappingNetwork

MEAN_DRAWS = 4096
"""Latents whose styles are averaged where the file has no mean."""
LEAVES = {
    "conv.weight": "weight",
    "conv.modulation.weight": "style.weight",
    "conv.modulation.bias": "style.bias",
    "noise.weight": "noise_strength",
    "activate.bias": "bias",
    "bias": "bias",
}
_LEAF = "|".join(LEAVES).replace(".", r"\.")
RULES: tuple[Rule, ...] = (
    (r"style\.(\d+)\.(weight|bias)", lambda i, leaf: f"mapping.layers.{int(i) - 1}.{leaf}"),
    (r"input\.input", lambda: "synthesis.blocks.4.start"),
    (rf"conv1\.({_LEAF})", lambda leaf: f"synthesis.blocks.4.second.{LEAVES[leaf]}"),
    (rf"to_rgb1\.({_LEAF})", lambda leaf: f"synthesis.blocks.4.colour.{LEAVES[leaf]}"),
    (rf"convs\.(\d+)\.({_LEAF})", lambda i, leaf: f"{_place(int(i))}.{LEAVES[leaf]}"),
    (rf"to_rgbs\.(\d+)\.({_LEAF})", lambda i, leaf: f"synthesis.blocks.{8 << int(i)}.colour.{LEAVES[leaf]}"),
    (r"noises\.noise_(\d+)", lambda i: f"{_place(int(i) - 1)}.noise"),
    (r".*\.kernel", lambda: ""),
)


def _place(number: int) -> str:
    """Where a convolution beyond the first one belongs; -1 is the first one."""
    if number < 0:
        return "synthesis.blocks.4.second"
    return f"synthesis.blocks.{8 << number // 2}.{('first', 'second')[number % 2]}"


def generator_arrays(content: object) -> dict[str, np.ndarray]:
    """Return the arrays of the averaged generator by our names.

    Args:
        content: of the file, as `torch.load` reads it with weights alone.

    Raises:
        ValueError: there is no `g_ema`, or it is no StyleGAN2.
    """
    state = content.get("g_ema") if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise ValueError("it holds no tensors under 'g_ema', expected those of the averaged generator")
    arrays = renamed({name: value.detach().float().numpy() for name, value in state.items()}, RULES)
    mean = content.get("latent_avg") if isinstance(content, Mapping) else None
    arrays["mapping.w_mean"] = mean.detach().float().numpy() if isinstance(mean, Tensor) else mean_style(arrays)
    return arrays


def mean_style(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the mean style of many latents.

    Args:
        arrays: of the mapping network, by our names.
    """
    names = sorted(name for name in arrays if name.startswith("mapping.layers."))
    first = arrays["mapping.layers.0.weight"]
    net = MappingNetwork(
        GanShape(channels=(1, 1), latent=first.shape[1], style=first.shape[0], mapping=len(names) // 2)
    )
    net.load_state_dict(
        {name.removeprefix("mapping."): torch.from_numpy(arrays[name]) for name in names}
        | {"w_mean": torch.zeros(first.shape[0])}
    )
    z = np.random.default_rng(0).standard_normal((MEAN_DRAWS, first.shape[1])).astype(np.float32)
    with torch.no_grad():
        return net.eval()(torch.from_numpy(z)).mean(dim=0).numpy()
