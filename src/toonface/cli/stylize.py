"""`toonface stylize`: portraits become cartoons of the same people."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from toonface.cli.console import AsJson, NetworkFolder, Quiet, interruptible
from toonface.cli.outputs import is_file
from toonface.cli.pictures import Answer, Face, Images, for_each_picture, free_name

if TYPE_CHECKING:
    from toonface.io.gan_network import GanNetwork
    from toonface.stages.stylization.gan import GanOptions
    from toonface.stages.stylization.stylize import StylizeOptions
    from toonface.types import Cartoon, Network, Picture

Draw: TypeAlias = "Callable[[Mapping[str, Network], Picture, int], Cartoon]"
"""From networks, a picture and the number of a face to a cartoon."""

NETWORKS = ("detector", "landmarks", "parser", "cartoon", "stylizer")
WRITTEN = (".png", ".jpg", ".jpeg", ".webp")
"""Endings of a single output."""
QUALITY = 95


def stylize(  # noqa: PLR0913 - one argument per option
    images: Images,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", help="A picture file for one portrait, else a folder.")
    ],
    style: Annotated[str, typer.Option(help="soft, bold, anime, gan (by weights of your own), or none.")] = "soft",
    strength: Annotated[float, typer.Option(metavar="SHARE", help="From 0, the portrait itself, to 1.")] = 1.0,
    keep_colors: Annotated[bool, typer.Option("--keep-colors", help="Leave the skin's tone as it is.")] = False,
    background: Annotated[str, typer.Option(help="keep, or plain.")] = "keep",
    redraw: Annotated[bool, typer.Option("--redraw", help="Draw also what is a cartoon already.")] = False,
    face: Face = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
    folder: NetworkFolder = None,
    photo_weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="gan: StyleGAN2 of photographs: a run, .npz, .pkl or .pt.")
    ] = None,
    toon_weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="gan: StyleGAN2 of cartoons, fine-tuned from that; or an .onnx of both."),
    ] = None,
    encoder: Annotated[
        Path | None, typer.Option(metavar="RUN", help="gan: run of toonface train stylegan_encoder.")
    ] = None,
    swap_at: Annotated[int, typer.Option(help="gan: resolution below which layers are the cartoon's.")] = 32,
    blend: Annotated[float, typer.Option(help="gan: share of the cartoon's weights from there on.")] = 0.5,
    invert_steps: Annotated[
        int | None, typer.Option(help="gan: steps of the search for the portrait; default: 200, with an encoder 0.")
    ] = None,
) -> None:
    """Draw portraits as cartoons of the same people. Exit with 2 if a picture cannot be read or has no face.

    A picture that is a cartoon already is left as it is.
    """
    from toonface.io.images import prepare_folder, write_picture
    from toonface.io.networks import load_network
    from toonface.stages.stylization.gan import GanOptions
    from toonface.stages.stylization.stylize import StylizeOptions

    weights = (photo_weights, toon_weights, encoder)
    if style == "gan":
        gan = _load_gan(weights, swap_at=swap_at, blend=blend, steps=invert_steps, keep_colors=keep_colors)
        draw = _drawing_by(gan, GanOptions(strength=strength, background=background, redraw=redraw))
    elif any(weights):
        raise ValueError(f"style is {style!r}, expected gan: weights of a generator are given")
    else:
        draw = _drawing(
            StylizeOptions(
                style=style, strength=strength, keep_colors=keep_colors, background=background, redraw=redraw
            )
        )
    single = is_file(images, out, WRITTEN)
    prepare_folder(out.parent if single else out)
    with interruptible("nothing was written"):
        networks = {name: load_network(name, folder) for name in NETWORKS}
    taken: set[str] = set()

    def work(path: Path, picture: "Picture") -> Answer:
        cartoon = draw(networks, picture, face)
        target = out if single else out / f"{free_name(path.stem, taken)}.png"

        def write() -> dict[str, str]:
            write_picture(target, cartoon.picture, quality=QUALITY)
            return {"cartoon": str(target)}

        return Answer(
            numbers={"style": cartoon.style}, line=f"{cartoon.style} → {target}", notes=cartoon.notes, write=write
        )

    for_each_picture("stylize", images, work, as_json=as_json, quiet=quiet)


def _load_gan(
    weights: tuple[Path | None, Path | None, Path | None],
    *,
    swap_at: int,
    blend: float,
    steps: int | None,
    keep_colors: bool,
) -> "GanNetwork":
    """Load what the style `gan` draws with: an ONNX file, or two generators and perhaps an encoder."""
    from toonface.io.gan_network import GanWeights, load_exported, load_gan

    photo, toon, encoder = weights
    if keep_colors:
        raise ValueError("keep colors is not possible with the style gan, which makes the whole face anew")
    if toon is not None and toon.suffix.lower() == ".onnx":
        return load_exported(toon)
    if photo is None or toon is None:
        raise ValueError(
            "the style gan needs --photo-weights and --toon-weights, expected two StyleGAN2s of which the second was"
            " fine-tuned from the first; toonface train stylegan makes them"
        )
    return load_gan(GanWeights(photo=photo, toon=toon, encoder=encoder, swap_at=swap_at, blend=blend, steps=steps))


def _drawing(options: "StylizeOptions") -> Draw:
    from toonface.pipeline import stylize_portrait

    return lambda networks, picture, face: stylize_portrait(networks, picture, options, face)


def _drawing_by(gan: "GanNetwork", options: "GanOptions") -> Draw:
    from toonface.pipeline import stylize_by_gan

    return lambda networks, picture, face: stylize_by_gan(networks, gan, gan.size, picture, options, face)
