"""Find the concentric loops of vertices round the eyes and the mouth, aligned in columns."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import sparse

from tools.face_model.cage import Cage

EYE_CONTACT_RING, MOUTH_CONTACT_RING = 3, 1
"""Rings on which facing columns are matched: the lids' edges, and where the lips touch."""
EYE_RINGS = range(-3, 11)
MOUTH_RINGS = range(-3, 11)


@dataclass(frozen=True, kw_only=True)
class Loops:
    """A polar grid of skin points: rings from inside outwards, columns from one corner round to itself.

    Column 0 is the corner on the character's right; the upper half follows up to the other corner, then the lower
    half backwards. The halves may differ in their number of columns, so `facing` interpolates.
    """

    table: Int[np.ndarray, "R K"]
    rings: range
    """Ring number of each row; ring 0 is the border of the texture island inside (socket or mouth bag)."""
    corner: int
    """Column of the corner on the character's left."""
    facing: Float[np.ndarray, "K K"]
    """Weights of the columns across the opening that face each column; a corner faces itself."""
    corner_distance: Float[np.ndarray, " K"]
    """Metres in x from each column to the nearer corner."""

    @property
    def is_upper(self) -> Bool[np.ndarray, "K"]:
        """True on columns strictly between the corners, above the opening."""
        columns = np.arange(self.table.shape[1])
        return (columns > 0) & (columns < self.corner)

    @property
    def is_lower(self) -> Bool[np.ndarray, "K"]:
        """True on columns strictly between the corners, below the opening."""
        return np.arange(self.table.shape[1]) > self.corner

    def ring(self, number: int) -> Int[np.ndarray, "K"]:
        """Return the points of a ring by its number."""
        return self.table[self.rings.index(number)]


def find_loops(cage: Cage, skin: Float[np.ndarray, "S 3"]) -> dict[str, Loops]:
    """Return the loops of `eye_left`, `eye_right` and `mouth`.

    Args:
        cage: topology.
        skin: positions of the skin points of any head, to tell the islands and the corners apart.
    """
    islands = _uv_islands(cage)
    found = {}
    for island in np.unique(islands):
        inside = islands == island
        centre = skin[np.unique(cage.quads[inside])].mean(0)
        if inside.sum() == EYE_ISLAND_QUADS:
            name = "eye_left" if centre[0] > 0 else "eye_right"
            found[name] = _grid(cage.quads, inside, skin, EYE_RINGS, EYE_CONTACT_RING)
        elif inside.sum() == MOUTH_ISLAND_QUADS:
            found["mouth"] = _grid(cage.quads, inside, skin, MOUTH_RINGS, MOUTH_CONTACT_RING)
    return found


EYE_ISLAND_QUADS = 293
MOUTH_ISLAND_QUADS = 398


def _uv_islands(cage: Cage) -> np.ndarray:
    a, b = np.repeat(cage.uv_quads[:, 0], 3), cage.uv_quads[:, 1:].ravel()
    graph = sparse.coo_array((np.ones(len(a)), (a, b)), (len(cage.uv),) * 2)
    return sparse.csgraph.connected_components(graph, directed=False)[1][cage.uv_quads[:, 0]]


def _grid(quads: np.ndarray, island: np.ndarray, skin: np.ndarray, rings: range, contact_ring: int) -> Loops:
    regions = {0: island}
    for number in range(-1, rings[0] - 1, -1):
        regions[number] = _shrink(quads, regions[number + 1])
    for number in range(1, rings[-1] + 1):
        regions[number] = _grow(quads, regions[number - 1])
    loops = {number: _border(quads, regions[number]) for number in rings}
    first = _start_at_right_corner(loops[0], skin)
    rows = {0: first}
    for number in range(-1, rings[0] - 1, -1):
        rows[number] = _align(quads, rows[number + 1], loops[number])
    for number in range(1, rings[-1] + 1):
        rows[number] = _align(quads, rows[number - 1], loops[number])
    contact = rows[contact_ring]
    corner = int(np.argmax(skin[contact, 0]))
    table = np.array([rows[number] for number in rings])
    x = skin[contact, 0]
    away = np.minimum(x - x[0], x[corner] - x)
    facing = _facing(x, corner)
    return Loops(table=table, rings=rings, corner=corner, facing=facing, corner_distance=np.maximum(away, 0.0))


def _facing(x: np.ndarray, corner: int) -> np.ndarray:
    """Interpolate linearly in x on the other half of the ring."""
    count = len(x)
    upper, lower = np.arange(corner + 1), np.append(np.arange(count, corner, -1) % count, corner)
    weights = np.eye(count)
    for own, other in ((upper, lower), (lower, upper)):
        for column in own[1:-1]:
            weights[column] = [np.interp(x[column], x[other], unit[other]) for unit in np.eye(count)]
    return weights


def _start_at_right_corner(loop: list[int], skin: np.ndarray) -> np.ndarray:
    loop_array = np.array(loop)
    loop_array = np.roll(loop_array, -int(np.argmin(skin[loop_array, 0])))
    if skin[loop_array[len(loop_array) // 4], 1] < skin[loop_array[-(len(loop_array) // 4)], 1]:
        loop_array = np.roll(loop_array[::-1], 1)
    return loop_array


def _align(quads: np.ndarray, known: np.ndarray, loop: list[int]) -> np.ndarray:
    """Order a neighbouring loop so that each point is joined by an edge to the known point of its column."""
    if len(loop) != len(known):
        raise ValueError(f"a loop has {len(loop)} points, expected {len(known)}")
    sides = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    sides = np.concatenate([sides, sides[:, ::-1]])
    joined = sides[np.isin(sides[:, 0], known) & np.isin(sides[:, 1], loop)]
    partner = dict(joined.tolist())
    return np.array([partner[point] for point in known.tolist()])


def _border(quads: np.ndarray, region: np.ndarray) -> list[int]:
    sides = np.stack([quads[region], np.roll(quads[region], -1, axis=1)], axis=2).reshape(-1, 2)
    pairs = set(map(tuple, sides.tolist()))
    following = {a: b for a, b in pairs if (b, a) not in pairs}
    loop = [min(following)]
    while following[loop[-1]] != loop[0]:
        loop.append(following[loop[-1]])
    if len(loop) != len(following):
        raise ValueError(f"the border of a region is {len(following)} edges in several loops, expected one loop")
    return loop


def _grow(quads: np.ndarray, region: np.ndarray) -> np.ndarray:
    touched = np.zeros(quads.max() + 1, bool)
    touched[quads[region]] = True
    return np.asarray(touched[quads].any(axis=1))


def _shrink(quads: np.ndarray, region: np.ndarray) -> np.ndarray:
    kept = region.copy()
    kept[_grow(quads, ~region)] = False
    return kept
