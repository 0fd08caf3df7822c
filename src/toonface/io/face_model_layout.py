"""What arrays a face model's file holds: their shapes, and what their indices point at."""

import numpy as np

from toonface.types import check_indices

Arrays = dict[str, np.ndarray]
Shape = tuple[int | str, ...]

SIZES: dict[str, Shape] = {
    "mean": ("P", 3),
    "sigma": (80,),
    "identity": (80, "P", 3),
    "identity.scale": (80,),
    "shapes.counts": (64,),
    "shapes.scale": (64,),
    "shapes.points": ("moved",),
    "shapes.offsets": ("moved", 3),
    "albedo_mean": ("V", 3),
    "albedo": (80, "V", 3),
    "albedo.scale": (80,),
    "quads": ("Q", 4),
    "uv": ("T", 2),
    "uv_quads": ("Q", 4),
    "mirror": ("S",),
    "region": ("S",),
    **{f"lids.{side}.table": (12, f"{side} columns") for side in ("left", "right")},
    **{f"lids.{side}.facing": (f"{side} columns", f"{side} columns") for side in ("left", "right")},
    **{f"lids.{side}.side": (f"{side} columns",) for side in ("left", "right")},
    **{f"lids.{side}.corners": (2,) for side in ("left", "right")},
    **{f"lids.{side}.vertices": (f"{side} lid",) for side in ("left", "right")},
    "lips.upper": ("lips",),
    "lips.lower": ("lips", 2),
    "lips.weights": ("lips", 2),
    "landmarks.corners": (68, 3),
    "landmarks.weights": (68, 3),
    "landmarks.paths": (17, "path", 2),
    "landmarks.path_weights": (17, "path", 2),
    "eyeball.faces": ("eyeball faces", 3),
    "eyeball.cornea_faces": ("cornea faces", 3),
    "eyeball.uv": ("eyeball", 2),
    "eyeball.polar": ("eyeball",),
    "eyeball.azimuth": ("eyeball",),
    "eyeball.radius": ("eyeball",),
}
"""Numbers are sizes; a name stands for the same size wherever it is: P points, S of them skin, V vertices of LOD0."""

TARGETS = {
    "shapes.points": "P",
    "quads": "S",
    "uv_quads": "T",
    "mirror": "S",
    **{f"lids.{side}.table": "S" for side in ("left", "right")},
    **{f"lids.{side}.corners": f"{side} columns" for side in ("left", "right")},
    **{f"lids.{side}.vertices": "V" for side in ("left", "right")},
    "lips.upper": "S",
    "lips.lower": "S",
    "landmarks.corners": "V",
    "landmarks.paths": "V",
    "eyeball.faces": "eyeball",
    "eyeball.cornea_faces": "eyeball",
}
"""Array of indices → the size below which they all are."""

PART_SIZES: dict[str, Shape] = {
    "faces": ("F", 3),
    "uv": ("T", 2),
    "uv_faces": ("F", 3),
    "offsets": ("N", 3),
    "indices": ("entries",),
    "data": ("entries",),
}
PART_TARGETS = {"faces": "N", "uv_faces": "T", "indices": "P"}


def check_layout(arrays: Arrays, parts: int) -> None:
    """Raise unless every array of a model's file is there and fits the others.

    Args:
        arrays: name → array, as the file holds them.
        parts: how many parts its header names.

    Raises:
        ValueError: an array is missing, has another shape, points outside or holds a value that is no number.
    """
    sizes: dict[str, int] = {}
    _check_group(arrays, ("", SIZES, TARGETS), sizes)
    if sizes["S"] > sizes["P"] - 4:
        raise ValueError(f"mirror has {sizes['S']} skin points, expected 4 fewer than the {sizes['P']} points at most")
    for number in range(parts):
        _check_group(arrays, (f"part{number}.", PART_SIZES, PART_TARGETS), {"P": sizes["P"]})


def _check_group(arrays: Arrays, group: tuple[str, dict[str, Shape], dict[str, str]], sizes: dict[str, int]) -> None:
    prefix, shapes, targets = group
    for name, expected in shapes.items():
        _check_array(f"{prefix}{name}", arrays, expected, sizes)
    for name, target in targets.items():
        indices = arrays[f"{prefix}{name}"]
        if indices.dtype.kind not in "iu":
            raise ValueError(f"{prefix}{name} holds {indices.dtype}, expected whole numbers")
        check_indices(f"{prefix}{name}", indices.astype(np.int64), sizes[target])


def _check_array(name: str, arrays: Arrays, expected: Shape, sizes: dict[str, int]) -> None:
    if name not in arrays:
        raise ValueError(f"{name} is missing")
    array = arrays[name]
    if array.ndim == len(expected):
        for size, dimension in zip(array.shape, expected, strict=True):
            if isinstance(dimension, str):
                sizes.setdefault(dimension, size)
    wanted = tuple(sizes.get(d, d) if isinstance(d, str) else d for d in expected)
    if array.shape != wanted:
        raise ValueError(f"{name} has shape {array.shape}, expected {wanted}")
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} holds {array.dtype}, expected numbers")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has values that are not finite, expected none")
