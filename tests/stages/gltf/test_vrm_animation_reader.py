"""Laws of VRM Animations that are read: what was written comes back, and files of others are read by their rests."""

from contextlib import suppress
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from tests.assets import small_asset, small_person

from toonface.stages.gltf.layout import join_glb, split_glb
from toonface.stages.gltf.vrm import to_vrm
from toonface.stages.gltf.vrm_animation import EXTENSION, VrmAnimation, to_vrm_animation
from toonface.stages.gltf.vrm_animation_reader import read_vrm_animations
from toonface.stages.gltf.vrm_person import PARENTS, VrmPerson, read_vrm_person
from toonface.stages.gltf.writer import to_glb

TIMES = np.array([0.0, 0.5, 1.25])
TURNS = Rotation.from_rotvec([[0.0, 0.0, 0.0], [0.1, 0.4, -0.2], [0.0, 0.3, 0.0]])
SAID = VrmAnimation(
    name="said",
    times=TIMES,
    expressions={"jawOpen": np.array([0.0, 1.0, 0.25]), "aa": np.array([0.5, 0.0, 0.0])},
    head=TURNS.as_quat(),
    gaze=TURNS.inv().as_quat(),
)


@pytest.fixture
def parts():
    person = read_vrm_person(split_glb(to_vrm(small_person()))[0])
    return split_glb(to_vrm_animation(SAID, person))


def same_turns(found, expected):
    assert (Rotation.from_quat(found) * expected.inv()).magnitude().max() < 1e-6


def test_what_was_written_comes_back(parts):
    (found,) = read_vrm_animations(join_glb(*parts)).values()
    assert (found.name, set(found.expressions)) == ("said", {"jawOpen", "aa"})
    np.testing.assert_allclose(found.times, TIMES)
    for name, weights in SAID.expressions.items():
        np.testing.assert_allclose(found.expressions[name], weights)
    same_turns(found.head, TURNS)
    same_turns(found.gaze, TURNS.inv())


def test_a_head_that_rests_turned_counts_from_there_and_weights_are_clipped(parts):
    document, binary = parts
    said, nodes = document["extensions"][EXTENSION], document["nodes"]
    rest = Rotation.from_rotvec([0.3, 0.0, 0.1])
    nodes[said["humanoid"]["humanBones"]["head"]["node"]]["rotation"] = rest.as_quat().tolist()
    (sampler,) = [
        one["sampler"]
        for one in document["animations"][0]["channels"]
        if one["target"]["node"] == said["expressions"]["custom"]["jawOpen"]["node"]
    ]
    accessor = document["accessors"][document["animations"][0]["samplers"][sampler]["output"]]
    start = document["bufferViews"][accessor["bufferView"]]["byteOffset"]
    binary = binary[:start] + np.array([-1.0, 0, 0, 7.0, 0, 0], "<f4").tobytes() + binary[start + 24 :]
    (found,) = read_vrm_animations(join_glb(document, binary)).values()
    same_turns(found.head, TURNS * rest.inv())
    same_turns(found.gaze, TURNS.inv())
    np.testing.assert_allclose(found.expressions["jawOpen"], [0.0, 1.0, 0.25])


def test_channels_of_other_bones_and_unknown_nodes_are_left_out(parts):
    document, binary = parts
    hips = document["extensions"][EXTENSION]["humanoid"]["humanBones"]["hips"]["node"]
    for channel in document["animations"][0]["channels"]:
        channel["target"]["node"] = hips
    assert read_vrm_animations(join_glb(document, binary)) == {}


JUNK = st.none() | st.booleans() | st.integers(-2, 99) | st.floats() | st.text(max_size=3) | st.just([]) | st.just({})


def places(part, path=()):
    """Paths to everything in a JSON part."""
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [path, *(place for key, value in entries for place in places(value, (*path, key)))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), junk=JUNK)
def test_a_damaged_file_is_read_or_refused_by_a_sentence(parts, data, junk):
    document, binary = deepcopy(parts[0]), parts[1]
    *way, last = data.draw(st.sampled_from(places(document)[1:]))
    inside = document
    for key in way:
        inside = inside[key]
    inside[last] = junk
    with suppress(ValueError):
        read_vrm_animations(join_glb(document, binary))


@given(cut=st.integers(0, 400))
def test_a_shorter_file_is_refused(cut):
    person = VrmPerson(bones={bone: (0.0, 0.0, 0.0) for bone in PARENTS}, custom=(), eyes=(0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="expected"):
        read_vrm_animations(to_vrm_animation(SAID, person)[:cut])


def test_other_files_are_refused():
    with pytest.raises(ValueError, match=r"breaks the rules of VRM Animation \(KeyError"):
        read_vrm_animations(to_glb(small_asset()))
    with pytest.raises(ValueError, match="expected a GLB file"):
        read_vrm_animations(b"no")
