"""How long a head takes from its portrait to its file: `toonface bench --suite create`."""

import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from PIL import Image

from toonface.evaluate.bench import START
from toonface.io.avatar_files import avatar_asset
from toonface.io.glb import write_glb
from toonface.io.images import read_picture
from toonface.io.models import load_models
from toonface.pipeline.avatars import create_avatar

SIDE = 1024
"""Of the portrait, pixels."""
MEGABYTE = 1e6


def measure_create(progress: Callable[[str], None] | None = None, repeats: int = 5) -> dict[str, float]:
    """Measure the whole of `toonface create` on the portrait that the package ships, at 1024 px square.

    `create.s` is the median from a picture in memory to a GLB on disk with models loaded, `create.avatar_s` its part up
    to the avatar, `create.load_s` what loading took, `create.peak_mb` the most memory of this process so far, and
    `create.first_s` one head by the command in a new process: imports, loading, and code that is compiled already.

    Args:
        progress: told what is being measured.
        repeats: heads that are made after one that does not count, at least 1.

    Raises:
        ValueError: there are no repeats, or the command ended with an error.
    """
    if repeats < 1:
        raise ValueError(f"repeats is {repeats}, expected at least 1")
    tell = progress or (lambda stage: None)
    source = Path(str(files("toonface") / "data" / "demo" / "astronaut.jpg"))
    portrait = np.asarray(Image.fromarray(read_picture(source)).resize((SIDE, SIDE)))
    with TemporaryDirectory() as folder:
        tell("load")
        begun = perf_counter()
        models = load_models()
        loaded = perf_counter() - begun
        avatars, wholes = [], []
        for number in range(repeats + 1):
            tell(f"head {number + 1} of {repeats + 1}")
            begun = perf_counter()
            avatar = create_avatar(portrait, models)
            avatars.append(perf_counter() - begun)
            write_glb(Path(folder) / "head.glb", avatar_asset(models.model, models.textures, avatar))
            wholes.append(perf_counter() - begun)
        peak = _peak_mb()
        tell("a new process")
        begun = perf_counter()
        create_in_new_process(source, Path(folder) / "first.glb")
        first = perf_counter() - begun
    figures = {
        "create.s": float(np.median(wholes[1:])),
        "create.avatar_s": float(np.median(avatars[1:])),
        "create.load_s": loaded,
        "create.first_s": first,
    }
    return figures if peak is None else figures | {"create.peak_mb": peak}


def create_in_new_process(portrait: Path, out: Path) -> None:
    """Make a head by the command line, in a new process.

    Args:
        portrait: a picture.
        out: a .glb file.

    Raises:
        ValueError: it ended with an error.
    """
    words = [sys.executable, "-c", START, "create", str(portrait), "-o", str(out), "--quiet"]
    ended = subprocess.run(words, capture_output=True, text=True)
    if ended.returncode != 0:
        raise ValueError(f"toonface create ended with exit code {ended.returncode}: {ended.stderr.strip()[-200:]}")


def _peak_mb() -> float | None:
    """The most memory that this process has held; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEGABYTE
