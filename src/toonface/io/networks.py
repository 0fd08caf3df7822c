"""Load the trained networks: ONNX files, each with a card beside it that says how it was made."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from toonface.types import Network

NETWORKS = ("detector", "landmarks", "parser", "coarse", "expression", "gaze", "cartoon", "stylizer")
INPUT = "picture"
REMEDY = "install toonface again, or give the folder of your own networks"

_Shape = tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True)
class NetworkCard:
    """What is known of a trained network; the file `NAME.json`.

    Raises:
        ValueError: a field has another type, or the hash is none.
    """

    name: str
    version: str
    task: str
    """One sentence."""
    input: Any
    """Name, shape and range."""
    outputs: Any
    """Likewise, by name."""
    data: list[str]
    """What it was trained on."""
    steps: int
    pictures: int
    """How many it saw, repetitions counted."""
    minutes: float
    """Of training."""
    device: str
    seed: int
    commit: str
    metrics: dict[str, float]
    """On the test sets, by the names of `toonface evaluate`."""
    licence: str
    quantisation: str
    """How the weights are stored."""
    sha256: str
    """Of the ONNX file."""
    bytes: int
    """Size of the ONNX file."""
    limits: Any
    """Where it fails."""

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            value = getattr(self, name)
            if not isinstance(value, kind) or isinstance(value, bool):
                raise ValueError(f"{name} is {value!r}, expected {_KIND_NAMES[kind]}")
        if not all(isinstance(value, int | float) for value in self.metrics.values()):
            raise ValueError(f"metrics is {self.metrics!r}, expected {_KIND_NAMES[dict]}")
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(f"sha256 is {self.sha256!r}, expected 64 hexadecimal digits")


_KINDS: dict[str, Any] = {
    **dict.fromkeys(("name", "version", "task", "device", "commit", "licence", "quantisation", "sha256"), str),
    **dict.fromkeys(("steps", "pictures", "seed", "bytes"), int),
    "minutes": int | float,
    "data": list,
    "metrics": dict,
}
_KIND_NAMES: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    int | float: "a number",
    list: "a list",
    dict: "an object of numbers",
}


def network_names() -> tuple[str, ...]:
    """Return the names of the networks that the package uses."""
    return NETWORKS


def network_folder() -> Path:
    """Return the folder of the networks that the package ships."""
    return Path(str(resources.files("toonface") / "data" / "networks"))


def list_networks(folder: Path | None = None) -> tuple[NetworkCard, ...]:
    """Return the cards of all networks that are there, in the order in which they are used.

    Args:
        folder: holds `NAME.onnx` and `NAME.json`; None for the package's own.

    Raises:
        ValueError: a card is damaged.
    """
    root = network_folder() if folder is None else folder
    return tuple(read_card(name, root) for name in NETWORKS if (root / f"{name}.json").is_file())


def read_card(name: str, folder: Path | None = None) -> NetworkCard:
    """Read the card of a network.

    Args:
        name: one of `network_names()`.
        folder: holds it; None for the package's own.

    Raises:
        ValueError: there is no such network, or its card is missing or damaged.
    """
    if name not in NETWORKS:
        raise ValueError(f"network is {name!r}, expected one of {', '.join(NETWORKS)}")
    path = (network_folder() if folder is None else folder) / f"{name}.json"
    try:
        card = _card_from(json.loads(_read(path)))
        if card.name != name:
            raise ValueError(f"its name is {card.name!r}")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not a readable network card ({_first_line(error)}); {REMEDY}") from None
    return card


def load_network(name: str, folder: Path | None = None, *, threads: int = 1) -> Network:
    """Load a network, to be run on the CPU.

    Args:
        name: one of `network_names()`.
        folder: holds `NAME.onnx` and its card; None for the package's own.
        threads: that one run may use, at least 1.

    Raises:
        ValueError: the network is missing, or damaged, or not the one that its card describes.
    """
    if threads < 1:
        raise ValueError(f"threads is {threads}, expected at least 1")
    card = read_card(name, folder)
    path = (network_folder() if folder is None else folder) / f"{name}.onnx"
    content = _read(path)
    found = sha256(content).hexdigest()
    if found != card.sha256:
        raise ValueError(
            f"{path} is damaged: its sha256 begins {found[:12]}, its card says {card.sha256[:12]}; {REMEDY}"
        )
    try:
        return OnnxNetwork(content, threads)
    except Exception as error:  # onnxruntime raises a dozen kinds of its own
        raise ValueError(f"{path} is not a readable network ({_first_line(error)}); {REMEDY}") from None


class OnnxNetwork:
    """A network in ONNX Runtime."""

    def __init__(self, content: bytes, threads: int) -> None:
        """Prepare to run.

        Args:
            content: of an ONNX file with one input, `picture`: float32, N x 3 x H x W.
            threads: that one run may use, at least 1.

        Raises:
            ValueError: its input is another one.
            Exception: whatever ONNX Runtime raises for a file that it cannot read.
        """
        import onnxruntime  # takes a quarter of a second, which a command without networks should not pay

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised as well
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._shape = _input_shape(self._session.get_inputs())
        self._outputs = [output.name for output in self._session.get_outputs()]

    @property
    def shape(self) -> _Shape:
        """Lengths of its input's axes, None for any."""
        return self._shape

    def __call__(self, picture: Float32[np.ndarray, "N 3 H W"]) -> Mapping[str, np.ndarray]:
        """Run the network; see `types.Network`.

        Args:
            picture: sRGB / 255, in [0, 1].

        Raises:
            ValueError: the picture has another type or shape than the network takes.
        """
        dtype, shape = picture.dtype, picture.shape
        same = len(shape) == 4 and all(n in (None, m) for n, m in zip(self._shape, shape, strict=True))
        if dtype != np.float32 or not same:
            raise ValueError(f"picture is {dtype} {shape}, expected float32 {self._shape} (None: any length)")
        try:
            results = self._session.run(self._outputs, {INPUT: picture})
        except Exception as error:  # as above; a length that the network's own arithmetic does not take ends here
            raise ValueError(f"the network cannot take a picture of shape {shape} ({_first_line(error)})") from None
        return dict(zip(self._outputs, results, strict=True))


def _input_shape(inputs: list[Any]) -> _Shape:
    found = [(one.name, one.type, one.shape) for one in inputs]
    if len(inputs) != 1 or found[0][:2] != (INPUT, "tensor(float)") or len(found[0][2]) != 4:
        raise ValueError(f"its inputs are {found}, expected one, {INPUT!r}, of float32 N x 3 x H x W")
    return tuple(length if isinstance(length, int) else None for length in inputs[0].shape)


def _card_from(facts: object) -> NetworkCard:
    if not isinstance(facts, dict):
        raise ValueError("it is not an object")
    names = {field.name for field in fields(NetworkCard)}
    if names != facts.keys():
        different = ", ".join(sorted(names ^ facts.keys()))
        raise ValueError(f"these fields are missing or unknown: {different}")
    return NetworkCard(**facts)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror}); {REMEDY}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
