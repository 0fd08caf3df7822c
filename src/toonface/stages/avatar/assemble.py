"""Put an avatar together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toonface.geometry.asset import Asset, AssetClip, AssetMaterial, AssetMesh, EncodedPicture
from toonface.morphable.face_model import FaceModel, Lod
from toonface.stages.avatar.look import AvatarLook, hair_material, mouth_material, strand_material
from toonface.stages.avatar.shapes import HeadShapes
from toonface.stages.avatar.skeleton import carried, skeleton
from toonface.stages.avatar.surface import Surface, mesh_of, motion_of, sides, without_idle_targets
from toonface.stages.avatar.surfaces import (
    eye_surface,
    inside_surface,
    part_surface,
    skin_cuts,
    skin_surface,
    worn_surface,
)
from toonface.worn.worn_part import WornPart

STILL = (2e-4, 6e-4)
"""Metres that a target must move a vertex on each level of detail, or it stays."""


@dataclass(frozen=True, kw_only=True)
class AvatarOptions:
    """What goes into an avatar."""

    lod: Lod = 0
    """0 for the smooth skin, 1 for a quarter of its triangles."""
    still_mm: float | None = None
    """A target leaves vertices alone that it moves less; the larger, the smaller the file. None for `STILL`."""
    clips: tuple[AssetClip, ...] = ()
    """Animations, such as `idle.idle_clip`."""
    turned: bool = True
    """Work out how targets turn normals; a file that does not hold it (`GltfOptions`) does not need it."""

    @property
    def still(self) -> float:
        """`still_mm` or its default, metres."""
        return STILL[self.lod] if self.still_mm is None else self.still_mm / 1000.0


AVATAR_DEFAULTS = AvatarOptions()


def make_avatar(
    model: FaceModel, head: HeadShapes, look: AvatarLook, options: AvatarOptions = AVATAR_DEFAULTS
) -> Asset:
    """Make the asset of a head: skin, eyes, teeth, tongue, lashes, brows and hair, on a small skeleton.

    The part of the skin that moves is the mesh `face` with all 72 targets; `mouth`, `socket_left` and `socket_right`
    are its inside, and the rest, `bust`, does not move. They share their borders. All but `face` have only the targets
    that move them; sockets and lashes are meshes of one side each, because most of their targets move one side.

    Args:
        model: the face model.
        head: neutral head and its shapes.
        look: pictures of every part.
        options: what goes in.

    Raises:
        ValueError: the look names a part that the model has not, or an iris that is too large.
    """
    shares = carried(model)
    still = options.still
    skin = replace(skin_surface(model, head, look.skin, shares=shares, lod=options.lod), still=still)
    meshes = _skin_meshes(model, head, skin, options)

    def add(surface: Surface, *names: str) -> None:
        motion = motion_of(surface, turned=options.turned)
        parts = (None,) if len(names) == 1 else sides(surface)
        for name, taken in zip(names, parts, strict=True):
            meshes.append(without_idle_targets(mesh_of(surface, motion, name, taken)))

    add(eye_surface(model, head, look, 0), "eye_left")
    add(eye_surface(model, head, look, 1), "eye_right")
    for name, part, material in _parts(look):
        surface = part_surface(model, head, part, material=material, shares=shares)
        add(replace(surface, still=still), *(("lashes_left", "lashes_right") if part == "lashes" else (name,)))
    for name, part, picture in _named(look.worn):
        add(worn_surface(part, picture), name)
    return Asset(
        name="avatar",
        meshes=tuple(meshes),
        joints=skeleton(model, head.neutral, head.eyes),
        clips=options.clips,
    )


def _skin_meshes(model: FaceModel, head: HeadShapes, skin: Surface, options: AvatarOptions) -> list[AssetMesh]:
    motion = motion_of(skin, turned=options.turned)
    cuts = skin_cuts(model, motion.moving, options.lod)
    left, right = sides(skin)
    inside = inside_surface(model, head, skin, cuts["mouth"])
    others = [
        mesh_of(inside, motion, "mouth", cuts["mouth"]),
        mesh_of(skin, motion, "socket_left", cuts["sockets"] & left),
        mesh_of(skin, motion, "socket_right", cuts["sockets"] & right),
        mesh_of(skin, motion, "bust", cuts["bust"]),
    ]
    return [mesh_of(skin, motion, "face", cuts["face"]), *map(without_idle_targets, others)]


def _parts(look: AvatarLook) -> list[tuple[str, str, AssetMaterial]]:
    """Name of the mesh, name of the model's part, and material of all that hangs on the head."""
    teeth, tongue = mouth_material("teeth", look.teeth), mouth_material("tongue", look.tongue)
    parts = [("teeth_upper", "teeth_upper", teeth), ("teeth_lower", "teeth_lower", teeth), ("tongue", "tongue", tongue)]
    if look.brows is not None:
        parts.append(("brows", look.brows[0], strand_material("brows", look.brows[1])))
    parts.append(("lashes", "lashes", strand_material("lashes", look.lashes)))
    if look.hair is not None:
        parts.append(("hair", look.hair[0], hair_material(look.hair[1])))
    return parts


def _named(worn: Sequence[tuple[WornPart, EncodedPicture]]) -> list[tuple[str, WornPart, EncodedPicture]]:
    """Give each part a name of its own: the first `hair` keeps its name, the second is `hair_2`."""
    seen: dict[str, int] = {}
    named = []
    for part, picture in worn:
        seen[part.name] = seen.get(part.name, 0) + 1
        number = seen[part.name]
        named.append((part.name if number == 1 else f"{part.name}_{number}", part, picture))
    return named
