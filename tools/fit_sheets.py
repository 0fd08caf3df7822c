"""Draw how heads are fitted and rigged: `python -m tools.fit_sheets OUT.jpg [--count 12] [--detected]`.

A row is one portrait of the test set: the picture; the heads of the network, of the refinement and of the fine fit, as
the picture sees them; the neutral head from three quarters and in profile; blink, smile and open jaw of its own rig.
"""

import argparse
from itertools import islice
from pathlib import Path

import numpy as np

from toonface.evaluate.paper_fits import FittingTools, fit_all, head_of
from toonface.evaluate.trials import FixedSets, Trial
from toonface.geometry.crop import frame_around, warp
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures, write_picture
from toonface.io.networks import list_networks, load_network
from toonface.io.sheets import contact_sheet
from toonface.morphable.face_model import FaceModel, Head, weights_of
from toonface.morphable.rigged_head import RiggedHead
from toonface.stages.coarse_refinement import CoarseRefiner
from toonface.stages.fine import FineDeformer
from toonface.stages.rig import Rigger, build_rig
from toonface.synth.preview import Textures, View, render_clay
from toonface.synth.render import Renderer
from toonface.types import Picture

SIZE = 176
COLUMNS = 9
MARGIN, LIFT = 2.0, 0.1
MOVES = {
    "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "smile": {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0},
    "jawOpen": {"jawOpen": 1.0},
}


def moved(rigged: RiggedHead, mix: dict[str, float]) -> Head:
    """Pose a rigged head by its own shapes (Eq. 13)."""
    weights = weights_of(mix)
    points = rigged.neutral + np.tensordot(weights, rigged.shapes, axes=1)
    return Head(neutral=rigged.neutral, points=points, weights=weights, eyes=rigged.eyes)


def row_of(
    tools: FittingTools, rigger: Rigger, textures: Textures, trial: Trial, *, detected: bool
) -> list[tuple[str, Picture]]:
    """Draw one portrait's row."""
    model, fits = tools.model, fit_all(tools, trial)
    fine = fits.fine_detected if detected or fits.fine is None else fits.fine
    rigged = build_rig(rigger, fine)
    turned = fine.coarse.camera.rotation
    yaw = float(np.degrees(np.arctan2(turned[0, 2], turned[2, 2])))
    heads = [("network", head_of(model, fits.coarse), yaw), ("refined", head_of(model, fine.coarse), yaw)]
    heads += [("fine", head_of(model, fine), yaw), ("neutral", moved(rigged, {}), 30.0), ("", moved(rigged, {}), 85.0)]
    heads += [(name, moved(rigged, mix), 0.0) for name, mix in MOVES.items()]
    frame = frame_around(trial.points_px, MARGIN, LIFT)
    pictures = [(trial.name, warp(trial.picture, frame, SIZE))]
    return pictures + [(name, _clay(model, head, textures, angle)) for name, head, angle in heads]


def _clay(model: FaceModel, head: Head, textures: Textures, yaw_degrees: float) -> Picture:
    return render_clay(model, head, textures, View(size=SIZE, yaw_degrees=yaw_degrees))


def main() -> None:
    """Draw the sheet that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--detected", action="store_true", help="fit to the points that the networks find")
    asked = parser.parse_args()
    model, textures = load_face_model(), load_textures()
    networks = {card.name: load_network(card.name) for card in list_networks()}
    tools = FittingTools(model=model, networks=networks, refiner=CoarseRefiner(model), deformer=FineDeformer(model))
    rigger = Rigger(model)
    trials = (trial for trial in FixedSets(Renderer(model, textures)).held_out() if trial.group == "toon")
    pictures = []
    for trial in islice(trials, asked.count):
        pictures += row_of(tools, rigger, textures, trial, detected=asked.detected)
        print(trial.name)
    write_picture(asked.out, contact_sheet(pictures, COLUMNS), quality=85)


if __name__ == "__main__":
    main()
