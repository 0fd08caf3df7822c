"""A small skeleton, and which of its joints carries each point of the head."""

import numpy as np
from jaxtyping import Float, Float32, UInt8
from scipy import sparse
from scipy.sparse.linalg import splu

from toonface.geometry.asset import AssetJoint
from toonface.geometry.smoothstep import smoothstep
from toonface.geometry.topology import boundary_loops, edges
from toonface.morphable.eyes import Eyeballs
from toonface.morphable.face_model import FaceModel, Points
from toonface.morphable.regions import SkinRegion

TRUNK = (("Hips", -0.62), ("Spine", -0.52), ("Spine1", -0.41), ("Spine2", -0.29))
"""Joints below the bust and their height, metres: little hangs on them, but avatar runtimes look for them."""
NECK_HEIGHT = 0.62
"""Where the neck's joint lies, as a share of the way from the head's joint down to the bust's end."""
NECK_SLICE = 0.02
"""Metres above and below, over which the middle of the neck is averaged."""
CHEST, NECK, HEAD, LEFT_EYE, RIGHT_EYE = 3, 4, 5, 6, 7
"""Numbers of the joints that carry something."""
CHEST_SHARE = 0.35
"""Share of the way up the neck over which the chest gives way to the neck; above it the neck gives way to the head."""


def skeleton(model: FaceModel, neutral: Points, eyes: Eyeballs) -> tuple[AssetJoint, ...]:
    """Place the joints of a head: the head turns about the origin, the eyes about their centres.

    Args:
        model: the face model.
        neutral: points of the neutral head.
        eyes: of that head.
    """
    throat = neutral[: model.skin.count][model.skin.region == SkinRegion.NECK]
    height = NECK_HEIGHT * throat[:, 1].min()
    depth = throat[np.abs(throat[:, 1] - height) < NECK_SLICE, 2].mean()
    trunk = [AssetJoint(name=name, parent=n - 1, position=(0.0, y, float(depth))) for n, (name, y) in enumerate(TRUNK)]
    left, right = ((float(c[0]), float(c[1]), float(c[2])) for c in eyes.centres)
    return (
        *trunk,
        AssetJoint(name="Neck", parent=CHEST, position=(0.0, float(height), float(depth))),
        AssetJoint(name="Head", parent=NECK, position=(0.0, 0.0, 0.0)),
        AssetJoint(name="LeftEye", parent=HEAD, position=left),
        AssetJoint(name="RightEye", parent=HEAD, position=right),
    )


def carried(model: FaceModel) -> Float[np.ndarray, "P 3"]:
    """Return how much chest, neck and head carry each of the model's points; rows sum to 1.

    Along the neck the height is harmonic: 1 where the head begins, 0 at the bust's end, smooth between.

    Args:
        model: the face model.
    """
    height = np.ones(len(model.mean))
    height[: model.skin.count] = _height(model)
    chest = 1.0 - smoothstep(0.0, CHEST_SHARE, height)
    head = smoothstep(CHEST_SHARE, 1.0, height)
    return np.stack([chest, 1.0 - chest - head, head], axis=1)


def _height(model: FaceModel) -> Float[np.ndarray, " S"]:
    count, faces = model.skin.count, model.skin.faces[1]
    height = (model.skin.region != SkinRegion.NECK).astype(float)
    end = min(boundary_loops(faces), key=lambda loop: model.mean[loop, 1].mean())
    height[end] = 0.0
    free = np.flatnonzero((model.skin.region == SkinRegion.NECK) & ~np.isin(np.arange(count), end))
    start, stop = edges(faces).T
    links = sparse.coo_array((np.ones(len(start)), (start, stop)), (count, count))
    links = (links + links.T).tocsr()
    laplacian = (sparse.diags_array(links.sum(axis=1)) - links).tocsr()[free]
    fixed = np.where(np.isin(np.arange(count), free), 0.0, height)
    height[free] = splu(laplacian[:, free].tocsc()).solve(-(laplacian @ fixed))
    return height


def skinning(shares: Float[np.ndarray, "V 3"]) -> tuple[UInt8[np.ndarray, "V 4"], Float32[np.ndarray, "V 4"]]:
    """Return joints and weights of vertices as a file holds them: unused places have joint 0.

    Args:
        shares: of chest, neck and head; brought to a sum of 1 where rounding or extrapolation has left it.
    """
    kept = np.where(shares < 1e-3, 0.0, shares)
    weights = np.zeros((len(shares), 4), np.float32)
    weights[:, :3] = kept / kept.sum(axis=1, keepdims=True)
    joints = np.where(weights > 0.0, np.array([CHEST, NECK, HEAD, 0]), 0)
    return joints.astype(np.uint8), weights


def carried_by(joint: int, count: int) -> tuple[UInt8[np.ndarray, "V 4"], Float32[np.ndarray, "V 4"]]:
    """Return joints and weights of vertices that one joint carries.

    Args:
        joint: its number.
        count: of vertices.
    """
    joints, weights = np.zeros((count, 4), np.uint8), np.zeros((count, 4), np.float32)
    joints[:, 0], weights[:, 0] = joint, 1.0
    return joints, weights
