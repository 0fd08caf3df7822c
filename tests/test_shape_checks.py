"""The import hook of conftest.py really is on: without it every shape in the package is only a comment."""

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from toonface.types import Mesh

TRIANGLE = np.array([[0, 1, 2]])


def mesh(vertices, faces=TRIANGLE):
    return Mesh(vertices=vertices, faces=faces, uv=np.zeros((3, 2)), uv_faces=TRIANGLE)


def test_right_shapes_are_accepted():
    mesh(np.zeros((3, 3)))


@pytest.mark.parametrize(
    "vertices, faces",
    [
        pytest.param(np.zeros((3, 2)), TRIANGLE, id="two columns"),
        pytest.param(np.zeros(3), TRIANGLE, id="a vector for a matrix"),
        pytest.param(np.zeros((3, 3)), TRIANGLE.astype(float), id="float indices"),
        pytest.param([[0.0, 0.0, 0.0]], TRIANGLE, id="a list for an array"),
    ],
)
def test_wrong_shapes_are_refused(vertices, faces):
    with pytest.raises(TypeCheckError):
        mesh(vertices, faces)
