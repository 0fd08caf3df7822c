"""Laws of the tables of names."""

import pytest

from toonface.morphable.names import ARKIT_SHAPES, EXTRAS, FACS_SHAPES, SHAPES, VISEMES, mirror_name, side_of

COMPOSITIONS = VISEMES | EXTRAS

LIVE_LINK_ORDER = """
EyeBlinkLeft EyeLookDownLeft EyeLookInLeft EyeLookOutLeft EyeLookUpLeft EyeSquintLeft EyeWideLeft EyeBlinkRight
EyeLookDownRight EyeLookInRight EyeLookOutRight EyeLookUpRight EyeSquintRight EyeWideRight JawForward JawLeft JawRight
JawOpen MouthClose MouthFunnel MouthPucker MouthLeft MouthRight MouthSmileLeft MouthSmileRight MouthFrownLeft
MouthFrownRight MouthDimpleLeft MouthDimpleRight MouthStretchLeft MouthStretchRight MouthRollLower MouthRollUpper
MouthShrugLower MouthShrugUpper MouthPressLeft MouthPressRight MouthLowerDownLeft MouthLowerDownRight MouthUpperUpLeft
MouthUpperUpRight BrowDownLeft BrowDownRight BrowInnerUp BrowOuterUpLeft BrowOuterUpRight CheekPuff CheekSquintLeft
CheekSquintRight NoseSneerLeft NoseSneerRight TongueOut
""".split()
"""The header of a file that Live Link Face writes, after its two columns of time."""


def test_the_columns_are_the_52_of_arkit_in_live_link_order_and_then_12_of_facs():
    assert [name[0].upper() + name[1:] for name in ARKIT_SHAPES] == LIVE_LINK_ORDER
    assert SHAPES[:52] == ARKIT_SHAPES
    assert SHAPES[52:] == tuple(FACS_SHAPES)
    assert len(FACS_SHAPES) == 12


def test_no_two_shapes_share_a_name():
    assert len(set(SHAPES)) == len(SHAPES) == 64
    assert not set(VISEMES) & set(SHAPES)


def test_every_further_shape_has_an_action_unit():
    assert all(unit.startswith("AU ") and unit[3:].isdigit() for unit in FACS_SHAPES.values())


def test_the_visemes_are_the_15_of_openxr_in_order():
    expected = "sil PP FF TH DD kk CH SS nn RR aa E I O U"
    assert list(VISEMES) == [f"viseme_{name}" for name in expected.split()]


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_a_composition_is_made_of_shapes_with_weights_in_0_to_1(name):
    assert COMPOSITIONS[name].keys() <= set(SHAPES)
    assert all(0.0 < weight <= 1.0 for weight in COMPOSITIONS[name].values())


@pytest.mark.parametrize("name", COMPOSITIONS)
def test_a_composition_is_its_own_mirror(name):
    mirrored = {mirror_name(shape): weight for shape, weight in COMPOSITIONS[name].items()}
    assert mirrored == COMPOSITIONS[name]


def test_only_silence_leaves_the_face_at_rest():
    assert [name for name, weights in COMPOSITIONS.items() if not weights] == ["viseme_sil"]


def test_the_mirror_of_the_mirror_is_the_shape_itself():
    assert all(mirror_name(name) in SHAPES for name in SHAPES)
    assert all(mirror_name(mirror_name(name)) == name for name in SHAPES)


def test_mirroring_swaps_the_sides():
    swapped = {"left": "right", "right": "left", "both": "both"}
    assert all(side_of(mirror_name(name)) == swapped[side_of(name)] for name in SHAPES)


def test_what_moves_sideways_acts_on_both_sides():
    assert {side_of(name) for name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight", "jawOpen")} == {"both"}
    assert (side_of("mouthSmileLeft"), side_of("mouthSmileRight")) == ("left", "right")
