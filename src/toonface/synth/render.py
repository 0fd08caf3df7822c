"""Portraits with truth: a seed and a number in, pictures in two styles and all their labels out."""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import UInt8

from toonface.geometry.camera import ScaledOrthographic, pose_of
from toonface.morphable.eyes import gaze_angles
from toonface.morphable.face_model import FaceModel, pose_head
from toonface.morphable.landmarks import landmarks_3d
from toonface.synth.dressing import Wardrobe, dress, open_wardrobe
from toonface.synth.framing import camera_for
from toonface.synth.labelling import fit_light, visible_landmarks
from toonface.synth.labels import EXPRESSIONS, Fact, Labels, Sample, Style
from toonface.synth.people.exaggerate import exaggerate
from toonface.synth.people.expressions import any_gaze, gaze_of, wide_expression, with_gaze
from toonface.synth.people.people import coefficients_of
from toonface.synth.picture.backgrounds import background
from toonface.synth.picture.photo_finish import finish_photo
from toonface.synth.picture.toon_finish import finish_toon
from toonface.synth.scene import SceneSpec, sample_scene, years
from toonface.synth.shading.buffers import Buffers
from toonface.synth.shading.drawing import Look, draw_scene
from toonface.synth.shading.shading import PHOTO_SHADER, Tiles, toon_shader
from toonface.synth.shading.tiles import make_tiles
from toonface.worn.surface import Sitter, Surface, Textures, sit

Picture = UInt8[np.ndarray, "H W 3"]


@dataclass(frozen=True, kw_only=True)
class Staging:
    """A scene before it is drawn: what is in it, and who looks."""

    surfaces: list[Surface]
    """The first one is the skin."""
    sitter: Sitter
    camera: ScaledOrthographic


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """One picture and what was drawn for it."""

    picture: Picture
    buffers: Buffers
    sitter: Sitter
    camera: ScaledOrthographic


class Renderer:
    """Draws scenes of one face model; what depends on the model alone is computed here, in some seconds.

    Args:
        model: the face model.
        textures: its pictures, by their stems.
        expressions: `usual` are those that people make; `wide` shows every shape often, for learning to read them;
            `mixed` is both, in turn; `glances` are mixed ones whose eyes look anywhere, whatever the head does, for
            learning to read where.

    Raises:
        ValueError: there is no such kind of expressions.
    """

    def __init__(self, model: FaceModel, textures: Textures, *, expressions: str = "usual") -> None:
        if expressions not in EXPRESSIONS:
            raise ValueError(f"expressions is {expressions!r}, expected one of {', '.join(EXPRESSIONS)}")
        self.model = model
        self.expressions = expressions
        self.wardrobe: Wardrobe = open_wardrobe(model, textures)
        self.tiles: Tiles = make_tiles()
        # Half the memory to read; a step in single precision is a hundredth of a micrometre.
        self._identity_basis = model.identity_basis.reshape(len(model.identity_basis), -1).astype(np.float32)

    def scene(self, seed: int, index: int) -> SceneSpec:
        """Draw the scene of a number; it depends on the seed and the number alone.

        Args:
            seed: of the set.
            index: of the scene in it, at least 0.
        """
        rng = np.random.default_rng(np.random.SeedSequence((seed, index)))
        scene = sample_scene(rng, self.wardrobe.people)
        if self.expressions == "wide" or (self.expressions != "usual" and index % 2):
            scene = replace(scene, weights=with_gaze(wide_expression(rng), *gaze_of(scene.weights)))
        if self.expressions == "glances":
            scene = replace(scene, weights=with_gaze(scene.weights, *any_gaze(rng)))
        return scene

    def with_expressions(self, expressions: str) -> "Renderer":
        """Return a renderer of the same scenes with other expressions; it shares all tables.

        Args:
            expressions: as for the constructor.
        """
        other = copy(self)
        other.expressions = expressions
        return other

    def sample(self, seed: int, index: int, styles: tuple[Style, ...], size: int) -> dict[Style, Sample]:
        """Render a scene in the styles that are asked for.

        Args:
            seed: of the set.
            index: of the scene in it, at least 0.
            styles: one or both; a pair shares everything but the style.
            size: side of the picture in pixels.
        """
        scene = self.scene(seed, index)
        return {style: self.labelled(scene, style, size) for style in styles}

    def labelled(self, scene: SceneSpec, style: Style, size: int) -> Sample:
        """Render a scene and measure all labels.

        Args:
            scene: what to draw.
            style: how.
            size: side of the picture in pixels.
        """
        drawn = self.render(scene, style, size)
        buffers, sitter = drawn.buffers, drawn.sitter
        points = landmarks_3d(sitter.skin, self.model.landmarks, drawn.camera.rotation)
        landmarks_px, visible = visible_landmarks(points, drawn.camera, buffers)
        identity = scene.person.identity
        if style == "toon":
            identity = coefficients_of(self.wardrobe.people, sitter.head.neutral)
        labels = Labels(
            landmarks_px=landmarks_px,
            visible=visible,
            identity=identity.astype(np.float32),
            expression=scene.weights.astype(np.float32),
            texture=scene.person.texture.astype(np.float32),
            light=fit_light(buffers),
            pose=pose_of(drawn.camera).astype(np.float32),
            gaze=gaze_angles(sitter.head.eyes.rotations).astype(np.float32),
            parsing=buffers.region,
            depth=np.where(np.isfinite(buffers.depth), buffers.depth, np.float32(np.nan)),
            normals=buffers.normals,
            albedo=(255.0 * buffers.albedo + 0.5).astype(np.uint8),
            hair_style=scene.hair.style,
            hair_colour=np.array(scene.hair.colour, np.float32),
            facts=facts_of(scene, style),
        )
        return Sample(picture=drawn.picture, labels=labels)

    def staged(self, scene: SceneSpec, style: Style, size: int) -> Staging:
        """Dress the person of a scene, and place the camera.

        Args:
            scene: what to draw.
            style: how.
            size: side of the picture in pixels.
        """
        moved = scene.person.identity.astype(np.float32) @ self._identity_basis
        neutral = self.model.mean + moved.reshape(-1, 3)
        # Both styles are seen from where the photo's neutral face fills the frame as it should.
        camera = camera_for(scene.frame, self.wardrobe.landmarks @ neutral, size)
        if style == "toon":
            neutral = exaggerate(self.wardrobe.exaggeration, neutral, scene.exaggeration)
        sitter = sit(self.model, pose_head(self.model, neutral, scene.weights))
        return Staging(surfaces=dress(sitter, scene, self.wardrobe, style), sitter=sitter, camera=camera)

    def render(self, scene: SceneSpec, style: Style, size: int) -> Rendering:
        """Draw a scene in one style.

        Args:
            scene: what to draw.
            style: how.
            size: side of the picture in pixels.
        """
        return self.drawn(scene, self.staged(scene, style, size), style)

    def drawn(self, scene: SceneSpec, staging: Staging, style: Style) -> Rendering:
        """Draw a scene that is staged.

        Args:
            scene: what to draw.
            staging: of that scene.
            style: how, the same.
        """
        sitter, camera = staging.sitter, staging.camera
        shader = PHOTO_SHADER if style == "photo" else toon_shader(scene.toon.look)
        look = Look(light=scene.light, shader=shader, tiles=self.tiles)
        spec = scene.background if style == "photo" else scene.toon_background
        rotations = sitter.head.eyes.rotations
        buffers = draw_scene(
            staging.surfaces,
            camera,
            look,
            background(spec, camera.width),
            (rotations[0, :, 2], rotations[1, :, 2]),
        )
        rng = np.random.default_rng(scene.finish_seed)
        picture = (
            finish_photo(buffers.linear, scene.photo, rng, buffers.region)
            if style == "photo"
            else finish_toon(buffers, scene.toon, rng)
        )
        return Rendering(picture=picture, buffers=buffers, sitter=sitter, camera=camera)


def facts_of(scene: SceneSpec, style: Style) -> dict[str, Fact]:
    """Return what else is known of a scene, in words and numbers.

    Args:
        scene: what was drawn.
        style: how.
    """
    return {
        "age": round(years(scene.person), 1),
        "femininity": round(scene.person.femininity, 3),
        "glasses": scene.glasses is not None,
        "beard": (scene.beard.beard or "") if scene.beard is not None else "",
        "moustache": (scene.beard.moustache or "") if scene.beard is not None else "",
        "hat": scene.hat.kind if scene.hat is not None else "",
        "clothes": scene.clothes.garment,
        "light": scene.light.kind,
        "toon_look": scene.toon.look if style == "toon" else "",
    }
