"""`toonface render`: pictures of a finished head, still or moving."""

from pathlib import Path
from typing import Annotated

import typer

from toonface.cli.console import Quiet, interruptible, tell_step
from toonface.cli.outputs import MOVING, STILLS, check_alpha, draw_file, is_file

SMALLEST, LARGEST = 16, 2048
"""Pixels of a drawing."""


def render(  # noqa: PLR0913 - one argument per option
    avatar: Annotated[Path, typer.Argument(metavar="AVATAR", help="A .glb file that this program wrote.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", help="A .png or .jpg file, or a .webp that moves.")
    ],
    shape: Annotated[
        list[str] | None, typer.Option(metavar="NAME=WEIGHT", help="A shape and its weight; can be repeated.")
    ] = None,
    yaw: Annotated[float, typer.Option(metavar="DEGREES", help="Turns the face to the right of the picture.")] = 0.0,
    pitch: Annotated[float, typer.Option(metavar="DEGREES", help="Lowers the face.")] = 0.0,
    clip: Annotated[str | None, typer.Option(metavar="NAME", help="A clip of the file; without: a full turn.")] = None,
    size: Annotated[int | None, typer.Option(metavar="PX", help="Of the square picture; 768, moving 400.")] = None,
    background: Annotated[
        str, typer.Option(metavar="COLOUR", help="neutral, transparent, or a colour as #rrggbb.")
    ] = "neutral",
    quiet: Quiet = False,
) -> None:
    """Draw a finished head: a still with any expression, a full turn, or one of its clips. Exit with 2 on a fault."""
    from toonface.io.asset_preview import Pose, backdrop_of
    from toonface.io.glb import read_glb
    from toonface.io.images import prepare_folder
    from toonface.io.moving_pictures import clip_moments, turntable
    from toonface.synth.preview import View

    backdrop, weights = backdrop_of(background), read_weights(shape or [])
    if not is_file([avatar], out, (*STILLS, *MOVING)):
        raise ValueError(f"out is {out}, expected the name of a picture, such as head.png or head.webp")
    moving = out.suffix.lower() in MOVING
    if clip is not None and not moving:
        raise ValueError(f"out is {out}, expected a name that ends in .webp, because a clip moves")
    if size is not None and not SMALLEST <= size <= LARGEST:
        raise ValueError(f"size is {size}, expected {SMALLEST} to {LARGEST}")
    check_alpha(out, backdrop)
    prepare_folder(out.parent)
    with interruptible("nothing was written"):
        asset = read_glb(avatar)
        view = View(yaw_degrees=yaw, pitch_degrees=pitch)
        if clip is not None:
            moments = clip_moments(asset.clip(clip), view, weights)
        else:
            moments = turntable(asset, view, weights) if moving else [(view, Pose(weights=weights, turns={}))]
        draw_file(out, asset, moments, size=size, backdrop=backdrop, quiet=quiet)
    if not quiet:
        tell_step("")
        typer.echo(f"{avatar} → {out}")


def read_weights(shapes: list[str]) -> dict[str, float]:
    """Read what `--shape` says.

    Args:
        shapes: `NAME=WEIGHT` each.

    Raises:
        ValueError: one is of another form, or its weight is not in [0, 1].
    """
    weights = {}
    for text in shapes:
        name, _, number = text.partition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = -1.0
        if not (name and 0.0 <= weight <= 1.0):
            raise ValueError(f"shape is {text!r}, expected NAME=WEIGHT with a weight from 0 to 1, such as jawOpen=0.7")
        weights[name] = weight
    return weights
