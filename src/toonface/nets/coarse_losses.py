"""What the coarse network learns from: the paper's loss (Eq. 3 to 6), and the truth where pictures were rendered.

Truth is compared where it counts, on the surface: coefficients that move no vertex cost nothing. All distances count
by their length, not by its square, so that a few odd heads do not pull more than the rest. What needs an evaluated head
may be measured on a part of each batch, because it costs more than the network; the rest follows from the coefficients.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from toonface.nets.coarse_net import Coefficients
from toonface.nets.differentiable_renderer import Scene, render
from toonface.nets.mesh_topology import Topology
from toonface.nets.render_losses import photometric_loss

MM = 1e3
"""Millimetres in a metre."""


@dataclass(frozen=True, kw_only=True)
class CoarseWeights:
    """How much each term counts. The first six are the paper's."""

    landmarks: float = 2e-3
    """ω_l, per squared pixel at 224 px."""
    photometric: float = 2.0
    """ω_p, per length of a difference of colours."""
    regularisation: float = 3e-4
    """ω_r."""
    identity: float = 1.2
    """ω_id."""
    expression: float = 1.0
    """ω_exp."""
    texture: float = 1.2e-3
    """ω_tex."""
    aligned: float = 0.15
    """Per millimetre between true and found neutral face, after similarity alignment."""
    unaligned: float = 0.05
    """The same of the whole head without alignment: its size, which no picture tells, should be the likely one."""
    surface: float = 0.05
    """Per pixel between true and found projections of the moving skin."""
    points: float = 0.1
    """Per pixel that a landmark is off, of networks that find them."""
    identity_mm: float = 0.1
    """Per millimetre that the neutral face is off in the root mean square, without alignment."""
    expression_mm: float = 0.1
    """Per millimetre that the expression moves the face wrongly, in the root mean square."""
    weights: float = 8.0
    """Per expression weight."""
    albedo: float = 2.0
    """Per difference of colours of the unlit skin, in the root mean square."""
    light: float = 0.1
    """Per coefficient of δ."""
    rotation: float = 1.0
    """Per radian, nearly."""
    placed_px: float = 0.02
    """Per pixel that the head's origin is off."""


COARSE_WEIGHTS = CoarseWeights()


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Heads of a face model, for found or for true coefficients."""

    coefficients: Coefficients
    face: Float[Tensor, "B F 3"]
    """Of the skin that is compared, the front of the head, without expression, metres."""
    neutral: Float[Tensor, "B V 3"]
    """All of the skin that is compared, without expression, metres."""
    surface_px: Float[Tensor, "B W 2"]
    """Skin that is compared, with expression, projected."""
    landmarks_px: Float[Tensor, "B 68 2"]
    """Projected."""
    skin: Float[Tensor, "B S 3"]
    """Vertices of the mesh that is drawn, with expression, metres."""
    albedo: Float[Tensor, "B S 3"]
    """Of the mesh that is drawn, sRGB in [0, 1]."""


def align(points: Float[Tensor, "B V 3"], target: Float[Tensor, "B V 3"]) -> Float[Tensor, "B V 3"]:
    """Bring points onto others by the similarity of least squares, which is held fixed in the gradient.

    Args:
        points: metres, not all at one place.
        target: metres.

    Source: Umeyama 1991, Eq. 40 to 42.
    """
    with torch.no_grad():
        centre, goal = points.mean(1, keepdim=True), target.mean(1, keepdim=True)
        arms = points - centre
        left, stretch, right = torch.linalg.svd((target - goal).mT @ arms)
        handed = torch.ones_like(stretch)
        handed[:, 2] = torch.linalg.det(left @ right).sign()
        rotation = (left * handed[:, None]) @ right
        scale = (stretch * handed).sum(1) / arms.square().sum((1, 2))
        turn = scale[:, None, None] * rotation.mT
    return (points - centre) @ turn + goal


def mean_distance(points: Float[Tensor, "B N K"], target: Float[Tensor, "B N K"]) -> Float[Tensor, " B"]:
    """Return the mean distance of each head's points from their targets, in their unit.

    Args:
        points: of any dimension.
        target: likewise.
    """
    return torch.linalg.vector_norm(points - target, dim=-1).mean(1)


def regularisation(found: Coefficients, weights: CoarseWeights = COARSE_WEIGHTS) -> Float[Tensor, " B"]:
    """Return ω_id |α_id|² + ω_exp |α_exp|² + ω_tex |α_tex|² of each head (Eq. 6).

    Args:
        found: coefficients.
        weights: of the terms.
    """
    kinds = (weights.identity, found.identity), (weights.expression, found.expression), (weights.texture, found.texture)
    return torch.stack([weight * numbers.square().sum(1) for weight, numbers in kinds]).sum(0)


def landmark_distance(
    fit: Fit, target_px: Float[Tensor, "B 68 2"], given: Float[Tensor, "B 68"]
) -> Float[Tensor, " B"]:
    """Return 1/N Σ_n ω_n |q_n - p_n|² of each head (Eq. 4); N counts the points that are given.

    Args:
        fit: found heads.
        target_px: q_n; anything where not given.
        given: ω_n: 1 where the point is known, else 0. A head without points counts as right.
    """
    square = (fit.landmarks_px - target_px).square().sum(-1)
    return (given * square).sum(1) / given.sum(1).clamp_min(1.0)


def photometric(
    fit: Fit, picture: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"], topology: Topology, *, side_px: int
) -> Float[Tensor, ""]:
    """Draw the found heads and compare their colours with the picture (Eq. 5).

    Args:
        fit: found heads.
        picture: sRGB in [0, 1]; may be coarser than the crop that the pose is for.
        mask: A_m, confidence that a pixel shows the face.
        topology: of the mesh that is drawn.
        side_px: of the crop that the pose is for.
    """
    height, width = picture.shape[2:]
    shrink = torch.zeros_like(fit.coefficients.pose)
    shrink[:, 5] = torch.log(torch.tensor(width / side_px))
    light, pose = fit.coefficients.light, fit.coefficients.pose + shrink
    drawn = render(
        Scene(vertices=fit.skin, albedo=fit.albedo, sh=light, pose=pose), topology, height=height, width=width
    )
    return photometric_loss(drawn.picture, picture, drawn.mask.detach() * mask)


def paper_terms(
    fit: Fit,
    target_px: Float[Tensor, "B 68 2"],
    given: Float[Tensor, "B 68"],
    unknown: Float[Tensor, " B"],
    weights: CoarseWeights = COARSE_WEIGHTS,
) -> dict[str, Float[Tensor, ""]]:
    """Return the weighted terms of Eq. 3 but for the photometric one, means over the batch.

    Args:
        fit: found heads.
        target_px: true landmarks.
        given: 1 where a landmark is known, else 0.
        unknown: 1 for heads whose truth is not known. Only these are held near the mean head (Eq. 6): the others know
            better, and would come out flatter than they are.
        weights: of the terms.
    """
    return {
        "landmarks": weights.landmarks * landmark_distance(fit, target_px, given).mean(),
        "regularisation": weights.regularisation * (unknown * regularisation(fit.coefficients, weights)).mean(),
    }


def surface_terms(
    fit: Fit, truth: Fit, known: Float[Tensor, " B"], weights: CoarseWeights = COARSE_WEIGHTS
) -> dict[str, Float[Tensor, ""]]:
    """Return the weighted distances of evaluated heads from the true ones, means over those whose truth is known.

    Args:
        fit: found heads.
        truth: heads of the true coefficients.
        known: 1 for heads whose truth is known, else 0.
        weights: of the terms.
    """
    terms = {
        "aligned": weights.aligned * MM * mean_distance(align(fit.face, truth.face), truth.face),
        "unaligned": weights.unaligned * MM * mean_distance(fit.neutral, truth.neutral),
        "surface": weights.surface * mean_distance(fit.surface_px, truth.surface_px),
    }
    return _means(terms, known)


def coefficient_terms(
    apart: Mapping[str, Float[Tensor, " B"]],
    known: Float[Tensor, " B"],
    plain: Float[Tensor, " B"],
    weights: CoarseWeights = COARSE_WEIGHTS,
) -> dict[str, Float[Tensor, ""]]:
    """Return the weighted distances of coefficients from the true ones, means over those whose truth is known.

    Args:
        apart: of `CoefficientMetric`; their names are those of the weights.
        known: 1 for heads whose truth is known, else 0.
        plain: 1 for pictures that show the colours with which they were rendered, else 0.
        weights: of the terms.
    """
    terms = {name: getattr(weights, name) * distance for name, distance in apart.items()}
    coloured = {name: terms.pop(name) for name in ("albedo", "light")}
    return _means(terms, known) | _means(coloured, known * plain)


def _means(terms: Mapping[str, Float[Tensor, " B"]], which: Float[Tensor, " B"]) -> dict[str, Float[Tensor, ""]]:
    return {name: (which * values).sum() / which.sum().clamp_min(1.0) for name, values in terms.items()}
