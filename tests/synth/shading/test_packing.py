"""Laws of packing: what a surface says is found at its place in the flat arrays."""

import numpy as np
import pytest
from tests.synth.shapes import UV, ball, plate

from toonface.geometry.camera import ScaledOrthographic
from toonface.geometry.rotation import axis_angle_to_matrix
from toonface.synth.shading.packing import COLOUR, DETAIL, NORMAL, OCCLUSION, decode, pack
from toonface.worn.surface import Material


def camera(rotation=None):
    rotation = np.eye(3) if rotation is None else rotation
    return ScaledOrthographic(rotation=rotation, translation=np.zeros(2), scale=100.0, width=16, height=16)


def test_decoding_is_the_gamma_of_the_project():
    srgb = np.linspace(0.0, 1.0, 777)
    np.testing.assert_allclose(decode(srgb), srgb**2.2, atol=6e-4)
    np.testing.assert_allclose(decode(np.array([-1.0, 3.0])), [0.0, 1.0])


def test_every_triangle_keeps_its_corners():
    surfaces = [ball(0.03), plate(), ball(0.02)]
    packed = pack(surfaces, camera())
    vertices = np.concatenate([s.vertices for s in surfaces])
    for surface, first in zip(surfaces, packed.first_face, strict=True):
        faces = packed.faces[first : first + len(surface.faces)]
        np.testing.assert_array_equal(vertices[faces], surface.vertices[surface.faces])


def test_pictures_are_stored_once_and_found_by_their_offset(rng):
    first, second = (rng.integers(0, 256, shape).astype(np.uint8) for shape in ((5, 7, 3), (4, 4, 4)))
    wear = {"uv": UV, "uv_faces": plate().faces, "material": Material.HAIR}
    surfaces = [plate(picture=second, **wear), plate(), plate(picture=first, **wear), plate(picture=second, **wear)]
    packed = pack(surfaces, camera())
    assert packed.pictures.size == first.size + second.size
    for surface, (offset, height, width, channels) in zip(surfaces, packed.picture_of, strict=True):
        if surface.picture is None:
            assert height == 0
        else:
            stored = packed.pictures[offset : offset + height * width * channels].reshape(height, width, channels)
            np.testing.assert_array_equal(stored, surface.picture)


def test_normals_turn_with_the_camera(rng):
    rotation = axis_angle_to_matrix(rng.normal(size=3))
    packed = pack([ball()], camera(rotation))
    np.testing.assert_allclose(packed.attributes[:, NORMAL : NORMAL + 3], ball().normals @ rotation.T, atol=1e-6)


def test_strands_run_down_the_picture():
    """On a plate whose picture stands upright, growing v goes down in the world."""
    hair = plate(uv=UV, uv_faces=plate().faces, material=Material.HAIR)
    np.testing.assert_allclose(
        pack([hair], camera()).attributes[:, DETAIL : DETAIL + 3], [[0.0, -1.0, 0.0]] * 4, atol=1e-6
    )
    flipped = plate(uv=UV[:, ::-1].copy(), uv_faces=plate().faces, material=Material.HAIR)
    np.testing.assert_allclose(
        pack([flipped], camera()).attributes[:, DETAIL : DETAIL + 3], [[1.0, 0.0, 0.0]] * 4, atol=1e-6
    )


def test_one_colour_is_that_of_every_vertex():
    packed = pack([plate(colour=(0.1, 0.2, 0.3)), plate(colour=np.full((4, 3), 0.7))], camera())
    np.testing.assert_allclose(
        packed.attributes[:, COLOUR : COLOUR + 3], np.repeat([[0.1, 0.2, 0.3], [0.7, 0.7, 0.7]], 4, axis=0), rtol=1e-6
    )
    np.testing.assert_array_equal(packed.attributes[:, OCCLUSION], 1.0)


@pytest.mark.parametrize("changes", [{"faces": [[0, 1, 9]]}, {"uv": UV}, {"coarse_faces": [[7, 0, 1]]}])
def test_a_surface_that_contradicts_itself_is_refused(changes):
    arrays = {name: np.array(value) for name, value in changes.items()}
    base = plate()
    fields = {"vertices": base.vertices, "faces": base.faces, "material": base.material, "region": base.region}
    with pytest.raises(ValueError, match=r"expected|needs"):
        type(base)(**{**fields, **arrays})
