"""Laws of a style's field: it is the network's own answer, or meets the landmarks, and the crop's border stays."""

import numpy as np
import pytest
from tests.stages.stylization.test_proportions import FACE

from toonface.stages.stylization.crop import SIZE
from toonface.stages.stylization.field import (
    FIELD_SIZE,
    STYLES,
    fading,
    field_from_landmarks,
    field_from_network,
)
from toonface.stages.stylization.proportions import styled_points

POINTS = 0.5 + 0.45 * FACE


def outputs(rng, **other):
    answer = {
        "offset": rng.normal(size=(1, 3, 2, FIELD_SIZE, FIELD_SIZE)),
        "scale": rng.random((1, 3, FIELD_SIZE, FIELD_SIZE)),
        "residual": rng.normal(size=(1, 3, 3, SIZE, SIZE)),
    } | other
    return {name: values.astype(np.float32) for name, values in answer.items()}


@pytest.mark.parametrize("style", STYLES)
def test_each_style_is_read_from_its_own_place(style):
    answer = outputs(np.random.default_rng(0))
    field, number = field_from_network(answer, style), STYLES.index(style)
    middle = slice(FIELD_SIZE // 4, -FIELD_SIZE // 4)
    assert np.allclose(field.offset[middle, middle, 1], answer["offset"][0, number, 1, middle, middle])
    wide = slice(SIZE // 4, -SIZE // 4)
    assert np.allclose(field.residual[wide, wide, 2], answer["residual"][0, number, 2, wide, wide])
    assert field.uncertainty == pytest.approx(answer["scale"][0, number, middle, middle].mean(), rel=1e-5)


@pytest.mark.parametrize("style", STYLES)
def test_the_sheet_through_landmarks_brings_each_from_where_it_was(style):
    field, moved = field_from_landmarks(POINTS, style), styled_points(POINTS, style)
    column, row = np.clip((moved * FIELD_SIZE).astype(int), 0, FIELD_SIZE - 1).T
    wanted = POINTS - moved
    missed = np.linalg.norm(field.offset[row, column] - wanted, axis=1)
    # The grid's pixels are a sixty-fourth of the crop wide, within which the sheet goes on bending.
    assert missed.mean() < 0.2 * np.linalg.norm(wanted, axis=1).mean()
    assert not field.residual.any()


def test_the_border_of_the_crop_stays_in_place():
    answer = outputs(np.random.default_rng(0))
    for field in (field_from_network(answer, "soft"), field_from_landmarks(POINTS, "anime")):
        edge = np.concatenate([field.offset[0], field.offset[-1], field.offset[:, 0], field.offset[:, -1]])
        assert np.abs(edge).max() < 0.1 * np.abs(field.offset).max()
    assert fading(100)[50, 50] == 1.0
    assert fading(100)[0].max() < 0.02


def test_answers_of_another_shape_or_not_finite_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="'offset'"):
        field_from_network(outputs(rng, offset=np.zeros((1, 2, 2, FIELD_SIZE, FIELD_SIZE))), "soft")
    with pytest.raises(ValueError, match="not finite"):
        field_from_network(outputs(rng, residual=np.full((1, 3, 3, SIZE, SIZE), np.nan)), "soft")


@pytest.mark.parametrize(
    "make", [lambda style: field_from_landmarks(POINTS, style), lambda s: field_from_network({}, s)]
)
def test_an_unknown_style_is_refused(make):
    with pytest.raises(ValueError, match="style is 'pixar', expected one of soft, bold, anime"):
        make("pixar")
