"""Glasses of a fitted head: seen or not, chosen by their outline, coloured as the picture shows them."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool
from scipy.ndimage import distance_transform_edt

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import clear, draw
from toonface.morphable.face_model import FaceModel, pose_head
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.landmarks import landmarks_3d
from toonface.types import FaceRegion, FaceRegions, Mesh, Picture
from toonface.worn.glasses import GlassesTables, glasses_tables
from toonface.worn.glasses_choice import choose_glasses
from toonface.worn.outline import square_around, view_outline
from toonface.worn.surface import RGB, Surface, sit
from toonface.worn.worn_part import FittedGlasses, WornPart

WEIGHTS = {FaceRegion.HAIR: 0.2, FaceRegion.HAT: 0.0, FaceRegion.OTHER: 0.0}
"""Hair lies before arms and rims as often as behind them."""
EYE_CORNERS = (36, 45)
AROUND = slice(17, 48)
"""Landmarks of brows, nose and eyes: what glasses are looked for around."""
DARK_OPACITY, CLEAR_OPACITY = 0.92, 0.06
CLEAR: RGB = (0.90, 0.94, 0.96)
LEAST_PIXELS = 12
"""From which a colour is read."""


@dataclass(frozen=True, kw_only=True)
class GlassesOptions:
    """How glasses are found."""

    least: float = 0.012
    """Area that is parsed as glasses, in squares of the distance between the outer corners of the eyes, from which
    glasses are worn; those without rims have 0.017 on the test set, all others at least 0.06."""
    lens_m: float = 0.008
    """Metres from the border of what is parsed from which it is no rim: the lenses are parsed, too."""
    lens: float = 0.05
    """Area of that, in squares of the distance between the outer corners of the eyes, from which it counts: 0.09 to
    0.37 on seven real sunglasses, up to 0.014 on eight clear pairs, whose rims meet brows."""
    dark: float = 0.45
    """Brightness, in [0, 1], below which such lenses are dark."""
    size_px: int = 160
    """Side of the picture in which outlines are compared."""
    margin: float = 1.5
    """How much larger than brows and eyes that picture is."""


GLASSES_DEFAULTS = GlassesOptions()


class GlassesFitter:
    """What depends on the model alone.

    Args:
        model: the face model.
    """

    def __init__(self, model: FaceModel) -> None:
        self.model = model
        self.tables: GlassesTables = glasses_tables(model)


def fit_worn_glasses(
    fitter: GlassesFitter,
    picture: Picture,
    *,
    regions: FaceRegions,
    fine: FineFit,
    options: GlassesOptions = GLASSES_DEFAULTS,
) -> FittedGlasses | None:
    """Give a fitted head the glasses of its picture; None where none are worn.

    Args:
        fitter: of the model.
        picture: sRGB, the one that the head was fitted to.
        regions: of the picture.
        fine: the fitted head.
        options: how glasses are found.

    Raises:
        ValueError: picture and regions differ in size.
    """
    if picture.shape[:2] != regions.classes.shape:
        raise ValueError(f"regions are {regions.classes.shape}, expected the picture's {picture.shape[:2]}")
    sitter, camera = sit(fitter.model, pose_head(fitter.model, fine.neutral, fine.weights)), fine.coarse.camera
    marks = project(camera, landmarks_3d(sitter.skin, fitter.model.landmarks))[:, :2]
    parsed = regions.classes == FaceRegion.GLASSES
    apart = max(float(np.linalg.norm(marks[EYE_CORNERS[1]] - marks[EYE_CORNERS[0]])), 1.0)
    area = np.count_nonzero(parsed) / apart**2
    if area < options.least:
        return None
    core = distance_transform_edt(parsed) > options.lens_m * camera.scale
    filled = np.count_nonzero(core) >= options.lens * apart**2
    dark = bool(filled and picture[core].mean() < 255.0 * options.dark)
    view = view_outline(
        regions,
        (FaceRegion.GLASSES,),
        WEIGHTS,
        crop=(camera, square_around(marks[AROUND], options.margin), options.size_px),
        head=(sitter.skin, fitter.model.skin.faces[0]),
    )
    choice = choose_glasses(sitter, fitter.tables, view, filled=bool(filled))
    opacity = DARK_OPACITY if dark else CLEAR_OPACITY
    frame = _colour_of(0, choice.surfaces, camera, picture, parsed)
    tint = _colour_of(1, choice.surfaces, camera, picture, parsed) if dark else CLEAR
    kind = "sunglasses" if dark else "glasses"
    share = 100.0 * choice.agreement
    note = f"The {kind} are {choice.spec.shape}; their outline agrees with the picture to {share:.0f} %."
    return FittedGlasses(
        shape=choice.spec.shape,
        colour=frame,
        dark=dark,
        parts=(
            _part("frame", choice.surfaces[0], frame),
            replace(_part("lenses", choice.surfaces[1], tint), alpha="blend", opacity=opacity),
        ),
        notes=(note,),
    )


def _colour_of(
    part: int,
    surfaces: tuple[Surface, ...],
    camera: ScaledOrthographic,
    picture: Picture,
    parsed: Bool[np.ndarray, "H W"],
) -> RGB:
    """Return the median where the fitted frame (0) or the lenses (1) are seen; where too little is, of all."""
    fragments = clear(camera.height, camera.width)
    for number, surface in enumerate(surfaces):
        draw(fragments, project(camera, surface.vertices), surface.faces, part=number)
    own = parsed & (fragments.part == part)
    red, green, blue = np.median(picture[own if np.count_nonzero(own) >= LEAST_PIXELS else parsed], axis=0) / 255.0
    return float(red), float(green), float(blue)


def _part(name: str, surface: Surface, colour: RGB) -> WornPart:
    faces = surface.faces
    pixel = np.round(255.0 * np.append(np.array(colour), 1.0)).astype(np.uint8)
    return WornPart(
        name=name,
        mesh=Mesh(vertices=surface.vertices, faces=faces, uv=np.full((1, 2), 0.5), uv_faces=np.zeros_like(faces)),
        normals=vertex_normals(surface.vertices, faces),
        picture=np.tile(pixel, (4, 4, 1)),
        alpha="opaque",
        gloss=surface.gloss,
        two_sided=surface.two_sided,
    )
