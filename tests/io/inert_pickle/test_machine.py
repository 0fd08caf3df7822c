"""The machine builds what Python would build from plain data, and writes down what Python would run."""

import io
import pickle

import pytest

from toonface.io.inert_pickle.machine import run
from toonface.io.inert_pickle.record import Record

PLAIN = [
    None,
    True,
    -3,
    2**80,
    0.25,
    "ü€ text",
    [],
    (),
    {},
    [1, [2, [3]]],
    (1,),
    (1, 2),
    (1, 2, 3),
    (1, 2, 3, 4),
    {"a": 1, "b": [2, 3], (1, "c"): None},
    list(range(3000)),
    {str(i): i for i in range(3000)},
]


def run_bytes(data):
    return run(io.BytesIO(data))


@pytest.mark.parametrize("protocol", range(6))
def test_plain_data_comes_back(protocol):
    assert run_bytes(pickle.dumps(PLAIN, protocol)) == PLAIN


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_bytes_come_back(protocol):
    assert run_bytes(pickle.dumps([b"", b"\x00\xff", b"x" * 70000], protocol)) == [b"", b"\x00\xff", b"x" * 70000]


@pytest.mark.parametrize("protocol", [4, 5])
def test_sets_come_back(protocol):
    assert run_bytes(pickle.dumps([{1, "a"}, frozenset({2})], protocol)) == [{1, "a"}, frozenset({2})]


@pytest.mark.parametrize("protocol", range(6))
def test_a_shared_object_stays_shared(protocol):
    shared = [1]
    first, second = run_bytes(pickle.dumps([shared, shared], protocol))
    assert first is second


def test_a_global_is_its_name():
    for data in (b"cos\nsystem\n.", b"\x80\x04\x8c\x02os\x8c\x06system\x93."):
        record = run_bytes(data)
        assert isinstance(record, Record)
        assert (record.path, record.args) == ("os.system", None)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"cos\nsystem\n(S'ls'\ntR.", id="REDUCE"),
        pytest.param(b"cos\nsystem\n(S'ls'\nt\x81.", id="NEWOBJ"),
        pytest.param(b"(S'ls'\nios\nsystem\n.", id="INST"),
        pytest.param(b"(cos\nsystem\nS'ls'\no.", id="OBJ"),
        pytest.param(b"cos\nsystem\n(S'ls'\nt}\x92.", id="NEWOBJ_EX"),
    ],
)
def test_a_call_is_its_name_and_arguments(data):
    record = run_bytes(data)
    assert isinstance(record, Record)
    assert (record.path, record.args, record.keywords) == ("os.system", ("ls",), {})


def test_keywords_state_and_items_of_a_call_are_kept():
    record = run_bytes(b"cm\nC\n)}S'k'\nK\x01s\x92" + b"}S'x'\nK\x02sb" + b"K\x03a" + b"(S'a'\nK\x04S'b'\nK\x05u.")
    assert record.keywords == {"k": 1}
    assert record.state == {"x": 2}
    assert record.items == [3, ("a", 4), ("b", 5)]


@pytest.mark.parametrize("data", [b"P17\n.", b"\x80\x02X\x02\x00\x00\x0017Q."])
def test_a_persistent_id_is_a_record(data):
    record = run_bytes(data)
    assert (record.path, record.args) == ("pickle.persistent_id", ("17",))


@pytest.mark.parametrize(
    "data, message",
    [
        pytest.param(b".", "stack is empty", id="nothing"),
        pytest.param(b"0.", "needs a mark", id="pop nothing"),
        pytest.param(b"K\x01K\x02a.", "appended to a int", id="append to a number"),
        pytest.param(b"K\x01K\x02K\x03s.", "stored in a int", id="store in a number"),
        pytest.param(b"}(K\x01u.", "a key has no value", id="odd items"),
        pytest.param(b"(]K\x01d.", "a list is used as a key", id="list as key"),
        pytest.param(b"}cos\nx\nK\x01s.", "a Record is used as a key", id="record as key"),
        pytest.param(b"\x8f(]\x90.", "a list is used as a key", id="list in set"),
        pytest.param(b"](K\x01\x90.", "members are added to a list", id="add to list"),
        pytest.param(b"K\x01)R.", "a int is called", id="call a number"),
        pytest.param(b"cos\nx\n)R)R.", "a Record is called", id="call a result"),
        pytest.param(b"cos\nx\n]R.", "not a tuple", id="list of arguments"),
        pytest.param(b"]Nb.", "a state is given to a list", id="state of a list"),
        pytest.param(b"cos\nx\nNb.", "a state is given to a Record", id="state of a class"),
        pytest.param(b"K\x01K\x02\x93.", "not text", id="number as name"),
        pytest.param(b"(o.", "no class", id="object without class"),
        pytest.param(b"h\x05.", "memo 5 is read before", id="empty memo"),
        pytest.param(b"t.", "needs a mark", id="tuple without mark"),
        pytest.param(b"\x80\x06N.", "of protocol 6, expected 0 to 5", id="future protocol"),
        pytest.param(b"\x82\x01.", "EXT1 is not supported", id="extension registry"),
        pytest.param(b"\x97.", "NEXT_BUFFER is not supported", id="buffer elsewhere"),
    ],
)
def test_what_no_pickler_writes_is_refused(data, message):
    with pytest.raises(ValueError, match=message):
        run_bytes(data)
