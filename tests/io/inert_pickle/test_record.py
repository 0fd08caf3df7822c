"""What a record shows, what may be a key, and when a budget is spent."""

import pytest

from toonface.io.inert_pickle.record import Budget, Record, is_key


def test_a_record_shows_its_name_and_never_its_contents():
    assert Record("os", "system").path == "os.system"
    assert repr(Record("os", "system")) == "Record('os.system')"
    assert repr(Record("os", "system", ("x" * 1000,))) == "Record('os.system', called)"
    assert len(repr(Record("m" * 1000, "n"))) < 120


def test_two_records_are_equal_only_if_they_are_the_same():
    assert Record("a", "b") != Record("a", "b")


@pytest.mark.parametrize("key", ["a", b"a", 1, 1.5, True, None, (), (1, "a", None)])
def test_atoms_and_tuples_of_atoms_are_keys(key):
    assert is_key(key)
    hash(key)


@pytest.mark.parametrize("key", [bytearray(b"a"), [], ((1,),), (1, []), Record("a", "b")])
def test_nothing_nested_and_nothing_mutable_is_a_key(key):
    assert not is_key(key)


def test_a_budget_is_spent_to_its_last_byte_and_no_further():
    budget = Budget(3)
    budget.spend(2)
    budget.spend(1)
    with pytest.raises(ValueError, match="many times the size"):
        budget.spend(1)
