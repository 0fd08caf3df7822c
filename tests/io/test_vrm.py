"""VRM files on disk, and what `@pixiv/three-vrm` makes of them."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tests.node_programs import run_check
from tests.portrait_avatar import avatar_and_stages, models

from toonface.geometry.asset_pose import posed_vertices
from toonface.io.avatar_files import FileOptions, avatar_asset
from toonface.io.glb import read_glb
from toonface.io.vrm import read_vrm_meta, thumbnail, write_vrm
from toonface.morphable.names import ARKIT_SHAPES, PRESETS
from toonface.stages.gltf.vrm_body import HUMANOID, SOLES
from toonface.stages.gltf.vrm_meta import VrmMeta

SHOWN = ("happy", "aa", "lookLeft", "jawOpen")


@pytest.fixture(scope="module")
def asset():
    return avatar_asset(models().model, models().textures, avatar_and_stages()[0], FileOptions(lod=1))


@pytest.fixture(scope="module")
def path(asset, tmp_path_factory):
    path = tmp_path_factory.mktemp("vrm") / "avatar.vrm"
    write_vrm(path, asset, VrmMeta(name="Ada", authors=("me",)))
    return path


@pytest.fixture(scope="module")
def loaded(path):
    return run_check("load_vrm.mjs", path, *SHOWN)


def test_nothing_lies_beside_the_file_and_it_is_read_like_a_glb(path, asset):
    assert list(path.parent.iterdir()) == [path]
    assert [mesh.name for mesh in read_glb(path).meshes] == [mesh.name for mesh in asset.meshes]


def test_the_thumbnail_shows_the_head_on_a_square(asset):
    shown = np.asarray(Image.open(BytesIO(thumbnail(asset).data)))
    assert shown.shape == (512, 512, 3) and shown[200:312, 200:312].std() > 5.0


def test_three_vrm_finds_every_bone_and_expression_and_complains_of_nothing(loaded):
    assert not loaded["complaints"]
    assert loaded["meta"]["name"] == "Ada" and loaded["meta"]["authors"] == ["me"]
    assert set(loaded["bones"]) == set(HUMANOID)
    assert loaded["bones"]["head"][1] == pytest.approx(SOLES)
    assert set(loaded["presets"]) == set(PRESETS) and loaded["custom"] == list(ARKIT_SHAPES)
    assert loaded["annotations"]["bust"] == "auto" and loaded["annotations"]["face"] == "thirdPersonOnly"


@pytest.mark.parametrize("name", SHOWN)
def test_three_vrm_moves_the_vertices_where_our_own_shapes_do(loaded, asset, name):
    mix = PRESETS.get(name, {name: 1.0})
    moved = False
    for mesh in asset.meshes:
        shown = np.array(loaded["moved"][name][mesh.name]).reshape(-1, 3) - [0.0, SOLES, 0.0]
        wanted = posed_vertices(mesh, mix)
        np.testing.assert_allclose(shown, wanted, atol=2e-5, err_msg=mesh.name)
        moved |= bool(np.abs(wanted - mesh.positions).max() > 2e-3)
    assert moved


def test_three_vrm_turns_a_gaze_into_the_weight_that_turns_the_eyes_so_far(loaded):
    assert loaded["gaze"]["left"]["lookLeft"] == pytest.approx(0.5)
    assert loaded["gaze"]["down"]["lookDown"] == 1.0
    assert not loaded["gaze"]["left"]["lookRight"] and not loaded["gaze"]["down"]["lookUp"]


def test_meta_is_read_from_json_and_faults_name_the_file(tmp_path):
    path = tmp_path / "meta.json"
    path.write_text('{"authors": ["me"], "allowRedistribution": true}')
    assert read_vrm_meta(path) == VrmMeta(authors=("me",), allow_redistribution=True)
    path.write_text("{")
    with pytest.raises(ValueError, match=r"meta\.json"):
        read_vrm_meta(path)
    with pytest.raises(ValueError, match=r"cannot read .*none\.json"):
        read_vrm_meta(tmp_path / "none.json")
