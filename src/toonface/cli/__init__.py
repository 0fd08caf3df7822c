"""The command line: it parses, calls and writes; heavy modules are imported by the command that needs them."""

import sys

import typer

from toonface.cli import (
    animate,
    create,
    drive,
    look,
    measure,
    models,
    render,
    serve,
    stylize,
    synth,
    train,
    view,
)

app = typer.Typer(
    help="One portrait in, an animatable 3D cartoon head out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(models.app, name="models")
app.command("synth", epilog="Example: toonface synth --count 1000 --style pair --out samples --workers 2")(
    synth.synthesise
)
app.command("detect", epilog="Example: toonface detect portrait.jpg --overlay pictures")(look.detect)
app.command("landmarks", epilog="Example: toonface landmarks portraits --json")(look.landmarks)
app.command("parse", epilog="Example: toonface parse portrait.jpg --overlay pictures")(look.parse)
app.command("coefficients", epilog="Example: toonface coefficients portrait.jpg --json --face 1")(look.coefficients)
app.command("expression", epilog="Example: toonface expression portrait.jpg")(look.expression)
app.command("create", epilog="Example: toonface create portrait.jpg -o avatar.glb --preview head.png")(create.create)
app.command("render", epilog="Example: toonface render avatar.glb -o head.png --shape jawOpen=0.7 --yaw 30")(
    render.render
)
app.command("stylize", epilog="Example: toonface stylize portrait.jpg -o cartoon.png --style soft --strength 0.8")(
    stylize.stylize
)
app.command("view", epilog="Example: toonface view avatar.glb, or: toonface view avatar.glb -o avatar.html")(view.view)
app.command("serve", epilog="Example: toonface serve --port 8000")(serve.serve)
app.command("animate", epilog="Example: toonface animate avatar.glb --video face.webp -o moving.glb")(animate.animate)
app.command("drive", epilog="Example: toonface drive avatar.glb --livelink --vmc-out 127.0.0.1:39539")(drive.drive)
app.command("train", context_settings=train.CONTEXT, epilog="Example: toonface train landmarks --help")(train.train)
app.command("evaluate", epilog="Example: toonface evaluate --suite networks --json")(measure.evaluate)
app.command("bench", epilog="Example: toonface bench --suite networks --json")(measure.bench)


def main() -> None:
    """Run the command line; an expected fault is one line and exit code 2."""
    try:
        app()
    except (ValueError, OSError) as error:
        typer.echo(f"toonface: {' '.join(str(error).split())}", err=True)
        sys.exit(2)
