"""Laws of the studio: what is nearer hides, what is cut is a hole, what is clear shines through, gloss shows a lamp."""

from dataclasses import replace

import numpy as np
import pytest

from toonface.geometry.studio import DISTANCE, StudioSurface, draw_studio, on_screen

SIZE = 32
GREY = np.full((2, 2, 4), (128, 128, 128, 255), np.uint8)


def plate(z=0.0, half=0.5, picture=GREY, **settings):
    corners = half * np.array([[-1.0, -1.0, 0.0], [1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, 1.0, 0.0]])
    corners[:, 2] = z
    defaults = {
        "vertices": corners,
        "normals": np.tile([0.0, 0.0, 1.0], (4, 1)),
        "faces": np.array([[0, 1, 2], [0, 2, 3]]),
        "uv": np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]),
        "picture": picture,
        "colour": (1.0, 1.0, 1.0, 1.0),
        "light": np.ones(4, np.float32),
        "specular": 0.0,
    }
    return StudioSurface(**{**defaults, **settings})


def painted(colour):
    return np.full((2, 2, 4), colour, np.uint8)


def draw(*surfaces, samples=1):
    return draw_studio(surfaces, 1.0, SIZE, samples)


def test_nothing_is_clear_and_a_plate_covers_its_share():
    picture = draw(plate())
    assert not picture[0, 0].any()
    assert picture[16, 16, 3] == 1.0
    assert np.count_nonzero(picture[..., 3]) == (SIZE // 2) ** 2


def test_samples_soften_edges_and_keep_the_area():
    soft = draw(plate(half=0.52), samples=4)[..., 3]
    assert ((soft > 0.0) & (soft < 1.0)).any()
    assert soft.sum() == pytest.approx((0.52 * SIZE) ** 2, rel=0.04)


def test_what_is_nearer_hides_and_is_seen_larger():
    red, blue = painted((200, 0, 0, 255)), painted((0, 0, 200, 255))
    for order in ((0, 1), (1, 0)):
        plates = (plate(picture=blue), plate(z=0.2, half=0.2, picture=red))
        picture = draw(*(plates[n] for n in order))
        assert picture[16, 16, 0] > 0.1 and picture[16, 16, 2] < 0.05
        assert picture[10, 10, 2] > 0.1
    near, far = on_screen(np.array([[0.5, 0.0, 0.5], [0.5, 0.0, 0.0]]), 1.0, 100)
    assert near[0] - 50.0 == pytest.approx(25.0 * DISTANCE / (DISTANCE - 0.5))
    assert far[0] == 75.0 and near[2] > far[2]


def test_backs_are_seen_only_where_both_sides_are():
    turned = plate(faces=np.array([[2, 1, 0], [3, 2, 0]]))
    assert not draw(turned).any()
    both = draw(replace(turned, double_sided=True, normals=-turned.normals))
    np.testing.assert_allclose(both, draw(plate()), atol=1e-6)


def test_holes_are_cut_and_veils_let_through():
    behind = plate(z=-0.1, picture=painted((200, 0, 0, 255)))
    hole = draw(behind, plate(picture=painted((0, 0, 200, 10)), cutoff=0.5))
    np.testing.assert_allclose(hole[16, 16], draw(behind)[16, 16], atol=1e-6)
    veil = draw(behind, plate(picture=painted((0, 0, 200, 128)), blended=True))[16, 16]
    front = draw(plate(picture=painted((0, 0, 200, 255))))[16, 16]
    np.testing.assert_allclose(veil, 128 / 255 * front + 127 / 255 * draw(behind)[16, 16], atol=1e-3)


def test_a_veil_over_nothing_is_clear_itself():
    assert draw(plate(picture=painted((0, 0, 200, 128)), blended=True))[16, 16, 3] == pytest.approx(128 / 255, abs=1e-3)


def test_gloss_adds_a_small_spot_and_darkness_does_not_hide_it():
    """Normals of a ball on a plate, as eyes have: some of them mirror the lamp."""
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, 21), np.linspace(0.5, -0.5, 21))
    corners = np.stack([x.ravel(), y.ravel(), np.zeros(441)], axis=1)
    normals = corners * 0.5 + [0.0, 0.0, 0.6]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    a = (np.arange(20)[:, None] * 21 + np.arange(20)).ravel()
    faces = np.concatenate([np.stack([a + 21, a + 22, a + 1], axis=1), np.stack([a + 21, a + 1, a], axis=1)])
    ball = plate(
        vertices=corners, normals=normals, faces=faces, uv=np.zeros((441, 2)), light=np.full(441, 0.2, np.float32)
    )
    dull, glossy = draw(replace(ball, roughness=0.9, specular=1.0)), draw(replace(ball, roughness=0.05, specular=1.0))
    assert glossy[..., :3].max() > 0.85 > dull[..., :3].max()
    assert np.count_nonzero(glossy[..., 0] - dull[..., 0] > 0.2) < 0.1 * (SIZE // 2) ** 2


def test_brightness_bends_below_white():
    bright = plate(picture=painted((255, 255, 255, 255)), colour=(4.0, 4.0, 4.0, 1.0))
    assert 0.9 < draw(bright)[16, 16, :3].max() < 1.0
