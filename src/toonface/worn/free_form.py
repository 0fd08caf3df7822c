"""Bend a mesh in the picture's plane so that its outline meets a parsed one: a smooth field of few numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.types import Vertices
from toonface.worn.outline import OutlineView

Mask = Bool[np.ndarray, "N N"]


@dataclass(frozen=True, kw_only=True)
class FreeFormOptions:
    """How freely a mesh is bent."""

    cells: int = 8
    """Cells of the field along a side of the view; each corner of a cell has two numbers."""
    stiffness: float = 1.0
    """Against bending, per number; larger is smoother."""
    staying: float = 0.05
    """Against moving at all."""
    rounds: int = 5
    """Times that the outline is drawn again."""
    reach_px: float = 16.0
    """Distance between outlines beyond which they are not thought to be the same edge."""
    inwards: bool = False
    """Whether only what is drawn outside the parsed outline moves, so that it ends up inside."""
    agree: float = 0.3
    """Cosine between the directions of two edges below which they are not thought to be the same."""


FREE_FORM_DEFAULTS = FreeFormOptions()
Field = Float[np.ndarray, "K K 2"]


def fit_field(
    view: OutlineView, seen_after: Callable[[Field], Mask], options: FreeFormOptions = FREE_FORM_DEFAULTS
) -> Field:
    """Find the field that brings an outline to that of the picture.

    Args:
        view: the parsed outline; where its weight is 0 nothing pulls.
        seen_after: draws the mask after a field has been applied.
        options: how freely.

    Returns:
        Pixels of the view, x right and y down, at the corners of its cells; zero where the picture shows nothing.
    """
    corners = options.cells + 1
    field = np.zeros((corners, corners, 2))
    if not view.target.any():
        return field
    distance = _signed_distance(view.target)
    slopes = _slopes(distance)
    stiff = _stiffness(corners, options)
    for _ in range(options.rounds):
        seen = seen_after(field)
        if not seen.any():
            break
        rows, wanted = _pulls(view, seen, distance, slopes, options)
        if not len(wanted):
            break
        # Bending is held as a whole, not each step: the field so far is part of the right-hand side.
        normal = rows.T @ rows + stiff
        field = field + np.linalg.solve(normal, rows.T @ wanted - stiff @ field.ravel()).reshape(field.shape)
    return field


def move_by_field(camera: ScaledOrthographic, field: Field, vertices: Vertices) -> Vertices:
    """Move vertices in the plane of the picture; depth stays.

    Args:
        camera: of the view.
        field: from `fit_field`.
        vertices: metres.
    """
    weights = _weights(project(camera, vertices)[:, :2], camera.width, len(field))
    moved = weights @ field.reshape(-1, 2) / camera.scale
    return vertices + np.stack([moved[:, 0], -moved[:, 1], np.zeros(len(moved))], axis=1) @ camera.rotation


def _pulls(
    view: OutlineView,
    seen: Mask,
    target: Float[np.ndarray, "N N"],
    slopes: Float[np.ndarray, "N N 2"],
    options: FreeFormOptions,
) -> tuple[Float[np.ndarray, "M F"], Float[np.ndarray, " M"]]:
    """Linear equations on the field's numbers: every point of an edge goes to the nearest point of the other's."""
    own = _signed_distance(seen)
    own_slopes = _slopes(own)
    equations = []
    # An edge that is drawn moves against the picture's distance; one of the picture pulls what is drawn nearest to it.
    for edge, field, slope, sign in (
        (_edge(seen), target, slopes, -1.0),
        (_edge(view.target), own, own_slopes, 1.0),
    ):
        agree = np.einsum("yxc,yxc->yx", slopes, own_slopes)
        if options.inwards:
            # A pixel to spare: both outlines are rounded to whole ones.
            edge = edge & (field > 1.0) & (sign < 0.0)
        usable = edge & (view.weight > 0.5) & (np.abs(field) < options.reach_px) & (agree > options.agree)
        y, x = np.nonzero(usable)
        at = np.stack([x, y], axis=1) + 0.5
        if sign > 0.0:
            at = at - field[y, x, None] * slope[y, x]
        share = 1.0 / (1.0 + (field[y, x] / (0.5 * options.reach_px)) ** 2)
        weights = _weights(at, len(seen), options.cells + 1)
        rows = (share[:, None, None] * weights[:, :, None] * slope[y, x, None, :]).reshape(len(y), 2 * weights.shape[1])
        equations.append((rows, share * sign * field[y, x]))
    return np.concatenate([rows for rows, _ in equations]), np.concatenate([right for _, right in equations])


def _edge(mask: Mask) -> Mask:
    """The pixels of a mask at its border; the picture's own border is none."""
    return mask & ~binary_erosion(mask, border_value=1)


def _signed_distance(mask: Mask) -> Float[np.ndarray, "N N"]:
    """Pixels from the edge, negative inside."""
    return distance_transform_edt(~mask) - distance_transform_edt(mask)


def _slopes(distance: Float[np.ndarray, "N N"]) -> Float[np.ndarray, "N N 2"]:
    """Unit directions in x and y in which a distance grows."""
    down, right = np.gradient(gaussian_filter(distance, 1.0))
    slopes = np.stack([right, down], axis=2)
    return slopes / np.maximum(np.linalg.norm(slopes, axis=2, keepdims=True), 1e-6)


def _weights(places: Float[np.ndarray, "M 2"], size: int, corners: int) -> Float[np.ndarray, "M F"]:
    """Weights of the field's corners at places: smooth between them, constant beyond the view."""
    cells = np.clip(places / size * (corners - 1), 0.0, corners - 1 - 1e-9)
    axes = []
    for axis in (0, 1):
        # Quadratic B-splines centred on the corners: smooth across cells.
        away = np.abs(cells[:, axis, None] - np.arange(corners))
        shape = np.where(away < 0.5, 0.75 - away**2, 0.5 * np.maximum(1.5 - away, 0.0) ** 2)
        axes.append(shape / shape.sum(axis=1, keepdims=True))
    return (axes[1][:, :, None] * axes[0][:, None, :]).reshape(len(places), corners**2)


def _stiffness(corners: int, options: FreeFormOptions) -> Float[np.ndarray, "G G"]:
    """Squared differences between neighbouring corners, and squared motion."""
    steps = np.diff(np.eye(corners), axis=0)
    line = steps.T @ steps
    whole = np.kron(line, np.eye(corners)) + np.kron(np.eye(corners), line)
    return np.kron(options.stiffness * whole + options.staying * np.eye(corners**2), np.eye(2))
