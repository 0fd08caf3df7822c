"""Measure synthetic portraits: their cost, and how well labels and pictures agree.

`python -m tools.measure_portraits [--count 200] [--size 256] [--seed 5]` prints one JSON object. Times are of this process on one
thread, in milliseconds per labelled sample. Distances are shares of the distance of the outer corners of the eyes.
"""

import argparse
import json
import time

import numpy as np

from toonface.evaluate.report import report
from toonface.io.synth_stream import load_renderer
from toonface.synth.labels import Sample
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


def main() -> None:
    """Render, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    renderer = load_renderer()
    for index in range(4):
        renderer.sample(options.seed + 1, index, ("photo", "toon"), options.size)
    metrics: dict[str, float | None] = {}
    distances: dict[str, list[float]] = {}
    contrast: dict[int, list[float]] = {shift: [] for shift in range(-2, 3)}
    times: dict[str, list[float]] = {"photo": [], "toon": [], "pair": []}
    for index in range(options.count):
        for kind, styles in (("photo", ("photo",)), ("toon", ("toon",)), ("pair", ("photo", "toon"))):
            start = time.process_time()
            samples = renderer.sample(options.seed, index, styles, options.size)
            times[kind].append(1000.0 * (time.process_time() - start))
            if kind == "pair":
                continue
            for style, sample in samples.items():
                measure_points(sample, style, distances)
                if style == "photo":
                    measure_edges(sample, contrast)
    for kind, values in times.items():
        for name, share in (("p10", 0.1), ("median", 0.5), ("p90", 0.9)):
            metrics[f"cost.{kind}.{name}_ms"] = round(float(np.quantile(values, share)), 1)
    for name, values in sorted(distances.items()):
        metrics[f"landmarks.{name}.mean"] = round(float(np.mean(values)), 4)
        metrics[f"landmarks.{name}.p95"] = round(float(np.quantile(values, 0.95)), 4)
    for shift, values in contrast.items():
        metrics[f"edges.shifted_{shift:+d}px"] = round(float(np.nanmean(values)), 2)
    print(json.dumps(report("measure portraits", options.seed, metrics)))


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
