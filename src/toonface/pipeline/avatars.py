"""From a portrait to an avatar: all stages in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from toonface.geometry.crop import frame_around
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import FaceModel
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.rigged_head import RiggedHead
from toonface.morphable.textured_head import TexturedHead
from toonface.pipeline.faces import FoundFace, find_face, look_twice, parse_found, stylize_found
from toonface.stages import coarse
from toonface.stages.coarse_refinement import CoarseRefiner, refine_coarse
from toonface.stages.fine import FineDeformer, fit_fine
from toonface.stages.glasses import GlassesFitter, fit_worn_glasses
from toonface.stages.hair import HairFitter, fit_hair
from toonface.stages.rig import Rigger, build_rig
from toonface.stages.skull import SkullFitter, fit_skull
from toonface.stages.stylization.stylize import STYLIZE_DEFAULTS, StylizeOptions
from toonface.stages.texture.atlas import make_texture
from toonface.stages.texture.skin_baker import SkinBaker
from toonface.types import Cartoon, FaceRegions, Landmarks, Network, Picture
from toonface.worn.surface import Textures
from toonface.worn.worn_part import FittedGlasses, FittedHair

NEEDED = ("detector", "landmarks", "parser", "coarse")
"""Networks without which there is no avatar."""
Step = FoundFace | Cartoon | Landmarks | FaceRegions | CoarseFit | FineFit | TexturedHead | FittedHair
"""What is there on the way to an avatar, in this order."""


class Models:
    """Everything that the pipeline needs and that does not depend on the portrait; takes seconds to make.

    Args:
        model: the face model.
        textures: its pictures, by their stems.
        networks: all of `NEEDED`, by name; `stylizer` and `cartoon` may be missing.

    Raises:
        ValueError: a network is missing.
    """

    def __init__(self, model: FaceModel, textures: Textures, networks: Mapping[str, Network]) -> None:
        missing = [name for name in NEEDED if name not in networks]
        if missing:
            raise ValueError(f"an avatar needs the networks {', '.join(missing)}, which are not there")
        self.model, self.textures, self.networks = model, textures, networks
        self.refiner, self.deformer, self.rigger = CoarseRefiner(model), FineDeformer(model), Rigger(model)
        self.skull, self.glasses = SkullFitter(model), GlassesFitter(model)
        self.hair, self.baker = HairFitter(model, textures), SkinBaker(model)


@dataclass(frozen=True, kw_only=True)
class Avatar:
    """A portrait's avatar, and every step on the way to it."""

    portrait: Picture
    cartoon: Cartoon
    landmarks: Landmarks
    """Of the cartoon, as is all that follows."""
    regions: FaceRegions
    coarse: CoarseFit
    fine: FineFit
    """With the skull brought in."""
    textured: TexturedHead
    hair: FittedHair
    glasses: FittedGlasses | None
    rigged: RiggedHead
    notes: tuple[str, ...]
    """What the user should know, one sentence each."""


def create_avatar(
    portrait: Picture,
    models: Models,
    options: StylizeOptions = STYLIZE_DEFAULTS,
    face: int = 0,
    progress: Callable[[str], None] = lambda stage: None,
    made: Callable[[Step], None] = lambda step: None,
) -> Avatar:
    """Make an animatable head of one face of a portrait.

    Args:
        portrait: sRGB.
        models: loaded once.
        options: how the portrait is drawn before it is reconstructed; style `none` keeps it.
        face: which one, counted from 0, the largest.
        progress: told each stage as it begins.
        made: given each step's result as soon as it is there, for who shows them; what it raises ends the work.

    Raises:
        ValueError: there is no face, or not so many.
    """
    networks = models.networks
    progress("stylise")
    seen = find_face(networks, portrait, face)
    made(seen)
    cartoon = stylize_found(networks, portrait, seen, options)
    picture = cartoon.picture
    made(cartoon)
    progress("landmarks")
    found = seen.landmarks if picture is portrait else look_twice(networks["landmarks"], picture, seen.frame)
    made(found)
    regions = parse_found(networks["parser"], picture, found)
    made(regions)
    progress("coarse")
    frame = frame_around(found.points_px, coarse.MARGIN, coarse.LIFT)
    rough = coarse.fit_coarse(networks["coarse"], picture, frame, photograph=not cartoon.drawn)
    fit = refine_coarse(models.refiner, rough, found)
    made(fit)
    progress("fine")
    fine = fit_skull(models.skull, regions, fit_fine(models.deformer, fit, found))
    made(fine)
    progress("texture")
    textured = make_texture(models.baker, picture, regions=regions, fine=fine)
    made(textured)
    progress("hair")
    hair = fit_hair(models.hair, picture, regions=regions, fine=fine)
    glasses = fit_worn_glasses(models.glasses, picture, regions=regions, fine=fine)
    made(hair)
    progress("rig")
    rigged = build_rig(models.rigger, fine)
    return Avatar(
        portrait=portrait,
        cartoon=cartoon,
        landmarks=found,
        regions=regions,
        coarse=fit,
        fine=fine,
        textured=textured,
        hair=hair,
        glasses=glasses,
        rigged=rigged,
        notes=(*cartoon.notes, *fine.notes, *hair.notes, *rigged.notes),
    )
