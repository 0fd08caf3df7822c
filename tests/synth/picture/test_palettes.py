import numpy as np

from toonface.synth.picture.palettes import OPPONENT, nearest_colour, palette_of


def test_planted_colours_are_found_and_recognised():
    planted = np.float32([[0.9, 0.1, 0.1], [0.1, 0.7, 0.2], [0.15, 0.2, 0.8], [0.9, 0.9, 0.85]])
    which = np.random.default_rng(0).integers(4, size=(30, 40))
    palette = palette_of(planted[which].reshape(-1, 3), 4)
    chosen = nearest_colour(planted[which], palette)
    np.testing.assert_allclose(palette[chosen], planted[which], atol=1e-3)


def test_more_colours_than_there_are_do_no_harm():
    palette = palette_of(np.full((5, 3), 0.25, np.float32), 3)
    np.testing.assert_allclose(palette, 0.25, atol=1e-5)


def test_no_colour_of_the_palette_is_nearer_than_the_chosen_one():
    rng = np.random.default_rng(3)
    picture, palette = rng.random((21, 34, 3), np.float32), rng.random((9, 3), np.float32)
    gaps = (((picture[:, :, None] - palette) @ OPPONENT.T) ** 2).sum(-1)
    chosen = np.take_along_axis(gaps, nearest_colour(picture, palette)[..., None], axis=2)[..., 0]
    np.testing.assert_allclose(chosen, gaps.min(-1), atol=1e-5)
