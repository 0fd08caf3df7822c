"""How long the networks take: `toonface bench`. Wall time, with crop and decoding, after a warm-up."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter

import numpy as np

from toonface.geometry.crop import CropFrame, network_input
from toonface.stages import coarse, detection, expression, landmarks, parsing
from toonface.stages.gaze import read_gaze
from toonface.stages.stylization.stylize import stylize
from toonface.synth.picture.backgrounds import background, sample_background
from toonface.synth.picture.filters import to_bytes
from toonface.synth.picture.photo_finish import encode
from toonface.types import FaceRegion, FaceRegions, Landmarks, Network, Picture, take_output

WARM_UPS = 3
DETECTED_SIDE = 640
"""Side of the square picture that the detector is given, and of the portrait for the others, pixels."""
CAMERA_SIDES = (720, 1280)
"""Height and width of a camera's picture."""
FACE = CropFrame(centre_px=(330.0, 310.0), side_px=420.0, roll_radians=0.07)
"""Where a face is taken to be: time does not depend on what is seen."""
STYLIZED_SIDE = 1024
"""Side of the square picture that is drawn as a cartoon, pixels; a face and its hair fill most of it."""
STARTS = 7
START = "from toonface.cli import main; main()"


def measure_speed(
    networks: Mapping[str, Network], progress: Callable[[str], None] | None = None, repeats: int = 30
) -> dict[str, float]:
    """Measure each network that is there: `<name>.ms` is the median and `<name>.p90_ms` what nine of ten runs keep.

    The detector looks at a picture of 640 px square once; `detector.first_look.ms` is what it usually does instead, at
    320 px. `live.ms` is a camera's picture of 1280 x 720 until its weights are known, and its points, from which the
    next picture's frame follows; `gaze.ms`, of both eyes, comes to that. `stylizer.ms` draws a picture of 1024 px
    square in the default style; its landmarks and regions are known. `cli.start_ms` is `toonface --help` in a new
    process.

    Args:
        networks: by name, each made to run on as many threads as are to be measured; the figures aimed for have one.
        progress: told what is being measured.
        repeats: runs of each, at least 1.

    Raises:
        ValueError: there are no repeats, a network did not return what it should, or the program did not start.
    """
    if repeats < 1:
        raise ValueError(f"repeats is {repeats}, expected at least 1")
    figures: dict[str, float] = {}
    for name, work in _work(networks).items():
        if progress is not None:
            progress(name)
        times = milliseconds(work, repeats)
        figures |= {f"{name}.ms": float(np.median(times)), f"{name}.p90_ms": float(np.quantile(times, 0.9))}
    starts = milliseconds(start_program, min(repeats, STARTS))
    return figures | {"cli.start_ms": float(np.median(starts)), "cli.start_p90_ms": float(np.quantile(starts, 0.9))}


def look_once(network: Network, picture: Picture, long_side: int) -> int:
    """Detect faces at one size, as `detection.detect_faces` does at two, and return how many there are.

    Args:
        network: `detector`.
        picture: sRGB.
        long_side: pixels, a multiple of `detection.STRIDE`.
    """
    outputs = network(network_input(detection.letter_box(picture, long_side)[0]))
    scores = take_output(outputs, "scores", (1, None))[0]
    boxes = take_output(outputs, "boxes", (1, len(scores), 4))[0]
    sure = scores >= detection.THRESHOLD_DEFAULT
    return len(detection.keep_strongest(boxes[sure], scores[sure]))


def start_program() -> None:
    """Start the command line in a new process and wait until it has shown its help.

    Raises:
        ValueError: it ended with an error.
    """
    ended = subprocess.run([sys.executable, "-c", START, "--help"], capture_output=True, text=True)
    if ended.returncode != 0:
        raise ValueError(f"toonface --help ended with exit code {ended.returncode}: {ended.stderr.strip()[-200:]}")


def _work(networks: Mapping[str, Network]) -> dict[str, Callable[[], object]]:
    portrait = _picture(DETECTED_SIDE)
    stages = {
        "landmarks": partial(landmarks.find_landmarks, picture=portrait, frame=FACE),
        "parser": partial(parsing.parse_face, picture=portrait, frame=FACE),
        "coarse": partial(coarse.fit_coarse, picture=portrait, frame=FACE),
        "expression": partial(expression.read_expression, picture=portrait, frame=FACE),
        "gaze": partial(read_gaze, picture=portrait, points_px=_sitter(DETECTED_SIDE)[1].points_px, rotation=np.eye(3)),
    }
    work: dict[str, Callable[[], object]] = {}
    if "detector" in networks:
        work["detector"] = partial(look_once, networks["detector"], portrait, DETECTED_SIDE)
        work["detector.first_look"] = partial(look_once, networks["detector"], portrait, detection.SIZE)
    work |= {name: partial(stage, networks[name]) for name, stage in stages.items() if name in networks}
    if "stylizer" in networks:
        work["stylizer"] = partial(stylize, networks["stylizer"], *_sitter(STYLIZED_SIDE))
    return work | camera_work(networks)


def camera_work(networks: Mapping[str, Network]) -> dict[str, Callable[[], object]]:
    """Return what reads the weights of a camera's picture and its points, `live`; nothing without its network.

    Args:
        networks: by name.
    """
    if "expression" not in networks:
        return {}
    camera = np.ascontiguousarray(_picture(CAMERA_SIDES[1])[: CAMERA_SIDES[0]])
    return {"live": partial(expression.read_face, networks["expression"], camera, FACE)}


def _sitter(side: int) -> tuple[Picture, Landmarks, FaceRegions]:
    """A large face of which only the regions are true: time does not depend on what is seen."""
    rows, columns = np.mgrid[:side, :side] / side - 0.5
    classes = np.full((side, side), FaceRegion.BACKGROUND, np.uint8)
    classes[np.abs(columns) < 0.5 * np.maximum(rows - 0.2, 0.0) ** 0.5] = FaceRegion.CLOTH
    classes[np.hypot(columns, rows + 0.05) < 0.40] = FaceRegion.HAIR
    classes[np.hypot(columns, rows) < 0.28] = FaceRegion.SKIN
    across = np.linspace(0.3, 0.7, 68)
    points = side * np.stack([across, 0.5 + 0.2 * np.cos(9.0 * across)], axis=1)
    landmarks = Landmarks(points_px=points, sigma_px=np.ones(68))
    return _picture(side), landmarks, FaceRegions(classes=classes)


def _picture(side: int) -> Picture:
    rng = np.random.default_rng(0)
    return to_bytes(encode(background(sample_background(rng), side)))


def milliseconds(work: Callable[[], object], repeats: int, *, warm_ups: int = WARM_UPS) -> list[float]:
    """Time some work.

    Args:
        work: is called.
        repeats: how often it is timed.
        warm_ups: how often it is called before.
    """
    for _ in range(warm_ups):
        work()
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(1000.0 * (perf_counter() - start))
    return times
