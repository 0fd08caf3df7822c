"""Laws of clips as text: reading undoes writing, and any text is a clip or a `ValueError`."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toonface.drive.clip_text import clip_from_json, clip_to_json
from toonface.drive.clips import Clip
from toonface.morphable.names import SHAPES

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def clip(times=(0.0, 0.25), *, name="smile", head=True, gaze=True):
    rng = np.random.default_rng(1)
    count = len(times)
    weights = rng.random((count, 64)) * (rng.random(64) < 0.3)
    head_turns = rng.standard_normal((count, 4))
    return Clip(
        name=name,
        times=np.array(times),
        weights=weights,
        head=head_turns / np.linalg.norm(head_turns, axis=1, keepdims=True) if head else None,
        gaze_radians=rng.uniform(-0.5, 0.5, (count, 2, 2)) if gaze else None,
    )


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5, unique=True).map(sorted), texts, st.booleans(), st.booleans()
)
def test_reading_undoes_writing(times, name, head, gaze):
    written = clip(times, name=name, head=head, gaze=gaze)
    read = clip_from_json(clip_to_json(written))
    assert read.name == name
    np.testing.assert_array_equal(read.times, written.times)
    np.testing.assert_allclose(read.weights, written.weights, atol=1e-6)
    for part in ("head", "gaze_radians"):
        a, b = getattr(read, part), getattr(written, part)
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b, atol=1e-6)
    assert clip_to_json(read) == clip_to_json(written)


def test_a_clip_written_by_hand_is_read():
    text = (
        '{"format": "toonface clip", "version": 1, "name": "é", "by": "hand", "shapes": ["jawOpen", "tongueOut"],'
        '"times": [0, 0.5], "weights": [[0, 1], [0.25, 0]]}'
    )
    read = clip_from_json(text)
    assert read.name == "é" and read.head is None and read.gaze_radians is None
    np.testing.assert_array_equal(read.weights[:, SHAPES.index("jawOpen")], [0.0, 0.25])
    assert read.weights.sum() == 1.25


def test_the_text_names_the_shapes_that_move_and_no_other():
    written = clip()
    document = json.loads(clip_to_json(written))
    assert document["shapes"] == [SHAPES[column] for column in np.flatnonzero(written.weights.any(axis=0))]


def changed(**fields):
    return json.dumps(json.loads(clip_to_json(clip())) | fields)


@pytest.mark.parametrize(
    "text, what",
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ('{"times": [NaN]}', "NaN is no number of JSON"),
        ("[]", "is no clip, expected an object"),
        ('{"format": "glTF"}', "is no clip"),
        (changed(version=2), "version of the clip is 2, expected 1"),
        (changed(name=3), "name of the clip is 3, expected text"),
        (changed(shapes=["Wink"]), r"\['Wink'\], expected different names"),
        (changed(shapes=["jawOpen", "jawOpen"]), "expected different names"),
        (changed(shapes=[["jawOpen"]]), "expected different names"),
        (changed(times=None), "times of the clip is None, expected a list"),
        (changed(times=[0.0, True]), r"times of the clip has the row \[True\], expected 1 numbers"),
        (changed(times=[10**400, 0]), "integer too large"),
        (changed(times=[0.0]), "has 2 rows, expected 1"),
        (changed(weights=[[0.5], []]), "weights of the clip has the row"),
        (changed(head=[[0.0, 0.0, 0.0, 2.0]] * 2), "has length 2"),
        (changed(gaze_radians=[[0.0, 1e999, 0.0, 0.0]] * 2), "Infinity is no number of JSON"),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_no_clip_says_why(text, what):
    with pytest.raises(ValueError, match=what):
        clip_from_json(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(SHAPES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "shapes", "times", "weights", "head", "gaze_radians"]), json_values))
def test_any_fields_are_a_clip_or_a_value_error(fields):
    try:
        clip_from_json(changed(**fields))
    except ValueError as error:
        assert "expected" in str(error)


@given(st.text(max_size=80))
def test_any_text_is_a_clip_or_a_value_error(text):
    with pytest.raises(ValueError, match="expected"):
        clip_from_json(text)
