"""Every shape is there, and what moves in the page is what the file says."""

import numpy as np
import pytest
from tests.browser.pages import drawn, places, pose

from toonface.morphable.names import ARKIT_SHAPES, EXTRAS, VISEMES
from toonface.stages.gltf.reader import from_glb

FLOAT = 2e-6
"""Metres: what is lost between the file's numbers and the page's, which go through joints."""
CHANGED = 24
"""Of 255: a pixel that differs by more has changed."""


@pytest.fixture(scope="module")
def asset(glb):
    return from_glb(glb)


def expected(mesh, weights):
    moved = mesh.positions.astype(float)
    for target in mesh.targets:
        moved[target.vertices] += weights.get(target.name, 0.0) * target.offsets
    return moved


def changed_columns(before, after):
    rows, columns = np.nonzero((np.abs(after.astype(int) - before.astype(int)) > CHANGED).any(axis=2))
    return rows, columns


def test_all_72_names_are_there_and_each_has_a_slider(still):
    names = {*ARKIT_SHAPES, *VISEMES, *EXTRAS}
    assert len(names) == 72
    assert set(still.evaluate("toonface.names()")) == names
    sliders = still.locator(".group input[type=range]")
    assert {sliders.nth(i).get_attribute("aria-label") for i in range(sliders.count())} == names


def test_a_neutral_head_is_drawn_where_the_file_has_it(still, asset):
    pose(still, {})
    for mesh in asset.meshes:
        assert np.abs(places(still, mesh.name) - mesh.positions).max() < FLOAT


@pytest.mark.parametrize("name", ["jawOpen", "eyeBlinkLeft", "mouthSmileRight"])
def test_a_slider_moves_the_vertices_that_its_target_names_and_as_far(still, asset, name):
    pose(still, {})
    still.evaluate("() => document.querySelectorAll('details.group').forEach((group) => { group.open = true; })")
    still.get_by_label(name, exact=True).fill("0.7")
    for mesh in asset.meshes:
        wanted = expected(mesh, {name: 0.7})
        assert np.abs(places(still, mesh.name) - wanted).max() < FLOAT
    face = asset.mesh("face")
    assert np.abs(expected(face, {name: 0.7}) - face.positions).max() > 0.003, "else this test could not fail"
    assert still.evaluate("toonface.weights()")[name] == 0.7


def test_two_shapes_add_up(still, asset):
    weights = {"jawOpen": 0.5, "mouthSmileLeft": 1.0}
    pose(still, weights)
    assert np.abs(places(still, "face") - expected(asset.mesh("face"), weights)).max() < FLOAT


def test_both_sides_move_together_only_when_that_is_asked_for(still):
    pose(still, {})
    still.get_by_label("eyeBlinkLeft", exact=True).fill("0.4")
    assert still.evaluate("toonface.weights().eyeBlinkRight ?? 0") == 0
    still.get_by_label("Both sides").check()
    still.get_by_label("eyeBlinkLeft", exact=True).fill("0.6")
    assert still.evaluate("toonface.weights().eyeBlinkRight") == 0.6
    still.get_by_label("Both sides").uncheck()


def test_the_head_stands_in_the_middle_of_the_picture_and_all_of_it_is_seen(still):
    pose(still, {})
    still.evaluate("toonface.background('none'); toonface.view('front')")
    alpha = drawn(still)[..., 3]
    height, width = alpha.shape
    assert alpha[height // 3 : height // 2, 2 * width // 5 : 3 * width // 5].min() == 255
    assert alpha[0].max() == 0 and alpha[:, 0].max() == 0 and alpha[:, -1].max() == 0
    solid = np.nonzero((alpha == 255).any(axis=1))[0]
    assert 0.55 * height < solid[-1] - solid[0] < 0.9 * height
    columns = np.nonzero((alpha == 255).any(axis=0))[0]
    assert abs((columns[0] + columns[-1]) / 2 - width / 2) < 0.02 * width
    still.evaluate("toonface.background('auto')")


def test_a_blink_changes_the_picture_round_that_eye_only(still):
    pose(still, {})
    before = drawn(still)
    height, width = before.shape[:2]
    pose(still, {"eyeBlinkLeft": 1.0})
    rows, columns = changed_columns(before, drawn(still))
    assert len(rows) > 30
    assert columns.min() > width / 2, "the character's left is right in the picture"
    assert rows.max() - rows.min() < 0.16 * height and columns.max() - columns.min() < 0.2 * width


def test_an_open_jaw_shows_a_dark_mouth_and_leaves_the_eyes_alone(still):
    pose(still, {})
    before = drawn(still)
    pose(still, {"jawOpen": 1.0})
    after = drawn(still)
    rows, columns = changed_columns(before, after)
    eyes, _ = changed_columns(before, (pose(still, {"eyesClosed": 1.0}), drawn(still))[1])
    assert rows.min() > eyes.max()
    changed = after[rows, columns, :3].mean(axis=1)
    assert (changed < 90).sum() > 50, "the inside of the mouth is dark"
