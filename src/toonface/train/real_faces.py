"""Real pictures in which a face is found, for trainings that need no labels of theirs."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from toonface.io.portraits import is_validation, read_portraits
from toonface.pipeline import find_face
from toonface.types import Landmarks, Network, Picture


def real_faces(
    folder: Path, networks: Mapping[str, Network], *, validation: bool
) -> Iterator[tuple[str, Picture, Landmarks]]:
    """Yield name, picture and landmarks of each; pictures without a face are left out.

    Args:
        folder: of pictures.
        networks: `detector` and `landmarks`.
        validation: whether those kept for validation, every third, or the others.

    Raises:
        ValueError: the folder is missing or damaged.
    """
    for number, portrait in enumerate(read_portraits(folder)):
        if is_validation(number) != validation:
            continue
        picture = portrait.picture()
        try:
            found = find_face(networks, picture)
        except ValueError:
            continue
        yield portrait.name, picture, found.landmarks
