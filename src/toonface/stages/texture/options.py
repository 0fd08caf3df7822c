"""How the skin is completed."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TextureOptions:
    """How the skin is completed.

    Raises:
        ValueError: a number is out of its range.
    """

    grazing: float = 0.2
    """Cosine between normal and view below which the picture is not used, in [0, full)."""
    full: float = 0.5
    """Cosine from which it is used alone, at most 1."""
    edge_m: float = 0.004
    """Metres over which the picture fades in at hair, eyes, glasses and background; the first quarter is not used."""
    stiffness: float = 0.5
    """Of the membrane, against the picture's weight of 1; larger is smoother."""
    tone: float = 0.02
    """Pull of unseen skin towards the face's own tone, against the picture's weight of 1; ears have ten times that."""
    unlight: float = 0.0
    """How much of the fitted light is taken out of the picture, in [0, 1]; 0 leaves the picture as it is."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.grazing < self.full <= 1.0:
            raise ValueError(f"grazing is {self.grazing} and full {self.full}, expected 0 <= grazing < full <= 1")
        for name in ("edge_m", "stiffness", "tone"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected above 0")
        if not 0.0 <= self.unlight <= 1.0:
            raise ValueError(f"unlight is {self.unlight}, expected in [0, 1]")


TEXTURE_DEFAULTS = TextureOptions()
