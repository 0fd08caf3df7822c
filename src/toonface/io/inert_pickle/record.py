"""What stands for a thing that a pickle would have made by running code."""

from dataclasses import dataclass, field

ATOMS = (str, bytes, bytearray, int, float, type(None))
"""Types that hold nothing else. numpy's own float and text scalars are among them."""


@dataclass(eq=False, repr=False)
class Record:
    """A global that a pickle names, or a call of one. It is data: nothing was imported and nothing was run."""

    module: str
    name: str
    args: tuple | None = None
    """Arguments of the call. None stands for the global itself: a class or a function as a value."""
    keywords: dict = field(default_factory=dict)
    state: object = None
    """What the call's result would have been given by `__setstate__`."""
    items: list = field(default_factory=list)
    """What the call's result would have been extended by: values, or (key, value) pairs."""

    @property
    def path(self) -> str:
        """The dotted name, as in "numpy.ndarray"."""
        return f"{self.module}.{self.name}"

    def __repr__(self) -> str:
        return f"Record({self.path[:80]!r}{'' if self.args is None else ', called'})"


def is_key(value: object) -> bool:
    """Tell whether a value may be a key or a member of a set: an atom, or a tuple of atoms.

    Hashing anything deeper would follow the nesting of the file down Python's own stack.

    Args:
        value: anything.
    """
    parts = value if isinstance(value, tuple) else (value,)
    return all(isinstance(part, ATOMS) and not isinstance(part, bytearray) for part in parts)


@dataclass
class Budget:
    """Bytes that copies may still take."""

    left: int

    def spend(self, count: int) -> None:
        """Take bytes from the budget.

        Args:
            count: 0 or more.

        Raises:
            ValueError: more than is left. A file can name one string a million times, and every use would be a copy.
        """
        self.left -= count
        if self.left < 0:
            raise ValueError("its arrays would take many times the size of the file")
