"""The pickle machine, with its hands tied: opcodes in, lists, tuples, dicts, sets, atoms and `Record`s out.

Where Python's own machine imports a global or calls one, this one writes down its name, its arguments and its state.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from toonface.io.inert_pickle.opcodes import read_opcodes
from toonface.io.inert_pickle.record import Record, is_key

MAX_PROTOCOL = 5


class _Machine:
    """Stack, marks and memo."""

    def __init__(self) -> None:
        self.stack: list = []
        self.memo: dict[int, object] = {}
        self._below_marks: list[list] = []

    def push(self, value: object) -> None:
        self.stack.append(value)

    def pop(self) -> object:
        value = self.top()
        self.stack.pop()
        return value

    def top(self) -> object:
        if not self.stack:
            raise ValueError("an opcode needs a value and the stack is empty")
        return self.stack[-1]

    def mark(self) -> None:
        self._below_marks.append(self.stack)
        self.stack = []

    def pop_mark(self) -> list:
        if not self._below_marks:
            raise ValueError("an opcode needs a mark and there is none")
        values, self.stack = self.stack, self._below_marks.pop()
        return values

    def recall(self, index: int) -> object:
        if index not in self.memo:
            raise ValueError(f"memo {index} is read before it is written")
        return self.memo[index]


def run(stream: BytesIO) -> object:
    """Build what the next pickle of a stream describes, up to its STOP.

    Args:
        stream: positioned at the pickle's first byte. Afterwards it stands behind its last.

    Returns:
        A graph that may be deep and may contain itself: do not walk it, give it to `values.resolve`.

    Raises:
        ValueError: the pickle is truncated, malformed, of a newer protocol or has too many opcodes.
    """
    machine = _Machine()
    for name, argument in read_opcodes(stream):
        if name in _PUSHES:
            machine.push(argument)
        elif name in _CONSTANTS:
            machine.push(_CONSTANTS[name])
        elif name in _EMPTY:
            machine.push(_EMPTY[name]())
        elif name in _OPERATIONS:
            _OPERATIONS[name](machine, argument)
        else:
            raise ValueError(f"opcode {name} is not supported")
    return machine.pop()


# --- what each opcode does


def _protocol(machine: _Machine, version: int) -> None:
    if version > MAX_PROTOCOL:
        raise ValueError(f"it is of protocol {version}, expected 0 to {MAX_PROTOCOL}")


def _pop(machine: _Machine, _: None) -> None:
    if machine.stack:
        machine.pop()
    else:
        machine.pop_mark()


def _put(machine: _Machine, index: int) -> None:
    machine.memo[index] = machine.top()


def _tuple_of(length: int) -> Callable[[_Machine, None], None]:
    def build(machine: _Machine, _: None) -> None:
        values = [machine.pop() for _ in range(length)]
        machine.push(tuple(reversed(values)))

    return build


def _extend(target: object, values: list) -> None:
    if not isinstance(target, list | Record):
        raise ValueError(f"values are appended to a {type(target).__name__}")
    (target if isinstance(target, list) else target.items).extend(values)


def _append(machine: _Machine, _: None) -> None:
    value = machine.pop()
    _extend(machine.top(), [value])


def _appends(machine: _Machine, _: None) -> None:
    values = machine.pop_mark()
    _extend(machine.top(), values)


def _store(target: object, values: list) -> None:
    if not isinstance(target, dict | Record):
        raise ValueError(f"items are stored in a {type(target).__name__}")
    if len(values) % 2:
        raise ValueError("a key has no value")
    pairs = list(zip(values[::2], values[1::2], strict=True))
    _check_keys(values[::2])
    if isinstance(target, dict):
        target.update(pairs)
    else:
        target.items.extend(pairs)


def _check_keys(keys: list) -> None:
    for key in keys:
        if not is_key(key):
            raise ValueError(f"a {type(key).__name__} is used as a key, expected a number, text or a tuple of those")


def _dict(machine: _Machine, _: None) -> None:
    target: dict = {}
    _store(target, machine.pop_mark())
    machine.push(target)


def _set_item(machine: _Machine, _: None) -> None:
    value, key = machine.pop(), machine.pop()
    _store(machine.top(), [key, value])


def _set_items(machine: _Machine, _: None) -> None:
    values = machine.pop_mark()
    _store(machine.top(), values)


def _add_items(machine: _Machine, _: None) -> None:
    values, target = machine.pop_mark(), machine.top()
    if not isinstance(target, set):
        raise ValueError(f"members are added to a {type(target).__name__}")
    _check_keys(values)
    target.update(values)


def _frozen_set(machine: _Machine, _: None) -> None:
    values = machine.pop_mark()
    _check_keys(values)
    machine.push(frozenset(values))


def _stack_global(machine: _Machine, _: None) -> None:
    name, module = machine.pop(), machine.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise ValueError("a global is named by something that is not text")
    machine.push(Record(module, name))


def _call(machine: _Machine, function: object, args: object, keywords: object = None) -> None:
    if not isinstance(function, Record) or function.args is not None:
        raise ValueError(f"a {type(function).__name__} is called, expected a global")
    if not isinstance(args, tuple) or not isinstance(keywords, dict | None):
        raise ValueError("a call has arguments that are not a tuple")
    machine.push(Record(function.module, function.name, args, keywords or {}))


def _reduce(machine: _Machine, _: None) -> None:
    args, function = machine.pop(), machine.pop()
    _call(machine, function, args)


def _new_object_with_keywords(machine: _Machine, _: None) -> None:
    keywords, args, kind = machine.pop(), machine.pop(), machine.pop()
    _call(machine, kind, args, keywords)


def _instance(machine: _Machine, names: tuple[str, str]) -> None:
    _call(machine, Record(*names), tuple(machine.pop_mark()))


def _object(machine: _Machine, _: None) -> None:
    values = machine.pop_mark()
    if not values:
        raise ValueError("an object has no class")
    _call(machine, values[0], tuple(values[1:]))


def _build(machine: _Machine, _: None) -> None:
    state, target = machine.pop(), machine.top()
    if not isinstance(target, Record) or target.args is None:
        raise ValueError(f"a state is given to a {type(target).__name__}, expected an object")
    target.state = state


def _persistent(machine: _Machine, identity: object) -> None:
    machine.push(Record("pickle", "persistent_id", (identity,)))


_PUSHES = frozenset(
    "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING "
    "BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8 UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8".split()
)

_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}

_EMPTY = {"EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_DICT": dict, "EMPTY_SET": set}

_OPERATIONS: dict[str, Callable[[_Machine, Any], object]] = {
    "PROTO": _protocol,
    "FRAME": lambda machine, _: None,
    "MARK": lambda machine, _: machine.mark(),
    "POP": _pop,
    "POP_MARK": lambda machine, _: machine.pop_mark(),
    "DUP": lambda machine, _: machine.push(machine.top()),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda machine, index: machine.push(machine.recall(index))),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), _put),
    "MEMOIZE": lambda machine, _: _put(machine, len(machine.memo)),
    "LIST": lambda machine, _: machine.push(machine.pop_mark()),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.pop_mark())),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "APPEND": _append,
    "APPENDS": _appends,
    "DICT": _dict,
    "SETITEM": _set_item,
    "SETITEMS": _set_items,
    "ADDITEMS": _add_items,
    "FROZENSET": _frozen_set,
    "GLOBAL": lambda machine, names: machine.push(Record(*names)),
    "STACK_GLOBAL": _stack_global,
    "REDUCE": _reduce,
    "NEWOBJ": _reduce,
    "NEWOBJ_EX": _new_object_with_keywords,
    "INST": _instance,
    "OBJ": _object,
    "BUILD": _build,
    "PERSID": _persistent,
    "BINPERSID": lambda machine, _: _persistent(machine, machine.pop()),
}
