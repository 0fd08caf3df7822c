"""Random heads from MakeHuman's face targets, and the identity space: their principal components."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import sparse
from scipy.sparse import linalg

from tools.face_model.cage import Cage
from tools.face_model.eye_fit import Eyeball, EyeFitter
from tools.face_model.loops import find_loops
from tools.face_model.sources import MakeHuman
from tools.face_model.variety import ETHNICITIES, EYE_GROWTH, GENDERS, SPREAD, details, draw_bodies, draw_details
from toonface.geometry.mirror import MIRROR, mirror_table

Heads = Float[np.ndarray, "N P 3"]

FRAME_HEADS = 1000
"""Heads whose span is the frame of the analysis; far more than there are targets."""
CHUNK = 1000
"""Heads that are worked on at once; bounds the memory."""

BUST_RINGS_HELD = 9
"""Rings of edges over which identity fades towards the bust line."""
BUST_SHARE = 0.12
"""Share of the identity that is left on the bust line itself."""

SMOOTHING = 0.0015
"""Length over which targets are smoothed along the skin, metres. It takes 0.1 % of the variance and four fifths of the
heads with folds, which lie where the mesh is finest: nostrils, lid creases, corners of the mouth (there the artists'
own asian targets fold). Smoothing by a number of rings instead took ten times the variance for the same."""

CORNER_STIFFNESS = 10.0
"""The smoothing is this much stronger on edges at the corners of the mouth."""
CORNER_RINGS, CORNER_COLUMNS = (0, 1, 2), 2
"""Mouth rings and, to both sides of a corner, columns that belong to it."""

GROWTH_INNER, GROWTH_OUTER = 0.45, 1.0
"""Our eye target is whole up to the first and ends at the second, in units of the next line's half axes."""
GROWTH_AXES = (0.031, 0.041, 0.06)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which points of a head are what; `eyes` are left centre, left rim, right centre, right rim.

    A rim is its centre plus the eyeball's radius along +x.
    """

    skin: slice
    teeth_upper: slice
    teeth_lower: slice
    tongue: slice
    eyes: slice

    @staticmethod
    def of(cage: Cage) -> "Layout":
        """Read the sizes off a cage: its eye helpers become two points each."""
        names = ("helper-upper-teeth", "helper-lower-teeth", "helper-tongue")
        upper, lower, tongue = (cage.groups[name] for name in names)
        eyes = slice(tongue.stop, tongue.stop + 4)
        return Layout(skin=slice(0, cage.skin_count), teeth_upper=upper, teeth_lower=lower, tongue=tongue, eyes=eyes)


@dataclass(frozen=True, kw_only=True)
class IdentityBasis:
    """Head = mean + alpha @ basis, alpha standard normal."""

    mean: Float[np.ndarray, "P 3"]
    basis: Float[np.ndarray, "K P 3"]
    """Orthogonal, scaled by the standard deviations; the largest entry of each component is positive."""
    sigma: Float[np.ndarray, " K"]
    """Standard deviations, falling."""
    kept: float
    """Share of the variance that the components keep."""


def draw_heads(
    source: MakeHuman, cage: Cage, rng: np.random.Generator, count: int, repair: Callable[[Heads], Heads]
) -> Heads:
    """Draw random neutral heads, realistic and cartoon, in the points of `Layout`.

    All heads have the same size and stand in the same place: face and skull (without ears and neck) of the average
    adult in metres, the joint on which that adult's head turns in the origin. The second half of the heads are mirror
    images of the first, so the mean is symmetric, and every component is symmetric or antisymmetric.

    Args:
        source: the opened packages.
        cage: the kept points.
        rng: randomness.
        count: heads, an even number.
        repair: a linear function of heads that is applied before the eyeballs are fitted, such as closing the lips.

    Returns:
        float32 positions in metres.

    Raises:
        ValueError: the count is odd.
    """
    if count % 2:
        raise ValueError(f"count is {count}, expected an even number: heads come with their mirror images")
    half = count // 2
    target_names = [name for folder in SPREAD for name in source.target_names(folder)]
    growth = [EYE_GROWTH.replace("/", side) for side in ("/l-", "/r-")]
    part, part_names, youth = draw_details(details(target_names + growth), rng, half)
    body, body_names = draw_bodies(rng, youth)
    coefficients = np.concatenate([body, part], axis=1).astype(np.float32)
    points = TargetPoints(source, cage)
    targets = np.array([points.target(name) for name in body_names + part_names], np.float32)
    reference, fit_eyes = points.reference, EyeFitter(cage, points.reference)
    heads = np.zeros((count, *reference.shape), np.float32)
    for start in range(0, half, CHUNK):
        rows = slice(start, min(start + CHUNK, half))
        chunk = (coefficients[rows] @ targets.reshape(len(targets), -1)).reshape(-1, *reference.shape) + points.base
        heads[rows] = fit_eyes(repair(points.placed(chunk)))
        heads[half:][rows] = mirrored(heads[rows], points.mirror)
    return heads


def mirrored(heads: Heads, table: Int[np.ndarray, " P"]) -> Heads:
    """Mirror heads in the plane x = 0.

    Args:
        heads: points of `Layout`.
        table: index of every point's mirror image; the last four, the eyes', are swapped in pairs.
    """
    image = heads[:, table] * MIRROR.astype(heads.dtype)
    # A mirrored rim would lie at -x of its centre.
    image[:, [-3, -1], 0] = 2.0 * image[:, [-4, -2], 0] - image[:, [-3, -1], 0]
    return image


class TargetPoints:
    """Base mesh and targets in the points of `Layout`, all linear, and where a head made of them stands."""

    def __init__(self, source: MakeHuman, cage: Cage) -> None:
        self._source, self._cage = source, cage
        self._eyes = [Eyeball(source.base.vertices[cage.kept[cage.groups[f"helper-{s}-eye"]]]) for s in "lr"]
        people = [f"macrodetails/{e}-{g}-young" for e in ETHNICITIES for g in GENDERS]
        average = source.base.vertices + np.mean([source.target(name) for name in people], axis=0)
        joint = average[np.unique(source.base.quads[source.base.groups["joint-head"]])].mean(axis=0)
        self.reference = self._pick(average - joint)
        """The average adult, its head joint in the origin; sets the size and the place of all heads."""
        self._smoother = _smoother(cage, self.reference[: cage.skin_count])
        self.base = self.reference + self._smoothed(self._pick(source.base.vertices - average))
        self._skull = self._find_skull()
        self._size = _size(self.reference[self._skull])
        self._share = _identity_share(cage)[:, None]
        table = mirror_table(self.reference[:-4], tolerance=1e-6)
        self.mirror = np.concatenate([table, len(table) + np.array([2, 3, 0, 1])])
        """Index of every point's mirror image."""

    def target(self, name: str) -> Float[np.ndarray, "P 3"]:
        """Return the offsets of one whole target, metres.

        Args:
            name: with its folder; of one side, if it has sides.
        """
        if name.endswith("eye-grow-incr"):
            return self._eye_growth(-4 if "/l-" in name else -2)
        return self._smoothed(self._pick(self._source.target(name)))

    def placed(self, heads: Heads) -> Heads:
        """Give heads the size and the place of the reference, and fade them into it towards the bust line.

        Args:
            heads: base and targets added up.
        """
        skull, reference = self._skull, self.reference
        centre = heads[:, skull].mean(axis=1, keepdims=True)
        heads = (heads - centre) * (self._size / _size(heads[:, skull]))[:, None, None] + reference[skull].mean(axis=0)
        return reference + self._share * (heads - reference)

    def _pick(self, dense: np.ndarray) -> np.ndarray:
        """Keep the cage points and replace each eye helper by centre and rim."""
        kept = dense[self._cage.kept]
        eyes = [
            eye.centre_and_rim(kept[self._cage.groups[f"helper-{s}-eye"]])
            for eye, s in zip(self._eyes, "lr", strict=True)
        ]
        return np.concatenate([kept[: self._cage.groups["helper-l-eye"].start], *eyes])

    def _smoothed(self, offsets: np.ndarray) -> np.ndarray:
        skin = slice(0, self._cage.skin_count)
        return np.concatenate([self._smoother.solve(offsets[skin]), offsets[skin.stop :]])

    def _find_skull(self) -> Int[np.ndarray, " M"]:
        """Find the skin of face and skull: no ear, and moved by the whole length of `neck-scale-vert`."""
        skin = slice(0, self._cage.skin_count)
        lift = self._source.target("neck/neck-scale-vert-incr")[self._cage.kept][skin, 1]
        ears = sum(abs(self._source.target(f"ears/{s}-ear-trans-up")[self._cage.kept][skin]).sum(axis=1) for s in "lr")
        return np.flatnonzero((lift > 0.99 * lift.max()) & (ears < 1e-4))

    def _eye_growth(self, eye: int) -> np.ndarray:
        """Magnify the surroundings of an eye about the front of the eyeball, which later grows with the lids.

        About the eyeball's centre the eyes would bulge.
        """
        centre, rim = self.reference[eye], self.reference[eye + 1]
        distance = np.linalg.norm((self.reference - centre) / np.array(GROWTH_AXES), axis=1)
        away = self.reference - centre - [0.0, 0.0, (rim - centre)[0]]
        share = 1.0 - _smoothstep((distance - GROWTH_INNER) / (GROWTH_OUTER - GROWTH_INNER))
        share[self._cage.skin_count :] = 0.0
        return share[:, None] * away


def _smoother(cage: Cage, skin: Float[np.ndarray, "S 3"]) -> linalg.SuperLU:
    """Factor I + Λ, Λ the graph Laplacian with weights (length of smoothing / length of edge)²."""
    graph = sparse.coo_array(_edge_graph(cage)[0])
    weights = SMOOTHING**2 / ((skin[graph.row] - skin[graph.col]) ** 2).sum(axis=1)
    corners = _mouth_corners(cage, skin)
    weights[np.isin(graph.row, corners) | np.isin(graph.col, corners)] *= CORNER_STIFFNESS
    joined = sparse.coo_array((weights, (graph.row, graph.col)), graph.shape)
    joined = joined + joined.T
    return linalg.splu((sparse.diags_array(1.0 + joined.sum(axis=1)) - joined).tocsc())


def _mouth_corners(cage: Cage, skin: np.ndarray) -> np.ndarray:
    mouth = find_loops(cage, skin)["mouth"]
    near = np.arange(-CORNER_COLUMNS, CORNER_COLUMNS + 1)
    columns = np.concatenate([near, mouth.corner + near]) % mouth.table.shape[1]
    return np.unique([mouth.ring(number)[columns] for number in CORNER_RINGS])


def _edge_graph(cage: Cage) -> tuple[sparse.csr_array, np.ndarray]:
    """Return every edge once as an entry of a matrix, and the points on the border."""
    sides = np.stack([cage.quads, np.roll(cage.quads, -1, axis=1)], axis=2).reshape(-1, 2)
    edges, uses = np.unique(np.sort(sides, axis=1), axis=0, return_counts=True)
    graph = sparse.csr_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (cage.skin_count,) * 2)
    return graph, np.unique(edges[uses == 1])


def _size(points: Float[np.ndarray, "... M 3"]) -> Float[np.ndarray, "..."]:
    """Root mean square distance from the centroid."""
    return np.asarray(np.sqrt(((points - points.mean(axis=-2, keepdims=True)) ** 2).sum(axis=-1).mean(axis=-1)))


def _smoothstep(x: np.ndarray) -> np.ndarray:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def _identity_share(cage: Cage) -> Float[np.ndarray, " P"]:
    """Fade identity out towards the bust line, by rings of edges from it; 1 on the head and inside it."""
    graph, line = _edge_graph(cage)
    rings = sparse.csgraph.dijkstra(graph, directed=False, unweighted=True, indices=line, min_only=True)
    share = np.ones(Layout.of(cage).eyes.stop)
    share[: cage.skin_count] = BUST_SHARE + (1.0 - BUST_SHARE) * _smoothstep(rings / BUST_RINGS_HELD)
    return share


def identity_pca(heads: Heads, components: int = 80) -> IdentityBasis:
    """Find the principal components of heads.

    Heads of linear targets span few dimensions (their number of targets and a little more), so an orthonormal frame
    from some of them spans all: the covariance in that frame is small and its eigenvectors are exact. What a
    frame misses counts as lost variance. Deterministic.

    Args:
        heads: any positions, more heads than components.
        components: how many to keep.

    Raises:
        ValueError: there are not more heads than components.
    """
    if len(heads) <= components:
        raise ValueError(f"{len(heads)} heads give no {components} components, expected more heads")
    mean = heads.mean(axis=0, dtype=np.float64)
    flat_mean = mean.reshape(-1).astype(np.float32)
    step = max(len(heads) // FRAME_HEADS, 1)
    frame = np.linalg.qr((heads[::step].reshape(-1, mean.size) - flat_mean).T)[0]
    total, scatter = 0.0, np.zeros((frame.shape[1],) * 2)
    for start in range(0, len(heads), CHUNK):
        offsets = heads[start : start + CHUNK].reshape(-1, mean.size) - flat_mean
        total += float((offsets.astype(np.float64) ** 2).sum())
        inside = (offsets @ frame).astype(np.float64)
        scatter += inside.T @ inside
    values, vectors = np.linalg.eigh(scatter)
    values, vectors = values[::-1][:components], vectors[:, ::-1][:, :components]
    sigma = np.sqrt(np.maximum(values, 0.0) / (len(heads) - 1))
    directions = (frame @ vectors).T
    largest = np.take_along_axis(directions, abs(directions).argmax(axis=1)[:, None], axis=1)
    basis = directions * np.sign(largest) * sigma[:, None]
    return IdentityBasis(
        mean=mean.astype(np.float32),
        basis=basis.reshape(-1, *mean.shape).astype(np.float32),
        sigma=sigma.astype(np.float32),
        kept=float(values.sum() / total),
    )
