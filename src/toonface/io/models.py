"""Load everything that making avatars needs, once."""

from pathlib import Path

from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures
from toonface.io.networks import load_network
from toonface.pipeline.avatars import Models

NETWORKS = ("detector", "landmarks", "parser", "coarse", "cartoon", "stylizer")


def load_models(folder: Path | None = None, *, threads: int = 1) -> Models:
    """Load the package's face model, its pictures and its networks; takes some seconds.

    Args:
        folder: of your own networks; None for the package's.
        threads: that one run of a network may use, at least 1.

    Raises:
        ValueError: a file is missing or damaged.
    """
    networks = {name: load_network(name, folder, threads=threads) for name in NETWORKS}
    return Models(load_face_model(), load_textures(), networks)
