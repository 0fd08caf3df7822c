"""Laws of the turntable: a whole turn that blinks and smiles, in a file that repeats and is small."""

import numpy as np
import pytest
from PIL import Image
from tests.assets import small_asset

from toonface.io.asset_preview import AssetPainter, on_backdrop
from toonface.io.moving_pictures import (
    BLINK_AT,
    FRAMES,
    FRONT_AT_REST,
    SMILE_AT,
    clip_moments,
    draw_moments,
    turntable,
    turntable_weights,
    write_animation,
)
from toonface.synth.preview import View


def test_the_face_blinks_and_smiles_and_is_itself_at_first():
    assert turntable_weights(0) == {}
    assert turntable_weights(round(BLINK_AT))["eyeBlinkLeft"] == pytest.approx(1.0)
    assert turntable_weights(round(SMILE_AT))["mouthSmileLeft"] == pytest.approx(0.75)
    assert turntable_weights(FRAMES // 2) == {}


def test_neighbouring_frames_differ_little_also_at_the_end():
    names = ("eyeBlinkLeft", "mouthSmileRight")
    tracks = np.array([[turntable_weights(f).get(n, 0.0) for n in names] for f in (*range(FRAMES), 0)])
    assert np.abs(np.diff(tracks, axis=0)).max() < 0.7


def test_the_first_frame_is_the_front_and_the_middle_one_the_back():
    asset, told = small_asset(), []
    frames = draw_moments(asset, turntable(asset), 48, backdrop=None, progress=told.append)
    painter = AssetPainter(asset, 48)
    assert told == list(range(FRAMES)) and len(frames) == FRAMES
    np.testing.assert_array_equal(frames[0], painter.draw(View()))
    np.testing.assert_array_equal(frames[FRAMES // 2], painter.draw(View(yaw_degrees=180.0)))
    (laid,) = draw_moments(asset, [FRONT_AT_REST], 48, backdrop=(9, 8, 7))
    np.testing.assert_array_equal(laid, on_backdrop(frames[0], (9, 8, 7)))


def test_a_turn_keeps_to_what_the_head_has_and_to_what_is_asked_for():
    moments = turntable(small_asset(), View(pitch_degrees=5.0), {"jawOpen": 0.5})
    assert {name for _, pose in moments for name in pose.weights} == {"eyeBlinkLeft", "jawOpen"}
    assert {view.pitch_degrees for view, _ in moments} == {5.0}
    assert all(pose.weights["jawOpen"] == 0.5 for _, pose in moments)


def test_a_clip_is_shown_between_its_keys_and_ends_before_it_begins_again():
    clip = small_asset().clips[0]
    moments = clip_moments(clip, frame_ms=125)
    assert len(moments) == 8
    np.testing.assert_allclose(
        [pose.weights["eyeBlinkLeft"] for _, pose in moments], [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25]
    )
    turned = moments[4][1].turns["Head"]
    np.testing.assert_allclose(turned @ [0.0, 1.0, 0.0], [0.0, 0.28, 0.96], atol=1e-6)
    np.testing.assert_allclose(moments[0][1].turns["Head"], np.eye(3), atol=1e-12)
    assert all(pose.weights["eyeBlinkLeft"] == 1.0 for _, pose in clip_moments(clip, weights={"eyeBlinkLeft": 1.0}))


def test_an_animation_repeats_and_keeps_its_frames(tmp_path):
    colours = [(250, 10, 10, 255), (10, 250, 10, 255), (10, 10, 250, 0)]
    write_animation(tmp_path / "a.webp", [np.full((16, 16, 4), colour, np.uint8) for colour in colours])
    picture = Image.open(tmp_path / "a.webp")
    assert (picture.n_frames, picture.info["loop"]) == (3, 0)
    picture.seek(1)
    assert np.abs(np.asarray(picture.convert("RGB"))[8, 8].astype(int) - colours[1][:3]).max() < 30
    assert [path.name for path in tmp_path.iterdir()] == ["a.webp"]


def test_what_would_be_too_large_is_made_coarser(tmp_path, monkeypatch):
    noise = [np.random.default_rng(n).integers(0, 256, (64, 64, 3)).astype(np.uint8) for n in range(2)]
    write_animation(tmp_path / "fine.webp", noise)
    fine = (tmp_path / "fine.webp").stat().st_size
    monkeypatch.setattr("toonface.io.moving_pictures.MOST_BYTES", fine - 1)
    write_animation(tmp_path / "coarse.webp", noise)
    assert (tmp_path / "coarse.webp").stat().st_size < fine


def test_no_frame_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one frame"):
        write_animation(tmp_path / "a.webp", [])
