"""Laws of the overlays: what is drawn lies where it was found, and the rest of the picture stays as it is."""

import numpy as np
import pytest

from toonface.evaluate import overlay_heads, overlays
from toonface.evaluate.overlay_sheet import LARGEST, SMALLEST, Sheet
from toonface.geometry.camera import camera_from_pose, project
from toonface.io.face_model_file import load_face_model
from toonface.io.sample_files import PALETTE
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import evaluate, skin_vertices, weights_of
from toonface.morphable.landmarks import landmarks_3d
from toonface.types import DetectedFace, Expression, FaceRegion, FaceRegions, Landmarks

SIZE = 640
GREY = np.full((SIZE, SIZE, 3), 100, np.uint8)


@pytest.fixture(scope="module")
def model():
    return load_face_model()


@pytest.fixture(scope="module")
def points():
    """68 points far from each other."""
    across, down = np.meshgrid(np.linspace(40, 600, 9), np.linspace(60, 580, 8))
    return np.stack([across.ravel(), down.ravel()], axis=1)[:68]


def face_at(left, top, right, bottom):
    box = np.array([left, top, right, bottom], float)
    points = box[:2] + (box[2:] - box[:2]) * [[0.3, 0.3], [0.7, 0.3], [0.5, 0.5], [0.35, 0.8], [0.65, 0.8]]
    return DetectedFace(box_px=box, points_px=points, confidence=0.9)


def at(page, point):
    return page[int(point[1]), int(point[0])].astype(int)


@pytest.mark.parametrize(
    ("height", "width", "scale"),
    [(256, 256, 2), (100, 50, 6), (1, 1, SMALLEST), (SIZE, SIZE, 1), (512, 300, 1), (1000, 2 * LARGEST, 0.5)],
)
def test_a_picture_is_shown_at_a_legible_size(height, width, scale):
    sheet = Sheet.of(np.zeros((height, width, 3), np.uint8))
    assert sheet.scale == scale
    assert sheet.picture.size == (round(width * scale), round(height * scale))


def test_a_picture_without_a_face_stays_as_it_is():
    np.testing.assert_array_equal(overlays.draw_faces(GREY, []), GREY)


def test_a_face_is_drawn_where_it_is_and_nowhere_else():
    face = face_at(200, 250, 400, 450)
    page = overlays.draw_faces(GREY, [face])
    for point, colour in zip(face.points_px, overlays.FIVE_COLOURS, strict=True):
        np.testing.assert_allclose(at(page, point), colour, atol=2)
    for edge in ((200, 350), (400, 350), (300, 250), (300, 450)):
        assert (at(page, edge) != 100).any()
    changed = np.argwhere((page != GREY).any(axis=2))
    assert changed.min() >= 200 - 6 and changed[:, 0].max() <= 450 + 6 and changed[:, 1].max() <= 400 + 6


@pytest.mark.parametrize("box", [(-80, -90, 700, 720), (600, -40, 700, 60), (0, 0, 3, 3)])
def test_a_face_may_reach_beyond_the_picture(box):
    page = overlays.draw_faces(GREY, [face_at(*box)])
    assert page.shape == GREY.shape and (page != GREY).any()


def test_every_landmark_is_drawn_in_the_colour_of_its_part(points):
    page = overlays.draw_landmarks(GREY, Landmarks(points_px=points, sigma_px=np.full(68, 1.0)))
    drawn = [number for _, numbers in overlays.PARTS for number in dict.fromkeys(numbers)]
    assert sorted(drawn) == list(range(68))
    for colour, numbers in overlays.PARTS:
        for number in numbers:
            np.testing.assert_allclose(at(page, points[number]), colour, atol=2)


def test_an_uncertain_landmark_has_a_faint_circle_of_its_sigma(points):
    sigma = np.full(68, 0.5)
    sigma[67] = 30.0
    sure = overlays.draw_landmarks(GREY, Landmarks(points_px=points, sigma_px=np.full(68, 0.5)))
    page = overlays.draw_landmarks(GREY, Landmarks(points_px=points, sigma_px=sigma))
    inside, outside = points[67] + [0, 24], points[67] + [0, 33]
    assert 2 < np.abs(at(page, inside) - 100).max() < 60
    np.testing.assert_array_equal(at(page, outside), at(sure, outside))


def test_regions_are_tinted_and_outlined_and_the_background_stays():
    classes = np.zeros((SIZE, SIZE), np.uint8)
    classes[200:400, 100:500] = FaceRegion.HAIR
    page = overlays.draw_regions(GREY, FaceRegions(classes=classes))
    mixed = 0.5 * 100 + 0.5 * PALETTE[FaceRegion.HAIR]
    np.testing.assert_allclose(at(page, (300, 300)), mixed, atol=1)
    np.testing.assert_array_equal(at(page, (300, 100)), [100, 100, 100])
    border = page[195:206, 300].max(axis=0)
    assert (border > 160).all()


def test_regions_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"regions have shape \(2, 3\), expected the picture's, \(640, 640\)"):
        overlays.draw_regions(GREY, FaceRegions(classes=np.zeros((2, 3), np.uint8)))


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_the_fitted_head_lies_over_the_picture_where_the_camera_puts_it(model, scale):
    size = round(scale * SIZE)
    camera = camera_from_pose(np.array([0.0, 0.4, 0.1, 0.02, 0.0, np.log(scale * 1500.0)]), size, size)
    zeros = {"identity": np.zeros(80), "expression": np.zeros(64), "texture": np.zeros(80), "light": np.zeros(9)}
    picture = GREY[:size, :size]
    page = overlay_heads.draw_fit(picture, CoarseFit(camera=camera, **zeros), model)
    shown = page.shape[0]
    assert page.shape == (shown, 2 * shown, 3)
    np.testing.assert_array_equal(page[:, :shown], 100)
    head = skin_vertices(model, evaluate(model, np.zeros(80), np.zeros(64)))
    place = project(camera, landmarks_3d(head, model.landmarks))[17:, :2] * shown / size
    covered = (np.abs(page[:, shown:].astype(int) - 100) > 3).any(axis=2)
    assert all(covered[int(y), int(x)] for x, y in place)
    rows, columns = np.nonzero(covered)
    low, high = project(camera, head)[:, :2].min(axis=0), project(camera, head)[:, :2].max(axis=0)
    np.testing.assert_allclose(rows.min(), low[1] * shown / size, atol=2)
    assert columns.min() >= low[0] * shown / size - 2 and columns.max() <= high[0] * shown / size + 2


def test_an_expression_is_worn_by_the_mean_head_beside_the_picture(model):
    def page(mix, gaze=0.0):
        expression = Expression(weights=weights_of(mix), gaze_radians=np.full((2, 2), gaze), rotation=np.eye(3))
        return overlay_heads.draw_expression(GREY, expression, model)

    neutral, open_mouth = page({}), page({"jawOpen": 1.0})
    assert neutral.shape == (SIZE, SIZE + SIZE + SIZE // 2, 3)
    np.testing.assert_array_equal(neutral[:, :SIZE], GREY)
    changed = (neutral != open_mouth).any(axis=2)
    assert not changed[:, :SIZE].any()
    head = changed[:, SIZE : 2 * SIZE]
    assert head[SIZE // 2 :].any() and not head[: SIZE // 4].any()
    assert changed[:, 2 * SIZE :].any()
