"""What is read back is what went in."""

from itertools import product

import numpy as np
import pytest
from tests.assets import small_asset

from toonface.stages.gltf.layout import join_glb, split_glb
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.reader import from_glb
from toonface.stages.gltf.writer import to_glb


@pytest.mark.parametrize(("sparse", "quantize", "target_normals"), list(product([False, True], repeat=3)))
def test_an_asset_comes_back_within_the_step_of_its_numbers(sparse, quantize, target_normals):
    asset = small_asset()
    found = from_glb(to_glb(asset, GltfOptions(sparse=sparse, quantize=quantize, target_normals=target_normals)))
    length, turn = (0.5 / 32767 + 1e-8, 0.5 / 127 + 1e-7) if quantize else (0.0, 0.0)
    assert found.joints == asset.joints
    for mesh, original in zip(found.meshes, asset.meshes, strict=True):
        assert (mesh.name, mesh.material) == (original.name, original.material)
        np.testing.assert_array_equal(mesh.faces, original.faces)
        np.testing.assert_array_equal(mesh.joints, original.joints)
        np.testing.assert_allclose(mesh.weights, original.weights, atol=0.5 / 255 + 1e-7)
        np.testing.assert_allclose(mesh.uv, original.uv, atol=0.5 / 65535 + 1e-7)
        np.testing.assert_allclose(mesh.positions, original.positions, rtol=0, atol=length)
        np.testing.assert_allclose(mesh.normals, original.normals, rtol=0, atol=turn)
        if original.light is None:
            assert mesh.light is None
        else:
            np.testing.assert_array_equal(mesh.light, original.light)
        for target, wanted in zip(mesh.targets, original.targets, strict=True):
            assert target.name == wanted.name
            np.testing.assert_array_equal(target.vertices, wanted.vertices)
            np.testing.assert_allclose(target.offsets, wanted.offsets, rtol=0, atol=length)
            normals = wanted.normal_offsets if target_normals else np.zeros_like(wanted.normal_offsets)
            np.testing.assert_allclose(target.normal_offsets, normals, rtol=0, atol=turn)


def test_a_file_of_another_form_is_refused():
    document, binary = split_glb(to_glb(small_asset()))
    del document["skins"]
    with pytest.raises(ValueError, match="not one that this program wrote"):
        from_glb(join_glb(document, binary))
