"""What the coefficients of a face become when a crop is cut out of its picture, turned and mirrored."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int

from toonface.geometry.camera import ScaledOrthographic, camera_from_pose, pose_of, project
from toonface.geometry.crop import frame_around
from toonface.geometry.mirror import MIRROR
from toonface.geometry.rotation import rotation_about_axis_radians
from toonface.io.sample_cache import CachedSample
from toonface.morphable.coarse_fit import COEFFICIENT_COUNT, EXPRESSION, IDENTITY, LIGHT, POSE, TEXTURE
from toonface.morphable.face_model import FaceModel, evaluate, skin_vertices
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.names import EXPRESSION_COUNT, IDENTITY_COUNT, SHAPES, TEXTURE_COUNT, mirror_name
from toonface.morphable.spherical_harmonics import sh_basis
from toonface.stages.coarse import LIFT, MARGIN, SIZE, VIEW, turn_light
from toonface.train.augment import Placement

MIRRORED_LIGHT = np.array([1.0, 1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0])
"""Of each spherical harmonic: whether it changes its sign with x."""
MIRRORED_POSE = np.array([1.0, -1.0, -1.0, -1.0, 1.0, 1.0])
"""Of axis-angle, translation and scale under the reflection x -> -x."""
LEAST_SYMMETRY = 0.999
"""Cosine between a component and its mirror image, or the negative of it, from which its sign says all."""


@dataclass(frozen=True, kw_only=True)
class FaceSymmetry:
    """How coefficients change when a face is mirrored."""

    identity: Float[np.ndarray, "80"]
    """1 for components that are symmetric, -1 for those of left against right."""
    shapes: Int[np.ndarray, "64"]
    """Number of the shape on the other side of each shape."""
    texture: Float[np.ndarray, "80 80"]
    """Applied from the left; the skin's fine detail has no exact mirror image in the basis, its colour has."""


def face_symmetry(model: FaceModel) -> FaceSymmetry:
    """Measure the symmetry of a model's bases.

    Args:
        model: the face model.

    Raises:
        ValueError: an identity component is neither symmetric nor its opposite.
    """
    count, mirror = model.skin.count, model.skin.mirror
    basis = model.identity_basis[:, :count]
    cosine = np.einsum("kvc,kvc->k", basis[:, mirror] * MIRROR, basis) / np.einsum("kvc,kvc->k", basis, basis)
    worst = int(np.abs(cosine).argmin())
    if abs(cosine[worst]) < LEAST_SYMMETRY:
        raise ValueError(f"identity component {worst} has symmetry {cosine[worst]:.3f}, expected 1 or -1")
    colours = model.albedo_basis[:, :count].astype(float)  # LOD0 begins with the cage
    mirrored = colours[:, mirror].reshape(TEXTURE_COUNT, -1)
    colours = colours.reshape(TEXTURE_COUNT, -1)
    gram = colours @ colours.T
    ridge = 1e-3 * np.trace(gram) / TEXTURE_COUNT * np.eye(TEXTURE_COUNT)
    return FaceSymmetry(
        identity=np.sign(cosine).astype(float),
        shapes=np.array([SHAPES.index(mirror_name(name)) for name in SHAPES]),
        texture=np.linalg.solve(gram + ridge, colours @ mirrored.T),
    )


def mirror_coefficients(coefficients: Float[np.ndarray, "239"], symmetry: FaceSymmetry) -> Float[np.ndarray, "239"]:
    """Return the coefficients of the mirrored picture.

    Args:
        coefficients: of the picture.
        symmetry: of the face model.
    """
    mirrored = np.zeros(COEFFICIENT_COUNT)
    mirrored[IDENTITY] = symmetry.identity * coefficients[IDENTITY]
    mirrored[EXPRESSION] = coefficients[EXPRESSION][symmetry.shapes]
    mirrored[TEXTURE] = symmetry.texture @ coefficients[TEXTURE]
    mirrored[LIGHT] = MIRRORED_LIGHT * coefficients[LIGHT]
    mirrored[POSE] = MIRRORED_POSE * coefficients[POSE]
    return mirrored


def coefficients_in_crop(
    coefficients: Float[np.ndarray, "239"], place: Placement, symmetry: FaceSymmetry, *, width: int, height: int
) -> Float[np.ndarray, "239"]:
    """Return coefficients with the pose and the light of a crop; the inverse of `stages.coarse.camera_in_picture`.

    Args:
        coefficients: of the picture.
        place: of the crop, neither stretched nor sheared.
        symmetry: of the face model.
        width: of the picture, pixels.
        height: of the picture, pixels.
    """
    across = -place.axes_px[0] if place.mirrored else place.axes_px[0]
    roll, step = float(np.arctan2(across[1], across[0])), float(np.linalg.norm(across))
    centre = place.corner_px + 0.5 * place.size * place.axes_px.sum(axis=0)
    camera = camera_from_pose(coefficients[POSE].astype(float), width, height)
    turn = rotation_about_axis_radians(VIEW, roll)
    offset = np.array([centre[0] - 0.5 * width, 0.5 * height - centre[1]]) / camera.scale
    in_crop = ScaledOrthographic(
        rotation=turn @ camera.rotation,
        translation=turn[:2, :2] @ (camera.translation - offset),
        scale=camera.scale / step,
        width=place.size,
        height=place.size,
    )
    result = coefficients.astype(float)
    result[LIGHT], result[POSE] = turn_light(result[LIGHT], roll), pose_of(in_crop)
    return mirror_coefficients(result, symmetry) if place.mirrored else result


def start_coefficients(model: FaceModel) -> Float[np.ndarray, "239"]:
    """Return the mean head, neutral, in white light, from the front, as a crop frames it.

    Args:
        model: the face model.
    """
    head = evaluate(model, np.zeros(IDENTITY_COUNT), np.zeros(EXPRESSION_COUNT))
    points = landmarks_3d(skin_vertices(model, head), model.landmarks, np.eye(3))
    # Any picture of this head will do; the crop is then found in it as in any other.
    camera = ScaledOrthographic(rotation=np.eye(3), translation=np.zeros(2), scale=1000.0, width=SIZE, height=SIZE)
    frame = frame_around(project(camera, points)[:, :2], MARGIN, LIFT)
    result = np.zeros(COEFFICIENT_COUNT)
    result[LIGHT.start] = 1.0 / sh_basis(np.array([[0.0, 0.0, 1.0]]))[0, 0]
    middle = np.array([frame.centre_px[0] - 0.5 * SIZE, 0.5 * SIZE - frame.centre_px[1]]) / camera.scale
    result[POSE] = [0.0, 0.0, 0.0, -middle[0], -middle[1], np.log(camera.scale * SIZE / frame.side_px)]
    return result


def spread_of_coefficients() -> Float[np.ndarray, "239"]:
    """Return about how far coefficients of crops are from `start_coefficients`: standard deviations, rounded."""
    result = np.ones(COEFFICIENT_COUNT)
    result[EXPRESSION], result[LIGHT] = 0.2, 0.3
    result[POSE] = [0.2, 0.4, 0.1, 0.012, 0.012, 0.12]
    return result


def point_targets(
    samples: Iterable[tuple[CachedSample, Placement]], symmetry: FaceSymmetry, start: Float32[np.ndarray, "239"]
) -> tuple[Float32[np.ndarray, "N 68 2"], Float32[np.ndarray, "N 239"], Float32[np.ndarray, "N 239"]]:
    """Return points of crops, by how much their coefficients differ from a start, and that all of them are known.

    Args:
        samples: renders and where their crops lie.
        symmetry: of the model.
        start: coefficients that are subtracted.
    """
    points, targets = [], []
    for sample, place in samples:
        height, width = sample.parsing.shape
        points.append(place.landmarks(sample.landmarks_px))
        targets.append(coefficients_in_crop(sample.coefficients, place, symmetry, width=width, height=height) - start)
    known = np.ones((len(targets), COEFFICIENT_COUNT), np.float32)
    return np.stack(points).astype(np.float32), np.stack(targets).astype(np.float32), known
