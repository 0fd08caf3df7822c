import numpy as np
import pytest
from tools.face_model.atlas import PADDING, head_atlas, stack_rows, uv_islands
from tools.face_model.cage import Cage

# Left, bottom, width, height in MakeHuman's layout: head (forehead to the left), mouth bag, bust, both sockets.
BOXES = (
    (0.64, 0.15, 0.35, 0.67, 12),
    (0.76, 0.01, 0.17, 0.12, 9),
    (0.23, 0.82, 0.30, 0.15, 7),
    (0.01, 0.55, 0.07, 0.08, 4),
    (0.09, 0.55, 0.07, 0.08, 4),
)


def sheet(left, bottom, width, height, cells):
    x, y = np.meshgrid(np.linspace(left, left + width, cells + 1), np.linspace(bottom, bottom + height, cells + 1))
    corner = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    return np.stack([x.ravel(), y.ravel()], axis=1), np.stack(
        [corner, corner + 1, corner + cells + 2, corner + cells + 1], axis=1
    )


@pytest.fixture
def cage():
    pieces = [sheet(*box) for box in BOXES]
    starts = np.cumsum([0, *(len(uv) for uv, _ in pieces)])
    uv_quads = np.concatenate([quads + start for (_, quads), start in zip(pieces, starts[:-1], strict=True)])
    return Cage(
        kept=np.arange(int(starts[-1])),
        skin_count=int(starts[-1]),
        quads=uv_quads,
        uv_quads=uv_quads,
        uv=np.concatenate([uv for uv, _ in pieces]),
        groups={},
        origin=np.zeros(3),
    )


def boxes(atlas):
    for island in range(5):
        points = atlas.uv[np.unique(atlas.uv_quads[atlas.islands == island])]
        yield points.min(axis=0), points.max(axis=0)


def test_islands_do_not_overlap_and_keep_their_distance(cage):
    found = list(boxes(head_atlas(cage)))
    for low, high in found:
        assert (low >= PADDING / 2).all()
        assert (high <= 1.0 - PADDING / 2).all()
    for one in range(5):
        for other in range(one):
            apart = np.maximum(found[one][0] - found[other][1], found[other][0] - found[one][1])
            assert apart.max() >= 8.0 / 2048.0


def test_every_island_is_only_turned_enlarged_and_moved_by_one_factor(cage):
    atlas = head_atlas(cage)
    before = np.linalg.norm(np.diff(cage.uv[cage.uv_quads], axis=1), axis=2)
    after = np.linalg.norm(np.diff(atlas.uv[atlas.uv_quads], axis=1), axis=2)
    factor = after / before
    np.testing.assert_allclose(factor, factor[0, 0])
    assert factor[0, 0] == pytest.approx((1.0 - 2.0 * PADDING) / 0.67)


def test_nothing_is_mirrored(cage):
    def areas(uv):
        a, b, c, d = (uv[cage.uv_quads[:, corner]] for corner in range(4))
        ac, bd = c - a, d - b
        return ac[:, 0] * bd[:, 1] - ac[:, 1] * bd[:, 0]

    assert (areas(cage.uv * [1.0, -1.0]) * areas(head_atlas(cage).uv) > 0.0).all()


def test_the_head_is_upright_and_in_the_middle(cage):
    atlas = head_atlas(cage)
    head = np.unique(cage.uv_quads[atlas.islands == 0])
    forehead = head[np.argmin(cage.uv[head, 0])]
    assert atlas.uv[forehead, 1] == pytest.approx(atlas.uv[head, 1].min())
    low, high = next(boxes(atlas))
    assert (low + high)[0] == pytest.approx(1.0)


def test_the_sockets_lie_on_the_sides_of_their_eyes(cage):
    found = list(boxes(head_atlas(cage)))
    assert found[3][1][0] < 0.5 < found[4][0][0]


def test_islands_are_numbered_by_size(cage):
    assert np.bincount(uv_islands(cage.uv_quads, len(cage.uv))).tolist() == [cells**2 for *_, cells in BOXES]


def test_rows_that_are_too_high_are_refused():
    uv = np.array([[0.0, 0.0], [1.0, 2.0]])
    with pytest.raises(ValueError, match="high"):
        stack_rows(uv, [[np.array([0, 1])]])
