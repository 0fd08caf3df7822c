"""Write an encoder and a layer-swapped generator as one ONNX file: `python -m tools.export_gan --help`.

`toonface stylize --style gan --toon-weights FILE.onnx` then draws with it, without PyTorch.
"""

from pathlib import Path
from typing import Annotated

import typer

from toonface.io.gan_files import read_generator
from toonface.io.gan_network import read_encoder
from toonface.nets.stylegan2.inversion import GanStylizer, StyleEncoder
from toonface.nets.stylegan2.swap import Swap, swap_layers
from toonface.train.export import Form, export_onnx


def export_gan(photo: Path, toon: Path, encoder: Path, out: Path, swap: Swap) -> None:
    """Write the file.

    Args:
        photo: generator of photographs.
        toon: generator of cartoons, fine-tuned from it.
        encoder: of photographs.
        out: ends in `.onnx`.
        swap: which layers are the cartoon's.

    Raises:
        ValueError: a file is missing or damaged, or they do not fit together.
    """
    first, second = read_generator(photo), read_generator(toon)
    second.load_state_dict(swap_layers(first.state_dict(), second.state_dict(), first.shape, swap))
    looking = read_encoder(encoder, first)
    if not isinstance(looking, StyleEncoder):
        raise TypeError(f"the encoder is {type(looking).__name__}, expected StyleEncoder")
    size = first.shape.size
    form = Form(outputs=("cartoon",), example=(1, 3, size, size))
    export_onnx(GanStylizer(second, looking).eval(), out, form)


def main(
    photo: Annotated[Path, typer.Option(help="Generator of photographs.")],
    toon: Annotated[Path, typer.Option(help="Generator of cartoons.")],
    encoder: Annotated[Path, typer.Option(help="Run of the encoder.")],
    out: Annotated[Path, typer.Option(help="The ONNX file.")],
    swap_at: Annotated[int, typer.Option(help="Resolution below which layers are the cartoon's.")] = 32,
    blend: Annotated[float, typer.Option(help="Share of the cartoon's weights from there on.")] = 0.5,
) -> None:
    """Write encoder and generator as one ONNX file."""
    export_gan(photo, toon, encoder, out, Swap(at=swap_at, blend=blend))
    print(f"{out}: {out.stat().st_size / 2**20:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
