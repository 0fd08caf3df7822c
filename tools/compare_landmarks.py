"""Compare runs of the landmark network: `python -m tools.compare_landmarks --samples FOLDER [--data DATA] RUN [RUN …]`.

Every run is put to the same faces, at the size of its own crops: renders of both styles that no training sees, and real
portraits that were kept from training. This is how faces that a StyleGAN makes up are compared with renders as lessons.
"""

import argparse
from pathlib import Path

import torch

from toonface.io.checkpoints import read_checkpoint
from toonface.io.sample_cache import SampleCache, unpack_shards
from toonface.nets.landmark_net import LandmarkNet
from toonface.train.landmarks import validate
from toonface.train.real_points import RealPoints, read_real_points
from toonface.train.run import CHECKPOINT, load_weights


def compare(runs: list[Path], cache: SampleCache, real: list[RealPoints]) -> str:
    """Return a table in Markdown: mean errors over outer eye distances, per cent.

    Args:
        runs: folders of runs.
        cache: its last samples are looked at.
        real: portraits that no run has seen.

    Raises:
        ValueError: a run has no readable checkpoint.
    """
    lines = []
    for run in runs:
        arrays, words = read_checkpoint(run / CHECKPOINT)
        net = LandmarkNet()
        load_weights(net, arrays, "average.")
        figures = validate(net.eval(), cache, real, int(words["config"]["size"]))
        if not lines:
            lines = [f"| run | crops | {' | '.join(figures)} |", "|---|---|" + len(figures) * "---|"]
        crops = int(words["step"]) * int(words["config"]["batch"])
        lines.append(
            f"| {run.name} | {crops:,} | " + " | ".join(f"{100.0 * one:.1f}" for one in figures.values()) + " |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cache = unpack_shards(asked.samples)
    print(compare(asked.runs, cache, read_real_points(asked.data, cache, validation=True)))


if __name__ == "__main__":
    main()
