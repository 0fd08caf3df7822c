"""What each of the commands that look at pictures sees: in numbers, in a line for people, and drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.drive.gaze import looking
from toonface.evaluate.overlay_heads import draw_expression, draw_fit
from toonface.evaluate.overlay_sheet import Page
from toonface.evaluate.overlays import draw_faces, draw_landmarks, draw_regions
from toonface.geometry.camera import pose_of
from toonface.geometry.crop import CropFrame, frame_around
from toonface.morphable.face_model import FaceModel
from toonface.morphable.names import SHAPES
from toonface.pipeline import FoundFace, find_face, parse_found
from toonface.stages import coarse, expression
from toonface.stages.detection import detect_faces
from toonface.stages.gaze import read_gaze
from toonface.types import FaceRegion, Network, Picture

LARGEST_WEIGHTS, LEAST_WEIGHT = 6, 0.1
"""How many weights a line names at most, and how small they may be."""
DIGITS = 5
"""Decimals of the numbers in JSON."""

Networks = Mapping[str, Network]


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What was seen in one picture."""

    numbers: dict[str, object]
    """All of it, for programs."""
    line: str
    """In short, for people."""
    draw: Callable[[], Page] | None
    """Draws it over the picture; None where the face model was not given that this takes."""
    notes: tuple[str, ...] = ()
    """What the user should know."""


See = Callable[[Networks, Picture, int | None], Sight]


def see_faces(networks: Networks, picture: Picture, face: int | None) -> Sight:
    """Find the faces.

    Args:
        networks: `detector`.
        picture: sRGB.
        face: which one, counted from 0, the largest; None for all.

    Raises:
        ValueError: there is no face, or not so many.
    """
    faces = detect_faces(networks["detector"], picture)
    if not faces:
        raise ValueError("no face found, expected at least one")
    if face is not None and not 0 <= face < len(faces):
        raise ValueError(f"face is {face}, expected 0 to {len(faces) - 1}: {len(faces)} found, 0 is the largest")
    chosen = faces if face is None else (faces[face],)
    numbers = [
        {"box_px": _plain(one.box_px), "points_px": _plain(one.points_px), "confidence": round(one.confidence, DIGITS)}
        for one in chosen
    ]
    boxes = [
        f"{one.confidence:.2f} at {one.box_px[0]:.0f},{one.box_px[1]:.0f} to {one.box_px[2]:.0f},{one.box_px[3]:.0f}"
        for one in chosen
    ]
    line = f"{len(chosen)} face{'s' if len(chosen) > 1 else ''}: {'; '.join(boxes)}"
    return Sight(numbers={"faces": numbers}, line=line, draw=lambda: draw_faces(picture, chosen))


def see_landmarks(networks: Networks, picture: Picture, face: int | None) -> Sight:
    """Find the 68 points of a face.

    Args:
        networks: `detector` and `landmarks`.
        picture: sRGB.
        face: which one, counted from 0, the largest.
    """
    found = find_face(networks, picture, face or 0)
    points, sigma = found.landmarks.points_px, found.landmarks.sigma_px
    share = float(sigma.mean() / max(np.ptp(points, axis=0).max(), 1e-9))
    return Sight(
        numbers={"points_px": _plain(points), "sigma_px": _plain(sigma)},
        line=f"{len(points)} points, mean uncertainty {sigma.mean():.2f} px, {share:.1%} of the face",
        draw=lambda: draw_landmarks(picture, found.landmarks),
        notes=found.notes,
    )


def see_regions(networks: Networks, picture: Picture, face: int | None) -> Sight:
    """Parse a face.

    Args:
        networks: `detector`, `landmarks` and `parser`.
        picture: sRGB.
        face: which one, counted from 0, the largest.
    """
    found = find_face(networks, picture, face or 0)
    regions = parse_found(networks["parser"], picture, found.landmarks)
    counts = np.bincount(regions.classes.ravel(), minlength=len(FaceRegion)) / regions.classes.size
    shares = {region.name.lower().replace("_", " "): float(counts[region]) for region in FaceRegion}
    return Sight(
        numbers={"shares": {name: round(share, DIGITS) for name, share in shares.items()}},
        line=", ".join(f"{name} {share:.1%}" for name, share in shares.items() if share > 0.0),
        draw=lambda: draw_regions(picture, regions),
        notes=found.notes,
    )


def see_coefficients(
    networks: Networks, picture: Picture, face: int | None, *, model: FaceModel | None = None
) -> Sight:
    """Fit the face model's coefficients.

    Args:
        networks: `detector`, `landmarks` and `coarse`.
        picture: sRGB.
        face: which one, counted from 0, the largest.
        model: draws the picture; None for no picture.
    """
    found = find_face(networks, picture, face or 0)
    fit = coarse.fit_coarse(networks["coarse"], picture, _frame(found, coarse.MARGIN, coarse.LIFT))
    angles = head_angles_degrees(fit.camera.rotation)
    spread = float(np.sqrt(np.mean(fit.identity**2)))
    return Sight(
        numbers={
            "identity": _plain(fit.identity),
            "expression": _weights(fit.expression),
            "texture": _plain(fit.texture),
            "light": _plain(fit.light),
            "pose": _plain(pose_of(fit.camera)),
            "angles_degrees": angles,
        },
        line=f"{_turn(angles)}; {_largest(fit.expression)}; identity {spread:.2f} standard deviations from the mean",
        draw=None if model is None else lambda: draw_fit(picture, fit, model),
        notes=found.notes,
    )


def see_expression(networks: Networks, picture: Picture, face: int | None, *, model: FaceModel | None = None) -> Sight:
    """Read what a face does.

    Args:
        networks: `detector`, `landmarks`, `expression` and `gaze`.
        picture: sRGB.
        face: which one, counted from 0, the largest.
        model: draws the picture; None for no picture.
    """
    found = find_face(networks, picture, face or 0)
    frame = _frame(found, expression.MARGIN, expression.LIFT)
    read = expression.read_expression(networks["expression"], picture, frame)
    read = looking(read, read_gaze(networks["gaze"], picture, found.landmarks.points_px, read.rotation))
    angles = head_angles_degrees(read.rotation)
    yaw, pitch = np.degrees(read.gaze_radians.mean(axis=0))
    gaze = (
        f"gaze {abs(yaw):.0f}° {'left' if yaw > 0.0 else 'right'}, {abs(pitch):.0f}° {'up' if pitch > 0.0 else 'down'}"
    )
    return Sight(
        numbers={
            "weights": _weights(read.weights),
            "gaze_radians": {"left": _plain(read.gaze_radians[0]), "right": _plain(read.gaze_radians[1])},
            "rotation": _plain(read.rotation),
            "angles_degrees": angles,
        },
        line=f"{_turn(angles)}; {gaze}; {_largest(read.weights)}",
        draw=None if model is None else lambda: draw_expression(picture, read, model),
        notes=found.notes,
    )


def head_angles_degrees(rotation: Float[np.ndarray, "3 3"]) -> dict[str, float]:
    """Take R = R_roll R_pitch R_yaw apart (`docs/conventions.md`); degrees.

    Args:
        rotation: from the head to the camera.
    """
    angles = {
        "yaw": np.arctan2(-rotation[2, 0], rotation[2, 2]),
        "pitch": np.arcsin(np.clip(rotation[2, 1], -1.0, 1.0)),
        "roll": np.arctan2(-rotation[0, 1], rotation[1, 1]),
    }
    return {name: round(float(np.degrees(angle)), 2) for name, angle in angles.items()}


def _frame(found: FoundFace, margin: float, lift: float) -> CropFrame:
    return frame_around(found.landmarks.points_px, margin, lift)


def _turn(angles: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {angle:.1f}°" for name, angle in angles.items())


def _largest(weights: Float[np.ndarray, " 64"]) -> str:
    order = [i for i in np.argsort(-weights)[:LARGEST_WEIGHTS] if weights[i] >= LEAST_WEIGHT]
    return ", ".join(f"{SHAPES[i]} {weights[i]:.2f}" for i in order) or "neutral"


def _weights(weights: Float[np.ndarray, " 64"]) -> dict[str, float]:
    return {name: round(float(weight), DIGITS) for name, weight in zip(SHAPES, weights, strict=True)}


def _plain(array: Float[np.ndarray, "*S"]) -> list:
    return np.round(array.astype(float), DIGITS).tolist()
