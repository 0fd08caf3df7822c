"""Laws of drawing a scene: colours, exposure, shadows, lenses and the labels of what is seen."""

import numpy as np
import pytest
from tests.synth.shapes import UV, ball, light, plate

from toonface.geometry.camera import ScaledOrthographic
from toonface.synth.shading.drawing import Look, draw_scene
from toonface.synth.shading.shading import CEL_SHADER, PHOTO_SHADER
from toonface.synth.shading.tiles import make_tiles
from toonface.types import FaceRegion
from toonface.worn.surface import Material

MATT = PHOTO_SHADER._replace(wrap=0.0, scatter=0.0, shine=0.0)


@pytest.fixture(scope="module")
def tiles():
    return make_tiles()


def camera(size=32):
    return ScaledOrthographic(
        rotation=np.eye(3), translation=np.zeros(2), scale=250.0 * size / 32, width=size, height=size
    )


def drawn(surfaces, tiles, shader=MATT, ground=0.25, size=32, **lights):
    look = Look(light=light(**lights), shader=shader, tiles=tiles)
    background = np.full((size, size, 3), ground, np.float32)
    return draw_scene(surfaces, camera(size), look, background)


def test_where_nothing_is_the_background_stays(tiles):
    buffers = drawn([plate(half=0.02)], tiles)
    empty = buffers.part < 0
    assert 0.5 < empty.mean() < 0.95
    np.testing.assert_array_equal(buffers.linear[empty], 0.25)
    assert (buffers.region[empty] == FaceRegion.BACKGROUND).all()
    assert np.isneginf(buffers.depth[empty]).all()


@pytest.mark.parametrize("exposure", [0.6, 1.0, 1.2])
def test_a_plate_that_faces_the_light_shows_its_colour_times_the_exposure(tiles, exposure):
    buffers = drawn([plate(colour=(0.5, 0.4, 0.3))], tiles, exposure=exposure)
    inside = buffers.region == FaceRegion.SKIN
    np.testing.assert_allclose(buffers.albedo[inside], np.broadcast_to([0.5, 0.4, 0.3], (inside.sum(), 3)), atol=3e-3)
    shown = np.median(buffers.linear[inside], axis=0)
    np.testing.assert_allclose(shown, exposure * np.array([0.5, 0.4, 0.3]) ** 2.2, rtol=0.02)


def test_the_edge_of_a_surface_mixes_with_the_background(tiles):
    """Half a pixel of white on black is a quarter or a half, not a step."""
    buffers = drawn([plate(half=0.0303, colour=(1.0, 1.0, 1.0))], tiles, ground=0.0)
    levels = np.unique(np.round(buffers.linear[..., 0] / buffers.linear.max(), 2))
    assert {0.0, 1.0} < set(levels.tolist())
    assert len(levels) >= 3


def test_depth_and_normals_are_those_of_a_sphere(tiles):
    buffers = drawn([ball(0.05)], tiles, size=64)
    rows, columns = np.nonzero(buffers.region == FaceRegion.SKIN)
    x, y = (columns + 0.5 - 32) / 500.0, (32 - rows - 0.5) / 500.0
    well_inside = x**2 + y**2 < 0.04**2
    z = np.sqrt(0.05**2 - x**2 - y**2, where=well_inside, out=np.zeros_like(x))
    np.testing.assert_allclose(buffers.depth[rows, columns][well_inside], z[well_inside], atol=2.5e-3)
    true = np.stack([x, y, z], axis=1) / 0.05
    cosine = (buffers.normals[rows, columns] * true).sum(axis=1)[well_inside]
    assert cosine.min() > np.cos(np.radians(5.0))


def test_what_stands_in_the_light_throws_a_shadow_and_only_there(tiles):
    wall = plate(half=0.06, depth=-0.03)
    post = plate(half=0.012, depth=0.03, centre=(-0.03, 0.0), region=FaceRegion.HAT)
    slanted = {"key_direction": (-1.0, 0.0, 1.5), "key": (1.0, 1.0, 1.0), "sky": (0.1,) * 3, "ground": (0.1,) * 3}
    bare, shaded = drawn([wall], tiles, **slanted), drawn([wall, post], tiles, **slanted)
    on_wall = (shaded.region == FaceRegion.SKIN) & (bare.region == FaceRegion.SKIN)
    ratio = shaded.linear[..., 0] / bare.linear[..., 0]
    dark = on_wall & (ratio < 0.5)
    # The light comes from the left at 1 : 1.5, so 0.06 m nearer the viewer is 0.04 m further left.
    assert dark.any()
    columns = np.nonzero(dark)[1]
    assert abs((columns.mean() + 0.5 - 16) / 250.0 - (-0.03 + 0.04)) < 0.006
    assert np.median(ratio[on_wall & ~dark]) == pytest.approx(1.0, abs=0.02)


def test_a_clear_lens_shows_what_is_behind_it_and_a_dark_one_does_not(tiles):
    wall = plate(half=0.05, colour=(0.8, 0.8, 0.8))

    def lens(opacity):
        glass = {"material": Material.LENS, "region": FaceRegion.GLASSES, "colour": (0.0, 0.0, 0.0)}
        return drawn([wall, plate(half=0.03, depth=0.02, opacity=opacity, **glass)], tiles)

    clear, dark, without = lens(0.05), lens(0.95), drawn([wall], tiles)
    middle = np.s_[14:18, 14:18]
    assert (clear.region[middle] == FaceRegion.SKIN).all()
    assert (dark.region[middle] == FaceRegion.GLASSES).all()
    assert clear.linear[middle].mean() == pytest.approx(without.linear[middle].mean(), rel=0.3)
    assert dark.linear[middle].mean() < 0.5 * without.linear[middle].mean()


def test_fur_is_drawn_in_the_share_that_its_coverage_says(tiles):
    shares = []
    for coverage in (0.0, 0.3, 0.7, 1.0):
        fur = plate(
            half=0.06, material=Material.FUR, region=FaceRegion.HAIR, uv=UV, uv_faces=plate().faces,
            coverage=np.full(4, coverage),
        )  # fmt: skip
        shares.append((drawn([fur], tiles, size=128).part[32:96, 32:96] >= 0).mean())
    assert shares[0] == 0.0
    assert shares[3] == 1.0
    assert shares[1] < shares[2]
    assert shares[1] == pytest.approx(0.3, abs=0.2)


def test_three_tones_cover_most_of_a_cel_and_not_of_a_photo(tiles):
    slanted = {"key_direction": (-1.0, 0.3, 1.0), "sky": (0.2,) * 3, "ground": (0.2,) * 3}
    counts = []
    for shader in (CEL_SHADER._replace(shine=0.0, shadow=0.0), MATT):
        buffers = drawn([ball(0.06)], tiles, shader, size=64, **slanted)
        inside = buffers.region == FaceRegion.SKIN
        tones = np.unique(np.round(buffers.linear[inside][:, 1], 2), return_counts=True)[1]
        counts.append(np.sort(tones)[-3:].sum() / inside.sum())
    assert counts[0] > 0.7
    assert counts[1] < 0.5


def test_the_same_scene_gives_the_same_bytes(tiles):
    first, second = (
        drawn([ball(), plate(half=0.02, depth=0.06)], tiles),
        drawn([ball(), plate(half=0.02, depth=0.06)], tiles),
    )
    for name in ("linear", "albedo", "region", "normals", "depth", "part"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()


def test_a_background_of_another_size_is_refused(tiles):
    look = Look(light=light(), shader=MATT, tiles=tiles)
    with pytest.raises(ValueError, match=r"background is \(8, 8\), expected \(32, 32\)"):
        draw_scene([plate()], camera(), look, np.zeros((8, 8, 3), np.float32))
