"""Draw a fitted head with the colours of its picture, and what it wears."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import UInt8

from toonface.geometry.camera import ScaledOrthographic
from toonface.morphable.face_model import FaceModel, Head, skin_vertices
from toonface.synth.preview import (
    PLAIN,
    SUPERSAMPLE,
    PreviewSurface,
    View,
    camera_of,
    eye_surfaces,
    render_surfaces,
    skin_shade,
)
from toonface.types import Picture
from toonface.worn.surface import Textures
from toonface.worn.worn_part import WornPart

SEEN_OPACITY = 0.5
"""Lenses that are clearer are not drawn."""
GLOSS = 0.2
"""Of a part's gloss, in this light."""


def render_dressed(
    model: FaceModel,
    head: Head,
    textures: Textures,
    *,
    skin: Picture,
    worn: Sequence[WornPart],
    view: View | ScaledOrthographic,
) -> UInt8[np.ndarray, "Y X 3"]:
    """Draw a head with its own colours, hair and glasses.

    Args:
        model: the face model.
        head: what to draw.
        textures: pictures of the eyes.
        skin: atlas of the skin.
        worn: hair and glasses; lenses are drawn only where they are dark.
        view: where it is seen from, or the camera of a picture.
    """
    vertices = skin_vertices(model, head)
    bare = PreviewSurface(
        vertices=vertices,
        faces=model.skin.faces[0],
        uv=model.skin.uv[0],
        uv_faces=model.skin.uv_faces[0],
        picture=skin,
        shade=skin_shade(model, vertices),
    )
    surfaces = [bare, *eye_surfaces(model, head, textures, PLAIN)]
    surfaces += [_surface(part) for part in worn if part.opacity > SEEN_OPACITY]
    if isinstance(view, View):
        return render_surfaces(surfaces, camera_of(np.concatenate([s.vertices for s in surfaces]), view))
    fine = replace(
        view, scale=SUPERSAMPLE * view.scale, width=SUPERSAMPLE * view.width, height=SUPERSAMPLE * view.height
    )
    return render_surfaces(surfaces, fine)


def _surface(part: WornPart) -> PreviewSurface:
    mesh = part.mesh
    return PreviewSurface(
        vertices=mesh.vertices,
        faces=mesh.faces,
        uv=mesh.uv,
        uv_faces=mesh.uv_faces,
        picture=part.picture,
        normals=part.normals,
        shade=part.light,
        gloss=GLOSS * part.gloss,
        cutout=part.alpha == "mask",
    )
