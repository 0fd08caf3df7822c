"""One synthetic sample as files: its picture and maps as PNG, its numbers as JSON.

The endings follow the WebDataset convention, so that any of its loaders finds picture and labels of one sample.
"""

import json
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float32, UInt8, UInt16

from toonface.io.png import decode_png, encode_png
from toonface.synth.labels import NUMBERS, OPTIONAL_MAPS, Labels, Sample
from toonface.types import FaceRegion

LARGEST = 2048
"""Width and height of the largest picture, pixels."""

DEPTH_STEP, DEPTH_ZERO = 2e-5, 32768
"""Metres per unit of a stored depth, and the unit that stands for 0 m; unit 0 is the background."""

NORMAL_STEPS, NORMAL_ZERO = 127, 128
"""Units per 1 of a stored normal, and the unit that stands for 0."""

PARSING_COLOURS: dict[FaceRegion, tuple[int, int, int]] = {
    FaceRegion.BACKGROUND: (0, 0, 0),
    FaceRegion.SKIN: (255, 205, 170),
    FaceRegion.BROW_LEFT: (120, 70, 20),
    FaceRegion.BROW_RIGHT: (175, 115, 50),
    FaceRegion.EYE_LEFT: (60, 130, 255),
    FaceRegion.EYE_RIGHT: (20, 60, 200),
    FaceRegion.GLASSES: (0, 220, 220),
    FaceRegion.EAR_LEFT: (240, 140, 200),
    FaceRegion.EAR_RIGHT: (200, 80, 160),
    FaceRegion.NOSE: (255, 165, 90),
    FaceRegion.INNER_MOUTH: (110, 0, 30),
    FaceRegion.LIP_UPPER: (235, 60, 70),
    FaceRegion.LIP_LOWER: (180, 20, 50),
    FaceRegion.NECK: (215, 150, 115),
    FaceRegion.HAIR: (130, 90, 200),
    FaceRegion.HAT: (255, 230, 60),
    FaceRegion.CLOTH: (60, 160, 80),
    FaceRegion.FACIAL_HAIR: (150, 150, 60),
    FaceRegion.OTHER: (150, 150, 150),
}
"""What the parsing pictures show; the numbers count, the colours are for the eye."""

PALETTE = np.array([PARSING_COLOURS[region] for region in FaceRegion], np.uint8)

DECODE = {
    "png": "sRGB picture",
    "parsing.png": "palette picture; the number of a pixel, not its colour, is its class",
    "depth.png": f"16 bits; metres towards the viewer from the head's origin = {DEPTH_STEP:g} * (value - {DEPTH_ZERO});"
    " 0 is the background",
    "normals.png": f"x, y, z in the camera's axes = (value - {NORMAL_ZERO}) / {NORMAL_STEPS}, then made unit length;"
    f" {NORMAL_ZERO}, {NORMAL_ZERO}, {NORMAL_ZERO} is the background",
    "albedo.png": "sRGB colour without light",
    "json": "numbers: landmarks_px (68 points, x and y in pixels from the top left, pixel centres at +0.5), visible,"
    " identity, expression, texture, light, pose (together the 239 coefficients), gaze (left eye, right eye: yaw and"
    " pitch in radians), hair_style, hair_colour (sRGB in [0, 1]), facts",
}
"""Ending → how to read the file."""


def encode_sample(sample: Sample, *, maps: bool) -> dict[str, bytes]:
    """Turn a sample into files: ending → bytes; the same sample gives the same bytes.

    Args:
        sample: with all maps where they are wanted.
        maps: whether depth, normals and albedo are wanted too.

    Raises:
        ValueError: a wanted map is missing, or a depth is outside what 16 bits hold.
    """
    labels = sample.labels
    files = {
        "png": encode_png(sample.picture, noisy=True),
        "parsing.png": encode_png(labels.parsing, PALETTE),
        "json": _encode_numbers(labels),
    }
    if maps:
        if labels.depth is None or labels.normals is None or labels.albedo is None:
            raise ValueError("the sample has no depth, normals or albedo, expected all three")
        files["depth.png"] = encode_png(_depth_units(labels.depth))
        files["normals.png"] = encode_png(_normal_units(labels.normals))
        files["albedo.png"] = encode_png(labels.albedo)
    return files


def decode_sample(files: Mapping[str, bytes]) -> Sample:
    """Turn files back into a sample: bytes and numbers exactly, depth and normals within half a unit.

    Args:
        files: ending → bytes, as `encode_sample` made them.

    Raises:
        ValueError: a file is missing, unknown or damaged, or the files do not fit each other.
    """
    wanted = {"png", "parsing.png", "json"}
    stored = wanted | {f"{name}.png" for name in OPTIONAL_MAPS}
    if set(files) not in (wanted, stored):
        raise ValueError(f"the sample has the files {sorted(files)}, expected {sorted(wanted)} or {sorted(stored)}")
    optional: dict[str, np.ndarray | None] = dict.fromkeys(OPTIONAL_MAPS)
    if set(files) == stored:
        optional["depth"] = _metres(_pixels(files, "depth.png", "I;16"))
        optional["normals"] = _unit_normals(_pixels(files, "normals.png", "RGB"))
        optional["albedo"] = _pixels(files, "albedo.png", "RGB")
    try:
        numbers = _decode_numbers(files["json"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"json: {type(error).__name__}: {error}") from None
    labels = Labels(parsing=_pixels(files, "parsing.png", "P"), **optional, **numbers)
    return Sample(picture=_pixels(files, "png", "RGB"), labels=labels)


def _pixels(files: Mapping[str, bytes], ending: str, mode: str) -> np.ndarray:
    try:
        return decode_png(files[ending], mode, LARGEST)
    except ValueError as error:
        raise ValueError(f"{ending}: {error}") from None


def _encode_numbers(labels: Labels) -> bytes:
    # As words first: the shortest decimal that gives the same float32 back takes half the digits of the float64.
    numbers: dict[str, object] = {name: _plain(getattr(labels, name)) for name in NUMBERS}
    numbers |= {"hair_style": labels.hair_style, "facts": dict(labels.facts)}
    return json.dumps(numbers, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()


def _plain(array: np.ndarray) -> list:
    return array.tolist() if array.dtype == np.bool_ else array.astype(str).astype(float).tolist()


def _decode_numbers(data: bytes) -> dict:
    found = json.loads(data)
    numbers: dict = {name: np.array(found[name], dtype) for name, (dtype, _) in NUMBERS.items()}
    if not isinstance(found["hair_style"], str):
        raise ValueError(f"hair_style is {found['hair_style']!r}, expected a word")
    return numbers | {"hair_style": found["hair_style"], "facts": dict(found["facts"])}


def _depth_units(depth: Float32[np.ndarray, "H W"]) -> UInt16[np.ndarray, "H W"]:
    background = np.isnan(depth)
    # In float64: a float32 metre has fewer digits than a unit needs at the far end.
    units = np.rint(np.where(background, 0.0, depth).astype(float) / DEPTH_STEP) + DEPTH_ZERO
    if units.min() < 1 or units.max() > np.iinfo(np.uint16).max:
        reach = (DEPTH_ZERO - 1) * DEPTH_STEP
        raise ValueError(f"depth reaches {np.nanmax(np.abs(depth)):g} m, expected at most {reach:g}")
    return np.where(background, 0.0, units).astype(np.uint16)


def _metres(units: UInt16[np.ndarray, "H W"]) -> Float32[np.ndarray, "H W"]:
    metres = (units.astype(np.int64) - DEPTH_ZERO) * DEPTH_STEP
    return np.where(units == 0, np.nan, metres).astype(np.float32)


def _normal_units(normals: Float32[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "H W 3"]:
    return (np.rint(np.clip(normals, -1.0, 1.0) * NORMAL_STEPS) + NORMAL_ZERO).astype(np.uint8)


def _unit_normals(units: UInt8[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "H W 3"]:
    normals = units.astype(np.float32) - NORMAL_ZERO
    lengths = np.linalg.norm(normals, axis=2, keepdims=True)
    return normals / np.where(lengths > 0.0, lengths, 1.0).astype(np.float32)
