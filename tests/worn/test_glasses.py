"""Laws of glasses: they sit before the eyes and outside the skin, arms reach the ears, bad values are refused."""

import numpy as np
import pytest

from toonface.geometry.rasterize import clear, draw
from toonface.morphable.face_model import evaluate
from toonface.types import FaceRegion
from toonface.worn.glasses import SHAPES, GlassesSpec, glasses_surfaces, glasses_tables, sample_glasses
from toonface.worn.surface import Material, sit

CELL = 0.001


@pytest.fixture(scope="module")
def tables(model):
    return glasses_tables(model)


def front_depth(vertices, faces):
    buffers = clear(200, 200)
    draw(buffers, np.concatenate([(vertices[:, :2] + [0.1, 0.06]) / CELL, vertices[:, 2:]], axis=1), faces)
    return buffers.depth.astype(float)


def at(depth, point):
    return depth[int((point[1] + 0.06) / CELL), int((point[0] + 0.1) / CELL)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_lenses_are_before_the_eyes_and_the_skin(sitter, tables, shape):
    _, lens = glasses_surfaces(sitter, tables, GlassesSpec(shape=shape))
    skin = front_depth(sitter.skin, sitter.model.skin.faces[0])
    glass = front_depth(lens.vertices, lens.faces)
    for centre, radius in zip(sitter.head.eyes.centres, sitter.head.eyes.radii, strict=True):
        assert at(glass, centre) > centre[2] + radius + 0.005
    seen = glass > -1.0
    assert seen.sum() > 1000
    assert (glass[seen] > skin[seen]).mean() > 0.995


@pytest.mark.parametrize("shape", ["round", "wayfarer", "aviator"])
def test_the_frame_is_symmetric_about_the_nose_on_a_symmetric_head(model, tables, shape):
    sitter = sit(model, evaluate(model, np.zeros(80), np.zeros(64)))
    lens = glasses_surfaces(sitter, tables, GlassesSpec(shape=shape))[1].vertices
    half = len(lens) // 2
    np.testing.assert_allclose(lens[:half] * [-1.0, 1.0, 1.0], lens[half:], atol=1e-6)


def test_the_arms_reach_behind_the_ears_tops(sitter, tables):
    frame = glasses_surfaces(sitter, tables, GlassesSpec())[0].vertices
    for side, sign in enumerate((1.0, -1.0)):
        own = frame[sign * frame[:, 0] > 0.0]
        top = sitter.head.neutral[tables.ears[side, 1]]
        assert own[:, 2].min() < top[2] - 0.005
        over = own[np.abs(own[:, 2] - top[2]) < 0.004]
        assert over[:, 1].min() > top[1] - 0.008


def test_larger_eyes_get_a_larger_frame(model, tables):
    plain = evaluate(model, np.zeros(80), np.zeros(64))
    points = plain.neutral.copy()
    points[[-3, -1], 0] += 0.008
    large = sit(model, type(plain)(neutral=points, points=points, weights=plain.weights, eyes=type(plain.eyes)(
        centres=plain.eyes.centres, radii=plain.eyes.radii + 0.008, rotations=plain.eyes.rotations)))  # fmt: skip
    spec = GlassesSpec(shape="rectangle")
    heights = [np.ptp(glasses_surfaces(s, tables, spec)[1].vertices[:, 1]) for s in (sit(model, plain), large)]
    assert heights[1] > 1.2 * heights[0]


def test_toon_frames_are_thicker(model, tables):
    sitter = sit(model, evaluate(model, np.zeros(80), np.zeros(64)))
    spec = GlassesSpec(shape="round")
    photo, toon = (glasses_surfaces(sitter, tables, spec, style)[0] for style in ("photo", "toon"))
    assert np.ptp(toon.vertices[:, 1]) > np.ptp(photo.vertices[:, 1])


def test_surfaces_carry_label_and_material(model, tables):
    sitter = sit(model, evaluate(model, np.zeros(80), np.zeros(64)))
    frame, lens = glasses_surfaces(sitter, tables, GlassesSpec(opacity=0.9))
    assert frame.material == Material.SOLID
    assert lens.material == Material.LENS
    assert frame.region == lens.region == FaceRegion.GLASSES
    assert lens.opacity == 0.9


def test_about_every_fifth_person_wears_some_and_few_are_dark():
    rng = np.random.default_rng(0)
    drawn = [sample_glasses(rng) for _ in range(4000)]
    worn = [spec for spec in drawn if spec is not None]
    assert 0.19 < len(worn) / 4000 < 0.25
    assert 0.015 < sum(spec.opacity > 0.8 for spec in worn) / 4000 < 0.045
    assert {spec.shape for spec in worn} == set(SHAPES)


def test_the_same_seed_gives_the_same_glasses():
    first, second = ([sample_glasses(np.random.default_rng(seed)) for seed in range(40)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "wrong", [{"size": 2.0}, {"thickness": 0.1}, {"opacity": -0.1}, {"slipped": 0.5}]
)  # fmt: skip
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GlassesSpec(**wrong)
