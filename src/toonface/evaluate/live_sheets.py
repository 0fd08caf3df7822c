"""Pictures of performances: what was performed beside an avatar of the performer that does it too, and the errors."""

from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from toonface.drive.gaze import weights_with_gaze
from toonface.drive.stream import FaceMoment
from toonface.evaluate.live_curves import draw_curves, draw_errors
from toonface.evaluate.live_metrics import compare
from toonface.evaluate.live_suite import SIZE, SeenPerformance
from toonface.evaluate.performance import FPS
from toonface.io.asset_preview import AssetPainter, Pose, on_backdrop
from toonface.io.avatar_files import avatar_asset
from toonface.io.images import write_picture
from toonface.io.moving_pictures import write_animation
from toonface.io.sheets import contact_sheet
from toonface.morphable.names import SHAPES
from toonface.pipeline.avatars import Models, create_avatar
from toonface.stages.stylization.stylize import StylizeOptions
from toonface.synth.preview import View

COLUMNS = 8
"""Moments of a performance on its sheet."""
VIEW = View(centre=(0.0, 0.005, 0.05), half_width=0.155)
"""As the performer's head lies in its pictures."""
QUALITY = 92
EVERY = 2
"""One picture of so many is in the video."""


class LiveSheets:
    """Draws each performance that it is shown, into a folder.

    Args:
        models: that make the avatar.
        folder: is there already.
    """

    def __init__(self, models: Models, folder: Path) -> None:
        self.models, self.folder, self.count = models, folder, 0

    def see(self, seen: SeenPerformance) -> None:
        """Write a sheet and a video, in which the performer at rest becomes an avatar that does what was tracked.

        Beside them go the error of each shape over time, as curves and as a heat map.

        Args:
            seen: one performance.
        """
        self._draw_figures(seen)
        avatar = create_avatar(seen.pictures[0], self.models, StylizeOptions())
        painter = AssetPainter(avatar_asset(self.models.model, self.models.textures, avatar), SIZE)
        chosen = np.linspace(0, len(seen.pictures) - 1, COLUMNS).round().astype(int)
        driven = {number: draw_moment(painter, seen.calibrated[number]) for number in chosen}
        above = [(f"{number / FPS:.2f} s", seen.pictures[number]) for number in chosen]
        page = contact_sheet([*above, *(("", driven[number]) for number in chosen)], COLUMNS)
        write_picture(self.folder / f"live-{self.count}.jpg", page, quality=QUALITY)
        shown = range(0, len(seen.pictures), EVERY)
        frames = [
            np.concatenate([seen.pictures[number], draw_moment(painter, seen.calibrated[number])], axis=1)
            for number in shown
        ]
        write_animation(self.folder / f"live-{self.count}.webp", frames, round(1000.0 * EVERY / FPS))
        self.count += 1

    def _draw_figures(self, seen: SeenPerformance) -> None:
        tracked = compare(seen.performance, seen.calibrated, from_rest=True)
        name = f"Performance {self.count + 1}, rest known"
        curves = draw_curves(tracked, f"{name}: weights of the shapes that are performed")
        write_picture(self.folder / f"live-{self.count}-curves.png", curves)
        errors = draw_errors(tracked, f"{name}: errors of all weights, and their means")
        write_picture(self.folder / f"live-{self.count}-errors.png", errors)


def draw_moment(painter: AssetPainter, moment: FaceMoment | None) -> UInt8[np.ndarray, "S S 3"]:
    """Draw an avatar at one moment; at rest where there is none.

    Args:
        painter: of the avatar.
        moment: counted from rest.
    """
    if moment is None:
        return on_backdrop(painter.draw(VIEW))
    known = {target.name for mesh in painter.poser.asset.meshes for target in mesh.targets}
    weights = weights_with_gaze(moment.expression.weights, moment.expression.gaze_radians)
    pose = Pose(
        weights={shape: float(weight) for shape, weight in zip(SHAPES, weights, strict=True) if shape in known},
        turns={"Head": moment.expression.rotation},
    )
    return on_backdrop(painter.draw(VIEW, pose))
