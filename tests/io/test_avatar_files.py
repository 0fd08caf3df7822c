"""Laws of an avatar's file: all targets, parts that were fitted, irises of the portrait's colour, sizes for people."""

import numpy as np
import pytest
from tests.assets import small_person
from tests.portrait_avatar import avatar_and_stages, models

from toonface.io.avatar_files import IRIS, FileOptions, avatar_asset, eye_pictures, write_avatar
from toonface.morphable.textured_head import FaceColours
from toonface.stages.avatar.shapes import TARGETS
from toonface.stages.gltf.layout import split_glb
from toonface.stages.gltf.reader import from_glb
from toonface.stages.gltf.vrm_meta import VrmMeta
from toonface.stages.gltf.writer import to_glb


def asset_with(**options):
    files = FileOptions(**options)
    return avatar_asset(models().model, models().textures, avatar_and_stages()[0], files), files


@pytest.fixture(scope="module")
def asset():
    return asset_with()[0]


def test_the_face_has_all_72_targets_and_brows_are_in_its_picture(asset):
    assert [target.name for target in asset.mesh("face").targets] == list(TARGETS)
    assert not [mesh for mesh in asset.meshes if mesh.name == "brows"]


def test_what_was_fitted_is_there_and_stands_on_the_head(asset):
    avatar = avatar_and_stages()[0]
    fitted = (*avatar.hair.parts, *(avatar.glasses.parts if avatar.glasses else ()))
    names = [mesh.name for mesh in asset.meshes]
    assert fitted
    for part in fitted:
        assert any(name.startswith(part.name) for name in names)
    head = [joint.name for joint in asset.joints].index("Head")
    assert (asset.mesh(fitted[0].name).joints[:, 0] == head).all()


@pytest.mark.parametrize(("options", "most"), [({}, 12e6), ({"compact": True}, 3e6), ({"lod": 1}, 4e6)])
def test_files_are_of_a_size_that_people_can_use_and_are_read_back(options, most):
    made, files = asset_with(**options)
    data = to_glb(made, files.gltf)
    assert len(data) < most
    back = from_glb(data)
    assert [mesh.name for mesh in back.meshes] == [mesh.name for mesh in made.meshes]
    assert np.allclose(back.mesh("face").positions, made.mesh("face").positions, atol=3e-5)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"format": "glb", "shapes": True}, "shapes is set for glb"),
     ({"format": "vrm", "shapes": True}, "shapes is set for vrm"),
     ({"format": "obj", "meta": VrmMeta(name="Ada")}, "meta is set for obj")],
)  # fmt: skip
def test_options_that_a_format_has_no_use_for_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        FileOptions(**options)


def test_a_vrm_is_called_like_its_file_unless_it_has_a_name(tmp_path):
    for name, wanted in (("avatar", "ada"), ("Grace", "Grace")):
        options = FileOptions(format="vrm", lod=1, compact=True, meta=VrmMeta(name=name))
        write_avatar(tmp_path / "ada.vrm", small_person(), options)
        document, _ = split_glb((tmp_path / "ada.vrm").read_bytes())
        assert document["extensions"]["VRMC_vrm"]["meta"]["name"] == wanted


def test_irises_have_the_portrait_s_colours_or_brown():
    fibres = models().textures["eye_brown"]
    green = np.array([0.2, 0.5, 0.25])
    left, right = eye_pictures(fibres, FaceColours(skin=np.full(3, 0.6), iris_left=green))
    size = len(left)
    ring = left[size // 2 + size // 8, size // 2].astype(float), right[size // 2 + size // 8, size // 2].astype(float)
    assert ring[0][1] > ring[0][0] and ring[0][1] > ring[0][2]
    assert (np.argsort(ring[1]) == np.argsort(IRIS)).all()
