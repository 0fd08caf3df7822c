"""Laws of labels: what does not fit is refused at the door, and the coefficients are those of the fit in its order."""

from dataclasses import replace

import jaxtyping
import numpy as np
import pytest
from tests.fake_renderer import fake_labels, fake_sample

from toonface.synth.labels import MAPS, NUMBERS, OPTIONAL_MAPS, STYLES, Sample

SIZE = 12


@pytest.fixture
def labels():
    return fake_labels(np.random.default_rng(0), SIZE)


@pytest.fixture
def unchecked(monkeypatch):
    """Without the shape checks of the tests, so that the package's own validators meet the wrong shapes."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


def test_the_coefficients_are_identity_expression_texture_light_and_pose(labels):
    parts = np.split(labels.coefficients, np.cumsum([80, 64, 80, 9]))
    wanted = [labels.identity, labels.expression, labels.texture, labels.light, labels.pose]
    assert labels.coefficients.shape == (239,)
    for part, array in zip(parts, wanted, strict=True):
        np.testing.assert_array_equal(part, array)


def test_a_pair_is_all_styles_and_the_others_are_one():
    assert STYLES["pair"] == (*STYLES["photo"], *STYLES["toon"])


@pytest.mark.parametrize("name", [*NUMBERS, *MAPS])
@pytest.mark.parametrize("spoil", [lambda a: a[:-1], lambda a: a.astype(np.float64), lambda a: a.tolist()])
@pytest.mark.usefixtures("unchecked")
def test_another_shape_type_or_list_is_refused_by_name(labels, name, spoil):
    named = "parsing|depth" if name == "parsing" else name  # a smaller parsing is one that the depth does not fit
    with pytest.raises(ValueError, match=rf"^({named}) is .*, expected "):
        replace(labels, **{name: spoil(getattr(labels, name))})


@pytest.mark.parametrize("name", [name for name, (dtype, _) in NUMBERS.items() if dtype is np.float32])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(labels, name, value):
    spoilt = getattr(labels, name).copy()
    spoilt.flat[0] = value
    with pytest.raises(ValueError, match=f"{name} has values that are not finite"):
        replace(labels, **{name: spoilt})


def test_a_class_that_does_not_exist_is_refused(labels):
    parsing = labels.parsing.copy()
    parsing[3, 4] = 19
    with pytest.raises(ValueError, match="class 19, expected classes below 19"):
        replace(labels, parsing=parsing)


@pytest.mark.parametrize("name", OPTIONAL_MAPS)
def test_a_stored_map_may_be_missing(labels, name):
    assert getattr(replace(labels, **{name: None}), name) is None


@pytest.mark.usefixtures("unchecked")
def test_the_parsing_may_not_be_missing(labels):
    with pytest.raises(ValueError, match="parsing is NoneType"):
        replace(labels, parsing=None)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("fact", [np.nan, None, [1.0]])
def test_a_fact_is_a_word_a_finite_number_or_a_truth_value(labels, fact):
    with pytest.raises(ValueError, match=r"fact age is .*, expected a word"):
        replace(labels, facts={"age": fact})


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("shape", [(SIZE, SIZE), (SIZE, SIZE - 1, 3), (SIZE, SIZE, 4)])
def test_a_picture_has_the_size_of_its_labels_and_three_channels(labels, shape):
    with pytest.raises(ValueError, match="picture is uint8"):
        Sample(picture=np.zeros(shape, np.uint8), labels=labels)


def test_a_fitting_picture_is_accepted():
    assert fake_sample(np.random.default_rng(1), SIZE).picture.shape == (SIZE, SIZE, 3)
