"""Laws of OBJ files: each corner is the asset's, what was cut is one surface, shapes differ in their places alone."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assets import small_asset, small_mesh
from tests.obj_reader import read_mtl, read_obj

from toonface.geometry.asset import AssetMaterial
from toonface.stages.obj import ObjText


def corners_agree(found, mesh):
    np.testing.assert_allclose(found.corners(mesh.name, "v"), mesh.positions[mesh.faces], atol=1e-6)
    np.testing.assert_allclose(found.corners(mesh.name, "vn"), mesh.normals[mesh.faces], atol=1e-6)
    upright = found.corners(mesh.name, "vt") * [1, -1] + [0, 1]
    np.testing.assert_allclose(upright, mesh.uv[mesh.faces], atol=1e-6)


def cut_in_two():
    """A face and a bust of one triangle each, which share an edge whose texture has a seam."""
    whole = small_mesh()
    face, bust = replace(whole, faces=whole.faces[:1]), replace(whole, name="bust", faces=whole.faces[1:], targets=())
    return replace(small_asset(), meshes=(face, replace(bust, uv=1.0 - bust.uv)), clips=())


def test_every_corner_has_the_place_the_normal_and_the_texture_of_the_asset():
    asset = small_asset()
    found = read_obj(ObjText(asset).neutral("head.mtl"))
    assert found.library == "head.mtl" and found.objects == ["skin", "hair"]
    assert found.materials == {"face": "skin", "hair": "hair"}
    for mesh in asset.meshes:
        corners_agree(found, mesh)


def test_meshes_of_the_skin_share_the_vertices_of_their_border_also_where_the_texture_has_a_seam():
    asset = cut_in_two()
    found = read_obj(ObjText(asset).neutral("head.mtl"))
    assert found.objects == ["skin"] and len(found.rows["v"]) == 4
    for mesh in asset.meshes:
        corners_agree(found, mesh)


@pytest.mark.parametrize("make", [small_asset, cut_in_two])
def test_a_shape_has_the_same_vertices_in_the_same_order_and_only_their_places_differ(make):
    asset, weights = make(), {"jawOpen": 0.5, "eyeBlinkLeft": 1.0}
    text = ObjText(asset)
    neutral, shaped = read_obj(text.neutral("head.mtl")), read_obj(text.shaped(weights))
    moved = np.array(shaped.rows["v"]) - np.array(neutral.rows["v"])
    wanted = np.zeros((4, 3))
    for target in asset.meshes[0].targets:
        wanted[target.vertices] += weights.get(target.name, 0.0) * target.offsets
    first = np.array(neutral.rows["v"])[:4]
    order = [int(np.abs(first - place).sum(axis=1).argmin()) for place in asset.meshes[0].positions]
    np.testing.assert_allclose(moved[order], wanted, atol=2e-6)
    assert not moved[4:].any()
    triangles = [[corner[0] for corner in face] for faces in neutral.triangles.values() for face in faces]
    assert [[corner[0] for corner in face] for faces in shaped.triangles.values() for face in faces] == triangles


def test_two_materials_of_one_name_get_two_names():
    asset = small_asset()
    face, hair = asset.meshes
    second = replace(hair, name="hair_2", material=replace(hair.material, colour=(1.0, 0.0, 0.0, 1.0)))
    text = ObjText(replace(asset, meshes=(face, hair, second)))
    assert read_obj(text.neutral("m")).materials == {"face": "skin", "hair": "hair", "hair_2": "hair_2"}
    assert read_mtl(text.mtl({}))["hair_2"]["Kd"] == ["1.0000", "0.0000", "0.0000"]


def test_materials_name_their_pictures_and_cut_holes_with_them():
    said = read_mtl(ObjText(small_asset()).mtl({"skin": "head-skin.jpg"}))
    assert said["skin"]["map_Kd"] == said["skin"]["map_d"] == ["head-skin.jpg"]
    assert "map_Kd" not in said["hair"]


def test_a_dark_mesh_is_dimmed_by_the_mean_of_its_light():
    mesh = replace(small_mesh(), material=AssetMaterial(name="plain"), light=np.array([0, 51, 102, 51], np.uint8))
    text = ObjText(replace(small_asset(), meshes=(mesh,), clips=()))
    assert read_mtl(text.mtl({}))["plain"]["Kd"] == ["0.2000", "0.2000", "0.2000"]
