"""Pictures that an avatar wears."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from toonface.io.avatar_pictures import (
    AvatarWear,
    PictureOptions,
    encode_hair,
    encode_jpeg,
    encode_strands,
    encode_wear,
    encode_worn,
)
from toonface.io.images import load_textures
from toonface.types import Mesh
from toonface.worn.worn_part import WornPart

COLOUR = (0.4, 0.2, 0.1)


def decoded(picture):
    return np.asarray(Image.open(BytesIO(picture.data)).convert("RGBA"))


def strands(size=16):
    texture = np.zeros((size, size, 4), np.uint8)
    texture[..., :3] = np.linspace(40, 220, size)[:, None, None]
    texture[..., 3] = np.linspace(0, 255, size)[None]
    return texture


def test_strands_show_twice_their_grey_times_the_colour():
    texture = strands()
    shown = decoded(encode_strands(texture, COLOUR))
    np.testing.assert_array_equal(shown[..., 3], texture[..., 3])
    wanted = 2.0 * texture[..., :3] * np.array(COLOUR)
    assert np.abs(shown[:, 1:, :3] - wanted[:, 1:]).max() <= 0.5 + 1e-9


def test_hair_shows_the_same_within_a_step_of_its_palette_and_is_cut_at_the_same_place():
    texture = strands(64)
    shown = decoded(encode_hair(texture, COLOUR))
    opaque = texture[..., 3] >= 160
    wanted = 2.0 * texture[..., :3] * np.array(COLOUR)
    assert np.abs(shown[opaque][:, :3] - wanted[opaque]).max() <= 1.5
    np.testing.assert_array_equal(shown[..., 3] > 110, texture[..., 3] > 112.5)


def test_holes_take_the_colour_around_them():
    texture = np.zeros((8, 8, 4), np.uint8)
    texture[4:6, 4:6] = (100, 100, 100, 255)
    shown = decoded(encode_strands(texture, COLOUR))
    assert (shown[..., :3] == np.round(200 * np.array(COLOUR))).all()


def test_no_picture_is_larger_than_asked_for():
    encoded = encode_jpeg(np.zeros((40, 20, 3), np.uint8), PictureOptions(largest=10))
    assert decoded(encoded).shape == (10, 5, 4) and encoded.media_type == "image/jpeg"


def test_a_part_without_a_picture_is_refused():
    grey = np.zeros((4, 4, 3), np.uint8)
    wear = AvatarWear(
        skin=grey, eyes=(grey, grey), hair="wig", hair_colour=COLOUR, brows="eyebrow001", brow_colour=COLOUR
    )
    with pytest.raises(ValueError, match="no picture of 'wig'"):
        encode_wear(wear, load_textures())


def worn(alpha, picture):
    mesh = Mesh(vertices=np.eye(3), faces=np.array([[0, 1, 2]]), uv=np.eye(3)[:, :2], uv_faces=np.array([[0, 1, 2]]))
    return WornPart(name="hair", mesh=mesh, normals=np.eye(3), picture=picture, alpha=alpha)


def tinted_strands():
    picture = strands(64)
    picture[..., :3] = np.round(picture[..., :3] * np.array(COLOUR))
    return picture


def test_shades_of_one_colour_are_shown_within_a_step_and_cut_at_the_same_place():
    picture = tinted_strands()
    cut = encode_worn(worn("mask", picture))
    assert cut.media_type == "image/png" and Image.open(BytesIO(cut.data)).mode == "P"
    shown = decoded(cut)
    solid = picture[..., 3] >= 160
    assert np.abs(shown[solid][:, :3].astype(int) - picture[solid][:, :3]).max() <= 2
    np.testing.assert_array_equal(shown[..., 3] > 110, picture[..., 3] > 112.5)


def test_what_is_worn_in_several_colours_keeps_them_and_its_holes():
    picture = tinted_strands()
    picture[..., 2] = np.arange(64)[None]
    shown = decoded(encode_worn(worn("mask", picture)))
    solid = picture[..., 3] > 0
    assert np.array_equal(shown[solid], picture[solid])
    assert np.array_equal(shown[..., 3], picture[..., 3])


def test_what_is_opaque_is_a_jpeg_and_what_is_clear_all_over_is_kept():
    clear = np.zeros((8, 8, 4), np.uint8)
    assert encode_worn(worn("opaque", tinted_strands())).media_type == "image/jpeg"
    assert not decoded(encode_worn(worn("mask", clear)))[..., 3].any()
