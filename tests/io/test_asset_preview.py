"""Laws of the preview: what is seen is the asset's own, targets move it, clear lenses are not in the way."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from toonface.geometry.asset import Asset, AssetJoint, AssetMaterial, AssetMesh, AssetTarget, EncodedPicture
from toonface.io.asset_preview import AssetPainter, on_backdrop, render_asset
from toonface.synth.preview import View

VIEW = View(size=64)


def picture_of(colour):
    stream = BytesIO()
    Image.new("RGBA", (8, 8), colour).save(stream, "PNG")
    return EncodedPicture(data=stream.getvalue(), media_type="image/png")


def square(shown, *, z=0.0, side=0.2, name="face", **material):
    places = 0.5 * side * np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
    places[:, 2] = z
    return AssetMesh(
        name=name,
        positions=places,
        normals=np.tile(np.array([0.0, 0.0, 1.0], np.float32), (4, 1)),
        uv=np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32),
        faces=np.array([[0, 1, 2], [0, 2, 3]]),
        material=AssetMaterial(name=name, picture=picture_of(shown), **material),
        joints=np.zeros((4, 4), np.uint8),
        weights=np.tile(np.array([1, 0, 0, 0], np.float32), (4, 1)),
    )


def asset_of(*meshes):
    joint = AssetJoint(name="Head", parent=-1, position=(0.0, 0.0, 0.0))
    return Asset(name="one", meshes=meshes, joints=(joint,), clips=())


def moved(mesh, by):
    offsets = np.tile(np.array(by, np.float32), (4, 1))
    target = AssetTarget(name="jump", vertices=np.arange(4), offsets=offsets, normal_offsets=np.zeros_like(offsets))
    return replace(mesh, targets=(target,))


def test_a_picture_is_seen_in_its_colour():
    shown = render_asset(asset_of(square((200, 30, 30, 255))), VIEW)
    assert shown.shape == (64, 64, 3)
    middle = shown[32, 32].astype(int)
    assert middle[0] > 2 * middle[1]


def test_targets_move_what_has_them():
    asset = asset_of(
        moved(square((255, 255, 255, 255), side=0.1), (0.05, 0.0, 0.0)), square((0, 0, 0, 255), z=-0.1, name="wall")
    )
    still, jumped = render_asset(asset, VIEW), render_asset(asset, VIEW, {"jump": 1.0})
    assert np.abs(still.astype(int) - jumped).max() > 60


def test_clear_lenses_are_not_in_the_way_and_dark_ones_are():
    clear = square((0, 0, 255, 255), z=0.05, name="lenses", alpha="blend", colour=(1.0, 1.0, 1.0, 0.2))
    dark = replace(clear, material=replace(clear.material, colour=(1.0, 1.0, 1.0, 0.9)))
    face = square((200, 180, 150, 255))
    assert render_asset(asset_of(face, clear), VIEW)[32, 32, 0] > 100
    assert render_asset(asset_of(face, dark), VIEW)[32, 32, 0] < 90


def test_holes_are_cut():
    front = square((255, 0, 0, 10), z=0.05, name="hair", alpha="mask")
    shown = render_asset(asset_of(square((0, 200, 0, 255)), front), VIEW)[32, 32].astype(int)
    assert shown[1] > shown[0]


def test_a_target_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="there is no target 'fly'"):
        render_asset(asset_of(square((0, 0, 0, 255))), VIEW, {"fly": 1.0})


def test_without_a_backdrop_the_surroundings_are_clear_and_on_one_they_are_it():
    drawing = AssetPainter(asset_of(square((200, 30, 30, 255))), 64).draw(VIEW)
    assert drawing[2, 2, 3] == 0 and drawing[32, 32, 3] == 255
    laid = on_backdrop(drawing, (1, 2, 3))
    assert laid[2, 2].tolist() == [1, 2, 3]
    np.testing.assert_array_equal(laid[32, 32], drawing[32, 32, :3])


def test_the_whole_is_in_the_picture_from_all_sides():
    asset = asset_of(square((255, 255, 255, 255), double_sided=True), square((255, 255, 255, 255), z=0.15, name="wall"))
    painter = AssetPainter(asset, 64)
    for yaw in np.arange(0.0, 360.0, 30.0).tolist():
        alpha = painter.draw(View(yaw_degrees=yaw))[..., 3]
        assert alpha.any()
        assert not np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]]).any(), yaw


def test_a_positive_yaw_turns_the_face_to_the_right_of_the_picture():
    """A nose before a wall: its tip moves to the right."""
    asset = asset_of(square((0, 0, 0, 255)), square((255, 255, 255, 255), z=0.1, side=0.04, name="nose"))
    drawing = on_backdrop(AssetPainter(asset, 64).draw(View(yaw_degrees=30.0)), (0, 0, 0))
    assert np.nonzero(drawing[..., 0] > 120)[1].mean() > 36
