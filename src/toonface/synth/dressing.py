"""From a scene to the surfaces that are drawn: skin, features, hair and everything worn, in one style."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from scipy import sparse

from toonface.morphable.face_model import FaceModel
from toonface.synth.face.beard import BeardTables, beard_surfaces, beard_tables
from toonface.synth.face.features import feature_surfaces
from toonface.synth.face.occlusion import ambient_occlusion, skin_occlusion
from toonface.synth.face.skin import skin_surface, toon_marks
from toonface.synth.face.skin_tables import SkinTables, fast_albedo, skin_tables, toon_albedo
from toonface.synth.labels import Style
from toonface.synth.people.exaggerate import ExaggerationTables, exaggerate_tables
from toonface.synth.people.people import PeopleTables, people_tables
from toonface.synth.scene import SceneSpec
from toonface.synth.wear.clothes import clothes_surfaces
from toonface.synth.wear.hats import clip_hair, hat_surfaces
from toonface.synth.wear.head_grid import HatTables, hat_tables
from toonface.synth.wear.torso import TorsoTables, torso_tables
from toonface.worn.glasses import GlassesTables, glasses_surfaces, glasses_tables
from toonface.worn.hair.hair import HairTables, hair_surfaces, hair_tables, scalp_shade
from toonface.worn.surface import Sitter, Surface, Textures


@dataclass(frozen=True, kw_only=True)
class Wardrobe:
    """Everything that is computed from the model once."""

    textures: Textures
    people: PeopleTables
    exaggeration: ExaggerationTables
    skin: SkinTables
    hair: HairTables
    beard: BeardTables
    glasses: GlassesTables
    hats: HatTables
    torso: TorsoTables
    occlusion: Float[np.ndarray, " V"]
    landmarks: sparse.csr_array
    """Landmarks of a neutral head (68) from its points (P), with the contour on the jaw."""


def open_wardrobe(model: FaceModel, textures: Textures) -> Wardrobe:
    """Prepare all that scenes of a model need.

    Args:
        model: the face model.
        textures: its pictures, by their stems.
    """
    hair = hair_tables(model, textures)
    return Wardrobe(
        textures=textures,
        people=people_tables(model),
        exaggeration=exaggerate_tables(model),
        skin=skin_tables(model),
        hair=hair,
        beard=beard_tables(model, hair.scalp),
        glasses=glasses_tables(model),
        hats=hat_tables(model),
        torso=torso_tables(model),
        occlusion=ambient_occlusion(model),
        landmarks=landmark_matrix(model),
    )


def landmark_matrix(model: FaceModel) -> sparse.csr_array:
    """Return the matrix that takes the points of a head (P) to its landmarks (68), with the contour on the jaw.

    Args:
        model: the face model.
    """
    table, skin = model.landmarks, model.skin
    rows = np.repeat(np.arange(len(table.corners)), 3)
    places = (table.weights.reshape(-1), (rows, table.corners.reshape(-1)))
    on_skin = sparse.csr_array(places, shape=(len(table.corners), skin.subdivision.matrix.shape[0]))
    rest = sparse.csr_array((len(table.corners), len(model.mean) - skin.count))
    return sparse.csr_array(sparse.hstack([on_skin @ skin.subdivision.matrix, rest]))


def dress(sitter: Sitter, scene: SceneSpec, wardrobe: Wardrobe, style: Style) -> list[Surface]:
    """Return the surfaces of a scene; the first one is the skin.

    Args:
        sitter: the posed head.
        scene: what to draw.
        wardrobe: of the model.
        style: how.
    """
    skin = _skin(sitter, scene, wardrobe, style)
    eyes = scene.eyes
    if style == "toon":
        eyes = replace(eyes, iris_scale=eyes.iris_scale * scene.exaggeration.iris_scale)
    surfaces = [skin, *feature_surfaces(sitter, wardrobe.textures, eyes, (scene.brows, scene.lashes), style)]
    hair = hair_surfaces(sitter, scene.hair, wardrobe.hair, style)
    if scene.hat is not None:
        hair = clip_hair(hair, sitter, wardrobe.hats, scene.hat) + hat_surfaces(sitter, wardrobe.hats, scene.hat)
    surfaces += hair
    if scene.beard is not None:
        surfaces += beard_surfaces(sitter, scene.beard, wardrobe.beard, style)
    if scene.glasses is not None:
        surfaces += glasses_surfaces(sitter, wardrobe.glasses, scene.glasses, style)
    return surfaces + clothes_surfaces(sitter, wardrobe.torso, scene.clothes, skin.colour)


def _skin(sitter: Sitter, scene: SceneSpec, wardrobe: Wardrobe, style: Style) -> Surface:
    photo = style == "photo"
    colours = (fast_albedo if photo else toon_albedo)(wardrobe.skin, scene.person.texture)
    marks = scene.marks if photo else toon_marks(scene.marks)
    surface = skin_surface(sitter, colours, marks, scene.makeup, wardrobe.skin)
    shade = scalp_shade(wardrobe.hair, scene.hair)[:, None]
    painted = surface.colour * (1.0 - shade) + shade * 0.8 * np.array(scene.hair.colour)
    return replace(
        surface,
        colour=painted,
        occlusion=skin_occlusion(sitter, wardrobe.occlusion),
        coarse_faces=sitter.model.skin.faces[1],
    )
