"""Laws of the linear face model: Eq. 1 and 2 against slow sums, and a door that refuses what does not fit."""

import dataclasses

import jaxtyping
import numpy as np
import pytest

from toonface.morphable.model import MorphableModel

RNG = np.random.default_rng(5)
TETRAHEDRON = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]])


@pytest.fixture
def as_in_production(monkeypatch):
    """Turn the shape checks of the tests off, so that the model's own validator meets the wrong shapes."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


def model(**changes):
    fields = {
        "name": "tetrahedron",
        "faces": TETRAHEDRON,
        "mean": RNG.normal(size=(4, 3)),
        "identity_basis": RNG.normal(size=(4, 3, 5)),
        "expression_basis": RNG.normal(size=(4, 3, 2)),
        "expression_names": ("jawOpen", "mouthClose"),
        "albedo_mean": RNG.uniform(size=(4, 3)),
        "albedo_basis": RNG.normal(size=(4, 3, 3)),
    }
    return MorphableModel(**fields | changes)


def test_zero_coefficients_give_the_mean():
    face = model()
    np.testing.assert_array_equal(face.shape(np.zeros(5), np.zeros(2)), face.mean)
    np.testing.assert_array_equal(face.albedo(np.zeros(3)), face.albedo_mean)


def test_a_shape_is_the_mean_plus_each_weighted_column():
    face = model()
    identity, expression = RNG.normal(size=5), RNG.normal(size=2)
    expected = face.mean.copy()
    for k in range(5):
        expected += identity[k] * face.identity_basis[:, :, k]
    for k in range(2):
        expected += expression[k] * face.expression_basis[:, :, k]
    np.testing.assert_allclose(face.shape(identity, expression), expected, atol=1e-12)


def test_an_albedo_is_the_mean_plus_each_weighted_column_and_is_not_clipped():
    face = model()
    texture = 100.0 * RNG.normal(size=3)
    expected = face.albedo_mean + sum(texture[k] * face.albedo_basis[:, :, k] for k in range(3))
    np.testing.assert_allclose(face.albedo(texture), expected, atol=1e-9)
    assert expected.max() > 1.0


def test_the_shape_is_affine_in_its_coefficients():
    face = model()
    a, b = RNG.normal(size=(2, 5))
    c, d = RNG.normal(size=(2, 2))
    middle = face.shape((a + b) / 2, (c + d) / 2)
    np.testing.assert_allclose(middle, (face.shape(a, c) + face.shape(b, d)) / 2, atol=1e-12)


def test_a_single_precision_model_answers_in_single_precision():
    face = model()
    singles = {
        field.name: getattr(face, field.name).astype(np.float32)
        for field in dataclasses.fields(face)
        if field.name not in ("name", "faces", "expression_names")
    }
    single = dataclasses.replace(face, **singles)
    answer = single.shape(np.ones(5), np.ones(2))
    assert answer.dtype == np.float32
    np.testing.assert_allclose(answer, face.shape(np.ones(5), np.ones(2)), atol=1e-5)


def test_a_model_may_have_no_expressions_and_no_colours():
    face = model(expression_basis=np.zeros((4, 3, 0)), expression_names=(), albedo_basis=np.zeros((4, 3, 0)))
    np.testing.assert_array_equal(face.shape(np.zeros(5), np.zeros(0)), face.mean)
    np.testing.assert_array_equal(face.albedo(np.zeros(0)), face.albedo_mean)


@pytest.mark.parametrize("length", [0, 4, 6])
def test_a_wrong_number_of_coefficients_is_quoted(length):
    face = model()
    with pytest.raises(ValueError, match=rf"identity has shape \({length},\), expected .*\(5,\)"):
        face.shape(np.zeros(length), np.zeros(2))
    with pytest.raises(ValueError, match=r"expression has shape \(3,\), expected .*\(2,\)"):
        face.shape(np.zeros(5), np.zeros(3))
    with pytest.raises(ValueError, match=r"texture has shape \(2,\), expected .*\(3,\)"):
        face.albedo(np.zeros(2))


@pytest.mark.usefixtures("as_in_production")
@pytest.mark.parametrize(
    "changes, message",
    [
        pytest.param({"faces": np.array([[0, 1, 4]])}, r"faces has indices in \[0, 4\]", id="index too large"),
        pytest.param({"faces": np.array([[0, 1]])}, r"faces has shape \(1, 2\)", id="lines"),
        pytest.param({"identity_basis": np.zeros((3, 3, 5))}, r"identity_basis has shape \(3, 3, 5\)", id="vertices"),
        pytest.param({"expression_basis": np.zeros((4, 3))}, r"expression_basis has shape \(4, 3\)", id="flat basis"),
        pytest.param(
            {"albedo_mean": np.zeros((5, 3))}, r"albedo_mean has shape \(5, 3\), expected \(4, 3\)", id="more"
        ),
        pytest.param({"mean": np.full((4, 3), np.nan)}, "mean has 12 values that are not finite", id="not finite"),
        pytest.param({"albedo_mean": np.full((4, 3), 255.0)}, r"in \[255, 255\], expected \[0, 1\]", id="bytes"),
        pytest.param({"expression_names": ("jawOpen",)}, "has 1 names, expected one per column, 2", id="few names"),
        pytest.param({"expression_names": ("a", "a")}, r"\['a'\] more than once", id="name twice"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        model(**changes)
