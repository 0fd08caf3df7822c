"""How long a head takes without the networks: `toonface bench --suite geometry`. Wall time, after a warm-up."""

from collections.abc import Callable
from functools import partial

import numpy as np

from toonface.evaluate.bench import milliseconds
from toonface.evaluate.judging import projected_landmarks
from toonface.evaluate.paper_fits import TRUE_SIGMA_PX
from toonface.geometry.camera import camera_from_pose
from toonface.geometry.diffusion import diffuse
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import FaceModel, weights_of
from toonface.stages.coarse_refinement import CoarseRefiner, refine_coarse
from toonface.stages.fine import FineDeformer, fit_fine
from toonface.stages.rig import Rigger, build_rig
from toonface.stages.texture.atlas import make_texture
from toonface.stages.texture.skin_baker import SkinBaker
from toonface.types import FaceRegion, FaceRegions, Landmarks

SIDE = 1024
"""Of the picture, pixels."""
MIX = {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.4, "browInnerUp": 0.3, "jawOpen": 0.1}
ASIDE_PX, WAVE_PX = 6.0, 60.0
"""The points that are to be met lie this far from those of the coarse head, in waves of that length."""

PREPARED: dict[str, Callable[[FaceModel], object]] = {
    "refine": CoarseRefiner, "fine": FineDeformer, "rig": Rigger, "atlas": SkinBaker
}  # fmt: skip
"""What is made once per model."""


def measure_geometry(
    model: FaceModel, progress: Callable[[str], None] | None = None, repeats: int = 15
) -> dict[str, float]:
    """Measure each step: `<name>.ms` is the median and `<name>.p90_ms` what nine of ten runs keep.

    `refine` is the Gauss-Newton fit of the coarse stage, `fine` the Laplacian deformation, `rig` all 64 shapes at
    LOD0, `diffuse` a picture of 1024², and `atlas` a skin of 2048² from it with all that belongs to it. What is
    computed once per model is measured as `<name>.prepare_ms`.

    Args:
        model: the face model.
        progress: told what is being measured.
        repeats: runs of each, at least 1.

    Raises:
        ValueError: there are no repeats.
    """
    if repeats < 1:
        raise ValueError(f"repeats is {repeats}, expected at least 1")
    coarse, landmarks = _a_face(model)
    figures: dict[str, float] = {}
    for name, make in PREPARED.items():
        (figures[f"{name}.prepare_ms"],) = milliseconds(partial(make, model), 1, warm_ups=0)
    refiner, deformer, rigger, baker = CoarseRefiner(model), FineDeformer(model), Rigger(model), SkinBaker(model)
    fine = fit_fine(deformer, coarse, landmarks)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    face = (rows - 0.5 * SIDE) ** 2 + (columns - 0.5 * SIDE) ** 2 < (0.3 * SIDE) ** 2
    picture = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    regions = np.where(face, FaceRegion.SKIN, FaceRegion.BACKGROUND).astype(np.uint8)
    regions[face & (rows < 0.35 * SIDE)] = FaceRegion.HAIR
    work: dict[str, Callable[[], object]] = {
        "refine": lambda: refine_coarse(refiner, coarse, landmarks),
        "fine": lambda: fit_fine(deformer, coarse, landmarks),
        "rig": lambda: build_rig(rigger, fine),
        "diffuse": lambda: diffuse(picture, face),
        "atlas": lambda: make_texture(baker, picture, regions=FaceRegions(classes=regions), fine=fine),
    }
    for name, run in work.items():
        if progress is not None:
            progress(name)
        times = milliseconds(run, repeats)
        figures |= {f"{name}.ms": float(np.median(times)), f"{name}.p90_ms": float(np.quantile(times, 0.9))}
    return figures


def _a_face(model: FaceModel) -> tuple[CoarseFit, Landmarks]:
    """A random head of the model, and points that lie a few pixels beside its own."""
    rng = np.random.default_rng(0)
    coarse = CoarseFit(
        identity=rng.standard_normal(80),
        expression=weights_of(MIX),
        texture=np.zeros(80),
        light=np.zeros(9),
        camera=camera_from_pose(np.array([0.05, 0.2, 0.0, 0.0, 0.0, np.log(3000.0)]), SIDE, SIDE),
    )
    points = projected_landmarks(model, coarse)
    points = points + ASIDE_PX * np.sin(points[:, ::-1] / WAVE_PX)
    return coarse, Landmarks(points_px=points, sigma_px=np.full(68, TRUE_SIGMA_PX))
