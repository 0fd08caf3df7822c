"""Spectacles that fit a head: rims or bare lenses before the eyes, a bridge on the nose, arms over the ears."""

from typing import Literal

import numpy as np
from jaxtyping import Float

from toonface.types import FaceRegion
from toonface.worn.glasses_fit import OUTLINE, TILT, WRAP, Fit, GlassesTables, fit_glasses, heights
from toonface.worn.glasses_fit import glasses_tables as glasses_tables
from toonface.worn.glasses_spec import SHAPES as SHAPES
from toonface.worn.glasses_spec import GlassesSpec as GlassesSpec
from toonface.worn.glasses_spec import sample_glasses as sample_glasses
from toonface.worn.lofts import Mesh, Profile, join, mesh_of, tube
from toonface.worn.surface import Material, Sitter, Surface

_LENS_RINGS = (0.0, 0.25, 0.5, 0.72, 0.88, 1.0)


def glasses_surfaces(
    sitter: Sitter, tables: GlassesTables, spec: GlassesSpec, style: Literal["photo", "toon"] = "photo"
) -> list[Surface]:
    """Build glasses on a head: the frame, and the lenses.

    Args:
        sitter: the head; they hang on its neutral skin.
        tables: from `glasses_tables`.
        spec: the glasses.
        style: toon makes frames thicker and rounder.
    """
    thick = spec.thickness * (1.3 if style == "toon" else 1.0)
    flat, fit = fit_glasses(sitter, tables, spec, style)
    outline = fit.lift(flat)
    halves = [*_rims(outline, spec, thick), *(_pad(outline, fit) if spec.metal else [])]
    front = join([*halves, *(_mirrored(mesh) for mesh in halves), *_bridge(outline, fit, spec, thick)])
    vertices, faces = join([_moved(front, fit.middle), *_arms(sitter, tables, fit, outline, thick)])
    lens = _lens(flat, fit)
    lens_vertices, lens_faces = join([_moved(mesh, fit.middle) for mesh in (lens, _mirrored(lens))])
    return [
        Surface(
            vertices=vertices,
            faces=faces,
            material=Material.SOLID,
            region=FaceRegion.GLASSES,
            colour=spec.colour,
            gloss=0.9 if spec.metal else 0.6,
        ),
        Surface(
            vertices=lens_vertices,
            faces=lens_faces,
            material=Material.LENS,
            region=FaceRegion.GLASSES,
            colour=spec.tint,
            gloss=0.8,
            opacity=spec.opacity,
            two_sided=True,
        ),
    ]


def _rims(outline: Float[np.ndarray, "N 3"], spec: GlassesSpec, thick: float) -> list[Mesh]:
    """Return the rim of the left lens."""
    forward = np.array([0.0, 0.0, 1.0])
    if spec.shape == "rimless":
        return []
    deep = thick if spec.metal else min(1.25 * thick, 0.003)
    if spec.shape == "half-rim":
        upper = np.roll(outline, 5, axis=0)[: OUTLINE // 2 + 11]
        return [tube(upper, Profile(across=1.3 * thick, along=1.2 * deep, sides=8, power=2.4), forward)]
    # Plastic frames are a little heavier above.
    above = (outline[:, 1] - outline[:, 1].min()) / np.ptp(outline[:, 1])
    across = thick if spec.metal else thick * (0.85 + 0.4 * above)
    power = 2.0 if spec.metal else 2.8
    return [tube(outline, Profile(across=across, along=deep, sides=8, power=power), forward, closed=True)]


def _bridge(outline: Float[np.ndarray, "N 3"], fit: Fit, spec: GlassesSpec, thick: float) -> list[Mesh]:
    """Return the bridge, from rim to rim, and the bar above it that aviators have."""
    bars = []
    for level, rise in ((0.42 if spec.metal else 0.34, 0.16), (0.86, 0.03))[: 2 if spec.shape == "aviator" else 1]:
        end = _inner_point(outline, fit, level)
        share = np.linspace(-1.0, 1.0, 15)
        arch = 1.0 - share**2
        y = end[1] + rise * fit.half[1] * arch
        z = fit.depth + TILT * (y - fit.centre[1]) - WRAP * (share * end[0]) ** 2 + 0.0012 * arch
        heavy = Profile(across=1.25 * thick, along=1.3 * thick, sides=8, power=2.4)
        bars.append(tube(np.stack([share * end[0], y, z], axis=1), heavy, np.array([0.0, 0.0, 1.0])))
    return bars


def _pad(outline: Float[np.ndarray, "N 3"], fit: Fit) -> list[Mesh]:
    """Return the left pad on the nose and the wire that holds it."""
    start = _inner_point(outline, fit, 0.05)
    pad = start + np.array([[-0.0008, 0.003, -0.0050], [-0.0006, 0.0, -0.0056], [0.0012, -0.0045, -0.0056]])
    wire = np.stack([start, start + np.array([0.0012, 0.001, -0.0035]), pad[1]])
    return [
        tube(pad, Profile(across=0.0011, along=0.0024), np.array([0.4, 0.0, 1.0])),
        tube(wire, Profile(across=0.0005, along=0.0005, sides=5), np.array([0.0, 1.0, 0.0])),
    ]


def _inner_point(outline: Float[np.ndarray, "N 3"], fit: Fit, level: float) -> Float[np.ndarray, "3"]:
    """Return the point beside the nose at a height given as a share of the lens's half height."""
    inner = outline[outline[:, 0] < fit.centre[0] - 0.2 * fit.half[0]]
    return inner[np.abs(inner[:, 1] - fit.centre[1] - level * fit.half[1]).argmin()]


def _arms(
    sitter: Sitter, tables: GlassesTables, fit: Fit, outline: Float[np.ndarray, "N 3"], thick: float
) -> list[Mesh]:
    """Return hinges and arms: outside the temples, over the ears and down behind them."""
    cage = sitter.head.neutral[: sitter.model.skin.count]
    wanted = outline[:, 0] + 0.6 * np.minimum(outline[:, 1], fit.centre[1] + 0.55 * fit.half[1])
    corner = outline[wanted.argmax()]
    meshes = []
    for side, sign in enumerate((1.0, -1.0)):
        away = cage * [sign, 1.0, 1.0]
        root, top = away[tables.ears[side]]
        ear = np.array([root[0], top[1] + 0.0012 + thick, root[2] - 0.002])
        hinge = corner + np.array([0.0035 + sign * fit.middle, 0.0, -0.0015])
        z = hinge[2] + np.minimum(_ALONG, 1.0) * (ear[2] - hinge[2]) + _TAIL[:, 2]
        y = hinge[1] + np.minimum(_ALONG, 1.0) * (ear[1] - hinge[1]) + _TAIL[:, 1]
        patch = tables.sides[side]
        skin = heights(away[patch.points][:, [2, 1, 0]], patch.faces, np.stack([z, y], axis=1))
        path = np.stack([_clear_of(skin, float(hinge[0]), float(ear[0]), thick), y, z], axis=1)
        inside = np.array([-0.001, 0.0, 0.001])
        lug = np.stack(
            [corner + np.array([sign * fit.middle, 0.0, 0.0]), hinge + inside, path[1] * 0.35 + hinge * 0.65]
        )
        slim = Profile(
            across=np.interp(_ALONG, (0.0, 0.5, 1.0), (1.5, 1.0, 1.15)) * thick, along=0.62 * thick, power=2.6
        )
        arm = tube(path, slim, np.array([1.0, 0.0, 0.0]))
        hinged = tube(lug, Profile(across=1.5 * thick, along=1.0 * thick, power=2.8), np.array([0.6, 0.0, 1.0]))
        meshes += [arm, hinged] if sign > 0.0 else [_mirrored(arm), _mirrored(hinged)]
    return meshes


_TAIL = np.zeros((17, 3))
_TAIL[12:] = [(-0.0002, -0.0004, -0.008), (-0.0004, -0.002, -0.015), (-0.001, -0.007, -0.020), (-0.002, -0.016, -0.023),
              (-0.003, -0.027, -0.024)]  # fmt: skip
"""How an arm goes on behind the ear, metres from its top."""
_ALONG = np.append(np.linspace(0.0, 1.0, 12), np.ones(5))
"""Points of an arm, as shares of the way from the hinge to the ear."""


def _clear_of(skin: Float[np.ndarray, " N"], hinge: float, ear: float, thick: float) -> Float[np.ndarray, " N"]:
    """Return how far out an arm runs: straight, but for a bow round the temple, then inside the ear."""
    wanted = skin + 0.62 * thick + 0.0006
    line = hinge + _ALONG * (np.nanmax(np.append(wanted[10:14], ear - 0.002)) - hinge)
    bow = _ALONG * np.sqrt(1.0 - _ALONG)
    needed = np.nanmax(np.append((wanted[1:11] - line[1:11]) / bow[1:11], 0.0))
    return line + min(needed, 0.03) * bow + _TAIL[:, 0]


def _lens(flat: Float[np.ndarray, "N 2"], fit: Fit) -> Mesh:
    """Return the left lens, slightly domed, from its middle to the rim."""
    rings = [
        fit.lift(fit.centre + share * (flat - fit.centre)) + np.array([0.0, 0.0, 0.0016 * (1.0 - share**2)])
        for share in _LENS_RINGS
    ]
    return mesh_of(np.stack(rings))


def _mirrored(mesh: Mesh) -> Mesh:
    return mesh[0] * [-1.0, 1.0, 1.0], mesh[1][:, ::-1]


def _moved(mesh: Mesh, middle: float) -> Mesh:
    return mesh[0] + [middle, 0.0, 0.0], mesh[1]
