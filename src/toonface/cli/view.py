"""`toonface view`: a page in the browser that shows a head and moves it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toonface.cli.outputs import PAGES, is_file

if TYPE_CHECKING:
    from toonface.io.page_server import ServedFile

GLB_TYPE = "model/gltf-binary"


def view(
    avatar: Annotated[Path, typer.Argument(metavar="AVATAR", help="A .glb or .vrm file, of any program.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="PAGE", help="Write one .html file with the avatar inside.")
    ] = None,
    port: Annotated[int, typer.Option(metavar="N", help="Where to serve the page; 0 for any that is free.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Show a head in the browser: sliders, expressions, clips, light. Exit with 2 if the file is not readable.

    Everything stays on this machine, and the page asks no other for anything. Ctrl-C ends it.
    """
    from toonface.io.viewer_page import read_avatar_bytes, write_viewer

    if out is not None and not is_file([avatar], out, PAGES):
        raise ValueError(f"out is {out}, expected a name that ends in .html")
    data = read_avatar_bytes(avatar)
    if out is None:
        return _serve(avatar.name, data, port, browser=browser)
    write_viewer(out, avatar.name, data)
    typer.echo(f"{avatar} → {out}")


def page_table(name: str, data: bytes, live: str | None = None) -> "dict[str, ServedFile]":
    """Return what is served for a head: the page, and the head beside it.

    Args:
        name: of its file.
        data: of its file.
        live: where the page hears what moves the head; None for nothing.
    """
    from toonface.io.page_server import ServedFile
    from toonface.io.viewer_page import load_viewer_page, page_beside_avatar

    page = page_beside_avatar(load_viewer_page(), name, "avatar", live)
    return {
        "/": ServedFile(data=page.encode(), media_type="text/html; charset=utf-8"),
        "/avatar": ServedFile(data=data, media_type=GLB_TYPE),
    }


def _serve(name: str, data: bytes, port: int, *, browser: bool) -> None:
    import webbrowser

    from toonface.io.page_server import PageServer

    server = PageServer(page_table(name, data), port)
    typer.echo(f"{name} is shown at {server.address} until you press Ctrl-C")
    if browser:
        webbrowser.open(server.address)
    try:
        server.serve()
    except KeyboardInterrupt:
        typer.echo("ended", err=True)
