"""The suite: networks that know the truth make no error, planted errors are measured, nothing is dropped."""

from dataclasses import replace

import numpy as np
import pytest
from tests.truthful_networks import (
    TruthfulDetector,
    TruthfulExpression,
    TruthfulLandmarks,
    faceless_picture,
    true_trial,
    truthful_networks,
)

from toonface.evaluate.network_metrics import OUTER_CORNERS
from toonface.evaluate.network_suite import measure_networks


class Sets:
    """A few pictures of each kind."""

    def __init__(self, model):
        rng = np.random.default_rng(7)
        self.model = model
        styles = ("photo", "toon", "photo", "toon", "toon", "toon")
        self.trials = [true_trial(model, rng, number, style) for number, style in enumerate(styles)]

    def held_out(self):
        yield from self.trials[:4]

    def expressions(self):
        yield from self.trials

    def real(self):
        """Two with most points, of which one may be learned from, one without points, and a cartoon."""
        given = self.trials[0].points_px.copy()
        given[:17] = np.nan
        hidden = np.full((68, 2), np.nan)
        plain = [replace(trial, labels=None, neutral=None) for trial in self.trials]
        yield replace(plain[0], name="london/a.jpg", group="london", points_px=given, validation=False)
        yield replace(plain[0], name="london/c.jpg", group="london", points_px=given)
        yield replace(plain[1], name="interfaces/a.jpg", group="interfaces", points_px=hidden)
        yield replace(plain[2], name="fluent/a.png", group="fluent", points_px=hidden)

    def faceless(self):
        for _ in range(5):
            yield faceless_picture()


@pytest.fixture(scope="module")
def sets(face_model):
    return Sets(face_model)


@pytest.fixture(scope="module")
def figures(sets):
    return measure_networks(truthful_networks(sets.trials), sets)


def test_the_truth_has_no_landmark_error_and_is_found(figures):
    for group in ("toon", "photo"):
        for name in ("nme", "nme_eyes", "nme_contour", "nme_true_box"):
            assert figures[f"landmarks.{group}.{name}"] == pytest.approx(0.0, abs=1e-3)
        assert figures[f"landmarks.{group}.missed"] == 0.0
    for name in ("real.nme", "real.nme_london", "real_all.nme"):
        assert figures[f"landmarks.{name}"] == pytest.approx(0.0, abs=1e-3)
    assert "landmarks.real.nme_contour" not in figures  # no such point is given
    for name in ("recall", "recall_toon", "recall_photo", "real", "real_london", "real_interfaces", "fluent"):
        assert figures[f"detector.{name}"] == 1.0
    assert figures["detector.false"] == 0.0 and figures["detector.beside"] == 0.0


def test_the_truth_has_no_error_in_coefficients_and_expression(figures):
    for prefix in ("coarse", "coarse.photo"):
        for ending in ("", "_true_box"):
            assert figures[f"{prefix}.vertex_mm{ending}"] == pytest.approx(0.0, abs=1e-3)
            assert figures[f"{prefix}.landmark_nme{ending}"] == pytest.approx(0.0, abs=1e-3)
            assert figures[f"{prefix}.pose_deg{ending}"] == pytest.approx(0.0, abs=0.02)
        assert figures[f"{prefix}.mean_head_vertex_mm"] > 1.0
        assert figures[f"{prefix}.best_vertex_mm"] == pytest.approx(0.0, abs=1e-3)
    assert figures["expression.mae"] == pytest.approx(0.0, abs=1e-6)
    assert figures["expression.pose_deg"] == pytest.approx(0.0, abs=0.02)
    assert figures["gaze.deg"] == pytest.approx(0.0, abs=1e-3) and figures["gaze.straight_ahead_deg"] > 0.5
    assert figures["expression.corr.jawOpen"] == pytest.approx(1.0)
    assert figures["expression.corr.eyeBlink"] == pytest.approx(1.0)
    assert figures["expression.constant_mae"] > 0.01


def test_the_true_regions_overlap_wholly_but_for_the_grid_on_which_they_are_told(figures):
    for name in ("miou", "eyes_iou", "miou_true_box", "toon.miou", "photo.miou", "iou_skin", "iou_inner_mouth"):
        assert figures[f"parser.{name}"] > 0.85
    assert figures["parser.iou_hair"] is None


def test_the_names_that_others_rely_on_are_there(figures):
    names = ["landmarks.toon.nme", "landmarks.photo.nme", "landmarks.real.nme", "detector.recall", "detector.real"]
    names += ["detector.fluent", "parser.miou", "parser.eyes_iou", "coarse.vertex_mm", "coarse.landmark_nme"]
    names += ["expression.mae", "gaze.deg"]
    names += [f"expression.corr.{shape}" for shape in ("jawOpen", "eyeBlink", "smile", "pucker", "browInnerUp")]
    names += ["expression.corr.cheekPuff", "expression.corr.tongueOut"]
    assert set(names) <= figures.keys()


def test_pictures_are_counted(figures):
    counts = {name.removeprefix("pictures."): n for name, n in figures.items() if name.startswith("pictures.")}
    assert counts == {"photo": 2, "toon": 2, "london": 2, "interfaces": 1, "fluent": 1, "faceless": 5}


def test_a_planted_shift_is_the_landmark_error(sets):
    networks = truthful_networks(sets.trials) | {"landmarks": TruthfulLandmarks(sets.trials, (3.0, -4.0))}
    figures = measure_networks({name: networks[name] for name in ("detector", "landmarks")}, sets)
    for group in ("photo", "toon"):
        units = [
            np.linalg.norm(np.subtract(*trial.points_px[list(OUTER_CORNERS)]))
            for trial in sets.held_out()
            if trial.group == group
        ]
        expected = np.mean(5.0 / np.array(units))
        assert figures[f"landmarks.{group}.nme"] == pytest.approx(expected, rel=0.01)
        assert figures[f"landmarks.{group}.nme_true_box"] == pytest.approx(expected, rel=0.01)


def test_planted_weights_and_gaze_are_the_error(sets):
    class Off(TruthfulExpression):
        def tell(self, place, trial):
            found = super().tell(place, trial)
            weights, gaze = np.array(found["weights"]), np.array(found["gaze"])
            weights[0], weights[60] = 1.0 - weights[0], 1.0 - weights[60]  # one of the 52, and one that is not
            return found | {"weights": weights, "gaze": gaze + np.radians([0.0, 4.0, 0.0, 4.0])}

    figures = measure_networks({"expression": Off(sets.trials)}, sets)
    away = [abs(1.0 - 2.0 * trial.labels.expression[0]) / 52.0 for trial in sets.held_out()]
    assert figures["expression.mae"] == pytest.approx(np.mean(away), abs=1e-6)
    assert figures["gaze.deg"] == pytest.approx(4.0, abs=1e-3)
    assert figures["expression.corr.eyeBlinkLeft"] == pytest.approx(-1.0)


def test_a_face_that_is_not_found_counts_from_the_whole_picture(sets):
    class Blind(TruthfulDetector):
        def tell(self, place, trial):
            return {name: values[0] for name, values in self.nothing().items()}

    figures = measure_networks(truthful_networks(sets.trials) | {"detector": Blind(sets.trials)}, sets)
    assert figures["detector.recall"] == figures["detector.real"] == figures["detector.fluent"] == 0.0
    assert figures["landmarks.toon.missed"] == figures["landmarks.real.missed"] == 1.0
    # The networks behind it know the truth in whatever frame.
    assert figures["landmarks.toon.nme"] == pytest.approx(0.0, abs=1e-3)


def test_a_box_beside_the_face_is_no_recall(sets):
    class Beside(TruthfulDetector):
        def tell(self, place, trial):
            found = super().tell(place, trial)
            return found | {"boxes": 0.4 * np.array(found["boxes"])}

        def nothing(self):
            return super().nothing() | {
                "scores": np.ones((1, 1), np.float32),
                "boxes": np.full((1, 1, 4), [4, 4, 20, 20.0]),
            }

    figures = measure_networks({"detector": Beside(sets.trials)}, sets)
    assert figures["detector.recall"] == 0.0 and figures["detector.beside"] == 1.0 and figures["detector.false"] == 1.0


def test_networks_that_are_not_there_are_left_out_and_the_result_says_so(sets):
    networks = truthful_networks(sets.trials)
    figures = measure_networks({"coarse": networks["coarse"], "landmarks": networks["landmarks"]}, sets)
    assert {name: n for name, n in figures.items() if name.startswith("networks.")} == {
        "networks.detector": 0.0,
        "networks.landmarks": 1.0,
        "networks.parser": 0.0,
        "networks.coarse": 1.0,
        "networks.expression": 0.0,
    }
    assert figures["coarse.vertex_mm"] == pytest.approx(0.0, abs=1e-3)
    assert figures["landmarks.toon.nme_true_box"] == pytest.approx(0.0, abs=1e-3)
    assert not [name for name in figures if name.startswith(("parser", "expression", "detector", "gaze"))]
    assert "landmarks.toon.nme" not in figures


def test_without_networks_there_are_only_counts(sets):
    figures = measure_networks({}, sets)
    assert all(name.startswith(("networks.", "pictures.")) for name in figures)


def test_every_test_portrait_and_real_picture_is_shown_to_who_watches(sets):
    seen, said = {}, []
    networks = truthful_networks(sets.trials)
    measure_networks(networks, sets, said.append, lambda trial, answer, errors: seen.update({trial.name: errors}))
    assert seen.keys() == {trial.name for trial in [*sets.held_out(), *sets.real()]}
    assert seen["toon 1"].keys() == {"detector", "landmarks", "parser", "coarse", "expression"}
    assert "landmarks" in seen["london/c.jpg"] and "landmarks" not in seen["london/a.jpg"]
    assert "toon 1" in said and "faceless 4" in said
