"""The viewer as one HTML page, with an avatar inside it or beside it. `web/` is where the page is built."""

import html
import json
from base64 import b64encode
from importlib.resources import files
from pathlib import Path

from toonface.io.atomic import replacing
from toonface.stages.gltf.layout import split_glb

TITLE = "<title>toonface viewer</title>"
SLOT = '<script type="application/json" id="toonface-asset">null</script>'
"""Where the page is told what to show; empty in the page as it is built."""


def load_viewer_page() -> str:
    """Read the page that the package ships; it opens without an avatar, and waits for one.

    Raises:
        ValueError: the page is missing, or is not one that takes an avatar.
    """
    path = files("toonface") / "data" / "web" / "viewer.html"
    try:
        page = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror}); run `make viewer`") from None
    for mark in (TITLE, SLOT):
        if page.count(mark) != 1:
            raise ValueError(f"{path} has {mark!r} {page.count(mark)} times, expected once; run `make viewer`")
    return page


def page_with_avatar(page: str, name: str, data: bytes) -> str:
    """Put an avatar into the page, which then needs nothing else.

    Args:
        page: from `load_viewer_page`.
        name: shown as the title; any text.
        data: of a GLB or VRM file.
    """
    bytes_inside = f'<script type="application/octet-stream" id="toonface-bytes">{b64encode(data).decode()}</script>'
    return _told(page, name, {"name": name}, bytes_inside)


def page_beside_avatar(page: str, name: str, url: str, live: str | None = None) -> str:
    """Tell the page where its avatar is, and where it hears what moves it.

    Args:
        page: from `load_viewer_page`.
        name: shown as the title; any text.
        url: of a GLB or VRM file, relative to the page.
        live: of Server-Sent Events as `live_feed.pose_text` writes them; None where nothing moves it from outside.
    """
    return _told(page, name, {"name": name, "url": url} | ({} if live is None else {"live": live}), "")


def _told(page: str, name: str, note: dict[str, str], more: str) -> str:
    # In a script only "<" can end it; in JSON the escape is the same letter.
    text = json.dumps(note).replace("<", "\\u003c")
    # The slot first: a name may hold the text of either mark, but the page has the title before the slot.
    before, after = page.split(SLOT)
    told = f'{before}<script type="application/json" id="toonface-asset">{text}</script>{more}{after}'
    return told.replace(TITLE, f"<title>{html.escape(name)} – toonface</title>", 1)


def read_avatar_bytes(path: Path) -> bytes:
    """Read a GLB or VRM file as it is, after a look at its frame.

    Args:
        path: of the file, from whatever program.

    Raises:
        ValueError: the file is missing, no GLB or VRM file, truncated or damaged.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror})") from None
    try:
        document, _ = split_glb(data)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if not document.get("meshes"):
        raise ValueError(f"{path} has no mesh, expected one to show")
    return data


def write_viewer(path: Path, name: str, data: bytes) -> None:
    """Write viewer and avatar as one page; the file is whole or not there at all.

    Args:
        path: `.html`; an existing file is replaced.
        name: shown as the title.
        data: of a GLB or VRM file.

    Raises:
        ValueError: the package's page is missing.
        OSError: the file cannot be written.
    """
    text = page_with_avatar(load_viewer_page(), name, data)
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")
