"""Test sets: what is kept is what is drawn, and real pictures come with what is known of them."""

import json

import numpy as np
import pytest
from PIL import Image
from tests.fake_renderer import FakeRenderer, fake_sample

from toonface.evaluate.trials import holds, real_folders, real_trials, trial_of, true_neutral
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures
from toonface.io.shards import shard_writer
from toonface.morphable.face_model import neutral_points
from toonface.synth.people.people import coefficients_of
from toonface.synth.render import Renderer

STYLES = ("photo", "toon")


def write_set(path, seed):
    with shard_writer(path, maps=False) as add:
        for index in range(2):
            add(index, FakeRenderer().sample(seed, index, STYLES, 24))


def test_a_kept_set_is_used_while_it_begins_with_what_is_drawn_today(tmp_path):
    path, first = tmp_path / "set.tar", FakeRenderer().sample(3, 0, STYLES, 24)
    assert not holds(path, first)
    write_set(path, 3)
    assert holds(path, first)
    assert not holds(path, FakeRenderer().sample(4, 0, STYLES, 24))
    assert not holds(path, FakeRenderer().sample(3, 0, ("toon",), 24))
    changed = first | {"toon": fake_sample(np.random.default_rng(5), 24)}
    assert not holds(path, changed)


def test_a_damaged_set_is_made_again(tmp_path):
    path = tmp_path / "set.tar"
    write_set(path, 3)
    path.write_bytes(path.read_bytes()[:3000])
    assert not holds(path, FakeRenderer().sample(3, 0, STYLES, 24))


def test_a_trial_has_the_labels_of_its_sample(rng):
    sample = fake_sample(rng, 16)
    trial = trial_of(sample, "toon", 7)
    assert (trial.name, trial.group) == ("toon 7", "toon")
    np.testing.assert_array_equal(trial.points_px, sample.labels.landmarks_px)
    assert trial.picture is sample.picture and trial.labels is sample.labels


@pytest.mark.slow
def test_the_true_head_is_the_one_that_was_drawn():
    renderer = Renderer(load_face_model(), load_textures())
    photo, toon = (true_neutral(renderer, 11, 0, style) for style in STYLES)
    drawn = renderer.sample(11, 0, STYLES, 32)
    np.testing.assert_allclose(
        photo, neutral_points(renderer.model, drawn["photo"].labels.identity.astype(float)), atol=1e-6
    )
    label = drawn["toon"].labels.identity
    np.testing.assert_allclose(coefficients_of(renderer.wardrobe.people, toon), label, atol=1e-3)


def picture_folder(folder, count, points=None):
    folder.mkdir(parents=True)
    for number in range(count):
        Image.new("RGB", (8, 6), (number, 0, 0)).save(folder / f"{number}.png")
    if points is not None:
        (folder / "landmarks.json").write_text(json.dumps(points), "utf-8")


def test_real_pictures_come_folder_by_folder_and_every_third_is_for_validation(tmp_path):
    picture_folder(tmp_path / "portraits" / "london", 4, {"2.png": {"36": [1, 2], "45": [5, 2]}})
    picture_folder(tmp_path / "cartoons" / "fluent", 1)
    picture_folder(tmp_path / "portraits" / "unheard_of", 1)
    trials = list(real_trials(real_folders(tmp_path)))
    assert [trial.name for trial in trials] == [*(f"london/{i}.png" for i in range(4)), "fluent/0.png"]
    assert [trial.validation for trial in trials] == [False, False, True, False, False]
    assert np.isfinite(trials[2].points_px).sum() == 4 and np.isnan(trials[0].points_px).all()
    assert trials[3].picture[0, 0, 0] == 3


def test_a_folder_without_any_of_them_is_refused(tmp_path):
    with pytest.raises(ValueError, match="portraits/london"):
        real_folders(tmp_path)
