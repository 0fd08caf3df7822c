"""Our own eyeball: a unit sphere with a slightly hollow iris and a clear cornea, and its nine pictures."""

import io

import numpy as np
from jaxtyping import Float
from PIL import Image

from tools.face_model.sources import MakeHuman
from toonface.morphable.eyeball import LIMBUS, EyeballMesh

SEGMENTS = 32
IRIS_RINGS = (0.20, 0.38, 0.60, 0.82, 1.0)
"""Polar angles of the rings in the iris, as parts of the limbus; the second is the pupil's rim."""
SCLERA_RINGS = (0.04, 0.12, 0.22, 0.33, 0.45, 0.58, 0.72, 0.86)
"""Rings behind it, as parts of the way from the limbus to the back."""
CORNEA_RINGS = (0.3, 0.6, 0.85, 1.06)
IRIS_RECESS = 0.035
"""How far the pupil lies behind the plane of the iris's rim, radii."""
CORNEA_BULGE = 0.05
"""How far the cornea stands out of the sphere at its top, radii."""
LIMBUS_UV = 0.25
"""Radius of the iris in its picture: half of the picture's width is iris."""
EDGE_ANGLE = 2.2
"""Polar angle at the picture's edge, radians; farther back is never seen."""
PICTURE_SIZE = 256
SOURCE_IRIS = ((0.2938, 0.7020), 0.1110)
"""Centre and radius of an iris in MakeHuman's pictures, origin at the top left, in picture widths."""
PUPIL = 0.34
"""Radius of the pupil, in radii of the iris."""
IRIS_TINTS = {
    "blue": (0.36, 0.49, 0.62),
    "bluegreen": (0.30, 0.55, 0.56),
    "brown": (0.36, 0.20, 0.10),
    "brownlight": (0.54, 0.35, 0.18),
    "deepblue": (0.24, 0.33, 0.50),
    "green": (0.37, 0.48, 0.26),
    "grey": (0.52, 0.56, 0.59),
    "ice": (0.62, 0.74, 0.78),
    "lightblue": (0.50, 0.66, 0.78),
}
"""Picture → natural mean colour (sRGB): some of MakeHuman's are far from any eye (violet, blood red)."""


def eyeball_mesh() -> EyeballMesh:
    """Build the eyeball, 547 vertices: ball and cornea."""
    iris = LIMBUS * np.array(IRIS_RINGS)
    sclera = LIMBUS + (np.pi - LIMBUS) * np.array(SCLERA_RINGS)
    cap = LIMBUS * np.array(CORNEA_RINGS)
    ball = _ball_radius(np.concatenate([[0.0], iris, sclera, [np.pi]]))
    cornea = 1.0 + CORNEA_BULGE * np.cos(0.5 * np.pi * np.minimum(cap / cap[-1], 1.0)) ** 1.5
    cornea[-1] = 0.999  # the rim hides in the sclera
    polar_ball, azimuth_ball, faces_ball = _rings(np.concatenate([iris, sclera]), closed=True)
    polar_cap, azimuth_cap, faces_cap = _rings(cap, closed=False)
    radius = np.concatenate(
        [ball[:1], ball[1:-1].repeat(SEGMENTS), ball[-1:], [1.0 + CORNEA_BULGE], cornea.repeat(SEGMENTS)]
    )
    polar, azimuth = np.concatenate([polar_ball, polar_cap]), np.concatenate([azimuth_ball, azimuth_cap])
    return EyeballMesh(
        faces=faces_ball,
        uv=picture_place(polar, azimuth),
        cornea_faces=faces_cap + len(polar_ball),
        polar=polar,
        azimuth=azimuth,
        radius=radius,
    )


def picture_place(polar: Float[np.ndarray, "*N"], azimuth: Float[np.ndarray, "*N"]) -> Float[np.ndarray, "*N 2"]:
    """Find the place of a direction in an eye's picture: linear in the angle, steeper in the iris.

    Args:
        polar: angle from the gaze, radians.
        azimuth: angle from +x towards +y, radians.
    """
    radius = np.interp(polar, [0.0, LIMBUS, EDGE_ANGLE], [0.0, LIMBUS_UV, 0.5])
    return np.stack([0.5 + radius * np.cos(azimuth), 0.5 - radius * np.sin(azimuth)], axis=-1)


def eye_pictures(source: MakeHuman) -> dict[str, Float[np.ndarray, "S S 3"]]:
    """Make nine pictures of an eye from MakeHuman's irises and a sclera of our own.

    Args:
        source: the opened packages.

    Returns:
        `eye_<colour>` → red, green, blue in [0, 1].
    """
    pictures = {}
    for name, tint in IRIS_TINTS.items():
        stored = source.read(f"proxies/eyes/HighPolyEyes/textures/{name}_eye.png")
        picture = np.asarray(Image.open(io.BytesIO(stored)).convert("RGB")) / 255.0
        pictures[f"eye_{name}"] = eye_picture(picture, np.array(tint))
    return pictures


def eye_picture(source: Float[np.ndarray, "H W 3"], tint: Float[np.ndarray, "3"]) -> Float[np.ndarray, "S S 3"]:
    """Lay one iris and our sclera out round the middle of a square.

    Args:
        source: MakeHuman's picture of two eyes.
        tint: mean colour that the iris gets.
    """
    fine = 2 * PICTURE_SIZE
    centre = (np.arange(fine) + 0.5) / fine - 0.5
    x, y = np.meshgrid(centre, centre)
    reach = np.hypot(x, y)
    iris = _iris(source, tint, x / LIMBUS_UV, y / LIMBUS_UV)
    # The rim is soft: the white shines through the last tenth of the iris.
    rim = np.clip((reach / LIMBUS_UV - 0.93) / 0.13, 0.0, 1.0)[..., None]
    rim = rim * rim * (3.0 - 2.0 * rim)
    picture = iris * (1.0 - rim) + _sclera(x, y) * rim
    return picture.reshape(PICTURE_SIZE, 2, PICTURE_SIZE, 2, 3).mean(axis=(1, 3))


def _iris(source: np.ndarray, tint: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Sample the fibres, give them the colour and a dark limbal ring, and put the pupil in."""
    (u, v), radius = SOURCE_IRIS
    reach = np.hypot(x, y)
    shrink = np.minimum(reach, 0.93) / np.maximum(reach, 1e-6) * radius
    size = np.array([source.shape[1], source.shape[0]])
    at = np.stack([u + x * shrink, v + y * shrink], axis=-1) * size - 0.5
    low = np.floor(at).astype(int)
    a, b = np.moveaxis(at - low, -1, 0)[..., None]
    rows, columns = low[..., 1], low[..., 0]
    top = source[rows, columns] * (1 - a) + source[rows, columns + 1] * a
    below = source[rows + 1, columns] * (1 - a) + source[rows + 1, columns + 1] * a
    luminance = (top * (1 - b) + below * b) @ [0.299, 0.587, 0.114]
    ring = (reach > 0.45) & (reach < 0.85)
    fibres = np.clip((luminance / luminance[ring].mean())[..., None], 0.25, 2.2) ** 0.75
    glow = 1.0 + 0.35 * np.exp(-(((reach - 0.48) / 0.16) ** 2))[..., None]
    colour = 0.82 * tint * fibres * glow
    warm = np.exp(-(((reach - PUPIL) / 0.13) ** 2))[..., None] * 0.25
    colour = colour * (1 - warm) + warm * np.array([0.52, 0.36, 0.18]) * fibres
    limbal = np.clip((reach - 0.76) / 0.20, 0.0, 1.0)[..., None]
    colour = colour * (1.0 - 0.68 * limbal**1.5)
    pupil = np.clip((reach - PUPIL) / 0.05 + 0.5, 0.0, 1.0)[..., None]
    return np.clip(colour * pupil + 0.02 * (1 - pupil), 0.0, 1.0)


def _sclera(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Paint a warm white that turns pink towards both corners of the eye."""
    reach = np.hypot(x, y)
    side = np.abs(x) / np.maximum(reach, 1e-6)
    pink = np.clip((reach - 0.31) / 0.12, 0.0, 1.0) ** 1.3 * side**3
    grey = np.clip((reach - 0.28) / 0.20, 0.0, 1.0) ** 1.5
    white = np.array([0.945, 0.93, 0.915]) * (1.0 - 0.10 * grey[..., None])
    return white * (1 - 0.55 * pink[..., None]) + np.array([0.86, 0.60, 0.56]) * 0.55 * pink[..., None]


def _ball_radius(polar: np.ndarray) -> np.ndarray:
    """Distance from the centre: the sphere, and inside the limbus a shallow cup behind the plane of its rim."""
    t = np.minimum(polar / LIMBUS, 1.0)
    plane = np.cos(LIMBUS) / np.cos(np.minimum(polar, LIMBUS))
    return np.where(polar < LIMBUS, plane - IRIS_RECESS * (1.0 - t**2), 1.0)


def _rings(polar: np.ndarray, *, closed: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make a pole, rings round it and, if closed, the opposite pole; triangles counter-clockwise from outside."""
    turn = 2.0 * np.pi * np.arange(SEGMENTS) / SEGMENTS
    here, after = np.arange(SEGMENTS), (np.arange(SEGMENTS) + 1) % SEGMENTS
    faces = [np.stack([0 * here, 1 + here, 1 + after], axis=1)]
    for ring in range(len(polar) - 1):
        inner, outer = 1 + ring * SEGMENTS, 1 + (ring + 1) * SEGMENTS
        faces.append(np.stack([inner + here, outer + here, outer + after], axis=1))
        faces.append(np.stack([inner + here, outer + after, inner + after], axis=1))
    angles, azimuths = [[0.0], polar.repeat(SEGMENTS)], [[0.0], np.tile(turn, len(polar))]
    if closed:
        last = 1 + (len(polar) - 1) * SEGMENTS
        faces.append(np.stack([last + here, 0 * here + last + SEGMENTS, last + after], axis=1))
        angles.append([np.pi])
        azimuths.append([0.0])
    return np.concatenate(angles), np.concatenate(azimuths), np.concatenate(faces)
