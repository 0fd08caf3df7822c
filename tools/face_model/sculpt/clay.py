"""What every shape is sculpted from: the template head, its loops, expression units and soft masks."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import sparse
from scipy.sparse.linalg import spsolve

from tools.face_model.loops import Loops
from toonface.morphable.lids import FIRST_RING, RING_SHARES, LidGrid

Offsets = Float[np.ndarray, "P 3"]
Mask = Float[np.ndarray, "P"]


@dataclass(frozen=True, kw_only=True)
class Clay:
    """The template head and its tools; shapes are offsets of its points in metres."""

    points: Float[np.ndarray, "P 3"]
    """Skin cage first, then the control points of teeth, tongue and eyes."""
    skin_count: int
    parts: dict[str, slice]
    """`teeth_upper`, `teeth_lower`, `tongue`, `eyes` → their points."""
    mirror: Int[np.ndarray, "P"]
    """Point on the other side of each point."""
    units: dict[str, Offsets]
    """MakeHuman's expression units by short name, mean of its three ethnicities."""
    eye: Loops
    """Of the character's left eye."""
    mouth: Loops
    neighbours: Int[np.ndarray, "E 2"]
    """Edges of the skin cage, for smoothing."""
    sealing: sparse.csr_array
    """Linear map of skin points that makes the lips touch, with the smallest motion."""
    closing: sparse.csr_array
    """The same after both lips have been led to one curve."""
    shift: Float[np.ndarray, "3"]
    """Where this head lies beside the average adult, in whose place the masks' centres are given; metres."""

    @property
    def skin(self) -> Bool[np.ndarray, "P"]:
        """True on the skin's points."""
        return np.arange(len(self.points)) < self.skin_count

    def nothing(self) -> Offsets:
        """Offsets of zero."""
        return np.zeros_like(self.points)

    def mirrored(self, offsets: Offsets) -> Offsets:
        """Return a left shape as the right one."""
        return offsets[self.mirror] * np.array([-1.0, 1.0, 1.0])

    def left(self, offsets: Offsets, *, width: float = 0.009) -> Offsets:
        """Keep the left half: the mask rises smoothly over `width` metres on each side of the middle.

        The right half of a sum left + mirrored is the whole again.
        """
        return offsets * self.left_mask(width)[:, None]

    def left_mask(self, width: float) -> Mask:
        """Rise from 0 at x = -width to 1 at x = +width."""
        return smoothstep(0.5 + 0.5 * self.points[:, 0] / width)

    def symmetric(self, offsets: Offsets) -> Offsets:
        """Mean of a shape and its mirror image."""
        return 0.5 * (offsets + self.mirrored(offsets))

    def sealed(self, offsets: Offsets) -> Offsets:
        """Let both lips move together where they touch, so that a shape does not part them."""
        result = offsets.copy()
        result[: self.skin_count] = self.closing @ offsets[: self.skin_count]
        return result

    def resealed(self, offsets: Offsets) -> Offsets:
        """Restore exactly the touch of lips that a small change has parted a little."""
        result = offsets.copy()
        result[: self.skin_count] = self.sealing @ offsets[: self.skin_count]
        return result

    def harmonic(self, offsets: Offsets, free: Int[np.ndarray, " N"]) -> Float[np.ndarray, "N 3"]:
        """Fill in offsets of some skin points as smoothly as those around them allow, by distance and not by edges.

        Args:
            offsets: those of all other points are kept.
            free: points to fill in.
        """
        a, b = self.neighbours.T
        weight = 1.0 / np.linalg.norm(self.points[a] - self.points[b], axis=1)
        count = len(self.points)
        joined = sparse.csr_array((weight, (a, b)), (count, count))
        joined = joined + joined.T
        laplacian = (sparse.diags_array(joined.sum(axis=1)) - joined).tocsr()
        held = np.setdiff1d(np.arange(count), free)
        right = -laplacian[free][:, held] @ offsets[held]
        return spsolve(laplacian[free][:, free].tocsc(), right)

    def off_nose(self) -> Float[np.ndarray, "P 1"]:
        """0 on the nose and its wings, rising to 1 round them: lips and cheeks must not crease the wings' furrow."""
        nose = self.blob((0.0, 0.004, 0.130), (0.034, 0.030, 0.060)) + self.blob(
            (0.0, -0.004, 0.130), (0.030, 0.018, 0.05)
        )
        return 1.0 - np.clip(1.6 * nose, 0.0, 1.0)[:, None]

    def off_lids(self) -> Float[np.ndarray, "P 1"]:
        """0 on the edges of the left lids and in the socket, which only turn, rising to 1 beyond the lids."""
        mask = np.ones(len(self.points))
        for ring in self.eye.rings:
            mask[self.eye.ring(ring)] = smoothstep((ring - 3.5) / 6.5)
        return mask[:, None]

    def blob(self, centre: tuple[float, float, float], radii: tuple[float, float, float]) -> Mask:
        """Smooth bump of the skin: 1 at the centre, 0 beyond the radii (metres)."""
        distance = np.sqrt((((self.points - self.shift - np.array(centre)) / np.array(radii)) ** 2).sum(1))
        return smoothstep(1.0 - distance) * self.skin

    def smooth(self, offsets: Offsets, *, rounds: int, keep: Mask | None = None) -> Offsets:
        """Average skin offsets with their neighbours; where `keep` is 1 they stay.

        Args:
            offsets: of any shape.
            rounds: how often.
            keep: share of the old value that stays, or None for a half everywhere.
        """
        held = np.full(len(self.points), 0.5) if keep is None else keep
        held = np.where(self.skin, held, 1.0)[:, None]
        degree = np.maximum(np.bincount(self.neighbours.ravel(), minlength=len(self.points)), 1)[:, None]
        result = offsets.copy()
        for _ in range(rounds):
            total = np.zeros_like(result)
            np.add.at(total, self.neighbours[:, 0], result[self.neighbours[:, 1]])
            np.add.at(total, self.neighbours[:, 1], result[self.neighbours[:, 0]])
            result = held * result + (1.0 - held) * total / degree
        return result


def smoothstep(value: Float[np.ndarray, "..."] | float) -> Float[np.ndarray, "..."]:
    """Rise smoothly from 0 to 1 over [0, 1] (quintic, so that curvature is smooth too)."""
    t = np.clip(np.asarray(value, float), 0.0, 1.0)
    return t**3 * (t * (6.0 * t - 15.0) + 10.0)


def lid_grid(loops: Loops) -> LidGrid:
    """Cut the rings that move out of an eye's loops."""
    rows = [loops.ring(FIRST_RING + k) for k in range(len(RING_SHARES))]
    side = loops.is_upper.astype(float) - loops.is_lower.astype(float)
    return LidGrid(table=np.array(rows), facing=loops.facing, side=side, corners=np.array([0, loops.corner]))


def mirrored_grid(grid: LidGrid, mirror: Int[np.ndarray, "P"]) -> LidGrid:
    """Return the same grid on the other eye."""
    return LidGrid(table=mirror[grid.table], facing=grid.facing, side=grid.side, corners=grid.corners[::-1].copy())
