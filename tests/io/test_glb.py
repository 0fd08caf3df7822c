"""GLB files on disk."""

import pytest
from tests.assets import small_asset

from toonface.io.glb import read_glb, write_glb
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.writer import to_glb


def test_the_file_holds_what_to_glb_returns_and_nothing_lies_beside_it(tmp_path):
    path = tmp_path / "avatar.glb"
    write_glb(path, small_asset(), GltfOptions(sparse=True))
    assert path.read_bytes() == to_glb(small_asset(), GltfOptions(sparse=True))
    assert list(tmp_path.iterdir()) == [path]
    assert [mesh.name for mesh in read_glb(path).meshes] == ["face", "hair"]


def test_a_missing_and_a_truncated_file_are_refused_by_name(tmp_path):
    path = tmp_path / "avatar.glb"
    with pytest.raises(ValueError, match=r"cannot read .*avatar\.glb"):
        read_glb(path)
    path.write_bytes(to_glb(small_asset())[:100])
    with pytest.raises(ValueError, match=r"avatar\.glb: the file has 100 bytes"):
        read_glb(path)
