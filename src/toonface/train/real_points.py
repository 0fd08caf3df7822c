"""Real portraits whose points are partly known: the rest is estimated, to frame the face as its 68 points would."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from toonface.io.sample_cache import SampleCache
from toonface.train.samples import portraits_with_points

FRONTAL = 0.25
"""Renders whose head turns less than this, radians, tell how the unknown points lie beside the known ones."""
MOST_RENDERS = 600
STIFFNESS = 0.3
"""Of the regression: variance of the points' noise, in squared hundredths of a face."""


@dataclass(frozen=True, kw_only=True)
class RealPoints:
    """A portrait, what is known of its 68 points, and an estimate of all."""

    picture: UInt8[np.ndarray, "H W 3"]
    points_px: Float[np.ndarray, "68 2"]
    """NaN where not known."""
    completed_px: Float[np.ndarray, "68 2"]


def read_real_points(data: Path | None, cache: SampleCache, *, validation: bool) -> list[RealPoints]:
    """Read the real portraits with points, and estimate the points that they lack.

    Args:
        data: folder that holds `portraits/london` and `portraits/canada`; None for no portraits.
        cache: renders.
        validation: whether those that are kept for validation, every third, or the others.

    Raises:
        ValueError: a folder is missing or damaged, or no render is frontal.
    """
    if data is None:
        return []
    return [
        complete_points(portrait.picture(), portrait.points_px, cache)
        for portrait in portraits_with_points(data, validation=validation)
    ]


def complete_points(
    picture: UInt8[np.ndarray, "H W 3"], points_px: Float[np.ndarray, "68 2"], cache: SampleCache
) -> RealPoints:
    """Estimate a portrait's unknown points by ridge regression on frontal renders.

    Args:
        picture: sRGB.
        points_px: NaN where not known; eyes, nose base and mouth have to be.
        cache: renders.

    Raises:
        ValueError: no render is frontal.
    """
    known = np.isfinite(points_px[:, 0])
    shapes = []
    for index in range(0, len(cache), len(cache.styles)):
        sample = cache[index]
        if abs(sample.coefficients[234]) < FRONTAL and abs(sample.coefficients[233]) < FRONTAL:
            shapes.append(_normalised(sample.landmarks_px.astype(float), known)[0])
        if len(shapes) == MOST_RENDERS:
            break
    if not shapes:
        raise ValueError(f"none of {len(cache)} renders is frontal, expected some to tell where the unknown points lie")
    examples = np.stack(shapes)
    mean = examples.mean(axis=0)
    inputs = (examples - mean)[:, known].reshape(len(examples), -1)
    outputs = (examples - mean).reshape(len(examples), -1)
    normal = inputs.T @ inputs + STIFFNESS * 1e-4 * len(examples) * np.eye(inputs.shape[1])
    regression = np.linalg.solve(normal, inputs.T @ outputs)
    mine, centre, scale = _normalised(points_px, known)
    estimate = mean + ((mine - mean)[known].reshape(-1) @ regression).reshape(68, 2)
    completed = np.where(known[:, None], points_px, estimate * scale + centre)
    return RealPoints(picture=picture, points_px=points_px, completed_px=completed)


def _normalised(
    points: Float[np.ndarray, "68 2"], known: np.ndarray
) -> tuple[Float[np.ndarray, "68 2"], Float[np.ndarray, "2"], float]:
    centre = points[known].mean(axis=0)
    scale = float(np.sqrt(np.square(points[known] - centre).sum(axis=1).mean()))
    return (points - centre) / scale, centre, scale
