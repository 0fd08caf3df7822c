"""The numbers and signs in docs/conventions.md are those of the code, and the NOTICE leaves no shipped file out."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from tools.face_model import sources, textures

from toonface.geometry.camera import camera_from_pose, frame_head, pose_of, project
from toonface.geometry.rotation import axis_angle_to_matrix, matrix_to_axis_angle, rotation_about_axis_radians
from toonface.io.face_model_file import FILE_NAME, load_face_model, model_folder
from toonface.morphable import names
from toonface.morphable.eyes import GAZE_DEGREES, gaze_rotation, gaze_rotations
from toonface.morphable.face_model import evaluate, shape_offsets, skin_vertices
from toonface.morphable.landmarks import CONTOUR, LANDMARK_COUNT, landmarks_3d
from toonface.morphable.regions import SkinRegion
from toonface.morphable.spherical_harmonics import sh_basis, shade
from toonface.synth import preview
from toonface.types import FaceRegion

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
X, Y, Z = np.eye(3)


def table(heading):
    section = f"{PAGE}\n## ".split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in section.splitlines() if line.startswith("|")]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def row_of(heading, column, value):
    (row,) = [row for row in table(heading) if row[column] == value]
    return row


def integers(cell):
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", cell)]


def integer(cell):
    return integers(cell)[0]


def formula(cell, **values):
    return eval(re.search("`(.+?)`", cell)[1], {"__builtins__": {}, "log": np.log}, values)


def in_picture(vector, **angles):
    """Return where a vector points in the picture, x right and y up, on a head turned by these angles."""
    return frame_head(np.eye(3), 64, **angles).rotation @ vector


@pytest.fixture(scope="module")
def model():
    return load_face_model()


@pytest.fixture(scope="module")
def skin(model):
    return skin_vertices(model, evaluate(model, np.zeros(80), np.zeros(64)))


def test_the_mean_head_is_as_high_as_the_page_says(model, skin):
    said = float(re.findall(r"([\d.]+) m from chin to crown", row_of("Space", "what", "unit")["convention"])[0])
    chin = landmarks_3d(skin, model.landmarks)[8, 1]
    assert skin[:, 1].max() - chin == pytest.approx(said, abs=0.005)


@pytest.mark.parametrize("name, sign", [("eyeBlinkLeft", 1.0), ("eyeBlinkRight", -1.0)])
def test_left_is_where_x_is_positive(model, name, sign):
    moved = np.abs(shape_offsets(model, model.mean, name)).max(axis=1) > 1e-6
    assert np.all(sign * model.mean[moved, 0] > 0.0)


def test_a_texture_is_read_at_pixel_centres_as_the_page_says():
    width, height = 5, 3
    picture = np.arange(width * height, dtype=np.uint8).reshape(height, width, 1)
    centre = row_of("Pictures", "what", "centre of the pixel in column i and row j")["convention"]
    coordinates = row_of("Pictures", "what", "texture coordinates of that centre")["convention"]
    for j, i in np.ndindex(height, width):
        place = np.array(formula(coordinates, i=i, j=j, width=width, height=height))
        assert place * [width, height] == pytest.approx(np.array(formula(centre, i=i, j=j)))
        assert preview.sample_bilinear(picture, place[None])[0, 0] * 255.0 == pytest.approx(picture[j, i, 0])


def test_the_camera_projects_by_the_page_s_formulas():
    pose = np.array([0.3, -0.5, 0.2, 0.01, -0.02, np.log(900.0)])
    camera, vertex = camera_from_pose(pose, 320, 200), np.array([0.03, 0.07, -0.05])
    values = {"width": 320, "height": 200, "s": 900.0, "t": pose[3:5], "c": axis_angle_to_matrix(pose[:3]) @ vertex}
    said = [formula(row_of("Camera", "result", name)["formula"], **values) for name in ("x", "y", "depth")]
    assert project(camera, vertex[None])[0] == pytest.approx(said)


def test_the_pose_holds_the_page_s_numbers_in_its_order():
    camera = frame_head(np.eye(3), 64, yaw=0.4, pitch=-0.2, roll=0.1)
    values = {"axis_angle": matrix_to_axis_angle(camera.rotation), "t": camera.translation, "s": camera.scale}
    pose, rows = pose_of(camera), table("Pose")
    assert [number for row in rows for number in integers(row["number"])] == list(range(len(pose)))
    for row in rows:
        assert pose[integers(row["number"])] == pytest.approx(formula(row["formula"], **values))


@pytest.mark.parametrize(
    "angle, effect, seen",
    [("yaw", "right in the picture", (Z, X)), ("pitch", "looks down", (Z, -Y)), ("roll", "counter-clockwise", (X, Y))],
)
def test_the_head_turns_as_the_page_says(angle, effect, seen):
    assert effect in row_of("Head angles", "angle", angle)["a positive one"]
    assert in_picture(seen[0], **{angle: 0.3}) @ seen[1] > 0.0


def test_the_head_s_angles_are_composed_as_the_page_says():
    assert "R_roll @ R_pitch @ R_yaw" in PAGE
    angles, said = {"yaw": 0.4, "pitch": -0.2, "roll": 0.1}, np.eye(3)
    for name, angle in angles.items():
        axis = {"+X": X, "+Y": Y, "+Z": Z}[row_of("Head angles", "angle", name)["about"]]
        said = rotation_about_axis_radians(axis, angle) @ said
    assert frame_head(np.eye(3), 64, **angles).rotation == pytest.approx(said)


def test_the_eyes_turn_as_far_as_the_page_says():
    said = {row["shape"].removeprefix("eyeLook"): float(row["degrees"]) for row in table("Gaze")}
    assert said == GAZE_DEGREES


@pytest.mark.parametrize("shape, left, right", [("Up", Y, Y), ("Down", -Y, -Y), ("In", -X, X), ("Out", X, -X)])
def test_the_eyes_turn_to_where_the_page_says(shape, left, right):
    weights = np.zeros(64)
    for side in ("Left", "Right"):
        weights[names.SHAPES.index(f"eyeLook{shape}{side}")] = 1.0
    reach = np.sin(np.radians(float(row_of("Gaze", "shape", f"eyeLook{shape}")["degrees"])))
    for rotation, direction in zip(gaze_rotations(weights), (left, right), strict=True):
        assert rotation @ Z @ direction == pytest.approx(reach)


def test_an_eye_s_pitch_has_the_sign_that_the_page_warns_of():
    assert "**upwards**" in PAGE
    assert (gaze_rotation(0.0, 0.3) @ Z)[1] > 0.0 > in_picture(Z, pitch=0.3)[1]
    assert (gaze_rotation(0.3, 0.0) @ Z)[0] > 0.0


def test_the_coefficients_are_as_many_as_the_page_says(model):
    said = {row["symbol"]: integer(row["count"]) for row in table("Coefficients")}
    found = {
        "α_id": len(model.identity_basis),
        "α_exp": len(model.expression_basis),
        "α_tex": len(model.albedo_basis),
        "δ": sh_basis(np.eye(3)).shape[1],
        "p": len(pose_of(frame_head(np.eye(3), 64))),
    }
    assert said == {**found, "all": sum(found.values())}
    counts = [names.IDENTITY_COUNT, names.EXPRESSION_COUNT, names.TEXTURE_COUNT]
    assert [said[symbol] for symbol in ("α_id", "α_exp", "α_tex")] == counts


@pytest.mark.parametrize("row", table("Shapes"), ids=lambda row: row["table"])
def test_a_table_of_names_has_the_page_s_length_and_ends(row):
    entries = list(getattr(names, row["table"]))
    assert len(entries) == integer(row["entries"])
    assert f"from {entries[0]} to {entries[-1]}" in row["order"]


def test_the_light_is_that_of_the_page_s_formulas():
    directions = np.random.default_rng(0).standard_normal((20, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    x, y, z = directions.T
    said = [formula(row["φ_k"], x=x, y=y, z=z) * np.ones(20) for row in table("Light")]
    assert sh_basis(directions) == pytest.approx(np.stack(said, axis=1), abs=1e-6)


def test_a_vertex_shows_what_the_page_says():
    assert "`albedo * (δ @ φ)`" in PAGE
    rng = np.random.default_rng(1)
    albedo, light = rng.random((3, 3)), rng.random(9)
    said = [a * (light @ basis) for a, basis in zip(albedo, sh_basis(np.eye(3)), strict=True)]
    assert shade(albedo, np.eye(3), light) == pytest.approx(np.array(said))


def test_the_previews_use_the_page_s_gamma_and_tint():
    gamma = re.findall(r"gamma ([\d.]+)", row_of("Colour", "what", "previews")["convention"])
    tint = row_of("Colour", "what", "pictures of hair, brows and lashes")["convention"]
    assert float(gamma[0]) == preview.GAMMA
    assert f"{textures.TINT_MEAN} in the mean; shown as {1 / textures.TINT_MEAN:g} ×" in tint


def points_of(row):
    return np.arange(integers(row["points"])[0], integers(row["points"])[1] + 1)


def test_the_landmarks_are_numbered_without_a_gap():
    assert np.concatenate([points_of(row) for row in table("Landmarks")]).tolist() == list(range(LANDMARK_COUNT))
    assert points_of(table("Landmarks")[0]).tolist() == list(range(LANDMARK_COUNT))[CONTOUR]


@pytest.mark.parametrize("row", table("Landmarks"), ids=lambda row: row["points"])
def test_landmarks_lie_on_the_page_s_side_and_run_its_way(model, skin, row):
    x, y, _ = landmarks_3d(skin, model.landmarks)[points_of(row)].T
    sides = {"both": abs(x.mean()) < 1e-3, "left": np.all(x > 0.0), "right": np.all(x < 0.0)}
    assert sides[row["side"]]
    signed_area = 0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1))  # y up, so clockwise is negative
    runs = {
        "right to left": np.all(np.diff(x) > 0.0),
        "downwards": np.all(np.diff(y) < 0.0),
        "clockwise in the picture": signed_area < 0.0 and x[0] == x.min(),
    }
    assert runs[row["run"]]


def test_the_model_s_points_are_laid_out_as_the_page_says(model):
    rows = {row["points"]: (integer(row["first"]), integer(row["count"])) for row in table("Model points")}
    whole = rows.pop("all (P)")
    ends = [first + count for first, count in rows.values()]
    assert [first for first, _ in rows.values()] == [0, *ends[:-1]]
    assert whole == (0, ends[-1]) == (0, len(model.mean))
    assert rows["skin cage"] == (0, model.skin.count)
    for points, part in (("upper teeth", "teeth_upper"), ("lower teeth", "teeth_lower"), ("tongue", "tongue")):
        first, count = rows[points]
        assert np.unique(model.parts[part].matrix.indices).tolist() == list(range(first, first + count))


def test_the_last_points_are_centre_and_rim_of_the_eyes(model):
    eyes = evaluate(model, np.zeros(80), np.zeros(64)).eyes
    for side, points in enumerate(("left eye: centre, rim", "right eye: centre, rim")):
        first = integer(row_of("Model points", "points", points)["first"])
        centre, rim = model.mean[first : first + 2]
        assert rim - centre == pytest.approx(eyes.radii[side] * X)
        assert centre[0] * (1 - 2 * side) > 0.0


def test_the_meshes_are_as_large_as_the_page_says(model, skin):
    ball = model.eyeball
    found = {
        "skin, LOD0": (len(skin), len(model.skin.faces[0]), len(model.skin.uv[0])),
        "skin, LOD1: the cage": (model.skin.count, len(model.skin.faces[1]), len(model.skin.uv[1])),
        "eyeball": (len(ball.polar), len(ball.faces), len(ball.uv)),
        "cornea, on the eyeball's vertices": (len(ball.polar), len(ball.cornea_faces), len(ball.uv)),
    }
    said = {
        row["mesh"]: tuple(integer(row[c]) for c in ("vertices", "triangles", "texture coordinates"))
        for row in table("Levels of detail")
    }
    assert said == found
    assert len(model.albedo_mean) == len(skin), "one colour per vertex of LOD0"
    assert model.skin.subdivision.matrix[: model.skin.count].diagonal().min() > 0.4, (
        "LOD0 begins with the cage's points"
    )


def named(cell):
    """Expand "a, b01 to b03" into its names."""
    for entry in cell.split(", "):
        first, *last = entry.split(" to ")
        stem, start = re.fullmatch(r"(\D+?)(\d*)", first).groups()
        yield from [f"{stem}{n:0{len(start)}d}" for n in range(int(start), integer(last[0]) + 1)] if last else [first]


def test_the_parts_are_those_of_the_page(model):
    assert sorted(name for row in table("Parts") for name in named(row["parts"])) == sorted(model.parts)


@pytest.mark.parametrize("row", table("Parts"), ids=lambda row: row["parts"].split(",")[0])
def test_parts_have_the_page_s_size_and_follow_what_it_says(model, row):
    parts = [model.parts[name] for name in named(row["parts"])]
    sizes = [len(part.offsets) for part in parts]
    assert len(parts) == integer(row["how many"])
    assert {min(sizes), max(sizes)} == set(integers(row["vertices of one"]))
    assert {(part.follows, part.alpha) for part in parts} == {(row["follows"], row["alpha"])}


def test_the_skin_regions_are_those_of_the_page():
    assert {row["name"]: int(row["value"]) for row in table("Skin regions")} == {r.name: int(r) for r in SkinRegion}


def test_the_face_regions_are_these_and_19():
    assert {row["name"]: int(row["value"]) for row in table("Face regions")} == {r.name: int(r) for r in FaceRegion}
    assert [int(region) for region in FaceRegion] == list(range(19))


def test_the_notice_names_the_packages_that_the_model_is_built_from():
    for package in (sources.DATA_PACKAGE, sources.TARGETS_PACKAGE):
        assert " ".join(re.split("@|==", package)) in NOTICE
    assert sources.DATA_SHA256 in NOTICE
    assert sources.TARGETS_SHA256 in NOTICE


def test_the_notice_accounts_for_every_shipped_file():
    shipped = [path for path in model_folder().iterdir() if path.suffix in (".npz", ".webp", ".jpg", ".png")]
    assert FILE_NAME in {path.name for path in shipped}
    assert not [path.name for path in shipped if not re.search(rf"\b{path.stem}\b", NOTICE)]


def test_the_notice_names_every_runtime_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [re.match(r"[\w-]+", requirement)[0] for requirement in project["dependencies"]]
    assert wanted
    assert not [name for name in wanted if not re.search(rf"^{name}\b", NOTICE, re.M | re.I)]
