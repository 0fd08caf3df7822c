"""The surfaces of a head: skin, eyeballs, and the parts that hang on it."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from toonface.geometry.asset import AssetMaterial, EncodedPicture
from toonface.morphable.eyes import gaze_rotations
from toonface.morphable.face_model import FaceModel, Lod, Points
from toonface.morphable.regions import SkinRegion
from toonface.stages.avatar.look import AvatarLook, eye_material, inside_material, skin_material, worn_material
from toonface.stages.avatar.shapes import MIXES, TARGETS, HeadShapes, mixed
from toonface.stages.avatar.skeleton import HEAD, LEFT_EYE, RIGHT_EYE, carried_by, skinning
from toonface.stages.avatar.surface import Surface
from toonface.types import Vertices
from toonface.worn.worn_part import WornPart

SOCKET_STEPS = (11, 6)
"""Triangles behind the edge of the lids that are kept, on each level of detail; no wide eye shows where they end."""
MOUTH_FADE = 0.060
"""Metres behind the lips over which the light in the mouth fades."""
MOUTH_DARKEST, MOUTH_LIGHTEST = 0.12, 0.85
UNDER_LIDS, ASIDE, EYE_LIGHT = 0.55, 0.35, 0.9
"""Share of light that lids keep off the upper part and the corners of an eyeball, and light that its middle gets."""


def skin_surface(
    model: FaceModel, head: HeadShapes, picture: EncodedPicture, *, shares: Float[np.ndarray, "P 3"], lod: Lod
) -> Surface:
    """Return the skin with all targets.

    Args:
        model: the face model.
        head: neutral head and its shapes.
        picture: in the skin's texture coordinates.
        shares: of the joints in every point, from `skeleton.carried`.
        lod: 0 for the subdivided skin, 1 for the cage.
    """
    count = model.skin.count
    vertices, offsets, own_shares = head.neutral[:count], head.shapes[:, :count], shares[:count]
    if lod == 0:
        vertices, offsets = head.skin, head.skin_shapes
        own_shares = model.skin.subdivision.matrix @ own_shares
    joints, weights = skinning(own_shares)
    return Surface(
        vertices=vertices,
        faces=model.skin.faces[lod],
        uv=model.skin.uv[lod],
        uv_faces=model.skin.uv_faces[lod],
        material=skin_material(picture),
        joints=joints,
        weights=weights,
        targets=dict(zip(TARGETS, mixed(offsets), strict=True)),
    )


def inside_surface(model: FaceModel, head: HeadShapes, skin: Surface, inside: Bool[np.ndarray, " F"]) -> Surface:
    """Return the skin as the mouth's inside is shown: dark behind the lips, and as light as the face at the border.

    Args:
        model: the face model.
        head: neutral head.
        skin: the whole skin.
        inside: which of its triangles are in the mouth.
    """
    light = mouth_light(model, head.neutral, skin.vertices)
    light[skin.faces[~inside]] = 1.0
    return replace(skin, material=inside_material(skin.material.picture), light=light)


def skin_cuts(model: FaceModel, moving: Bool[np.ndarray, " V"], lod: Lod) -> dict[str, Bool[np.ndarray, " F"]]:
    """Divide the skin's triangles: `face` moves, `mouth` and `sockets` are its inside, `bust` moves with no target.

    Insides are meshes of their own because few targets move them: dense targets of all vertices take most of a file.

    What lies deep in the sockets, behind the eyeballs, is in none of them.

    Args:
        model: the face model.
        moving: whether some target moves each vertex.
        lod: level of detail.
    """
    faces = model.skin.faces[lod]
    socket, mouth = (_region(model, region, lod) for region in (SkinRegion.SOCKET, SkinRegion.MOUTH))
    seen = ~socket
    for _ in range(SOCKET_STEPS[lod]):
        seen[faces[seen[faces].any(axis=1)]] = True
    visible = np.asarray(seen[faces].all(axis=1))
    in_mouth, in_socket = np.asarray(mouth[faces].all(axis=1)), np.asarray(socket[faces].all(axis=1))
    outside, moves = visible & ~in_mouth & ~in_socket, np.asarray(moving[faces].any(axis=1))
    insides = {"mouth": visible & in_mouth, "sockets": visible & in_socket}
    return {"face": outside & moves, **insides, "bust": outside & ~moves}


def _region(model: FaceModel, region: SkinRegion, lod: Lod) -> Bool[np.ndarray, " V"]:
    inside = (model.skin.region == region).astype(float)
    return (inside if lod == 1 else model.skin.subdivision.matrix @ inside) > 0.5


def part_surface(
    model: FaceModel, head: HeadShapes, name: str, *, material: AssetMaterial, shares: Float[np.ndarray, "P 3"]
) -> Surface:
    """Return something that hangs on the head; hair does not move with the face.

    Args:
        model: the face model.
        head: neutral head and its shapes.
        name: one of `model.parts`.
        material: of the part.
        shares: of the joints in every point.

    Raises:
        ValueError: there is no such part.
    """
    if name not in model.parts:
        raise ValueError(f"there is no part {name!r}, expected one of {sorted(model.parts)}")
    part = model.parts[name]
    vertices = part.matrix @ head.neutral + part.offsets
    targets = {}
    if part.follows == "expression":
        offsets = np.stack([part.matrix @ shape for shape in head.shapes.astype(np.float64)]).astype(np.float32)
        targets = dict(zip(TARGETS, mixed(offsets), strict=True))
    in_mouth = name.startswith(("teeth", "tongue"))
    joints, weights = skinning(np.clip(part.matrix @ shares, 0.0, 1.0))
    return Surface(
        vertices=vertices,
        faces=part.faces,
        uv=part.uv,
        uv_faces=part.uv_faces,
        material=material,
        joints=joints,
        weights=weights,
        targets=targets,
        light=mouth_light(model, head.neutral, vertices) if in_mouth else None,
    )


def worn_surface(part: WornPart, picture: EncodedPicture) -> Surface:
    """Return something that was fitted to this head and stands on it: the head's joint carries it.

    Args:
        part: hair or glasses.
        picture: its picture, encoded.
    """
    joints, weights = carried_by(HEAD, len(part.mesh.vertices))
    return Surface(
        vertices=part.mesh.vertices,
        faces=part.mesh.faces,
        uv=part.mesh.uv,
        uv_faces=part.mesh.uv_faces,
        material=worn_material(part, picture),
        joints=joints,
        weights=weights,
        targets={},
        light=part.light,
        normals=part.normals,
    )


def eye_surface(model: FaceModel, head: HeadShapes, look: AvatarLook, side: int) -> Surface:
    """Return one eyeball, which looks ahead; the gaze turns it, as do its joint's turns.

    Its normals are those of a sphere although the iris lies deeper: what shines is the clear cornea in front of it.

    Args:
        model: the face model.
        head: neutral head; only its eyes are used.
        look: pictures, and how large the iris is.
        side: 0 for the left eye, 1 for the right.
    """
    ball = model.eyeball.vertices(look.iris_scale)
    arms = head.eyes.radii[side] * ball
    joints, weights = carried_by((LEFT_EYE, RIGHT_EYE)[side], len(ball))
    turns = [gaze_rotations(mix.astype(np.float64))[side] - np.eye(3) for mix in MIXES]
    return Surface(
        vertices=head.eyes.centres[side] + arms,
        faces=model.eyeball.faces,
        uv=model.eyeball.uv,
        uv_faces=model.eyeball.faces,
        material=eye_material(("eye_left", "eye_right")[side], look.eyes[side]),
        joints=joints,
        weights=weights,
        targets={name: arms @ turn.T for name, turn in zip(TARGETS, turns, strict=True)},
        light=_lid_light(ball),
        normals=ball / np.linalg.norm(ball, axis=1, keepdims=True),
    )


def mouth_light(model: FaceModel, neutral: Points, vertices: Vertices) -> Float[np.ndarray, " N"]:
    """Return how much light reaches points inside the mouth: the less, the farther behind the lips.

    Args:
        model: the face model.
        neutral: points of the head.
        vertices: of anything in its mouth.
    """
    front = neutral[model.lips.upper, 2].max()
    return np.clip(1.0 - (front - vertices[:, 2]) / MOUTH_FADE, MOUTH_DARKEST, MOUTH_LIGHTEST)


def _lid_light(ball: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, " N"]:
    above = np.clip((ball[:, 1] - 0.05) / 0.45, 0.0, 1.0)
    aside = np.clip((np.abs(ball[:, 0]) - 0.45) / 0.5, 0.0, 1.0)
    return EYE_LIGHT * (1.0 - UNDER_LIDS * above) * (1.0 - ASIDE * aside)
