"""Where the points of one drawing lie in another drawing of the same scene."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.rasterize import Fragments, clear, draw
from toonface.worn.surface import Material, Surface

SOLID = (Material.SKIN, Material.EYE, Material.MOUTH, Material.CLOTH, Material.SOLID)
"""What is drawn: hair, brows and lashes move with the skin under them, and each strand is a hole for the rest."""
HIDDEN_M = 0.004
"""A point that lies so far behind what the other drawing shows is hidden there."""


@dataclass(frozen=True, kw_only=True)
class Correspondence:
    """For each pixel of a drawing, where the same point of the scene is in the other one."""

    offset: Float32[np.ndarray, "H W 2"]
    """From the pixel to the place in the other drawing, x and y in pixels; zero where not known."""
    known: Bool[np.ndarray, "H W"]
    """Whether a surface that both drawings share is seen in both."""


def find_correspondence(
    surfaces: Sequence[Surface], others: Sequence[Surface], camera: ScaledOrthographic
) -> Correspondence:
    """Find the points of a drawing in another one that is seen by the same camera.

    Args:
        surfaces: what is drawn.
        others: what the other drawing shows; surfaces with as many vertices and triangles are the same in both.
        camera: of both.
    """
    here = _drawn(surfaces, camera)
    there = _drawn(others, camera)
    offset = np.zeros((*here.part.shape, 2), np.float32)
    known = np.zeros(here.part.shape, bool)
    for part, other in _pairs(surfaces, others):
        rows, columns = np.nonzero(here.part == part)
        corners = others[other].faces[here.face[rows, columns]]
        screen = project(camera, others[other].vertices)
        place = np.einsum("nk,nkc->nc", here.barycentric[rows, columns], screen[corners])
        x, y = np.clip(np.floor(place[:, :2]), 0, [camera.width - 1, camera.height - 1]).astype(np.int64).T
        behind = there.depth[y, x] - place[:, 2]
        offset[rows, columns] = place[:, :2] - np.stack([columns + 0.5, rows + 0.5], axis=1)
        known[rows, columns] = behind < HIDDEN_M * camera.scale
    offset[~known] = 0.0
    return Correspondence(offset=offset, known=known)


def _drawn(surfaces: Sequence[Surface], camera: ScaledOrthographic) -> Fragments:
    fragments = clear(camera.height, camera.width)
    for number, surface in enumerate(surfaces):
        if surface.material in SOLID:
            draw(fragments, project(camera, surface.vertices), surface.faces, part=number)
    return fragments


def _pairs(surfaces: Sequence[Surface], others: Sequence[Surface]) -> list[tuple[int, int]]:
    """Surfaces that are the same in both lists, which are in the same order."""
    pairs, start = [], 0
    for number, surface in enumerate(surfaces):
        for other in range(start, len(others)):
            if _form(others[other]) == _form(surface):
                pairs.append((number, other))
                start = other + 1
                break
    return pairs


def _form(surface: Surface) -> tuple[int, int, int]:
    return int(surface.material), len(surface.vertices), len(surface.faces)
