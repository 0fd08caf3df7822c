import numpy as np
import pytest

from toonface.evaluate import face_model_sheets as module
from toonface.evaluate.face_model_sheets import draw_landmarks, face_model_sheets, weights_of
from toonface.io.images import load_textures
from toonface.morphable.face_model import pose_head
from toonface.morphable.names import EXTRAS, SHAPES, VISEMES, side_of
from toonface.synth.preview import PLAIN, View, render_head

STUB = np.zeros((4, 4, 3), np.uint8)


@pytest.fixture(scope="module")
def textures():
    return load_textures()


@pytest.fixture
def all_sheets(face_model, textures, rng, monkeypatch):
    """Every sheet by name, drawn by a stub that keeps what it was asked for."""
    asked = []

    def stub(model, head, textures, *look_and_view):
        asked.append((head, *look_and_view))
        return STUB

    monkeypatch.setattr(module, "render_head", stub)
    monkeypatch.setattr(module, "render_clay", stub)
    monkeypatch.setattr(module, "draw_landmarks", lambda model, head, picture, view: picture)
    return {sheet.name: sheet for sheet in face_model_sheets(face_model, textures, rng)}, asked


def labels(sheet):
    return [label for label, _ in sheet.pictures]


def test_named_weights_land_on_their_shapes_and_the_rest_is_zero():
    weights = weights_of({"jawOpen": 0.5, "mouthSmileLeft": 1.0})
    assert {SHAPES[k]: weights[k] for k in np.flatnonzero(weights)} == {"jawOpen": 0.5, "mouthSmileLeft": 1.0}
    assert not weights_of({}).any()


def test_a_name_that_is_no_shape_has_no_weight():
    with pytest.raises(ValueError, match="not in"):
        weights_of({"noseWiggle": 1.0})


def test_every_shape_is_on_a_shape_sheet_left_ones_for_both_sides(all_sheets):
    sheets, _ = all_sheets
    drawn = [label for name, sheet in sheets.items() if name.startswith("shapes-") for label in labels(sheet)]
    assert set(drawn) == {"neutral", *(shape for shape in SHAPES if side_of(shape) != "right")}


def test_every_picture_of_a_shape_shows_that_shape_alone(all_sheets):
    _, asked = all_sheets
    shown = {tuple(np.flatnonzero(head.weights)) for head, *_ in asked if np.sum(head.weights) == 1.0}
    assert {(SHAPES.index(shape),) for shape in SHAPES if side_of(shape) != "right"} <= shown


def test_visemes_and_extras_are_drawn_in_order(all_sheets):
    sheets, _ = all_sheets
    assert labels(sheets["visemes"]) == list(VISEMES)
    assert labels(sheets["extras"]) == list(EXTRAS)


def test_every_hair_of_the_model_is_worn(all_sheets, face_model):
    _, asked = all_sheets
    worn = {rest[0].hair for _, *rest in asked if len(rest) == 2}
    assert worn - {None} == set(module.HAIR)
    assert set(module.HAIR) == {name for name, part in face_model.parts.items() if part.follows == "identity"}


def test_sheets_are_full_rows_of_pictures_of_one_size(all_sheets):
    sheets, _ = all_sheets
    assert len(sheets) == 10
    for sheet in sheets.values():
        assert len({picture.shape for _, picture in sheet.pictures}) == 1
    for name in ("heads-realistic", "heads-cartoon", "hair", "landmarks", "clay"):
        assert len(sheets[name].pictures) % sheets[name].columns == 0


def test_the_same_seed_draws_the_same_heads(face_model, textures, monkeypatch):
    def drawn():
        asked = []
        monkeypatch.setattr(module, "render_head", lambda model, head, *_: asked.append(head.neutral) or STUB)
        next(face_model_sheets(face_model, textures, np.random.default_rng(3)))
        return np.array(asked)

    first, second = drawn(), drawn()
    np.testing.assert_array_equal(first, second)
    assert (first[0] != first[1]).any()


def test_cartoon_heads_are_stronger_than_realistic_ones(all_sheets, face_model):
    _, asked = all_sheets
    realistic, cartoon = (np.array([head.neutral for head, *_ in asked[at : at + 18]]) for at in (0, 18))
    assert np.abs(cartoon - face_model.mean).mean() > 1.1 * np.abs(realistic - face_model.mean).mean()


def test_every_landmark_is_marked_where_it_is_and_nothing_else_changes(face_model, textures):
    head = pose_head(face_model, face_model.mean, weights_of({}))
    view = View(size=320, centre=(0.0, 0.005, 0.04), half_width=0.1)
    blank = np.zeros((320, 320, 3), np.uint8)
    marked = draw_landmarks(face_model, head, blank, view)
    assert not blank.any()
    colours, counts = np.unique(marked.reshape(-1, 3), axis=0, return_counts=True)
    found = {tuple(colour): count for colour, count in zip(colours.tolist(), counts.tolist(), strict=True)}
    assert set(found) == {(0, 0, 0), (255, 220, 0), (40, 255, 60)}
    assert found[255, 220, 0] == 17 * 9
    assert 51 * 9 * 0.7 < found[40, 255, 60] <= 51 * 9
    rows = np.flatnonzero((marked == [255, 220, 0]).all(axis=2).any(axis=1))
    assert rows.max() > np.flatnonzero((marked == [40, 255, 60]).all(axis=2).any(axis=1)).max()


def test_a_landmark_at_the_border_of_the_picture_is_no_error(face_model):
    head = pose_head(face_model, face_model.mean, weights_of({}))
    view = View(size=40, centre=(0.0, -0.04, 0.04), half_width=0.1)
    draw_landmarks(face_model, head, np.zeros((40, 40, 3), np.uint8), view)


def test_a_real_picture_shows_a_smile_as_a_change_round_the_mouth(face_model, textures):
    view = View(size=96, centre=(0.0, 0.008, 0.06), half_width=0.092)
    smile = weights_of({"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0})
    rest, smiling = (
        render_head(face_model, pose_head(face_model, face_model.mean, weights), textures, PLAIN, view).astype(int)
        for weights in (weights_of({}), smile)
    )
    changed = np.abs(smiling - rest).max(axis=2) > 20
    assert rest.std() > 10.0
    assert changed.any()
    assert changed[:24].sum() == 0
