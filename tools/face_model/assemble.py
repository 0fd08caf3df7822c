"""Join identity, shapes, parts and landmarks into the face model."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from tools.face_model.albedo import TextureBasis
from tools.face_model.atlas import Atlas
from tools.face_model.cage import Cage
from tools.face_model.identity import IdentityBasis, Layout
from tools.face_model.landmarks import BASE_VERTICES, place_landmarks
from tools.face_model.lashes import lash_part
from tools.face_model.lips import CONTACT_RINGS, contact_columns, lip_closing, lip_sealing
from tools.face_model.loops import Loops, find_loops
from tools.face_model.parts import PartRecord
from tools.face_model.regions import skin_regions
from tools.face_model.rigid import make_rigid
from tools.face_model.sculpt.clay import Clay, lid_grid, mirrored_grid
from tools.face_model.sculpt.shapes import sculpt_shapes
from tools.face_model.sources import MakeHuman
from toonface.geometry.mirror import mirror_table
from toonface.geometry.subdivide import Subdivision, catmull_clark, linear_subdivision, triangulate
from toonface.morphable.eyeball import EyeballMesh
from toonface.morphable.face_model import FaceModel, LipContact, Part, Skin
from toonface.morphable.lids import FIRST_RING, LidGrid
from toonface.morphable.regions import SkinRegion

ETHNICITIES = ("caucasian", "african", "asian")
NECK_HALF_WIDTH, SHOULDER_DRAWN_IN, SHOULDER_DROP = 0.068, 0.62, 0.30
"""The bust beyond this half width (metres) keeps only a part of its width and sinks by a share of it."""
INNER_LID_RING = 1
"""Rings of the eye loops up to this one are the inside of the lids, which lies on the eyeball."""
LID_RINGS_OUTSIDE = range(0, 8)
"""Rings of the eye loops whose points must stay outside the eyeball."""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """What does not depend on the shape of the head."""

    loops: dict[str, Loops]
    mirror: Int[np.ndarray, " P"]
    """Point on the other side of each point."""
    subdivision: Subdivision


def find_topology(source: MakeHuman, cage: Cage, layout: Layout) -> Topology:
    """Find loops and mirror images on MakeHuman's base mesh, which is symmetric.

    Args:
        source: the opened packages.
        cage: of the head.
        layout: of the model's points.
    """
    points = source.base.vertices[cage.kept]
    mirror = np.arange(layout.eyes.stop)
    for part in (layout.skin, layout.teeth_upper, layout.teeth_lower, layout.tongue):
        mirror[part] = part.start + mirror_table(points[part], 1e-4)
    mirror[layout.eyes] = mirror[layout.eyes][[2, 3, 0, 1]]
    return Topology(
        loops=find_loops(cage, points[layout.skin]),
        mirror=mirror,
        subdivision=catmull_clark(cage.quads, cage.skin_count),
    )


def symmetric_mean(identity: IdentityBasis, mirror: Int[np.ndarray, " P"], layout: Layout) -> Float[np.ndarray, "P 3"]:
    """Make the mean head its own mirror image.

    Args:
        identity: mean and basis.
        mirror: point on the other side of each point.
        layout: of the model's points.
    """
    mean = identity.mean.astype(float)
    mean = 0.5 * (mean + mean[mirror] * np.array([-1.0, 1.0, 1.0]))
    left, right = layout.eyes.start, layout.eyes.start + 2
    radius = 0.5 * (
        identity.mean[left + 1, 0] - identity.mean[left, 0] + identity.mean[right + 1, 0] - identity.mean[right, 0]
    )
    for centre in (left, right):
        mean[centre + 1] = mean[centre] + [radius, 0.0, 0.0]
    mean[layout.skin] = shape_bust(mean[layout.skin])
    return np.float32(mean).astype(float)


def shape_bust(skin: Float[np.ndarray, "S 3"]) -> Float[np.ndarray, "S 3"]:
    """Draw the shoulders in, so that the bust ends in a round edge and not in two wings.

    Args:
        skin: cage points of the mean head, metres.
    """
    wide = np.maximum(np.abs(skin[:, 0]) - NECK_HALF_WIDTH, 0.0)
    low = np.clip((-0.085 - skin[:, 1]) / 0.030, 0.0, 1.0)
    low = low**2 * (3.0 - 2.0 * low)
    result = skin.copy()
    result[:, 0] -= np.sign(skin[:, 0]) * low * SHOULDER_DRAWN_IN * wide
    result[:, 1] -= low * SHOULDER_DROP * wide
    return result


def make_clay(
    source: MakeHuman, cage: Cage, layout: Layout, topology: Topology, mean: Float[np.ndarray, "P 3"]
) -> Clay:
    """Gather what the shapes are sculpted from.

    Args:
        source: the opened packages.
        cage: of the head.
        layout: of the model's points.
        topology: of the head.
        mean: the template.
    """
    units = {}
    for name in source.target_names("expression/units/caucasian"):
        offsets = np.mean([source.target(name.replace("caucasian", other)) for other in ETHNICITIES], axis=0)
        units[name.split("/")[-1]] = np.zeros_like(mean)
        units[name.split("/")[-1]][layout.skin] = offsets[cage.kept[layout.skin]]
    edges = np.sort(np.stack([cage.quads, np.roll(cage.quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    names = ("teeth_upper", "teeth_lower", "tongue", "eyes")
    return Clay(
        points=mean,
        skin_count=cage.skin_count,
        parts={name: getattr(layout, name) for name in names},
        mirror=topology.mirror,
        units=units,
        eye=topology.loops["eye_left"],
        mouth=topology.loops["mouth"],
        neighbours=np.unique(edges, axis=0),
        sealing=lip_sealing(topology.loops["mouth"], topology.subdivision.matrix),
        closing=lip_closing(topology.loops["mouth"], topology.subdivision.matrix),
        shift=_sculpting_shift(source, cage, layout, mean),
    )


def _sculpting_shift(source: MakeHuman, cage: Cage, layout: Layout, mean: np.ndarray) -> np.ndarray:
    """Where the mean face lies beside MakeHuman's average adult, in whose place the shapes' masks are given."""
    adult = mean_adult(source)[cage.kept[layout.skin]] - cage.origin
    face = (adult[:, 2] > 0.05) & (adult[:, 1] < 0.08)
    return (mean[layout.skin] - adult)[face].mean(axis=0)


def mean_adult(source: MakeHuman) -> Float[np.ndarray, "B 3"]:
    """Return the average adult as a whole base mesh.

    Args:
        source: the opened packages.
    """
    adults = [
        source.target(f"macrodetails/universal-{gender}-young-averagemuscle-averageweight")
        + source.target(f"macrodetails/{ethnicity}-{gender}-young")
        for gender in ("female", "male")
        for ethnicity in ETHNICITIES
    ]
    return source.base.vertices + sum(adults) / len(adults)


def assemble(
    clay: Clay,
    cage: Cage,
    topology: Topology,
    identity: IdentityBasis,
    albedo: TextureBasis,
    surfaces: tuple[Atlas, EyeballMesh, list[PartRecord]],
) -> FaceModel:
    """Sculpt the shapes and put everything together.

    Args:
        clay: the template.
        cage: of the head.
        topology: of the head.
        identity: A_id.
        albedo: A_tex.
        surfaces: texture layout of the skin, eyeball, parts.
    """
    atlas, eyeball, records = surfaces
    left = lid_grid(clay.eye)
    grids = (left, mirrored_grid(left, topology.mirror))
    region = skin_regions(cage, clay.points[clay.skin])
    region[clay.mouth.table[: clay.mouth.rings.index(CONTACT_RINGS[-1]) + 1]] = SkinRegion.MOUTH
    for grid in grids:
        region[grid.table[: INNER_LID_RING - FIRST_RING + 1]] = SkinRegion.SOCKET
    skin = _skin(cage, topology, atlas, region)
    hidden = np.isin(region, [SkinRegion.MOUTH, SkinRegion.SOCKET]).astype(float)
    seen = ((topology.subdivision.matrix @ hidden)[skin.faces[0]] < 0.5).all(axis=1)
    fine = topology.subdivision.matrix @ clay.points[clay.skin]
    landmarks = place_landmarks(fine, skin.faces[0], cage.index_of(np.array(BASE_VERTICES)), np.flatnonzero(seen))
    teeth = [make_rigid(r, clay.points, clay.parts[r.name]) for r in records if r.name.startswith("teeth")]
    others = [record for record in records if not record.name.startswith("teeth")]
    lashes = lash_part(clay.eye, topology.subdivision, clay.points, skin.mirror)
    return FaceModel(
        mean=clay.points,
        identity_basis=identity.basis,
        sigma=identity.sigma,
        variance_kept=identity.kept,
        expression_basis=sculpt_shapes(clay),
        albedo_mean=albedo.mean,
        albedo_basis=albedo.basis,
        skin=skin,
        lids=grids,
        lid_vertices=(_lid_vertices(grids[0], topology), _lid_vertices(grids[1], topology)),
        lips=lip_contact(clay.mouth),
        landmarks=landmarks,
        parts={record.name: _part(record) for record in [*teeth, *others, lashes]},
        eyeball=eyeball,
    )


def lip_contact(mouth: Loops) -> LipContact:
    """List the upper lip's contact points and what they face.

    Args:
        mouth: loops round the mouth.
    """
    columns = contact_columns(mouth)
    facing = mouth.facing[columns]
    low = np.argsort(facing, axis=1)[:, -2:]
    weights = np.take_along_axis(facing, low, axis=1)
    rings = [mouth.ring(ring) for ring in CONTACT_RINGS]
    return LipContact(
        upper=np.concatenate([ring[columns] for ring in rings]),
        lower=np.concatenate([ring[low] for ring in rings]),
        weights=np.concatenate([weights for _ in rings]),
    )


def _skin(cage: Cage, topology: Topology, atlas: Atlas, region: np.ndarray) -> Skin:
    fine_uv = linear_subdivision(atlas.uv_quads, len(atlas.uv))
    return Skin(
        count=cage.skin_count,
        faces=(triangulate(topology.subdivision.quads), triangulate(cage.quads)),
        uv=(fine_uv.matrix @ atlas.uv, atlas.uv),
        uv_faces=(triangulate(fine_uv.quads), triangulate(atlas.uv_quads)),
        subdivision=topology.subdivision,
        mirror=topology.mirror[: cage.skin_count],
        region=region,
    )


def _lid_vertices(grid: LidGrid, topology: Topology) -> np.ndarray:
    """Vertices of LOD0 that depend on lid rings only, the inner rings included."""
    rows = [ring - FIRST_RING for ring in LID_RINGS_OUTSIDE]
    lid = np.zeros(topology.subdivision.matrix.shape[1], bool)
    lid[grid.table] = True
    core = np.zeros_like(lid)
    core[grid.table[rows]] = True
    matrix = topology.subdivision.matrix
    return np.flatnonzero((matrix @ core >= 0.5) & (matrix @ lid > 0.999))


def _part(record: PartRecord) -> Part:
    return Part(
        name=record.name,
        faces=record.faces,
        uv=record.uv,
        uv_faces=record.uv_faces,
        matrix=record.matrix,
        offsets=record.offsets,
        follows=record.follows,
        texture=record.texture or "",
        alpha=record.alpha,
    )
