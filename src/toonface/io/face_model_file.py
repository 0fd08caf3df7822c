"""Read and write our face model: one compressed npz of plain arrays, and texture pictures beside it."""

import json
from dataclasses import fields
from importlib import resources
from pathlib import Path

import numpy as np
from scipy import sparse

from toonface.geometry.subdivide import catmull_clark, linear_subdivision, triangulate
from toonface.io.atomic import replacing
from toonface.io.face_model_layout import check_layout
from toonface.io.quantize import dequantize, quantize
from toonface.morphable.eyeball import EyeballMesh
from toonface.morphable.face_model import FaceModel, LipContact, Part, Skin
from toonface.morphable.landmarks import LandmarkTable
from toonface.morphable.lids import LidGrid
from toonface.morphable.names import SHAPES

FORMAT, VERSION = "toonface face model", 1
FILE_NAME = "head.npz"
PART_ARRAYS = ("faces", "uv", "uv_faces", "offsets")
PART_WORDS = ("name", "follows", "texture", "alpha")

Arrays = dict[str, np.ndarray]


def load_face_model(folder: Path | None = None) -> FaceModel:
    """Load the face model, by default the one that the package ships.

    Args:
        folder: holds `head.npz`; None for the package's own.

    Raises:
        ValueError: the file is missing, truncated, of another version or of a wrong shape.
    """
    path = (model_folder() if folder is None else folder) / FILE_NAME
    try:
        arrays = _read(path)
    except Exception as error:  # for a damaged file numpy and zipfile raise a dozen kinds, SyntaxError among them
        raise ValueError(
            f"{path} is not a readable face model ({_first_line(error)}); expected {FORMAT} {VERSION}"
        ) from None
    try:
        return unpack(arrays)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a valid face model: {_first_line(error)}") from None


def _read(path: Path) -> Arrays:
    archive = np.load(path, allow_pickle=False)
    if isinstance(archive, np.ndarray):
        raise ValueError("it is a single array")
    with archive:
        arrays = {name: archive[name] for name in archive.files}
    foreign = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
    if foreign:
        raise ValueError(f"it holds {foreign[0]!r}, which is no array")
    return arrays


def model_folder() -> Path:
    """Return the folder of the model that the package ships."""
    return Path(str(resources.files("toonface") / "data" / "face_model"))


def save_face_model(folder: Path, model: FaceModel, cage_uv: tuple[np.ndarray, np.ndarray]) -> Path:
    """Write `head.npz`; the same model gives the same bytes.

    Args:
        folder: made if it does not exist.
        model: what to write.
        cage_uv: texture coordinates of the cage and their quads; LOD0's are made from them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    with replacing(path) as beside:
        np.savez_compressed(beside, allow_pickle=False, **pack(model, cage_uv))
    return path


def pack(model: FaceModel, cage_uv: tuple[np.ndarray, np.ndarray]) -> Arrays:
    """Turn a model into plain arrays: bases quantised per component, shapes sparse."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "shapes": list(SHAPES),
        "variance_kept": round(model.variance_kept, 6),
        "parts": [{word: getattr(part, word) for word in PART_WORDS} for part in model.parts.values()],
    }
    arrays: Arrays = {"header": np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)}
    arrays |= {"mean": model.mean.astype(np.float32), "sigma": model.sigma.astype(np.float32)}
    arrays |= quantize("identity", model.identity_basis, np.int16)
    arrays |= _pack_shapes(model.expression_basis)
    arrays |= {"albedo_mean": model.albedo_mean.astype(np.float32)} | quantize("albedo", model.albedo_basis, np.int8)
    arrays |= {
        "quads": _cage_quads(model.skin),
        "uv": cage_uv[0].astype(np.float32),
        "uv_quads": cage_uv[1].astype(np.int32),
    }
    arrays |= {"mirror": model.skin.mirror.astype(np.int32), "region": model.skin.region.astype(np.int8)}
    for side, grid, vertices in zip(("left", "right"), model.lids, model.lid_vertices, strict=True):
        arrays |= {f"lids.{side}.{field.name}": getattr(grid, field.name) for field in fields(LidGrid)}
        arrays[f"lids.{side}.vertices"] = vertices.astype(np.int32)
    arrays |= {f"lips.{field.name}": getattr(model.lips, field.name) for field in fields(LipContact)}
    arrays |= {f"landmarks.{field.name}": getattr(model.landmarks, field.name) for field in fields(LandmarkTable)}
    for number, part in enumerate(model.parts.values()):
        arrays |= _pack_part(f"part{number}", part)
    arrays |= {f"eyeball.{field.name}": getattr(model.eyeball, field.name) for field in fields(EyeballMesh)}
    return arrays


def unpack(arrays: Arrays) -> FaceModel:
    """Turn plain arrays back into a model.

    Args:
        arrays: as `pack` made them.

    Raises:
        ValueError: another format or version, a missing array, or arrays that do not fit each other.
    """
    header = _header(arrays)
    check_layout(arrays, len(header["parts"]))
    mean = arrays["mean"].astype(float)
    quads, count = arrays["quads"].astype(np.int64), len(arrays["mirror"])
    subdivision = catmull_clark(quads, count)
    vertices = subdivision.matrix.shape[0]
    if len(arrays["albedo_mean"]) != vertices:
        raise ValueError(f"albedo_mean has {len(arrays['albedo_mean'])} rows, expected one per vertex, {vertices}")
    uv, uv_quads = arrays["uv"].astype(float), arrays["uv_quads"].astype(np.int64)
    fine_uv = linear_subdivision(uv_quads, len(uv))
    skin = Skin(
        count=count,
        faces=(triangulate(subdivision.quads), triangulate(quads)),
        uv=(fine_uv.matrix @ uv, uv),
        uv_faces=(triangulate(fine_uv.quads), triangulate(uv_quads)),
        subdivision=subdivision,
        mirror=arrays["mirror"].astype(np.int64),
        region=arrays["region"].astype(np.int64),
    )
    grids = [
        LidGrid(**{f.name: arrays[f"lids.{side}.{f.name}"] for f in fields(LidGrid)}) for side in ("left", "right")
    ]
    return FaceModel(
        mean=mean,
        identity_basis=dequantize("identity", arrays),
        sigma=arrays["sigma"].astype(float),
        variance_kept=float(header["variance_kept"]),
        expression_basis=_unpack_shapes(arrays, len(mean)),
        albedo_mean=arrays["albedo_mean"].astype(float),
        albedo_basis=dequantize("albedo", arrays),
        skin=skin,
        lids=(grids[0], grids[1]),
        lid_vertices=(arrays["lids.left.vertices"].astype(np.int64), arrays["lids.right.vertices"].astype(np.int64)),
        lips=LipContact(**{f.name: arrays[f"lips.{f.name}"] for f in fields(LipContact)}),
        landmarks=LandmarkTable(**{f.name: arrays[f"landmarks.{f.name}"] for f in fields(LandmarkTable)}),
        parts={p["name"]: _unpack_part(arrays, f"part{n}", p, len(mean)) for n, p in enumerate(header["parts"])},
        eyeball=EyeballMesh(**{f.name: arrays[f"eyeball.{f.name}"] for f in fields(EyeballMesh)}),
    )


def _header(arrays: Arrays) -> dict:
    if "header" not in arrays:
        raise ValueError("header is missing")
    header = json.loads(arrays["header"].tobytes().decode())
    if not isinstance(header, dict) or (header.get("format"), header.get("version")) != (FORMAT, VERSION):
        found = f"{header.get('format')} version {header.get('version')}" if isinstance(header, dict) else repr(header)
        raise ValueError(f"it is {found}, expected {FORMAT} version {VERSION}")
    if header.get("shapes") != list(SHAPES):
        raise ValueError(f"it has other shapes than the {len(SHAPES)} of names.SHAPES in order, expected those")
    if not isinstance(header.get("variance_kept"), float):
        raise ValueError(f"variance_kept is {header.get('variance_kept')!r}, expected a number")
    parts = header.get("parts")
    if not isinstance(parts, list) or not all(isinstance(p, dict) and sorted(p) == sorted(PART_WORDS) for p in parts):
        raise ValueError(f"its parts are no list of objects with exactly {PART_WORDS}, expected one")
    return header


def _pack_shapes(basis: np.ndarray) -> Arrays:
    steps = quantize("shapes", basis, np.int16)
    scale = steps["shapes.scale"]
    # Rounded first: what is left out is then left out again when the unpacked model is packed.
    moved = [
        np.flatnonzero(np.abs(s).max(1) * step > SMALLEST_OFFSET)
        for s, step in zip(steps["shapes"], scale.astype(float), strict=True)
    ]
    offsets = [shape[points] for shape, points in zip(steps["shapes"], moved, strict=True)]
    return {
        "shapes.counts": np.array([len(points) for points in moved], np.int32),
        "shapes.points": np.concatenate(moved).astype(np.int32),
        "shapes.offsets": np.concatenate(offsets),
        "shapes.scale": scale,
    }


SMALLEST_OFFSET = 2e-6
"""Offsets below this many metres are not stored."""


def _unpack_shapes(arrays: Arrays, points: int) -> np.ndarray:
    counts, moved = arrays["shapes.counts"], arrays["shapes.points"]
    if counts.min() < 0 or counts.sum() != len(moved):
        raise ValueError(f"shapes.counts sums to {counts.sum()}, expected one per entry of shapes.points, {len(moved)}")
    shape = np.repeat(np.arange(len(SHAPES)), counts)
    basis = np.zeros((len(SHAPES), points, 3))
    basis[shape, moved] = arrays["shapes.offsets"] * arrays["shapes.scale"].astype(float)[shape, None]
    return basis


def _cage_quads(skin: Skin) -> np.ndarray:
    first, second = skin.faces[1][0::2], skin.faces[1][1::2]
    return np.concatenate([first, second[:, 2:]], axis=1).astype(np.int32)


def _pack_part(prefix: str, part: Part) -> Arrays:
    arrays = {f"{prefix}.{name}": getattr(part, name) for name in PART_ARRAYS}
    arrays = {k: v.astype(np.int32 if v.dtype.kind == "i" else np.float32) for k, v in arrays.items()}
    arrays[f"{prefix}.indptr"] = part.matrix.indptr.astype(np.int32)
    arrays[f"{prefix}.indices"] = part.matrix.indices.astype(np.uint16)
    arrays[f"{prefix}.data"] = part.matrix.data.astype(np.float32)
    return arrays


def _unpack_part(arrays: Arrays, prefix: str, header: dict, points: int) -> Part:
    data, indices, indptr = (arrays[f"{prefix}.{name}"] for name in ("data", "indices", "indptr"))
    offsets = arrays[f"{prefix}.offsets"].astype(float)
    matrix = sparse.csr_array((data.astype(float), indices.astype(np.int64), indptr), shape=(len(offsets), points))
    matrix.check_format(full_check=True)
    return Part(
        **header,
        faces=arrays[f"{prefix}.faces"].astype(np.int64),
        uv=arrays[f"{prefix}.uv"].astype(float),
        uv_faces=arrays[f"{prefix}.uv_faces"].astype(np.int64),
        matrix=matrix,
        offsets=offsets,
    )


def _first_line(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text.splitlines()[0]
