"""Laws of correspondence: planted moves are found, what is hidden or not shared is not known."""

from dataclasses import replace

import numpy as np

from toonface.geometry.camera import ScaledOrthographic
from toonface.synth.correspondence import find_correspondence
from toonface.types import FaceRegion
from toonface.worn.surface import Material, Surface

CAMERA = ScaledOrthographic(rotation=np.eye(3), translation=np.zeros(2), scale=400.0, width=80, height=80)
SQUARE = np.array([[-1.0, -1.0, 0.0], [1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, 1.0, 0.0]])
FACES = np.array([[0, 1, 2], [0, 2, 3]])


def square(side, *, x=0.0, z=0.0, material=Material.SKIN):
    return Surface(
        vertices=0.5 * side * SQUARE + np.array([x, 0.0, z]), faces=FACES, material=material, region=FaceRegion.SKIN
    )


def test_a_surface_that_stayed_has_no_offset():
    found = find_correspondence([square(0.1)], [square(0.1)], CAMERA)
    assert found.known.sum() == 40 * 40
    assert np.abs(found.offset).max() < 1e-4


def test_an_enlarged_and_moved_square_is_traced_back():
    found = find_correspondence([square(0.14, x=0.01)], [square(0.07)], CAMERA)
    rows, columns = np.nonzero(found.known)
    place = np.stack([columns, rows], axis=1) + 0.5
    # About its own middle, which has moved by 4 px to the right, everything has doubled.
    expected = (place - [44.0, 40.0]) / 2.0 + 40.0
    assert len(rows) == 56 * 56
    assert np.abs(place + found.offset[rows, columns] - expected).max() < 1e-3


def test_what_the_other_drawing_hides_is_not_known():
    cover = square(0.06, z=0.05, material=Material.CLOTH)
    aside = replace(cover, vertices=cover.vertices + np.array([1.0, 0.0, 0.0]))
    found = find_correspondence([square(0.1), aside], [square(0.1), cover], CAMERA)
    assert not found.known[30:50, 30:50].any()
    assert found.known[22:26, 22:58].all()


def test_a_surface_that_only_one_drawing_has_is_not_known():
    extra = Surface(
        vertices=SQUARE[:3] * 0.03 + np.array([0.0, 0.0, 0.02]), faces=FACES[:1], material=Material.SOLID,
        region=FaceRegion.GLASSES,
    )  # fmt: skip
    found = find_correspondence([square(0.1), extra], [square(0.1)], CAMERA)
    assert not found.known[45, 45]
    assert found.known[22, 22]


def test_hair_neither_hides_nor_counts():
    hair = square(0.2, z=0.05, material=Material.HAIR)
    found = find_correspondence([square(0.1), hair], [square(0.1), hair], CAMERA)
    assert found.known.sum() == 40 * 40
