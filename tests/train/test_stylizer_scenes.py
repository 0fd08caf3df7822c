"""Laws of kept scenes: an interrupted folder goes on, another one is refused, a test set is never drawn."""

import json

import numpy as np
import pytest

from toonface.stages.stylization.crop import SIZE
from toonface.synth.style_pairs import FLOW_SIZE, StyleExample, StyleTarget
from toonface.train import stylizer_scenes
from toonface.train.stylizer_scenes import FORMS, MANIFEST, STYLES, prepare_scenes


def example(number):
    """An example whose every pixel is its number."""
    picture = np.full((SIZE, SIZE, 3), number, np.uint8)
    target = StyleTarget(
        picture=picture + np.uint8(1),
        face=np.ones((SIZE, SIZE), bool),
        offset=np.full((FLOW_SIZE, FLOW_SIZE, 2), 0.01 * number, np.float32),
        known=np.ones((FLOW_SIZE, FLOW_SIZE), np.float32),
        points=np.full((68, 2), 0.5, np.float32),
    )
    return StyleExample(
        picture=picture, smooth=picture, regions=picture[..., 0], points=target.points, targets=(target,) * STYLES
    )


@pytest.fixture
def drawn(monkeypatch):
    """Numbers of the scenes that were drawn."""
    seen = []

    def rendered(seed, indices, workers):
        for index in indices:
            seen.append(index)
            yield index, example(index)

    monkeypatch.setattr(stylizer_scenes, "_rendered", rendered)
    return seen


def prepare(folder, **other):
    return prepare_scenes(folder, **{"seed": 5, "count": 6, "workers": 1, "progress": print} | other)


def test_every_scene_is_in_its_own_row_of_every_array(drawn, tmp_path):
    scenes = prepare(tmp_path)
    assert len(scenes) == 6
    for name, (dtype, shape) in FORMS.items():
        assert scenes.arrays[name].shape == (6, *shape)
        assert scenes.arrays[name].dtype == dtype
    assert [int(scenes.arrays["picture"][i, 0, 0, 0]) for i in range(6)] == list(range(6))
    assert int(scenes.arrays["cartoons"][4, 2, 0, 0, 0]) == 5


def test_an_interrupted_folder_goes_on_where_it_stopped(drawn, tmp_path):
    prepare(tmp_path)
    facts = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    (tmp_path / MANIFEST).write_text(json.dumps(facts | {"done": 4}), "utf-8")
    drawn.clear()
    prepare(tmp_path)
    prepare(tmp_path)
    assert drawn == [4, 5]


def test_a_folder_of_other_scenes_is_refused(drawn, tmp_path):
    prepare(tmp_path)
    with pytest.raises(ValueError, match="holds scenes of"):
        prepare(tmp_path, seed=6)


def test_the_seed_of_a_test_set_is_refused(drawn, tmp_path):
    with pytest.raises(ValueError, match="never trained on"):
        prepare(tmp_path, seed=971_003)


def test_workers_draw_what_one_process_draws(tmp_path, monkeypatch):
    monkeypatch.setattr(stylizer_scenes, "_make_task", numbered_task)
    found = list(stylizer_scenes._rendered(9, range(3, 8), 2))
    assert found == [(index, ("drawn", 9, index)) for index in range(3, 8)]


def numbered_task():
    def task(request):
        yield ("drawn", *request)

    return task
