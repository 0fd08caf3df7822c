"""The paper's own texture (Eq. 12): each vertex shows the picture at the place to which it is projected."""

import numpy as np

from toonface.geometry.camera import project
from toonface.geometry.diffusion import diffuse
from toonface.morphable.face_model import pose_head, skin_vertices
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.textured_head import TexturedHead
from toonface.stages.texture.face_colours import find_colours
from toonface.stages.texture.skin_baker import SkinBaker
from toonface.stages.texture.stray_lines import SKIN_CLASSES, is_one_of
from toonface.types import FaceRegion, FaceRegions, Picture

SHOWN = (*SKIN_CLASSES, FaceRegion.INNER_MOUTH, FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT)
"""What is kept of the picture; the rest is diffused."""


def project_texture(baker: SkinBaker, picture: Picture, *, regions: FaceRegions, fine: FineFit) -> TexturedHead:
    """Use the diffused picture as texture: tex_coord(v) = Norm(Π(R v + t)).

    What the picture does not see shows what lies before it, and what lies outside shows the nearest border. The share
    that is seen is that of the picture which is not diffused.

    Args:
        baker: of the model.
        picture: sRGB, the one that the head was fitted to.
        regions: of the picture.
        fine: the fitted head.

    Raises:
        ValueError: picture and regions differ in size, or no pixel of the picture is skin.
    """
    camera = fine.coarse.camera
    head = pose_head(baker.model, fine.neutral, fine.weights)
    points = project(camera, skin_vertices(baker.model, head))[:, :2]
    found = find_colours(picture, regions, eyes=head.eyes, camera=camera)
    kept = is_one_of(regions.classes, SHOWN)
    return TexturedHead(
        fine=fine,
        kind="projective",
        skin=diffuse(picture, kept),
        uv=np.clip(points / [picture.shape[1], picture.shape[0]], 0.0, 1.0),
        uv_faces=baker.faces,
        colours=found,
        seen=float(kept.mean()),
        notes=("The texture is the picture itself; the sides repeat its borders.",),
    )
