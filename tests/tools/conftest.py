"""Made-up meshes for the tools: a disc of quads in rings and columns, like the skin round an eye or a mouth."""

from dataclasses import dataclass

import numpy as np
import pytest
from tools.face_model.cage import Cage
from tools.face_model.lips import lip_closing, lip_sealing
from tools.face_model.loops import Loops
from tools.face_model.sculpt.clay import Clay

from toonface.geometry.subdivide import catmull_clark

FLIP_X = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True, kw_only=True)
class Patch:
    """A disc in the plane z = 0 that faces +z: `inner` rings and a cap inside its island, `outer` rings outside."""

    points: np.ndarray
    quads: np.ndarray
    island: np.ndarray
    """True on the quads of the inner texture island."""
    table: np.ndarray
    """Points by ring, from inside outwards, and column; column 0 is at the smallest x, above it come the next."""
    inner: int
    corner: int
    """Column at the largest x."""

    def number(self, ring):
        """Row of the table that holds a ring number."""
        return ring + self.inner

    def loops(self):
        """The loops that should be found, with facing columns at the same x; for equal halves only."""
        count = self.table.shape[1]
        contact = self.points[self.table[self.number(1)], 0]
        away = np.minimum(contact - contact.min(), contact.max() - contact)
        facing = np.eye(count)[(-np.arange(count)) % count]
        rings = range(-self.inner, len(self.table) - self.inner)
        return Loops(table=self.table, rings=rings, corner=self.corner, facing=facing, corner_distance=away)


def make_patch(upper=6, lower=6, *, centre=(0.0, 0.0), size=(0.024, 0.015), inner=3, outer=12):
    """Build a patch; the upper half has `upper` steps from corner to corner, the lower half `lower`."""
    angles = np.append(np.linspace(np.pi, 0.0, upper + 1), np.linspace(0.0, -np.pi, lower + 1)[1:-1])
    count, rows = len(angles), inner + outer + 1
    radius = 0.5 + 0.5 * np.arange(rows)[:, None] / inner
    x = centre[0] + size[0] * radius * np.cos(angles)
    y = centre[1] + size[1] * radius * np.sin(angles)
    table = np.arange(rows * count).reshape(rows, count)
    after = np.roll(table, -1, axis=1)
    # Columns run clockwise seen from +z.
    strips = np.stack([table[:-1], after[:-1], after[1:], table[1:]], axis=-1)
    step = np.arange(count // 2 - 1)
    cap = np.stack([count - 1 - step, count - 2 - step, step + 1, step], axis=1)
    quads = np.concatenate([cap, strips.reshape(-1, 4)])
    island = np.arange(len(quads)) < len(cap) + inner * count
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    return Patch(points=points, quads=quads, island=island, table=table, inner=inner, corner=upper)


def shuffled(patch, rng):
    """The same patch with its points and quads in another order, quads starting at any corner."""
    order = rng.permutation(len(patch.points))
    old_to_new = np.argsort(order)
    rows = rng.permutation(len(patch.quads))
    quads = np.array(
        [np.roll(quad, shift) for quad, shift in zip(patch.quads, rng.integers(0, 4, len(rows)), strict=True)]
    )
    return Patch(
        points=patch.points[order],
        quads=old_to_new[quads[rows]],
        island=patch.island[rows],
        table=old_to_new[patch.table],
        inner=patch.inner,
        corner=patch.corner,
    )


def make_cage(patches):
    """One cage of several patches; the inside of each is a texture island of its own."""
    start, uv_start, quads, uv_quads = 0, 0, [], []
    for patch in patches:
        quads.append(patch.quads + start)
        uv_quads.append(patch.quads + uv_start + len(patch.points) * patch.island[:, None])
        start += len(patch.points)
        uv_start += 2 * len(patch.points)
    return Cage(
        kept=np.arange(start),
        skin_count=start,
        quads=np.concatenate(quads),
        uv_quads=np.concatenate(uv_quads),
        uv=np.zeros((uv_start, 2)),
        groups={},
        origin=np.zeros(3),
    )


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def patch_of():
    """Builds a patch."""
    return make_patch


@pytest.fixture
def shuffle():
    """Puts a patch in another order."""
    return shuffled


@pytest.fixture
def cage_of():
    """Joins patches in a cage."""
    return make_cage


@pytest.fixture
def clay(patch_of):
    """A mouth in the middle, an eye on each side, and four points of teeth."""
    mouth = patch_of(12, 12, centre=(0.0, 0.0))
    eye = patch_of(8, 8, centre=(0.30, 0.20), size=(0.010, 0.006))
    sizes = len(mouth.points), len(eye.points)
    left, right = sizes[0], sizes[0] + sizes[1]
    skin = np.concatenate([mouth.points, eye.points, eye.points * FLIP_X])
    teeth = np.array([[0.01, 0.0, -0.02], [-0.01, 0.0, -0.02], [0.02, 0.0, -0.03], [-0.02, 0.0, -0.03]])
    quads = np.concatenate([mouth.quads, eye.quads + left, eye.quads[:, ::-1] + right])
    columns = mouth.table.shape[1]
    mirror = np.arange(len(skin) + 4)
    mirror[mouth.table] = mouth.table[:, (mouth.corner - np.arange(columns)) % columns]
    mirror[left : left + sizes[1]] += sizes[1]
    mirror[right : right + sizes[1]] -= sizes[1]
    mirror[-4:] = mirror[-4:][[1, 0, 3, 2]]
    edges = np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    subdivision = catmull_clark(quads, len(skin)).matrix
    eye_loops = eye.loops()
    return Clay(
        points=np.concatenate([skin, teeth]),
        skin_count=len(skin),
        parts={"teeth_upper": slice(len(skin), len(skin) + 4)},
        mirror=mirror,
        units={},
        eye=type(eye_loops)(**{**vars(eye_loops), "table": eye_loops.table + left}),
        mouth=mouth.loops(),
        neighbours=np.unique(edges, axis=0),
        sealing=lip_sealing(mouth.loops(), subdivision),
        closing=lip_closing(mouth.loops(), subdivision),
        shift=np.zeros(3),
    )
