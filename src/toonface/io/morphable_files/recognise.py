"""Read a face model without saying what it is."""

from pathlib import Path

from toonface.io.morphable_files.bfm2009 import read_bfm2009
from toonface.io.morphable_files.bfm2017 import read_bfm2017
from toonface.io.morphable_files.checks import naming
from toonface.io.morphable_files.flame import read_flame
from toonface.io.morphable_files.ict_facekit import read_ict_facekit
from toonface.morphable.model import MorphableModel

_READERS = [
    (b"MATLAB", read_bfm2009),
    (b"\x89HDF\r\n\x1a\n", read_bfm2017),
    (b"PK\x03\x04", read_flame),
    (b"\x80", read_flame),  # a pickle of protocol 2 or later
    (b"(", read_flame),  # a dict in a pickle of protocol 0
    (b"}", read_flame),  # or 1
]
"""First bytes of a file, and who reads such a file."""


def read_morphable_model(path: Path | str) -> MorphableModel:
    """Read a Basel Face Model (2009, 2017), FLAME or ICT-FaceKit, recognised by what the path holds, not by its name.

    Args:
        path: the file, or the folder of ICT-FaceKit.

    Raises:
        ValueError: it is none of these, or is damaged; the message names it.
        ImportError: a Basel Face Model 2017 needs h5py, which is not installed.
    """
    path = Path(path)
    if path.is_dir():
        return read_ict_facekit(path)
    with naming(path):
        with path.open("rb") as file:
            head = file.read(8)
        readers = [reader for start, reader in _READERS if head.startswith(start)]
        if not readers:
            raise ValueError(
                "expected a face model (BFM 2009 .mat, BFM 2017 .h5, FLAME .pkl or .npz, the folder of ICT-FaceKit), "
                f"found a file that begins with {head!r}"
            )
    return readers[0](path)
