"""Draw a head in soft studio light, to look at shapes and parts."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from toonface.geometry.camera import ScaledOrthographic, frame_head, project
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import Cutout, Fragments, clear, draw
from toonface.morphable.face_model import FaceModel, Head, albedo, part_vertices, skin_vertices
from toonface.morphable.regions import SkinRegion
from toonface.types import UV, Faces, Vertices
from toonface.worn.surface import GAMMA, Textures

Picture = UInt8[np.ndarray, "H W 3"]

SUPERSAMPLE = 2
LIGHTS = (((0.45, 0.55, 0.70), (0.86, 0.82, 0.77), 0.35), ((-0.85, 0.10, 0.50), (0.24, 0.27, 0.33), 0.3))
"""Direction, colour and wrap of each light: a warm key from the upper left of the picture's right, a cool fill."""
SKY, GROUND = np.array([0.40, 0.42, 0.46]), np.array([0.20, 0.17, 0.16])
BACKDROP = np.array([0.30, 0.32, 0.35])
MOUTH_LIT, MOUTH_DEPTH = 0.100, 0.060
"""Metres: depth up to which the mouth is lit from outside, and over which the light fades."""
HOLE = 110
"""Alpha below which hair, brows and lashes are not drawn."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a head wears in the picture."""

    texture: Float[np.ndarray, "80"]
    """α_tex, in standard deviations."""
    hair: str | None = None
    """Name of a hair part, or None for a bald head."""
    hair_colour: tuple[float, float, float] = (0.24, 0.16, 0.11)
    """sRGB in [0, 1]; brows and lashes take it too."""
    brows: str = "eyebrow001"
    iris: str = "eye_brown"
    iris_scale: float = 1.0


PLAIN = Look(texture=np.zeros(80))
"""The mean skin with brows, without hair."""


@dataclass(frozen=True, kw_only=True)
class View:
    """Where a head is seen from."""

    size: int = 320
    """Pixels of the square picture."""
    yaw_degrees: float = 0.0
    """Positive turns the head to its left."""
    pitch_degrees: float = 0.0
    centre: tuple[float, float, float] | None = None
    """Point in the middle of the picture, metres; None frames the whole head."""
    half_width: float = 0.12
    """Metres from the middle to the edge, where a centre is given."""


@dataclass(frozen=True, kw_only=True)
class PreviewSurface:
    """One thing to draw: colours come from its vertices, or from a picture."""

    vertices: Vertices
    faces: Faces
    uv: UV | None = None
    uv_faces: Faces | None = None
    picture: UInt8[np.ndarray, "H W C"] | None = None
    colours: Float[np.ndarray, "V 3"] | None = None
    tint: tuple[float, ...] = (1.0, 1.0, 1.0)
    cutout: bool = False
    gloss: float = 0.0
    shade: Float[np.ndarray, " V"] | None = None
    """Light that reaches each vertex, in [0, 1]; None for all of it."""
    normals: Float[np.ndarray, "V 3"] | None = None
    """Unit normals where they are not those of the triangles."""


def render_head(model: FaceModel, head: Head, textures: Textures, look: Look, view: View) -> Picture:
    """Draw a head with its parts.

    Args:
        model: the face model.
        head: what to draw.
        textures: pictures of the parts.
        look: skin, hair, eyes.
        view: where it is seen from.
    """
    surfaces = _surfaces(model, head, textures, look)
    camera = camera_of(surfaces[0].vertices, view)
    return render_surfaces(surfaces, camera)


def render_clay(model: FaceModel, head: Head, textures: Textures, view: View) -> Picture:
    """Draw a head as bare grey clay with eyes, teeth and tongue, to judge its form.

    Args:
        model: the face model.
        head: what to draw.
        textures: pictures of the parts.
        view: where it is seen from.
    """
    surfaces = [s for s in _surfaces(model, head, textures, PLAIN) if not s.cutout]
    grey = np.broadcast_to(np.array([0.72, 0.66, 0.62]), surfaces[0].vertices.shape)
    clay = PreviewSurface(vertices=surfaces[0].vertices, faces=surfaces[0].faces, colours=grey)
    return render_surfaces([clay, *surfaces[1:]], camera_of(clay.vertices, view))


def camera_of(vertices: Vertices, view: View) -> ScaledOrthographic:
    """Return the camera of a view on a head, for a picture `SUPERSAMPLE` times as large."""
    size = view.size * SUPERSAMPLE
    yaw, pitch = np.radians(view.yaw_degrees), np.radians(view.pitch_degrees)
    if view.centre is None:
        return frame_head(vertices, size, yaw=yaw, pitch=pitch, roll=0.0, margin=0.04)
    corners = np.array(view.centre) + view.half_width * np.array([[-1, -1, 0], [1, 1, 0], [-1, 1, 0], [1, -1, 0]])
    flat = frame_head(corners, size, yaw=0.0, pitch=0.0, roll=0.0, margin=0.0)
    turned = frame_head(vertices, size, yaw=yaw, pitch=pitch, roll=0.0, margin=0.0)
    shift = -(turned.rotation @ np.array(view.centre))[:2]
    return ScaledOrthographic(rotation=turned.rotation, translation=shift, scale=flat.scale, width=size, height=size)


def _surfaces(model: FaceModel, head: Head, textures: Textures, look: Look) -> list[PreviewSurface]:
    skin = skin_vertices(model, head)
    colours, shade = albedo(model, look.texture), skin_shade(model, skin)
    surfaces = [PreviewSurface(vertices=skin, faces=model.skin.faces[0], colours=colours, shade=shade)]
    surfaces += eye_surfaces(model, head, textures, look)
    worn = ["teeth_upper", "teeth_lower", "tongue", look.brows, "lashes"]
    worn += [look.hair] if look.hair else []
    for name in worn:
        part, vertices = model.parts[name], part_vertices(model, head, name)
        tinted = part.alpha != "opaque"
        tint = tuple(0.35 * c for c in look.hair_colour) if name == "lashes" else look.hair_colour
        surfaces.append(
            PreviewSurface(
                vertices=vertices,
                faces=part.faces,
                uv=part.uv,
                uv_faces=part.uv_faces,
                picture=textures[part.texture],
                tint=tuple(2.0 * c for c in tint) if tinted else (1.0, 1.0, 1.0),
                cutout=tinted,
                gloss=0.12 if name.startswith(("teeth", "tongue")) else 0.0,
                shade=_mouth_shade(vertices) if name.startswith(("teeth", "tongue")) else None,
            )
        )
    return surfaces


def eye_surfaces(model: FaceModel, head: Head, textures: Textures, look: Look) -> list[PreviewSurface]:
    """Return the eyeballs of a head."""
    ball = model.eyeball.vertices(look.iris_scale)
    surfaces = []
    for centre, radius, rotation in zip(head.eyes.centres, head.eyes.radii, head.eyes.rotations, strict=True):
        surfaces.append(
            PreviewSurface(
                vertices=centre + radius * ball @ rotation.T,
                faces=model.eyeball.faces,
                uv=model.eyeball.uv,
                uv_faces=model.eyeball.faces,
                picture=textures[look.iris],
                gloss=0.8,
                shade=_lid_shade(ball @ rotation.T),
                normals=ball @ rotation.T / np.linalg.norm(ball, axis=1, keepdims=True),
            )
        )
    return surfaces


def skin_shade(model: FaceModel, skin: Vertices) -> Float[np.ndarray, " V"]:
    """Return the light that reaches the skin: less in the mouth."""
    inside = model.skin.subdivision.matrix @ (model.skin.region == SkinRegion.MOUTH).astype(float)
    return 1.0 - inside * (1.0 - _mouth_shade(skin))


def _lid_shade(ball: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, " N"]:
    """Lids and lashes keep the light off the upper part and the corners of the eyeball."""
    above = np.clip((ball[:, 1] - 0.05) / 0.45, 0.0, 1.0)
    aside = np.clip((np.abs(ball[:, 0]) - 0.45) / 0.5, 0.0, 1.0)
    return 0.88 * (1.0 - 0.55 * above) * (1.0 - 0.35 * aside)


def _mouth_shade(vertices: Vertices) -> Float[np.ndarray, " N"]:
    """Less light reaches the back of the mouth."""
    return np.clip(1.0 - (MOUTH_LIT - vertices[:, 2]) / MOUTH_DEPTH, 0.12, 0.85)


def render_surfaces(surfaces: list[PreviewSurface], camera: ScaledOrthographic) -> Picture:
    """Draw surfaces in the studio's light.

    Args:
        surfaces: what is seen.
        camera: of a picture `SUPERSAMPLE` times as large as that which is returned.
    """
    fragments = clear(camera.height, camera.width)
    for number, surface in enumerate(surfaces):
        draw(fragments, project(camera, surface.vertices), surface.faces, part=number, cutout=_cutout(surface))
    light = np.full((camera.height, camera.width, 3), BACKDROP**GAMMA)
    for number, surface in enumerate(surfaces):
        seen = fragments.part == number
        if seen.any():
            light[seen] = _shade(_Pixels.of(fragments, seen), surface, camera)
    height, width = camera.height // SUPERSAMPLE, camera.width // SUPERSAMPLE
    fine = np.clip(light, 0.0, 1.0).reshape(height, SUPERSAMPLE, width, SUPERSAMPLE, 3)
    return (255.0 * fine.mean(axis=(1, 3)) ** (1 / GAMMA) + 0.5).astype(np.uint8)


@dataclass(frozen=True, kw_only=True)
class _Pixels:
    """The pixels at which one surface is seen."""

    face: Int[np.ndarray, " N"]
    barycentric: Float[np.ndarray, "N 3"]

    @staticmethod
    def of(fragments: Fragments, seen: Bool[np.ndarray, "H W"]) -> "_Pixels":
        return _Pixels(face=fragments.face[seen], barycentric=fragments.barycentric[seen])

    def at(self, faces: Faces, attribute: Float[np.ndarray, "V C"]) -> Float[np.ndarray, "N C"]:
        return np.einsum("nk,nkc->nc", self.barycentric, attribute[faces[self.face]])


def _cutout(surface: PreviewSurface) -> Cutout | None:
    if not surface.cutout or surface.picture is None or surface.uv is None or surface.uv_faces is None:
        return None
    alpha = np.ascontiguousarray(surface.picture[..., 3])
    return Cutout(uv=surface.uv, uv_faces=surface.uv_faces, alpha=alpha, threshold=HOLE)


def _shade(pixels: _Pixels, surface: PreviewSurface, camera: ScaledOrthographic) -> Float[np.ndarray, "N 3"]:
    own = vertex_normals(surface.vertices, surface.faces) if surface.normals is None else surface.normals
    normals = own @ camera.rotation.T
    normal = pixels.at(surface.faces, normals)
    normal = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    if surface.cutout:
        normal = np.where(normal[:, 2:] < 0, -normal, normal)
    up = 0.5 + 0.5 * normal[:, 1:2]
    light = up * SKY + (1 - up) * GROUND
    shine = np.zeros((len(normal), 1))
    for direction, strength, wrap in LIGHTS:
        towards = np.array(direction) / np.linalg.norm(direction)
        facing = np.clip((normal @ towards + wrap) / (1 + wrap), 0.0, 1.0)[:, None]
        light = light + facing * np.array(strength)
        half = towards + np.array([0.0, 0.0, 1.0])
        shine += np.clip(normal @ (half / np.linalg.norm(half)), 0.0, 1.0)[:, None] ** 160 * strength[0]
    shade = 1.0 if surface.shade is None else pixels.at(surface.faces, surface.shade[:, None])
    return _colour(pixels, surface) ** GAMMA * light * shade + surface.gloss * shine


def _colour(pixels: _Pixels, surface: PreviewSurface) -> Float[np.ndarray, "N 3"]:
    if surface.colours is not None:
        return pixels.at(surface.faces, surface.colours)
    assert surface.picture is not None and surface.uv is not None and surface.uv_faces is not None
    rgb = sample_bilinear(surface.picture, pixels.at(surface.uv_faces, surface.uv))[:, :3]
    return np.clip(rgb * np.array(surface.tint), 0.0, 1.0)


def sample_bilinear(picture: UInt8[np.ndarray, "H W C"], place: Float[np.ndarray, "N 2"]) -> Float[np.ndarray, "N C"]:
    """Read a picture between its pixels, in [0, 1]; outside it the border goes on.

    Args:
        picture: any number of channels.
        place: texture coordinates, origin at the top left.
    """
    height, width = picture.shape[:2]
    at = np.clip(place * [width, height] - 0.5, 0.0, [width - 1.0, height - 1.0])
    low = np.minimum(at.astype(int), [max(width - 2, 0), max(height - 2, 0)])
    x, y = (at - low).T[..., None]
    high = np.minimum(low + 1, [width - 1, height - 1])
    upper = (1 - x) * picture[low[:, 1], low[:, 0]] + x * picture[low[:, 1], high[:, 0]]
    lower = (1 - x) * picture[high[:, 1], low[:, 0]] + x * picture[high[:, 1], high[:, 0]]
    return ((1 - y) * upper + y * lower) / 255.0
