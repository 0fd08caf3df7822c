"""Laws of the skin's regions."""

import numpy as np
import pytest

from toonface.morphable.regions import SkinRegion


def test_regions_are_numbered_without_gaps():
    assert [int(region) for region in SkinRegion] == list(range(len(SkinRegion)))


@pytest.mark.parametrize("region", SkinRegion, ids=lambda region: region.name)
def test_every_region_is_used_and_symmetric(face_model, region):
    inside = face_model.skin.region == region
    assert inside.any()
    np.testing.assert_array_equal(inside[face_model.skin.mirror], inside)


def test_regions_lie_where_their_names_say(face_model):
    skin, region = face_model.mean[: face_model.skin.count], face_model.skin.region
    middle = {r: skin[region == r].mean(axis=0) for r in SkinRegion}
    assert middle[SkinRegion.SCALP][1] > middle[SkinRegion.FACE][1] > middle[SkinRegion.NECK][1]
    assert middle[SkinRegion.FACE][2] > middle[SkinRegion.MOUTH][2]
    assert middle[SkinRegion.SOCKET][1] > middle[SkinRegion.MOUTH][1]
    width = np.abs(skin[:, 0])
    assert width[region == SkinRegion.EAR].min() > width[region == SkinRegion.MOUTH].max()


def test_sockets_lie_round_their_eyeballs(face_model):
    skin, region = face_model.mean[: face_model.skin.count], face_model.skin.region
    away = np.linalg.norm(skin[region == SkinRegion.SOCKET][:, None] - face_model.mean[[-4, -2]], axis=2).min(axis=1)
    radius = face_model.mean[-3, 0] - face_model.mean[-4, 0]
    assert away.max() < 2.0 * radius
