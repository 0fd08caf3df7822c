"""Measure synthetic portraits: their cost, and how well labels and pictures agree.

`python -m tools.measure_portraits [--count 200] [--size 256] [--seed 5]` prints one JSON object. Times are of this
process on one thread, in milliseconds per labelled sample. Distances are shares of that of the outer eye corners.
"""

import argparse
import json
import time
from dataclasses import dataclass, field

import numpy as np

from toonface.evaluate.report import report
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures
from toonface.synth.labels import Sample, Style
from toonface.synth.render import Renderer
from toonface.types import FaceRegion

EYE_CORNERS = (36, 45)
FEATURES = {
    "right_eye": (range(36, 42), (FaceRegion.EYE_RIGHT,)),
    "left_eye": (range(42, 48), (FaceRegion.EYE_LEFT,)),
    "lips": (range(48, 68), (FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER, FaceRegion.INNER_MOUTH)),
    "right_brow": (range(17, 22), (FaceRegion.BROW_RIGHT,)),
    "left_brow": (range(22, 27), (FaceRegion.BROW_LEFT,)),
    "nose": (range(27, 36), (FaceRegion.NOSE,)),
}
"""Part → its landmarks, and the regions on which they lie."""
SMALLEST_REGION = 12
"""Pixels below which a region is taken to be hidden."""


KINDS: dict[str, tuple[Style, ...]] = {"photo": ("photo",), "toon": ("toon",), "pair": ("photo", "toon")}
"""What is rendered and timed."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All values that were measured; filled sample by sample."""

    times: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    """Milliseconds by kind."""
    distances: dict[str, list[float]] = field(default_factory=dict)
    """Landmarks from their features, by style and part."""
    contrast: dict[int, list[float]] = field(default_factory=lambda: {shift: [] for shift in range(-2, 3)})
    """Contrast under the edges of regions that are shifted sideways, by pixels."""


def main() -> None:
    """Render, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    renderer = Renderer(load_face_model(), load_textures())
    for index in range(4):
        renderer.sample(options.seed + 1, index, KINDS["pair"], options.size)
    measured = Measured()
    for index in range(options.count):
        for kind in KINDS:
            measure(renderer, (options.seed, index, options.size), kind, measured)
    print(json.dumps(report("measure portraits", options.seed, summary(measured))))


def measure(renderer: Renderer, place: tuple[int, int, int], kind: str, measured: Measured) -> None:
    """Render one sample, take its time, and look at its labels unless they were looked at before."""
    seed, index, size = place
    start = time.process_time()
    samples = renderer.sample(seed, index, KINDS[kind], size)
    measured.times[kind].append(1000.0 * (time.process_time() - start))
    if kind != "pair":
        measure_points(samples[KINDS[kind][0]], kind, measured.distances)
    if kind == "photo":
        measure_edges(samples["photo"], measured.contrast)


def summary(measured: Measured) -> dict[str, float | None]:
    """Reduce what was measured to named figures."""
    metrics: dict[str, float | None] = {}
    for kind, values in measured.times.items():
        for name, share in (("p10", 0.1), ("median", 0.5), ("p90", 0.9)):
            metrics[f"cost.{kind}.{name}_ms"] = round(float(np.quantile(values, share)), 1)
    for name, values in sorted(measured.distances.items()):
        metrics[f"landmarks.{name}.mean"] = round(float(np.mean(values)), 4)
        metrics[f"landmarks.{name}.p95"] = round(float(np.quantile(values, 0.95)), 4)
    for shift, values in measured.contrast.items():
        metrics[f"edges.shifted_{shift:+d}px"] = round(float(np.nanmean(values)), 2)
    return metrics


def measure_points(sample: Sample, style: str, distances: dict[str, list[float]]) -> None:
    """Add the distance of each visible landmark to the nearest pixel of its feature."""
    labels = sample.labels
    corners = labels.landmarks_px[list(EYE_CORNERS)]
    # Seen from the side the corners come together: a face is never taken for smaller than half its size.
    size = max(float(np.linalg.norm(corners[1] - corners[0])), 0.0475 * float(np.exp(labels.pose[5])))
    for name, (points, regions) in FEATURES.items():
        rows, columns = np.nonzero(np.isin(labels.parsing, regions))
        seen = [point for point in points if labels.visible[point]]
        if len(rows) < SMALLEST_REGION or not seen:
            continue
        centres = np.stack([columns, rows], axis=1) + 0.5
        away = np.linalg.norm(labels.landmarks_px[seen][:, None] - centres[None], axis=2).min(axis=1)
        distances.setdefault(f"{style}.{name}", []).extend((away / size).tolist())


def measure_edges(sample: Sample, contrast: dict[int, list[float]]) -> None:
    """Add the contrast under the edges of regions, in place and shifted sideways: it must be largest in place."""
    light = sample.picture.astype(float).mean(axis=2)
    slope = np.abs(np.diff(light, axis=1, prepend=light[:, :1]))
    regions = sample.labels.parsing.astype(int)
    edge = np.diff(regions, axis=1, prepend=regions[:, :1]) != 0
    edge[:, :4], edge[:, -4:] = False, False
    for shift, values in contrast.items():
        values.append(float(np.roll(slope, -shift, axis=1)[edge].mean()))


if __name__ == "__main__":
    main()
