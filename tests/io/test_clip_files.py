"""Laws of clips in files that show them: they are in the avatar's file, and the drawing moves as they say."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.assets import small_asset, small_person
from tests.foreign_glb import foreign_glb

from toonface.drive.clips import Clip, from_asset_clip
from toonface.drive.quaternions import quaternions_of_angles
from toonface.io.clip_files import (
    DRAWN_FPS,
    keep_known,
    names_glb,
    read_glb_clip,
    write_animated_glb,
    write_drawn_clip,
    write_vrm_animation,
)
from toonface.io.glb import read_glb, write_glb
from toonface.morphable.names import SHAPES
from toonface.stages.gltf.layout import split_glb
from toonface.stages.gltf.vrm import to_vrm
from toonface.stages.gltf.vrm_animation import EXTENSION


@pytest.fixture
def head(tmp_path):
    write_glb(tmp_path / "a.glb", small_asset())
    return tmp_path / "a.glb"


def talk(count=6):
    weights = np.zeros((count, 64))
    weights[:, SHAPES.index("jawOpen")] = np.linspace(0.0, 1.0, count)
    weights[:, SHAPES.index("tongueOut")] = 0.5
    yaw = np.linspace(0.0, 0.5, count)
    head = quaternions_of_angles(np.stack([yaw, 0.0 * yaw, 0.0 * yaw], axis=1))
    return Clip(name="talk", times=np.arange(count) / DRAWN_FPS, weights=weights, head=head)


def test_the_avatar_s_file_has_one_clip_more_and_it_is_that_clip(head, tmp_path):
    clip = talk()
    write_animated_glb(head, clip, tmp_path / "b.glb")
    before, after = read_glb(head), read_glb(tmp_path / "b.glb")
    assert [found.name for found in after.clips] == [*(found.name for found in before.clips), "talk"]
    found = from_asset_clip(after.clip("talk"))
    jaw = SHAPES.index("jawOpen")
    np.testing.assert_allclose(found.weights[:, jaw], clip.weights[:, jaw], atol=1e-6)
    np.testing.assert_allclose(found.head, clip.head, atol=1e-6)


def test_a_file_may_be_its_own_result(head):
    write_animated_glb(head, talk(), head)
    assert [clip.name for clip in read_glb(head).clips] == ["wave", "talk"]


def test_the_drawing_moves_as_the_clip_says(head, tmp_path):
    told = []
    write_drawn_clip(head, talk(), tmp_path / "a.webp", size=32, progress=lambda number, count: told.append(count))
    with Image.open(tmp_path / "a.webp") as drawn:
        assert (drawn.size, drawn.n_frames) == ((32, 32), 5)
        first = np.asarray(drawn.convert("RGB")).astype(int)
        drawn.seek(4)
        assert np.abs(np.asarray(drawn.convert("RGB")).astype(int) - first).max() > 20
    assert told == [5] * 5


def test_an_avatar_and_the_vrm_that_it_would_be_give_the_same_vrm_animation(tmp_path):
    write_glb(tmp_path / "a.glb", small_person())
    (tmp_path / "a.vrm").write_bytes(to_vrm(small_person()))
    for name in ("a.glb", "a.vrm"):
        write_vrm_animation(tmp_path / name, talk(), tmp_path / f"{name}a")
    data = (tmp_path / "a.vrma").read_bytes()
    assert data == (tmp_path / "a.glba").read_bytes()
    found = read_glb_clip(tmp_path / "a.vrma")
    np.testing.assert_allclose(found.weights, talk().weights, atol=1e-6)
    np.testing.assert_allclose(found.head, talk().head, atol=1e-6)
    said = split_glb(data)[0]["extensions"][EXTENSION]
    assert set(said["expressions"]["custom"]) == {"jawOpen", "tongueOut"}


def test_what_has_no_bones_gets_no_vrm_animation(head, tmp_path):
    with pytest.raises(ValueError, match=r"a\.glb: the asset has no joints Spine"):
        write_vrm_animation(head, talk(), tmp_path / "a.vrma")
    with pytest.raises(ValueError, match="cannot read"):
        write_vrm_animation(tmp_path / "none.vrm", talk(), tmp_path / "a.vrma")
    assert not (tmp_path / "a.vrma").exists()


def test_what_the_avatar_has_not_is_left_out():
    clip = from_asset_clip(small_asset().clips[0])
    kept = keep_known(small_asset().clips[0], {"jawOpen"}, set())
    assert (kept.shapes, kept.weights.shape, kept.rotations) == ((), (3, 0), {})
    assert clip.name == kept.name


def test_a_missing_or_damaged_avatar_is_one_line(tmp_path):
    with pytest.raises(ValueError, match="cannot read"):
        write_animated_glb(tmp_path / "none.glb", talk(), tmp_path / "b.glb")
    (tmp_path / "a.glb").write_bytes(b"no")
    with pytest.raises(ValueError, match=r"a\.glb: the file has 2 bytes"):
        write_animated_glb(tmp_path / "a.glb", talk(), tmp_path / "b.glb")
    assert not (tmp_path / "b.glb").exists()


def test_a_clip_that_was_written_into_an_avatar_comes_back(head, tmp_path):
    # The small asset has no tongue.
    write_animated_glb(head, talk(), tmp_path / "b.glb")
    found, jaw = read_glb_clip(tmp_path / "b.glb#talk"), SHAPES.index("jawOpen")
    np.testing.assert_allclose(found.times, talk().times, atol=1e-6)
    np.testing.assert_allclose(found.weights[:, jaw], talk().weights[:, jaw], atol=1e-6)
    assert not np.delete(found.weights, jaw, axis=1).any()
    np.testing.assert_allclose(found.head, talk().head, atol=1e-6)


def test_without_a_name_the_only_animation_is_taken_and_unknown_targets_are_left_out(tmp_path):
    (tmp_path / "f.glb").write_bytes(foreign_glb(("hat", "jawOpen"), [0.0, 1.0], [[0.5, 0.25], [1.0, 0.75]]))
    found = read_glb_clip(tmp_path / "f.glb")
    assert (found.name, found.head) == ("said", None)
    assert {SHAPES[n] for n in np.flatnonzero(found.weights.any(axis=0))} == {"jawOpen"}


@pytest.mark.parametrize("fault", ["none.glb", "b.glb", "b.glb#sing", "hat.glb", "junk.glb"])
def test_what_is_no_clip_of_a_face_is_told_with_its_file(head, tmp_path, fault):
    write_animated_glb(head, talk(), tmp_path / "b.glb")
    (tmp_path / "hat.glb").write_bytes(foreign_glb(("hat",), [0.0, 1.0], [[0.5], [1.0]]))
    (tmp_path / "junk.glb").write_bytes(b"glTF" * 9)
    with pytest.raises(ValueError, match=fault.split("#")[0]):
        read_glb_clip(tmp_path / fault)


def test_names_of_files_that_hold_animations():
    assert [names_glb(Path(name)) for name in ("a.glb", "a.VRM#x", "a.json", "a#b.json", "a.glb#b.c")] == [
        True,
        True,
        False,
        False,
        True,
    ]
