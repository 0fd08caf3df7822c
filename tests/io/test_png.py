"""Laws of our PNG files: any reader sees the pixels, the same pixels are the same bytes, no damage goes unseen."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from toonface.io.png import decode_png, encode_png

PALETTE = np.random.default_rng(5).integers(0, 256, (19, 3)).astype(np.uint8)


def pixels_of(mode, height=13, width=17):
    rng = np.random.default_rng(0)
    shape, most, dtype = {
        "L": ((height, width), 256, np.uint8),
        "P": ((height, width), 19, np.uint8),
        "RGB": ((height, width, 3), 256, np.uint8),
        "I;16": ((height, width), 65536, np.uint16),
    }[mode]
    return rng.integers(0, most, shape).astype(dtype)


def encoded(mode, **options):
    return encode_png(pixels_of(mode), PALETTE if mode == "P" else None, **options)


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "I;16"])
@pytest.mark.parametrize("noisy", [False, True])
def test_another_program_reads_the_pixels(mode, noisy):
    with Image.open(BytesIO(encoded(mode, noisy=noisy))) as picture:
        assert picture.mode == mode
        np.testing.assert_array_equal(np.asarray(picture), pixels_of(mode))


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "I;16"])
def test_decoding_undoes_encoding(mode):
    found = decode_png(encoded(mode), mode, 17)
    assert found.dtype == pixels_of(mode).dtype
    np.testing.assert_array_equal(found, pixels_of(mode))


def test_a_palette_is_shown():
    with Image.open(BytesIO(encoded("P"))) as picture:
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), PALETTE[pixels_of("P")])


def test_a_view_into_another_array_is_encoded_as_what_it_shows():
    pixels = pixels_of("RGB")
    assert encode_png(np.asfortranarray(pixels)[::-1, ::2]) == encode_png(pixels[::-1, ::2].copy())


def test_smooth_pictures_take_little_room():
    y, x = np.mgrid[0:64, 0:64]
    smooth = np.stack([x, y, x + y], axis=2).astype(np.uint8)
    assert len(encode_png(smooth)) < smooth.size / 10


def test_no_changed_byte_goes_unseen():
    data = encoded("RGB")
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 1
        with pytest.raises(ValueError, match="PNG"):
            decode_png(bytes(damaged), "RGB", 17)


def test_no_cut_goes_unseen():
    data = encoded("I;16")
    for length in range(len(data)):
        with pytest.raises(ValueError, match="PNG"):
            decode_png(data[:length], "I;16", 17)


@pytest.mark.parametrize(("mode", "largest"), [("L", 17), ("RGB", 16)])
def test_another_mode_or_a_larger_picture_is_refused(mode, largest):
    with pytest.raises(ValueError, match=rf"RGB of 17 x 13, expected {mode} of at most {largest}"):
        decode_png(encoded("RGB"), mode, largest)
