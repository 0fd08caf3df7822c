"""Laws of the identity axes: written and read back, of the shipped model, and each moves what its name says."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from tools.face_model.variety import AGES, Detail
from tools.people_axes import (
    FEATURES,
    antisymmetric_components,
    axis_offsets,
    body,
    coefficients,
    identity_fingerprint,
    module_text,
)

from toonface.io.face_model_file import load_face_model, model_folder
from toonface.morphable.face_model import neutral_points, subdivide
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.regions import SkinRegion
from toonface.synth.people import people, people_axes
from toonface.synth.people.people import people_tables

PEOPLE = ("adult", "child", "old", "male", "african", "asian")
CONTOUR, BROWS, NOSE, EYES, MOUTH = range(17), range(17, 27), range(27, 36), range(36, 48), range(48, 68)

MOVES_MOST = {
    "brow_ridge": BROWS,
    **dict.fromkeys(("eye_size", "eye_spacing", "eye_slant", "eye_height"), EYES),
    **dict.fromkeys(("nose_depth", "nose_width", "nose_length", "nose_hump", "nose_upturned"), NOSE),
    **dict.fromkeys(("mouth_width", "lips", "mouth_height"), MOUTH),
    **dict.fromkeys(("chin_length", "chin_prominence", "chin_width"), CONTOUR),
}
"""Axis of one feature → its landmarks."""


def width(right, left):
    return lambda marks, _: marks[left, 0] - marks[right, 0]


def height(low, high):
    return lambda marks, _: marks[high, 1] - marks[low, 1]


def extent(axis):
    """The head's, with ears and without the neck."""
    return lambda _, head: np.ptp(head[:, axis])


MEASURES = {
    "child": (height(8, 27), -5.0),
    "old": (height(57, 51), -2.0),
    "african": (width(31, 35), 3.0),
    "asian": (lambda marks, _: marks[30, 2] - marks[[31, 35], 2].mean(), -5.0),
    "full": (width(4, 12), 10.0),
    "wide": (width(0, 16), 15.0),
    "tall": (extent(1), 15.0),
    "round": (width(0, 16), 15.0),
    "square": (width(6, 10), 5.0),
    "tapered": (width(6, 10), -10.0),
    "occiput": (extent(2), 15.0),
    "forehead": (extent(1), 20.0),
    "brow_ridge": (lambda marks, _: marks[BROWS, 2].mean(), 2.0),
    "large_eyes": (width(42, 45), 15.0),
    "eye_size": (width(42, 45), 3.0),
    "eye_spacing": (width(39, 42), 5.0),
    "eye_slant": (height(45, 42), 2.0),
    "eye_height": (height(46, 44), 1.0),
    "nose_depth": (lambda marks, _: marks[30, 2] - marks[[31, 35], 2].mean(), 7.0),
    "nose_width": (width(31, 35), 4.0),
    "nose_length": (height(33, 27), 4.0),
    "nose_hump": (lambda marks, _: marks[[28, 29], 2].mean() - marks[[27, 30], 2].mean(), 1.0),
    "nose_upturned": (height(33, 27), -4.0),
    "mouth_width": (width(48, 54), 7.0),
    "lips": (height(57, 51), 4.0),
    "mouth_height": (height(8, 62), 5.0),
    "chin_length": (height(8, 57), 10.0),
    "chin_prominence": (lambda marks, _: marks[8, 2], 8.0),
    "chin_width": (width(6, 10), 5.0),
    "cheeks": (width(4, 12), 3.0),
    "ear_size": (extent(0), 5.0),
    "ear_wings": (extent(0), 15.0),
}
"""Axis → a length, and by how many millimetres at least the whole axis makes it longer; shorter if negative."""

CENTRES = {"cheekbones": (-20.0, 20.0), "neck_width": (-105.0, -5.0), "double_chin": (-90.0, -60.0)}
"""Axis → lowest and highest y of what moves by more than half of the largest offset, in millimetres."""


@pytest.fixture(scope="module")
def model():
    return load_face_model()


@pytest.fixture(scope="module")
def axes(model):
    return people_tables(model).axes


@pytest.fixture(scope="module")
def heads(model, axes):
    """The cage of the average adult, and of it with each whole axis."""
    changes = {"": np.zeros(80), **{name: axis for name, axis in axes.items() if name != "adult"}}
    count = model.skin.count
    return {name: neutral_points(model, axes["adult"] + change)[:count] for name, change in changes.items()}


@pytest.fixture(scope="module")
def marks(model, heads):
    return {name: landmarks_3d(subdivide(model, skin), model.landmarks) for name, skin in heads.items()}


def moved_mm(heads, name):
    return 1e3 * np.linalg.norm(heads[name] - heads[""], axis=1)


def read_back(tmp_path, monkeypatch, model, text):
    path = tmp_path / "axes.py"
    path.write_text(text, encoding="utf-8")
    for name, value in runpy.run_path(str(path)).items():
        if name.isupper():
            monkeypatch.setattr(people, name, value)
    return people_tables(model).axes


def test_the_shipped_module_is_what_the_tool_writes_for_the_shipped_model(model, axes):
    text = module_text(axes, antisymmetric_components(model), identity_fingerprint(model_folder()))
    shipped = Path(people_axes.__file__).read_text(encoding="utf-8")
    assert shipped == text, "the face model was rebuilt: run `python -m tools.people_axes`"


def test_what_is_written_is_read_back_to_half_a_unit(tmp_path, monkeypatch, model, axes):
    rng = np.random.default_rng(0)
    antisymmetric = antisymmetric_components(model)
    planted = {name: 3.0 * rng.standard_normal(80) for name in axes}
    for axis in planted.values():
        axis[list(antisymmetric)] = 0.0
    found = read_back(tmp_path, monkeypatch, model, module_text(planted, antisymmetric, "0123"))
    assert list(found) == list(planted)
    for name, axis in planted.items():
        np.testing.assert_allclose(found[name], axis, atol=0.5 * people_axes.AXES_UNIT + 1e-9)


def test_an_axis_of_left_against_right_is_refused(model):
    antisymmetric = antisymmetric_components(model)
    with pytest.raises(ValueError, match=r"axis crooked moves left against right by 1\.00"):
        module_text({"crooked": np.eye(80)[antisymmetric[0]]}, antisymmetric, "0123")


def test_coefficients_of_a_planted_head_are_recovered(model):
    planted = np.random.default_rng(1).standard_normal(80)
    found = coefficients(model, neutral_points(model, planted) - model.mean)
    np.testing.assert_allclose(found, planted, atol=2e-3)


@pytest.mark.parametrize("age", AGES)
def test_the_shares_of_origins_and_of_builds_sum_to_one(age):
    mixture = body(age, ethnicities=("asian", "african"))
    assert sum(share for name, share in mixture.items() if "universal" in name) == pytest.approx(1.0)
    assert sum(share for name, share in mixture.items() if "universal" not in name) == pytest.approx(1.0)


def test_an_axis_of_linear_heads_is_the_mean_of_its_opposite_targets():
    rng = np.random.default_rng(2)
    mean, targets = rng.standard_normal((5, 3)), {}

    def make_head(mixture):
        return mean + sum(
            share * targets.setdefault(name, rng.standard_normal((5, 3))) for name, share in mixture.items()
        )

    found = [Detail(name=name, left=(name,), right=()) for name in FEATURES.values()]
    paired = next(n for n, name in enumerate(FEATURES.values()) if name == FEATURES["eye_size"])
    found[paired] = Detail(name=FEATURES["eye_size"], left=("l-more", "l-less"), right=("r-more", "r-less"))
    offsets = axis_offsets(make_head, mean, found)
    assert list(offsets) == [*PEOPLE, *FEATURES]
    both = targets["l-more"] + targets["r-more"] - targets["l-less"] - targets["r-less"]
    np.testing.assert_allclose(offsets["eye_size"], both / 2.0)
    np.testing.assert_allclose(offsets["round"], targets[FEATURES["round"]])
    np.testing.assert_allclose(offsets["adult"], make_head(body()) - mean)


def test_the_table_holds_the_axes_that_the_tool_names(axes):
    assert list(axes) == [*PEOPLE, *FEATURES]


def test_every_axis_is_a_few_millimetres_long_and_symmetric(model, heads, axes):
    mirror = model.skin.mirror
    for name in axes.keys() - {"adult"}:
        assert 1.0 < moved_mm(heads, name).max() < 30.0, name
        image = heads[name][mirror] * [-1.0, 1.0, 1.0]
        np.testing.assert_allclose(image, heads[name], atol=2e-5, err_msg=name)


@pytest.mark.parametrize("name", MOVES_MOST)
def test_an_axis_of_one_feature_moves_it_more_than_the_rest(name, marks):
    moved = np.linalg.norm(marks[name] - marks[""], axis=1)
    own = list(MOVES_MOST[name])
    others = [group for group in (CONTOUR, BROWS, NOSE, EYES, MOUTH) if group != MOVES_MOST[name]]
    assert moved[own].mean() > 1.8 * max(moved[list(group)].mean() for group in others)


@pytest.mark.parametrize("name", MEASURES)
def test_an_axis_changes_the_length_that_it_is_named_after(name, model, heads, marks):
    measure, least = MEASURES[name]
    head = model.skin.region != SkinRegion.NECK
    before, after = (1e3 * measure(marks[key], heads[key][head]) for key in ("", name))
    assert (after - before) * np.sign(least) > abs(least)


@pytest.mark.parametrize("name", CENTRES)
def test_an_axis_without_landmarks_moves_the_right_height_of_the_head(name, heads):
    moved = moved_mm(heads, name)
    y = 1e3 * heads[""][moved > 0.5 * moved.max(), 1]
    low, high = CENTRES[name]
    assert low < y.min()
    assert y.max() < high


def test_every_axis_but_two_is_held_to_its_name(axes):
    assert axes.keys() - MOVES_MOST.keys() - MEASURES.keys() - CENTRES.keys() == {"adult", "male"}
