"""`toonface view`: a page in the browser that shows a head and moves it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from toonface.io.page_server import ServedFile

Viewer: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="PAGE", help="Also write viewer and head as one .html file, or a folder of them."),
]

ENDINGS = (".html", ".htm")
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

    if out is not None:
        _check_ending("out", out)
    data = read_avatar_bytes(avatar)
    if out is None:
        return _serve(avatar.name, data, port, browser=browser)
    write_viewer(out, avatar.name, data)
    typer.echo(f"{avatar} → {out}")


def page_table(name: str, data: bytes) -> "dict[str, ServedFile]":
    """Return what is served for a head: the page, and the head beside it.

    Args:
        name: of its file.
        data: of its file.
    """
    from toonface.io.page_server import ServedFile
    from toonface.io.viewer_page import load_viewer_page, page_beside_avatar

    page = page_beside_avatar(load_viewer_page(), name, "avatar")
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


def viewer_folder(viewer: Path | None, *, single: bool) -> Path | None:
    """Return the folder into which `write_page` will write; None for no page.

    Args:
        viewer: a page for one head, else a folder.
        single: whether there is one head.

    Raises:
        ValueError: the page's name has another ending than .html.
    """
    if viewer is None or not single:
        return viewer
    _check_ending("viewer", viewer)
    return viewer.parent


def write_page(viewer: Path | None, avatar: Path, *, single: bool) -> dict[str, str]:
    """Write the page of a head that lies on disk, and say for programs what it is called.

    Args:
        viewer: a page for one head, else a folder; None for no page.
        avatar: the head.
        single: whether there is one head.
    """
    if viewer is None:
        return {}
    from toonface.io.viewer_page import read_avatar_bytes, write_viewer

    page = viewer if single else viewer / f"{avatar.stem}.html"
    write_viewer(page, avatar.name, read_avatar_bytes(avatar))
    return {"viewer": str(page)}


def _check_ending(option: str, page: Path) -> None:
    if page.suffix.lower() not in ENDINGS:
        raise ValueError(f"{option} is {page}, expected a name that ends in .html")
