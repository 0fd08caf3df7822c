"""Laws of what a VRM says about its author and its use: VRM's own names, strict defaults, nothing unknown."""

import pytest

from toonface.stages.gltf.vrm_meta import CHOICES, LICENCE_URL, VrmMeta, camel_case, meta_document, meta_from_document


def test_what_is_said_is_read_back():
    meta = VrmMeta(name="Ada", authors=("me", "you"), allow_redistribution=True, modification="allowModification")
    document = meta_document(meta)
    assert document.pop("licenseUrl") == LICENCE_URL
    assert meta_from_document(document) == meta


def test_what_vrm_requires_is_there_and_what_is_empty_is_not():
    document = meta_document(VrmMeta())
    assert {"name", "authors", "licenseUrl"} <= document.keys()
    assert "contactInformation" not in document and "references" not in document


def test_nothing_is_allowed_unless_somebody_says_so():
    document = meta_document(VrmMeta())
    assert not any(value is True for value in document.values())
    assert {key: document[camel_case(key)] for key in CHOICES} == {key: allowed[0] for key, allowed in CHOICES.items()}


@pytest.mark.parametrize(
    ("document", "said"),
    [([], "found list"), ({"author": "me"}, "'author' is unknown"), ({"authors": "me"}, "expected a list of texts"),
     ({"name": 3}, "name is 3, expected a text"), ({"allowRedistribution": "yes"}, "expected true or false"),
     ({"name": ""}, "name is empty"), ({"authors": []}, "expected at least one name"),
     ({"avatarPermission": "all"}, "avatarPermission is 'all', expected one of"),
     ({"licenseUrl": "https://example.org"}, "'licenseUrl' is unknown")],
)  # fmt: skip
def test_what_vrm_does_not_know_is_refused(document, said):
    with pytest.raises(ValueError, match=said):
        meta_from_document(document)
