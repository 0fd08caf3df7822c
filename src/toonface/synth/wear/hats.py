"""Hats, caps, hoods and scarves on a head, and hair that makes room for them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from toonface.synth.wear.hat_shapes import MAKERS
from toonface.synth.wear.hat_spec import KINDS as KINDS
from toonface.synth.wear.hat_spec import HatSpec as HatSpec
from toonface.synth.wear.hat_spec import sample_hat as sample_hat
from toonface.synth.wear.head_grid import ANGLES, COLUMNS, ROWS, HatTables, head_grid, radii, smoothed
from toonface.synth.wear.head_grid import hat_tables as hat_tables
from toonface.types import FaceRegion
from toonface.worn.lofts import Grid, join
from toonface.worn.surface import Material, Sitter, Surface

_SPREAD = 0.10
"""Below a hat hair may stand this many metres farther out with each radian."""


def hat_surfaces(sitter: Sitter, tables: HatTables, spec: HatSpec) -> list[Surface]:
    """Build a hat on a head.

    Args:
        sitter: the head; hats sit on its neutral skin.
        tables: from `hat_tables`.
        spec: the hat.
    """
    pieces = MAKERS[spec.kind](_shell(sitter, tables, spec), spec)
    vertices, faces = join([mesh for mesh, _ in pieces])
    return [
        Surface(
            vertices=vertices,
            faces=faces,
            material=Material.CLOTH,
            region=FaceRegion.CLOTH if spec.kind == "hood" else FaceRegion.HAT,
            colour=np.concatenate([colour for _, colour in pieces]),
            two_sided=True,
        )
    ]


def clip_hair(surfaces: Sequence[Surface], sitter: Sitter, tables: HatTables, spec: HatSpec) -> list[Surface]:
    """Take away the hair under a hat, and press what comes out below it against the head.

    Args:
        surfaces: of the hair.
        sitter: the head.
        tables: from `hat_tables`.
        spec: the hat.
    """
    if spec.hides_hair:
        return []
    axis = spec.axis
    radius = radii(_shell(sitter, tables, spec), axis)
    clipped = [_clip(surface, spec, np.concatenate([radius, radius[:, :1]], axis=1)) for surface in surfaces]
    return [surface for surface in clipped if len(surface.faces)]


def _shell(sitter: Sitter, tables: HatTables, spec: HatSpec) -> Grid:
    """Return the grid on which a hat is built: smooth, and for hoods away from the head's hollows."""
    axis, points = spec.axis, tables.whole if spec.hooded else tables.scalp
    bare = radii(head_grid(points, sitter.neutral_skin), axis)
    radius = smoothed(bare, 3 if spec.hooded else 0)
    if spec.kind == "headscarf":
        # It hugs the face.
        tight = np.clip((np.linspace(0.0, axis.reach, ROWS)[:, None] / spec.edge(ANGLES) - 0.72) / 0.2, 0.0, 1.0)
        radius = radius + tight * (smoothed(bare, 0) - radius)
    return np.array(axis.centre) + axis.directions() * radius[..., None]


def _clip(surface: Surface, spec: HatSpec, shell: Float[np.ndarray, "R L"]) -> Surface:
    axis = spec.axis
    polar, angle, radius = axis.polar(surface.vertices)
    below = polar - spec.edge(angle)
    if spec.kind == "headband":
        below = np.maximum(below, -(below + 0.34))  # it presses from above, too
    covered = spec.covers(surface.vertices)
    limit = _read(shell, np.minimum(polar, spec.edge(angle)) * ((ROWS - 1) / axis.reach), angle)
    limit = limit + np.interp(below, (-0.10, -0.02), (-0.004, 0.002))
    # The spread leaves room for ears.
    spread = np.clip(below, 0.0, None) * _SPREAD + 0.010 * np.clip(below / 0.12, 0.0, 1.0)
    limit = limit + spread * (0.4 if spec.hooded else 1.0)
    # Once it hangs free of the head, hair goes its own way.
    limit = np.where(below > 0.6, np.inf, limit)
    share = np.minimum(limit / np.maximum(radius, 1e-9), 1.0)
    keep = ~covered[surface.faces].all(axis=1)
    region = surface.region[keep] if isinstance(surface.region, np.ndarray) else surface.region
    return replace(
        surface,
        vertices=axis.centre + (surface.vertices - axis.centre) * share[:, None],
        faces=surface.faces[keep],
        uv_faces=None if surface.uv_faces is None else surface.uv_faces[keep],
        region=region,
    )


def _read(
    shell: Float[np.ndarray, "R L"], row: Float[np.ndarray, " V"], angle: Float[np.ndarray, " V"]
) -> Float[np.ndarray, " V"]:
    """Read a grid, whose last column repeats the first, between its points."""
    column = angle % (2.0 * np.pi) * (COLUMNS / (2.0 * np.pi))
    left, above = np.minimum(column.astype(np.int64), COLUMNS - 1), np.minimum(row.astype(np.int64), ROWS - 2)
    u, v = column - left, row - above
    flat, corner = shell.ravel(), above * (COLUMNS + 1) + left
    upper = (1.0 - u) * flat[corner] + u * flat[corner + 1]
    return (1.0 - v) * upper + v * ((1.0 - u) * flat[corner + COLUMNS + 1] + u * flat[corner + COLUMNS + 2])
