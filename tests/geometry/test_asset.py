"""An asset refuses what no file could hold."""

from dataclasses import replace

import jaxtyping
import numpy as np
import pytest
from tests.assets import small_asset, small_mesh


def test_a_face_beyond_the_vertices_is_refused():
    with pytest.raises(ValueError, match="faces of face"):
        replace(small_mesh(), faces=np.array([[0, 1, 4]]))


def test_a_target_of_a_vertex_that_is_not_there_is_refused():
    mesh = small_mesh()
    with pytest.raises(ValueError, match="target jawOpen"):
        replace(mesh, targets=(replace(mesh.targets[0], vertices=np.array([1, 4])),))


def test_light_of_another_number_of_vertices_is_refused(monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)  # as in production
    with pytest.raises(ValueError, match=r"light of face has 3 rows"):
        replace(small_mesh(), light=np.zeros(3, np.uint8))


def test_two_things_of_one_name_are_refused():
    asset = small_asset()
    with pytest.raises(ValueError, match="more than once"):
        replace(asset, meshes=(asset.meshes[0], asset.meshes[0]))


def test_a_joint_before_its_parent_is_refused():
    asset = small_asset()
    with pytest.raises(ValueError, match="parent of joint Hips"):
        replace(asset, joints=(replace(asset.joints[0], parent=1), asset.joints[1]))


def test_a_mesh_on_a_joint_that_is_not_there_is_refused():
    asset = small_asset()
    with pytest.raises(ValueError, match="joints of face"):
        replace(asset, joints=asset.joints[:1])


def test_a_mesh_is_found_by_its_name():
    assert small_asset().mesh("hair").name == "hair"
    with pytest.raises(ValueError, match="no mesh 'nose'"):
        small_asset().mesh("nose")
