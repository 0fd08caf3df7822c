"""Laws of the styles: everybody is drawn by the same hand, before the photograph's own ground."""

import pytest

from toonface.nets.stylizer_net import STYLES as NET_STYLES
from toonface.stages.stylization.field import STYLES
from toonface.synth.cartoon_styles import CARTOON_STYLES, in_style


def test_the_renderer_the_network_and_the_stage_have_the_same_styles():
    assert tuple(CARTOON_STYLES) == STYLES
    assert len(STYLES) == NET_STYLES


@pytest.mark.parametrize("name", STYLES)
def test_two_people_get_the_same_proportions_and_look_and_keep_what_is_theirs(renderer, name):
    scenes = [renderer.scene(3, index) for index in (0, 1)]
    styled = [in_style(scene, name) for scene in scenes]
    assert styled[0].exaggeration == styled[1].exaggeration
    assert styled[0].toon == styled[1].toon
    for before, after in zip(scenes, styled, strict=True):
        assert after.toon_background is before.background
        assert after.hair == before.hair
        assert after.person is before.person


def test_styles_go_further_one_by_one_and_leave_skull_and_neck():
    scales = [style.exaggeration for style in CARTOON_STYLES.values()]
    assert [s.eye_scale for s in scales] == sorted(s.eye_scale for s in scales)
    assert [s.nose_scale for s in scales] == sorted((s.nose_scale for s in scales), reverse=True)
    assert all(s.cranium_scale == 1.0 and s.neck_width == 1.0 for s in scales)
