from types import SimpleNamespace

import numpy as np
import pytest
from tools.face_model.cage import BUST_RINGS, CONTROL_GROUPS, HEAD_HEIGHT, Cage, cut_head
from tools.face_model.sources import QuadMesh

ROWS, COLUMNS = 20, 8


def made_up_base():
    """A tube of ROWS × COLUMNS quads, 0.05 m each, then one quad for each control group and the joint."""
    at = np.arange((ROWS + 1) * COLUMNS).reshape(ROWS + 1, COLUMNS)
    after = np.roll(at, -1, axis=1)
    tube = np.stack([at[:-1], after[:-1], after[1:], at[1:]], axis=-1).reshape(-1, 4)
    height, angle = np.divmod(np.arange(at.size), COLUMNS)
    points = np.stack([np.cos(angle * np.pi / 4), 0.05 * height, np.sin(angle * np.pi / 4)], axis=1)
    groups, quads, vertices = {"body": np.arange(len(tube))}, [tube], [points]
    for number, name in enumerate((*reversed(CONTROL_GROUPS), "joint-head")):
        start = at.size + 4 * number
        groups[name] = np.array([len(tube) + number])
        quads.append(start + np.arange(4)[None])
        vertices.append(np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]) + 10.0 * (number + 1))
    all_quads, all_points = np.concatenate(quads), np.concatenate(vertices)
    uv = np.random.default_rng(0).uniform(size=(3 * len(all_points), 2))
    return QuadMesh(vertices=all_points, quads=all_quads, uv=uv, uv_quads=2 * all_quads + 1, groups=groups)


@pytest.fixture
def base():
    return made_up_base()


@pytest.fixture
def cage(base):
    return cut_head(SimpleNamespace(base=base))


def test_the_head_and_a_few_rings_below_it_are_kept(cage, base):
    middles = base.vertices[base.quads[base.groups["body"]]].mean(axis=1)[:, 1]
    in_head = middles[middles > HEAD_HEIGHT]
    assert len(cage.quads) == len(in_head) + BUST_RINGS * COLUMNS
    lowest = base.vertices[cage.kept[: cage.skin_count], 1].min()
    assert lowest == pytest.approx(in_head.min() - 0.025 - 0.05 * BUST_RINGS)


def test_cage_quads_are_base_quads_with_their_texture_places(cage, base):
    kept = {tuple(quad) for quad in base.quads.tolist()}
    assert {tuple(quad) for quad in cage.kept[cage.quads].tolist()} <= kept
    body = np.array(
        [
            row
            for row in base.groups["body"]
            if tuple(base.quads[row]) in set(map(tuple, cage.kept[cage.quads].tolist()))
        ]
    )
    np.testing.assert_array_equal(cage.uv[cage.uv_quads], base.uv[base.uv_quads[body]])
    assert len(cage.uv) == len(np.unique(cage.uv_quads))


def test_skin_points_come_first_and_every_group_has_its_own(cage, base):
    np.testing.assert_array_equal(np.unique(cage.quads), np.arange(cage.skin_count))
    assert tuple(cage.groups) == CONTROL_GROUPS
    for name, part in cage.groups.items():
        np.testing.assert_array_equal(cage.kept[part], np.unique(base.quads[base.groups[name]]))
    assert cage.groups[CONTROL_GROUPS[-1]].stop == len(cage.kept)


def test_the_origin_is_the_middle_of_the_joint(cage, base):
    joint = base.vertices[base.quads[base.groups["joint-head"]].ravel()]
    np.testing.assert_allclose(cage.origin, joint.mean(axis=0))


def test_the_index_of_a_kept_vertex_is_its_place(cage, rng):
    places = rng.integers(0, len(cage.kept), (7, 3))
    np.testing.assert_array_equal(cage.index_of(cage.kept[places]), places)


@pytest.mark.parametrize("unknown", [4, 8, 99])
def test_a_vertex_that_was_not_kept_is_refused(unknown):
    none = np.zeros((0, 4), int)
    small = Cage(
        kept=np.array([3, 7, 5]),
        skin_count=3,
        quads=none,
        uv_quads=none,
        uv=np.zeros((0, 2)),
        groups={},
        origin=np.zeros(3),
    )
    assert small.index_of(np.array([7, 5, 3])).tolist() == [1, 2, 0]
    with pytest.raises(ValueError, match="not part of the cage"):
        small.index_of(np.array([3, unknown]))
