"""Draw how skins are textured, and measure them: `python -m tools.texture_sheets OUT.jpg [--count 12]`.

A row is one cartoon of the test set, fitted to its true points and parsed by the network: the picture; the head as the
picture sees it; from three quarters and in profile on both sides; with closed eyes; the atlas. Hair is left out and the
eyes are brown. Printed are, per portrait and as their mean: the share of the atlas that shows the picture; the share
of both ears that is nearer to the hair's colour than to the skin's; the mean difference of the irises' colour from the
scene's, in [0, 1]; the mean step across the seams of the atlas, in [0, 255].
"""

import argparse
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float

from toonface.evaluate.paper_fits import FittingTools, fit_all
from toonface.evaluate.trials import FixedSets, Trial
from toonface.geometry.camera import ScaledOrthographic, frame_head, project
from toonface.geometry.normals import vertex_normals
from toonface.geometry.rasterize import clear, draw, interpolate
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures, write_picture
from toonface.io.networks import list_networks, load_network
from toonface.io.sheets import contact_sheet
from toonface.morphable.face_model import Head, pose_head, skin_vertices, weights_of
from toonface.morphable.textured_head import TexturedHead
from toonface.stages.coarse_refinement import CoarseRefiner
from toonface.stages.fine import FineDeformer
from toonface.stages.texture.atlas import make_texture
from toonface.stages.texture.skin_baker import SkinBaker
from toonface.synth.face.looks import iris_paint
from toonface.synth.held_out import HELD_OUT_SEED
from toonface.synth.preview import sample_bilinear
from toonface.synth.render import Renderer
from toonface.types import Picture

SIZE, FINE = 208, 2
BACKDROP = 90.0
VIEWS = {"": 40.0, " ": -40.0, "profile": 85.0, "other": -85.0}
BLINK = weights_of({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})


def shot(baker: SkinBaker, textured: TexturedHead, head: Head, camera: ScaledOrthographic, eye: Picture) -> Picture:
    """Draw a textured skin and eyes under a lamp beside the camera, at half the camera's size."""
    skin, fragments = skin_vertices(baker.model, head), clear(camera.height, camera.width)
    draw(fragments, project(camera, skin), baker.faces)
    eyeball = baker.model.eyeball
    for centre, radius, turn in zip(head.eyes.centres, head.eyes.radii, head.eyes.rotations, strict=True):
        draw(fragments, project(camera, centre + radius * eyeball.vertices() @ turn.T), eyeball.faces, part=1)
    colours = _sampled(textured.skin, interpolate(fragments, 0, textured.uv_faces, textured.uv))
    looks = _sampled(eye, interpolate(fragments, 1, eyeball.faces, eyeball.uv))
    facing = interpolate(fragments, 0, baker.faces, vertex_normals(skin, baker.faces) @ camera.rotation.T)[..., 2:]
    colours = colours * (0.65 + 0.35 * np.abs(facing))
    colours[fragments.part < 0] = BACKDROP
    colours = np.where(fragments.part[..., None] == 1, looks, colours)
    height, width = camera.height // FINE, camera.width // FINE
    return colours.reshape(height, FINE, width, FINE, 3).mean(axis=(1, 3)).astype(np.uint8)


def _sampled(picture: Picture, uv: Float[np.ndarray, "H W 2"]) -> Float[np.ndarray, "H W 3"]:
    return 255.0 * sample_bilinear(picture, uv.reshape(-1, 2)).reshape(*uv.shape[:2], 3)


def row_of(baker: SkinBaker, textured: TexturedHead, trial: Trial, eye: Picture) -> list[tuple[str, Picture]]:
    """Draw one portrait's row."""
    model, fine = baker.model, textured.fine
    camera = fine.coarse.camera
    own = ScaledOrthographic(
        rotation=camera.rotation,
        translation=camera.translation,
        scale=camera.scale * FINE * SIZE / camera.width,
        width=FINE * SIZE,
        height=FINE * SIZE,
    )
    resting, closed = pose_head(model, fine.neutral, np.zeros(64)), pose_head(model, fine.neutral, BLINK)
    cells = [(trial.name, _small(trial.picture))]
    cells.append(("fitted", shot(baker, textured, pose_head(model, fine.neutral, fine.weights), own, eye)))
    for label, yaw in VIEWS.items():
        cells.append((label, shot(baker, textured, resting, _view(model_skin(baker, resting), yaw), eye)))
    cells.append(("blink", shot(baker, textured, closed, _view(model_skin(baker, closed), 0.0), eye)))
    return [*cells, ("atlas", _small(textured.skin))]


def model_skin(baker: SkinBaker, head: Head) -> Float[np.ndarray, "V 3"]:
    """Return the skin without the bust."""
    skin = skin_vertices(baker.model, head)
    return skin[skin[:, 1] > head.neutral[:, 1].max() - 0.26]


def _small(picture: Picture) -> Picture:
    rows, columns = (((np.arange(SIZE) + 0.5) * side / SIZE).astype(int) for side in picture.shape[:2])
    return picture[np.ix_(rows, columns)]


def _view(skin: Float[np.ndarray, "V 3"], yaw_degrees: float) -> ScaledOrthographic:
    return frame_head(skin, FINE * SIZE, yaw=np.radians(yaw_degrees), margin=0.04)


def figures_of(baker: SkinBaker, textured: TexturedHead, irises: Float[np.ndarray, "3"]) -> dict[str, float]:
    """Measure one skin.

    Args:
        baker: of the model.
        textured: the skin.
        irises: true colour, sRGB in [0, 1].
    """
    found, size = textured.colours, textured.skin.shape[0]
    places = np.clip((textured.uv * size).astype(int), 0, size - 1)
    at_uv = textured.skin[places[:, 1], places[:, 0]].astype(float)
    pairs = np.unique(np.column_stack([baker.faces.ravel(), textured.uv_faces.ravel()]), axis=0)
    vertices, first, count = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    seams = [np.ptp(at_uv[pairs[f : f + n, 1]], axis=0).max() for f, n in zip(first, count, strict=True) if n > 1]
    ears = at_uv[pairs[first, 1]][baker.ear[vertices] > 0.5] / 255.0
    hairy = np.nan
    if found.hair is not None:
        hairy = np.mean(np.abs(ears - found.hair).sum(axis=1) < np.abs(ears - found.skin).sum(axis=1))
    eyes = [np.abs(eye - irises).mean() for eye in (found.iris_left, found.iris_right) if eye is not None]
    return {
        "seen": textured.seen,
        "ears_of_hair": float(hairy),
        "iris": float(np.mean(eyes)) if eyes else np.nan,
        "seam": float(np.mean(seams)),
    }


def main() -> None:
    """Draw the sheet that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--cache", type=Path, help="folder that keeps the rendered test set")
    asked = parser.parse_args()
    model, textures = load_face_model(), load_textures()
    renderer, baker = Renderer(model, textures), SkinBaker(model, 1024)
    networks = {card.name: load_network(card.name) for card in list_networks()}
    tools = FittingTools(model=model, networks=networks, refiner=CoarseRefiner(model), deformer=FineDeformer(model))
    trials = (trial for trial in FixedSets(renderer, cache=asked.cache).held_out() if trial.group == "toon")
    cells, figures = [], []
    for index, trial in enumerate(islice(trials, asked.count)):
        fits = fit_all(tools, trial)
        textured = make_texture(baker, trial.picture, regions=fits.regions, fine=fits.fine or fits.fine_detected)
        paint = iris_paint(renderer.scene(HELD_OUT_SEED, index).eyes, "toon")
        irises = 0.6 * np.array(paint.outer) + 0.4 * np.array(paint.inner)
        figures.append(figures_of(baker, textured, irises))
        cells += row_of(baker, textured, trial, textures["eye_brown"][..., :3])
        print(trial.name, *(f"{name} {value:.3f}" for name, value in figures[-1].items()))
    print("mean", *(f"{name} {np.nanmean([row[name] for row in figures]):.3f}" for name in figures[0]))
    write_picture(asked.out, contact_sheet(cells, 4 + len(VIEWS)), quality=85)


if __name__ == "__main__":
    main()
