"""Laws of VRM Animations, read back as the specification says: weights, turns and bones are where it looks for them."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from tests.assets import small_person
from tests.node_programs import problems_of

from toonface.stages.gltf.layout import read_accessor, split_glb
from toonface.stages.gltf.vrm import to_vrm
from toonface.stages.gltf.vrm_animation import EXTENSION, VrmAnimation, to_vrm_animation
from toonface.stages.gltf.vrm_person import PARENTS, REQUIRED, VrmPerson, read_vrm_person

TIMES = np.array([0.0, 0.5, 1.25])
HEAD = Rotation.from_rotvec([[0.0, 0.0, 0.0], [0.1, 0.4, -0.2], [0.0, 0.3, 0.0]]).as_quat()
GAZE = Rotation.from_rotvec([[0.0, 0.0, 0.0], [0.0, 0.2, 0.0], [0.1, 0.0, 0.0]]).as_quat()
WEIGHTS = {"jawOpen": np.array([0.0, 1.0, 0.25]), "blinkLeft": np.array([0.5, 0.0, 0.0])}


@pytest.fixture(scope="module")
def person():
    return read_vrm_person(split_glb(to_vrm(small_person()))[0])


def moves(**changed):
    return VrmAnimation(
        **{"name": "said", "times": TIMES, "expressions": WEIGHTS, "head": HEAD, "gaze": GAZE, **changed}
    )


def played(data):
    """What a player finds: the extension, the nodes, and node and path of each channel → times and rows."""
    document, binary = split_glb(data)
    (animation,) = document["animations"]
    channels = {}
    for channel in animation["channels"]:
        sampler = animation["samplers"][channel["sampler"]]
        keys = tuple(read_accessor(document, binary, sampler[side]) for side in ("input", "output"))
        channels[channel["target"]["node"], channel["target"]["path"]] = keys
    return document["extensions"][EXTENSION], document["nodes"], channels


def test_each_weight_is_the_x_of_its_expression_s_node(person):
    said, _, channels = played(to_vrm_animation(moves(), person))
    assert said["specVersion"] == "1.0"
    assert set(said["expressions"]["preset"]) == {"blinkLeft"} and set(said["expressions"]["custom"]) == {"jawOpen"}
    for kind, name in (("custom", "jawOpen"), ("preset", "blinkLeft")):
        times, places = channels[said["expressions"][kind][name]["node"], "translation"]
        np.testing.assert_allclose(times[:, 0], TIMES)
        np.testing.assert_allclose(places, np.outer(WEIGHTS[name], [1.0, 0.0, 0.0]))


def test_head_and_gaze_turn_by_their_nodes_and_nothing_else_does(person):
    said, _, channels = played(to_vrm_animation(moves(), person))
    head, gaze = said["humanoid"]["humanBones"]["head"]["node"], said["lookAt"]["node"]
    np.testing.assert_allclose(channels[head, "rotation"][1], HEAD, atol=1e-6)
    np.testing.assert_allclose(channels[gaze, "rotation"][1], GAZE, atol=1e-6)
    assert len(channels) == 4
    np.testing.assert_allclose(said["lookAt"]["offsetFromHeadBone"], [0.0, 0.04, 0.07], atol=1e-6)


def test_bones_rest_unturned_where_the_avatar_s_do(person):
    said, nodes, _ = played(to_vrm_animation(moves(), person))
    bones = {name: bone["node"] for name, bone in said["humanoid"]["humanBones"].items()}
    assert set(bones) == set(person.bones) >= REQUIRED
    above = {child: number for number, node in enumerate(nodes) for child in node.get("children", ())}

    def place(number):
        own = np.array(nodes[number].get("translation", (0.0, 0.0, 0.0)))
        return own + (place(above[number]) if number in above else 0.0)

    for name, number in bones.items():
        np.testing.assert_allclose(place(number), person.bones[name], atol=1e-9)
        assert not {"rotation", "scale", "matrix"} & set(nodes[number])
        assert PARENTS[name] is None or above[number] == bones[PARENTS[name]]


def test_a_bone_that_is_missing_is_stepped_over(person):
    without = {name: place for name, place in person.bones.items() if name not in ("neck", "upperChest")}
    less = VrmPerson(bones=without, custom=(), eyes=person.eyes)
    said, nodes, _ = played(to_vrm_animation(moves(), less))
    bones = {name: bone["node"] for name, bone in said["humanoid"]["humanBones"].items()}
    assert bones["head"] in nodes[bones["chest"]]["children"]


def test_what_does_not_move_is_not_in_the_file(person):
    said, _, channels = played(to_vrm_animation(moves(expressions={}, gaze=None), person))
    assert set(said) == {"specVersion", "humanoid"} and len(channels) == 1
    with pytest.raises(ValueError, match="'said' moves nothing"):
        to_vrm_animation(moves(expressions={}, head=None, gaze=None), person)


def test_the_gaze_is_no_expression(person):
    with pytest.raises(ValueError, match=r"\['lookUp'\] are to be written, expected the gaze as such"):
        to_vrm_animation(moves(expressions={"lookUp": np.ones(3)}), person)


def test_the_validator_finds_neither_errors_nor_warnings(person, tmp_path):
    (tmp_path / "a.vrma").write_bytes(to_vrm_animation(moves(), person))
    (tmp_path / "b.vrma").write_bytes(to_vrm_animation(moves(head=None, gaze=None), person))
    assert problems_of(tmp_path / "a.vrma", tmp_path / "b.vrma") == {"a.vrma": [], "b.vrma": []}
