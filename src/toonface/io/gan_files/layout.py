"""From the names that others give the arrays of a StyleGAN2 to ours, and from the arrays to a generator."""

import re
from collections.abc import Callable, Mapping

import numpy as np
import torch

from toonface.nets.stylegan2.generator import GanShape, Generator
from toonface.nets.stylegan2.layers import FILTER

Arrays = Mapping[str, np.ndarray]
Rule = tuple[str, Callable[..., str]]
"""A pattern of a whole name, and from its groups our name; an empty one drops the array."""


def renamed(arrays: Arrays, rules: tuple[Rule, ...]) -> dict[str, np.ndarray]:
    """Give arrays our names.

    Args:
        arrays: by their own names.
        rules: the first whose pattern fits counts.

    Raises:
        ValueError: no rule fits, or a filter is another than (1, 3, 3, 1).
    """
    out = {}
    for name, array in arrays.items():
        ours = _our_name(name, rules)
        if ours:
            out[ours] = array
        else:
            _check_filter(name, array)
    return out


def _our_name(name: str, rules: tuple[Rule, ...]) -> str:
    for pattern, rule in rules:
        match = re.fullmatch(pattern, name)
        if match:
            return rule(*match.groups())
    raise ValueError(f"it has {name!r}, which no StyleGAN2 with skip outputs and without classes has")


def _check_filter(name: str, kernel: np.ndarray) -> None:
    line = np.array(FILTER)
    wanted = np.outer(line, line) / line.sum() ** 2
    if kernel.shape != wanted.shape or not np.allclose(kernel / kernel.sum(), wanted, atol=1e-4):
        raise ValueError(f"its filter {name!r} is another than 1, 3, 3, 1")


def generator_of(arrays: Arrays) -> Generator:
    """Make a generator from arrays with our names.

    Args:
        arrays: all of it; the shape is read from theirs.

    Raises:
        ValueError: some are missing, too many or of another shape.
    """
    shape = _shape_of(arrays)
    with torch.random.fork_rng(devices=[]):
        net = Generator(shape)
    state = net.state_dict()
    different = sorted(state.keys() ^ arrays.keys())
    if different:
        raise ValueError(f"{different[0]!r} is missing or left over in a generator of {shape.size} pixels")
    for name, mine in state.items():
        array = np.asarray(arrays[name], np.float32)
        if array.size != mine.numel() or not np.isfinite(array).all():
            raise ValueError(f"{name!r} has shape {array.shape}, expected {tuple(mine.shape)} finite numbers")
        state[name] = torch.from_numpy(array.copy()).reshape(mine.shape)
    net.load_state_dict(state)
    return net.eval().requires_grad_(requires_grad=False)


def _shape_of(arrays: Arrays) -> GanShape:
    channels, size = [], 4
    while f"synthesis.blocks.{size}.colour.style.bias" in arrays:
        channels.append(arrays[f"synthesis.blocks.{size}.colour.style.bias"].size)
        size *= 2
    layers = sum(re.fullmatch(r"mapping\.layers\.\d+\.bias", name) is not None for name in arrays)
    first = arrays.get("mapping.layers.0.weight", np.zeros((0, 0)))
    if first.ndim != 2:
        raise ValueError(f"its first mapping layer has shape {first.shape}, expected two axes")
    return GanShape(channels=tuple(channels), latent=first.shape[1], style=first.shape[0], mapping=layers)
