"""What the server gives out: fixed names, their types, and where each comes from. No name of a client's is a path."""

import gzip
import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from toonface.drive.tracking import NEEDED

JPEG, GLB, HTML = "image/jpeg", "model/gltf-binary", "text/html; charset=utf-8"
STEPS = ("portrait", "cartoon", "landmarks", "parsing", "coarse", "fine", "textured", "hair", "preview")

DOWNLOADS: dict[str, tuple[str, str]] = {
    "avatar.glb": (GLB, "avatar.glb"),
    "small.glb": (GLB, "avatar-small.glb"),
    "avatar.vrm": (GLB, "avatar.vrm"),
    "viewer.html": (HTML, "avatar.html"),
}
"""Files of a finished job: type, and the name under which a browser saves them."""
JOB_FILES = {**{f"{step}.jpg": (JPEG, None) for step in STEPS}, **DOWNLOADS}
"""Everything that may lie in the folder of a job and may be asked for."""


@dataclass(frozen=True, kw_only=True)
class PackageFile:
    """A file of the package that the page needs."""

    path: Path
    media_type: str
    zipped: bool = False
    """Whether it is sent as it lies there, gzipped, and unpacked by the browser."""


def web_folder() -> Path:
    """Return the folder of the built pages."""
    return Path(str(resources.files("toonface") / "data" / "web"))


def package_files() -> dict[str, PackageFile]:
    """Return what the package gives out, by the path of its address."""
    networks = web_folder().parent / "networks"
    binary = "application/octet-stream"
    return {
        "ort.wasm": PackageFile(path=web_folder() / "ort.wasm.gz", media_type="application/wasm", zipped=True),
        "ort.mjs": PackageFile(path=web_folder() / "ort.mjs", media_type="text/javascript"),
        **{f"{name}.onnx": PackageFile(path=networks / f"{name}.onnx", media_type=binary) for name in NEEDED},
    }


@lru_cache(maxsize=4)
def unzipped(path: Path) -> bytes:
    """Read a gzipped file, for the rare client that takes none.

    Args:
        path: of a file of the package.
    """
    return gzip.decompress(path.read_bytes())


def load_page() -> str:
    """Read the page of the web application.

    Raises:
        ValueError: it is missing.
    """
    path = web_folder() / "studio.html"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror}); run `make viewer`") from None


def policy_of(page: str) -> str:
    """Return a Content-Security-Policy that lets a page run its own scripts, and nothing from elsewhere.

    Args:
        page: HTML whose scripts are inside.
    """
    scripts = re.findall(r"<script(?![^>]*application/json)[^>]*>(.*?)</script>", page, re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes} 'wasm-unsafe-eval' blob:; style-src 'unsafe-inline'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' blob: data:; worker-src blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
