"""Laws of torso and clothes: the ragged bust line is never seen, pictures are filled, seams keep the skin's colour."""

import numpy as np
import pytest

from toonface.geometry.camera import ScaledOrthographic, frame_head, project
from toonface.geometry.rasterize import clear, draw
from toonface.geometry.topology import boundary_loops
from toonface.io.face_model_file import load_face_model
from toonface.morphable.face_model import albedo, evaluate
from toonface.synth.wear.clothes import GARMENTS, ClothSpec, clothes_surfaces, sample_clothes
from toonface.synth.wear.torso import LAST, SEAM, Build, torso_rings, torso_skin, torso_tables
from toonface.types import FaceRegion
from toonface.worn.surface import Material, sit

SKIN_COLOUR = (0.8, 0.6, 0.5)
HEADS = ((0, 0.0), (1, 0.8), (3, 1.3), (4, 1.3))
VIEWS = ((0.0, 0.0), (0.0, 25.0), (0.0, -25.0), (60.0, 0.0), (60.0, 25.0), (-60.0, -25.0))


@pytest.fixture(scope="module")
def model():
    return load_face_model()


@pytest.fixture(scope="module")
def tables(model):
    return torso_tables(model)


@pytest.fixture(scope="module", params=HEADS)
def sitter(model, request):
    seed, spread = request.param
    return sit(model, evaluate(model, np.random.default_rng(seed).normal(size=80) * spread, np.zeros(64)))


def render(surfaces, yaw, pitch, size=160, half=0.2):
    turn = frame_head(np.eye(3), size, yaw=np.radians(yaw), pitch=np.radians(pitch)).rotation
    shift = -(turn @ np.array([0.0, -0.08, 0.0]))[:2]
    camera = ScaledOrthographic(rotation=turn, translation=shift, scale=size / (2 * half), width=size, height=size)
    buffers = clear(size, size)
    for number, (vertices, faces) in enumerate(surfaces):
        draw(buffers, project(camera, vertices), faces, part=number)
    return buffers


@pytest.mark.parametrize("garment", GARMENTS)
def test_the_ragged_edge_of_the_bust_is_never_seen(sitter, tables, garment):
    faces = sitter.model.skin.faces[0]
    (edge,) = boundary_loops(faces)
    ragged = np.isin(faces, edge).any(axis=1)
    worn = clothes_surfaces(sitter, tables, ClothSpec(garment=garment, depth=0.6), SKIN_COLOUR)
    meshes = [(sitter.skin, faces), *((s.vertices, s.faces) for s in worn)]
    for yaw, pitch in VIEWS:
        buffers = render(meshes, yaw, pitch)
        seen = buffers.face[buffers.part == 0]
        assert not ragged[seen].any()


def test_the_picture_is_filled_a_quarter_of_a_metre_below_the_chin(sitter, tables):
    worn = clothes_surfaces(sitter, tables, ClothSpec(garment="t-shirt"), SKIN_COLOUR)
    lowest = max(surface.vertices[surface.vertices[:, 1].argmin(), 1] for surface in worn[1:])
    chin = sitter.skin[sitter.model.landmarks.corners[8, 0], 1]
    assert lowest < chin - 0.25


@pytest.mark.parametrize("garment", GARMENTS)
def test_meshes_stay_small_and_carry_their_labels(sitter, tables, garment):
    worn = clothes_surfaces(sitter, tables, ClothSpec(garment=garment), SKIN_COLOUR)
    assert worn[0].material == Material.SKIN
    assert worn[0].region == FaceRegion.NECK
    assert all(s.material == Material.CLOTH and s.region == FaceRegion.CLOTH for s in worn[1:])
    assert sum(len(s.faces) for s in worn) <= 11_000
    assert all(np.isfinite(s.vertices).all() for s in worn)


def test_the_seam_lies_on_the_skin_and_has_its_colour_and_normals(model, tables, sitter):
    colours = albedo(model, np.zeros(80))
    rings = torso_rings(sitter, tables, Build())
    np.testing.assert_allclose(rings[: SEAM + 1].reshape(-1, 3), (tables.points @ sitter.skin)[: (SEAM + 1) * 64])
    bare = torso_skin(sitter, tables, rings, colours, float(LAST))
    expected = (tables.points @ colours).reshape(-1, 64, 3)[SEAM]
    np.testing.assert_allclose(bare.colour.reshape(-1, 64, 3)[1], expected, atol=1e-9)
    along = (bare.normals.reshape(-1, 64, 3)[1] * (tables.points @ sitter.normals).reshape(-1, 64, 3)[SEAM]).sum(axis=1)
    assert along.min() > 0.98


def test_wider_builds_are_wider_and_keep_the_neck(model, tables):
    sitter = sit(model, evaluate(model, np.zeros(80), np.zeros(64)))
    slim, broad = (torso_rings(sitter, tables, Build(width=width)) for width in (0.8, 1.2))
    assert np.ptp(broad[-1, :, 0]) > 1.4 * np.ptp(slim[-1, :, 0])
    np.testing.assert_array_equal(slim[: SEAM + 1], broad[: SEAM + 1])


def test_bare_skin_must_reach_below_the_seam(model, tables):
    sitter = sit(model, evaluate(model, np.zeros(80), np.zeros(64)))
    with pytest.raises(ValueError, match="bare skin ends at ring 2"):
        torso_skin(sitter, tables, torso_rings(sitter, tables, Build()), SKIN_COLOUR, 2.0)


def test_the_same_seed_gives_the_same_clothes_and_all_are_worn():
    drawn = [[sample_clothes(np.random.default_rng(seed), 30.0, 0.5) for seed in range(300)] for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert {spec.garment for spec in drawn[0]} == set(GARMENTS)


def test_children_have_narrow_shoulders_and_no_suits():
    rng = np.random.default_rng(0)
    children = [sample_clothes(rng, 6.0, 0.5) for _ in range(300)]
    adults = [sample_clothes(rng, 40.0, 0.5) for _ in range(300)]
    assert np.mean([c.build.width for c in children]) < 0.85 * np.mean([a.build.width for a in adults])
    assert not {"suit", "jacket", "bare"} & {c.garment for c in children}


@pytest.mark.parametrize("depth", [-0.1, 1.5])
def test_impossible_necklines_are_refused(depth):
    with pytest.raises(ValueError, match="expected in"):
        ClothSpec(garment="t-shirt", depth=depth)
