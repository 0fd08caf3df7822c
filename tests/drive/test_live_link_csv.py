"""Laws of recordings: columns go by name, reading undoes writing, and any text is a take or a `ValueError`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.clips import Clip
from toonface.drive.live_link_csv import (
    LiveLinkTake,
    clip_of_take,
    read_live_link_csv,
    take_of_clip,
    write_live_link_csv,
)
from toonface.drive.live_link_face import VALUES, expression_of, face_of_values
from toonface.drive.quaternions import matrix_to_quaternion, quaternions_to_matrices
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.morphable.names import ARKIT_SHAPES, SHAPES

# The header that the app writes.
HEADER = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,"
    "EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,"
    "EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,"
    "MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,"
    "MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,"
    "MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,"
    "BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,TongueOut,"
    "HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
)


def row(timecode, **values):
    cells = [str(values.get(name, 0.0)) for name in HEADER.split(",")[2:]]
    return ",".join([timecode, "61", *cells])


def text(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


def test_the_header_is_the_app_s():
    written = write_live_link_csv(LiveLinkTake(times=np.zeros(1), values=np.zeros((1, 61))))
    assert written.splitlines()[0] == HEADER
    assert written.splitlines()[1].startswith("00:00:00:00.000,61,0,0")


def test_columns_go_by_name():
    read = read_live_link_csv(text(row("01:02:03:30.000", JawLeft=0.25, MouthRight=0.5, HeadYaw=-0.75)))
    values = dict(zip(VALUES, read.values[0], strict=True))
    assert (values["jawLeft"], values["mouthRight"], values["HeadYaw"]) == (0.25, 0.5, -0.75)
    assert np.count_nonzero(read.values) == 3
    assert read.times == pytest.approx([3723.5])


@given(st.permutations(list(zip(HEADER.split(","), row("00:00:01:00.500", JawOpen=0.5).split(","), strict=True))))
def test_the_order_of_the_columns_does_not_matter(columns):
    header, cells = ([column[k] for column in columns] for k in (0, 1))
    read = read_live_link_csv(text(", ".join(cells), header=", ".join(header)))
    assert read.values[0, VALUES.index("jawOpen")] == 0.5
    assert read.times == pytest.approx([1.0 + 0.5 / 60])


def test_camel_case_a_byte_order_mark_and_further_columns_are_fine_and_angles_may_be_missing():
    header = "\ufeffTake,timecode," + ",".join(ARKIT_SHAPES)
    read = read_live_link_csv(text("7,00:00:00;15," + ",".join(["0.5"] * 52), header=header), 30.0)
    assert read.times == pytest.approx([0.5])
    np.testing.assert_array_equal(read.values[0], [0.5] * 52 + [0.0] * 9)


def test_rows_without_a_face_and_empty_ones_are_left_out():
    read = read_live_link_csv(text(row("00:00:01:00"), "00:00:02:00,0", "", row("00:00:03:00")))
    assert read.times == pytest.approx([1.0, 3.0])


def test_time_goes_on_past_midnight():
    read = read_live_link_csv(text(row("23:59:59:59.000"), row("00:00:00:00.000"), row("00:00:00:01.000")))
    assert np.diff(read.times) == pytest.approx([1 / 60, 1 / 60])


@given(
    st.lists(st.integers(0, 86400 * 50 - 1), min_size=1, max_size=4, unique=True).map(sorted),
    st.sampled_from([25.0, 29.97, 60.0]),
    st.integers(0, 99),
)
def test_reading_undoes_writing(fiftieths, rate, seed):
    values = np.random.default_rng(seed).uniform(-1.0, 1.0, (len(fiftieths), 61)).astype(np.float32)
    times = np.array(fiftieths) / 50.0
    read = read_live_link_csv(write_live_link_csv(LiveLinkTake(times=times, values=values), rate), rate)
    np.testing.assert_array_equal(read.values.astype(np.float32), values)
    # Time past midnight cannot be told from time before it.
    np.testing.assert_allclose(np.diff(read.times), np.diff(times) % 86400, atol=1.1e-3 / rate)


def test_a_time_that_rounds_to_the_next_second_has_no_frame_60():
    take = LiveLinkTake(times=np.array([59.9999999]), values=np.zeros((1, 61)))
    assert write_live_link_csv(take).splitlines()[1].startswith("00:01:00:00.000")


def test_a_clip_goes_to_a_take_and_back():
    rng = np.random.default_rng(2)
    weights = np.zeros((3, 64))
    weights[:, 12:52] = rng.random((3, 40))
    head = [matrix_to_quaternion(axis_angle_to_matrix(turn)) for turn in rng.uniform(-0.5, 0.5, (3, 3))]
    clip = Clip(name="x", times=np.array([0.0, 0.5, 0.75]), weights=weights, head=np.array(head))
    back = clip_of_take(take_of_clip(clip), "x")
    np.testing.assert_allclose(back.times, clip.times)
    # Looking in and out at once, or up and down, is one gaze.
    kept = [n for n, name in enumerate(SHAPES) if not name.startswith("eyeLook")]
    np.testing.assert_allclose(back.weights[:, kept], weights[:, kept], atol=1e-12)
    np.testing.assert_allclose(back.head, clip.head, atol=1e-9)


def test_a_clip_shows_the_faces_of_its_take():
    values = np.random.default_rng(4).uniform(-0.5, 1.5, (3, 61))
    clip = clip_of_take(LiveLinkTake(times=np.array([5.0, 6.0, 7.0]), values=values), "x")
    np.testing.assert_array_equal(clip.times, [0.0, 1.0, 2.0])
    for frame, turn in enumerate(quaternions_to_matrices(clip.head)):
        face = expression_of(face_of_values(values[frame]))
        np.testing.assert_array_equal(clip.weights[frame], face.weights)
        np.testing.assert_allclose(turn, face.rotation, atol=1e-12)


def test_a_clip_s_own_gaze_is_written_and_a_head_at_rest_has_no_angles():
    gaze = np.array([[[0.1, 0.2], [0.1, -0.2]]])
    clip = Clip(name="x", times=np.zeros(1), weights=np.zeros((1, 64)), gaze_radians=gaze)
    values = take_of_clip(clip).values[0]
    np.testing.assert_allclose(values[52:], [0, 0, 0, 0.1, -0.2, 0, 0.1, 0.2, 0], atol=1e-12)
    assert values[VALUES.index("eyeLookOutLeft")] > 0.0


@pytest.mark.parametrize(
    "broken, what",
    [
        ("", "lacks"),
        (text(), "1 rows and none with a face"),
        (text(row("0:0:0:0"), header=HEADER.replace("JawOpen", "Jaw")), r"lacks \['jawOpen'\], expected all 52"),
        (text(row("noon")), "'noon', expected one like 01:02:03:04.567"),
        (text(row("00:00:00:60")), "'00:00:00:60', expected fewer than 60 frames"),
        (text(row("0:0:0:0", JawOpen="wide")), "row 2 has 'wide' in column 20, expected a finite number"),
        (text(row("0:0:0:0", JawOpen="nan")), "row 2 has 'nan'"),
        (text(row("0:0:0:0"), "0:0:0:1,61,0.5"), "row 3 has 3 cells, expected at least 4"),
        (text(row("0:0:0:1"), row("0:0:0:1")), "row 3 is not after the one before"),
        (text("x" * 200_000), "is no CSV"),
    ],
)
def test_what_is_no_recording_says_why(broken, what):
    with pytest.raises(ValueError, match=what):
        read_live_link_csv(broken)


@given(st.text(max_size=60), st.text(max_size=40))
def test_any_text_is_a_take_or_a_value_error(start, rest):
    for broken in (start, text(start + rest), text(row(start)), text(row("0:0:0:0", JawOpen=rest), start)):
        try:
            read_live_link_csv(broken)
        except ValueError as error:
            assert "expected" in str(error)


@pytest.mark.parametrize(
    "make, what",
    [
        (lambda: read_live_link_csv(text(row("0:0:0:0")), 0.0), "are 0.0, expected 1 to 1000"),
        (lambda: LiveLinkTake(times=np.zeros(2), values=np.zeros((1, 61))), "2 times and 1 rows of values"),
        (lambda: LiveLinkTake(times=np.zeros(0), values=np.zeros((0, 61))), "0 times and 0 rows of values"),
        (lambda: write_live_link_csv(LiveLinkTake(times=np.array([-1.0]), values=np.zeros((1, 61)))), "-1.0 s"),
        (lambda: write_live_link_csv(LiveLinkTake(times=np.zeros(1), values=np.full((1, 61), np.nan))), "is nan"),
    ],
)
def test_what_cannot_be_done_says_why(make, what):
    with pytest.raises(ValueError, match=what):
        make()
