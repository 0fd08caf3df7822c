"""Make cartoon pictures in the picture plane, from the buffers of a rendered scene."""

import numpy as np
from jaxtyping import UInt8

from toonface.synth.picture.filters import lay_over, to_bytes
from toonface.synth.picture.toon_looks import LOOK_PAINTERS
from toonface.synth.picture.toon_scene import ToonScene
from toonface.synth.picture.toon_spec import LOOKS, ToonSpec, sample_toon
from toonface.synth.shading.buffers import Buffers

__all__ = ["LOOKS", "ToonSpec", "finish_toon", "sample_toon"]


def finish_toon(buffers: Buffers, spec: ToonSpec, rng: np.random.Generator) -> UInt8[np.ndarray, "H W 3"]:
    """Make the cartoon picture.

    Args:
        buffers: of the scene.
        spec: the look.
        rng: for paper, strokes and pigment.
    """
    scene = ToonScene(buffers=buffers, spec=spec, rng=rng)
    styled = LOOK_PAINTERS[spec.look](scene)
    if spec.strength < 1.0:
        lay_over(styled, scene.base, np.full(scene.group.shape, 1.0 - spec.strength, np.float32))
    return to_bytes(styled)
