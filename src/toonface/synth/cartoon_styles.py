"""The styles that portraits are turned into: each one fixed set of proportions and one look.

Scenes draw their cartoons at random, so that networks meet all kinds. A stylizer that is taught such a mixture learns
its mean, which is no style; here every person is drawn by the same hand.
"""

from dataclasses import dataclass, replace

from toonface.synth.people.exaggeration import Exaggeration
from toonface.synth.picture.toon_spec import ToonSpec
from toonface.synth.scene import SceneSpec


@dataclass(frozen=True, kw_only=True)
class CartoonStyle:
    """How one style draws everybody."""

    exaggeration: Exaggeration
    toon: ToonSpec


CARTOON_STYLES = {
    "soft": CartoonStyle(
        exaggeration=Exaggeration(
            difference=1.08, eye_scale=1.28, eye_spacing=1.03, eye_openness=0.15, brow_lift=0.30, iris_scale=1.10,
            nose_scale=0.84, mouth_scale=0.97, cheek_roundness=0.35, jaw_width=0.97, chin_scale=0.95,
            face_length=0.97, ear_scale=0.92, ear_simplicity=0.6,
        ),
        toon=ToonSpec(look="film", line_width=0.0, saturation=1.04),
    ),
    "bold": CartoonStyle(
        exaggeration=Exaggeration(
            difference=1.20, eye_scale=1.55, eye_spacing=1.07, eye_openness=0.30, brow_lift=0.45, iris_scale=1.20,
            nose_scale=0.72, mouth_scale=1.0, cheek_roundness=0.6, jaw_width=0.95, chin_scale=0.88,
            face_length=0.95, ear_scale=0.85, ear_simplicity=0.9,
        ),
        toon=ToonSpec(look="film", line_width=0.0, saturation=1.12),
    ),
    "anime": CartoonStyle(
        exaggeration=Exaggeration(
            difference=1.05, eye_scale=1.75, eye_spacing=1.13, eye_openness=0.75, brow_lift=0.45, iris_scale=1.35,
            nose_scale=0.62, mouth_scale=0.80, cheek_roundness=0.3, jaw_width=0.88, chin_scale=0.82,
            face_length=0.92, ear_scale=0.75, ear_simplicity=1.0,
        ),
        toon=ToonSpec(look="anime", line_width=1.0, line_tint=0.7),
    ),
}  # fmt: skip
"""Name → how it draws. The skull keeps its size and the neck its width: what surrounds the face stays the portrait's
own, so the face must fit into it."""


def in_style(scene: SceneSpec, name: str) -> SceneSpec:
    """Return a scene whose cartoon is drawn in one of the styles, before the photograph's own background.

    Args:
        scene: any.
        name: one of `CARTOON_STYLES`.
    """
    style = CARTOON_STYLES[name]
    return replace(scene, exaggeration=style.exaggeration, toon=style.toon, toon_background=scene.background)
