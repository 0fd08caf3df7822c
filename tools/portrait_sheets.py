"""Draw the pictures of docs/synthetic-portraits.md: `python -m tools.portrait_sheets [--out docs/pictures]`."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures, prepare_folder, write_picture
from toonface.io.sample_files import PALETTE
from toonface.io.sheets import contact_sheet
from toonface.synth.labels import Sample, Style
from toonface.synth.picture.toon_finish import LOOKS
from toonface.synth.render import Renderer

SEED = 2
SIDE = 192
SHOWN = 106
"""Number of the scene whose looks and labels are shown."""


def main() -> None:
    """Draw all sheets into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    prepare_folder(options.out)
    renderer = Renderer(load_face_model(), load_textures())
    sheets = {
        "pairs": (pairs(renderer, options.seed), 8),
        "photo": (portraits(renderer, options.seed + 1, "photo"), 8),
        "toon": (portraits(renderer, options.seed + 2, "toon"), 8),
        "looks": (looks(renderer, options.seed), 6),
        "labels": (labels(renderer, options.seed), 6),
    }
    for name, (pictures, columns) in sheets.items():
        path = options.out / f"portraits-{name}.jpg"
        write_picture(path, contact_sheet(pictures, columns))
        print(path)


def pairs(renderer: Renderer, seed: int) -> list[tuple[str, np.ndarray]]:
    """Sixteen scenes, the photo above the cartoon."""
    samples = [renderer.sample(seed, index, ("photo", "toon"), SIDE) for index in range(16)]
    return [("", np.concatenate([pair["photo"].picture, pair["toon"].picture])) for pair in samples]


def portraits(renderer: Renderer, seed: int, style: Style) -> list[tuple[str, np.ndarray]]:
    """Thirty-two scenes in one style."""
    return [("", renderer.sample(seed, index, (style,), SIDE)[style].picture) for index in range(32)]


def looks(renderer: Renderer, seed: int) -> list[tuple[str, np.ndarray]]:
    """One scene as a photo and in every look of the toon style."""
    scene = renderer.scene(seed, SHOWN)
    shown = [("photo", renderer.render(scene, "photo", 256).picture)]
    for look in LOOKS:
        toon = replace(scene.toon, look=look, strength=1.0, line_width=1.6, saturation=1.0)
        shown.append((look, renderer.render(replace(scene, toon=toon), "toon", 256).picture))
    return shown


def labels(renderer: Renderer, seed: int) -> list[tuple[str, np.ndarray]]:
    """Both styles of one scene with their labels as pictures."""
    pair = renderer.sample(seed, SHOWN, ("photo", "toon"), 256)
    return [picture for sample in pair.values() for picture in label_pictures(sample)]


def label_pictures(sample: Sample) -> list[tuple[str, np.ndarray]]:
    """Show a sample and its labels side by side."""
    shown = sample.labels
    points = sample.picture.copy()
    for (x, y), visible in zip(shown.landmarks_px.astype(int), shown.visible, strict=True):
        if 1 <= x < points.shape[1] - 1 and 1 <= y < points.shape[0] - 1:
            points[y - 1 : y + 2, x - 1 : x + 2] = (80, 255, 90) if visible else (255, 80, 80)
    assert shown.depth is not None and shown.normals is not None and shown.albedo is not None
    seen = np.isfinite(shown.depth)
    low, high = np.quantile(shown.depth[seen], [0.02, 0.98])
    depth = np.where(seen, np.clip((shown.depth - low) / (high - low), 0.0, 1.0), 0.0)
    return [
        ("picture", sample.picture),
        ("landmarks", points),
        ("parsing", PALETTE[shown.parsing]),
        ("depth", np.repeat((255.0 * depth).astype(np.uint8)[..., None], 3, axis=2)),
        ("normals", (127.5 * (1.0 + shown.normals)).astype(np.uint8)),
        ("albedo", shown.albedo),
    ]


if __name__ == "__main__":
    main()
