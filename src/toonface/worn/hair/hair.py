"""Hair of a scene: meshes of strands, shells grown from the scalp, or none."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from scipy.spatial import KDTree

from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import FaceModel
from toonface.worn.hair.hair_bun import SEAT, bun_patch, bun_surfaces
from toonface.worn.hair.hair_cards import CardTables, all_cards, card_surface
from toonface.worn.hair.hair_crops import CropTables, crop_coat, crop_tables, hairline_depth
from toonface.worn.hair.hair_scalp import Scalp, make_scalp
from toonface.worn.hair.hair_spec import CARDS, CROPS, STYLES, HairSpec, sample_hair
from toonface.worn.hair.shells import ShellPatch, Style, shell_surfaces
from toonface.worn.surface import Sitter, Surface

__all__ = ["STYLES", "HairSpec", "HairTables", "hair_surfaces", "hair_tables", "sample_hair", "scalp_shade"]

SHADOW: dict[str, float] = {"fade": 0.75, "mohawk": 0.75, "buzz": 0.85, "horseshoe": 0.9, "bald": 0.35}
"""How dark the skin under some hair is; 1 under all other."""


@dataclass(frozen=True, kw_only=True)
class HairTables:
    """All that hair needs to know of a model."""

    scalp: Scalp
    crops: CropTables
    cards: dict[str, CardTables]
    roofs: dict[str, Float[np.ndarray, " V"]]
    """How much each vertex of LOD0 lies under each hair mesh, in [0, 1]."""
    mirror: np.ndarray
    """Vertex of LOD0 on the other side of each."""
    bun: ShellPatch
    seat: int
    """Vertex of LOD0 on which a bun sits."""


def hair_tables(model: FaceModel, textures: Mapping[str, UInt8[np.ndarray, "_ _ _"]]) -> HairTables:
    """Prepare all hair of a model, once.

    Args:
        model: the face model.
        textures: its pictures, by their stems.

    Raises:
        ValueError: the picture of a hair mesh is missing or has no alpha.
    """
    scalp = make_scalp(model)
    cards = all_cards(model, scalp, CARDS, textures)
    skin = KDTree(scalp.positions)
    roofs = {}
    for name in CARDS:
        part = model.parts[name]
        away = KDTree(part.matrix @ model.mean + part.offsets).query(scalp.positions)[0]
        roofs[name] = 1.0 - smoothstep(0.022, 0.040, away)
    return HairTables(
        scalp=scalp,
        crops=crop_tables(model, scalp),
        cards=cards,
        roofs=roofs,
        mirror=skin.query(scalp.positions * np.array([-1.0, 1.0, 1.0]))[1],
        bun=bun_patch(),
        seat=int(skin.query(SEAT)[1]),
    )


def hair_surfaces(sitter: Sitter, spec: HairSpec, tables: HairTables, style: Style) -> list[Surface]:
    """Put hair on a head; a bald one gets none.

    Args:
        sitter: the head.
        spec: the hair.
        tables: of the sitter's model.
        style: toon hair is calmer and more solid.
    """
    if spec.style in CARDS:
        return [card_surface(sitter, spec, tables.cards[spec.style], style)]
    if spec.style not in CROPS:
        return []
    surfaces = shell_surfaces(tables.crops.patch, sitter.skin, sitter.normals, crop_coat(tables.crops, spec, style))
    if spec.style == "bun":
        surfaces += bun_surfaces(sitter, spec, tables.bun, tables.seat, style)
    return surfaces


def scalp_shade(tables: HairTables, spec: HairSpec) -> Float[np.ndarray, " V"]:
    """Return how much roots and short hair darken the skin at each vertex of LOD0, in [0, 1].

    Args:
        tables: of the model.
        spec: the hair; a bald head keeps the shadow of shaven hair in proportion to its seed.
    """
    depth = hairline_depth(tables.scalp.depths, spec)
    shade = smoothstep(-0.002, 0.007, depth)
    if spec.style == "bald":
        return SHADOW["bald"] * (spec.seed % 997 / 996.0) * smoothstep(-0.002, 0.012, depth)
    if spec.style in CARDS:
        roof = tables.roofs[spec.style]
        return shade * (roof[tables.mirror] if spec.mirrored else roof)
    return SHADOW.get(spec.style, 1.0) * shade * (1.0 - 0.6 * spec.thinning)
