"""From surfaces of hair to the parts that are exported, with their colours."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from toonface.geometry.normals import vertex_normals
from toonface.geometry.smoothstep import smoothstep
from toonface.types import Mesh, Vertices
from toonface.worn.hair.hair_crops import CUTS
from toonface.worn.hair.hair_picture import Strands, paint_coat, strand_noise, tint_strands, unit_uv
from toonface.worn.hair.hair_spec import HairSpec
from toonface.worn.hair.hair_tones import HairTones
from toonface.worn.hair.roots import Ground
from toonface.worn.surface import Surface
from toonface.worn.worn_part import WornPart

USUAL_SPREAD = 0.25
"""`HairTones.spread` at which pictures of strands keep their own contrast."""
ROOT_LIGHT, ROOT_M = 0.72, 0.012
"""Light at the roots, and metres above the skin from which it is full."""
TIPS_M = (0.06, -0.08)
"""Heights between which roots become tips."""
COATS = {
    "combed": Strands(across_px=2.5, along_px=90.0, strength=0.055),
    "curled": Strands(across_px=7.0, along_px=9.0, strength=0.06),
    "cropped": Strands(across_px=2.0, along_px=14.0, strength=0.03),
}
CURLS = ("tight_curls", "curls", "horseshoe")
Noises = Mapping[str, Float[np.ndarray, "S S"]]


def coat_noises() -> Noises:
    """Make what is seen of each kind of coat from near, once."""
    return {name: strand_noise(strands) for name, strands in COATS.items()}


def hair_parts(
    spec: HairSpec, surfaces: Sequence[Surface], ground: Ground, tones: HairTones, noises: Noises
) -> tuple[WornPart, ...]:
    """Colour hair.

    Args:
        spec: what the surfaces are.
        surfaces: of the hair; the first is that of the scalp.
        ground: the skin below it.
        tones: colours of the picture.
        noises: from `coat_noises`.
    """
    contrast = float(np.clip(tones.spread / USUAL_SPREAD, 0.5, 1.0))
    names = ("hair", "bun")
    return tuple(
        _strips(surface, ground, tones, contrast)
        if surface.picture is not None
        else _coat(name, spec, surface, noises, contrast)
        for name, surface in zip(names, surfaces, strict=False)
    )


def _strips(surface: Surface, ground: Ground, tones: HairTones, contrast: float) -> WornPart:
    if surface.uv is None or surface.uv_faces is None or surface.picture is None or surface.normals is None:
        raise ValueError("a hair mesh has no picture, expected one with texture coordinates and normals")
    brightest = max(tones.tip, 1.0)
    colour = tuple(min(brightest * channel, 1.0) for channel in tones.shown)
    return WornPart(
        name="hair",
        mesh=Mesh(vertices=surface.vertices, faces=surface.faces, uv=surface.uv, uv_faces=surface.uv_faces),
        normals=surface.normals,
        picture=tint_strands(surface.picture, (colour[0], colour[1], colour[2]), contrast),
        alpha="mask",
        light=_light(surface.vertices, ground, tones) / brightest,
        gloss=surface.gloss,
        two_sided=True,
    )


def _light(vertices: Vertices, ground: Ground, tones: HairTones) -> Float[np.ndarray, " N"]:
    """Darker at the roots, and lighter or darker at the tips as the picture shows."""
    height, _ = ground.height(vertices)
    down = smoothstep(TIPS_M[0], TIPS_M[1], vertices[:, 1])
    return (ROOT_LIGHT + (1.0 - ROOT_LIGHT) * smoothstep(0.0, ROOT_M, height)) * (1.0 + (tones.tip - 1.0) * down)


def _coat(name: str, spec: HairSpec, surface: Surface, noises: Noises, contrast: float) -> WornPart:
    if surface.uv is None or surface.uv_faces is None:
        raise ValueError("a coat of hair has no texture coordinates, expected them")
    used = np.unique(surface.faces)
    number = np.zeros(len(surface.vertices), int)
    number[used] = np.arange(len(used))
    faces = number[surface.faces]
    uv = unit_uv(surface.uv[used])
    colours = np.broadcast_to(np.asarray(surface.colour), surface.vertices.shape)[used]
    brightness = colours.mean(axis=1) / max(float(np.mean(spec.colour)), 1e-3)
    shade = 1.0 + contrast * (brightness / np.median(brightness) - 1.0)
    kind = "curled" if spec.style in CURLS else "combed" if CUTS[spec.style].stretch > 4.0 else "cropped"
    vertices = surface.vertices[used]
    return WornPart(
        name=name,
        mesh=Mesh(vertices=vertices, faces=faces, uv=uv, uv_faces=faces),
        normals=vertex_normals(vertices, faces),
        picture=paint_coat(uv, faces, shade, colour=spec.colour, noise=noises[kind]),
        alpha="opaque",
        gloss=surface.gloss,
    )
