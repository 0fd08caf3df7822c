"""How fast a head moves: `toonface bench --suite realtime`. Wall time of one core, after a warm-up."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from toonface.evaluate.bench import camera_work, milliseconds
from toonface.geometry.camera import camera_from_pose
from toonface.geometry.sparse_shapes import SparseShapes
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import FaceModel, neutral_points
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.names import SHAPES
from toonface.morphable.rigged_head import RiggedHead
from toonface.stages.animate import Animator, animate
from toonface.stages.rig import Rigger, build_rig
from toonface.types import Network

PAPER_VERTICES, PAPER_SHAPES = 35_709, 46
"""Of the paper's head (its section 4.4)."""
PAPER_FPS = 280.0
"""What the paper states for its animation (Table 4: 3.56 ms)."""
SIDE = 256
"""Of the picture that the head is said to be seen in, pixels."""
TYPICAL = 16
"""Weights that are not 0 in a frame of a tracked face; 10 to 25 are."""


def measure_realtime(
    model: FaceModel,
    networks: Mapping[str, Network],
    progress: Callable[[str], None] | None = None,
    repeats: int = 200,
) -> dict[str, float]:
    """Measure frames of Eq. 13, and a camera's picture until its weights are known.

    `frame.lod0` is a frame of the head with all 64 shapes at work, `frame.paper_size` one with as many vertices and
    shapes as the paper has. Beside each stand `typical.ms`, where `TYPICAL` weights are not 0, and `bound.ms`: what it
    takes to copy memory from one place to another until as many bytes are read and written as the frame touches at
    least. `animate` is all that a head does: its skin, the points that its teeth, lashes and brows follow, its eyes.
    `live` is that of `bench.measure_speed`.

    Args:
        model: the face model.
        networks: by name, each made to run on one thread.
        progress: told what is being measured.
        repeats: runs of each, at least 1.

    Raises:
        ValueError: there are no repeats, or a network did not return what it should.
    """
    if repeats < 1:
        raise ValueError(f"repeats is {repeats}, expected at least 1")
    rigged = a_rigged_head(model)
    figures: dict[str, float] = {}
    for name, work in (frame_work(rigged) | camera_work(networks)).items():
        if progress is not None:
            progress(name)
        times = milliseconds(work, repeats)
        figures |= {f"{name}.ms": float(np.median(times)), f"{name}.p90_ms": float(np.quantile(times, 0.9))}
    return figures | {"frame.paper_size.fps": 1000.0 / figures["frame.paper_size.ms"], "paper.fps": PAPER_FPS}


def a_rigged_head(model: FaceModel) -> RiggedHead:
    """Return a head with its shapes; time does not depend on which.

    Args:
        model: the face model.
    """
    identity = np.random.default_rng(0).standard_normal(80)
    coarse = CoarseFit(
        identity=identity,
        expression=np.zeros(len(SHAPES)),
        texture=np.zeros(80),
        light=np.zeros(9),
        camera=camera_from_pose(np.array([0.0, 0.0, 0.0, 0.0, 0.0, np.log(1000.0)]), SIDE, SIDE),
    )
    neutral = neutral_points(model, identity).astype(np.float64)
    fine = FineFit(coarse=coarse, neutral=neutral, weights=np.zeros(len(SHAPES)), notes=())
    return build_rig(Rigger(model), fine)


def frame_work(rigged: RiggedHead) -> dict[str, Callable[[], object]]:
    """Return what is timed: frames of the head at LOD0, and of one of the paper's size, this head nearly twice.

    Args:
        rigged: a head.
    """
    times = -(-PAPER_VERTICES // len(rigged.skin))
    rest = np.tile(rigged.skin, (times, 1))[:PAPER_VERTICES]
    shapes = np.tile(rigged.skin_shapes[:PAPER_SHAPES], (1, times, 1))[:, :PAPER_VERTICES]
    work: dict[str, Callable[[], object]] = {}
    for name, rig in {
        "frame.lod0": SparseShapes(rigged.skin, rigged.skin_shapes),
        "frame.paper_size": SparseShapes(rest, shapes),
    }.items():
        weights = np.linspace(0.1, 0.9, rig.count)
        few = np.where(np.arange(rig.count) % (rig.count // TYPICAL) == 0, weights, 0.0)
        out, half = np.zeros_like(rig.rest), np.zeros(rig.bytes_touched // 2, np.uint8)
        work[name] = partial(rig.pose_into, weights, out)
        work[f"{name}.typical"] = partial(rig.pose_into, few, out)
        work[f"{name}.bound"] = partial(np.copyto, np.zeros_like(half), half)
    work["animate"] = partial(animate, Animator(rigged), np.linspace(0.1, 0.9, len(SHAPES)))
    return work
