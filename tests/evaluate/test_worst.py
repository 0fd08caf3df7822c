"""Worst answers: the worst are kept, worst first, and truth and answer are drawn where they are."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from tests.truthful_networks import TruthfulLandmarks, true_trial, truthful_networks

from toonface.evaluate.answers import Answer, answer
from toonface.evaluate.worst import FOUND, TRUE, WorstAnswers, draw_answer, write_worst

KINDS = ("landmarks", "parser", "coarse", "expression", "detector")


@pytest.fixture(scope="module")
def trial(face_model):
    return true_trial(face_model, np.random.default_rng(3), 0, "toon")


@pytest.fixture(scope="module")
def truth(trial):
    return answer(truthful_networks([trial]), trial)


def coloured(picture, colour):
    return np.argwhere((picture == colour).all(axis=2))


def test_only_the_worst_are_kept_and_the_worst_comes_first(face_model, trial, truth):
    worst = WorstAnswers(model=face_model, count=3, size=48)
    for number, error in enumerate([0.2, 0.5, 0.1, 0.4, 0.0, 0.3]):
        worst.see(replace(trial, name=f"toon {number}"), truth, {"landmarks": error})
    ((name, pictures),) = worst.sheets()
    assert name == "landmarks-toon"
    assert [label for label, _ in pictures] == ["toon 1  0.500", "toon 3  0.400", "toon 5  0.300"]


def test_what_is_right_is_never_shown(face_model, trial, truth):
    worst = WorstAnswers(model=face_model, size=48)
    worst.see(trial, truth, dict.fromkeys(KINDS, 0.0))
    assert list(worst.sheets()) == []


def test_truth_hides_an_answer_that_is_right_and_not_one_that_is_off(face_model, trial, truth):
    assert len(coloured(draw_answer("landmarks", trial, truth, face_model, 288), FOUND)) < 40
    networks = truthful_networks([trial]) | {"landmarks": TruthfulLandmarks([trial], (12.0, 0.0))}
    drawn = draw_answer("landmarks", trial, answer(networks, trial), face_model, 288)
    assert len(coloured(drawn, FOUND)) > 100
    shift = coloured(drawn, FOUND).mean(axis=0) - coloured(drawn, TRUE).mean(axis=0)
    assert shift[1] > 5.0 and abs(shift[0]) < 5.0


def test_regions_stand_beside_the_truth(face_model, trial, truth):
    drawn = draw_answer("parser", trial, truth, face_model, 96)
    assert drawn.shape == (96, 288, 3)
    _, true, found = np.split(drawn, 3, axis=1)
    assert (true == found).all(axis=2).mean() > 0.88


def test_points_that_are_not_given_are_not_drawn(face_model, trial, truth):
    few = trial.points_px.copy()
    few[5:] = np.nan
    all_drawn = coloured(draw_answer("landmarks", trial, truth, face_model, 288), TRUE)
    assert len(coloured(draw_answer("landmarks", replace(trial, points_px=few), truth, face_model, 288), TRUE)) < 100
    assert len(all_drawn) > 300


def test_a_missed_face_is_shown_whole(face_model, trial):
    hidden = replace(trial, points_px=np.full((68, 2), np.nan), labels=None, neutral=None)
    drawn = draw_answer("detector", hidden, Answer(faces=()), face_model, 64)
    assert drawn.shape == (64, 64, 3) and not len(coloured(drawn, FOUND))


def test_a_sheet_of_each_kind_is_written(tmp_path, face_model, trial, truth):
    worst = WorstAnswers(model=face_model, size=64)
    for number in range(2):
        worst.see(replace(trial, name=f"toon {number}"), truth, dict.fromkeys(KINDS, 0.5 + number))
    london = replace(trial, group="london", name="london/a.jpg")
    worst.see(london, truth, {"landmarks": 0.1})
    paths = write_worst(worst, tmp_path / "worst")
    names = ["coarse-toon", "detector-toon", "expression-toon", "landmarks-real", "landmarks-toon", "parser-toon"]
    assert [path.stem for path in paths] == names
    assert Image.open(paths[0]).size == (128, 64) and Image.open(paths[-1]).size == (384, 64)
