"""Fit pose, identity and expression to the 68 points: Gauss-Newton with a prior (Eq. 7 and 8 of the paper)."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import FaceModel, neutral_points
from toonface.morphable.landmark_rows import LandmarkRows
from toonface.morphable.names import EXPRESSION_COUNT, IDENTITY_COUNT, SHAPES
from toonface.types import Landmarks, check_points

POSE = slice(0, 6)
IDENTITY = slice(6, 6 + IDENTITY_COUNT)
EXPRESSION = slice(IDENTITY.stop, IDENTITY.stop + EXPRESSION_COUNT)
COUNT = EXPRESSION.stop
OUTER_CORNERS = (36, 45)
OF_EYES = np.array([name.startswith("eye") for name in SHAPES])
HALVINGS = 6
"""Of a step that does not help."""
ROUNDS = 4
"""In which weights of a step that would leave [0, 1] are put on the bound."""


@dataclass(frozen=True, kw_only=True)
class RefinementOptions:
    """What may move, and how far."""

    pose: bool = True
    """Whether the camera moves."""
    identity: bool = True
    """Whether α_id moves."""
    expression: bool = True
    """Whether α_exp moves."""
    identity_sigma: float = 1.0
    """How far α_id is expected to be from the network's, in standard deviations of the model."""
    expression_sigma: float = 0.05
    """How far each weight is expected to be from the network's."""
    eye_sigma: float = 0.15
    """The same of weights that move lids: their points are the surest."""
    turn_sigma: float = 0.03
    """The same of the head's rotation, radians."""
    move_sigma: float = 0.02
    """Of its place, metres."""
    scale_sigma: float = 0.1
    """Of the logarithm of the scale."""
    least_sigma: float = 0.012
    """Points are trusted no better than this, in outer eye distances."""
    steps: int = 8
    """Gauss-Newton steps at most."""
    enough: float = 1e-3
    """Share of the cost by which a step must lower it for another one to follow."""


REFINEMENT_DEFAULTS = RefinementOptions()
EXPRESSION_ALONE = RefinementOptions(pose=False, identity=False)
"""The baseline "Adjust Exp" of the paper's Table 2."""
IDENTITY_AND_EXPRESSION = RefinementOptions(pose=False)
"""The baseline "Adjust Id+Exp" of the paper's Table 2."""


class CoarseRefiner:
    """What does not depend on the picture: how the landmarks follow from the coefficients.

    Args:
        model: the face model.
    """

    def __init__(self, model: FaceModel) -> None:
        self.model, self.rows = model, LandmarkRows(model)

    def places(self, fit: CoarseFit) -> Float[np.ndarray, "R 3"]:
        """Return where all landmark rows are on the posed head, metres.

        Args:
            fit: coefficients.
        """
        # In the basis' own precision, or numpy would copy all of it at every step.
        identity = fit.identity.astype(self.model.identity_basis.dtype)
        return self.rows.posed(neutral_points(self.model, identity), fit.expression)


def refine_coarse(
    refiner: CoarseRefiner, coarse: CoarseFit, landmarks: Landmarks, options: RefinementOptions = REFINEMENT_DEFAULTS
) -> CoarseFit:
    """Move coefficients and camera so that the projected landmarks meet the points (Eq. 7), each by its uncertainty.

    The prior holds everything near the network's answer. Lids turn with the weights, which the derivative takes as
    linear: a step that does not lower the cost is halved.

    Args:
        refiner: of the model.
        coarse: where to start, and the middle of the prior.
        landmarks: points of the picture.
        options: what may move.

    Raises:
        ValueError: a point is not finite, or all lie in one place.
    """
    check_points(landmarks.points_px)
    problem = _Problem(refiner, coarse, landmarks, options)
    fit, moved = coarse, np.zeros(COUNT)
    places = refiner.places(fit)
    cost = problem.cost(fit, places, moved)
    for _ in range(options.steps):
        step = problem.step(fit, places, moved)
        for _ in range(HALVINGS):
            candidate = _moved(fit, step)
            candidate_places = refiner.places(candidate)
            candidate_cost = problem.cost(candidate, candidate_places, moved + step)
            if candidate_cost < cost:
                break
            step = 0.5 * step
        else:
            break
        gained = cost - candidate_cost
        fit, places, moved, cost = candidate, candidate_places, moved + step, candidate_cost
        if gained < options.enough * cost:
            break
    return fit


class _Problem:
    """Residuals, their derivatives and the prior."""

    def __init__(
        self, refiner: CoarseRefiner, coarse: CoarseFit, landmarks: Landmarks, options: RefinementOptions
    ) -> None:
        self.refiner, self.target = refiner, landmarks.points_px
        size = float(np.linalg.norm(np.subtract(*self.target[list(OUTER_CORNERS)])))
        self.sigma = np.maximum(landmarks.sigma_px, options.least_sigma * size)
        widths = (options.turn_sigma, options.move_sigma, options.scale_sigma, options.identity_sigma)
        weights = np.where(OF_EYES, options.eye_sigma, options.expression_sigma)
        self.prior = np.concatenate([np.repeat(widths, (3, 2, 1, IDENTITY_COUNT)), weights]) ** -2.0
        self.free = np.repeat(
            [options.pose, options.identity, options.expression], [POSE.stop, IDENTITY_COUNT, EXPRESSION_COUNT]
        )

    def cost(self, fit: CoarseFit, places: Float[np.ndarray, "R 3"], moved: Float[np.ndarray, "150"]) -> float:
        rows = self.refiner.rows.seen(places, fit.camera.rotation)
        apart = (self.target - project(fit.camera, places[rows])[:, :2]) / self.sigma[:, None]
        return float((apart**2).sum() + (self.prior * moved**2).sum())

    def step(
        self, fit: CoarseFit, places: Float[np.ndarray, "R 3"], moved: Float[np.ndarray, "150"]
    ) -> Float[np.ndarray, "150"]:
        rows = self.refiner.rows.seen(places, fit.camera.rotation)
        shown = project(fit.camera, places[rows])[:, :2]
        residual = ((self.target - shown) / self.sigma[:, None]).ravel()
        bases = self.refiner.rows.identity[rows], self.refiner.rows.expression[rows]
        derivative = (_derivative(fit.camera, places[rows], *bases) / self.sigma[:, None, None]).reshape(-1, COUNT)
        normal = derivative.T @ derivative + np.diag(self.prior)
        return _bounded_step(normal, derivative.T @ residual - self.prior * moved, fit.expression, self.free)


def _derivative(
    camera: ScaledOrthographic,
    points: Float[np.ndarray, "68 3"],
    identity: Float[np.ndarray, "68 3 80"],
    expression: Float[np.ndarray, "68 3 64"],
) -> Float[np.ndarray, "68 2 150"]:
    """How the picture's x and y move: by a turn after the rotation, t, the logarithm of s, and the coefficients."""
    x, y, z = (points @ camera.rotation.T).T
    zero, scale = np.zeros_like(x), camera.scale
    result = np.zeros((len(points), 2, COUNT))
    result[:, 0, :3] = scale * np.stack([zero, z, -y], axis=1)
    result[:, 1, :3] = -scale * np.stack([-z, zero, x], axis=1)
    result[:, 0, 3], result[:, 1, 4] = scale, -scale
    result[:, 0, 5], result[:, 1, 5] = scale * (x + camera.translation[0]), -scale * (y + camera.translation[1])
    down = scale * camera.rotation[:2] * np.array([[1.0], [-1.0]])
    result[:, :, IDENTITY], result[:, :, EXPRESSION] = down @ identity, down @ expression
    return result


def _bounded_step(
    normal: Float[np.ndarray, "150 150"],
    gradient: Float[np.ndarray, "150"],
    weights: Float[np.ndarray, "64"],
    free: Bool[np.ndarray, "150"],
) -> Float[np.ndarray, "150"]:
    """Solve for the step; weights that would leave [0, 1] go to the bound, and the rest is solved again."""
    low, high = np.full(COUNT, -np.inf), np.full(COUNT, np.inf)
    low[EXPRESSION], high[EXPRESSION] = -weights, 1.0 - weights
    step, still = np.zeros(COUNT), free.copy()
    for _ in range(ROUNDS):
        chosen = np.flatnonzero(still)
        force = gradient - normal[:, ~still] @ step[~still]
        step[chosen] = np.linalg.solve(normal[np.ix_(chosen, chosen)], force[chosen])
        beyond = still & ((step < low) | (step > high))
        step = np.clip(step, low, high)
        if not beyond.any():
            break
        still &= ~beyond
    return step


def _moved(fit: CoarseFit, step: Float[np.ndarray, "150"]) -> CoarseFit:
    camera = replace(
        fit.camera,
        rotation=axis_angle_to_matrix(step[:3]) @ fit.camera.rotation,
        translation=fit.camera.translation + step[3:5],
        scale=float(fit.camera.scale * np.exp(step[5])),
    )
    weights = np.clip(fit.expression + step[EXPRESSION], 0.0, 1.0)
    return replace(fit, camera=camera, identity=fit.identity + step[IDENTITY], expression=weights)
