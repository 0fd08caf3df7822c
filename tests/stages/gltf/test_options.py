"""The default is what every program reads."""

from tests.assets import small_asset

from toonface.stages.gltf.options import GLTF_DEFAULTS
from toonface.stages.gltf.writer import build_document


def test_the_default_requires_no_extension_and_has_no_sparse_accessor():
    document, _ = build_document(small_asset(), GLTF_DEFAULTS)
    assert "extensionsRequired" not in document
    assert not any("sparse" in accessor for accessor in document["accessors"])
