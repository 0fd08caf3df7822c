"""Laws of what the detector is asked: every face has a place, and the loss is least at the truth."""

import numpy as np
import pytest
import torch

from toonface.nets.detector_losses import Grid, ask, detector_losses, focal_loss, generalised_overlap
from toonface.nets.detector_net import Detections

SIZE = 320
GRID = Grid.of(SIZE, torch.device("cpu"))


def face(centre, sides, counts=1.0):
    low, high = np.array(centre) - 0.5 * np.array(sides), np.array(centre) + 0.5 * np.array(sides)
    points = low + np.array([[0.3, 0.3], [0.7, 0.3], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]) * (high - low)
    return np.concatenate([[counts], low, high, points.ravel()])


def faces(*rows):
    return torch.tensor(np.array([[*rows, np.zeros(15)]], np.float32))


def truth_everywhere(rows, asked):
    """A prediction that is right at every place that is asked."""
    chosen = rows[0][asked.face[0]]
    logits = torch.where(asked.positive, 12.0, -12.0)
    return Detections(logits, chosen[None, :, 1:5], chosen[None, :, 5:].unflatten(-1, (5, 2)))


def test_every_face_has_a_place():
    rng = np.random.default_rng(0)
    for _ in range(300):
        side = np.exp(rng.uniform(np.log(20.0), np.log(400.0)))
        sides = side * np.array([1.0, rng.uniform(0.6, 1.0)])[:: rng.choice([-1, 1])]
        asked = ask(faces(face(rng.uniform(20.0, 300.0, 2), sides)), GRID)
        assert asked.positive.sum() >= 1
        assert asked.positive.sum() <= 120


@pytest.mark.parametrize(("side", "stride"), [(30.0, 8), (90.0, 16), (300.0, 32)])
def test_places_lie_in_the_middle_of_the_face_at_the_level_of_its_size(side, stride):
    centre = np.array([160.0, 140.0])
    asked = ask(faces(face(centre, (side, side))), GRID)
    assert set(GRID.strides[asked.positive[0]].tolist()) == {stride}
    away = (GRID.places_px[asked.positive[0]].numpy() - centre).__abs__().max()
    assert away <= max(0.2 * side, stride)


def test_the_ring_round_the_middle_is_spared_and_the_rest_is_not():
    asked = ask(faces(face((160.0, 160.0), (96.0, 96.0))), GRID)
    away = (GRID.places_px - 160.0).abs().amax(dim=1) / 96.0
    ring = (GRID.strides == 16) & (away > 0.18) & (away < 0.32)
    assert ring.any()
    assert asked.spared[0][ring].all()
    assert not asked.spared[0][away > 0.34].any()
    assert not (asked.spared & asked.positive).any()


def test_of_two_faces_the_nearer_middle_counts():
    rows = faces(face((100.0, 160.0), (90.0, 90.0)), face((130.0, 160.0), (90.0, 90.0)))
    asked = ask(rows, GRID)
    x = GRID.places_px[asked.positive[0], 0]
    np.testing.assert_array_equal(asked.face[0][asked.positive[0]], (x > 115.0).long())


def test_nobody_is_asked_for_an_unsure_face():
    asked = ask(faces(face((160.0, 160.0), (90.0, 90.0), counts=-1.0)), GRID)
    assert not asked.positive.any()
    inside = (GRID.places_px - 160.0).abs().amax(dim=1) < 44.0
    assert asked.spared[0][inside].all()
    assert not asked.spared[0][~inside & ((GRID.places_px - 160.0).abs().amax(dim=1) > 46.0)].any()


def test_without_faces_nothing_is_asked_and_the_loss_is_finite():
    rows = torch.zeros(1, 2, 15)
    asked = ask(rows, GRID)
    assert not asked.positive.any() and not asked.spared.any()
    losses = detector_losses(truth_everywhere(rows, asked), rows, GRID)
    assert all(torch.isfinite(loss) for loss in losses)
    assert losses.boxes == 0.0 and losses.points == 0.0


def test_the_truth_has_no_loss_and_every_fault_has_some():
    rows = faces(face((100.0, 160.0), (90.0, 80.0)), face((220.0, 100.0), (40.0, 50.0)))
    right = truth_everywhere(rows, ask(rows, GRID))
    assert max(detector_losses(right, rows, GRID)) < 1e-3
    wrong = detector_losses(right._replace(boxes=right.boxes + 9.0), rows, GRID)
    assert wrong.boxes > 0.1 and wrong.points < 1e-3
    wrong = detector_losses(right._replace(points=right.points + 9.0), rows, GRID)
    assert wrong.points > 0.1 and wrong.boxes < 1e-3
    assert detector_losses(right._replace(scores=-right.scores), rows, GRID).scores > 1.0


def test_a_distance_of_points_counts_in_sides_of_the_box():
    rows = faces(face((160.0, 160.0), (100.0, 60.0)))
    right = truth_everywhere(rows, ask(rows, GRID))
    wrong = right._replace(points=right.points + 8.0)
    assert detector_losses(wrong, rows, GRID).points.item() == pytest.approx(8.0 / 80.0, abs=1e-5)


def test_the_focal_loss_is_that_of_the_paper():
    logits = torch.tensor([0.3, 0.3])
    p = 1.0 / (1.0 + np.exp(-0.3))
    expected = [0.25 * (1.0 - p) ** 2 * -np.log(p), 0.75 * p**2 * -np.log(1.0 - p)]
    np.testing.assert_allclose(focal_loss(logits, torch.tensor([True, False])), expected, rtol=1e-5)


def test_generalised_overlap_of_boxes_that_one_can_count():
    box = torch.tensor([[0.0, 0.0, 2.0, 2.0]])
    for other, expected in (
        ([0.0, 0.0, 2.0, 2.0], 1.0),
        ([1.0, 0.0, 3.0, 2.0], 2.0 / 6.0),
        ([1.0, 1.0, 3.0, 3.0], 1.0 / 7.0 - 2.0 / 9.0),
        ([4.0, 0.0, 6.0, 2.0], -4.0 / 12.0),
    ):
        assert generalised_overlap(box, torch.tensor([other])).item() == pytest.approx(expected, abs=1e-6)
