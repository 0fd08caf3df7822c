"""Laws of pictures: what was written is read, as RGB or with alpha, and what is no picture is refused in one line."""

import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures, prepare_folder, read_picture, write_picture


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


@pytest.fixture
def blocks():
    """Six plain blocks, which JPEG keeps: 2 rows, 3 columns, so that every turn shows."""
    colours = np.array(
        [[[250, 10, 10], [10, 250, 10], [10, 10, 250]], [[0, 0, 0], [128, 128, 128], [255, 255, 255]]], np.uint8
    )
    return colours.repeat(16, axis=0).repeat(16, axis=1)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "bmp", "tiff"])
def test_a_portrait_comes_back(tmp_path, blocks, ending):
    Image.fromarray(blocks).save(tmp_path / f"a.{ending}", quality=95)
    back = read_picture(tmp_path / f"a.{ending}")
    assert back.dtype == np.uint8
    assert back.flags.writeable
    np.testing.assert_allclose(back.astype(int)[8::16, 8::16], blocks[8::16, 8::16], atol=8)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_portrait_is_turned_back(tmp_path, blocks, orientation):
    """The file's rows are those of the picture after the inverse of what EXIF asks for."""
    undone = {
        1: blocks,
        2: blocks[:, ::-1],
        3: blocks[::-1, ::-1],
        4: blocks[::-1],
        5: blocks.swapaxes(0, 1),
        6: np.rot90(blocks),
        7: blocks[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(blocks, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(undone[orientation])).save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), blocks)


def test_what_is_transparent_lies_on_white(tmp_path):
    pixels = np.array([[[200, 100, 0, 255], [200, 100, 0, 0], [200, 100, 0, 51]]], np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), [[[200, 100, 0], [255] * 3, [244, 224, 204]]])


def test_a_palette_with_a_transparent_colour_lies_on_white(tmp_path):
    palette = Image.new("P", (2, 1))
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "a.png", transparency=1)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), [[[255, 0, 0], [255, 255, 255]]])


@pytest.mark.parametrize("ending", ["png", "tiff"])
def test_sixteen_bits_become_eight(tmp_path, ending):
    levels = np.array([[0, 257, 128 * 257 + 100, 65535]], np.uint16)
    Image.fromarray(levels).save(tmp_path / f"a.{ending}")
    np.testing.assert_array_equal(
        read_picture(tmp_path / f"a.{ending}")[0], np.array([[0], [1], [128], [255]]) + [0] * 3
    )


def test_32_bits_are_read_as_16(tmp_path):
    Image.fromarray(np.array([[-5, 0, 65535, 1 << 20]], np.int32)).save(tmp_path / "a.tiff")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tiff")[0, :, 0], [0, 0, 255, 255])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "YCbCr"])
def test_every_mode_becomes_rgb(tmp_path, blocks, mode):
    grey = Image.fromarray(blocks).convert("L")
    ending = "tiff" if mode in ("CMYK", "YCbCr") else "png"
    (grey.convert("RGB") if mode in ("CMYK", "YCbCr") else grey).convert(mode).save(tmp_path / f"a.{ending}")
    found = read_picture(tmp_path / f"a.{ending}")
    expected = np.asarray(grey.convert("1") if mode == "1" else grey).astype(int)
    np.testing.assert_allclose(found, np.repeat((expected * (255 if mode == "1" else 1))[..., None], 3, axis=2), atol=4)


def test_a_cmyk_jpeg_keeps_its_colours(tmp_path, blocks):
    Image.fromarray(blocks).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    np.testing.assert_allclose(
        read_picture(tmp_path / "a.jpg").astype(int)[8::16, 8::16], blocks[8::16, 8::16], atol=12
    )


def test_the_first_picture_of_an_animation_is_read(tmp_path):
    first, second = (Image.new("RGB", (4, 3), colour) for colour in ("red", "blue"))
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second])
    np.testing.assert_array_equal(read_picture(tmp_path / "a.gif")[0, 0], [255, 0, 0])


def refused(path):
    """The one line with which a file is refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="a\\.") as refusal:
            read_picture(path)
    assert "\n" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    return str(refusal.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a.png is empty"),
        (b"no picture", "a.png is not a picture of a known format; save it as"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "a.png is not a"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png is not a picture of a known format"),
    ],
)
def test_what_is_no_portrait_is_refused_in_one_line(tmp_path, content, reason):
    (tmp_path / "a.png").write_bytes(content)
    assert reason in refused(tmp_path / "a.png")


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "gif", "tiff"])
def test_half_a_portrait_is_refused(tmp_path, rng, ending):
    Image.fromarray(rng.integers(0, 256, (64, 64, 3)).astype(np.uint8)).save(tmp_path / f"a.{ending}")
    whole = (tmp_path / f"a.{ending}").read_bytes()
    (tmp_path / f"a.{ending}").write_bytes(whole[: len(whole) // 2])
    assert f"a.{ending} is not a" in refused(tmp_path / f"a.{ending}")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "No such file" in refused(tmp_path / "a.png")
    (tmp_path / "a.folder").mkdir()
    assert "Is a directory" in refused(tmp_path / "a.folder")


def test_floating_point_pixels_are_refused(tmp_path):
    Image.fromarray(np.zeros((2, 2), np.float32)).save(tmp_path / "a.tiff")
    assert "floating-point" in refused(tmp_path / "a.tiff")


def png_header(width, height):
    """A picture that claims a size: what is refused must be refused before its pixels are read."""
    chunk = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    header = (13).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + header + (1 << 20).to_bytes(4) + b"IDAT"


@pytest.mark.parametrize("side", [10_001, 14_000, 60_000])
def test_more_than_100_megapixels_are_refused(tmp_path, side):
    (tmp_path / "a.png").write_bytes(png_header(side, 10_000))
    assert "more than 100 megapixels" in refused(tmp_path / "a.png")


def test_up_to_100_megapixels_pillow_does_not_warn(tmp_path):
    (tmp_path / "a.png").write_bytes(png_header(10_000, 10_000))
    assert "more than" not in refused(tmp_path / "a.png")
