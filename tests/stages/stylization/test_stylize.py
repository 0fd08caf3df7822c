"""Laws of drawing a cartoon: strength 0 is the portrait, sizes stay, what is not the face stays, doubt is told."""

from itertools import pairwise

import numpy as np
import pytest
from tests.stages.stylization.test_proportions import FACE

from toonface.stages.stylization.crop import SIZE
from toonface.stages.stylization.field import FIELD_SIZE, STYLES
from toonface.stages.stylization.stylize import MOST_UNCERTAIN, StylizeOptions, stylize
from toonface.types import FaceRegion, FaceRegions, Landmarks

HEIGHT, WIDTH = 260, 230
LANDMARKS = Landmarks(points_px=np.array([110.0, 130.0]) + 90.0 * FACE, sigma_px=np.ones(68))


def a_picture(rng):
    rows = rng.random((HEIGHT // 10, WIDTH // 10, 3))
    return (255 * np.repeat(np.repeat(rows, 10, 0), 10, 1)).astype(np.uint8)


def some_regions():
    classes = np.zeros((HEIGHT, WIDTH), np.uint8)
    classes[60:210, 50:170] = FaceRegion.SKIN
    classes[30:60, 50:170] = FaceRegion.HAIR
    classes[180:260, 170:230] = FaceRegion.OTHER
    return FaceRegions(classes=classes)


def answering(offset=0.0, scale=0.001, residual=0.0):
    """A network that answers the same everywhere."""

    def network(picture):
        assert picture.shape == (1, 3, SIZE, SIZE)
        return {
            "offset": np.full((1, 3, 2, FIELD_SIZE, FIELD_SIZE), offset, np.float32),
            "scale": np.full((1, 3, FIELD_SIZE, FIELD_SIZE), scale, np.float32),
            "residual": np.full((1, 3, 3, SIZE, SIZE), residual, np.float32)
            * np.array([1, -1, 0], np.float32)[:, None, None],
        }

    return network


PICTURE, REGIONS = a_picture(np.random.default_rng(0)), some_regions()


def drawn(network, **options):
    return stylize(network, PICTURE, LANDMARKS, REGIONS, StylizeOptions(**options))


@pytest.mark.parametrize("network", [None, answering(0.05, residual=0.3)])
@pytest.mark.parametrize("options", [{"strength": 0.0}, {"style": "none"}])
def test_no_strength_and_no_style_are_the_portrait_itself(network, options):
    cartoon = drawn(network, **options)
    assert np.array_equal(cartoon.picture, PICTURE)
    assert cartoon.style == "none"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("network", [None, answering(0.02, residual=0.1)])
def test_a_cartoon_has_the_size_of_its_portrait_and_differs_from_it(network, style):
    cartoon = drawn(network, style=style)
    assert cartoon.picture.shape == PICTURE.shape
    assert np.abs(cartoon.picture.astype(int) - PICTURE).max() > 20
    assert cartoon.style == style
    assert not cartoon.notes


def test_strength_goes_smoothly_from_the_portrait_to_the_cartoon():
    shown = [PICTURE] + [drawn(answering(0.03, residual=0.2), strength=s).picture for s in np.linspace(0.1, 1.0, 10)]
    steps = [np.abs(b.astype(float) - a).mean() for a, b in pairwise(shown)]
    assert max(steps) < 3.0 * np.mean(steps)


def test_colours_are_added_to_the_face_and_not_to_hands_or_hair():
    plain, painted = (drawn(answering(residual=r)).picture.astype(int) for r in (0.0, 0.3))
    change = (painted - plain)[..., 0]
    assert change[100:180, 80:140].mean() > 20.0
    assert np.abs(change[190:250, 180:220]).max() == 0
    assert np.abs(change[32:52, 60:160]).max() == 0


def test_kept_colours_are_kept_on_the_whole():
    kept, free = (
        drawn(answering(residual=0.3), keep_colors=keep).picture[100:180, 80:140].mean(axis=(0, 1))
        for keep in (True, False)
    )
    plain = drawn(answering()).picture[100:180, 80:140].mean(axis=(0, 1))
    assert np.abs(kept - plain).max() < 0.15 * np.abs(free - plain).max()


def test_a_network_in_doubt_is_not_followed_and_that_is_said():
    doubting, plain = drawn(answering(0.2, scale=2.0 * MOST_UNCERTAIN)), drawn(None)
    assert np.array_equal(doubting.picture, plain.picture)
    assert "unlike those" in doubting.notes[0]


def test_a_plain_background_is_plain():
    picture = drawn(answering(), background="plain").picture
    assert np.ptp(picture[:20].reshape(-1, 3), axis=0).max() <= 1


@pytest.mark.parametrize(
    ("options", "said"),
    [({"style": "pixar"}, "style is 'pixar'"), ({"strength": 1.2}, r"strength is 1\.2"),
     ({"strength": float("nan")}, "strength is nan"), ({"background": "blue"}, "background is 'blue'")],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        StylizeOptions(**options)


def test_regions_of_another_picture_are_refused():
    with pytest.raises(ValueError, match="regions have shape"):
        stylize(None, PICTURE[:100], LANDMARKS, REGIONS)
