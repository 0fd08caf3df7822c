"""What a good rig obeys, measured on fitted heads: lids close, lips seal, lids stay out of eyeballs, nothing folds."""

import numpy as np

from toonface.evaluate.face_model_checks import MILLIMETRE, lid_gap, lip_gap
from toonface.morphable.face_model import FaceModel
from toonface.morphable.names import SHAPES
from toonface.morphable.rigged_head import RiggedHead
from toonface.stages.rig import Rigger, flips_of_shapes

STEPS = np.linspace(0.0, 1.0, 5)
LOOKS = ("eyeLookUp", "eyeLookDown", "eyeLookIn", "eyeLookOut")
JAW_OPEN, MOUTH_CLOSE = SHAPES.index("jawOpen"), SHAPES.index("mouthClose")


def check_rig(rigger: Rigger, rigged: RiggedHead) -> dict[str, float]:
    """Measure one rigged head.

    `blink_closed` is the share of the lid gap that eyeBlink closes, on the eye where it closes less; `lip_gap_mm` the
    largest distance of the lips at rest and under jawOpen with mouthClose; `lid_inside_eye_mm` how deep a lid vertex
    of LOD0 is in its eyeball at most, over plain sums of a gaze and a blink as a game engine makes them, each in five
    steps; `flipped` counts the visible triangles that single shapes turn over.

    Args:
        rigger: of the model.
        rigged: a head.
    """
    model = rigger.model
    closed = [
        1.0
        - lid_gap(model, rigged.neutral + rigged.shapes[SHAPES.index(f"eyeBlink{side}")], side)
        / max(lid_gap(model, rigged.neutral, side), 1e-9)
        for side in ("Left", "Right")
    ]
    together = rigged.neutral + rigged.shapes[JAW_OPEN] + rigged.shapes[MOUTH_CLOSE]
    return {
        "blink_closed": min(closed),
        "lip_gap_mm": max(lip_gap(model, rigged.neutral), lip_gap(model, together)) / MILLIMETRE,
        "lid_inside_eye_mm": deepest_lid(model, rigged) / MILLIMETRE,
        "flipped": float(flips_of_shapes(rigger, rigged.skin, rigged.skin_shapes).sum()),
    }


def deepest_lid(model: FaceModel, rigged: RiggedHead) -> float:
    """Return how deep a lid vertex lies in its eyeball at most over a 5 x 5 grid of each gaze and blink, metres.

    Args:
        model: the face model.
        rigged: a head.
    """
    deepest = 0.0
    for eye, side in enumerate(("Left", "Right")):
        lids = model.lid_vertices[eye]
        rest = rigged.skin[lids] - rigged.eyes.centres[eye]
        blink = rigged.skin_shapes[SHAPES.index(f"eyeBlink{side}"), lids]
        for look in LOOKS:
            gaze = rigged.skin_shapes[SHAPES.index(f"{look}{side}"), lids]
            for turned in STEPS:
                for shut in STEPS:
                    reach = np.linalg.norm(rest + turned * gaze + shut * blink, axis=1).min()
                    deepest = max(deepest, float(rigged.eyes.radii[eye] - reach))
    return deepest
