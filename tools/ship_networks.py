"""Turn training runs into what the package ships: ONNX files and their cards.

    python -m tools.ship_networks --run landmarks=runs/landmarks --run parser=runs/parser
    toonface evaluate --suite networks --data DATA --json > figures.json
    python -m tools.ship_networks --metrics figures.json

The first line exports the averaged weights of the runs' checkpoints, the last one writes the measured figures into the
cards. A run that began from another one says so with `--run landmarks=runs/first,runs/second`: steps, pictures and
minutes are those of all. What lies behind a shipped file from which a run began is counted by itself.
`--again expression` writes a shipped file anew, with the outputs of today and weights as they are.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from toonface.evaluate.report import commit_of_checkout
from toonface.io.checkpoints import read_checkpoint
from toonface.io.face_model_file import load_face_model
from toonface.io.networks import load_network, network_folder, read_card
from toonface.nets.cartoon_net import CartoonNet
from toonface.nets.detector_net import DetectorNet
from toonface.nets.expression_net import ExpressionNet
from toonface.nets.gaze_net import GazeNet
from toonface.nets.landmark_net import LandmarkNet
from toonface.nets.parser_net import ParserNet
from toonface.nets.stylizer_net import StylizerNet
from toonface.stages import coarse, expression, gaze, landmarks, parsing
from toonface.stages.stylization import crop, recognition
from toonface.stages.stylization.field import STYLES
from toonface.train import coarse as coarse_script
from toonface.train.export import Form, export_onnx, relative_difference, worst_difference, write_card
from toonface.train.expression_labels import looks_from_gaze
from toonface.train.run import CHECKPOINT, load_weights
from toonface.train.shipped import start_from_shipped

LICENCE = "MIT"
VERSION = "0.2"
"""Of the weights; a new one whenever their answers change."""
SYNTHETIC = "portraits rendered by toonface synth (CC0)"
REAL = (
    "two thirds of the portraits with points of the Face Research Lab London Set (figshare 5047666) and of a set from"
    " Canada (figshare 4220517), Lisa DeBruine and Benedict Jones, CC BY 4.0"
)
LOOKED_AT = (
    "two thirds of all these portraits, of the London set's smiling ones, and of inter-faces (C. J. Downer, CC0), as"
    " pictures without labels"
)
EMOJI = "two thirds of the Fluent Emoji heads (Microsoft, MIT)"
WORST_DIFFERENCE = 5e-3
"""Share of its size by which an output may move when weights are stored as float16."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What the card of a network says of its form, and how its file is made."""

    task: str
    input: str
    outputs: dict[str, str]
    limits: str
    form: Form
    build: Callable[[dict[str, Any]], nn.Module]
    """From the run's configuration to an untrained network."""
    real: tuple[str, ...] = (REAL,)
    """What else than renders it has seen, if its run was given that."""
    figures: tuple[str, ...] = ()
    """How the names of its figures begin, where not with its own name."""


def build_coarse(config: dict[str, Any]) -> nn.Module:
    """Build the coarse network of a run."""
    chosen = coarse_script.Config(samples=Path(), out=Path(), backbone=config["backbone"])
    return coarse_script.build_net(chosen, load_face_model())


RECIPES = {
    "detector": Recipe(
        task="Finds faces, from 10 % to 100 % of the picture, in photographs and cartoons.",
        input="picture: N x 3 x H x W, sRGB in [0, 1]; H and W multiples of 32; normally 320 px on the longer side",
        outputs={
            "scores": "N x K in [0, 1]",
            "boxes": "N x K x 4, px: left, top, right, bottom of the box around the 68 landmarks",
            "points": "N x K x 5 x 2, px: right eye, left eye, nose tip, right and left corner of the mouth",
        },
        limits="Heads turned by more than 60 degrees or upside down are not in its training data.",
        form=Form(outputs=("scores", "boxes", "points"), example=(1, 3, 320, 320), any_size=True),
        build=lambda config: DetectorNet(),
    ),
    "landmarks": Recipe(
        task="Finds the 68 points of iBUG in an upright crop of a face, with the error to expect of each.",
        input=f"picture: N x 3 x {landmarks.SIZE} x {landmarks.SIZE}, sRGB in [0, 1]",
        outputs={"points": "N x 68 x 2, px of the crop", "sigma": "N x 68, px: scale of a Laplace distribution"},
        limits="Heads turned by more than 60 degrees are not in its training data. Contours under hair are guesses.",
        form=Form(outputs=("points", "sigma"), example=(1, 3, landmarks.SIZE, landmarks.SIZE)),
        build=lambda config: LandmarkNet(),
    ),
    "parser": Recipe(
        task="Tells which of 19 regions each pixel of an upright crop of a head belongs to.",
        input=f"picture: N x 3 x {parsing.SIZE} x {parsing.SIZE}, sRGB in [0, 1]",
        outputs={"logits": "N x 19 x h x w at half the size, by toonface.types.FaceRegion"},
        limits="Trained on renders alone: hands, microphones and other things before a face are often taken for skin.",
        form=Form(outputs=("logits",), example=(1, 3, parsing.SIZE, parsing.SIZE)),
        build=lambda config: ParserNet(),
    ),
    "coarse": Recipe(
        task="Estimates identity, expression, texture, light and pose of a face in an upright crop.",
        input=f"picture: N x 3 x {coarse.SIZE} x {coarse.SIZE}, sRGB in [0, 1]",
        outputs={"coefficients": "N x 239: identity, expression, texture, light, pose; see docs/conventions.md"},
        limits="Depth of the nose and width of the cheeks are guesses in frontal pictures.",
        form=Form(outputs=("coefficients",), example=(1, 3, coarse.SIZE, coarse.SIZE)),
        build=build_coarse,
    ),
    "expression": Recipe(
        task="Reads 64 expression weights, gaze and head pose from an upright crop, for live driving.",
        input=f"picture: N x 3 x {expression.SIZE} x {expression.SIZE}, sRGB in [0, 1]",
        outputs={
            "weights": "N x 64 in [0, 1], by toonface.morphable.names.SHAPES",
            "gaze": "N x 4, radians: left yaw, left pitch, right yaw, right pitch",
            "rotation": "N x 3: axis times angle of the head in the crop's camera, radians",
            "points": "N x 68 x 2, px of the crop",
            "sigma": "N x 68, px: how sure the points are, for telling whether this is a face",
        },
        limits="Weak expressions of real faces are read with an offset of their own; calibrate on a neutral face.",
        form=Form(
            outputs=("weights", "gaze", "rotation", "points", "sigma"),
            example=(1, 3, expression.SIZE, expression.SIZE),
        ),
        build=lambda config: ExpressionNet(looks_from_gaze(), expression.SIZE),
    ),
    "gaze": Recipe(
        task="Tells where an eye looks, from a close crop of it and the turn of the head.",
        input=f"picture: N x 3 x {gaze.SIZE} x {gaze.SIZE}, sRGB in [0, 1], upright with the face; right eyes mirrored",
        outputs={
            "gaze": "N x 2, radians: yaw to the character's left and pitch upwards of a left eye, if the head faces us",
            "sigma": "N x 1, radians: scale of a Laplace distribution of the error; large where an eye is shut",
            "slope": "N x 4: change of yaw with the head's yaw and pitch in the crop, and of pitch with both",
        },
        limits="Eyes of less than 12 px, dark glasses and nearly shut lids; these are told by a large sigma.",
        form=Form(outputs=("gaze", "sigma", "slope"), example=(1, 3, gaze.SIZE, gaze.SIZE)),
        build=lambda config: GazeNet(gaze.SIZE),
        real=(),
        figures=("gaze.",),
    ),
    "cartoon": Recipe(
        task="Tells whether a face is drawn or photographed.",
        input=f"picture: N x 3 x {recognition.SIZE} x {recognition.SIZE}, sRGB in [0, 1], an upright crop",
        outputs={"drawn": "N x 1: logit of being drawn"},
        limits="Renders that imitate photographs are taken for drawings about as often as not.",
        form=Form(outputs=("drawn",), example=(1, 3, recognition.SIZE, recognition.SIZE)),
        build=lambda config: CartoonNet(),
        real=(REAL, LOOKED_AT, EMOJI),
        figures=("recognised.",),
    ),
    "stylizer": Recipe(
        task="Says for three styles where each point of a cartoon comes from in the portrait, and what to add there.",
        input=f"picture: N x 3 x {crop.SIZE} x {crop.SIZE}, sRGB in [0, 1], an upright crop",
        outputs={
            "offset": "N x 3 styles x 2 x h x w at a quarter of the size, sides of the crop",
            "scale": "N x 3 styles x h x w, sides of the crop: scale of a Laplace distribution of the offset's error",
            "residual": "N x 3 styles x 3 x H x W, sRGB in [-1, 1]",
        },
        limits="Colours are learnt from renders: they are added to skin, eyes and lips alone.",
        form=Form(outputs=("offset", "scale", "residual"), example=(1, 3, crop.SIZE, crop.SIZE)),
        build=lambda config: StylizerNet(),
        real=(REAL, LOOKED_AT),
        figures=tuple(f"{style}." for style in STYLES),
    ),
}  # fmt: skip


def ship(name: str, runs: list[Path], folder: Path) -> None:
    """Export a network from its last run, and write its card.

    Args:
        name: of the network.
        runs: folders of the runs, in their order.
        folder: for the files.
    """
    recipe = RECIPES[name]
    stories = [read_checkpoint(run / CHECKPOINT) for run in runs]
    arrays, words = stories[-1]
    config = words["config"]
    net = recipe.build(config)
    load_weights(net, arrays, "average.")
    net.eval()
    path = folder / f"{name}.onnx"
    folder.mkdir(parents=True, exist_ok=True)
    export_onnx(net, path, recipe.form)
    pictures = np.random.default_rng(0).random((2, *recipe.form.example[1:]), np.float32)
    worst = worst_difference(net, path, recipe.form, pictures)
    if max(worst.values()) > WORST_DIFFERENCE:
        raise SystemExit(f"{name}: the file differs from the network by {worst}, expected at most {WORST_DIFFERENCE}")
    told = [
        {"steps": words["step"], "pictures": words["step"] * words["config"]["batch"], "minutes": words["minutes"]}
        for _, words in stories
    ]
    # A run that began from a shipped file has what that file had behind it.
    told += [words["before"] for _, words in stories if words.get("before")]
    data = [SYNTHETIC, *(recipe.real if config.get("data") else ())]
    card = write_card(
        path,
        {
            "name": name,
            "version": VERSION,
            "task": recipe.task,
            "input": recipe.input,
            "outputs": recipe.outputs,
            "data": data,
            "steps": sum(part["steps"] for part in told),
            "pictures": sum(part["pictures"] for part in told),
            "minutes": round(sum(part["minutes"] for part in told), 1),
            "device": words.get("device", "cpu"),
            "seed": int(config["seed"]),
            "commit": commit_of_checkout(),
            "metrics": {},
            "licence": LICENCE,
            "quantisation": "weights stored as float16, computed in float32",
            "limits": recipe.limits,
        },
    )
    print(f"{path}: {card.bytes / 1e6:.2f} MB, {card.steps} steps, {card.minutes} min, differs by {worst}")


def ship_again(name: str, folder: Path) -> None:
    """Write a shipped network anew: the same weights, with the outputs that it has today.

    Args:
        name: of the network.
        folder: of the files.
    """
    recipe, path = RECIPES[name], folder / f"{name}.onnx"
    pictures = np.random.default_rng(0).random((4, *recipe.form.example[1:]), np.float32)
    before = load_network(name, folder)(pictures)
    facts = asdict(read_card(name, folder)) | {"outputs": recipe.outputs, "task": recipe.task}
    net = recipe.build({}).eval()
    start_from_shipped(net, path, torch.from_numpy(pictures))
    export_onnx(net, path, recipe.form)
    del facts["sha256"], facts["bytes"]
    card = write_card(path, facts)
    after = load_network(name, folder)(pictures)
    worst = {key: relative_difference(after[key], told) for key, told in before.items()}
    if max(worst.values()) > WORST_DIFFERENCE:
        raise SystemExit(f"{name}: the new file differs from the old one by {worst}")
    print(f"{path}: {card.bytes / 1e6:.2f} MB, {', '.join(after)}, differs by {worst}")


def write_metrics(figures: Path, folder: Path) -> None:
    """Write the figures of `toonface evaluate --json` into the cards of the networks that they are about.

    Args:
        figures: the JSON file.
        folder: of the networks.
    """
    metrics = json.loads(figures.read_text("utf-8"))["metrics"]
    for name, recipe in RECIPES.items():
        path, begin = folder / f"{name}.onnx", recipe.figures or (f"{name}.",)
        mine = {key: value for key, value in metrics.items() if key.startswith(begin) and value is not None}
        if not path.exists() or not mine:
            continue
        facts = asdict(read_card(name, folder)) | {"metrics": mine}
        del facts["sha256"], facts["bytes"]
        write_card(path, facts)
        print(f"{name}: {len(mine)} figures")


def main() -> None:
    """Ship what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", action="append", default=[], metavar="NAME=FOLDER[,FOLDER...]")
    parser.add_argument("--again", action="append", default=[], choices=RECIPES)
    parser.add_argument("--metrics", type=Path, metavar="FILE")
    parser.add_argument("--folder", type=Path, default=network_folder())
    asked = parser.parse_args()
    torch.set_num_threads(1)
    for run in asked.run:
        name, _, folders = run.partition("=")
        if name not in RECIPES or not folders:
            parser.error(f"--run is {run!r}, expected NAME=FOLDER with one of {', '.join(RECIPES)}")
        ship(name, [Path(folder) for folder in folders.split(",")], asked.folder)
    for name in asked.again:
        ship_again(name, asked.folder)
    if asked.metrics:
        write_metrics(asked.metrics, asked.folder)


if __name__ == "__main__":
    main()
