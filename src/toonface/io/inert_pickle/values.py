"""What the records of a pickle mean: arrays and plain containers where that is on a short list, else themselves."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from toonface.io.inert_pickle.arrays import ARRAY_MEANINGS, raw_bytes
from toonface.io.inert_pickle.record import ATOMS, Budget, Record, is_key

MAX_DEPTH = 100
"""Levels of containers within containers. A network of networks has some 40."""

MAX_ITEMS = 10_000_000
"""Objects in the result, counted as often as they are reached: few objects that share each other can look like many."""

_MEMBER_BYTES = 100
"""What one member of a dict or set that is made from a list takes."""


@dataclass(frozen=True, slots=True)
class _Done:
    value: object
    height: int
    size: int


def resolve(root: object, *, max_copied_bytes: int) -> object:
    """Replace every record whose meaning is known by its value, from the leaves up.

    Args:
        root: what the opcodes built. It is not changed, the result is new.
        max_copied_bytes: how much memory arrays may take beyond the strings that they look into.

    Returns:
        The value, safe to walk recursively: at most `MAX_DEPTH` levels, `MAX_ITEMS` objects, and nothing in itself.

    Raises:
        ValueError: it is deeper or larger, contains itself, or an array is malformed or holds Python objects.
    """
    if isinstance(root, ATOMS):
        return root
    budget = Budget(max_copied_bytes)
    done: dict[int, _Done] = {}
    opened: set[int] = set()
    todo = [root]
    while todo:  # an explicit stack: the depth of the file must not become the depth of Python's own stack
        node = todo[-1]
        children = _children(node)
        missing = [child for child in children if id(child) not in done and not isinstance(child, ATOMS)]
        if id(node) in done:
            todo.pop()
        elif not missing:
            todo.pop()
            done[id(node)] = _finish(node, [_look_up(child, done) for child in children], budget)
        elif id(node) in opened:
            raise ValueError("an object contains itself")
        else:
            opened.add(id(node))
            todo.extend(missing)
    return done[id(root)].value


def _children(node: object) -> list:
    if isinstance(node, Record):
        return [node.args, node.keywords, node.state, node.items]
    if isinstance(node, dict):
        return list(node.values())
    return list(node) if isinstance(node, list | tuple) else []


def _look_up(child: object, done: dict[int, _Done]) -> _Done:
    return _Done(child, 0, 1) if isinstance(child, ATOMS) else done[id(child)]


def _finish(node: object, children: list[_Done], budget: Budget) -> _Done:
    height = 1 + max((child.height for child in children), default=0)
    size = 1 + sum(child.size for child in children)
    if height > MAX_DEPTH:
        raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep")
    if size > MAX_ITEMS:
        raise ValueError(f"it has more than {MAX_ITEMS} objects")
    return _Done(_assemble(node, [child.value for child in children], budget), height, size)


def _assemble(node: object, values: list, budget: Budget) -> object:
    if isinstance(node, Record):
        args, keywords, state, items = values
        return _meaning(replace(node, args=args, keywords=keywords, state=state, items=items), budget)
    if isinstance(node, dict):
        return dict(zip(node, values, strict=True))
    if isinstance(node, tuple):
        return tuple(values)
    return values if isinstance(node, list) else node  # a set holds atoms only


def _meaning(record: Record, budget: Budget) -> object:
    if record.args is None or record.path not in _MEANINGS:
        return record
    return _MEANINGS[record.path](record, budget)


def _encoded(record: Record, budget: Budget) -> object:
    """`_codecs.encode(text, "latin1")`: how Python 3 writes bytes in protocols 0 to 2."""
    match record.args:
        case (str() as text, "latin1" | "latin-1"):
            return raw_bytes(text, budget)
    raise ValueError("a call of _codecs.encode has arguments of unknown form")


def _empty_bytes(record: Record, budget: Budget) -> object:
    return b"" if record.args == () else record


def _ordered_dict(record: Record, budget: Budget) -> object:
    """`OrderedDict(pairs)`, or `OrderedDict()` whose pairs are stored afterwards."""
    match record.args:
        case () | (list(),):
            pairs = [*(record.args[0] if record.args else ()), *record.items]
            budget.spend(_MEMBER_BYTES * len(pairs))
            if all(isinstance(pair, list | tuple) and len(pair) == 2 and is_key(pair[0]) for pair in pairs):
                return {key: value for key, value in pairs}
    raise ValueError("an OrderedDict has contents of unknown form")


def _set(record: Record, budget: Budget) -> object:
    match record.args:
        case (list() as members,) if all(is_key(member) for member in members):
            budget.spend(_MEMBER_BYTES * len(members))
            return set(members)
    raise ValueError("a set has contents of unknown form, expected numbers, text or tuples of those")


def _instance(record: Record, budget: Budget) -> object:
    """`copy_reg._reconstructor(class, object, None)`: how protocols 0 and 1 write an instance."""
    match record.args:
        case (Record(args=None) as kind, Record(name="object"), None):
            return _meaning(replace(record, module=kind.module, name=kind.name, args=()), budget)
    return record


_MEANINGS: dict[str, Callable[[Record, Budget], object]] = {
    **ARRAY_MEANINGS,
    "_codecs.encode": _encoded,
    "builtins.bytes": _empty_bytes,
    "__builtin__.bytes": _empty_bytes,
    "collections.OrderedDict": _ordered_dict,
    "builtins.set": _set,
    "__builtin__.set": _set,
    "copyreg._reconstructor": _instance,
    "copy_reg._reconstructor": _instance,
}
