"""Meshes as integers."""

from dataclasses import replace

import numpy as np
import pytest
from tests.assets import small_mesh

from toonface.stages.gltf.meshes import as_fractions, mesh_document
from toonface.stages.gltf.options import GLTF_DEFAULTS, GltfOptions
from toonface.stages.gltf.packer import Packer


def test_fractions_are_off_by_half_a_step_at_most():
    values = np.random.default_rng(0).uniform(-1, 1, (50, 3)).astype(np.float32)
    stored = as_fractions(values, np.dtype("<i2")) / 32767.0
    assert np.abs(stored - values).max() <= 0.5 / 32767.0 + 1e-7


def test_what_lies_beyond_is_clipped():
    assert as_fractions(np.array([[-3.0, 3.0]], np.float32), np.dtype("<i1")).tolist() == [[-127, 127]]


def test_an_empty_mesh_is_refused():
    with pytest.raises(ValueError, match="no triangles"):
        mesh_document(Packer(), replace(small_mesh(), faces=np.zeros((0, 3), np.int64)), 0, GLTF_DEFAULTS)


def test_what_is_too_large_to_be_quantised_is_refused():
    mesh = small_mesh()
    with pytest.raises(ValueError, match="at most 1 m"):
        mesh_document(Packer(), replace(mesh, positions=mesh.positions + 2), 0, GltfOptions(quantize=True))


def test_names_of_targets_stand_on_the_mesh():
    document = mesh_document(Packer(), small_mesh(), 0, GLTF_DEFAULTS)
    assert document["extras"]["targetNames"] == ["jawOpen", "eyeBlinkLeft", "viseme_sil"]
    assert document["weights"] == [0.0, 0.0, 0.0]


def test_weights_of_joints_sum_to_the_whole_as_bytes():
    packer, mesh = Packer(), small_mesh()
    thirds = np.tile(np.array([1, 1, 1, 0], np.float32) / 3, (4, 1))
    document = mesh_document(packer, replace(mesh, weights=thirds), 0, GLTF_DEFAULTS)
    accessor = packer.accessors[document["primitives"][0]["attributes"]["WEIGHTS_0"]]
    start = packer.views[accessor["bufferView"]]["byteOffset"]
    stored = np.frombuffer(packer.binary, np.uint8, 16, start).reshape(4, 4)
    assert (stored.sum(axis=1, dtype=int) == 255).all()
