"""Short hair as shells: copies of a patch of skin, each farther out, on which fewer and fewer hairs are left."""

from dataclasses import dataclass
from typing import Literal, no_type_check

import numpy as np
from jaxtyping import Bool, Float, Int
from numba import njit

from toonface.geometry.normals import vertex_normals
from toonface.types import UV, FaceRegion, Faces, Vertices
from toonface.worn.surface import RGB, Material, Surface

Style = Literal["photo", "toon"]
MAX_SHELLS = 5
STRAND_UNIT = 0.25
"""Metres of scalp per unit of texture coordinate, across the hairs."""
BANDS = (0.040, 0.020, 0.011)
"""Wavelengths of the noise in metres: locks, curls, tufts."""
PIECES = {
    0: (0, 1, 2),
    1: (0, 3, 2, 3, 1, 2),
    2: (0, 1, 4, 0, 4, 5, 4, 2, 5),
    3: (0, 3, 5, 3, 1, 4, 4, 2, 5, 3, 4, 5),
}
"""Number of cut sides to the triangles that come of it: corners are 0, 1, 2, the middles of its sides 3, 4, 5."""
LEAST = 0.02
"""Coverage below which nothing is drawn."""
WAVES = 14
"""Plane waves per band."""
LONGEST = 0.0070
"""Metres: longer edges are halved."""


@dataclass(frozen=True, kw_only=True)
class ShellPatch:
    """A piece of LOD0 on which hair grows, with its edges halved where the skin's mesh is too coarse for hair."""

    rows: Int[np.ndarray, " R"]
    """Vertices of LOD0."""
    edges: Int[np.ndarray, "E 2"]
    """Pairs of `rows`, in whose middle a further vertex lies; none where the patch is not refined."""
    faces: Faces
    positions: Float[np.ndarray, "N 3"]
    """On the mean head, metres; N = R + E."""
    uv: UV
    """u across the hairs and v along them, in `STRAND_UNIT`."""
    noise: Float[np.ndarray, "B N W"]
    """Smooth waves of each of `BANDS`, to be mixed with random weights."""


@dataclass(frozen=True, kw_only=True)
class Coat:
    """The hair of a patch.

    Raises:
        ValueError: the shells are none, too many, or not as many as their shares.
    """

    heights: Float[np.ndarray, " N"]
    """Metres from the skin to the outermost shell; negative hides the shell below the skin."""
    density: Float[np.ndarray, " N"]
    """Share of hairs at the root, in [0, 1]."""
    colour: RGB
    levels: tuple[float, ...]
    """Shares of the height at which the shells lie, from the innermost."""
    reach: tuple[float, ...]
    """Share of hairs that reach each shell, in [0, 1]."""
    directions: Float[np.ndarray, "N 3"] | None = None
    """In which the hair stands, unit vectors; None for the skin's normals."""
    shade: Float[np.ndarray, " N"] | None = None
    """Factor of the colour at each vertex, around 1."""
    stretch: float = 1.0
    """How much longer than wide the strands look from above: 1 for bristles, 6 for combed hair."""
    gloss: float = 0.15
    region: FaceRegion = FaceRegion.HAIR

    def __post_init__(self) -> None:
        if not 1 <= len(self.levels) <= MAX_SHELLS or len(self.reach) != len(self.levels):
            raise ValueError(
                f"{len(self.levels)} levels with {len(self.reach)} shares, expected 1 to {MAX_SHELLS} of each"
            )


def make_patch(
    positions: Vertices, faces: Faces, chosen: Bool[np.ndarray, " V"], flow: Float[np.ndarray, "V 2"], *, refine: bool
) -> ShellPatch:
    """Cut a patch out of the mean head's skin.

    Args:
        positions: LOD0 of the mean head, metres.
        faces: of LOD0.
        chosen: vertices; a triangle belongs to the patch when all of its corners do.
        flow: metres across and along the hairs.
        refine: halve the edges that are too long for hair.

    Raises:
        ValueError: no triangle is chosen.
    """
    kept = faces[chosen[faces].all(axis=1)]
    if not len(kept):
        raise ValueError("no triangle has all its corners chosen, expected a patch of at least one")
    rows, flat = np.unique(kept, return_inverse=True)
    local = flat.reshape(-1, 3)
    edges = np.zeros((0, 2), np.int64)
    if refine:
        edges, local = _halve(positions[rows], local)
    normals = vertex_normals(positions, faces)
    patch_positions = _refined(positions[rows], normals[rows], edges)[0]
    along = np.concatenate([flow[rows], flow[rows][edges].mean(axis=1)]) / STRAND_UNIT
    return ShellPatch(
        rows=rows,
        edges=edges,
        faces=local.astype(np.int32),
        positions=patch_positions,
        uv=along,
        noise=np.stack([_waves(patch_positions, length, number) for number, length in enumerate(BANDS)]),
    )


def patch_values(patch: ShellPatch, values: Float[np.ndarray, " V"]) -> Float[np.ndarray, " N"]:
    """Bring values at LOD0's vertices to a patch."""
    rows = values[patch.rows]
    return np.concatenate([rows, rows[patch.edges].mean(axis=1)]) if len(patch.edges) else rows


def patch_noise(patch: ShellPatch, rng: np.random.Generator, band: int) -> Float[np.ndarray, " N"]:
    """Draw smooth noise on a patch: mean 0, standard deviation about 1.

    Args:
        patch: where.
        rng: source of randomness.
        band: which of `BANDS`.
    """
    weights = rng.normal(size=patch.noise.shape[2])
    return patch.noise[band] @ (weights / np.sqrt(0.5 * (weights @ weights)))


def shell_surfaces(patch: ShellPatch, skin: Vertices, normals: Float[np.ndarray, "V 3"], coat: Coat) -> list[Surface]:
    """Grow a coat on a posed head: one surface that holds all shells, the innermost first.

    Args:
        patch: where hair grows.
        skin: LOD0, metres.
        normals: its unit normals.
        coat: what grows.
    """
    base, out = _refined(skin[patch.rows], normals[patch.rows], patch.edges)
    out = out if coat.directions is None else coat.directions
    count = len(coat.levels)
    reach = np.array(coat.reach)
    shells = np.zeros((count, *base.shape))
    for k, level in enumerate(coat.levels):
        lift = np.where(coat.heights > 0.0, level * coat.heights, coat.heights)
        shells[k] = base + lift[:, None] * out
    coverage = np.clip(reach[:, None] * coat.density, 0.0, 1.0)
    faces = _drawn(patch.faces, coverage)
    own = vertex_normals(shells[-1], patch.faces)
    depth = np.linspace(0.62, 1.0, count) if count > 1 else np.ones(1)
    shade = np.ones(len(base)) if coat.shade is None else coat.shade
    light = np.outer(0.7 + 0.3 * depth, shade)
    return [
        Surface(
            vertices=shells.reshape(-1, 3),
            faces=faces,
            material=Material.FUR,
            region=coat.region,
            colour=np.clip(light.reshape(-1, 1) * np.array(coat.colour), 0.0, 1.0),
            uv=np.tile(patch.uv / np.array([1.0, coat.stretch]), (count, 1)),
            uv_faces=faces,
            coverage=coverage.ravel(),
            normals=np.tile(own, (count, 1)),
            occlusion=np.repeat(depth, len(base)),
            gloss=coat.gloss,
            coarse_faces=faces[faces[:, 0] < len(base)],
        )
    ]


def _drawn(faces: Faces, coverage: Float[np.ndarray, "K N"]) -> Int[np.ndarray, "G 3"]:
    """Return the triangles of all shells on which any hair is left."""
    out = np.zeros((coverage.shape[0] * len(faces), 3), faces.dtype)
    return out[: _select(faces, coverage, out)]


@njit(cache=True)
@no_type_check
def _select(faces, coverage, out):  # noqa: ANN001, ANN202 - compiled, types inferred
    count = 0
    for k in range(coverage.shape[0]):
        first = k * coverage.shape[1]
        for f in range(faces.shape[0]):
            a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
            if max(coverage[k, a], coverage[k, b], coverage[k, c]) > LEAST:
                out[count, 0], out[count, 1], out[count, 2] = first + a, first + b, first + c
                count += 1
    return count


def _halve(positions: Float[np.ndarray, "R 3"], faces: Faces) -> tuple[Int[np.ndarray, "E 2"], Int[np.ndarray, "G 3"]]:
    """Split the edges that are too long for hair; vertex R + e is the middle of edge e."""
    sides = np.stack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]], axis=1)
    pairs, number = np.unique(np.sort(sides.reshape(-1, 2), axis=1), axis=0, return_inverse=True)
    long = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1) > LONGEST
    middle = np.where(long, len(positions) + np.cumsum(long) - 1, -1)[number].reshape(-1, 3)
    return pairs[long], _split(faces, middle)


def _split(faces: Faces, middle: Int[np.ndarray, "F 3"]) -> Int[np.ndarray, "G 3"]:
    """Split triangles at the middles of their sides; a middle of -1 leaves that side whole."""
    count = (middle >= 0).sum(axis=1)
    # Turned until the only cut side comes first, or the only whole one.
    turn = np.argmax((middle >= 0) == (count == 1)[:, None], axis=1)
    order = (turn[:, None] + np.arange(3)) % 3
    corners, cuts = np.take_along_axis(faces, order, 1), np.take_along_axis(middle, order, 1)
    names = np.concatenate([corners, cuts], axis=1)
    return np.concatenate([names[count == cut][:, list(pieces)].reshape(-1, 3) for cut, pieces in PIECES.items()])


def _refined(
    points: Float[np.ndarray, "R 3"], normals: Float[np.ndarray, "R 3"], edges: Int[np.ndarray, "E 2"]
) -> tuple[Float[np.ndarray, "N 3"], Float[np.ndarray, "N 3"]]:
    """Add the middles of edges, lifted on to the round surface that the normals imply (Phong tessellation)."""
    if not len(edges):
        return points, normals
    a, b, na, nb = points[edges[:, 0]], points[edges[:, 1]], normals[edges[:, 0]], normals[edges[:, 1]]
    bulge = 0.125 * ((np.einsum("ec,ec->e", b - a, na))[:, None] * na - np.einsum("ec,ec->e", b - a, nb)[:, None] * nb)
    between = na + nb
    between /= np.maximum(np.linalg.norm(between, axis=1, keepdims=True), 1e-9)
    return np.concatenate([points, 0.5 * (a + b) - bulge]), np.concatenate([normals, between])


def _waves(positions: Float[np.ndarray, "N 3"], length: float, seed: int) -> Float[np.ndarray, "N W"]:
    """Sines and cosines of plane waves in evenly spread directions; one fixed set for every head."""
    rng = np.random.default_rng(seed)
    turns, heights = np.arange(WAVES) * 2.39996, (np.arange(WAVES) + 0.5) / WAVES
    flat = np.sqrt(1.0 - heights**2)
    waves = np.stack([flat * np.cos(turns), heights, flat * np.sin(turns)])
    waves *= rng.uniform(0.8, 1.25, WAVES) * 2.0 * np.pi / length
    phases = positions @ waves
    return np.concatenate([np.cos(phases), np.sin(phases)], axis=1)
