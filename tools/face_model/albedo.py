"""The texture basis: principal components of random skins made from the natural ones, from very dark to very fair."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from tools.face_model.cage import Cage
from tools.face_model.paint import Paint, make_paint
from tools.face_model.pictures import read_picture
from tools.face_model.skins import NATURAL_SKINS, SkinSampler, flesh
from tools.face_model.sources import MakeHuman
from tools.face_model.tones import tone

SAMPLES = 4500
COMPONENTS = 80
POWER_ITERATIONS = 4
EXTRA_DIRECTIONS = 16
LIPSTICKS = np.array(
    [
        [0.72, 0.10, 0.16],
        [0.78, 0.30, 0.38],
        [0.45, 0.08, 0.17],
        [0.80, 0.38, 0.30],
        [0.62, 0.36, 0.31],
        [0.55, 0.20, 0.38],
    ]
)
SHADOWS = np.array(
    [
        [0.30, 0.20, 0.17],
        [0.25, 0.27, 0.36],
        [0.42, 0.28, 0.42],
        [0.50, 0.34, 0.24],
        [0.22, 0.34, 0.33],
        [0.15, 0.13, 0.14],
    ]
)


@dataclass(frozen=True, kw_only=True)
class TextureBasis:
    """Albedo = mean + Σ α_k · basis_k, sRGB values in [0, 1] where it is a skin."""

    mean: Float[np.ndarray, "V 3"]
    basis: Float[np.ndarray, "K V 3"]
    """Orthonormal directions times their standard deviations."""
    sigma: Float[np.ndarray, " K"]
    kept: float
    """Share of the samples' variance."""


def albedo_basis(
    source: MakeHuman, cage: Cage, cage_points: Float[np.ndarray, "S 3"], rng: np.random.Generator
) -> TextureBasis:
    """Build the texture model.

    Args:
        source: the opened packages.
        cage: the skin.
        cage_points: skin points of the mean head, metres, origin at the joint of the head.
        rng: draws the skins.
    """
    sampler = SkinSampler(cage, cage_points)
    natural = np.stack([sampler.albedo(read_picture(source, name)[..., :3]) for name in NATURAL_SKINS.values()])
    details, places = separate_tone(natural, sampler.painted_hair)
    paint = make_paint(sampler, cage, rng)
    samples = np.zeros((SAMPLES, natural[0].size), np.float32)
    for row in samples:
        row[:] = random_albedo(details, places, paint, rng).ravel()
    return principal_components(samples, COMPONENTS, rng)


def separate_tone(
    natural: Float[np.ndarray, "N V 3"], hidden: Float[np.ndarray, " V"]
) -> tuple[Float[np.ndarray, "N V 3"], Float[np.ndarray, " N"]]:
    """Split skins into a tone and what varies over the head, as factors.

    Args:
        natural: albedos in (0, 1].
        hidden: vertices that do not count for the tone, where above 0.

    Returns:
        logarithms of the factors, and the place of each skin's tone on the line from dark (0) to fair (1).
    """
    logarithm = np.log(np.maximum(natural, 0.02))
    middle = np.median(logarithm[:, hidden == 0.0], axis=1, keepdims=True)
    line = np.log(tone(np.linspace(0.0, 1.0, 65)))
    nearest = np.linalg.norm(middle - line[None], axis=2).argmin(axis=1)
    return logarithm - middle, nearest / 64.0


def random_albedo(
    details: Float[np.ndarray, "N V 3"], places: Float[np.ndarray, " N"], paint: Paint, rng: np.random.Generator
) -> Float[np.ndarray, "V 3"]:
    """Draw one skin: a tone, the unevenness of a few natural skins of about that tone, and paint.

    Args:
        details: from `separate_tone`.
        places: from `separate_tone`.
        paint: where lips, blush and the rest go.
        rng: draws.
    """
    # Bell-shaped, not uniform: then coefficients of ±2 standard deviations reach the ends, and still give skin.
    place = float(np.clip(rng.normal(0.52, 0.23), 0.0, 1.0))
    shade = tone(np.array([place]), chroma=rng.uniform(0.90, 1.22), hue=rng.normal(-0.03, 0.06))[0]
    weights = rng.dirichlet(np.full(len(places), 0.3)) * np.exp(-(((places - place) / 0.25) ** 2)) + 1e-9
    detail = np.tensordot(weights / weights.sum(), details, axes=1)
    albedo = shade * np.exp(rng.uniform(0.45, 0.9) * detail)
    albedo = _nature(albedo, place, paint, rng)
    albedo = _make_up(albedo, place, paint, rng)
    inside = flesh(float(shade.mean())) * rng.uniform(0.92, 1.08)
    return np.clip(_blend(albedo, paint.bag, 0.8, inside), 0.01, 1.0)


def principal_components(samples: Float[np.ndarray, "N D"], count: int, rng: np.random.Generator) -> TextureBasis:
    """Find the directions of largest variance by subspace iteration (Halko, Martinsson and Tropp 2011).

    Args:
        samples: one flattened albedo per row; the mean is taken off in place.
        count: components to keep, at most the number of samples.
        rng: draws the first subspace.
    """
    mean = samples.mean(axis=0, dtype=np.float64)
    samples -= mean.astype(samples.dtype)
    total = float(np.einsum("nd,nd->", samples, samples, dtype=np.float64))
    width = min(count + EXTRA_DIRECTIONS, *samples.shape)
    right = rng.standard_normal((samples.shape[1], width)).astype(samples.dtype)
    upper = np.zeros((width, width))
    for _ in range(POWER_ITERATIONS):
        left = np.linalg.qr((samples @ right).astype(np.float64))[0]
        right, upper = np.linalg.qr((samples.T @ left.astype(samples.dtype)).astype(np.float64))
        right = right.astype(samples.dtype)
    _, singular, turn = np.linalg.svd(upper.T, full_matrices=False)
    directions = np.linalg.qr((turn[:count] @ right.T.astype(np.float64)).T)[0].T
    largest = np.abs(directions).argmax(axis=1)
    directions *= np.sign(directions[np.arange(count), largest])[:, None]
    sigma = singular[:count] / np.sqrt(len(samples) - 1)
    return TextureBasis(
        mean=mean.reshape(-1, 3),
        basis=(directions * sigma[:, None]).reshape(count, -1, 3),
        sigma=sigma,
        kept=float((singular[:count] ** 2).sum() / total),
    )


def _nature(albedo: np.ndarray, place: float, paint: Paint, rng: np.random.Generator) -> np.ndarray:
    """Lips, flush, shadows, freckles and spots that one is born with or acquires; strongest on fair skin."""
    lip = albedo * np.array([1.04, 0.76, 0.78]) if place > 0.35 else albedo * np.array([1.10, 0.86, 0.90])
    albedo = _blend(albedo, paint.lips, rng.uniform(0.0, 1.0), lip * rng.uniform(0.88, 1.06))
    flush = albedo * np.array([1.03, 0.80, 0.80])
    albedo = _blend(albedo, paint.blush, abs(rng.normal(0.0, 0.55)) * (0.4 + 0.6 * place), flush)
    tired = albedo * np.array([0.80, 0.74, 0.80])
    albedo = _blend(albedo, paint.under_eyes, rng.beta(1.2, 3.0), tired)
    albedo = _blend(albedo, paint.brows, rng.beta(1.0, 2.2) * 0.8, albedo * 0.55)
    if rng.random() < 0.35:
        albedo = _blend(albedo, paint.stubble, rng.uniform(0.1, 0.8), albedo * np.array([0.66, 0.68, 0.74]))
    if rng.random() < 0.4:
        strength = rng.dirichlet(np.full(len(paint.freckles), 0.5)) * rng.uniform(0.3, 1.0) * (0.3 + 0.7 * place)
        albedo = _blend(albedo, np.tensordot(strength, paint.freckles, 1), 1.0, albedo * np.array([0.74, 0.58, 0.48]))
    if rng.random() < 0.3:
        strength = rng.dirichlet(np.full(len(paint.spots), 0.5)) * rng.uniform(0.2, 0.9)
        albedo = _blend(albedo, np.tensordot(strength, paint.spots, 1), 1.0, albedo * np.array([0.76, 0.66, 0.60]))
    return albedo


def _make_up(albedo: np.ndarray, place: float, paint: Paint, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < 0.35:
        colour = LIPSTICKS[rng.integers(len(LIPSTICKS))] * rng.uniform(0.8, 1.1) * (0.55 + 0.45 * place)
        albedo = _blend(albedo, paint.lips, rng.uniform(0.3, 0.9), colour)
    if rng.random() < 0.35:
        colour = SHADOWS[rng.integers(len(SHADOWS))] * rng.uniform(0.8, 1.2) * (0.45 + 0.55 * place)
        albedo = _blend(albedo, paint.lids, rng.uniform(0.2, 0.75), colour)
    return albedo


def _blend(albedo: np.ndarray, mask: np.ndarray, strength: float, colour: np.ndarray) -> np.ndarray:
    return albedo + np.clip(strength * mask, 0.0, 1.0)[:, None] * (colour - albedo)
