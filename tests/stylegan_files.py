"""Small StyleGAN2s as other programs store them, and their slow evaluation straight from those programs' names."""

import pickle
import sys
from collections import OrderedDict
from types import ModuleType

import numpy as np
import torch
from torch import nn
from torch.nn import functional

CHANNELS, LATENT, MAPPING = (6, 5, 4), 7, 2
"""At 4, 8 and 16 pixels; numbers in z and w; layers from z to w."""
SIZES = (4, 8, 16)
KERNEL = torch.outer(torch.tensor([1.0, 3.0, 3.0, 1.0]), torch.tensor([1.0, 3.0, 3.0, 1.0])) / 64.0


def nvidia_arrays(seed=0):
    """Arrays by the names of stylegan2-ada-pytorch."""
    torch.manual_seed(seed)
    out = {"mapping.w_avg": torch.randn(LATENT)}
    for i in range(MAPPING):
        out |= {
            f"mapping.fc{i}.weight": 100.0 * torch.randn(LATENT, LATENT),
            f"mapping.fc{i}.bias": torch.randn(LATENT),
        }
    out["synthesis.b4.const"] = torch.randn(CHANNELS[0], 4, 4)
    for k, (size, channels) in enumerate(zip(SIZES, CHANNELS, strict=True)):
        block = f"synthesis.b{size}"
        out[f"{block}.resample_filter"] = KERNEL.clone()
        for place, inputs in (("conv0", CHANNELS[k - 1]), ("conv1", channels)):
            if place == "conv0" and k == 0:
                continue
            out |= {
                f"{block}.{place}.weight": torch.randn(channels, inputs, 3, 3),
                f"{block}.{place}.noise_strength": torch.randn(()),
                f"{block}.{place}.bias": torch.randn(channels),
                f"{block}.{place}.resample_filter": KERNEL.clone(),
                f"{block}.{place}.noise_const": torch.randn(size, size),
                f"{block}.{place}.affine.weight": torch.randn(inputs, LATENT),
                f"{block}.{place}.affine.bias": 1.0 + torch.randn(inputs),
            }
        out |= {
            f"{block}.torgb.weight": torch.randn(3, channels, 1, 1),
            f"{block}.torgb.bias": torch.randn(3),
            f"{block}.torgb.affine.weight": torch.randn(channels, LATENT),
            f"{block}.torgb.affine.bias": 1.0 + torch.randn(channels),
        }
    return out


def rosinality_arrays(arrays):
    """The same network by the names and shapes of stylegan2-pytorch, without the mean style."""
    out = {"input.input": arrays["synthesis.b4.const"][None]}
    for i in range(MAPPING):
        for leaf in ("weight", "bias"):
            out[f"style.{i + 1}.{leaf}"] = arrays[f"mapping.fc{i}.{leaf}"]
    layers = ["conv1", *(f"convs.{i}" for i in range(2 * len(SIZES) - 2))]
    theirs = ["b4.conv1", *(f"b{size}.conv{j}" for size in SIZES[1:] for j in (0, 1))]
    for number, (name, source) in enumerate(zip(layers, theirs, strict=True)):
        get = {k: arrays[f"synthesis.{source}.{k}"] for k in ("weight", "affine.weight", "affine.bias", "bias")}
        out |= {
            f"{name}.conv.weight": get["weight"][None],
            f"{name}.conv.modulation.weight": get["affine.weight"],
            f"{name}.conv.modulation.bias": get["affine.bias"],
            f"{name}.noise.weight": arrays[f"synthesis.{source}.noise_strength"].reshape(1),
            f"{name}.activate.bias": get["bias"],
            f"noises.noise_{number}": arrays[f"synthesis.{source}.noise_const"][None, None],
        }
        if source.endswith("conv0"):
            out[f"{name}.conv.blur.kernel"] = 4.0 * KERNEL
    for number, size in enumerate(SIZES):
        name, source = (f"to_rgbs.{number - 1}" if number else "to_rgb1"), f"synthesis.b{size}.torgb"
        out |= {
            f"{name}.conv.weight": arrays[f"{source}.weight"][None],
            f"{name}.conv.modulation.weight": arrays[f"{source}.affine.weight"],
            f"{name}.conv.modulation.bias": arrays[f"{source}.affine.bias"],
            f"{name}.bias": arrays[f"{source}.bias"].reshape(1, 3, 1, 1),
        }
        if number:
            out[f"{name}.upsample.kernel"] = 4.0 * KERNEL
    return out


def evaluated(arrays, z):
    """Evaluate the network from NVIDIA's names, one picture at a time, as the papers write it."""
    made = []
    for one in z.double():
        w = one / (one.square().mean() + 1e-8).sqrt()
        for i in range(MAPPING):
            weight = 0.01 / LATENT**0.5 * arrays[f"mapping.fc{i}.weight"].double()
            w = _activated(weight @ w + 0.01 * arrays[f"mapping.fc{i}.bias"].double())
        features, picture = arrays["synthesis.b4.const"].double()[None], None
        for size in SIZES:
            for place in ("conv0", "conv1"):
                name = f"synthesis.b{size}.{place}"
                if f"{name}.weight" in arrays:
                    features = _convolved(arrays, name, features, w, double=place == "conv0")
            name = f"synthesis.b{size}.torgb"
            weight = arrays[f"{name}.weight"].double() * _style(arrays, name, w)[None, :, None, None]
            bias = arrays[f"{name}.bias"].double()[:, None, None]
            colours = functional.conv2d(features, weight / weight.shape[1] ** 0.5) + bias
            if picture is None:
                picture = colours
            else:
                spread = functional.pad(_zeros_between(picture), (2, 1, 2, 1))
                picture = _filtered(spread) + colours
        made.append(picture)
    return torch.cat(made).float()


def _convolved(arrays, name, features, w, *, double):
    weight = arrays[f"{name}.weight"].double() * _style(arrays, name, w)[None, :, None, None]
    weight = weight / (weight.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8).sqrt()
    if double:
        features = functional.conv_transpose2d(features, weight.transpose(0, 1), stride=2)
        features = _filtered(functional.pad(features, (1, 1, 1, 1)))
    else:
        features = functional.conv2d(features, weight, padding=1)
    noise = arrays[f"{name}.noise_const"].double() * arrays[f"{name}.noise_strength"].double()
    return _activated(features + noise + arrays[f"{name}.bias"].double()[:, None, None])


def _style(arrays, name, w):
    return arrays[f"{name}.affine.weight"].double() @ w / LATENT**0.5 + arrays[f"{name}.affine.bias"].double()


def _activated(values):
    return 2.0**0.5 * functional.leaky_relu(values, 0.2)


def _zeros_between(picture):
    out = picture.new_zeros(1, picture.shape[1], 2 * picture.shape[2], 2 * picture.shape[3])
    out[:, :, ::2, ::2] = picture
    return out


def _filtered(features):
    channels = features.shape[1]
    return functional.conv2d(features, 4.0 * KERNEL.double().expand(channels, 1, 4, 4), groups=channels)


class _Node(nn.Module):
    """A module that pickles as NVIDIA's persistent classes do: with the source of its class, and its state."""

    def __reduce__(self):
        meta = {
            "type": "class",
            "version": 6,
            "module_src": "raise SystemExit('the source in a file was run')",
            "class_name": "Node",
            "state": dict(self.__dict__),
        }
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (meta,)


PARAMETERS = ("weight", "bias", "noise_strength", "const")


def _as_modules(arrays):
    root = _Node()
    for name, array in arrays.items():
        *path, leaf = name.split(".")
        node = root
        for part in path:
            if part not in node._modules:
                node.add_module(part, _Node())
            node = node._modules[part]
        if leaf in PARAMETERS:
            node.register_parameter(leaf, nn.Parameter(array))
        else:
            node.register_buffer(leaf, array)
    return root


def write_nvidia(path, arrays):
    """Write the arrays as NVIDIA's training writes its networks."""
    module = ModuleType("torch_utils.persistence")

    def _reconstruct_persistent_obj(meta):
        raise AssertionError("a pickle was unpickled")

    _reconstruct_persistent_obj.__module__ = module.__name__
    _reconstruct_persistent_obj.__qualname__ = "_reconstruct_persistent_obj"
    vars(module)["_reconstruct_persistent_obj"] = _reconstruct_persistent_obj
    sys.modules |= {"torch_utils": ModuleType("torch_utils"), "torch_utils.persistence": module}
    try:
        path.write_bytes(pickle.dumps({"training_set_kwargs": {}, "G_ema": _as_modules(arrays)}))
    finally:
        del sys.modules["torch_utils.persistence"], sys.modules["torch_utils"]


def write_rosinality(path, arrays, *, mean):
    """Write the arrays as stylegan2-pytorch does."""
    content = {"g_ema": OrderedDict(rosinality_arrays(arrays))}
    torch.save(content | ({"latent_avg": arrays["mapping.w_avg"]} if mean else {}), path)


def latents(count=3):
    """Normal random numbers."""
    return torch.from_numpy(np.random.default_rng(1).standard_normal((count, LATENT)).astype(np.float32))
