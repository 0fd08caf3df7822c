"""A folder of OBJ files of the layout of ICT-FaceKit comes back as the model that was planted in it."""

import re

import numpy as np
import pytest

from toonface.io.morphable_files import read_ict_facekit
from toonface.io.morphable_files.checks import NEUTRAL_ALBEDO

EXPRESSIONS = ("browDown_L", "eyeBlink_L", "jawOpen")


@pytest.fixture
def planted(plant):
    return plant(textures=0)._replace(albedo=np.tile(NEUTRAL_ALBEDO, (5, 1)))


def obj(vertices, faces):
    lines = ["mtllib ICTFaceModelMaterial.mtl", "g Face", "s 1"]
    lines += ["v " + " ".join(f"{coordinate * 100:.15f}" for coordinate in vertex) for vertex in vertices]
    lines += ["vt 0.5 0.5", "vn 0 0 1", "usemtl skin"]
    lines += ["f " + " ".join(f"{corner + 1}/1/1" for corner in face) for face in faces]
    return "\n".join(lines) + "\n"


@pytest.fixture
def folder(planted, tmp_path):
    """Write the planted model in centimetres, each shape as a mesh of its own."""
    identity = planted.identity * planted.identity_deviations
    expression = planted.expression * planted.expression_deviations
    shapes = {"generic_neutral_mesh": planted.mean}
    shapes |= {f"identity{k:03d}": planted.mean + identity[:, :, k] for k in range(4)}
    shapes |= {name: planted.mean + expression[:, :, k] for k, name in enumerate(EXPRESSIONS)}
    for name, vertices in shapes.items():
        (tmp_path / f"{name}.obj").write_text(obj(vertices, planted.faces))
    (tmp_path / "vertex_indices.json").write_text("{}")
    return tmp_path


def test_reader_returns_the_planted_model(planted, folder, assert_same_model):
    model = read_ict_facekit(folder)
    assert_same_model(model, planted)
    assert model.name == "ICT-FaceKit"
    assert model.expression_names == EXPRESSIONS


def test_a_polygon_is_a_fan_around_its_first_corner(planted, folder):
    path = folder / "generic_neutral_mesh.obj"
    path.write_text(obj(planted.mean, [[0, 1, 2, 3], [0, 1, 2, 3, 4]]))
    expected = [[0, 1, 2], [0, 2, 3], [0, 1, 2], [0, 2, 3], [0, 3, 4]]
    np.testing.assert_array_equal(read_ict_facekit(str(folder)).faces, expected)


def test_a_folder_without_expressions_is_read(folder):
    for name in EXPRESSIONS:
        (folder / f"{name}.obj").unlink()
    assert read_ict_facekit(folder).expression_basis.shape == (5, 3, 0)


@pytest.mark.parametrize("name", ["generic_neutral_mesh", "identity000", "identity002"])
def test_a_missing_file_is_named(folder, refusal, name):
    (folder / f"{name}.obj").unlink()
    assert f"expected {name}.obj in it" in refusal(read_ict_facekit, folder)


def test_a_missing_folder_is_named(tmp_path, refusal):
    assert "cannot be read: No such file" in refusal(read_ict_facekit, tmp_path / "none")


@pytest.mark.parametrize(
    "content, message",
    [
        pytest.param(b"", "expected a file of 1 to", id="empty"),
        pytest.param(b"\xff\xfe\x00", "expected an OBJ file, which is text", id="binary"),
        pytest.param(b"hello\n", "with vertices, found none", id="no vertices"),
        pytest.param(b"v 1 2\n", "vertices of three numbers, found 2", id="two numbers"),
        pytest.param(b"v 1 2 x\n", "vertices of three numbers", id="text"),
        pytest.param(b"v 1 2 3\n", "expected 5 vertices as in generic_neutral_mesh.obj, found 1", id="other mesh"),
        pytest.param(b"v 1 2 3\n" * 4 + b"v 1 2 ", "vertices of three numbers", id="truncated"),
    ],
)
@pytest.mark.parametrize("name", ["identity001", "jawOpen"])
def test_a_damaged_shape_is_named(folder, name, content, message):
    path = folder / f"{name}.obj"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_ict_facekit(folder)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    "faces, message",
    [
        pytest.param("", "expected an OBJ file with faces, found none", id="none"),
        pytest.param("f 1 2\n", "three or more corners", id="line"),
        pytest.param("f 1 2 0\n", "counted from 1", id="zero"),
        pytest.param("f 1 2 -1\n", "counted from 1", id="relative"),
        pytest.param("f 1 2 x\n", "counted from 1", id="text"),
        pytest.param("f 1 2 6\n", r"faces has indices in \[0, 5\]", id="too large"),
    ],
)
def test_damaged_faces_are_refused(planted, folder, faces, message):
    (folder / "generic_neutral_mesh.obj").write_text(obj(planted.mean, []) + faces)
    with pytest.raises(ValueError, match=message) as caught:
        read_ict_facekit(folder)
    assert str(caught.value).startswith(str(folder))


def test_a_vertex_that_is_not_finite_is_refused(folder, refusal):
    path = folder / "jawOpen.obj"
    path.write_text(re.sub(r"^v \S+", "v nan", path.read_text(), count=1, flags=re.MULTILINE))
    assert "not finite" in refusal(read_ict_facekit, folder)
