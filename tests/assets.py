"""Small assets with everything in them that a file can hold."""

from dataclasses import replace

import numpy as np

from toonface.geometry.asset import Asset, AssetClip, AssetJoint, AssetMaterial, AssetMesh, AssetTarget, EncodedPicture
from toonface.io.avatar_pictures import encode_jpeg

JOINTS = (
    AssetJoint(name="Hips", parent=-1, position=(0.0, -0.5, 0.0)),
    AssetJoint(name="Head", parent=0, position=(0.0, 0.125, 0.0)),
)

TRUNK = (
    AssetJoint(name="Hips", parent=-1, position=(0.0, -0.62, -0.02)),
    AssetJoint(name="Spine", parent=0, position=(0.0, -0.52, -0.02)),
    AssetJoint(name="Spine1", parent=1, position=(0.0, -0.41, -0.02)),
    AssetJoint(name="Spine2", parent=2, position=(0.0, -0.29, -0.02)),
    AssetJoint(name="Neck", parent=3, position=(0.0, -0.1, -0.02)),
    AssetJoint(name="Head", parent=4, position=(0.0, 0.0, 0.0)),
    AssetJoint(name="LeftEye", parent=5, position=(0.03, 0.04, 0.07)),
    AssetJoint(name="RightEye", parent=5, position=(-0.03, 0.04, 0.07)),
)
"""Of an avatar."""


def picture() -> EncodedPicture:
    return encode_jpeg(np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3))


def target(name: str, vertices: list[int], rng: np.random.Generator) -> AssetTarget:
    rows = (len(vertices), 3)
    return AssetTarget(
        name=name,
        vertices=np.array(vertices, np.int64),
        offsets=rng.uniform(-0.05, 0.05, rows).astype(np.float32),
        normal_offsets=rng.uniform(-0.5, 0.5, rows).astype(np.float32),
    )


def small_mesh(name: str = "face", seed: int = 0) -> AssetMesh:
    """Two triangles with three targets, the last of which moves nothing."""
    rng = np.random.default_rng(seed)
    normals = rng.standard_normal((4, 3))
    return AssetMesh(
        name=name,
        positions=rng.uniform(-0.2, 0.2, (4, 3)).astype(np.float32),
        normals=(normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype(np.float32),
        uv=rng.uniform(size=(4, 2)).astype(np.float32),
        faces=np.array([[0, 1, 2], [0, 2, 3]]),
        material=AssetMaterial(name="skin", picture=picture(), alpha="mask", cutoff=0.25, specular=0.5),
        joints=np.tile(np.array([0, 1, 0, 0], np.uint8), (4, 1)),
        weights=np.tile(np.array([0.2, 0.8, 0.0, 0.0], np.float32), (4, 1)),
        targets=(target("jawOpen", [1, 3], rng), target("eyeBlinkLeft", [2], rng), target("viseme_sil", [], rng)),
        light=np.array([255, 128, 31, 0], np.uint8),
    )


def small_asset() -> Asset:
    plain = AssetMaterial(name="hair", colour=(0.5, 0.25, 0.125, 1.0), roughness=0.5, double_sided=True)
    hair = AssetMesh(**{**vars(small_mesh("hair", 1)), "material": plain, "targets": (), "light": None})
    clip = AssetClip(
        name="wave",
        times=np.array([0.0, 0.5, 1.0], np.float32),
        shapes=("eyeBlinkLeft",),
        weights=np.array([[0.0], [1.0], [0.0]], np.float32),
        rotations={"Head": np.array([[0, 0, 0, 1], [0.6, 0, 0, 0.8], [0, 0, 0, 1]], np.float32)},
    )
    return Asset(name="avatar", meshes=(small_mesh(), hair), joints=JOINTS, clips=(clip,))


def small_person() -> Asset:
    """The same meshes and clip on an avatar's skeleton."""
    return replace(small_asset(), joints=TRUNK)
