"""Laws of the rig: the template gets its own shapes, contacts close on every head, and shapes end where they end."""

import jaxtyping
import numpy as np
import pytest
from tests.planted_heads import fine_of

from toonface.evaluate.face_model_checks import enlarge_eyes, lid_gap, lip_gap
from toonface.io.face_model_file import load_face_model
from toonface.morphable.eyes import SKIN_GAP
from toonface.morphable.face_model import neutral_points, subdivide
from toonface.morphable.names import SHAPES, mirror_name
from toonface.stages.rig import Rigger, build_rig, flips_of_shapes

JAW_OPEN, MOUTH_CLOSE = SHAPES.index("jawOpen"), SHAPES.index("mouthClose")


@pytest.fixture(scope="module")
def rigger():
    return Rigger(load_face_model())


@pytest.fixture(scope="module")
def heads(rigger):
    """Random heads, one with large eyes, one bent beyond the model and with its lips open."""
    rng = np.random.default_rng(0)
    plain = [neutral_points(rigger.model, rng.standard_normal(80)).astype(float) for _ in range(3)]
    large = enlarge_eyes(rigger.model, plain[1], 1.5)
    bent = plain[2] + 0.003 * np.sin(plain[2][:, [1, 2, 0]] * 35.0)
    return [build_rig(rigger, fine_of(neutral)) for neutral in (plain[0], large, bent)]


def test_the_template_gets_its_own_shapes(rigger):
    rigged = build_rig(rigger, fine_of(rigger.model.mean))
    apart = np.abs(rigged.shapes[:, :-4] - rigger.model.expression_basis[:, :-4]).max(axis=(1, 2))
    blinks = [SHAPES.index("eyeBlinkLeft"), SHAPES.index("eyeBlinkRight")]
    assert np.delete(apart, blinks).max() < 1e-6
    assert apart[blinks].max() < 5e-4  # their lids are brought together on LOD0, where the template's are not quite
    assert np.abs(rigged.neutral - rigger.model.mean).max() < 1e-9
    assert rigged.notes == ()


def test_a_scaled_template_gets_scaled_shapes(rigger):
    rigged = build_rig(rigger, fine_of(1.3 * rigger.model.mean))
    once = build_rig(rigger, fine_of(rigger.model.mean))
    apart = np.abs(rigged.shapes[:, :-4] - 1.3 * once.shapes[:, :-4]).max()
    assert apart < rigger.options.sealed  # lips are closed to within metres, not to within parts of a head


def test_a_shape_moves_nothing_that_the_template_s_does_not(rigger, heads):
    count = rigger.model.skin.count
    for rigged in heads:
        still = ~rigger.model.expression_basis[:, :count].any(axis=2)
        lips = np.unique(np.nonzero(np.abs(rigger.seal) > 1e-12)[0])
        still[:, lips] = False  # lips are moved together, and lids
        for seal in rigger.lid_seal:
            still[:, np.unique(np.nonzero(np.abs(seal) > 1e-12)[0])] = False
        assert np.abs(rigged.shapes[:, :count][still]).max() < 1e-6


def test_left_and_right_shapes_of_a_symmetric_head_mirror_each_other(rigger):
    rigged = build_rig(rigger, fine_of(rigger.model.mean))
    count, mirror = rigger.model.skin.count, rigger.model.skin.mirror
    for number, name in enumerate(SHAPES):
        other = rigged.shapes[SHAPES.index(mirror_name(name)), :count][mirror] * [-1.0, 1.0, 1.0]
        np.testing.assert_allclose(rigged.shapes[number, :count], other, atol=1e-6)


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_a_blink_closes_the_lids_of_every_head(rigger, heads, side):
    for rigged in heads:
        closed = rigged.skin + rigged.skin_shapes[SHAPES.index(f"eyeBlink{side}")]
        assert lid_gap(rigger.model, closed, side) < 0.02 * lid_gap(rigger.model, rigged.skin, side)


def test_lips_are_sealed_at_rest_and_under_mouth_close(rigger, heads):
    for rigged in heads:
        assert lip_gap(rigger.model, rigged.neutral) < 3e-4
        opened = rigged.neutral + rigged.shapes[JAW_OPEN]
        assert lip_gap(rigger.model, opened) > 0.01
        assert lip_gap(rigger.model, opened + rigged.shapes[MOUTH_CLOSE]) < 3e-4


def test_lips_that_were_apart_are_brought_together_and_told(rigger):
    opened = rigger.model.mean + 0.1 * rigger.model.expression_basis[JAW_OPEN]
    assert lip_gap(rigger.model, opened) > 2e-3
    rigged = build_rig(rigger, fine_of(opened))
    assert lip_gap(rigger.model, rigged.neutral) < 3e-4
    assert any("lips that stood 3." in note for note in rigged.notes)


def test_lids_stay_before_the_eyeballs(rigger, heads):
    for rigged in heads:
        for shape in rigged.skin_shapes:
            for vertices, centre, radius in zip(
                rigger.model.lid_vertices, rigged.eyes.centres, rigged.eyes.radii, strict=True
            ):
                arms = (rigged.skin + shape)[vertices] - centre
                assert np.linalg.norm(arms, axis=1).min() > SKIN_GAP * radius - 1e-7


def test_the_skin_s_shapes_are_those_of_the_points_subdivided(rigger, heads):
    count, lids = rigger.model.skin.count, np.concatenate(rigger.model.lid_vertices)
    others = np.setdiff1d(np.arange(rigger.model.skin.subdivision.matrix.shape[0]), lids)
    for rigged in heads:
        expected = subdivide(rigger.model, rigged.shapes[JAW_OPEN, :count].astype(float))
        np.testing.assert_allclose(rigged.skin_shapes[JAW_OPEN][others], expected[others], atol=1e-7)


def test_teeth_keep_their_form_and_follow_the_jaw(rigger, heads):
    count = rigger.model.skin.count
    for rigged in heads:
        lower = rigged.shapes[JAW_OPEN, count + 68 : count + 136]
        template = rigger.model.expression_basis[JAW_OPEN, count + 68 : count + 136]
        # A turn times a stretch of the template's motion, and one shift for all.
        known = np.column_stack([template, np.ones(len(template))]).astype(float)
        map_, *_ = np.linalg.lstsq(known, lower.astype(float), rcond=None)
        np.testing.assert_allclose(known @ map_, lower, atol=1e-6)
        ratio = np.linalg.norm(lower, axis=1) / np.linalg.norm(template, axis=1)
        assert 0.6 < ratio.mean() < 1.6


def test_lower_teeth_go_as_far_as_the_lower_lip(rigger, heads):
    mouth, count = rigger.mouth, rigger.model.skin.count
    teeth = count + mouth.jaw[:68]
    for rigged in heads:
        jaw = rigged.shapes[JAW_OPEN]
        lag = jaw[teeth].mean(axis=0) - jaw[mouth.lips].mean(axis=0)
        assert np.linalg.norm(lag) < 0.1 * np.linalg.norm(jaw[mouth.lips].mean(axis=0))


def test_few_triangles_are_turned_over(rigger, heads):
    for rigged in heads:
        assert flips_of_shapes(rigger, rigged.skin, rigged.skin_shapes).sum() < 40


def test_a_head_of_another_topology_is_refused(rigger, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(ValueError, match=r"the head has points \(9, 3\), expected the model's, \(4854, 3\)"):
        build_rig(rigger, fine_of(np.zeros((9, 3))))
