"""The model's hair meshes on a head: mirrored, fuller, longer, wavy, swept out of the face, outside the skin."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int, UInt8
from scipy import sparse
from scipy.ndimage import gaussian_filter, uniform_filter
from scipy.spatial import KDTree

from toonface.geometry.mirror import MIRROR
from toonface.geometry.normals import vertex_normals
from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import FaceModel, Part
from toonface.morphable.regions import SkinRegion
from toonface.types import FaceRegion, Faces
from toonface.worn.hair.hair_scalp import Scalp, region_share
from toonface.worn.hair.hair_spec import HairSpec
from toonface.worn.hair.shells import Style
from toonface.worn.surface import Material, Sitter, Surface

Picture = UInt8[np.ndarray, "H W 4"]
NEIGHBOURS = 4
REACH, BURIED = 0.018, 0.006
"""Metres outside and inside the mean head's skin within which a hair vertex is kept off the skin."""
ROUNDNESS = {"afro01": 4.0, "short01": 1.6}
"""Share of the head's own roundness in the normals of meshes whose strips stand on edge."""
SMOOTHED = 14
"""Neighbours over which normals are averaged."""
GAP = 0.0016
"""Metres that hair keeps from the skin, where it is not nearer by design."""
HANGS: dict[str, tuple[float, float]] = {
    "long01": (0.010, 1.0), "bob01": (0.020, 0.5), "bob02": (0.020, 0.5), "braid01": (-0.060, 0.6),
    "ponytail01": (0.060, 0.8),
}  # fmt: skip
"""Height in metres below which hair hangs free, and how much of `HairSpec.length` it takes."""
CENTRE = np.array([0.0, 0.06, 0.0])
WINDOW_CENTRE, WINDOW_RADII, WINDOW_END = np.array([0.0, 0.004]), np.array([0.060, 0.070]), 1.4
"""Metres: the oval of the face that hair is swept out of, and the share of its radius where the sweep ends."""
VOLUME, WAVE = 0.013, 0.0065
"""Metres at full volume and full waves."""


@dataclass(frozen=True, kw_only=True)
class CardTables:
    """What is known of one hair mesh on the mean head; the second of a pair is that on the mirrored head."""

    part: Part
    matrices: tuple[sparse.csr_array, sparse.csr_array]
    faces: tuple[Faces, Faces]
    uv_faces: tuple[Faces, Faces]
    near: Int[np.ndarray, " M"]
    """Vertices that the skin may reach."""
    feet: tuple[sparse.csr_array, sparse.csr_array]
    """Weights of LOD0 vertices whose mean is the nearest skin of each of `near`."""
    gaps: Float[np.ndarray, " M"]
    """Metres that each of `near` keeps from the skin."""
    outward: Float[np.ndarray, "N 3"]
    """Offset of each vertex at full volume, zero at the roots; metres."""
    sway: Float[np.ndarray, "N 3"]
    """Offset of each vertex at a full wave; metres."""
    phase: Float[np.ndarray, " N"]
    """Where along a wave each vertex is, in metres below the crown."""
    sweep: Float[np.ndarray, "N 3"]
    """Offset that takes hair out of the face; metres."""
    hang: Float[np.ndarray, " N"]
    """How much each vertex moves when hair gets longer, in [0, 1]."""
    smoothing: sparse.csr_array
    """Makes smooth normals, pointing out of the hair, from those of the strips that it is made of."""
    roundness: Float[np.ndarray, "N 3"]
    """Added to those normals."""
    pictures: dict[str, Picture]
    """By style."""


def make_cards(model: FaceModel, scalp: Scalp, name: str, picture: Picture) -> CardTables:
    """Prepare one hair mesh.

    Args:
        model: the face model.
        scalp: its hairlines.
        name: of the part.
        picture: its texture.
    """
    part = model.parts[name]
    rest = part.matrix @ model.mean + part.offsets
    feet, distance, depth = _feet(model, scalp, rest)
    near = np.flatnonzero((distance < REACH) & (distance > -BURIED))
    free = smoothstep(0.004, 0.035, np.maximum(depth, 0.0)) * smoothstep(0.001, 0.012, distance)
    free = np.maximum(free, smoothstep(0.015, 0.040, distance))
    out = rest - CENTRE
    out[:, 1] = np.maximum(out[:, 1], -0.02)
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    turn = np.arctan2(rest[:, 0], rest[:, 2])
    pivot = HANGS.get(name, (-1.0, 0.0))[0]
    low = smoothstep(0.0, 0.14, 0.10 - rest[:, 1]) * smoothstep(0.002, 0.015, distance)
    tied = name in ("ponytail01", "braid01")
    flip = tuple(np.ascontiguousarray(array[:, ::-1]) for array in (part.faces, part.uv_faces))
    other = _point_mirror(model)
    return CardTables(
        part=part,
        matrices=(part.matrix, sparse.csr_array(part.matrix[:, other])),
        faces=(part.faces, flip[0]),
        uv_faces=(part.uv_faces, flip[1]),
        near=near,
        feet=(feet[near], sparse.csr_array(feet[near][:, _skin_mirror(scalp)])),
        gaps=np.clip(distance[near], 0.0004, GAP),
        outward=VOLUME * free[:, None] * out,
        sway=WAVE * (0.25 * free + 0.75 * low)[:, None] * (np.stack([out[:, 2], 0 * free, -out[:, 0]], 1) + 0.3 * out),
        phase=0.14 - rest[:, 1] + 0.030 * np.sin(4.0 * turn + 1.0) + 0.018 * np.sin(9.0 * turn),
        sweep=_sweep(scalp, rest),
        hang=(rest[:, 1] < pivot) * (smoothstep(0.012, 0.035, distance) if tied else np.ones(len(rest))),
        pictures=strand_pictures(picture, solid=name == "afro01"),
        roundness=ROUNDNESS.get(name, 0.5) * out,
        smoothing=_smoothing(rest, part.faces, out),
    )


def card_surface(sitter: Sitter, spec: HairSpec, cards: CardTables, style: Style) -> Surface:
    """Put a hair mesh on a head.

    Args:
        sitter: the head.
        spec: the hair; its style is that of the tables.
        cards: from `make_cards`.
        style: toon hair has calmer strands.
    """
    side = int(spec.mirrored)
    flip = MIRROR if spec.mirrored else np.ones(3)
    vertices = (cards.matrices[side] @ sitter.head.neutral) * flip + cards.part.offsets
    rng = np.random.default_rng(spec.seed)
    vertices += spec.fringe * cards.sweep + spec.volume * np.where(spec.volume < 0.0, 0.5, 1.0) * cards.outward
    length, start = rng.uniform(0.055, 0.090), rng.uniform(0.0, 2.0 * np.pi)
    vertices += (spec.waves * np.sin(2.0 * np.pi * cards.phase / length + start))[:, None] * cards.sway
    # A slow bend over the whole head: no hair is the same left and right.
    bend = np.sin(vertices @ rng.normal(0.0, 25.0, (3, 2)) + rng.uniform(0.0, 6.28, 2)) @ rng.normal(0.0, 0.16, 2)
    vertices += bend[:, None] * cards.outward
    pivot, share = HANGS.get(spec.style, (0.0, 0.0))
    longer = share * (spec.length - 1.0) * cards.hang
    below = np.minimum(vertices[:, 1] - pivot, 0.0)
    vertices[:, 1] += longer * below
    # Hair that ends higher has not fallen as far apart.
    vertices[:, 0] *= 1.0 - 2.5 * np.minimum(longer, 0.0) * below
    _keep_outside(vertices, sitter, cards, side, flip)
    normals = cards.smoothing @ vertex_normals(vertices, cards.part.faces) + cards.roundness
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    return Surface(
        vertices=vertices * flip,
        normals=normals * flip,
        faces=cards.faces[side],
        material=Material.HAIR,
        region=FaceRegion.HAIR,
        colour=spec.colour,
        uv=cards.part.uv,
        uv_faces=cards.uv_faces[side],
        picture=cards.pictures[style],
        gloss=0.06 if spec.style == "afro01" else 0.25,
        two_sided=True,
    )


def strand_pictures(picture: Picture, *, solid: bool = False) -> dict[str, Picture]:
    """Make the pictures of both styles from a model's picture of strands.

    Photo: painted highlights and shadows are taken out, so that the scene's own light makes them. Toon: calmed to
    broad soft locks with firm edges.

    Args:
        picture: grey around 0.5, with alpha.
        solid: close the small holes in the photo's picture, too.
    """
    grey, alpha = (channel.astype(np.float32) / 255.0 for channel in (picture[..., 0], picture[..., 3]))
    broad, locks, tufts = (_blur(grey, alpha, sigma) for sigma in (24.0, 7.0, 2.0))
    firm = smoothstep(0.22, 0.55, gaussian_filter(alpha, 2.0))
    even = 0.5 + 0.30 * (broad - 0.5) + 0.85 * (grey - broad)
    calm = 0.5 + 0.20 * (broad - 0.5) + 1.25 * (locks - broad) + 0.55 * (tufts - locks)
    return {"photo": _with_grey(even, np.maximum(firm, alpha) if solid else alpha), "toon": _with_grey(calm, firm)}


def _keep_outside(
    vertices: Float[np.ndarray, "N 3"], sitter: Sitter, cards: CardTables, side: int, flip: np.ndarray
) -> None:
    """Push hair out of the skin, along the skin's normal."""
    foot = (cards.feet[side] @ sitter.skin) * flip
    normal = (cards.feet[side] @ sitter.normals) * flip
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    outside = np.einsum("nc,nc->n", vertices[cards.near] - foot, normal)
    vertices[cards.near] += np.maximum(cards.gaps - outside, 0.0)[:, None] * normal


def _feet(
    model: FaceModel, scalp: Scalp, rest: Float[np.ndarray, "N 3"]
) -> tuple[sparse.csr_array, Float[np.ndarray, " N"], Float[np.ndarray, " N"]]:
    """Find the nearest skin of each hair vertex: weights, signed distance, and depth behind the hairline."""
    hidden = region_share(model, SkinRegion.MOUTH) + region_share(model, SkinRegion.SOCKET) > 0.01
    usable = np.flatnonzero(~hidden & ~scalp.ears)
    away, index = KDTree(scalp.positions[usable]).query(rest, k=NEIGHBOURS)
    rows = usable[index]
    weights = 1.0 / (away + 0.002) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    places = (weights.ravel(), (np.repeat(np.arange(len(rest)), NEIGHBOURS), rows.ravel()))
    feet = sparse.csr_array(places, shape=(len(rest), len(scalp.positions)))
    normals = vertex_normals(scalp.positions, model.skin.faces[0])
    distance = np.einsum("nc,nc->n", rest - feet @ scalp.positions, feet @ normals)
    # Beyond a few centimetres a tangent plane says little: the plain distance does.
    distance = np.where(away[:, 0] > 0.03, away[:, 0], distance)
    return feet, distance, feet @ scalp.depths["round"]


def _smoothing(rest: Float[np.ndarray, "N 3"], faces: Faces, out: Float[np.ndarray, "N 3"]) -> sparse.csr_array:
    """Weights that average oriented normals over the neighbouring strips: hair is shaded as one mass, not as cards."""
    normals = vertex_normals(rest, faces)
    sign = np.where(np.einsum("nc,nc->n", normals, out) < 0.0, -1.0, 1.0)
    away, index = KDTree(rest).query(rest, k=SMOOTHED)
    agree = np.einsum("nkc,nc->nk", (sign[:, None] * normals)[index], sign[:, None] * normals)
    weights = np.exp(-((away / 0.010) ** 2)) * np.clip(agree + 0.2, 0.0, 1.0) * sign[index]
    places = (np.repeat(np.arange(len(rest)), SMOOTHED), index.ravel())
    return sparse.csr_array((weights.ravel(), places), shape=(len(rest), len(rest)))


def _sweep(scalp: Scalp, rest: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, "N 3"]:
    """Move hair in front of the face radially out of an oval, along the face's curved surface."""
    x, y, z = scalp.positions.T
    brow = (z > 0.045) & (y > -0.06) & (y < 0.10) & (np.hypot(x / 0.022, (y - 0.01) / 0.03) > 1.0)
    curve = np.linalg.lstsq(_terms(x[brow], y[brow]), z[brow], rcond=None)[0]
    away = (rest[:, :2] - WINDOW_CENTRE) / WINDOW_RADII
    radius = np.maximum(np.linalg.norm(away, axis=1), 1e-3)
    wanted = np.where(radius < WINDOW_END, 1.0 + (WINDOW_END - 1.0) / WINDOW_END * radius, radius)
    front = smoothstep(0.015, 0.050, rest[:, 2])
    shift = front[:, None] * (away * (wanted / radius - 1.0)[:, None]) * WINDOW_RADII
    moved = rest[:, :2] + shift
    rise = (_terms(*moved.T) - _terms(*rest[:, :2].T)) @ curve
    return np.concatenate([shift, (front * rise)[:, None]], axis=1)


def _terms(x: Float[np.ndarray, " N"], y: Float[np.ndarray, " N"]) -> Float[np.ndarray, "N 6"]:
    return np.stack([np.ones_like(x), y, x * x, y * y, x * x * y, x**4], axis=1)


def _point_mirror(model: FaceModel) -> Int[np.ndarray, " P"]:
    """Give each of the model's points its partner; teeth and tongue, on which no hair hangs, keep their own."""
    own = np.arange(len(model.mean))
    own[: model.skin.count] = model.skin.mirror
    own[-4:] = own[[-2, -1, -4, -3]]
    return own


def _skin_mirror(scalp: Scalp) -> Int[np.ndarray, " V"]:
    return KDTree(scalp.positions).query(scalp.positions * MIRROR)[1]


def _blur(grey: Float32[np.ndarray, "H W"], alpha: Float32[np.ndarray, "H W"], sigma: float) -> np.ndarray:
    """Blur the hair only: what is cut away does not bleed in."""
    weight = _soft(alpha, sigma)
    return np.where(weight > 1e-3, _soft(grey * alpha, sigma) / np.maximum(weight, 1e-3), 0.5)


def _soft(image: Float32[np.ndarray, "H W"], sigma: float) -> Float32[np.ndarray, "H W"]:
    """Three boxes in a row are nearly a Gaussian, at a cost that does not grow with its width."""
    for _ in range(3):
        image = uniform_filter(image, 2 * round(sigma) + 1)
    return image


def _with_grey(grey: np.ndarray, alpha: np.ndarray) -> Picture:
    mean = (grey * alpha).sum() / max(alpha.sum(), 1.0)
    shown = np.clip(grey - mean + 0.5, 0.08, 0.95)
    return np.round(255.0 * np.stack([shown, shown, shown, alpha], axis=2)).astype(np.uint8)


def all_cards(
    model: FaceModel, scalp: Scalp, names: tuple[str, ...], textures: Mapping[str, UInt8[np.ndarray, "_ _ _"]]
) -> dict[str, CardTables]:
    """Prepare several hair meshes.

    Args:
        model: the face model.
        scalp: its hairlines.
        names: of the parts.
        textures: pictures by their stems.

    Raises:
        ValueError: a picture is missing or has no alpha.
    """
    cards = {}
    for name in names:
        picture = textures.get(model.parts[name].texture)
        if picture is None or picture.shape[2] != 4:
            raise ValueError(f"textures hold no picture with alpha for {name!r}, expected one of each hair mesh")
        cards[name] = make_cards(model, scalp, name, picture)
    return cards
