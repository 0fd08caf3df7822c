"""The orders of CelebAMask-HQ number 19 classes each, lose nothing that both sides know, and are those of the page."""

import re
from pathlib import Path

import jaxtyping
import numpy as np
import pytest

from toonface.evaluate.celebamask import CELEB_CLASSES, WITHOUT_CLASS, celeb_classes_of, regions_of
from toonface.types import FaceRegion

ORDERS = ("official", "bisenet")
ALL = np.arange(19, dtype=np.uint8)[None]
PAGE = (Path(__file__).parents[2] / "docs" / "conventions.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_numbers_every_class_once(order):
    assert sorted(getattr(celeb, order) for celeb in CELEB_CLASSES) == list(range(19))


@pytest.mark.parametrize("order", ORDERS)
def test_there_and_back_is_the_identity_but_for_regions_without_a_class(order):
    back = regions_of(celeb_classes_of(ALL, order), order)[0]
    assert [FaceRegion(i) for i in np.flatnonzero(back != ALL[0])] == sorted(WITHOUT_CLASS)


def test_the_two_orders_agree_on_a_picture():
    pictures = [regions_of(celeb_classes_of(ALL, order), order) for order in ORDERS]
    np.testing.assert_array_equal(*pictures)
    assert not np.array_equal(celeb_classes_of(ALL, "official"), celeb_classes_of(ALL, "bisenet"))


def test_left_and_right_change_places():
    for celeb in CELEB_CLASSES:
        side = {"l_": "RIGHT", "r_": "LEFT"}.get(celeb.name[:2])
        if side and celeb.name != "l_lip":
            assert celeb.region.name.endswith(side)


def test_the_table_is_that_of_the_page():
    section = PAGE.split("\n## CelebAMask-HQ\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\w+) \|", section, re.M)
    assert rows == [(c.name, str(c.official), str(c.bisenet), c.region.name) for c in CELEB_CLASSES]


def test_unknown_orders_and_classes_are_refused(monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(ValueError, match="'other', expected official or bisenet"):
        regions_of(ALL, "other")
    for turn in (regions_of, celeb_classes_of):
        with pytest.raises(ValueError, match="a class is 19, expected all below 19"):
            turn(ALL + np.uint8(1), "official")
