"""Laws of the viewer's page: the avatar comes out as it went in, and no name can be more than a name."""

import json
import re
from base64 import b64decode
from html.parser import HTMLParser

import pytest
from tests.assets import small_asset

from toonface.io.viewer_page import (
    load_viewer_page,
    page_beside_avatar,
    page_with_avatar,
    read_avatar_bytes,
    write_viewer,
)
from toonface.stages.gltf.layout import join_glb
from toonface.stages.gltf.writer import to_glb

NASTY = "</script><script>alert(1)</script><!-- </title> \"' & null <title>toonface viewer</title>\u2028é.glb"


class Parts(HTMLParser):
    """Collects what scripts and the title hold, as a browser reads the page."""

    def __init__(self, page):
        super().__init__()
        self.found, self.scripts, self._at = {}, 0, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "title"):
            self._at = dict(attributes).get("id", tag)
            self.found[self._at] = ""
            self.scripts += tag == "script"

    def handle_endtag(self, tag):
        if tag in ("script", "title"):
            self._at = None

    def handle_data(self, data):
        if self._at is not None:
            self.found[self._at] += data


@pytest.fixture(scope="module")
def page():
    return load_viewer_page()


def test_the_avatar_inside_comes_out_as_it_went_in(page):
    data = bytes(range(256)) * 5
    parts = Parts(page_with_avatar(page, "a.glb", data)).found
    assert b64decode(parts["toonface-bytes"]) == data
    assert json.loads(parts["toonface-asset"]) == {"name": "a.glb"}


@pytest.mark.parametrize(
    "name", [NASTY, "plain.glb", '<script type="application/json" id="toonface-asset">null</script>']
)
def test_a_name_is_text_wherever_it_stands(page, name):
    empty = Parts(page)
    for made, more in ((page_with_avatar(page, name, b"x"), 1), (page_beside_avatar(page, name, "avatar"), 0)):
        parts = Parts(made)
        assert parts.scripts == empty.scripts + more
        assert json.loads(parts.found["toonface-asset"])["name"] == name
        assert parts.found["title"] == f"{name} – toonface"
        assert parts.found["script"] == empty.found["script"], "the program is untouched"


def test_the_empty_page_waits_for_a_file(page):
    assert json.loads(Parts(page).found["toonface-asset"]) is None
    assert re.search(r"<title>toonface viewer</title>", page)


def test_any_programs_file_is_taken_as_it_is(tmp_path):
    path = tmp_path / "other.glb"
    path.write_bytes(join_glb({"asset": {"version": "2.0"}, "meshes": [{"primitives": []}]}, b"1234"))
    assert read_avatar_bytes(path) == path.read_bytes()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "cannot read"),
        (b"", "has 0 bytes, expected a GLB file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "expected that of a GLB file"),
        (to_glb(small_asset())[:-7], "truncated"),
        (join_glb({"asset": {"version": "2.0"}}, b""), "has no mesh"),
    ],
)
def test_a_file_that_is_none_is_one_line_with_its_name(tmp_path, data, said):
    path = tmp_path / "bad.glb"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ValueError, match=said) as fault:
        read_avatar_bytes(path)
    assert "bad.glb" in str(fault.value)


def test_a_written_page_is_whole_and_nothing_lies_beside_it(tmp_path, page):
    path = tmp_path / "a.html"
    write_viewer(path, "a.glb", b"1234")
    assert path.read_text(encoding="utf-8") == page_with_avatar(page, "a.glb", b"1234")
    assert list(tmp_path.iterdir()) == [path]
