"""What each step on the way to an avatar looks like."""

from dataclasses import replace
from typing import assert_never

import numpy as np

from toonface.evaluate.overlay_heads import draw_fit
from toonface.evaluate.overlay_sheet import Page, Sheet
from toonface.evaluate.overlays import draw_faces, draw_landmarks, draw_regions
from toonface.geometry.crop import CropFrame, frame_around, to_crop, warp, warp_labels
from toonface.morphable.coarse_fit import CoarseFit
from toonface.morphable.face_model import Head, pose_head
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.textured_head import TexturedHead
from toonface.pipeline.avatars import Models, Step
from toonface.pipeline.faces import FoundFace
from toonface.synth.preview import View, render_clay
from toonface.synth.preview_dressed import render_dressed
from toonface.types import Cartoon, FaceRegion, FaceRegions, Landmarks, Picture
from toonface.worn.worn_part import FittedHair

SIZE = 512
"""Side of a picture of one step, pixels."""
MARGIN, LIFT = 2.4, 0.12
"""Of what is shown of the portrait: the head."""
VIEW = View(size=SIZE, yaw_degrees=20.0)


class StagePainter:
    """Draws the steps of one portrait, in their order.

    Args:
        models: of the pipeline.
        portrait: sRGB.
    """

    def __init__(self, models: Models, portrait: Picture) -> None:
        self._models, self._picture = models, portrait
        self._frame = CropFrame(centre_px=(0.0, 0.0), side_px=1.0, roll_radians=0.0)
        self._head: Head | None = None
        self._skin = portrait

    def draw(self, step: Step) -> tuple[str, Page]:
        """Return a step's name and its picture.

        Args:
            step: from `create_avatar`.
        """
        match step:
            case FoundFace():
                around = frame_around(step.landmarks.points_px, MARGIN, LIFT)
                self._frame = replace(around, roll_radians=0.0)
                return "portrait", draw_faces(self._picture, step.faces)
            case Cartoon():
                self._picture = step.picture
                return "cartoon", self._crop()
            case Landmarks():
                points = to_crop(self._frame, SIZE, step.points_px)
                sigma = step.sigma_px * SIZE / self._frame.side_px
                return "landmarks", draw_landmarks(self._crop(), Landmarks(points_px=points, sigma_px=sigma))
            case FaceRegions():
                corner = np.array(self._frame.centre_px) - 0.5 * self._frame.side_px
                axes = self._frame.side_px / SIZE * np.eye(2)
                classes = warp_labels(step.classes, corner, axes, SIZE, FaceRegion.BACKGROUND)
                return "parsing", draw_regions(self._crop(), FaceRegions(classes=classes))
            case _:
                return self._draw_head(step)

    def _draw_head(self, step: CoarseFit | FineFit | TexturedHead | FittedHair) -> tuple[str, Page]:
        model, textures = self._models.model, self._models.textures
        match step:
            case CoarseFit():
                return "coarse", self._over_picture(step)
            case FineFit():
                self._head = pose_head(model, step.neutral, np.zeros_like(step.weights))
                return "fine", render_clay(model, self._head, textures, VIEW)
            case TexturedHead():
                self._skin = step.skin
                return "textured", self._dressed(())
            case FittedHair():
                return "hair", self._dressed(step.parts)
            case _:
                assert_never(step)

    def _crop(self) -> Page:
        return warp(self._picture, self._frame, SIZE)

    def _over_picture(self, fit: CoarseFit) -> Page:
        both = draw_fit(self._picture, fit, self._models.model)
        over = np.ascontiguousarray(both[:, both.shape[1] // 2 :])
        scale, (x, y) = Sheet.of(self._picture).scale, self._frame.centre_px
        frame = replace(self._frame, centre_px=(scale * x, scale * y), side_px=scale * self._frame.side_px)
        return warp(over, frame, SIZE)

    def _dressed(self, worn: tuple) -> Page:
        assert self._head is not None, "the head is made before it is dressed"
        models = self._models
        return render_dressed(models.model, self._head, models.textures, skin=self._skin, worn=worn, view=VIEW)
