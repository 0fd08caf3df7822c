"""Texture of a fitted head (section 3.2.3): the picture where it is seen well, a completed skin where it is not.

The completion is a membrane on the mesh, not on the atlas, so it knows no seams: the difference to the fitted albedo
is as smooth as can be, near the picture where that is seen, and near its mirror image where only the other side is.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32
from scipy import sparse
from scipy.ndimage import distance_transform_edt
from scipy.sparse.linalg import splu

from toonface.geometry.bake import Projected, bake, draw_charts
from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.diffusion import diffuse
from toonface.geometry.mirror import mirror_table
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import clear, draw
from toonface.geometry.smoothstep import smoothstep
from toonface.geometry.topology import edges
from toonface.morphable.face_model import FaceModel, albedo, pose_head, skin_vertices, subdivide
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.regions import SkinRegion
from toonface.morphable.textured_head import TexturedHead
from toonface.types import FaceRegion, FaceRegions, Picture, Vertices

SKIN_CLASSES = (
    FaceRegion.SKIN, FaceRegion.NOSE, FaceRegion.LIP_UPPER, FaceRegion.LIP_LOWER, FaceRegion.BROW_LEFT,
    FaceRegion.BROW_RIGHT, FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT, FaceRegion.NECK, FaceRegion.FACIAL_HAIR,
)  # fmt: skip
"""What may land on the skin. Brows stay on it as texture: the skin below them carries them along when it moves."""
MIRROR_TOLERANCE_M = 1e-4
HIDDEN_M = 0.003
"""A vertex this far behind what is seen at its pixel is hidden."""
LEAST_HAIR_PIXELS = 50
HAIRLINE, WEAKEST_LINK = 0.25, 0.02
"""Where the scalp's share changes by so much along an edge, the edge is as weak as that."""


@dataclass(frozen=True, kw_only=True)
class TextureOptions:
    """How the skin is completed."""

    grazing: float = 0.2
    """Cosine between normal and view below which the picture is not used, in [0, full)."""
    full: float = 0.5
    """Cosine from which it is used alone, at most 1."""
    edge_m: float = 0.004
    """Metres over which the picture fades in at hair, eyes, glasses and background; the first quarter is not used."""
    mirrored: float = 0.1
    """Weight of the mirror image's colour, against 1 of the picture's own."""
    stiffness: float = 0.5
    """Of the membrane, against the picture's weight of 1; larger is smoother."""


TEXTURE_DEFAULTS = TextureOptions()


class SkinBaker:
    """What depends on the topology alone: the charts, left and right, and neighbours."""

    def __init__(self, model: FaceModel, size: int = 2048) -> None:
        """Prepare the atlas.

        Args:
            model: the face model.
            size: texels of a side.

        Raises:
            ValueError: the size is below 1.
        """
        self.model = model
        self.faces = model.skin.faces[0]
        self.charts = draw_charts(model.skin.uv[0], model.skin.uv_faces[0], size)
        rest = subdivide(model, model.mean[: model.skin.count])
        self.mirror = mirror_table(rest, MIRROR_TOLERANCE_M)
        first, second = edges(self.faces).T
        count = len(rest)
        links = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
        self.links = (links + links.T).tocsr()
        self.shares = model.skin.subdivision.matrix @ np.eye(len(SkinRegion))[model.skin.region]
        """Of each `SkinRegion` at each vertex."""
        change = np.abs(self.shares[first, SkinRegion.SCALP] - self.shares[second, SkinRegion.SCALP])
        links.data = np.maximum(1.0 - change / HAIRLINE, WEAKEST_LINK)
        self.parted_links = (links + links.T).tocsr()
        """The same, weak across the hairline, so that the hair's colour does not run into the face."""


def make_texture(
    baker: SkinBaker,
    picture: Picture,
    *,
    regions: FaceRegions,
    fine: FineFit,
    options: TextureOptions = TEXTURE_DEFAULTS,
) -> TexturedHead:
    """Bake the skin's atlas.

    Args:
        baker: of the model and the atlas's size.
        picture: sRGB, the one that the head was fitted to.
        regions: of the picture.
        fine: the fitted head.
        options: how it is completed.

    Raises:
        ValueError: picture and regions differ in size, or no pixel of the picture is skin.
    """
    camera = fine.coarse.camera
    allowed = np.isin(regions.classes, SKIN_CLASSES)
    clean = diffuse(picture, allowed)
    mask = _soft(allowed, camera.scale * options.edge_m)
    skin = skin_vertices(baker.model, pose_head(baker.model, fine.neutral, fine.weights))
    points = project(camera, skin)
    trust = (
        _visible(baker, points, mask.shape, HIDDEN_M * camera.scale)
        * _facing(baker, skin, camera, options)
        * _outside(baker)
    )
    rows, columns, inside = _pixels(points, mask.shape)
    own = trust * inside * mask[rows, columns]
    hair = regions.classes == FaceRegion.HAIR
    colour = np.median(picture[hair], axis=0) if np.count_nonzero(hair) >= LEAST_HAIR_PIXELS else None
    base = 255.0 * albedo(baker.model, fine.coarse.texture)
    colours = _complete(baker, base, own, seen=clean[rows, columns].astype(float), hair=colour, options=options)
    mesh = Projected(points_px=points[:, :2], trust=trust * inside, colours=colours)
    atlas, share = bake(baker.charts, baker.faces, mesh=mesh, picture=clean, mask=mask)
    scalp = "The scalp is completed as skin: no hair is seen." if colour is None else "The scalp has the hair's colour."
    notes = (f"{100.0 * share:.0f} % of the atlas shows the picture, the rest is completed.", scalp)
    return TexturedHead(fine=fine, skin=atlas, seen=share, notes=notes)


def _soft(allowed: Bool[np.ndarray, "H W"], edge_px: float) -> Float32[np.ndarray, "H W"]:
    """0 outside and up to a quarter of the edge, 1 from the whole edge inwards."""
    distance = distance_transform_edt(np.pad(allowed, 1))[1:-1, 1:-1]
    return smoothstep(0.25 * edge_px + 1.0, edge_px + 2.0, distance).astype(np.float32)


def _visible(baker: SkinBaker, points: Vertices, shape: tuple[int, ...], hidden_px: float) -> Float[np.ndarray, " V"]:
    """1 where a vertex and its neighbours are seen and inside the picture, 0 elsewhere, smooth between."""
    fragments = clear(shape[0], shape[1])
    draw(fragments, points, baker.faces, cull=True)
    rows, columns, inside = _pixels(points, shape)
    hidden = points[:, 2] + hidden_px < fragments.depth[rows, columns]
    seen = (~hidden & inside).astype(float)
    degree = np.asarray(baker.links.sum(axis=1))
    safe = ((baker.links @ seen) >= degree) * seen
    return safe * (baker.links @ safe) / degree


def _facing(
    baker: SkinBaker, skin: Vertices, camera: ScaledOrthographic, options: TextureOptions
) -> Float[np.ndarray, " V"]:
    cosine = (vertex_normals(skin, baker.faces) @ camera.rotation.T)[:, 2]
    return smoothstep(options.grazing, options.full, cosine)


def _outside(baker: SkinBaker) -> Float[np.ndarray, " V"]:
    """0 in the mouth and behind the lids, which are ours."""
    return 1.0 - np.minimum(baker.shares[:, SkinRegion.MOUTH] + baker.shares[:, SkinRegion.SOCKET], 1.0)


def _pixels(points: Vertices, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row and column of the pixel under each vertex, and whether it lies in the picture."""
    columns, rows = np.floor(points[:, 0]).astype(int), np.floor(points[:, 1]).astype(int)
    inside = (rows >= 0) & (columns >= 0) & (rows < shape[0]) & (columns < shape[1])
    return np.where(inside, rows, 0), np.where(inside, columns, 0), inside


def _complete(
    baker: SkinBaker,
    base: Float[np.ndarray, "V 3"],
    own: Float[np.ndarray, " V"],
    *,
    seen: Float[np.ndarray, "V 3"],
    hair: Float[np.ndarray, "3"] | None,
    options: TextureOptions,
) -> Float[np.ndarray, "V 3"]:
    """Colour every vertex, in [0, 255]."""
    other = options.mirrored * own[baker.mirror] * (1.0 - own)
    mouth = baker.shares[:, SkinRegion.MOUTH]
    scalp = baker.shares[:, SkinRegion.SCALP] * (1.0 - own) if hair is not None else np.zeros_like(own)
    pulls = [(own, seen - base), (other, (seen - base)[baker.mirror]), (mouth, np.zeros_like(base))]
    if hair is not None:
        pulls.append((scalp, hair - base))
    weight = sum((w for w, _ in pulls), start=np.full(len(base), 1e-6))
    right = sum((w[:, None] * target for w, target in pulls), start=np.zeros_like(base))
    links = baker.links if hair is None else baker.parted_links
    degree = np.asarray(links.sum(axis=1))
    matrix = sparse.diags_array(weight + options.stiffness * degree) - options.stiffness * links
    return np.clip(base + splu(matrix.tocsc()).solve(right), 0.0, 255.0)
