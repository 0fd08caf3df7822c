from types import SimpleNamespace

import numpy as np
import pytest
from tools.face_model import eye_fit
from tools.face_model.eye_fit import EYEBALL_SHARE, LID_CLEARANCE, Eyeball, EyeFitter
from tools.face_model.identity import FRAME_HEADS, identity_pca, mirrored
from tools.face_model.variety import EYE_GROWTH, SPREAD, details, draw_bodies, draw_details

TARGETS = [
    "head/head-fat-decr",
    "head/head-fat-incr",
    "head/head-round",
    "head/head-trans-up",
    "eyes/l-eye-scale-decr",
    "eyes/l-eye-scale-incr",
    "eyes/r-eye-scale-decr",
    "eyes/r-eye-scale-incr",
    "asym/asym-jaw-1-l",
    "asym/asym-jaw-1-r",
    *(EYE_GROWTH.replace("/", side) for side in ("/l-", "/r-")),
]


def planted_heads(rng, count=300, rank=6, points=40):
    """Heads of known orthogonal directions and falling deviations about a mean."""
    directions = np.linalg.qr(rng.standard_normal((points * 3, rank)))[0].T
    deviations = 0.01 * 0.5 ** np.arange(rank)
    mean = rng.standard_normal((points, 3))
    heads = mean + (rng.standard_normal((count, rank)) * deviations @ directions).reshape(count, points, 3)
    return heads.astype(np.float32), directions


def test_components_are_orthonormal_once_divided_by_their_deviations():
    heads, _ = planted_heads(np.random.default_rng(0), rank=8)
    found = identity_pca(heads, components=5)
    unit = found.basis.reshape(5, -1) / found.sigma[:, None]
    np.testing.assert_allclose(unit @ unit.T, np.eye(5), atol=1e-4)
    assert (np.diff(found.sigma) <= 0).all()


def test_planted_directions_are_recovered_and_keep_all_variance():
    heads, directions = planted_heads(np.random.default_rng(1), count=FRAME_HEADS * 2 + 500)
    found = identity_pca(heads, components=6)
    unit = found.basis.reshape(6, -1) / found.sigma[:, None]
    np.testing.assert_allclose(np.linalg.norm(unit @ directions.T, axis=1), 1.0, atol=1e-3)
    assert found.kept == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(found.mean, heads.mean(axis=0), atol=1e-5)


def test_the_share_of_variance_agrees_with_a_singular_value_decomposition():
    rng = np.random.default_rng(2)
    heads = (0.01 * rng.standard_normal((60, 20, 3))).astype(np.float32)
    found = identity_pca(heads, components=7)
    offsets = (heads - heads.mean(axis=0)).reshape(60, -1).astype(float)
    values = np.linalg.svd(offsets, compute_uv=False)
    np.testing.assert_allclose(found.sigma, values[:7] / np.sqrt(59), rtol=1e-3)
    assert found.kept == pytest.approx((values[:7] ** 2).sum() / (values**2).sum(), rel=1e-3)


def test_the_largest_entry_of_a_component_is_positive():
    heads, _ = planted_heads(np.random.default_rng(3))
    for component in identity_pca(heads, components=6).basis.reshape(6, -1):
        assert component[abs(component).argmax()] > 0


def test_the_analysis_is_deterministic():
    heads, _ = planted_heads(np.random.default_rng(4))
    first, second = identity_pca(heads, components=6), identity_pca(heads.copy(), components=6)
    np.testing.assert_array_equal(first.basis, second.basis)


def test_too_few_heads_are_refused():
    with pytest.raises(ValueError, match="expected more heads"):
        identity_pca(np.zeros((5, 4, 3), np.float32), components=5)


def test_opposite_targets_and_sides_become_one_coefficient():
    found = {detail.name: detail for detail in details(TARGETS)}
    assert list(found) == [
        "head/head-fat-incr", "head/head-round", "eyes/eye-scale-incr", "asym/asym-jaw-1-r", EYE_GROWTH,
    ]  # fmt: skip
    assert found["head/head-fat-incr"].left == ("head/head-fat-incr", "head/head-fat-decr")
    assert found["head/head-round"].left == ("head/head-round",)
    assert found["eyes/eye-scale-incr"].right == ("eyes/r-eye-scale-incr", "eyes/r-eye-scale-decr")


def test_opposite_targets_never_act_together():
    coefficients, names, _ = draw_details(details(TARGETS), np.random.default_rng(5), 400)
    more, less = (coefficients[:, names.index(f"head/head-fat-{end}")] for end in ("incr", "decr"))
    assert (coefficients >= 0).all()
    assert ((more == 0) | (less == 0)).all()
    assert more.any()
    assert less.any()


def test_left_and_right_differ_little():
    coefficients, names, _ = draw_details(details(TARGETS), np.random.default_rng(6), 400)
    left, right = (coefficients[:, names.index(f"eyes/{side}-eye-scale-incr")] for side in "lr")
    assert np.std(left - right) < 0.3 * np.std(left)
    assert (left != right).any()


def test_weights_of_people_of_one_origin_sum_to_one():
    coefficients, names = draw_bodies(np.random.default_rng(7), np.linspace(0.0, 1.0, 50))
    origin = ["universal" not in name for name in names]
    np.testing.assert_allclose(coefficients[:, origin].sum(axis=1), 1.0)
    np.testing.assert_allclose(coefficients[:, ~np.array(origin)].sum(axis=1), 1.0)


def test_the_same_generator_draws_the_same_heads():
    first, second = (draw_details(details(TARGETS), np.random.default_rng(8), 20)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_every_table_of_targets_belongs_to_a_folder_that_is_read():
    assert EYE_GROWTH.split("/")[0] in SPREAD


def test_a_sphere_is_recovered_after_it_was_moved_and_scaled():
    direction = np.random.default_rng(9).standard_normal((72, 3))
    direction[:6] = np.vstack([np.eye(3), -np.eye(3)])
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    centre, rim = Eyeball(0.015 * direction).centre_and_rim(np.array([0.03, 0.04, 0.1]) + 0.02 * direction)
    np.testing.assert_allclose(centre, [0.03, 0.04, 0.1], atol=1e-12)
    np.testing.assert_allclose(rim - centre, [EYEBALL_SHARE * 0.02, 0.0, 0.0], atol=1e-12)


def ring_head(radius, lid_z):
    """A head of two square lid rings in front of two eyeballs."""
    ring = np.array([[-0.01, 0, 0], [0, 0.005, 0], [0.01, 0, 0], [0, -0.005, 0]])
    centres = np.array([[0.03, 0.04, 0.1], [-0.03, 0.04, 0.1]])
    skin = np.concatenate([centre + ring + [0, 0, lid_z] for centre in centres])
    eyes = np.concatenate([[centre, centre + np.array([radius, 0, 0])] for centre in centres])
    return np.concatenate([skin, eyes])[None].astype(np.float32)


@pytest.fixture
def fitter(monkeypatch):
    def loops(cage, skin):
        def eye(start):
            return SimpleNamespace(ring=lambda number: start + np.arange(4), corner=2)

        return {"eye_left": eye(0), "eye_right": eye(4)}

    monkeypatch.setattr(eye_fit, "find_loops", loops)
    quads = np.array([[0, 1, 2, 3], [4, 5, 6, 7]])
    return EyeFitter(SimpleNamespace(quads=quads, skin_count=8), np.zeros((12, 3)))


def test_no_lid_stands_in_an_eyeball(fitter):
    head = ring_head(radius=0.015, lid_z=0.006)
    fitted = fitter(head)
    for eye in (-4, -2):
        lids = head[0, :4] if eye == -4 else head[0, 4:8]
        radius = fitted[0, eye + 1, 0] - fitted[0, eye, 0]
        assert radius == pytest.approx(0.015, abs=1e-6)
        assert fitted[0, eye, 2] < head[0, eye, 2]
        # The corners of the refined ring lie inside those of the cage, so the cage's own are farther away.
        assert np.linalg.norm(lids - fitted[0, eye], axis=1).min() > radius + LID_CLEARANCE - 1e-6


def test_an_eyeball_that_fits_stays(fitter):
    head = ring_head(radius=0.015, lid_z=0.02)
    np.testing.assert_allclose(fitter(head), head, atol=1e-7)


def test_wide_lids_get_a_larger_eyeball(fitter):
    head = ring_head(radius=0.008, lid_z=0.02)
    fitted = fitter(head)
    assert fitted[0, -3, 0] - fitted[0, -4, 0] > 0.0115


def test_a_mirror_image_mirrored_is_the_head():
    head = np.concatenate([ring_head(0.015, 0.01), ring_head(0.02, 0.01)])
    head[:, 4:8, 1] += 0.003
    table = np.array([6, 5, 4, 7, 2, 1, 0, 3, 10, 11, 8, 9])
    image = mirrored(head, table)
    assert abs(image - head).max() > 0.002
    np.testing.assert_allclose(image[:, [9, 11], 0] - image[:, [8, 10], 0], [[0.015] * 2, [0.02] * 2], atol=1e-7)
    np.testing.assert_allclose(mirrored(image, table), head, atol=1e-7)
