"""Records of known meaning become values, all others stay records, and the result is small enough to walk."""

import pytest

from toonface.io.inert_pickle import values
from toonface.io.inert_pickle.record import Record
from toonface.io.inert_pickle.values import resolve


def resolved(root, max_copied_bytes=10_000):
    return resolve(root, max_copied_bytes=max_copied_bytes)


def encoded(text):
    """A call whose meaning is known: the bytes of the text."""
    return Record("_codecs", "encode", (text, "latin1"))


def nested(depth):
    root = []
    for _ in range(depth - 1):
        root = [root]
    return root


def test_plain_data_is_copied():
    root = {"a": [1, (2, {3: "x"})], "b": {4, 5}}
    result = resolved(root)
    assert result == root
    assert result["a"] is not root["a"]


def test_what_is_shared_stays_shared():
    leaf = [encoded("abc")]
    first, second = resolved([leaf, leaf])
    assert first is second


def test_a_meaning_is_found_inside_everything():
    leaf = encoded("\xff")
    record = resolved(Record("m", "C", ([leaf],), {"k": leaf}, {"x": (leaf,)}, [("key", leaf)]))
    assert record.args == ([b"\xff"],)
    assert record.keywords == {"k": b"\xff"}
    assert record.state == {"x": (b"\xff",)}
    assert record.items == [("key", b"\xff")]


def test_an_unknown_call_stays_a_record():
    record = resolved(Record("os", "system", ("ls",)))
    assert isinstance(record, Record)
    assert (record.path, record.args) == ("os.system", ("ls",))


def test_an_ordered_dict_is_a_dict_in_its_order():
    stored = Record("collections", "OrderedDict", (), items=[("b", 1), ("a", 2)])
    listed = Record("collections", "OrderedDict", ([["b", 1], ["a", 2]],))
    for record in (stored, listed):
        assert list(resolved(record).items()) == [("b", 1), ("a", 2)]


def test_sets_and_empty_bytes_of_old_protocols_are_themselves():
    for module in ("builtins", "__builtin__"):
        assert resolved(Record(module, "set", ([1, "a"],))) == {1, "a"}
        assert resolved(Record(module, "bytes", ())) == b""
        assert isinstance(resolved(Record(module, "bytes", (10**12,))), Record)


def test_an_old_instance_is_a_record_of_its_class():
    old = Record(
        "copy_reg", "_reconstructor", (Record("m", "C"), Record("__builtin__", "object"), None), state={"x": 1}
    )
    record = resolved(old)
    assert (record.path, record.args, record.state) == ("m.C", (), {"x": 1})


@pytest.mark.parametrize(
    "root, message",
    [
        pytest.param(Record("_codecs", "encode", ("a", "rot13")), "unknown form", id="codec"),
        pytest.param(encoded("€"), "can't encode", id="not latin-1"),
        pytest.param(Record("collections", "OrderedDict", ([1],)), "unknown form", id="not pairs"),
        pytest.param(Record("collections", "OrderedDict", (1,)), "unknown form", id="not a list"),
        pytest.param(Record("collections", "OrderedDict", ([[[], 1]],)), "unknown form", id="list as key"),
        pytest.param(Record("builtins", "set", ([[]],)), "unknown form", id="list in a set"),
    ],
)
def test_what_is_known_but_malformed_is_refused(root, message):
    with pytest.raises(ValueError, match=message):
        resolved(root)


def test_what_contains_itself_is_refused():
    root = []
    root.append([root])
    with pytest.raises(ValueError, match="contains itself"):
        resolved(root)


def test_depth_has_a_limit():
    resolved(nested(values.MAX_DEPTH))
    for depth in (values.MAX_DEPTH + 1, 100_000):
        with pytest.raises(ValueError, match="levels deep"):
            resolved(nested(depth))


def test_few_objects_that_look_like_many_are_refused():
    root = "x"
    for _ in range(30):
        root = [root, root, root]
    with pytest.raises(ValueError, match="more than 10000000 objects"):
        resolved(root)


@pytest.mark.parametrize("module, name", [("collections", "OrderedDict"), ("builtins", "set")])
def test_copies_of_one_list_have_a_limit(module, name):
    shared = [(k, None) for k in range(40)]
    assert len(resolved([Record(module, name, (shared,)) for _ in range(2)])) == 2
    with pytest.raises(ValueError, match="many times the size"):
        resolved([Record(module, name, (shared,)) for _ in range(3)])
