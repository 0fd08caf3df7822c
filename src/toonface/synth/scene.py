"""One scene, and how scenes are drawn at random: everything that two pictures in two styles share."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from toonface.synth.face.beard import BeardSpec, sample_beard
from toonface.synth.face.looks import Brows, EyeLook, Lashes, sample_brows, sample_eyes, sample_lashes
from toonface.synth.face.makeup import Makeup, sample_makeup
from toonface.synth.face.skin import SkinMarks, sample_marks
from toonface.synth.framing import Frame, sample_frame
from toonface.synth.people.exaggeration import Exaggeration, sample_exaggeration
from toonface.synth.people.expressions import sample_expression, sample_gaze, with_gaze
from toonface.synth.people.people import PeopleTables, Person, sample_person
from toonface.synth.picture.backgrounds import BackgroundSpec, sample_background
from toonface.synth.picture.photo_spec import PhotoSpec, sample_photo
from toonface.synth.picture.toon_finish import ToonSpec, sample_toon
from toonface.synth.shading.lighting import LightSpec, sample_light
from toonface.synth.wear.clothes import ClothSpec, sample_clothes
from toonface.synth.wear.hats import HatSpec, sample_hat
from toonface.worn.glasses import GlassesSpec, sample_glasses
from toonface.worn.hair.hair_spec import HairSpec, sample_hair

CHILD_YEARS, ADULT_YEARS, OLD_YEARS = 5.0, 18.0, 85.0
GROWN = 0.25
"""Age at which a person is grown up, on the scale of `Person.age`."""


@dataclass(frozen=True, kw_only=True)
class SceneSpec:
    """Every random choice of a scene."""

    person: Person
    weights: Float[np.ndarray, "64"]
    """α_exp with the gaze."""
    frame: Frame
    hair: HairSpec
    beard: BeardSpec | None
    brows: Brows
    lashes: Lashes
    eyes: EyeLook
    marks: SkinMarks
    makeup: Makeup
    glasses: GlassesSpec | None
    hat: HatSpec | None
    clothes: ClothSpec
    light: LightSpec
    background: BackgroundSpec
    photo: PhotoSpec
    """Camera of the photo style."""
    exaggeration: Exaggeration
    """Of the toon style."""
    toon: ToonSpec
    toon_background: BackgroundSpec
    finish_seed: int
    """Of noise, paper and strokes."""


def years(person: Person) -> float:
    """Return a person's age in years.

    Args:
        person: 0 is a child, `GROWN` an adult, 1 very old.
    """
    return float(np.interp(person.age, [0.0, GROWN, 1.0], [CHILD_YEARS, ADULT_YEARS, OLD_YEARS]))


def sample_scene(rng: np.random.Generator, people: PeopleTables) -> SceneSpec:
    """Draw a scene.

    Args:
        rng: randomness; the same state gives the same scene.
        people: of the face model.
    """
    person = sample_person(rng, people)
    age, femininity = years(person), person.femininity
    fairness = float(np.clip((person.tone - 0.2) / 0.6, 0.0, 1.0))
    frame = sample_frame(rng)
    gaze = sample_gaze(rng, frame.yaw, frame.pitch)
    hair = sample_hair(rng, age, femininity, 1.0 - fairness)
    toon = sample_toon(rng)
    background = sample_background(rng)
    hat = sample_hat(rng, femininity)
    return SceneSpec(
        person=person,
        weights=with_gaze(sample_expression(rng), *gaze),
        frame=frame,
        hair=hair,
        beard=sample_beard(rng, age, femininity, hair.colour),
        brows=sample_brows(rng, hair.colour, age, femininity),
        lashes=sample_lashes(rng, femininity),
        eyes=sample_eyes(rng, fairness),
        marks=replace(sample_marks(rng, age, fairness, femininity), stubble_colour=hair.colour, scalp_shadow=0.0),
        makeup=sample_makeup(rng, femininity, age),
        glasses=sample_glasses(rng),
        hat=hat,
        clothes=_under(hat, sample_clothes(rng, age, femininity)),
        light=_exposed(sample_light(rng), person.tone),
        background=background,
        photo=sample_photo(rng),
        exaggeration=sample_exaggeration(rng, _strength(rng, toon)),
        toon=toon,
        toon_background=background if rng.random() < 0.6 else sample_background(rng, toon=True),
        finish_seed=int(rng.integers(2**31)),
    )


def _under(hat: HatSpec | None, clothes: ClothSpec) -> ClothSpec:
    """A hood that is up belongs to a hoodie; what a headscarf covers is thin."""
    if hat is not None and hat.kind == "hood":
        return replace(clothes, garment="hoodie", colour=hat.colour, hood_up=True)
    if hat is not None and hat.kind == "headscarf" and clothes.garment in ("suit", "jacket", "hoodie", "scarf"):
        return replace(clothes, garment="t-shirt")
    return clothes


def _exposed(light: LightSpec, tone: float) -> LightSpec:
    """Expose dark skin longer and fair skin shorter, as photographers and cameras do."""
    return replace(light, exposure=light.exposure * float(np.interp(tone, [0.2, 0.5, 0.8], [1.75, 1.12, 0.88])))


def _strength(rng: np.random.Generator, toon: ToonSpec) -> float:
    """How far a cartoon goes: from gentle to extreme, anime always far."""
    return float(rng.uniform(0.55, 1.0) if toon.look == "anime" else np.sqrt(rng.uniform(0.03, 1.0)))
