"""Laws of the training scenes: the same numbers give the same scene, and a scene without a face shows none."""

import numpy as np
import pytest
from tests.fake_renderer import fake_labels

from toonface.io.sample_cache import FOLDER, SampleCache
from toonface.io.shard_set import MANIFEST
from toonface.synth.labels import Sample
from toonface.train.detector_board import MOST_FACES
from toonface.train.detector_scenes import Scenes
from toonface.train.real_points import RealPoints

SIZE, SCENES = 96, 60
FACE = (190, 20, 200)
"""Colour of the box around the points, and of nothing else."""


def drawn_sample(seed):
    """A box with a face, in a picture of grey noise; its class is skin, and what is around it is background."""
    rng = np.random.default_rng(seed)
    low, high = rng.uniform(14.0, 34.0, 2), rng.uniform(60.0, 80.0, 2)
    points = rng.uniform(low, high, (68, 2)).astype(np.float32)
    points[0], points[1] = low, high
    picture = np.repeat(rng.integers(60, 200, (SIZE, SIZE, 1), np.uint8), 3, axis=2)
    parsing = np.zeros((SIZE, SIZE), np.uint8)
    box = np.s_[int(low[1]) : int(high[1]) + 1, int(low[0]) : int(high[0]) + 1]
    picture[box], parsing[box] = FACE, 1
    return Sample(picture=picture, labels=fake_labels(rng, SIZE, landmarks_px=points, parsing=parsing))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    samples = [drawn_sample(seed) for seed in range(16)]
    chunk = folder / FOLDER / "shard-000000"
    chunk.mkdir(parents=True)
    (folder / MANIFEST).write_text('{"style": "pair"}', "utf-8")
    np.save(chunk / "pictures.npy", np.stack([s.picture for s in samples]))
    np.save(chunk / "parsing.npy", np.stack([s.labels.parsing for s in samples]))
    names = ("landmarks_px", "visible", "coefficients", "gaze")
    np.savez(chunk / "numbers.npz", **{n: np.stack([getattr(s.labels, n) for s in samples]) for n in names})
    return SampleCache(folder)


@pytest.fixture(scope="module")
def scenes(cache):
    return Scenes(cache=cache, real=[], real_share=0.0, size=SIZE)


@pytest.fixture(scope="module")
def drawn(scenes):
    return [scenes(np.random.default_rng(seed)) for seed in range(SCENES)]


def shows_face(picture):
    """Pixels that are nearly of the face's colour."""
    return (np.abs(picture.astype(int) - FACE).max(axis=2) < 12).sum()


def test_scenes_are_pictures_with_rows_of_faces(drawn):
    for picture, faces in drawn:
        assert picture.shape == (SIZE, SIZE, 3) and picture.dtype == np.uint8
        assert faces.shape == (MOST_FACES, 15) and faces.dtype == np.float32
        assert set(np.unique(faces[:, 0])) <= {-1.0, 0.0, 1.0}
        assert (faces[faces[:, 0] == 0.0] == 0.0).all()


def test_most_scenes_have_faces_some_many_and_some_none(drawn):
    counts = np.array([(faces[:, 0] == 1.0).sum() for _, faces in drawn])
    assert 0.5 < np.mean(counts > 0) < 0.95
    assert (counts > 1).any() and (counts == 0).any()


def test_faces_have_their_middle_in_the_scene_and_all_sizes(drawn):
    faces = np.concatenate([faces[faces[:, 0] == 1.0] for _, faces in drawn])
    middle = 0.5 * (faces[:, 1:3] + faces[:, 3:5])
    assert (middle > -0.1 * SIZE).all() and (middle < 1.1 * SIZE).all()
    larger = (faces[:, 3:5] - faces[:, 1:3]).max(axis=1)
    assert larger.min() < 0.35 * SIZE and larger.max() > 0.9 * SIZE


def test_the_same_numbers_give_the_same_scene(scenes, drawn):
    for seed in range(8):
        picture, faces = scenes(np.random.default_rng(seed))
        np.testing.assert_array_equal(picture, drawn[seed][0])
        np.testing.assert_array_equal(faces, drawn[seed][1])


def test_a_scene_without_a_face_has_no_row(scenes):
    for seed in range(20):
        assert (scenes.faceless(np.random.default_rng(seed)).rows() == 0.0).all()


def test_a_piece_without_a_face_shows_none(scenes):
    cell = (0, 0, SIZE, SIZE)
    changed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        board = scenes._ground(rng, plain=True)
        before = board.picture.copy()
        scenes._add_faceless(rng, board, cell)
        changed += (board.picture != before).any()
        assert shows_face(board.picture) == 0
        assert not board.faces and (board.owners == -1).all()
    assert changed >= 10


def test_a_covered_face_is_seen_no_more(scenes):
    """What the ellipse leaves are the corners of the box: a face is round."""
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(80):
        board = scenes.faceless(rng)
        shares.append(shows_face(board.picture) / SIZE**2)
    assert max(shares) < 0.2


def test_real_portraits_are_pasted_as_whole_pictures(cache):
    sample = drawn_sample(100)
    points = sample.labels.landmarks_px.astype(float)
    real = [RealPoints(picture=sample.picture, points_px=points, completed_px=points)]
    scenes = Scenes(cache=cache, real=real, real_share=1.0, size=SIZE)
    source = scenes._picture_source(np.random.default_rng(0))
    np.testing.assert_array_equal(source.picture, sample.picture)
    assert (source.classes == 0).all()
