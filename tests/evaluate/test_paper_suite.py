"""The paper's tables: networks that know the truth make no error, a wrong one stands in the order of the methods."""

from dataclasses import replace

import numpy as np
import pytest
from tests.truthful_networks import TruthfulCoarse, true_trial, truthful_networks

from toonface.evaluate.paper_fits import PARTS, FittingTools, fit_all
from toonface.evaluate.paper_suite import COLUMNS, PAPER, measure_paper, paper_lines
from toonface.stages.coarse_refinement import CoarseRefiner
from toonface.stages.fine import FineDeformer
from toonface.stages.rig import Rigger


class WrongCoarse(TruthfulCoarse):
    """Everything is a little off."""

    def tell(self, place, trial):
        numbers = np.array(super().tell(place, trial)["coefficients"])
        numbers[:80] += 0.8 * np.cos(np.arange(80.0))
        numbers[80:144] = 0.0
        numbers[233:239] += [0.03, 0.05, 0.0, 0.002, 0.002, 0.03]
        return {"coefficients": numbers}


@pytest.fixture(scope="module")
def trials(face_model):
    rng = np.random.default_rng(7)
    return [true_trial(face_model, rng, number, "toon") for number in range(2)]


def measured(model, trials, networks, others=None):
    tools = FittingTools(model=model, networks=networks, refiner=CoarseRefiner(model), deformer=FineDeformer(model))
    said = []
    figures = measure_paper(tools, Rigger(model), trials, others=others or {}, progress=said.append)
    assert said == [trial.name for trial in trials]
    return figures


@pytest.fixture(scope="module")
def right(face_model, trials):
    other = {"other": {trial.name: np.add(trial.points_px, [3.0, 4.0]) for trial in trials[:1]}}
    return measured(face_model, trials, truthful_networks(trials), other)


@pytest.fixture(scope="module")
def wrong(face_model, trials):
    return measured(face_model, trials, truthful_networks(trials) | {"coarse": WrongCoarse(trials)})


def test_every_row_has_the_columns_of_the_paper(right):
    for row in ("table1.coarse", "table1.refined", "table1.fine", "table1.fine_detected", *PAPER):
        for column in COLUMNS:
            assert np.isfinite(right[f"{row}.{column}"]), f"{row}.{column}"


def test_the_total_is_the_sum_of_the_parts(wrong):
    for row in PAPER:
        assert wrong[f"{row}.total"] == pytest.approx(sum(wrong[f"{row}.{part}"] for part in PARTS))


def test_the_truth_has_no_error(right):
    assert right["table1.coarse.total"] < 0.05
    assert right["coarse.vertex_mm"] < 0.01
    assert right["table1.fine.total"] < 0.05


def test_a_wrong_start_is_mended_in_the_order_of_the_methods(wrong):
    order = [wrong[f"table2.{row}.total"] for row in ("exp", "id_exp", "fine")]
    assert wrong["table1.coarse.total"] > order[0] > order[1] > order[2]
    assert wrong["ratio.fine.total"] == pytest.approx(wrong["table1.fine.total"] / wrong["table1.coarse.total"])
    assert wrong["ratio.fine.total"] < 0.05
    assert wrong["fine.vertex_mm"] < wrong["coarse.vertex_mm"]


def test_rigs_of_fitted_heads_are_measured(wrong):
    assert wrong["rig.blink_closed_min"] > 0.98
    assert wrong["rig.lip_gap_mm_max"] < 0.3
    assert 0.0 <= wrong["rig.lid_inside_eye_max_mm"] < 0.1
    assert wrong["fine.flipped"] == 0.0


def test_points_of_another_system_are_measured_beside_ours(right, trials):
    # 5 px of the picture, in pixels at 224² of a crop that is 1.6 times as wide as the face
    side = np.ptp(trials[0].points_px, axis=0).max() * 1.6
    expected = 5 * (5.0 * 224.0 / side) ** 2
    assert right["table1.other.total"] == pytest.approx(expected, rel=0.1)  # the crop stands upright with the face


def test_without_all_points_only_the_product_is_measured(face_model, trials):
    some = trials[0].points_px.copy()
    some[:17] = np.nan
    real = replace(trials[0], labels=None, neutral=None, points_px=some)
    figures = measured(face_model, [real], truthful_networks(trials))
    assert "table1.fine.total" not in figures
    assert figures["table1.fine_detected.contour"] is None
    assert figures["table1.fine_detected.total"] < 0.1


def test_snapping_moves_the_eyes_of_the_product_alone(face_model, trials):
    tools = FittingTools(
        model=face_model,
        networks=truthful_networks(trials),
        refiner=CoarseRefiner(face_model),
        deformer=FineDeformer(face_model),
    )
    plain, snapped = (fit_all(replace(tools, snap=snap), trials[0]).found.points_px for snap in (False, True))
    others = np.r_[0:36, 48:68]
    np.testing.assert_array_equal(snapped[others], plain[others])
    assert np.abs(snapped[36:48] - plain[36:48]).max() > 0.5  # the regions' eyes are boxes


def test_lines_show_ours_above_the_paper_s(wrong):
    lines = list(paper_lines(wrong))
    place = next(i for i, line in enumerate(lines) if line.startswith("table1.fine "))
    assert "37.44" in lines[place + 1]
    assert any(line.startswith("rig.blink_closed_min = ") for line in lines)
