"""Put an avatar together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toonface.geometry.asset import Asset, AssetClip, EncodedPicture
from toonface.morphable.face_model import FaceModel, Lod
from toonface.stages.avatar.look import AvatarLook, hair_material, mouth_material, strand_material
from toonface.stages.avatar.shapes import HeadShapes
from toonface.stages.avatar.skeleton import carried, skeleton
from toonface.stages.avatar.surface import mesh_of, without_idle_targets
from toonface.stages.avatar.surfaces import (
    eye_surface,
    inside_surface,
    part_surface,
    skin_cuts,
    skin_surface,
    worn_surface,
)
from toonface.worn.worn_part import WornPart


@dataclass(frozen=True, kw_only=True)
class AvatarOptions:
    """What goes into an avatar."""

    lod: Lod = 0
    """0 for the smooth skin, 1 for a quarter of its triangles."""
    still_mm: float | None = None
    """A target leaves vertices alone that it moves less; the larger, the smaller the file. None for `STILL`."""
    clips: tuple[AssetClip, ...] = ()
    """Animations, such as `idle.idle_clip`."""


STILL = (2e-4, 6e-4)
"""Metres that a target must move a vertex on each level of detail, or it stays."""
AVATAR_DEFAULTS = AvatarOptions()


def make_avatar(
    model: FaceModel, head: HeadShapes, look: AvatarLook, options: AvatarOptions = AVATAR_DEFAULTS
) -> Asset:
    """Make the asset of a head: skin, eyes, teeth, tongue, lashes, brows and hair, on a small skeleton.

    The part of the skin that moves is the mesh `face` with all 72 targets; `mouth` and `sockets` are its inside, and
    the rest, `bust`, does not move. They share their borders. All but `face` have only the targets that move them.

    Args:
        model: the face model.
        head: neutral head and its shapes.
        look: pictures of every part.
        options: what goes in.

    Raises:
        ValueError: the look names a part that the model has not, or an iris that is too large.
    """
    shares = carried(model)
    still = STILL[options.lod] if options.still_mm is None else options.still_mm / 1000.0
    skin = replace(skin_surface(model, head, look.skin, shares=shares, lod=options.lod), still=still)
    cuts = skin_cuts(model, skin.moving(), options.lod)
    inside = inside_surface(model, head, skin, cuts["mouth"])
    meshes = [mesh_of(skin, "face", cuts["face"])]
    for name, whole in (("mouth", inside), ("sockets", skin), ("bust", skin)):
        meshes.append(without_idle_targets(mesh_of(whole, name, cuts[name])))
    for side, name in enumerate(("eye_left", "eye_right")):
        meshes.append(without_idle_targets(mesh_of(eye_surface(model, head, look, side), name)))
    teeth, tongue = mouth_material("teeth", look.teeth), mouth_material("tongue", look.tongue)
    worn = [("teeth_upper", "teeth_upper", teeth), ("teeth_lower", "teeth_lower", teeth), ("tongue", "tongue", tongue)]
    if look.brows is not None:
        worn.append(("brows", look.brows[0], strand_material("brows", look.brows[1])))
    worn.append(("lashes", "lashes", strand_material("lashes", look.lashes)))
    if look.hair is not None:
        worn.append(("hair", look.hair[0], hair_material(look.hair[1])))
    for name, part, material in worn:
        surface = part_surface(model, head, part, material=material, shares=shares)
        meshes.append(without_idle_targets(mesh_of(replace(surface, still=still), name)))
    meshes += [mesh_of(worn_surface(part, picture), name) for name, part, picture in _named(look.worn)]
    return Asset(
        name="avatar",
        meshes=tuple(meshes),
        joints=skeleton(model, head.neutral, head.eyes),
        clips=options.clips,
    )


def _named(worn: Sequence[tuple[WornPart, EncodedPicture]]) -> list[tuple[str, WornPart, EncodedPicture]]:
    """Give each part a name of its own: the first `hair` keeps its name, the second is `hair_2`."""
    seen: dict[str, int] = {}
    named = []
    for part, picture in worn:
        seen[part.name] = seen.get(part.name, 0) + 1
        number = seen[part.name]
        named.append((part.name if number == 1 else f"{part.name}_{number}", part, picture))
    return named
