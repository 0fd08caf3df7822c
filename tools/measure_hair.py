"""Measure and draw hair and glasses of fitted heads: `python -m tools.measure_hair [--style toon] [--sheet OUT.png]`.

Every portrait of the test set is fitted to its true points and dressed from its true parsing. Printed is one JSON
object: how often style and shape are those that were drawn, how well outlines agree, how far colours are from the
truth (mean over the channels, in [0, 1]), and seconds of this process. A row of the sheet is one portrait: the picture,
the dressed head in its camera, and from both sides and behind.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from toonface.evaluate.report import report
from toonface.evaluate.trials import FixedSets, Trial
from toonface.geometry.crop import frame_around
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures, write_picture
from toonface.io.networks import load_network
from toonface.io.sheets import contact_sheet
from toonface.morphable.face_model import FaceModel, pose_head
from toonface.morphable.fine_fit import FineFit
from toonface.stages import coarse
from toonface.stages.coarse_refinement import CoarseRefiner, refine_coarse
from toonface.stages.fine import FineDeformer, fit_fine
from toonface.stages.glasses import GlassesFitter, fit_worn_glasses
from toonface.stages.hair import HairFitter, fit_hair
from toonface.stages.skull import SkullFitter, fit_skull
from toonface.stages.texture.atlas import make_texture
from toonface.stages.texture.skin_baker import SkinBaker
from toonface.synth.held_out import HELD_OUT_SEED
from toonface.synth.preview import View
from toonface.synth.preview_dressed import render_dressed
from toonface.synth.render import Renderer
from toonface.types import FaceRegions, Landmarks, Network, Picture
from toonface.worn.surface import Textures
from toonface.worn.worn_part import FittedGlasses, FittedHair

VIEWS = ((35.0, 0.0), (-35.0, 0.0), (150.0, 10.0))
"""Yaw and pitch in degrees, beside the picture's own camera."""
SIZE, COLUMNS = 256, 2 + len(VIEWS)


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What all portraits share."""

    model: FaceModel
    textures: Textures
    network: Network
    refiner: CoarseRefiner
    deformer: FineDeformer
    skull: SkullFitter
    hair: HairFitter
    glasses: GlassesFitter
    baker: SkinBaker


@dataclass(frozen=True, kw_only=True)
class Dressed:
    """One portrait."""

    trial: Trial
    regions: FaceRegions
    fine: FineFit
    hair: FittedHair
    glasses: FittedGlasses | None
    seconds: dict[str, float]


def open_tools(size: int) -> Tools:
    """Prepare everything; `size` is that of the atlas."""
    model, textures = load_face_model(), load_textures()
    return Tools(
        model=model,
        textures=textures,
        network=load_network("coarse"),
        refiner=CoarseRefiner(model),
        deformer=FineDeformer(model),
        skull=SkullFitter(model),
        hair=HairFitter(model, textures),
        glasses=GlassesFitter(model),
        baker=SkinBaker(model, size),
    )


def dress(tools: Tools, trial: Trial) -> Dressed:
    """Fit a portrait to its true points, and dress it from its true parsing."""
    if trial.labels is None:
        raise ValueError(f"{trial.name} has no labels, expected a synthetic portrait")
    regions = FaceRegions(classes=trial.labels.parsing)
    true = Landmarks(points_px=trial.points_px, sigma_px=np.full(len(trial.points_px), 0.5))
    frame = frame_around(trial.points_px, coarse.MARGIN, coarse.LIFT)
    start = coarse.fit_coarse(tools.network, trial.picture, frame)
    fine = fit_fine(tools.deformer, refine_coarse(tools.refiner, start, true), true)
    times = [time.process_time()]
    fine = fit_skull(tools.skull, regions, fine)
    times.append(time.process_time())
    hair = fit_hair(tools.hair, trial.picture, regions=regions, fine=fine)
    times.append(time.process_time())
    glasses = fit_worn_glasses(tools.glasses, trial.picture, regions=regions, fine=fine)
    times.append(time.process_time())
    seconds: dict[str, float] = dict(zip(("skull", "hair", "glasses"), np.diff(times).tolist(), strict=True))
    return Dressed(trial=trial, regions=regions, fine=fine, hair=hair, glasses=glasses, seconds=seconds)


def row_of(tools: Tools, dressed: Dressed) -> Iterator[tuple[str, Picture]]:
    """Draw one portrait."""
    fine, trial = dressed.fine, dressed.trial
    skin = make_texture(tools.baker, trial.picture, regions=dressed.regions, fine=fine).skin
    worn = [*dressed.hair.parts, *(dressed.glasses.parts if dressed.glasses else ())]
    yield trial.name, trial.picture[::2, ::2]
    posed = pose_head(tools.model, fine.neutral, fine.weights)
    own = render_dressed(tools.model, posed, tools.textures, skin=skin, worn=worn, view=fine.coarse.camera)
    yield f"{dressed.hair.style} {100.0 * dressed.hair.agreement:.0f} %", own[::2, ::2]
    rest = pose_head(tools.model, fine.neutral, np.zeros_like(fine.weights))
    for yaw, pitch in VIEWS:
        view = View(size=SIZE, yaw_degrees=yaw, pitch_degrees=pitch)
        yield "", render_dressed(tools.model, rest, tools.textures, skin=skin, worn=worn, view=view)


def figures_of(dressed: Dressed, renderer: Renderer, index: int) -> Iterator[tuple[str, float]]:
    """Compare one portrait with the truth."""
    labels, hair, glasses = dressed.trial.labels, dressed.hair, dressed.glasses
    if labels is None:
        return
    yield "hair.none", float(not hair.parts)
    if hair.parts:
        yield "hair.style_right", float(hair.style == labels.hair_style)
        yield "hair.agreement", hair.agreement
        yield "hair.colour_error", float(np.abs(np.array(hair.colour) - labels.hair_colour).mean())
        yield "seconds.hair", dressed.seconds["hair"]
    true = renderer.scene(HELD_OUT_SEED, index).glasses
    yield "glasses.seen_right", float((glasses is not None) == (true is not None))
    if glasses is not None and true is not None:
        yield "glasses.shape_right", float(glasses.shape == true.shape)
        yield "glasses.dark_right", float(glasses.dark == (true.opacity > 0.5))
        yield "seconds.glasses", dressed.seconds["glasses"]
    yield "seconds.skull", dressed.seconds["skull"]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--style", choices=("toon", "photo"), default="toon")
    parser.add_argument("--cache", type=Path, help="folder that keeps the rendered test set")
    parser.add_argument("--sheet", type=Path, help="picture to draw")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of scenes; all without")
    asked = parser.parse_args()
    tools = open_tools(1024)
    renderer = Renderer(tools.model, tools.textures)
    trials = (t for t in FixedSets(renderer, cache=asked.cache).held_out() if t.group == asked.style)
    rows: dict[str, list[float]] = {}
    pictures: list[tuple[str, Picture]] = []
    for index, trial in enumerate(islice(trials, 1 + max(asked.only) if asked.only else None)):
        if asked.only and index not in asked.only:
            continue
        dressed = dress(tools, trial)
        for name, value in figures_of(dressed, renderer, index):
            rows.setdefault(name, []).append(value)
        if asked.sheet:
            pictures += row_of(tools, dressed)
    if asked.sheet:
        write_picture(asked.sheet, contact_sheet(pictures, COLUMNS), quality=90)
    metrics = {name: round(float(np.mean(values)), 4) for name, values in rows.items()}
    print(json.dumps(report(f"measure_hair --style {asked.style}", HELD_OUT_SEED, metrics), indent=1))


if __name__ == "__main__":
    main()
