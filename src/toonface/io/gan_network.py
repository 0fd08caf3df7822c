"""A generator of cartoons as the stages see networks: a crop in, its cartoon out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from toonface.io.networks import OnnxNetwork
from toonface.types import Network

REMEDY = "pip install 'toonface[train]'"
AVERAGE = "average."
FIRST_LAYER = "average.down.0.0.weight"
"""Of an encoder's checkpoint: it tells the encoder's width."""


@dataclass(frozen=True, kw_only=True)
class GanWeights:
    """Where a pair of generators is, and how they are joined.

    Raises:
        ValueError: the number of steps is negative.
    """

    photo: Path
    """Of photographs: run, `.npz`, `.pkl` or `.pt`."""
    toon: Path
    """Of cartoons, fine-tuned from it."""
    encoder: Path | None = None
    """Run of `toonface train stylegan_encoder`; None to begin with the mean style."""
    swap_at: int = 32
    """See `nets.stylegan2.swap`."""
    blend: float = 0.5
    """Likewise."""
    steps: int | None = None
    """Of the search for styles; None for 200 without an encoder and for none with one."""

    def __post_init__(self) -> None:
        if self.steps is not None and self.steps < 0:
            raise ValueError(f"steps is {self.steps}, expected at least 0")


class GanNetwork:
    """A generator of cartoons that draws photographs."""

    def __init__(self, draw: Callable[[np.ndarray], np.ndarray], size: int) -> None:
        """Keep what draws.

        Args:
            draw: from crops, N x 3 x S x S in [0, 1], to cartoons of the same form.
            size: side of a crop, pixels.
        """
        self._draw, self.size = draw, size

    def __call__(self, picture: Float32[np.ndarray, "N 3 H W"]) -> Mapping[str, np.ndarray]:
        """Draw; see `types.Network`.

        Args:
            picture: crops in the frame of Flickr-Faces-HQ, sRGB / 255.
        """
        return {"cartoon": self._draw(picture)}


def load_gan(weights: GanWeights) -> GanNetwork:
    """Join two generators, and make of them a network.

    Args:
        weights: where they are.

    Raises:
        ValueError: a file is missing or damaged, the generators do not fit together, or PyTorch is not installed.
    """
    need_torch()
    from toonface.io.gan_files import read_generator
    from toonface.nets.stylegan2.inversion import DescentOptions, StyleEncoder, search_styles
    from toonface.nets.stylegan2.swap import Swap, swap_layers

    photo, toon = read_generator(weights.photo), read_generator(weights.toon)
    if photo.shape != toon.shape:
        raise ValueError(f"the generators have shapes {photo.shape} and {toon.shape}, expected the same")
    swap = Swap(at=weights.swap_at, blend=weights.blend)
    toon.load_state_dict(swap_layers(photo.state_dict(), toon.state_dict(), photo.shape, swap))
    encoder = None if weights.encoder is None else read_encoder(weights.encoder, photo)
    steps = weights.steps if weights.steps is not None else (200 if encoder is None else 0)

    def draw(crops: np.ndarray) -> np.ndarray:
        import torch

        pictures = 2.0 * torch.from_numpy(crops) - 1.0
        with torch.no_grad():
            if isinstance(encoder, StyleEncoder):
                w = encoder(pictures)
            else:
                w = photo.spread(photo.mapping.w_mean.expand(len(pictures), -1))
            if steps:
                w = search_styles(photo, pictures, w, DescentOptions(steps=steps))
            return (0.5 * toon.synthesis(w) + 0.5).clamp(0.0, 1.0).numpy()

    return GanNetwork(draw, photo.shape.size)


def load_exported(path: Path) -> GanNetwork:
    """Load encoder and generator from one ONNX file, which needs no PyTorch.

    Args:
        path: that `python -m tools.export_gan` wrote.

    Raises:
        ValueError: the file is missing or damaged, or no such network.
    """
    try:
        network: Network = OnnxNetwork(path.read_bytes(), 1)
        size = _size_of(network)
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror})") from None
    except Exception as error:  # onnxruntime raises a dozen kinds of its own
        raise ValueError(f"{path} is not a readable generator ({(str(error).splitlines() or [''])[0][:200]})") from None
    return GanNetwork(lambda crops: network(crops)["cartoon"], size)


def _size_of(network: OnnxNetwork) -> int:
    _, channels, height, width = network.shape
    if channels != 3 or height is None or height != width:
        raise ValueError(f"its input is {network.shape}, expected square crops of a fixed size")
    return height


def read_encoder(folder: Path, generator: object) -> object:
    """Read an encoder into W+.

    Args:
        folder: run of `toonface train stylegan_encoder`.
        generator: of photographs.

    Raises:
        ValueError: there is none, or it is of another generator.
    """
    import torch

    from toonface.io.checkpoints import read_checkpoint
    from toonface.nets.stylegan2.generator import Generator
    from toonface.nets.stylegan2.inversion import StyleEncoder

    path = folder / "checkpoint.npz" if folder.is_dir() else folder
    arrays, _ = read_checkpoint(path)
    if not isinstance(generator, Generator) or FIRST_LAYER not in arrays:
        raise ValueError(f"{path} is no checkpoint of toonface train stylegan_encoder")
    net = StyleEncoder(generator.shape, width=len(arrays[FIRST_LAYER]))
    mine = {name.removeprefix(AVERAGE): torch.from_numpy(a) for name, a in arrays.items() if name.startswith(AVERAGE)}
    try:
        net.load_state_dict(mine)
    except RuntimeError as error:
        raise ValueError(f"{path} is of another generator ({str(error).splitlines()[1].strip()})") from None
    return net.eval().requires_grad_(requires_grad=False)


def need_torch() -> None:
    """Raise `ValueError`, which says how to install it, unless PyTorch is there."""
    try:
        import torch as torch
    except ModuleNotFoundError:
        raise ValueError(f"a generator's weights need PyTorch, which is not installed: {REMEDY}") from None
