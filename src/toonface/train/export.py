"""From a trained network to the two files that the package ships: ONNX, and a card that says how it was made."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from jaxtyping import Float32
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from toonface.io.atomic import replacing
from toonface.io.networks import NetworkCard

OPSET = 17
INPUT = "picture"
LEAST_HALVED = 256
"""Arrays of fewer numbers stay float32: they weigh nothing, and normalisations have large numbers."""
HALF_LIMIT = 6.0e4
"""Beyond this float16 ends."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What an ONNX file promises."""

    outputs: tuple[str, ...]
    """Names, in the order of what the network returns."""
    example: tuple[int, int, int, int]
    """Shape of an input."""
    any_size: bool = False
    """Whether height and width are free."""


def export_onnx(net: nn.Module, path: Path, form: Form) -> None:
    """Write a network as an ONNX file: it computes in float32, its weights are stored as float16.

    Args:
        net: in evaluation mode, on the CPU.
        path: of the file.
        form: names and shape.

    Raises:
        OSError: the file cannot be written.
    """
    axes = {0: "N"} | ({2: "H", 3: "W"} if form.any_size else {})
    dynamic: dict[str, dict[int, str]] = {INPUT: axes, **{name: {0: "N"} for name in form.outputs}}
    with replacing(path) as beside:
        torch.onnx.export(
            net,
            (torch.zeros(form.example),),
            str(beside),
            dynamo=False,  # the other exporter fixes the number of pictures
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=list(form.outputs),
            dynamic_axes=dynamic,
        )
        model = onnx.load(beside)
        halve_weights(model.graph)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, beside)


def halve_weights(graph: onnx.GraphProto) -> None:
    """Store the large arrays of a graph as float16, each followed by a cast that the runtime folds when it loads.

    Args:
        graph: changed in place.
    """
    casts = []
    for weights in graph.initializer:
        array = numpy_helper.to_array(weights)
        if array.dtype != np.float32 or array.size < LEAST_HALVED or np.abs(array).max(initial=0.0) > HALF_LIMIT:
            continue
        name, stored = weights.name, f"{weights.name}.half"
        weights.CopyFrom(numpy_helper.from_array(array.astype(np.float16), stored))
        casts.append(helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


def write_card(path: Path, facts: Mapping[str, Any]) -> NetworkCard:
    """Write the card beside an ONNX file, with the file's size and hash.

    Args:
        path: of the ONNX file.
        facts: the other fields of `NetworkCard`.

    Raises:
        ValueError: a field is missing or of another type.
        OSError: the card cannot be written.
    """
    content = path.read_bytes()
    card = NetworkCard(sha256=sha256(content).hexdigest(), bytes=len(content), **facts)
    with replacing(path.with_suffix(".json")) as beside:
        beside.write_text(json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n", "utf-8")
    return card


def worst_difference(
    net: nn.Module, path: Path, form: Form, pictures: Float32[np.ndarray, "N 3 H W"]
) -> dict[str, float]:
    """Return by how much the file's outputs differ from the network's: name → largest difference over largest size.

    Args:
        net: in evaluation mode, on the CPU.
        path: of the ONNX file.
        form: names and shape.
        pictures: to try.
    """
    from toonface.io.networks import OnnxNetwork

    with torch.no_grad():
        expected = net(torch.from_numpy(pictures))
    found = OnnxNetwork(path.read_bytes(), 1)(pictures)
    pairs = zip(form.outputs, expected if isinstance(expected, tuple) else (expected,), strict=True)
    return {name: relative_difference(found[name], tensor.numpy()) for name, tensor in pairs}


def relative_difference(found: Float32[np.ndarray, "*N"], expected: Float32[np.ndarray, "*N"]) -> float:
    """Return the largest difference over the largest size of what was expected.

    Args:
        found: of one network.
        expected: of another one, of the same shape.
    """
    return float(np.abs(found - expected).max() / np.abs(expected).max().clip(1e-6))
