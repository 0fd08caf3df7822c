"""Laws of hats: they cover the scalp above their edge and leave the face free, hair makes room for them."""

import numpy as np
import pytest

from toonface.geometry.camera import ScaledOrthographic, project
from toonface.geometry.rasterize import clear, draw
from toonface.morphable.face_model import part_vertices
from toonface.morphable.landmarks import landmarks_3d
from toonface.synth.wear.hats import KINDS, HatSpec, clip_hair, hat_surfaces, hat_tables, sample_hat
from toonface.synth.wear.head_grid import ANGLES, HAT_AXIS, HOOD_AXIS
from toonface.types import FaceRegion
from toonface.worn.surface import Material, Surface

WHOLE = [kind for kind in KINDS if kind != "headband"]


@pytest.fixture(scope="module")
def tables(model):
    return hat_tables(model)


def hair_of(sitter, name):
    part = sitter.model.parts[name]
    return Surface(
        vertices=part_vertices(sitter.model, sitter.head, name),
        faces=part.faces,
        uv=part.uv,
        uv_faces=part.uv_faces,
        material=Material.HAIR,
        region=FaceRegion.HAIR,
    )


def from_the_front(meshes, size=140, half=0.16):
    shift = np.array([0.0, -0.04])
    camera = ScaledOrthographic(rotation=np.eye(3), translation=shift, scale=size / (2 * half), width=size, height=size)
    buffers = clear(size, size)
    for number, (vertices, faces) in enumerate(meshes):
        draw(buffers, project(camera, vertices), faces, part=number)
    return buffers, camera


@pytest.mark.parametrize("kind", KINDS)
def test_eyes_nose_and_mouth_stay_free(sitter, tables, kind):
    hat = hat_surfaces(sitter, tables, HatSpec(kind=kind))[0]
    buffers, camera = from_the_front([(sitter.skin, sitter.model.skin.faces[0]), (hat.vertices, hat.faces)])
    marks = project(camera, landmarks_3d(sitter.skin, sitter.model.landmarks)[27:])
    seen = buffers.part[marks[:, 1].astype(int), marks[:, 0].astype(int)]
    assert (seen == 0).mean() > 0.9


@pytest.mark.parametrize("kind", [kind for kind in WHOLE if kind not in ("headscarf", "hood")])
def test_the_crown_of_the_head_is_covered(sitter, tables, kind):
    hat = hat_surfaces(sitter, tables, HatSpec(kind=kind))[0]
    skin = sitter.neutral_skin
    buffers = clear(140, 140)
    for number, (vertices, faces) in enumerate([(skin, sitter.model.skin.faces[0]), (hat.vertices, hat.faces)]):
        above = np.stack([vertices[:, 0] * 500 + 70, -vertices[:, 2] * 500 + 70, vertices[:, 1]], axis=1)
        draw(buffers, above, faces, part=number)
    crown = buffers.part[60:100, 50:90]
    assert (crown == 1).mean() > 0.99


@pytest.mark.parametrize("kind", KINDS)
def test_only_hair_below_the_edge_is_left_and_arrays_agree(sitter, tables, kind):
    hair = hair_of(sitter, "long01")
    spec = HatSpec(kind=kind)
    clipped = clip_hair([hair], sitter, tables, spec)
    if spec.hides_hair:
        assert clipped == []
        return
    (left,) = clipped
    covered = spec.covers(hair.vertices)
    assert not covered[left.faces].all(axis=1).any()
    assert len(left.uv_faces) == len(left.faces) == (~covered[hair.faces].all(axis=1)).sum()
    if kind != "headband":
        assert 0 < len(left.faces) < len(hair.faces)


def test_hair_never_moves_away_from_the_head(sitter, tables):
    hair = hair_of(sitter, "afro01")
    left = clip_hair([hair], sitter, tables, HatSpec(kind="headband"))[0]
    before, after = (HAT_AXIS.polar(points)[2] for points in (hair.vertices, left.vertices))
    assert (after <= before + 1e-12).all()
    assert (after < before - 0.005).any()


@pytest.mark.parametrize("axis", [HAT_AXIS, HOOD_AXIS])
def test_angles_about_an_axis_are_those_of_its_directions(axis):
    directions = axis.directions()
    polar, angle, radius = axis.polar(np.array(axis.centre) + 0.3 * directions[1:].reshape(-1, 3))
    np.testing.assert_allclose(radius, 0.3)
    np.testing.assert_allclose(polar.reshape(-1, 64), np.linspace(0, axis.reach, 20)[1:, None] + 0 * ANGLES, atol=1e-9)
    np.testing.assert_allclose(np.exp(1j * angle.reshape(-1, 64)), np.exp(1j * ANGLES) + np.zeros((19, 1)), atol=1e-9)


def test_a_point_on_the_crown_is_covered_and_the_chin_is_not():
    points = np.array([[0.0, 0.15, 0.0], [0.0, -0.07, 0.09]])
    for kind in WHOLE:
        covered = HatSpec(kind=kind).covers(points)
        assert covered[0]
        assert covered[1] == (kind in ("headscarf", "hood"))


def test_labels_are_those_of_hats_and_a_hood_is_cloth(sitter, tables):
    for kind in KINDS:
        hat = hat_surfaces(sitter, tables, HatSpec(kind=kind))[0]
        assert hat.region == (FaceRegion.CLOTH if kind == "hood" else FaceRegion.HAT)
        assert np.isfinite(hat.vertices).all()


def test_about_every_tenth_person_wears_one_the_same_for_the_same_seed():
    drawn = []
    for _ in range(2):
        rng = np.random.default_rng(0)
        drawn.append([sample_hat(rng, 0.6) for _ in range(2000)])
    assert drawn[0] == drawn[1]
    worn = [spec for spec in drawn[0] if spec is not None]
    assert 0.08 < len(worn) / 2000 < 0.12
    assert {spec.kind for spec in worn} == set(KINDS)


@pytest.mark.parametrize("wrong", [{"height": 0.5}, {"bulk": 2.0}])
def test_impossible_hats_are_refused(wrong):
    with pytest.raises(ValueError, match="expected in"):
        HatSpec(kind="cap", **wrong)
