"""Pictures of planted heads in plain colours, with their true regions."""

import numpy as np

from toonface.geometry.camera import project
from toonface.geometry.rasterize import clear, draw, interpolate
from toonface.morphable.eyeball import LIMBUS
from toonface.morphable.face_model import pose_head, skin_vertices, subdivide
from toonface.types import FaceRegion, FaceRegions

SKIN_COLOUR, HAIR_COLOUR = (200, 150, 120), (20, 60, 150)
GREEN, MAGENTA, IRIS_COLOUR = (0, 255, 0), (255, 0, 255), (60, 110, 170)


def posed_skin(model, fine):
    return skin_vertices(model, pose_head(model, fine.neutral, fine.weights))


def drawn(model, fine):
    camera = fine.coarse.camera
    fragments = clear(camera.height, camera.width)
    draw(fragments, project(camera, posed_skin(model, fine)), model.skin.faces[0], part=0)
    head = pose_head(model, fine.neutral, fine.weights)
    ball = model.eyeball.vertices()
    for side, (centre, radius, turn) in enumerate(
        zip(head.eyes.centres, head.eyes.radii, head.eyes.rotations, strict=True)
    ):
        draw(fragments, project(camera, centre + radius * ball @ turn.T), model.eyeball.faces, part=1 + side)
    return fragments


def paint(baker, fine, colours=None, hair=True):
    """A head before pure green with magenta eyes and blue irises, its scalp blue where it has hair.

    `colours` may give one colour per vertex of the skin.
    """
    model = baker.model
    fragments = drawn(model, fine)
    skin, shape = fragments.part == 0, fragments.part.shape
    plain = np.broadcast_to(np.array(SKIN_COLOUR, float), (len(baker.mirror), 3)) if colours is None else colours
    picture = np.broadcast_to(np.array(GREEN, np.uint8), (*shape, 3)).copy()
    picture[skin] = np.round(interpolate(fragments, 0, baker.faces, plain))[skin]
    classes = np.where(skin, FaceRegion.SKIN, FaceRegion.BACKGROUND).astype(np.uint8)
    scalp = skin & (interpolate(fragments, 0, baker.faces, baker.scalp[:, None])[..., 0] > 0.5)
    if hair:
        picture[scalp], classes[scalp] = HAIR_COLOUR, FaceRegion.HAIR
    for side, region in enumerate((FaceRegion.EYE_LEFT, FaceRegion.EYE_RIGHT)):
        eye = fragments.part == 1 + side
        polar = interpolate(fragments, 1 + side, model.eyeball.faces, model.eyeball.polar[:, None])[..., 0]
        picture[eye], classes[eye] = MAGENTA, region
        picture[eye & (polar < LIMBUS)] = IRIS_COLOUR
    return picture, FaceRegions(classes=classes)


def checkers(baker, side_m=0.012):
    """A value of each vertex and texel: fields of a chess board on the mean head, alike on both sides."""
    rest = subdivide(baker.model, baker.model.mean[: baker.model.skin.count])
    return rest, lambda points: np.floor(np.abs(points[..., 0]) / side_m + 0.5) + np.floor(points[..., 1] / side_m)


def paint_checkers(baker, fine):
    """The chess board in two tones on a bare head, at every pixel, and the same at every texel."""
    picture, regions = paint(baker, fine, hair=False)
    rest, field = checkers(baker)
    fragments = drawn(baker.model, fine)
    skin = fragments.part == 0
    light = field(interpolate(fragments, 0, baker.faces, rest)) % 2
    picture[skin] = np.where(light[skin, None] == 1, (220, 170, 140), (180, 130, 100))
    corners = rest[baker.faces[baker.charts.triangle]]
    texels = np.einsum("ijk,ijkc->ijc", baker.charts.weights.astype(float), corners)
    return picture, regions, field(texels) % 2 == 1


def of_texels(baker, weight):
    """Texels whose three vertices all have a weight above 0.99."""
    return weight[baker.faces].min(axis=1)[baker.charts.triangle] > 0.99
