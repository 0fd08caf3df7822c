"""Laws of detection: what the network says about its own pixels is said about the picture's, once per face."""

import numpy as np
import pytest

from toonface.stages.detection import (
    FINER_SIZE,
    MOST_OVERLAP,
    SIZE,
    SURER,
    detect_faces,
    keep_strongest,
    letter_box,
    overlaps,
)


class PlantedFaces:
    """A network that sees planted boxes, given in shares of the picture's longer side."""

    def __init__(self, boxes, scores, least_side=0):
        self.boxes, self.scores, self.least_side = np.array(boxes, float).reshape(-1, 4), np.array(scores), least_side
        self.seen = []

    def __call__(self, picture):
        self.seen.append(picture)
        long_side = max(picture.shape[2:])
        boxes = (self.boxes * long_side if long_side >= self.least_side else self.boxes[:0]).astype(np.float32)
        points = np.stack([boxes[:, :2]] * 4 + [boxes[:, 2:]], axis=1)
        return {"scores": np.float32(self.scores[: len(boxes)])[None], "boxes": boxes[None], "points": points[None]}


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (300, 400, 3)).astype(np.uint8)


def test_faces_come_back_in_pixels_of_the_picture_the_largest_first(picture):
    network = PlantedFaces([[0.1, 0.1, 0.2, 0.25], [0.5, 0.25, 0.75, 0.5]], [0.9, 0.8])
    faces = detect_faces(network, picture)
    np.testing.assert_allclose([face.box_px for face in faces], [[200, 100, 300, 200], [40, 40, 80, 100]], rtol=1e-6)
    np.testing.assert_allclose(faces[0].points_px, [[200, 100]] * 4 + [[300, 200]], rtol=1e-6)
    assert [face.confidence for face in faces] == pytest.approx([0.8, 0.9])
    assert faces[1].width_px == pytest.approx(60.0)


@pytest.mark.parametrize("shape", [(300, 400), (90, 31), (1000, 20), (1, 1), (2000, 1999)])
def test_the_network_sees_the_picture_in_multiples_of_its_stride(shape):
    network = PlantedFaces([], [])
    assert detect_faces(network, np.full((*shape, 3), 40, np.uint8)) == ()
    for seen, long_side in zip(network.seen, (SIZE, FINER_SIZE), strict=True):
        height, width = seen.shape[2:]
        assert max(height, width) == long_side
        assert height % 32 == width % 32 == 0
        wanted = np.array(shape) * long_side / max(shape)
        assert (np.array([height, width]) >= wanted - 1e-6).all()
        assert (np.array([height, width]) < wanted + 32).all()
        np.testing.assert_array_equal(seen, np.full_like(seen, np.float32(40) / np.float32(255)))


def test_a_letter_box_is_the_picture_scaled_and_its_edge():
    picture = np.full((64, 160, 3), 200, np.uint8)
    picture[:, 80:] = 100
    picture[-1] = 30
    box, scale = letter_box(picture, 320)
    assert scale == 2.0
    assert box.shape == (128, 320, 3)
    np.testing.assert_array_equal(box[10, [0, 158, 161, 319], 0], [200, 200, 100, 100])
    box, scale = letter_box(picture[:60], 160)
    assert scale == 1.0
    np.testing.assert_array_equal(box[:60], picture[:60])
    np.testing.assert_array_equal(box[60:], np.repeat(picture[59:60], 4, axis=0))


def test_where_nothing_is_found_it_looks_closer(picture):
    network = PlantedFaces([[0.1, 0.1, 0.15, 0.15]], [0.9], least_side=FINER_SIZE)
    (face,) = detect_faces(network, picture)
    np.testing.assert_allclose(face.box_px, [40, 40, 60, 60], rtol=1e-6)


def test_where_something_is_found_it_looks_once(picture):
    network = PlantedFaces([[0.1, 0.1, 0.15, 0.15]], [0.9])
    detect_faces(network, picture)
    assert len(network.seen) == 1


def test_less_confident_faces_do_not_count(picture):
    network = PlantedFaces([[0.1, 0.1, 0.2, 0.2], [0.5, 0.5, 0.6, 0.6]], [0.6, 0.4])
    assert [len(detect_faces(network, picture, threshold=t)) for t in (0.3, 0.5, 0.7)] == [2, 1, 0]


def test_one_face_seen_thrice_is_one(picture):
    boxes = [[0.1, 0.1, 0.3, 0.3], [0.11, 0.1, 0.31, 0.3], [0.1, 0.12, 0.3, 0.32], [0.5, 0.5, 0.6, 0.6]]
    faces = detect_faces(PlantedFaces(boxes, [0.7, 0.9, 0.8, 0.6]), picture)
    assert [face.confidence for face in faces] == pytest.approx([0.9, 0.6])


def test_boxes_without_an_area_or_beyond_the_picture_are_no_faces(picture):
    """The lower quarter of the network's input is the picture's last row, drawn out."""
    boxes = [[0.5, 0.5, 0.5, 0.6], [0.6, 0.5, 0.5, 0.6], [0.2, 0.76, 0.3, 0.9], [-0.2, 0.2, 0.1, 0.4]]
    assert detect_faces(PlantedFaces(boxes, [0.9] * 4), picture) == ()


def test_no_kept_box_overlaps_another_and_every_dropped_one_overlaps_a_stronger():
    rng = np.random.default_rng(1)
    low = rng.uniform(0.0, 60.0, (80, 2))
    boxes = np.concatenate([low, low + rng.uniform(5.0, 40.0, (80, 2))], axis=1)
    scores = rng.uniform(size=80)
    kept = keep_strongest(boxes, scores)
    assert 5 < len(kept) < 75
    assert (np.diff(scores[kept]) <= 0.0).all()
    for i in range(80):
        shared = overlaps(boxes[i], boxes[kept])
        if i in kept:
            assert (shared > MOST_OVERLAP).sum() == 1  # itself
        else:
            assert scores[kept][shared > MOST_OVERLAP].max() > scores[i]


def test_overlaps_are_shares_of_the_union():
    box = np.array([0.0, 0.0, 2.0, 2.0])
    others = np.array([[0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 3.0, 2.0], [2.0, 2.0, 4.0, 4.0], [0.5, 0.5, 1.5, 1.5]])
    np.testing.assert_allclose(overlaps(box, others), [1.0, 1.0 / 3.0, 0.0, 0.25])


@pytest.mark.parametrize("threshold", [-0.1, 1.1, np.nan])
def test_a_threshold_that_is_no_confidence_is_refused(picture, threshold):
    with pytest.raises(ValueError, match=r"threshold is .*, expected \[0, 1\]"):
        detect_faces(PlantedFaces([], []), picture, threshold=threshold)


def test_outputs_of_unequal_length_are_refused(picture):
    def network(_):
        return {"scores": np.ones((1, 3)), "boxes": np.ones((1, 2, 4)), "points": np.ones((1, 3, 5, 2))}

    with pytest.raises(ValueError, match=r"'boxes' has shape \(1, 2, 4\), expected \(1, 3, 4\)"):
        detect_faces(network, picture)


def test_the_second_look_has_to_be_surer(picture):
    """A face that only the finer look can see counts a little later than one of the first look."""
    box = [[0.1, 0.1, 0.2, 0.25]]
    small = PlantedFaces(box, [0.57], least_side=SIZE + 1)
    assert detect_faces(PlantedFaces(box, [0.57]), picture, threshold=0.55)
    assert detect_faces(small, picture, threshold=0.55) == ()
    assert detect_faces(small, picture, threshold=0.56 - SURER)
