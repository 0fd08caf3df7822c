"""Laws of the parser's training: labels stay on their pixels, sides change with the mirror, rare regions weigh more."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from toonface.io.sample_cache import CachedSample, SampleCache
from toonface.nets.parser_net import CLASSES, IGNORED, ParserNet, Widths
from toonface.synth.labels import STYLES
from toonface.train import parser
from toonface.train.augment import Jitter
from toonface.train.parser import MOST_WEIGHT, Config, Crops, count_regions, main, region_weights, validate
from toonface.train.run import Run
from toonface.types import FaceRegion

SIDE = 320
NARROW = Widths(detail=(4, 8), stem=4, semantic=(8, 8), layers=(1, 1), head=8)
FAR_LEFT, FAR_RIGHT = 0.68, 0.32
"""Where the character's left and right ear are across the picture."""


def a_face():
    """68 points of an upright face in the middle, all on a circle but the five that frame it."""
    angle = np.linspace(0.0, 2.0 * np.pi, 68)
    points = 0.5 * SIDE + 0.2 * SIDE * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points[36:42], points[42:48] = [0.42 * SIDE, 0.42 * SIDE], [0.58 * SIDE, 0.42 * SIDE]
    points[30] = [0.5 * SIDE, 0.5 * SIDE]
    points[48], points[54] = [0.44 * SIDE, 0.6 * SIDE], [0.56 * SIDE, 0.6 * SIDE]
    return points.astype(np.float32)


def a_sample(style):
    """Each region has one grey value; the ears are in two columns."""
    parsing = np.full((SIDE, SIDE), int(FaceRegion.SKIN), np.uint8)
    for region, middle in ((FaceRegion.EAR_LEFT, FAR_LEFT), (FaceRegion.EAR_RIGHT, FAR_RIGHT)):
        parsing[:, int((middle - 0.05) * SIDE) : int((middle + 0.05) * SIDE)] = int(region)
    return CachedSample(
        picture=np.repeat(10 * parsing[..., None], 3, axis=2),
        parsing=parsing,
        landmarks_px=a_face(),
        visible=np.ones(68, bool),
        coefficients=np.zeros(239, np.float32),
        gaze=np.zeros((2, 2), np.float32),
        style=style,
    )


class TinyCache(SampleCache):
    """Stands for the cached samples: pairs of one face."""

    def __init__(self):
        self.styles = STYLES["pair"]
        self.samples = [a_sample(style) for style in self.styles]

    def __len__(self):
        return 100

    def __getitem__(self, index):
        return self.samples[index % 2]


def crops(**jitter):
    return Crops(cache=TinyCache(), size=parser.SIZE, jitter=Jitter(**jitter))


@pytest.fixture
def plainly(monkeypatch):
    monkeypatch.setattr(parser, "restyle", lambda _, crop, regions: crop)


def test_every_pixel_of_a_crop_has_its_own_label(plainly):
    for seed in range(4):
        crop, labels = crops(mirror=False)(np.random.default_rng(seed))
        assert crop.shape == (parser.SIZE, parser.SIZE, 3)
        assert labels.shape == (parser.SIZE, parser.SIZE)
        known = labels != IGNORED
        # Along a border the picture is a mixture, and its labels are not.
        steps = [(shift, axis) for shift in (-2, 2) for axis in (0, 1)]
        inside = known & np.all([labels == np.roll(labels, *step) for step in steps], axis=0)
        assert np.abs(crop[inside, 0].astype(int) - 10 * labels[inside].astype(int)).max() <= 1
        assert inside.mean() > 0.5


def test_the_left_ear_is_on_the_right_side_also_in_mirrored_crops(plainly):
    sides = []
    for seed in range(16):
        _, labels = crops(roll_radians=0.0)(np.random.default_rng(seed))
        left, right = (np.nonzero(labels == ear)[1] for ear in (FaceRegion.EAR_LEFT, FaceRegion.EAR_RIGHT))
        if len(left) and len(right):  # a closer look may not see them
            sides.append(left.mean() > right.mean())
    assert len(sides) > 4
    assert all(sides)


def test_what_is_covered_is_other_and_never_what_lies_below():
    covered = 0
    for seed in range(12):
        _, labels = crops(mirror=False)(np.random.default_rng(seed))
        _, plain = crops(mirror=False, shift=0.0)(np.random.default_rng(seed))
        assert set(np.unique(labels)) <= {*np.unique(plain), FaceRegion.OTHER, IGNORED}
        covered += bool((labels == FaceRegion.OTHER).any())
    assert 0 < covered < 12


def test_beyond_the_picture_nothing_is_labelled(plainly):
    _, labels = crops(zoom=0.0, shift=0.0, roll_radians=0.0)(np.random.default_rng(0))
    wide = crops(zoom=0.0, shift=4.0, roll_radians=0.0)(np.random.default_rng(0))[1]
    assert (wide == IGNORED).mean() > (labels == IGNORED).mean() + 0.3


def test_regions_are_counted_over_the_samples():
    share = count_regions(TinyCache()) / (100 * SIDE * SIDE)
    assert share.sum() == pytest.approx(1.0)
    assert share[FaceRegion.EAR_LEFT] == pytest.approx(0.1, abs=0.02)


def test_rarer_regions_weigh_more_up_to_a_limit():
    pixels = np.full(CLASSES, 100)
    pixels[FaceRegion.BACKGROUND], pixels[FaceRegion.EYE_LEFT], pixels[FaceRegion.OTHER] = 400, 1, 0
    weights = region_weights(pixels)
    assert weights[FaceRegion.BACKGROUND] == 1.0
    assert weights[FaceRegion.SKIN] == pytest.approx(2.0)
    assert weights[FaceRegion.EYE_LEFT] == weights.max() == MOST_WEIGHT
    assert weights[FaceRegion.OTHER] == 1.0, "what never occurs is not called for"


class Oracle(torch.nn.Module):
    """Reads the grey value of each region; is `share` of the time wrong."""

    def __init__(self, wrong=0.0):
        super().__init__()
        self.wrong = wrong
        self.none = torch.nn.Parameter(torch.zeros(1))  # a network tells its device by its weights

    def forward(self, picture):
        grey = (picture[:, 0] * 255.0 / 10.0).round().long().clamp(max=CLASSES - 1)
        grey[:, : int(self.wrong * grey.shape[1])] = int(FaceRegion.CLOTH)
        return torch.nn.functional.one_hot(grey, CLASSES).permute(0, 3, 1, 2).float()[:, :, ::2, ::2]


def test_validation_is_near_one_for_a_network_that_knows_and_low_for_one_that_does_not(monkeypatch):
    monkeypatch.setattr(parser, "VALIDATION_CROPS", 4)
    knows, guesses = (validate(Oracle(wrong), TinyCache(), parser.SIZE) for wrong in (0.0, 0.5))
    assert set(knows) == {"photo", "toon", "skin", "ear_left", "ear_right"}
    for name in knows:
        assert knows[name] > 0.9
        assert guesses[name] < 0.8


class CountedRun(Run):
    """Its minutes are steps."""

    @property
    def progress(self):
        return self.step / self.minutes


def test_a_run_learns_saves_itself_and_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(parser, "unpack_shards", lambda folder: TinyCache())
    monkeypatch.setattr(parser, "Run", CountedRun)
    monkeypatch.setattr(parser, "ParserNet", lambda: ParserNet(NARROW))
    monkeypatch.setattr(parser, "VALIDATION_CROPS", 2)
    config = Config(
        samples=Path("samples"), out=tmp_path, minutes=1.0, batch=2, log_every=1, save_minutes=0.0, compile=False
    )
    told = []
    main(config, told.append)
    main(replace(config, minutes=2.0), told.append)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert told[0] == told[2] == "100 renders, on cpu"
    assert [line["step"] for line in lines] == [1, 1, 2, 2]
    assert {"loss", "entropy", "overlap"} <= lines[0].keys()
    assert {"photo", "toon", "skin", "ear_left"} <= lines[1].keys()
