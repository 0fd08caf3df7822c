"""The pictures that an avatar wears, and its materials."""

from dataclasses import dataclass

from toonface.geometry.asset import AssetMaterial, EncodedPicture
from toonface.worn.worn_part import WornPart

HOLE = 0.43
"""Alpha of hair below which nothing is drawn."""


@dataclass(frozen=True, kw_only=True)
class AvatarLook:
    """What an avatar wears: pictures that are already tinted and encoded, and what is chosen by name."""

    skin: EncodedPicture
    """In the skin's texture coordinates."""
    eyes: tuple[EncodedPicture, EncodedPicture]
    """Iris and sclera of the left and the right eye, in the eyeball's texture coordinates."""
    teeth: EncodedPicture
    tongue: EncodedPicture
    lashes: EncodedPicture
    """With alpha, as are brows and hair."""
    brows: tuple[str, EncodedPicture] | None
    """Name of a part of the model, and its picture; None where the skin's picture shows them."""
    hair: tuple[str, EncodedPicture] | None
    """The same; None for a bald head, or one whose hair is among what is worn."""
    worn: tuple[tuple[WornPart, EncodedPicture], ...] = ()
    """Hair and glasses that were fitted to this head, and their pictures."""
    iris_scale: float = 1.0
    """Of the iris's angle, in [0.5, 2.2]."""


def skin_material(picture: EncodedPicture) -> AssetMaterial:
    """Skin is rough, with a faint sheen."""
    return AssetMaterial(name="skin", picture=picture, roughness=0.62, specular=0.55)


def eye_material(name: str, picture: EncodedPicture) -> AssetMaterial:
    """Eyes are wet: lamps and windows are seen in them."""
    return AssetMaterial(name=name, picture=picture, roughness=0.06)


def inside_material(picture: EncodedPicture | None) -> AssetMaterial:
    """The mouth's inside: no lamp is seen in it, because viewers do not know that it lies in the dark."""
    return AssetMaterial(name="mouth", picture=picture, roughness=0.7, specular=0.08)


def mouth_material(name: str, picture: EncodedPicture) -> AssetMaterial:
    """Teeth, gums and tongue are moist."""
    return AssetMaterial(name=name, picture=picture, roughness=0.28, specular=0.7)


def hair_material(picture: EncodedPicture) -> AssetMaterial:
    """Hair is made of sheets with holes, seen from both sides.

    Holes are cut, not blended: the sheets lie over each other, and viewers do not sort them.
    """
    return AssetMaterial(
        name="hair", picture=picture, alpha="mask", cutoff=HOLE, roughness=0.55, specular=0.5, double_sided=True
    )


def worn_material(part: WornPart, picture: EncodedPicture) -> AssetMaterial:
    """Hair is cut out, frames are glossy, lenses are seen through."""
    return AssetMaterial(
        name=part.name,
        picture=picture,
        colour=(1.0, 1.0, 1.0, part.opacity),
        alpha=part.alpha,
        cutoff=HOLE,
        roughness=0.7 - 0.6 * part.gloss,
        specular=0.5 + 0.5 * part.gloss,
        double_sided=part.two_sided or part.alpha == "mask",
    )


def strand_material(name: str, picture: EncodedPicture) -> AssetMaterial:
    """Brows and lashes lie in one layer on the skin, so they can fade out."""
    return AssetMaterial(name=name, picture=picture, alpha="blend", roughness=0.9, specular=0.0, double_sided=True)
