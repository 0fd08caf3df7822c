"""A head with the colours of its picture."""

from dataclasses import dataclass

from toonface.morphable.fine_fit import FineFit
from toonface.types import Picture


@dataclass(frozen=True, kw_only=True)
class TexturedHead:
    """A fitted head and the colours of its skin.

    Raises:
        ValueError: the atlas is not square.
    """

    fine: FineFit
    """The head that the colours belong to."""
    skin: Picture
    """Square atlas in the texture coordinates of the model's skin."""
    seen: float
    """Share of the atlas that shows the picture, in [0, 1]; the rest is completed."""
    notes: tuple[str, ...]
    """What was decided, one sentence each."""

    def __post_init__(self) -> None:
        if self.skin.shape[0] != self.skin.shape[1]:
            raise ValueError(f"skin has shape {self.skin.shape}, expected as many rows as columns")
