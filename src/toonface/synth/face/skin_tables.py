"""What skins need of a model, made once, and albedos in single precision, for portraits and for cartoons."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int
from scipy import sparse

from toonface.morphable.face_model import FaceModel
from toonface.morphable.names import TEXTURE_COUNT
from toonface.morphable.regions import SkinRegion
from toonface.synth.face.skin_masks import SkinMasks, skin_masks

SMOOTHING_ROUNDS = 14
"""Over the cage, for the toon albedo."""
SHADES = ("under_eyes", "cheeks", "nose_tip", "stubble", "scalp", "freckles", "ears")
LEAST_SHADE = 0.004
"""Masks below it count for nothing."""
TOON_SATURATION = 1.08
MOLE_SPACING = 0.0034
"""Metres: moles need a mesh no coarser than this, or they become large."""


@dataclass(frozen=True, kw_only=True)
class SkinTables:
    """What skins need of a model, made once."""

    masks: SkinMasks
    albedo_mean: Float32[np.ndarray, " C"]
    albedo_basis: Float32[np.ndarray, "80 C"]
    """Of three channels per vertex."""
    toon_mean: Float32[np.ndarray, " D"]
    toon_basis: Float32[np.ndarray, "80 D"]
    """The same on the cage, smoothed, without lips."""
    lips_mean: Float32[np.ndarray, "3"]
    lips_basis: Float32[np.ndarray, "80 3"]
    """Mean colour of the lips."""
    subdivision: sparse.csr_array
    shades: sparse.csr_array
    """Rows are vertices, columns the 4 wrinkles and the 7 masks of `SHADES`: whatever darkens or tints by a factor."""
    coats: Float32[np.ndarray, "V 3"]
    """Masks of lipstick, eye shadow and eyeliner."""
    furrowed: Int[np.ndarray, " W"]
    """Vertices in wrinkles."""
    slopes: Float32[np.ndarray, "W 4 3"]
    """`SkinMasks.wrinkle_slopes` of these."""
    detail: Float32[np.ndarray, "V 4"]
    """Where pores, freckles, stubble and oil are."""
    mole_places: Int[np.ndarray, " M"]


def skin_tables(model: FaceModel) -> SkinTables:
    """Prepare a model's skin; takes about a second.

    Args:
        model: the face model.
    """
    masks = skin_masks(model)
    count, cage = len(model.albedo_mean), model.skin.count
    values = np.concatenate([model.albedo_mean[None], model.albedo_basis]).astype(np.float32)
    lips = masks.lips * (masks.lips > 0.5)
    smooth = _smoothed(model, masks, values[:, :cage])
    lip_values = np.tensordot(values, (lips / lips.sum()).astype(np.float32), axes=(1, 0)) @ _saturation()
    smooth = (smooth @ _saturation()).reshape(len(values), -1)
    shades = np.column_stack([*masks.wrinkles, *(getattr(masks, name) for name in SHADES)]).astype(np.float32)
    flat = values.reshape(len(values), 3 * count)
    may_have_mole = (masks.bare > 0.9) & (masks.spacing < MOLE_SPACING) & (masks.scalp + masks.ears < 0.5)
    oil = np.clip(0.25 + 0.75 * masks.t_zone + 0.5 * masks.lips, 0.0, 1.0)
    furrowed = np.flatnonzero(masks.wrinkles.max(axis=0) > LEAST_SHADE)
    pored = masks.bare * (0.5 + 0.5 * masks.t_zone)
    return SkinTables(
        masks=masks,
        albedo_mean=flat[0],
        albedo_basis=flat[1:],
        toon_mean=smooth[0],
        toon_basis=smooth[1:],
        lips_mean=lip_values[0],
        lips_basis=lip_values[1:],
        subdivision=model.skin.subdivision.matrix.astype(np.float32),
        shades=sparse.csr_array(np.where(shades > LEAST_SHADE, shades, 0.0)),
        coats=np.column_stack([masks.lips, masks.lids, masks.lash_line]).astype(np.float32),
        furrowed=furrowed,
        slopes=np.ascontiguousarray(masks.wrinkle_slopes[:, furrowed].transpose(1, 0, 2), np.float32),
        detail=np.column_stack([pored, masks.freckles, masks.stubble, oil]).astype(np.float32),
        mole_places=np.flatnonzero(may_have_mole),
    )


def fast_albedo(tables: SkinTables, texture: Float[np.ndarray, "80"]) -> Float32[np.ndarray, "V 3"]:
    """Evaluate the albedo of Eq. 2 in single precision: sRGB per vertex of LOD0, clipped to [0, 1].

    Args:
        tables: of the model.
        texture: α_tex, in standard deviations.
    """
    flat = tables.albedo_mean + _checked(texture) @ tables.albedo_basis
    return np.clip(flat, 0.0, 1.0).reshape(-1, 3)


def toon_albedo(tables: SkinTables, texture: Float[np.ndarray, "80"]) -> Float32[np.ndarray, "V 3"]:
    """Evaluate the albedo, smoothed over the surface and a little more saturated; lips keep their own colour.

    Args:
        tables: of the model.
        texture: α_tex, in standard deviations.
    """
    weights = _checked(texture)
    cage = (tables.toon_mean + weights @ tables.toon_basis).reshape(-1, 3)
    colours = tables.subdivision @ cage
    lay_on(colours, tables.coats[:, 0], tables.lips_mean + weights @ tables.lips_basis)
    return np.clip(colours, 0.0, 1.0)


def lay_on(colour: Float[np.ndarray, "V 3"], amount: Float[np.ndarray, " V"], pigment: Float[np.ndarray, "3"]) -> None:
    """Blend vertex colours towards a pigment, in place.

    Args:
        colour: sRGB.
        amount: share of the pigment at each vertex, in [0, 1].
        pigment: sRGB.
    """
    painted = np.flatnonzero(amount)
    colour[painted] += amount[painted, None] * (pigment - colour[painted])


def _smoothed(model: FaceModel, masks: SkinMasks, values: Float32[np.ndarray, "K S 3"]) -> Float32[np.ndarray, "K S 3"]:
    """Average over neighbours on the cage; lips take the colour of the skin round them, the inside keeps to itself."""
    count = model.skin.count
    inside = (model.skin.region == SkinRegion.MOUTH) | (model.skin.region == SkinRegion.SOCKET)
    group = np.where(inside, 1, 0)
    faces = model.skin.faces[1]
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ends = np.concatenate([ends, ends[:, ::-1], np.tile(np.arange(count)[:, None], 2)])
    ends = ends[group[ends[:, 0]] == group[ends[:, 1]]]
    links = sparse.csr_array((np.ones(len(ends), np.float32), ends.T), shape=(count, count))
    known = np.where(masks.lips[:count] > 0.05, 1e-4, 1.0).astype(np.float32)
    flat = np.ascontiguousarray(values.transpose(1, 0, 2)).reshape(count, -1)
    for _ in range(SMOOTHING_ROUNDS):
        weight = links @ known
        flat = (links @ (flat * known[:, None])) / weight[:, None]
        known = np.minimum(np.maximum(known, 0.2 * weight / 6.0), 1.0)
    return flat.reshape(count, len(values), 3).transpose(1, 0, 2)


def _saturation() -> Float32[np.ndarray, "3 3"]:
    """Matrix on rows of colours that moves them away from their own grey."""
    grey = np.outer([0.30, 0.59, 0.11], np.ones(3))
    return (TOON_SATURATION * np.eye(3) + (1.0 - TOON_SATURATION) * grey).astype(np.float32)


def _checked(texture: Float[np.ndarray, "80"]) -> Float32[np.ndarray, "80"]:
    if texture.shape != (TEXTURE_COUNT,):
        raise ValueError(f"texture has shape {texture.shape}, expected ({TEXTURE_COUNT},)")
    return texture.astype(np.float32)
