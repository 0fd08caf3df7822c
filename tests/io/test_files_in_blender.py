"""What Blender's own importers make of our files. Needs `bpy`, here or in the Python that TOONFACE_BLENDER names."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tests.portrait_avatar import avatar_and_stages, models

from toonface.geometry.asset_pose import posed_vertices
from toonface.io.avatar_files import FileOptions, avatar_asset, write_avatar
from toonface.stages.avatar.idle import idle_clip
from toonface.stages.obj import SKIN

SCRIPT = Path(__file__).parents[1] / "blender_import.py"
FILES = {
    "default.glb": FileOptions(clips=(idle_clip(np.random.default_rng(0)),)),
    "compact.glb": FileOptions(lod=1, compact=True),
    "vrm.glb": FileOptions(lod=1, format="vrm"),
    "head.obj": FileOptions(lod=1, format="obj"),
}
"""Blender takes a VRM for a GLB when it is called one."""


def blender():
    """A Python that has `bpy`."""
    named = os.environ.get("TOONFACE_BLENDER")
    if named is None and find_spec("bpy") is None:
        pytest.skip("needs `pip install bpy`, or TOONFACE_BLENDER naming a Python where that was run")
    return named or sys.executable


@pytest.fixture(scope="module")
def assets():
    avatar = avatar_and_stages()[0]
    return {name: avatar_asset(models().model, models().textures, avatar, files) for name, files in FILES.items()}


@pytest.fixture(scope="module")
def seen(request, tmp_path_factory):
    python = blender()
    folder = tmp_path_factory.mktemp("blender")
    for name, asset in request.getfixturevalue("assets").items():
        write_avatar(folder / name, asset, FILES[name])
    # Its own Python has its own packages.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [python, str(SCRIPT), *(str(folder / name) for name in FILES)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    return {Path(path).name: what for path, what in found.items()}


def in_blender(vertices):
    """Blender's Z is up: (x, y, z) is (x, -z, y) there."""
    return vertices[:, [0, 2, 1]] * [1, -1, 1]


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith("glb")])
def test_meshes_shape_keys_bones_and_materials_are_those_of_the_asset(seen, assets, name):
    asset, found = assets[name], seen[name]
    lift = np.array([0.0, 0.0, 1.57]) if name.startswith("vrm") else np.zeros(3)
    assert set(found["meshes"]) == {mesh.name for mesh in asset.meshes}
    assert {joint.name for joint in asset.joints} <= set(found["bones"])
    for mesh in asset.meshes:
        there = found["meshes"][mesh.name]
        assert there["materials"] == [mesh.material.name]
        np.testing.assert_allclose(there["places"], in_blender(mesh.positions) + lift, atol=3e-5)
        if name != "vrm.glb":
            assert there["keys"] == [target.name for target in mesh.targets]
        if there["jawOpen"] is not None:
            opened = posed_vertices(mesh, {"jawOpen": 1.0})
            np.testing.assert_allclose(there["jawOpen"], in_blender(opened) + lift, atol=6e-5)
    assert found["meshes"]["face"]["jawOpen"] is not None
    assert max(max(size) for size in found["pictures"].values()) >= 512


def test_the_idle_clip_is_an_action_and_a_vrm_has_arms_and_legs(seen):
    assert seen["default.glb"]["actions"] and not seen["compact.glb"]["actions"]
    assert {"LeftHand", "RightFoot"} <= set(seen["vrm.glb"]["bones"])


def test_an_obj_has_one_skin_and_every_picture(seen, assets):
    found = seen["head.obj"]
    assert set(found["meshes"]) == {"skin"} | {mesh.name for mesh in assets["head.obj"].meshes if mesh.name not in SKIN}
    assert set(found["meshes"]["skin"]["materials"]) == {"skin", "mouth"}
    eye = assets["head.obj"].mesh("eye_left")
    places = np.unique(np.round(in_blender(eye.positions), 5), axis=0)
    there = np.unique(np.round(found["meshes"]["eye_left"]["places"], 5), axis=0)
    # The file keeps six digits, as it stands; the object is turned, not its vertices.
    np.testing.assert_allclose(np.sort(np.abs(there).sum(axis=1)), np.sort(np.abs(places).sum(axis=1)), atol=3e-5)
    assert len(found["pictures"]) >= 6
