import numpy as np
import pytest

from toonface.synth.picture.noise import halftone, spot_noise, strand_noise, stripes, stroke_noise, tileable_noise


def make(seed=0, size=96, octaves=3, **options):
    return tileable_noise(np.random.default_rng(seed), size, octaves, **options)


def test_noise_lies_in_the_unit_interval_around_a_half_and_uses_it():
    noise = make()
    assert noise.min() >= 0.0 and noise.max() <= 1.0
    assert abs(noise.mean() - 0.5) < 0.06
    assert 0.12 < noise.std() < 0.3


def test_the_same_generator_gives_the_same_noise_and_another_seed_does_not():
    assert np.array_equal(make(3), make(3))
    assert not np.array_equal(make(3), make(4))


@pytest.mark.parametrize("texture", [make(octaves=2), strand_noise(np.random.default_rng(1), 96, 1, strands=8)])
def test_no_seam_where_the_texture_repeats(texture):
    for axis in (0, 1):
        inside = np.abs(np.diff(texture, axis=axis)).max()
        seam = np.abs(np.take(texture, 0, axis) - np.take(texture, -1, axis)).max()
        assert seam <= 1.05 * inside


def test_a_larger_texture_shows_the_same_noise():
    coarse, fine = make(size=64, octaves=2), make(size=128, octaves=2)
    assert np.abs(fine.reshape(64, 2, 64, 2).mean((1, 3)) - coarse).max() < 0.02


def test_cells_that_do_not_divide_the_size_leave_no_gap():
    noise = make(size=50, octaves=1, period=7)
    assert np.abs(np.diff(noise, axis=1)).max() < 0.35
    assert np.count_nonzero(noise == 0.5) < 20


def test_strands_run_down_the_columns():
    strands = strand_noise(np.random.default_rng(0), 128, 2, strands=16, stretch=16)
    assert np.abs(np.diff(strands, axis=1)).mean() > 5 * np.abs(np.diff(strands, axis=0)).mean()


@pytest.mark.parametrize("size", [200, 40])
def test_a_spot_has_the_same_darkness_at_any_size(size):
    spots = spot_noise(np.random.default_rng(2), size, 1, radii=(0.03, 0.03))
    large = spot_noise(np.random.default_rng(2), 400, 1, radii=(0.03, 0.03))
    assert spots.mean() == pytest.approx(large.mean(), rel=0.25)


def test_spots_continue_over_the_edge_and_none_give_nothing():
    spots = spot_noise(np.random.default_rng(5), 64, 200, radii=(0.05, 0.1))
    assert 0.0 < spots.max() <= 1.0
    assert np.abs(spots[0] - spots[-1]).max() < 0.9
    assert not spot_noise(np.random.default_rng(5), 64, 0, radii=(0.05, 0.1)).any()


@pytest.mark.parametrize("tone", [0.0, 0.15, 0.4, 0.6])
@pytest.mark.parametrize("angle", [0.0, 0.5])
def test_dots_and_strokes_cover_as_much_as_the_tone_asks(tone, angle):
    plane, flat = np.full((96, 96), tone, np.float32), np.zeros((96, 96), np.float32)
    assert halftone(plane, angle=angle, pitch=6.0).mean() == pytest.approx(tone, abs=0.05)
    assert stripes(plane, flat, angle=angle, pitch=6.0, wobble=0.0).mean() == pytest.approx(tone, abs=0.05)


def test_strokes_are_smooth_along_their_direction_only():
    noise = make(size=64, period=32, octaves=1)
    for angle, axis in ((0.0, 1), (0.5 * np.pi, 0), (-0.5 * np.pi, 0)):
        smeared = stroke_noise(np.full_like(noise, angle), noise, 12.0)
        assert np.abs(np.diff(smeared, axis=axis)).mean() < 0.7 * np.abs(np.diff(smeared, axis=1 - axis)).mean()


@pytest.mark.parametrize("options", [{"size": 0}, {"octaves": 0}, {"period": 0}, {"stretch": 0}, {"gain": 0.0}])
def test_noise_refuses_what_it_cannot_draw(options):
    with pytest.raises(ValueError, match="expected"):
        make(**options)


@pytest.mark.parametrize(
    ("size", "count", "radii", "softness"),
    [(0, 1, (0.1, 0.2), 0.5), (8, -1, (0.1, 0.2), 0.5), (8, 1, (0.2, 0.1), 0.5), (8, 1, (0.1, 0.2), 0.0)],
)
def test_spots_refuse_what_they_cannot_draw(size, count, radii, softness):
    with pytest.raises(ValueError, match="expected"):
        spot_noise(np.random.default_rng(0), size, count, radii=radii, softness=softness)
