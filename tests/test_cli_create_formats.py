"""Every file that `toonface create` can write: valid to the Khronos validator, of a size for people, read again."""

import pytest
from tests.node_programs import problems_of
from tests.obj_reader import read_obj
from tests.test_cli_create import create, picture  # noqa: F401 - fixtures

from toonface.io.glb import read_glb
from toonface.morphable.names import ARKIT_SHAPES
from toonface.stages.gltf.layout import split_glb
from toonface.stages.gltf.vrm import EXTENSION

MEGABYTES = {
    "default.glb": 12.0,
    "compact.glb": 3.0,
    "lod-1.glb": 4.0,
    "lod-1--compact--no-idle.glb": 2.0,
    "default.vrm": 9.0,
    "lod-1--compact.vrm": 2.5,
}
"""File, whose name says its options, and what it may take."""


def test_every_option_gives_a_valid_file_of_a_size_that_people_can_use(create, picture, tmp_path):  # noqa: F811
    sizes = {}
    for name in MEGABYTES:
        stem = name.rsplit(".", 1)[0].replace("lod-1", "lod=1")
        options = [f"--{option}" for option in stem.split("--") if option != "default"]
        code, _, err = create(picture, "-o", tmp_path / name, *options)
        assert (code, err) == (0, [])
        sizes[name] = (tmp_path / name).stat().st_size / 1e6
    assert {name: size for name, size in sizes.items() if size > MEGABYTES[name]} == {}
    assert problems_of(*(tmp_path / name for name in MEGABYTES)) == {name: [] for name in MEGABYTES}


def test_a_folder_of_vrm_has_each_avatar_s_name_and_the_author_that_was_given(create, picture, tmp_path):  # noqa: F811
    (tmp_path / "meta.json").write_text('{"authors": ["me"], "allowRedistribution": true}')
    options = ("--format", "vrm", "--vrm-meta", tmp_path / "meta.json", "--lod", "1")
    assert create(picture.parent, "-o", tmp_path / "out", *options)[0] == 0
    document, _ = split_glb((tmp_path / "out" / "one.vrm").read_bytes())
    said = document["extensions"][EXTENSION]["meta"]
    assert (said["name"], said["authors"], said["allowRedistribution"]) == ("one", ["me"], True)
    assert create(picture.parent, "-o", tmp_path / "out", *options)[1][0].endswith("is there already")
    assert len(read_glb(tmp_path / "out" / "one.vrm").mesh("face").targets) == len(ARKIT_SHAPES)


def test_an_obj_comes_with_its_shapes_when_they_are_asked_for(create, picture, tmp_path):  # noqa: F811
    assert create(picture, "-o", tmp_path / "head.obj", "--lod", "1", "--shapes")[0] == 0
    shapes = {path.stem: path for path in (tmp_path / "head-shapes").iterdir()}
    assert set(ARKIT_SHAPES) < shapes.keys() and len(shapes) == 72
    neutral, opened = (read_obj(path.read_text()) for path in (tmp_path / "head.obj", shapes["jawOpen"]))
    assert len(neutral.rows["v"]) == len(opened.rows["v"]) and neutral.objects == opened.objects
    assert neutral.rows["v"] != opened.rows["v"]


@pytest.mark.parametrize("name", ["a.GLB", "a.Vrm"])
def test_endings_may_be_written_in_capitals(create, picture, tmp_path, name):  # noqa: F811
    assert create(picture, "-o", tmp_path / name, "--lod", "1", "--compact")[0] == 0
    assert read_glb(tmp_path / name).mesh("face").targets
