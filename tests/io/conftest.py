"""A face model small enough to be damaged in every way: a cube with eyes, in the layout of the real one."""

import json

import jaxtyping
import numpy as np
import pytest

from toonface.io.face_model_file import FORMAT, VERSION
from toonface.morphable.names import SHAPES

CUBE = np.array([[x, y, z] for z in (-1.0, 1.0) for y in (-1.0, 1.0) for x in (-1.0, 1.0)])
QUADS = np.array([[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]])
POINTS, VERTICES = 12, 26


def header_of(**changes):
    header = {"format": FORMAT, "version": VERSION, "shapes": list(SHAPES), "variance_kept": 0.99}
    header["parts"] = [
        {"name": "teeth", "follows": "expression", "texture": "teeth", "alpha": "opaque"},
        {"name": "hair", "follows": "identity", "texture": "", "alpha": "mask"},
    ]
    return np.frombuffer(json.dumps(header | changes, sort_keys=True).encode(), np.uint8)


def skin_arrays(rng):
    return {
        "mean": np.concatenate([0.1 * CUBE, 0.01 * rng.normal(size=(4, 3))]).astype(np.float32),
        "sigma": np.linspace(2.0, 1.0, 80, dtype=np.float32),
        "identity": rng.integers(-32_767, 32_768, (80, POINTS, 3)).astype(np.int16),
        "identity.scale": np.full(80, 1e-6, np.float32),
        "shapes.counts": np.full(64, 3, np.int32),
        "shapes.points": np.tile(np.array([1, 4, 7], np.int32), 64),
        "shapes.offsets": rng.integers(-32_767, 32_768, (192, 3)).astype(np.int16),
        "shapes.scale": np.full(64, 1e-6, np.float32),
        "albedo_mean": rng.uniform(size=(VERTICES, 3)).astype(np.float32),
        "albedo": rng.integers(-127, 128, (80, VERTICES, 3)).astype(np.int8),
        "albedo.scale": np.full(80, 1e-3, np.float32),
        "quads": QUADS.astype(np.int32),
        "uv": rng.uniform(size=(8, 2)).astype(np.float32),
        "uv_quads": QUADS.astype(np.int32),
        "mirror": np.array([1, 0, 3, 2, 5, 4, 7, 6], np.int32),
        "region": np.zeros(8, np.int8),
    }


def feature_arrays(rng):
    arrays = {}
    for side in ("left", "right"):
        arrays |= {
            f"lids.{side}.table": rng.integers(0, 8, (12, 4)),
            f"lids.{side}.facing": np.eye(4)[::-1].copy(),
            f"lids.{side}.side": np.array([0.0, 1.0, 0.0, -1.0]),
            f"lids.{side}.corners": np.array([0, 2]),
            f"lids.{side}.vertices": np.arange(5, dtype=np.int32),
        }
    arrays |= {"lips.upper": np.array([6, 7]), "lips.lower": np.array([[4, 5], [5, 4]]), "lips.weights": np.eye(2)}
    return arrays | {
        "landmarks.corners": rng.integers(0, VERTICES, (68, 3)),
        "landmarks.weights": np.full((68, 3), 1.0 / 3.0),
        "landmarks.paths": rng.integers(0, VERTICES, (17, 5, 2)),
        "landmarks.path_weights": np.full((17, 5, 2), 0.5),
        "eyeball.faces": np.array([[0, 1, 2], [0, 2, 3]]),
        "eyeball.cornea_faces": np.array([[4, 5, 6]]),
        "eyeball.uv": rng.uniform(size=(7, 2)),
        "eyeball.polar": np.linspace(0.0, 3.0, 7),
        "eyeball.azimuth": np.linspace(-3.0, 3.0, 7),
        "eyeball.radius": np.ones(7),
    }


def part_arrays(prefix):
    return {
        f"{prefix}.faces": np.array([[0, 1, 2]], np.int32),
        f"{prefix}.uv": np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], np.float32),
        f"{prefix}.uv_faces": np.array([[1, 2, 3]], np.int32),
        f"{prefix}.offsets": np.full((3, 3), 0.5, np.float32),
        f"{prefix}.indptr": np.array([0, 2, 3, 4], np.int32),
        f"{prefix}.indices": np.array([0, 5, 11, 3], np.uint16),
        f"{prefix}.data": np.array([0.25, 0.75, 1.0, 1.0], np.float32),
    }


@pytest.fixture
def small_arrays():
    """The arrays of a small model's file."""
    rng = np.random.default_rng(3)
    parts = part_arrays("part0") | part_arrays("part1")
    return {"header": header_of()} | skin_arrays(rng) | feature_arrays(rng) | parts


@pytest.fixture
def as_in_production(monkeypatch):
    """Turn the shape checks of the tests off, so that the package's own validators meet the wrong shapes."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
