"""Scenes whose answer is known: a synthetic portrait with chosen hair and glasses, and its true head."""

from dataclasses import dataclass, replace

import numpy as np

from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.fine_fit import FineFit
from toonface.types import FaceRegions
from toonface.worn.hair.hair_spec import HairSpec

SIZE = 256
EVEN_LIGHT = np.append(1.0 / 0.282095, np.zeros(8))
"""δ that lights every normal with 1."""


@dataclass(frozen=True)
class Portrait:
    picture: np.ndarray
    regions: FaceRegions
    fine: FineFit


def portrait(renderer, *, index=1, style="photo", hair="bald", glasses=None, **changes):
    """A scene of the renderer with other hair and glasses; no hat and no beard."""
    colour = changes.pop("colour", (0.45, 0.25, 0.15))
    spec = HairSpec(style=hair, colour=colour, **changes)
    scene = replace(renderer.scene(3, index), hair=spec, glasses=glasses, hat=None, beard=None)
    sample, drawn = renderer.labelled(scene, style, SIZE), renderer.render(scene, style, SIZE)
    weights = drawn.sitter.head.weights
    fit = CoarseFit(
        identity=np.zeros(80), expression=weights, texture=np.zeros(80), light=EVEN_LIGHT, camera=drawn.camera
    )
    return Portrait(
        picture=sample.picture,
        regions=FaceRegions(classes=sample.labels.parsing),
        fine=FineFit(coarse=fit, neutral=drawn.sitter.head.neutral.astype(float), weights=weights, notes=()),
    )
