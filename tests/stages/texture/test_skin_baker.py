"""Laws of what is known of the skin alone."""

import numpy as np
import pytest

from toonface.io.face_model_file import load_face_model
from toonface.stages.texture.skin_baker import SkinBaker


def test_the_parts_of_the_outer_skin_add_up_to_it(baker):
    total = baker.face + baker.scalp + baker.ear + baker.neck
    assert np.abs(total - baker.outer)[baker.outer > 0.999].max() < 1e-6
    for part in (baker.face, baker.scalp, baker.ear, baker.neck, baker.lid, baker.usable):
        assert part.min() >= 0.0
        assert part.max() <= 1.0


def test_left_and_right_are_alike(baker):
    for part in (baker.face, baker.scalp, baker.neck, baker.lid, baker.usable):
        assert np.abs(part - part[baker.mirror]).max() < 0.05


def test_the_picture_is_not_used_on_the_edge_of_a_lid(baker):
    margins = np.concatenate([grid.table[3:6].ravel() for grid in baker.model.lids])
    assert baker.usable[margins].max() < 0.05


def test_links_across_the_hairline_are_weak(baker):
    change = np.abs(np.diff(baker.scalp[baker.links], axis=1))[:, 0]
    assert baker.strength[change > 0.3].max() < 0.05
    assert baker.strength[change == 0.0].min() == 1.0


def test_an_atlas_without_texels_is_refused():
    with pytest.raises(ValueError, match="expected at least 1"):
        SkinBaker(load_face_model(), 0)
