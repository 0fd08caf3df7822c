"""Hair of a fitted head: chosen by its outline, bent to meet it, coloured as the picture shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, UInt8

from toonface.geometry.camera import project
from toonface.morphable.face_model import FaceModel, pose_head, skin_vertices
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.regions import SkinRegion
from toonface.types import FaceRegion, FaceRegions, Picture, Vertices
from toonface.worn.free_form import FREE_FORM_DEFAULTS, Field, FreeFormOptions, fit_field, move_by_field
from toonface.worn.hair.dressed_hair import coat_noises, hair_parts
from toonface.worn.hair.face_trim import trim_face
from toonface.worn.hair.hair import HairTables, hair_surfaces, hair_tables, scalp_shade
from toonface.worn.hair.hair_choice import choose_hair
from toonface.worn.hair.hair_scalp import region_share
from toonface.worn.hair.hair_tones import measure_tones
from toonface.worn.hair.roots import Ground, find_ground, keep_roots
from toonface.worn.hair.strand_order import strand_order
from toonface.worn.outline import OutlineView, agreement, seen_in, square_around, view_outline
from toonface.worn.surface import Surface, sit
from toonface.worn.worn_part import FittedHair

WEIGHTS: dict[FaceRegion, float] = {
    FaceRegion.HAT: 0.0, FaceRegion.OTHER: 0.0, FaceRegion.GLASSES: 0.0, FaceRegion.CLOTH: 0.35,
    FaceRegion.FACIAL_HAIR: 0.5, FaceRegion.EYE_LEFT: 2.0, FaceRegion.EYE_RIGHT: 2.0, FaceRegion.NOSE: 2.0,
    FaceRegion.BROW_LEFT: 1.5, FaceRegion.BROW_RIGHT: 1.5, FaceRegion.LIP_UPPER: 2.0, FaceRegion.LIP_LOWER: 2.0,
}  # fmt: skip
"""How much a class counts against hair that would be drawn there: nothing is known of what a hat hides, clothes lie
before hair as often as behind it, and hair in the face is worst."""
LEAST_PIXELS = 50
"""Of hair and of a hat, for their colours to be compared."""
SAME_TINT, SAME_LIGHT = 0.04, (0.65, 1.5)
"""Difference of chromaticity, and ratio of brightness, up to which two colours are one in other light."""
NAPE_M, STRAIGHTENED = 0.0, 0.9
"""Height below which hair hangs; how much of what reaches farther back there than above goes."""
BUST_M = -0.10
"""Height below which the skin is no longer the head."""


@dataclass(frozen=True, kw_only=True)
class HairOptions:
    """How hair is found."""

    size_px: int = 96
    """Side of the picture in which outlines are compared."""
    margin: float = 1.35
    """How much larger than head and hair that picture is."""
    widest: float = 2.4
    """How much larger than the head it is at most."""
    bald: float = 0.04
    """Share of the head's area in the picture below which there is no hair."""
    covered: float = 0.5
    """Share of the scalp under a hat, hood or scarf from which hair must be seen beside it."""
    beside: float = 0.10
    """Share of the head's area that it must then have."""
    least: float = 0.33
    """Agreement of the outlines below which what is parsed is not hair."""
    field: FreeFormOptions = FREE_FORM_DEFAULTS
    """How freely hair is bent."""


HAIR_DEFAULTS = HairOptions()


class HairFitter:
    """What depends on the model alone: its scalp, and all hair that it can have; takes seconds.

    Args:
        model: the face model.
        textures: its pictures, by their stems.
    """

    def __init__(self, model: FaceModel, textures: Mapping[str, UInt8[np.ndarray, "_ _ _"]]) -> None:
        self.model = model
        self.tables: HairTables = hair_tables(model, textures)
        self.noises = coat_noises()
        scalp = region_share(model, SkinRegion.SCALP)
        self.scalp_faces = scalp[model.skin.faces[0]].mean(axis=1) > 0.5


def fit_hair(
    fitter: HairFitter,
    picture: Picture,
    *,
    regions: FaceRegions,
    fine: FineFit,
    options: HairOptions = HAIR_DEFAULTS,
) -> FittedHair:
    """Give a fitted head the hair of its picture.

    The style is the one whose outline, drawn in the fitted camera, meets the parsed one best; it is then bent smoothly
    in the plane of the picture, and stays above the scalp. A bald head, and one whose hair is under a hat, get none.

    Args:
        fitter: of the model.
        picture: sRGB, the one that the head was fitted to.
        regions: of the picture.
        fine: the fitted head.
        options: how hair is found.

    Raises:
        ValueError: picture and regions differ in size.
    """
    if picture.shape[:2] != regions.classes.shape:
        raise ValueError(f"regions are {regions.classes.shape}, expected the picture's {picture.shape[:2]}")
    regions = _without_false_hats(picture, regions)
    posed = skin_vertices(fitter.model, pose_head(fitter.model, fine.neutral, fine.weights))
    view = _view(fitter, posed, regions, fine, options)
    nothing = _why_none(fitter, view, regions, options)
    if nothing is not None:
        return _bald(fitter, nothing)
    sitter = sit(fitter.model, pose_head(fitter.model, fine.neutral, np.zeros_like(fine.weights)))
    tones = measure_tones(picture, regions.classes == FaceRegion.HAIR, fine.coarse.light)
    order = strand_order(picture, regions.classes == FaceRegion.HAIR, fine.coarse.camera.scale)
    choice = choose_hair(sitter, fitter.tables, view, order=order)
    if choice.agreement < options.least:
        return _bald(
            fitter, f"What is parsed as hair has the outline of none: {100.0 * choice.agreement:.0f} % agree at best."
        )
    spec = replace(choice.spec, colour=tones.shown)
    surfaces = hair_surfaces(sitter, spec, fitter.tables, "toon")
    ground = find_ground(sitter, fitter.tables)
    field = fit_field(view, lambda f: seen_in(view, _moved(view, surfaces, f)), options.field)
    bent = _bent(view, ground, surfaces, field)
    reached = agreement(view, seen_in(view, bent))
    if reached < choice.agreement:
        bent, reached = surfaces, choice.agreement
    bent = hang(bent)
    bent = trim_face(bent, (posed, fitter.model.skin.faces[0]), fine.coarse.camera, regions.classes)
    notes = (
        f"The hair is {spec.style}; its outline agrees with the picture to {100.0 * choice.agreement:.0f} %, "
        f"bent to {100.0 * reached:.0f} %.",
    )
    return FittedHair(
        style=spec.style,
        colour=tones.shown,
        parts=hair_parts(spec, bent, ground, tones, fitter.noises),
        roots=scalp_shade(fitter.tables, spec),
        agreement=reached,
        notes=notes,
    )


def hang(surfaces: list[Surface]) -> list[Surface]:
    """Let hair that was modelled on a back hang nearly straight down: below a bust there is none to lie on.

    Args:
        surfaces: of the hair, metres.
    """
    high = [s.vertices[s.vertices[:, 1] >= NAPE_M, 2] for s in surfaces]
    if not any(map(len, high)):
        return surfaces
    back = min(float(z.min()) for z in high if len(z))

    def straightened(vertices: Vertices) -> Vertices:
        beyond = back - vertices[:, 2]
        beyond[vertices[:, 1] >= NAPE_M] = 0.0
        return vertices + np.maximum(beyond, 0.0)[:, None] * [0.0, 0.0, STRAIGHTENED]

    return [replace(s, vertices=straightened(s.vertices)) for s in surfaces]


def _bald(fitter: HairFitter, note: str) -> FittedHair:
    roots = np.zeros(len(fitter.tables.scalp.positions))
    return FittedHair(style="bald", colour=(0.0, 0.0, 0.0), parts=(), roots=roots, agreement=0.0, notes=(note,))


def _without_false_hats(picture: Picture, regions: FaceRegions) -> FaceRegions:
    """A hat beside hair of its colour is hair, too: parsers take the smooth hair of drawings for hats."""
    hair, hat = regions.classes == FaceRegion.HAIR, regions.classes == FaceRegion.HAT
    if np.count_nonzero(hair) < LEAST_PIXELS or np.count_nonzero(hat) < LEAST_PIXELS:
        return regions
    one, other = (np.maximum(np.median(picture[mask], axis=0), 1.0) for mask in (hair, hat))
    tint = np.abs(one / one.sum() - other / other.sum()).max()
    if tint > SAME_TINT or not SAME_LIGHT[0] < one.sum() / other.sum() < SAME_LIGHT[1]:
        return regions
    return FaceRegions(classes=np.where(hat, np.uint8(FaceRegion.HAIR), regions.classes))


def _view(
    fitter: HairFitter, posed: np.ndarray, regions: FaceRegions, fine: FineFit, options: HairOptions
) -> OutlineView:
    """Look at the head and all of its hair."""
    camera = fine.coarse.camera
    head = project(camera, posed[posed[:, 1] > BUST_M])[:, :2]
    low, high = head.min(axis=0), head.max(axis=0)
    room = 0.5 * (options.widest - 1.0) * float((high - low).max())
    rows, columns = np.nonzero(regions.classes == FaceRegion.HAIR)
    hair = np.clip(np.stack([columns, rows], axis=1) + 0.5, low - room, high + room)
    return view_outline(
        regions,
        (FaceRegion.HAIR,),
        WEIGHTS,
        crop=(camera, square_around(np.concatenate([head, hair]), options.margin), options.size_px),
        head=(posed, fitter.model.skin.faces[0]),
    )


def _why_none(fitter: HairFitter, view: OutlineView, regions: FaceRegions, options: HairOptions) -> str | None:
    """Say why there is no hair, or None where there is."""
    scalp = (view.head.face >= 0) & fitter.scalp_faces[np.maximum(view.head.face, 0)]
    hair = np.count_nonzero(view.target) / max(np.count_nonzero(view.head.face >= 0), 1)
    covered = _covered(view, scalp)
    if covered > options.covered and hair < options.beside:
        return f"The head has no hair: {100.0 * covered:.0f} % of the scalp that is seen are under a hat or a cloth."
    if hair < options.bald:
        return f"The head is bald: hair is {100.0 * hair:.1f} % of it."
    return None


def _covered(view: OutlineView, scalp: Bool[np.ndarray, "N N"]) -> float:
    return float((view.weight[scalp] < 0.5).mean()) if scalp.any() else 0.0


def _moved(view: OutlineView, surfaces: list[Surface], field: Field) -> list[Surface]:
    return [replace(s, vertices=move_by_field(view.camera, field, s.vertices)) for s in surfaces]


def _bent(view: OutlineView, ground: Ground, surfaces: list[Surface], field: Field) -> list[Surface]:
    """Bend surfaces, and keep them on the scalp."""
    return [
        replace(after, vertices=keep_roots(ground, ground.height(before.vertices)[0], after.vertices))
        for before, after in zip(surfaces, _moved(view, surfaces, field), strict=True)
    ]
