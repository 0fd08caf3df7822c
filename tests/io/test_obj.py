"""Laws of OBJ files on disk: an avatar's own corners, all files whole, pictures that are there."""

import numpy as np
import pytest
from PIL import Image
from tests.assets import small_asset
from tests.obj_reader import read_mtl, read_obj
from tests.portrait_avatar import avatar_and_stages, models

from toonface.io import obj
from toonface.io.avatar_files import FileOptions, avatar_asset
from toonface.io.obj import write_obj


@pytest.fixture(scope="module")
def asset():
    return avatar_asset(models().model, models().textures, avatar_and_stages()[0], FileOptions(lod=1, format="obj"))


def test_an_avatar_is_read_back_with_all_its_parts_and_pictures(asset, tmp_path):
    write_obj(tmp_path / "my head.obj", asset)
    found = read_obj((tmp_path / "my head.obj").read_text())
    assert set(found.triangles) == {mesh.name for mesh in asset.meshes}
    for mesh in asset.meshes:
        np.testing.assert_allclose(found.corners(mesh.name, "v"), mesh.positions[mesh.faces], atol=1e-6)
        np.testing.assert_allclose(found.corners(mesh.name, "vn"), mesh.normals[mesh.faces], atol=1e-6)
    said = read_mtl((tmp_path / found.library).read_text())
    assert set(found.materials.values()) == set(said)
    pictures = {words["map_Kd"][0] for words in said.values()}
    files = {path.name for path in tmp_path.iterdir()}
    assert files == pictures | {"my head.obj", found.library} and not any(" " in name for name in pictures)
    for name in pictures:
        Image.open(tmp_path / name).verify()


def test_the_skin_is_one_surface_with_the_holes_that_the_head_has(asset, tmp_path):
    write_obj(tmp_path / "head.obj", asset)
    found = read_obj((tmp_path / "head.obj").read_text())
    skin = ("face", "mouth", "socket_left", "socket_right", "bust")
    triangles = np.array([[c[0] for c in face] for name in skin for face in found.triangles[name]])
    sides = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges, times = np.unique(sides, axis=0, return_counts=True)
    assert times.max() == 2
    low = np.array(found.rows["v"])[edges[times == 1]][..., 1].mean(axis=1)
    # Open are the neck's end and the depth of the sockets, and nothing in the face.
    depth = np.array(found.rows["v"])[edges[times == 1]][..., 2].mean(axis=1)
    assert ((low < -0.12) | (depth < 0.08)).all() and (low < -0.12).any()


def test_shapes_are_files_of_their_own_in_a_folder_and_other_files_in_it_stay(tmp_path):
    (tmp_path / "head-shapes").mkdir()
    (tmp_path / "head-shapes" / "mine.txt").write_text("")
    write_obj(tmp_path / "head.obj", small_asset(), shapes=True)
    names = sorted(path.name for path in (tmp_path / "head-shapes").iterdir())
    assert names == ["eyeBlinkLeft.obj", "jawOpen.obj", "mine.txt", "viseme_sil.obj"]
    neutral = read_obj((tmp_path / "head.obj").read_text()).rows["v"]
    still = read_obj((tmp_path / "head-shapes" / "viseme_sil.obj").read_text()).rows["v"]
    opened = read_obj((tmp_path / "head-shapes" / "jawOpen.obj").read_text()).rows["v"]
    assert still == neutral and opened != neutral


def test_a_failure_leaves_nothing(tmp_path, monkeypatch):
    class Broken(obj.ObjText):
        def shaped(self, weights):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(obj, "ObjText", Broken)
    with pytest.raises(OSError, match="No space"):
        write_obj(tmp_path / "head.obj", small_asset(), shapes=True)
    assert not list(tmp_path.iterdir())
