"""Hair: MakeHuman's sets, made to end at the bust, kept off the scalp and bound to it smoothly."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import ndimage, sparse
from scipy.spatial import cKDTree

from tools.face_model.lift import Surface, float_above
from tools.face_model.sources import MakeHuman

HAIR = ("afro01", "bob01", "bob02", "Braid01", "long01", "ponytail01", "short01", "short02", "short03", "short04")
CLEARANCE = 0.0015
"""Height of the lowest strands above the refined skin, metres."""
ANCHORS = 320
"""Skin points, evenly spread, that carry the hair."""
NEIGHBOURS = 12
SHORTENED = {"Braid01": (-0.075, 0.37), "ponytail01": (-0.06, 0.65)}
"""Set → height (metres) below which it is made shorter, and how much, so that it ends at the bust."""
BLUNT = {"long01": -0.185}
"""Set → height (metres) at which it is cut straight."""
FRINGES = {"bob01": (0.088, 0.22), "bob02": (0.088, 0.22), "short03": (0.082, 0.35), "Braid01": (0.075, 0.5)}
"""Set → height (metres) below which the fringe is made shorter, and how much, so that both eyes are free."""

FRINGE_BACK = 0.15
"""How far the tips of a shortened fringe go back, per length that they lose."""
PROFILE_STEP = 0.04
"""Slices of hair, metres, whose width and place behind the head are measured."""


@dataclass(frozen=True, kw_only=True)
class HairMesh:
    """One set on the mean head."""

    name: str
    vertices: Float[np.ndarray, "N 3"]
    faces: Int[np.ndarray, "F 3"]
    uv: Float[np.ndarray, "T 2"]
    """Origin at the top left."""
    uv_faces: Int[np.ndarray, "F 3"]
    matrix: sparse.csr_array
    """Displacement of every vertex as a weighted mean of the skin points' displacements."""


def hair_mesh(
    source: MakeHuman,
    name: str,
    base: Float[np.ndarray, "B 3"],
    skin: Surface,
    cage_points: Float[np.ndarray, "S 3"],
) -> HairMesh:
    """Fit one set to the mean head.

    Args:
        source: the opened packages.
        name: one of `HAIR`.
        base: the whole base mesh of the mean head, origin at the joint of the head.
        skin: the same head, refined.
        cage_points: the same head's skin points before refinement.
    """
    proxy = source.proxy(f"hair/{name}/{name}")
    vertices = proxy.vertices(base)
    if name in SHORTENED:
        vertices = cut_to_length(vertices, *SHORTENED[name])
    if name in FRINGES:
        vertices = cut_fringe(vertices, *FRINGES[name])
    quads, uv_quads = proxy.mesh.quads, proxy.mesh.uv_quads
    lowest = BLUNT.get(name, -np.inf)
    pairs = np.stack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]], axis=1).reshape(-1, 3)
    uv_pairs = np.stack([uv_quads[:, [0, 1, 2]], uv_quads[:, [0, 2, 3]]], axis=1).reshape(-1, 3)
    real = (pairs[:, 1] != pairs[:, 2]) & (pairs[:, 0] != pairs[:, 2])
    real &= vertices[pairs, 1].max(axis=1) > lowest
    vertices[:, 1] = np.maximum(vertices[:, 1], lowest)
    used, faces = np.unique(pairs[real], return_inverse=True)
    uv_used, uv_faces = np.unique(uv_pairs[real], return_inverse=True)
    faces = faces.reshape(-1, 3)
    lifted = float_above(
        vertices[used], faces, skin, clearance=CLEARANCE, ignore=is_ear(skin.vertices) | ~is_outside(skin.vertices)
    )
    anchors = spread_points(cage_points, carries_hair(cage_points), ANCHORS)
    weights = smooth_weights(lifted.vertices, cage_points[anchors], NEIGHBOURS)
    select = sparse.csr_array(
        (np.ones(len(anchors)), (np.arange(len(anchors)), anchors)), (len(anchors), len(cage_points))
    )
    return HairMesh(
        name=name.lower(),
        vertices=lifted.vertices,
        faces=faces,
        uv=proxy.mesh.uv[uv_used] * [1.0, -1.0] + [0.0, 1.0],
        uv_faces=uv_faces.reshape(-1, 3),
        matrix=sparse.csr_array(weights @ select),
    )


def shorten(heights: Float[np.ndarray, " N"], below: float, factor: float, *, ease: float) -> Float[np.ndarray, " N"]:
    """Pull up what hangs below a height, with its tips, instead of cutting it straight.

    Args:
        heights: metres.
        below: height where it starts.
        factor: how much shorter, in (0, 1].
        ease: length over which the scale goes from 1 to the factor, so that no kink shows, metres.
    """
    depth = np.maximum(below - heights, 0.0)
    eased = np.minimum(depth, ease)
    shorter = eased - (1.0 - factor) * eased**2 / (2.0 * ease) + factor * (depth - eased)
    return np.where(depth > 0.0, below - shorter, heights)


def cut_to_length(vertices: Float[np.ndarray, "N 3"], below: float, factor: float) -> Float[np.ndarray, "N 3"]:
    """Shorten a braid or a tail; its axis at each new height is where the long one's was there.

    Args:
        vertices: metres.
        below: height where it starts.
        factor: how much shorter, in (0, 1].
    """
    height = shorten(vertices[:, 1], below, factor, ease=0.10)
    steps = np.arange(vertices[:, 1].min(), vertices[:, 1].max() + PROFILE_STEP, PROFILE_STEP)
    level = np.digitize(vertices[:, 1], steps)
    slices = [vertices[level == one] for one in np.unique(level)]
    middles = [float(one[:, 1].mean()) for one in slices]
    moved = np.stack([vertices[:, 0], height, vertices[:, 2]], axis=1)
    for axis, percentile in ((0, 50.0), (2, 4.0)):  # along the middle, and along the back
        line = ndimage.gaussian_filter1d([np.percentile(one[:, axis], percentile) for one in slices], 1.2)
        moved[:, axis] += np.interp(height, middles, line) - np.interp(vertices[:, 1], middles, line)
    return moved


def cut_fringe(vertices: Float[np.ndarray, "N 3"], below: float, factor: float) -> Float[np.ndarray, "N 3"]:
    """Shorten the strands before the face, but not those beside it, and draw their tips back to the forehead.

    Args:
        vertices: metres, origin at the joint of the head.
        below: height where it starts.
        factor: how much shorter, in (0, 1].
    """
    x, y, z = vertices.T
    front = np.clip((z - 0.050) / 0.045, 0.0, 1.0) * np.clip((0.085 - np.abs(x)) / 0.025, 0.0, 1.0)
    rise = front**2 * (3.0 - 2.0 * front) * (shorten(y, below, factor, ease=0.04) - y)
    return np.stack([x, y + rise, z - FRINGE_BACK * rise], axis=1)


def smooth_weights(
    queries: Float[np.ndarray, "N 3"], anchors: Float[np.ndarray, "A 3"], neighbours: int
) -> sparse.csr_array:
    """Weight the nearest anchors of each query; weights change continuously with the query and sum to 1.

    Modified Shepard weights (Franke and Nielson 1980): ((R - d) / R d)², with R the distance of the first anchor that
    no longer counts, and d softened near zero.

    Args:
        queries: points to be carried.
        anchors: more than `neighbours`.
        neighbours: how many count.
    """
    distance, index = cKDTree(anchors).query(queries, neighbours + 1)
    reach = distance[:, -1:]
    near = np.sqrt(distance[:, :-1] ** 2 + 0.01**2)
    weights = (np.maximum(reach - distance[:, :-1], 0.0) / (reach * near)) ** 2
    weights = np.where(weights.sum(axis=1, keepdims=True) > 0.0, weights, 1.0)
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.arange(len(queries))[:, None].repeat(neighbours, axis=1)
    return sparse.csr_array((weights.ravel(), (rows.ravel(), index[:, :-1].ravel())), (len(queries), len(anchors)))


def spread_points(
    points: Float[np.ndarray, "N 3"], allowed: Bool[np.ndarray, " N"], count: int
) -> Int[np.ndarray, " A"]:
    """Choose points far from each other: each next one is the farthest from those already chosen.

    Args:
        points: metres.
        allowed: which may be chosen, at least `count`.
        count: how many.
    """
    candidates = np.flatnonzero(allowed)
    chosen = [int(candidates[0])]
    distance = np.full(len(candidates), np.inf)
    while len(chosen) < count:
        distance = np.minimum(distance, np.linalg.norm(points[candidates] - points[chosen[-1]], axis=1))
        chosen.append(int(candidates[np.argmax(distance)]))
    return np.array(sorted(chosen))


def is_ear(points: Float[np.ndarray, "N 3"]) -> Bool[np.ndarray, " N"]:
    """Mark the ears of the mean head.

    Args:
        points: skin, metres, origin at the joint of the head.
    """
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    return (x > 0.066) & (y > -0.015) & (y < 0.044) & (z > 0.008) & (z < 0.05)


def is_outside(points: Float[np.ndarray, "N 3"]) -> Bool[np.ndarray, " N"]:
    """Mark the skin except the mouth bag and the eye sockets.

    Args:
        points: skin, metres, origin at the joint of the head.
    """
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    mouth = (x < 0.041) & (y > -0.07) & (y < 0.018) & (z > 0.02) & (z < 0.112)
    socket = (x > 0.012) & (x < 0.047) & (y > 0.02) & (y < 0.055) & (z > 0.08) & (z < 0.112)
    return ~(mouth | socket)


def carries_hair(points: Float[np.ndarray, "N 3"]) -> Bool[np.ndarray, " N"]:
    """Mark scalp, upper forehead, nape, neck and bust: no ears, and no face between brows and chin.

    Args:
        points: skin, metres, origin at the joint of the head.
    """
    y, z = points[:, 1], points[:, 2]
    face = (z > 0.035) & (y > -0.085) & (y < 0.085)
    return ~face & ~is_ear(points) & is_outside(points)
