"""Start a training from a shipped ONNX file: its weights, with the normalisations that the export has folded away.

The export multiplies each normalisation into the convolution before it. Here the product stays in the convolution, and
the normalisation gets the mean and the spread that the convolution's output has on some pictures, undone by its own
scale and shift: the network says the same as the file, and goes on learning as if it had never been folded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from jaxtyping import Float
from onnx import numpy_helper
from torch import Tensor, nn

Normalisation = nn.BatchNorm2d
"""Kinds that the export folds."""


@dataclass(frozen=True, kw_only=True)
class _Folded:
    """A convolution of the file: weights and bias, which may be absent."""

    weight: np.ndarray
    bias: np.ndarray | None


def start_from_shipped(net: nn.Module, path: Path, pictures: Float[Tensor, "B 3 H W"]) -> None:
    """Give a network the weights of a shipped file; what the file does not have, such as aids of training, stays.

    Args:
        net: whose `forward` is what was exported; changed in place.
        path: of the ONNX file.
        pictures: as training shows them; a few dozen.

    Raises:
        ValueError: the file is not readable, or of another network.
    """
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf raises kinds of its own
        raise ValueError(f"{path} is no readable ONNX file ({error})") from None
    arrays = {item.name.removesuffix(".half"): numpy_helper.to_array(item) for item in graph.initializer}
    # Arrays that are alike are stored once.
    same = [(node.output[0], node.input[0]) for node in graph.node if node.op_type == "Identity"]
    arrays |= {copy: arrays[name] for copy, name in same if name in arrays}
    arrays |= _products(graph, arrays)
    convolutions = _convolutions(graph, arrays)
    training = net.training
    net.eval()
    order, followers = _order_of_calls(net, pictures[:2])
    if [one.weight.shape for one in convolutions] != [tuple(one.weight.shape) for one in order]:
        raise ValueError(
            f"{path} holds {len(convolutions)} convolutions of other shapes than the network's {len(order)}"
        )
    with torch.no_grad():
        _copy_named(net, arrays)
        for layer, folded in zip(order, convolutions, strict=True):
            layer.weight.copy_(torch.from_numpy(folded.weight.astype(np.float32)))
            shift = np.zeros(len(folded.weight)) if folded.bias is None else folded.bias
            if layer in followers:
                _unfold(followers[layer], torch.from_numpy(shift.astype(np.float32)))
            elif layer.bias is not None:
                layer.bias.copy_(torch.from_numpy(shift.astype(np.float32)))
        _settle(net, list(followers.values()), pictures)
    net.train(training)


def _products(graph: onnx.GraphProto, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return weights of layers that are applied to rows of rows: the export transposes them, and forgets their names.

    Their biases, which are added next, have kept theirs.
    """
    factors = {node.output[0]: node.input[1] for node in graph.node if node.op_type == "MatMul"}
    found = {}
    for node in graph.node:
        if node.op_type == "Add" and node.input[0].endswith(".bias") and factors.get(node.input[1]) in arrays:
            name = node.input[0].removesuffix(".bias")
            found[f"{name}.weight"] = arrays[factors[node.input[1]]].T
    return found


def _convolutions(graph: onnx.GraphProto, arrays: Mapping[str, np.ndarray]) -> list[_Folded]:
    found = []
    for node in graph.node:
        if node.op_type == "Conv":
            weight, *bias = (arrays[name] for name in node.input[1:])
            found.append(_Folded(weight=weight, bias=bias[0] if bias else None))
    return found


def _order_of_calls(
    net: nn.Module, pictures: Float[Tensor, "B 3 H W"]
) -> tuple[list[nn.Conv2d], dict[nn.Conv2d, nn.BatchNorm2d]]:
    """Return the convolutions in the order in which they are called, and which normalisation reads each one's output.

    The file lists them in the same order, because it was made by watching the network run.
    """
    order: list[nn.Conv2d] = []
    made: dict[int, nn.Conv2d] = {}
    kept: list[Tensor] = []  # an id is of no use once its tensor is gone
    followers: dict[nn.Conv2d, nn.BatchNorm2d] = {}

    def convolved(layer: nn.Module, _: object, output: Tensor) -> None:
        assert isinstance(layer, nn.Conv2d)
        order.append(layer)
        made[id(output)] = layer
        kept.append(output)

    def normalised(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(layer, nn.BatchNorm2d)
        if id(inputs[0]) in made:
            followers[made[id(inputs[0])]] = layer

    handles = [m.register_forward_hook(convolved) for m in net.modules() if isinstance(m, nn.Conv2d)]
    handles += [m.register_forward_pre_hook(normalised) for m in net.modules() if isinstance(m, Normalisation)]
    with torch.no_grad():
        net(pictures)
    for handle in handles:
        handle.remove()
    return order, followers


def _copy_named(net: nn.Module, arrays: Mapping[str, np.ndarray]) -> None:
    """Copy what kept its name."""
    for name, tensor in net.state_dict().items():
        if name in arrays and arrays[name].shape == tuple(tensor.shape):
            tensor.copy_(torch.from_numpy(arrays[name].astype(np.float32)))


def _unfold(layer: nn.BatchNorm2d, shift: Float[Tensor, " C"]) -> None:
    """Make a normalisation add a shift, and nothing else."""
    layer.get_buffer("running_mean").zero_()
    layer.get_buffer("running_var").fill_(1.0 - layer.eps)
    layer.weight.fill_(1.0)
    layer.bias.copy_(shift)


def _settle(net: nn.Module, layers: list[nn.BatchNorm2d], pictures: Float[Tensor, "B 3 H W"]) -> None:
    """Give normalisations the statistics of what they read, without a change of what they say."""
    moments: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def watch(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        variance, mean = torch.var_mean(inputs[0], dim=(0, 2, 3), correction=0)
        moments[layer] = mean, variance

    handles = [layer.register_forward_pre_hook(watch) for layer in layers]
    net(pictures)
    for handle in handles:
        handle.remove()
    for layer in layers:
        mean, variance = moments[layer]
        layer.get_buffer("running_mean").copy_(mean)
        layer.get_buffer("running_var").copy_(variance)
        layer.weight.copy_((variance + layer.eps).sqrt())
        layer.bias.add_(mean)
