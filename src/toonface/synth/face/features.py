"""Eyes, teeth, tongue, brows and lashes as surfaces, in the colours and sizes of one person."""

import numpy as np
from jaxtyping import Float, UInt8
from scipy.ndimage import uniform_filter

from toonface.geometry.smoothstep import smoothstep
from toonface.morphable.face_model import Part, part_vertices
from toonface.morphable.lids import FIRST_RING, MARGIN_RING
from toonface.synth.face.eye_picture import paint_iris
from toonface.synth.face.looks import Brows, EyeLook, Lashes, iris_paint
from toonface.synth.face.occlusion import mouth_light
from toonface.synth.labels import Style
from toonface.types import FaceRegion, Vertices
from toonface.worn.surface import Material, Sitter, Surface, Textures

IRIS_SCALES = (0.6, 2.1)
"""What the eyeball's mesh can carry."""
LID_SHADE = 0.30
"""Share of an eyeball's radius over which the upper lid's shadow fades."""
BROW_LIFT = 0.0004
"""Metres by which a cartoon's brows are lifted beyond the 0.2 to 1.0 mm at which the model's lie above the skin."""
BROW_RISE = 0.0012
"""Metres by which they sit higher: enlarged downwards they would frown."""
CLOSING = 7
"""Pixels of the halved picture over which a cartoon's brows close."""
CLOSING_START, CLOSING_RANGE = 0.17, 0.24
"""Mean alpha over them, as a share of the largest, from which a brow is drawn, and up to solid."""
TOON_BROW_TONE = 170.0
"""Grey of solid brows: without skin between the strokes, the hair's own colour would be too dark."""
CLOSED_GAP = 0.0003
"""Metres between lips that count as closed."""
LASH_ROWS = 6
"""Vertices along one lash, from its root."""
LASH_LINE = 0.24
"""Share of a cartoon's upper lashes, from the root, that is one solid line."""
NO_SHADOW = np.zeros((0, 3), np.int64)
"""Brows and lashes throw none: the cards' would be solid."""
TEETH_GLOSS, EYE_GLOSS = 0.45, 0.8


def feature_surfaces(
    sitter: Sitter, textures: Textures, eyes: EyeLook, hairs: tuple[Brows, Lashes], style: Style
) -> list[Surface]:
    """Return both eyes, brows and lashes, and teeth and tongue where the lips are open.

    Lashes are labelled as skin, like the lids on which they lie.

    Args:
        sitter: whose.
        textures: the model's pictures.
        eyes: of the person.
        hairs: brows and lashes.
        style: a cartoon has plain glossy irises, and bolder brows and lashes of fewer strokes.
    """
    brows, lashes = hairs
    return [
        *eye_surfaces(sitter, textures, eyes, style),
        *mouth_surfaces(sitter, textures),
        brow_surface(sitter, textures, brows, style),
        lash_surface(sitter, textures, lashes, style),
    ]


def eye_surfaces(sitter: Sitter, textures: Textures, eyes: EyeLook, style: Style) -> list[Surface]:
    """Return the left and the right eyeball.

    Args:
        sitter: whose.
        textures: the model's pictures.
        eyes: of the person.
        style: how.
    """
    mesh, head = sitter.model.eyeball, sitter.head
    ball = mesh.vertices(float(np.clip(eyes.iris_scale, *IRIS_SCALES)))
    outward = ball / np.linalg.norm(ball, axis=1, keepdims=True)
    picture = paint_iris(textures[eyes.fibres], iris_paint(eyes, style))
    surfaces = []
    for side, region in enumerate((FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT)):
        turned = ball @ head.eyes.rotations[side].T
        surfaces.append(
            Surface(
                vertices=head.eyes.centres[side] + head.eyes.radii[side] * turned,
                faces=mesh.faces,
                material=Material.EYE,
                region=region,
                uv=mesh.uv,
                uv_faces=mesh.faces,
                picture=picture,
                normals=outward @ head.eyes.rotations[side].T,
                occlusion=_lid_shade(sitter, side, turned),
                gloss=EYE_GLOSS,
            )
        )
    return surfaces


def mouth_surfaces(sitter: Sitter, textures: Textures) -> list[Surface]:
    """Return upper teeth, lower teeth and tongue, or nothing while the lips are closed.

    They darken towards the back and behind the lips.

    Args:
        sitter: whose.
        textures: the model's pictures.
    """
    surfaces: list[Surface] = []
    lips = sitter.model.lips
    upper = sitter.skin[lips.upper]
    lower = np.einsum("nk,nkc->nc", lips.weights, sitter.skin[lips.lower])
    if np.linalg.norm(upper - lower, axis=1).max() < CLOSED_GAP:
        return surfaces
    order = np.argsort(upper[:, 0])
    for name, gloss in (("teeth_upper", TEETH_GLOSS), ("teeth_lower", TEETH_GLOSS), ("tongue", 0.5 * TEETH_GLOSS)):
        part, vertices = sitter.model.parts[name], _dense_part_vertices(sitter, name)
        top = np.interp(vertices[:, 0], upper[order, 0], upper[order, 1])
        bottom = np.interp(vertices[:, 0], upper[order, 0], lower[order, 1])
        hidden = np.maximum(vertices[:, 1] - top, bottom - vertices[:, 1])
        behind_lips = 1.0 - 0.75 * smoothstep(0.0, 1.0, (hidden + 0.004) / 0.008)
        surfaces.append(
            Surface(
                vertices=vertices,
                faces=part.faces,
                material=Material.MOUTH,
                region=FaceRegion.INNER_MOUTH,
                uv=part.uv,
                uv_faces=part.uv_faces,
                picture=textures[part.texture],
                occlusion=mouth_light(sitter, vertices) * behind_lips,
                gloss=gloss,
            )
        )
    return surfaces


def brow_surface(sitter: Sitter, textures: Textures, brows: Brows, style: Style) -> Surface:
    """Return both brows.

    Args:
        sitter: whose.
        textures: the model's pictures.
        brows: shape, colour and boldness.
        style: a cartoon's are higher, and solid.
    """
    part = sitter.model.parts[brows.part]
    vertices = part_vertices(sitter.model, sitter.head, brows.part)
    left = vertices[:, 0] > 0.0
    picture = textures[part.texture]
    if style == "toon":
        vertices = _thickened(sitter, part, vertices, 1.0 + 0.25 * brows.boldness)
        picture = _solid(picture, 0.35 + 0.65 * brows.boldness)
    on_left = left[part.faces].sum(axis=1) >= 2
    return Surface(
        vertices=vertices,
        faces=part.faces,
        material=Material.HAIR,
        region=np.where(on_left, FaceRegion.BROW_LEFT, FaceRegion.BROW_RIGHT).astype(np.uint8),
        colour=brows.colour,
        uv=part.uv,
        uv_faces=part.uv_faces,
        picture=picture,
        gloss=0.15,
        two_sided=True,
        coarse_faces=NO_SHADOW,
    )


def lash_surface(sitter: Sitter, textures: Textures, lashes: Lashes, style: Style) -> Surface:
    """Return the lashes, in a cartoon those of the upper lids only.

    Args:
        sitter: whose.
        textures: the model's pictures.
        lashes: length and colour.
        style: a cartoon's lashes grow out of a solid line.
    """
    part = sitter.model.parts["lashes"]
    along = part_vertices(sitter.model, sitter.head, "lashes").reshape(-1, LASH_ROWS, 3)
    along = along[:, :1] + lashes.length * (along - along[:, :1])
    picture = textures[part.texture]
    if style == "toon":
        picture = picture.copy()
        edge = len(picture) // 2
        picture[edge - int(LASH_LINE * edge) : edge, :, 3] = 255
        picture[edge:, :, 3] = 0
    return Surface(
        vertices=along.reshape(-1, 3),
        faces=part.faces,
        material=Material.HAIR,
        region=FaceRegion.SKIN,
        colour=lashes.colour,
        uv=part.uv,
        uv_faces=part.uv_faces,
        picture=picture,
        two_sided=True,
        coarse_faces=NO_SHADOW,
    )


def _dense_part_vertices(sitter: Sitter, name: str) -> Vertices:
    """Vertices of a part; where each hangs on the same points, as all teeth of a jaw do, a dense product is faster."""
    part = sitter.model.parts[name]
    count, width = part.matrix.shape[0], int(part.matrix.indptr[1])
    columns = part.matrix.indices
    if part.matrix.nnz != count * width or not (columns.reshape(count, width) == columns[:width]).all():
        return part_vertices(sitter.model, sitter.head, name)
    return part.matrix.data.reshape(count, width) @ sitter.head.points[columns[:width]] + part.offsets


def _lid_shade(sitter: Sitter, side: int, turned: Float[np.ndarray, "N 3"]) -> Float[np.ndarray, " N"]:
    """Lids keep light off what is just below the upper one, and off the corners of the opening."""
    grid, eyes = sitter.model.lids[side], sitter.head.eyes
    margin = (sitter.skin[grid.table[MARGIN_RING - FIRST_RING]] - eyes.centres[side]) / eyes.radii[side]
    edges = []
    for upper in (True, False):
        columns = np.flatnonzero((grid.side >= 0.0) if upper else (grid.side <= 0.0))
        order = columns[np.argsort(margin[columns, 0])]
        edges.append(np.interp(turned[:, 0], margin[order, 0], margin[order, 1]))
    below, above = edges[0] - turned[:, 1], turned[:, 1] - edges[1]
    corner = 0.5 * np.ptp(margin[:, 0]) - np.abs(turned[:, 0] - 0.5 * (margin[:, 0].max() + margin[:, 0].min()))
    shade = 0.30 + 0.70 * smoothstep(0.0, 1.0, (below + 0.03) / LID_SHADE)
    shade *= 0.75 + 0.25 * smoothstep(0.0, 1.0, (above + 0.05) / 0.15)
    return shade * (0.5 + 0.5 * smoothstep(0.0, 1.0, (corner + 0.05) / 0.35))


def _thickened(sitter: Sitter, part: Part, vertices: Vertices, factor: float) -> Vertices:
    """Stretch each brow along the skin, upwards and downwards from the curve along its middle, and lift it a little."""
    cage = np.zeros_like(sitter.head.points)
    cage[: sitter.model.skin.count] = sitter.normals[: sitter.model.skin.count]
    normals = part.matrix @ cage
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    rise = np.zeros(len(vertices))
    for half in (vertices[:, 0] > 0.0, vertices[:, 0] <= 0.0):
        x, y = vertices[half, 0], vertices[half, 1]
        powers = ((x - x.mean()) / np.ptp(x))[:, None] ** np.arange(4)
        rise[half] = (factor - 1.0) * (y - powers @ np.linalg.lstsq(powers, y)[0]) + BROW_RISE
    along = np.array([0.0, 1.0, 0.0]) - normals[:, 1:2] * normals
    return vertices + rise[:, None] * along + BROW_LIFT * normals


def _solid(picture: UInt8[np.ndarray, "H W 4"], boldness: float) -> UInt8[np.ndarray, "h w 4"]:
    """Halve a picture of a brow, and close the gaps between its strokes."""
    rows, columns = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    fine = picture[:rows, :columns, 3]
    upper, lower = (np.maximum(fine[i::2, ::2], fine[i::2, 1::2]) for i in (0, 1))
    strokes = np.maximum(upper, lower).astype(np.float32)
    mean = uniform_filter(strokes, CLOSING)
    closed = smoothstep(0.0, 1.0, (mean / max(float(mean.max()), 1.0) - CLOSING_START) / CLOSING_RANGE)
    out = np.zeros((*strokes.shape, 4), np.uint8)
    grey = picture[:rows:2, :columns:2, 1].astype(np.float32)
    out[..., :3] = ((1.0 - boldness) * grey + boldness * TOON_BROW_TONE)[..., None]
    out[..., 3] = (1.0 - boldness) * strokes + boldness * 255.0 * closed
    return out
