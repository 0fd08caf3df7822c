"""A bun: a ball of hair on the crown."""

import numpy as np
from jaxtyping import Float

from toonface.types import Vertices
from toonface.worn.hair.hair_spec import HairSpec
from toonface.worn.hair.shells import STRAND_UNIT, Coat, ShellPatch, Style, shell_surfaces
from toonface.worn.surface import Sitter, Surface

RINGS, SPOKES = 15, 28
RADIUS = 0.027
"""Metres."""
SEAT = np.array([0.0, 0.131, -0.048])
"""Metres on the mean head."""


def bun_patch() -> ShellPatch:
    """Make the unit ball on which the bun's shells grow, its pole along +Y."""
    polar = np.linspace(0.02, np.pi - 0.02, RINGS)[:, None] * np.ones(SPOKES + 1)
    turn = np.ones((RINGS, 1)) * np.linspace(0.0, 2.0 * np.pi, SPOKES + 1)
    ball = np.stack([np.sin(polar) * np.sin(turn), np.cos(polar), np.sin(polar) * np.cos(turn)], axis=2).reshape(-1, 3)
    row, column = np.mgrid[0 : RINGS - 1, 0:SPOKES]
    a = (row * (SPOKES + 1) + column).ravel()
    b, c, d = a + SPOKES + 1, a + SPOKES + 2, a + 1
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int32)
    uv = RADIUS / STRAND_UNIT * np.stack([polar.ravel() * 2.0 - 0.4 * turn.ravel(), turn.ravel()], axis=1)
    return ShellPatch(
        rows=np.arange(len(ball)),
        edges=np.zeros((0, 2), np.int64),
        faces=faces,
        positions=ball,
        uv=uv,
        noise=np.zeros((0, len(ball), 0)),
    )


def bun_surfaces(sitter: Sitter, spec: HairSpec, patch: ShellPatch, seat: int, style: Style) -> list[Surface]:
    """Put a bun on a head.

    Args:
        sitter: the head.
        spec: the hair; volume makes the bun larger.
        patch: from `bun_patch`.
        seat: vertex of LOD0 on which it sits.
        style: a toon bun is one smooth mass.
    """
    rng = np.random.default_rng(spec.seed + 1)
    radius = RADIUS * (1.0 + 0.3 * spec.volume) * rng.uniform(0.85, 1.2)
    ball = patch.positions
    twist = np.arctan2(ball[:, 0], ball[:, 2]) * 3.0 + 5.0 * ball[:, 1] + rng.uniform(0.0, 6.28)
    lumps = (0.075 * np.sin(twist) + 0.04 * np.sin(2.0 * twist + 7.0 * ball[:, 1])) * (1.0 - ball[:, 1] ** 2)
    base = _turned(ball * np.array([1.0, 0.8, 1.0]), sitter.normals[seat])
    centre = sitter.skin[seat] + (0.80 * radius) * sitter.normals[seat]
    height = radius * 0.35 * (1.0 + 2.5 * lumps)
    calm = style == "toon"
    coat = Coat(
        heights=height,
        density=np.ones(len(ball)),
        colour=spec.colour,
        levels=(1.0,) if calm else (0.5, 0.8, 1.0),
        reach=(1.0,) if calm else (1.0, 0.7, 0.35),
        shade=1.0 + 1.2 * lumps,
        stretch=6.0,
        gloss=0.3,
    )
    return shell_surfaces(patch, centre + 0.7 * radius * base, base, coat)


def _turned(points: Vertices, pole: Float[np.ndarray, "3"]) -> Vertices:
    """Turn +Y to the pole."""
    side = np.cross(pole, np.array([0.0, 0.0, 1.0]))
    side = side / np.linalg.norm(side)
    return points @ np.stack([side, pole, np.cross(side, pole)])
