"""Portraits: what is in the folder comes back by name, and damage is told in one line."""

import json

import numpy as np
import pytest
from PIL import Image

from toonface.io.portraits import is_validation, read_portraits


def write(folder, names, points=None):
    folder.mkdir(exist_ok=True)
    for shade, name in enumerate(names):
        Image.new("RGB", (4, 3), (shade, 100, 200)).save(folder / name)
    if points is not None:
        (folder / "landmarks.json").write_text(points if isinstance(points, str) else json.dumps(points), "utf-8")
    return folder


def test_portraits_come_in_order_of_their_names_with_their_points(tmp_path):
    points = {"b.png": {"36": [1.5, 2.0], "8": [0.25, 3.0]}, "a.png": {"45": [2, 2]}}
    first, second = read_portraits(write(tmp_path / "some", ["b.png", "a.png"], points))
    assert (first.name, second.name) == ("some/a.png", "some/b.png")
    given = np.flatnonzero(np.isfinite(second.points_px).all(axis=1))
    assert given.tolist() == [8, 36]
    assert second.points_px[36].tolist() == [1.5, 2.0] and first.points_px[45].tolist() == [2.0, 2.0]


def test_a_picture_is_that_of_its_file(tmp_path):
    first, second = read_portraits(write(tmp_path, ["x.png", "y.png"]))
    assert first.picture().shape == (3, 4, 3)
    assert first.picture()[0, 0].tolist() == [0, 100, 200] and second.picture()[0, 0].tolist() == [1, 100, 200]


def test_without_the_file_no_point_is_given(tmp_path):
    portraits = read_portraits(write(tmp_path, ["x.jpg", "y.webp"]))
    assert all(np.isnan(portrait.points_px).all() for portrait in portraits)


def test_pictures_are_not_opened_before_they_are_asked_for(tmp_path):
    (tmp_path / "torn.jpg").write_bytes(b"no picture")
    (portrait,) = read_portraits(tmp_path)
    with pytest.raises(ValueError, match=r"torn\.jpg"):
        portrait.picture()


def test_a_transparent_cartoon_stands_on_white(tmp_path):
    Image.new("RGBA", (2, 2), (10, 20, 30, 0)).save(tmp_path / "cartoon.png")
    assert (read_portraits(tmp_path)[0].picture() == 255).all()


def test_every_third_portrait_is_for_validation():
    assert [index for index in range(9) if is_validation(index)] == [2, 5, 8]


@pytest.mark.parametrize(
    ("points", "fault"),
    [
        ("{", "no file of landmarks"),
        ("[]", "no file of landmarks"),
        ({"a.png": {"68": [1, 2]}}, "point 68"),
        ({"a.png": {"-1": [1, 2]}}, "point -1"),
        ({"a.png": {"3": [1, 2, 3]}}, "point 3"),
        ({"a.png": {"3": [1, float("nan")]}}, "point 3"),
        ({"a.png": {"three": [1, 2]}}, "no file of landmarks"),
        ({"a.png": [1, 2]}, "no file of landmarks"),
        ({"b.png": {"3": [1, 2]}}, "points of b.png, which is not in the folder"),
    ],
)
def test_damaged_points_are_refused_in_one_line(tmp_path, points, fault):
    with pytest.raises(ValueError, match=fault) as caught:
        read_portraits(write(tmp_path, ["a.png"], points))
    assert "\n" not in str(caught.value)


def test_a_missing_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(ValueError, match="not a folder of portraits"):
        read_portraits(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="has no pictures"):
        read_portraits(tmp_path)
