"""Stand-ins for the renderer, which worker processes import by name: quick noise with the labels of a portrait."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from toonface.synth.labels import Labels, Sample


def fake_labels(rng, size, **changes):
    """Random labels of every kind, with a background in the upper half."""

    def normal(*shape):
        return rng.normal(size=shape).astype(np.float32)

    background = np.arange(size)[:, None] < size // 2
    background = np.broadcast_to(background, (size, size))
    normals = normal(size, size, 3)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    labels = {
        "landmarks_px": size * normal(68, 2),
        "visible": rng.random(68) < 0.5,
        "identity": normal(80),
        "expression": rng.random(64).astype(np.float32),
        "texture": normal(80),
        "light": normal(9),
        "pose": normal(6),
        "gaze": normal(2, 2),
        "parsing": np.where(background, 0, rng.integers(1, 19, (size, size))).astype(np.uint8),
        "depth": np.where(background, np.nan, rng.uniform(-0.6, 0.6, (size, size))).astype(np.float32),
        "normals": np.where(background[..., None], 0.0, normals).astype(np.float32),
        "albedo": rng.integers(0, 256, (size, size, 3)).astype(np.uint8),
        "hair_style": "bob01",
        "hair_colour": rng.random(3).astype(np.float32),
        "facts": {"age": 31.25, "glasses": True, "beard": "", "hat": "cap", "toon_look": "cel"},
    }
    return Labels(**(labels | changes))


def fake_sample(rng, size, **changes):
    """A picture of noise with random labels."""
    picture = rng.integers(0, 256, (size, size, 3)).astype(np.uint8)
    return Sample(picture=picture, labels=fake_labels(rng, size, **changes))


class FakeRenderer:
    """Like the renderer, sample i of a seed depends on the two alone."""

    def sample(self, seed, index, styles, size):
        rng = np.random.default_rng(np.random.SeedSequence((seed, index)))
        return {style: fake_sample(rng, size) for style in styles}


class SlowRenderer(FakeRenderer):
    def sample(self, seed, index, styles, size):
        time.sleep(0.02)
        return super().sample(seed, index, styles, size)


class BrokenRenderer(FakeRenderer):
    """Fails at sample 5 in the way that it is told."""

    def __init__(self, fail):
        self.fail = fail

    def sample(self, seed, index, styles, size):
        if index == 5:
            self.fail()
        return super().sample(seed, index, styles, size)


def fill_the_disk():
    raise OSError(28, "No space left on device")


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def full_disk():
    return BrokenRenderer(fill_the_disk)


def dying():
    return BrokenRenderer(die)


def no_model():
    raise ValueError("head.npz is not a readable face model")


def threads():
    """A renderer that tells in its facts what its process was started with."""

    class Renderer(FakeRenderer):
        def sample(self, seed, index, styles, size):
            rng = np.random.default_rng(0)
            told = {name: os.environ.get(name, "") for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")}
            return {style: fake_sample(rng, size, facts=told | {"process": float(os.getpid())}) for style in styles}

    return Renderer()


def is_alive(process):
    """Whether a process runs; one that has ended but was not yet waited for does not."""
    try:
        return Path(f"/proc/{int(process)}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def fake_gan_source(sampling):
    """Stands for what loads a generator."""
    return FakeRenderer()
