"""Laws of pictures: what was written is read, as RGB or with alpha."""

import numpy as np
import pytest
from PIL import Image

from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures, prepare_folder, write_picture


@pytest.fixture
def picture(rng):
    """Smooth colours, so that a lossy format changes little."""
    y, x = np.mgrid[0:32, 0:48]
    return np.stack([5 * x, 7 * y, 2 * (x + y)], axis=2).astype(np.uint8)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_png_comes_back_exactly(tmp_path, picture):
    write_picture(tmp_path / "a.png", picture)
    np.testing.assert_array_equal(load_textures(tmp_path)["a"], picture)


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_a_lossy_format_comes_back_nearly(tmp_path, picture, ending):
    write_picture(tmp_path / f"a.{ending}", picture, quality=95)
    back = load_textures(tmp_path)["a"]
    assert back.shape == picture.shape
    assert np.abs(back.astype(int) - picture).mean() < 3.0


def test_lower_quality_makes_a_smaller_file(tmp_path, rng):
    noise = rng.integers(0, 256, (64, 64, 3)).astype(np.uint8)
    for quality in (10, 90):
        write_picture(tmp_path / f"{quality}.jpg", noise, quality=quality)
    assert (tmp_path / "10.jpg").stat().st_size < (tmp_path / "90.jpg").stat().st_size


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "CMYK"])
def test_every_picture_is_read_as_rgb_and_with_alpha_where_it_has_it(tmp_path, mode):
    ending = "jpg" if mode == "CMYK" else "png"
    Image.new(mode, (4, 3)).save(tmp_path / f"a.{ending}")
    found = load_textures(tmp_path)["a"]
    assert found.shape == (3, 4, 4 if mode in ("RGBA", "LA") else 3)
    assert found.dtype == np.uint8


def test_a_palette_with_a_transparent_colour_has_alpha(tmp_path):
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "a.png", transparency=1)
    np.testing.assert_array_equal(load_textures(tmp_path)["a"], [[[255, 0, 0, 255], [0, 255, 0, 0]]])


def test_only_pictures_are_read(tmp_path, picture):
    (tmp_path / "head.npz").write_bytes(b"no picture")
    write_picture(tmp_path / "a.png", picture)
    assert list(load_textures(tmp_path)) == ["a"]


def test_every_texture_that_the_model_names_is_there():
    textures = load_textures()
    for name, part in load_face_model().parts.items():
        if part.texture:
            assert part.texture in textures, name
            assert textures[part.texture].shape[2] == (3 if part.alpha == "opaque" else 4), name


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_a_damaged_picture_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.png is not a readable picture") as refusal:
        load_textures(tmp_path)
    assert "\n" not in str(refusal.value)


def test_a_truncated_picture_is_refused(tmp_path, rng):
    write_picture(tmp_path / "whole.png", rng.integers(0, 256, (64, 64, 3)).astype(np.uint8))
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"half\.png is not a readable picture"):
        load_textures(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="missing is not a folder of pictures"):
        load_textures(tmp_path / "missing")


def test_a_folder_for_output_is_made_and_left_empty(tmp_path):
    for _ in range(2):
        prepare_folder(tmp_path / "a" / "b")
        assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ValueError, match=r"cannot write to .*file.*; choose another folder"):
        prepare_folder(tmp_path / "file" / "inside")
