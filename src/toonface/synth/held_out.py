"""The fixed test sets, which no network is ever trained on: 50 portraits in each style, and 200 expressions."""

from collections.abc import Iterator

from toonface.synth.labels import Sample, Style
from toonface.synth.render import Renderer

HELD_OUT_SEED = 971_003
"""Seed of the set. Training draws from other seeds; `check_training_seed` sees to it."""
HELD_OUT_COUNT = 50
HELD_OUT_SIZE = 512
"""Side of the pictures, pixels."""

EXPRESSION_SEED = 971_004
"""Seed of the expression set. Its expressions are `wide`: among those that people make, most shapes are too rare for a
correlation."""
EXPRESSION_COUNT = 200
EXPRESSION_SIZE = 320
"""Side of the pictures, pixels."""


def held_out(renderer: Renderer, style: Style, size: int = HELD_OUT_SIZE) -> Iterator[Sample]:
    """Render the test set; its 50 scenes are the first ones of their seed, not chosen.

    Args:
        renderer: of the package's own face model.
        style: photo and toon show the same 50 scenes.
        size: side of the pictures in pixels.
    """
    for index in range(HELD_OUT_COUNT):
        yield renderer.sample(HELD_OUT_SEED, index, (style,), size)[style]


def check_training_seed(seed: int) -> None:
    """Refuse to train on a test set.

    Args:
        seed: of the training samples.

    Raises:
        ValueError: it is a test set's.
    """
    if seed in (HELD_OUT_SEED, EXPRESSION_SEED):
        raise ValueError(f"seed {seed} is that of a test set, which is never trained on; choose another")
