"""The skin's atlas (section 3.2.3): the picture where it is seen well, elsewhere its mirror image or a completion."""

from toonface.geometry.bake import Projected, bake
from toonface.morphable.face_model import albedo, pose_head, skin_vertices
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.textured_head import TexturedHead
from toonface.stages.texture.completion import complete
from toonface.stages.texture.evidence import gather
from toonface.stages.texture.face_colours import find_colours
from toonface.stages.texture.options import TEXTURE_DEFAULTS, TextureOptions
from toonface.stages.texture.skin_baker import SkinBaker
from toonface.types import FaceRegions, Picture


def make_texture(
    baker: SkinBaker,
    picture: Picture,
    *,
    regions: FaceRegions,
    fine: FineFit,
    options: TextureOptions = TEXTURE_DEFAULTS,
) -> TexturedHead:
    """Bake the skin's atlas.

    Args:
        baker: of the model and the atlas's size.
        picture: sRGB, the one that the head was fitted to.
        regions: of the picture.
        fine: the fitted head.
        options: how it is completed.

    Raises:
        ValueError: picture and regions differ in size, or no pixel of the picture is skin.
    """
    model, coarse = baker.model, fine.coarse
    head = pose_head(model, fine.neutral, fine.weights)
    found = find_colours(picture, regions, eyes=head.eyes, camera=coarse.camera)
    skin = skin_vertices(model, head)
    evidence = gather(baker, picture, regions=regions, coarse=coarse, skin=skin, options=options)
    hair = None if found.hair is None else 255.0 * found.hair
    base = 255.0 * albedo(model, coarse.texture)
    mesh = Projected(
        points_px=evidence.points_px,
        trust=evidence.trust,
        gain=evidence.gain,
        sampled=evidence.seen,
        colours=complete(baker, base, evidence, hair=hair, options=options),
        partner=baker.mirror,
        borrowed=evidence.trust[baker.mirror] * baker.outer,
    )
    atlas, share = bake(baker.charts, baker.faces, mesh=mesh, picture=evidence.clean, mask=evidence.mask)
    scalp = "no hair is seen" if hair is None else "it has the hair's colour where hair is seen"
    notes = (f"{100.0 * share:.0f} % of the atlas shows the picture, the rest is completed.", f"Scalp: {scalp}.")
    return TexturedHead(
        fine=fine,
        kind="atlas",
        skin=atlas,
        uv=model.skin.uv[0],
        uv_faces=model.skin.uv_faces[0],
        colours=found,
        seen=share,
        notes=notes,
    )
