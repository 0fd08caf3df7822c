"""Real portraits as the stylizer is shown them: framed and parsed by our own networks, nobody's cartoon beside them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from toonface.evaluate.trials import PORTRAIT_FOLDERS
from toonface.geometry.crop import to_crop, to_picture, warp, warp_labels
from toonface.io.networks import load_network
from toonface.pipeline import parse_found
from toonface.stages.stylization.crop import MARGIN, SIZE, stylizer_frame
from toonface.stages.stylization.skin import smooth_skin
from toonface.synth.style_pairs import FACE
from toonface.train.real_faces import real_faces
from toonface.types import FaceRegion, Landmarks, Network, Picture


@dataclass(frozen=True, kw_only=True)
class FramedPortrait:
    """A real face in the stylizer's crop."""

    name: str
    picture: UInt8[np.ndarray, "S S 3"]
    smooth: UInt8[np.ndarray, "S S 3"]
    face: Bool[np.ndarray, "S S"]
    """What a style repaints."""
    points: Float32[np.ndarray, "68 2"]
    """Landmarks in sides of the crop."""


def read_framed_portraits(data: Path, *, validation: bool) -> list[FramedPortrait]:
    """Frame the real portraits in which a face is found; every third is kept for validation.

    Args:
        data: folder that holds `portraits`.
        validation: which of them.

    Raises:
        ValueError: a folder is missing or damaged.
    """
    networks = {name: load_network(name) for name in ("detector", "landmarks", "parser")}
    found = []
    for folder in PORTRAIT_FOLDERS:
        for name, picture, landmarks in real_faces(data / "portraits" / folder, networks, validation=validation):
            found.append(_framed(name, networks["parser"], picture, landmarks))
    return found


def _framed(name: str, parser: Network, picture: Picture, landmarks: Landmarks) -> FramedPortrait:
    frame = stylizer_frame(landmarks)
    regions = parse_found(parser, picture, landmarks).classes
    crop = warp(picture, frame, SIZE)
    corner, right, down = to_picture(frame, SIZE, np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    classes = warp_labels(regions, corner, np.stack([right - corner, down - corner]), SIZE, FaceRegion.BACKGROUND)
    smooth = smooth_skin((crop / 255.0).astype(np.float32), classes, SIZE / MARGIN)
    return FramedPortrait(
        name=name,
        picture=crop,
        smooth=(255.0 * np.clip(smooth, 0.0, 1.0) + 0.5).astype(np.uint8),
        face=FACE[classes],
        points=(to_crop(frame, SIZE, landmarks.points_px) / SIZE).astype(np.float32),
    )
