"""What a good rig obeys, measured on fitted heads: lids close, lips seal, lids stay out of eyeballs, nothing folds."""

from toonface.evaluate.face_model_checks import MILLIMETRE, lid_gap, lip_gap_of_skin
from toonface.morphable.face_model import FaceModel
from toonface.morphable.lid_clearance import deepest_sum
from toonface.morphable.names import SHAPES
from toonface.morphable.rigged_head import RiggedHead
from toonface.stages.rig import Rigger, flips_of_shapes

LEAST_GAP = 1e-4
"""Metres; eyes that are open less at rest have nothing to close."""
JAW_OPEN, MOUTH_CLOSE = SHAPES.index("jawOpen"), SHAPES.index("mouthClose")


def check_rig(rigger: Rigger, rigged: RiggedHead) -> dict[str, float]:
    """Measure one rigged head on LOD0, which is what is shown.

    `blink_closed` is the share of the lid gap that eyeBlink closes, on the eye where it closes less; `lip_gap_mm` the
    largest distance of the lips at rest and under jawOpen with mouthClose; `lid_inside_eye_mm` how deep a lid vertex
    of LOD0 is in its eyeball at most, over plain sums of a gaze, also a diagonal one, and a blink as a game engine
    makes them, each in five steps; `flipped` counts the visible triangles that single shapes turn over.

    Args:
        rigger: of the model.
        rigged: a head.
    """
    model = rigger.model
    skin, shapes = rigged.skin, rigged.skin_shapes
    # LOD0 begins with the points of the cage, so that the lids' table holds on it.
    closed = [
        1.0 - lid_gap(model, skin + shapes[SHAPES.index(f"eyeBlink{side}")], side) / lid_gap(model, skin, side)
        for side in ("Left", "Right")
        if lid_gap(model, skin, side) > LEAST_GAP
    ]
    together = skin + shapes[JAW_OPEN] + shapes[MOUTH_CLOSE]
    return {
        "blink_closed": min(closed, default=1.0),
        "lip_gap_mm": max(lip_gap_of_skin(model, skin), lip_gap_of_skin(model, together)) / MILLIMETRE,
        "lid_inside_eye_mm": deepest_lid(model, rigged) / MILLIMETRE,
        "flipped": float(flips_of_shapes(rigger, rigged.skin, rigged.skin_shapes).sum()),
    }


def deepest_lid(model: FaceModel, rigged: RiggedHead) -> float:
    """Return how deep a lid vertex lies in its eyeball at most over a 5 x 5 grid of each gaze and blink, metres.

    Args:
        model: the face model.
        rigged: a head.
    """
    eyes, head = rigged.eyes, (rigged.skin, rigged.skin_shapes)
    return max(
        deepest_sum(model.lid_vertices[eye], side, head, (eyes.centres[eye], float(eyes.radii[eye])))
        for eye, side in enumerate(("Left", "Right"))
    )
