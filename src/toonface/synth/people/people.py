"""Who sits for a portrait: people of every age, skin tone and shape of face."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial import cKDTree

from toonface.geometry.normals import vertex_normals
from toonface.morphable.face_model import FaceModel, Points, subdivide
from toonface.morphable.landmarks import landmarks_3d
from toonface.morphable.names import IDENTITY_COUNT, TEXTURE_COUNT
from toonface.morphable.regions import SkinRegion
from toonface.synth.people.people_axes import ANTISYMMETRIC, AXES, AXES_UNIT

LUMA = np.array([0.2126, 0.7152, 0.0722])
"""Shares of red, green and blue in lightness (Rec. 709), here of sRGB values."""
TONES = np.array(
    [[0.247, 0.149, 0.102], [0.430, 0.268, 0.185], [0.643, 0.443, 0.310], [0.843, 0.672, 0.560], [0.945, 0.820, 0.740]]
)
"""Human skin from very dark to very light, sRGB."""
TONE_LIMIT, WARMTH_LIMIT = 2.2, 1.5
"""Largest α_tex of the first two components: beyond, skin clips to black, or goes grey or orange."""
DETAIL_LIMIT = 2.0
GREEN_LIMIT = 0.006
"""How far, in sRGB, one further component may pull the skin off the line of tones, to green or purple."""
STUBBLE = (-0.02, 0.09)
"""Mean lightness that a chin may lose to painted stubble: of everybody, and further of men."""
ADULT_AGE, AGEING_AGE = 0.25, 0.42
"""Ages at which childhood ends and ageing begins."""
BAG_ROOM, BAG_NEAR, BAG_ROUNDS = 0.0025, 0.02, 24
"""Metres of room that the mouth bag keeps under the skin, up to which distance from it skin is watched, and how often
a face that leaves too little is corrected."""
RIDGE = 5e-4
"""Metres: components whose standard deviation is below are not trusted when coefficients are read off a head."""
FEATURES = {
    "full": (0.42, -0.7, 1.1), "wide": (0.34, -0.8, 0.9), "tall": (0.30, -0.5, 0.75), "round": (0.22, -0.2, 0.7),
    "square": (0.25, -0.2, 0.8), "tapered": (0.25, -0.2, 0.8), "occiput": (0.2, -0.5, 0.5),
    "forehead": (0.15, -0.4, 0.4), "brow_ridge": (0.28, -0.5, 0.7), "eye_size": (0.45, -0.9, 1.0),
    "eye_spacing": (0.40, -0.9, 0.9), "eye_slant": (0.40, -0.9, 0.9), "eye_height": (0.40, -0.9, 0.8),
    "nose_depth": (0.40, -0.7, 1.0), "nose_width": (0.45, -0.8, 1.1), "nose_length": (0.45, -0.8, 1.1),
    "nose_hump": (0.40, -0.8, 0.9), "nose_upturned": (0.40, -0.8, 0.8), "mouth_width": (0.45, -0.8, 1.0),
    "lips": (0.45, -0.8, 1.0), "mouth_height": (0.30, -0.6, 0.7), "chin_length": (0.35, -0.7, 0.9),
    "chin_prominence": (0.35, -0.8, 0.9), "chin_width": (0.35, -0.8, 0.9), "cheekbones": (0.40, -0.8, 0.9),
    "cheeks": (0.40, -0.9, 0.9), "ear_size": (0.35, -0.7, 0.9), "ear_wings": (0.25, -0.3, 0.7),
    "neck_width": (0.35, -0.8, 0.8), "double_chin": (0.30, -0.2, 0.9),
}  # fmt: skip
"""Axis → standard deviation, smallest and largest share of the whole target. Wider than the model's own spread."""
CHILDHOOD = {
    "child": 1.15, "large_eyes": 0.14, "eye_size": 0.70, "eye_height": 0.35, "eye_spacing": 0.2, "cheeks": 0.50,
    "full": 0.25, "round": 0.25, "nose_depth": -0.40, "nose_length": -0.45, "nose_width": -0.15,
    "nose_upturned": 0.45, "chin_length": -0.20, "chin_prominence": -0.20, "brow_ridge": -0.40, "square": -0.2,
    "mouth_width": -0.30, "forehead": 0.15, "neck_width": -0.50,
}  # fmt: skip
"""What the youngest child has of each axis: large eyes, full cheeks, a short face with a small nose and chin."""
OLD_AGE = {"old": 1.05, "ear_size": 0.3, "nose_length": 0.3, "lips": -0.3, "double_chin": 0.15}
DISTINCTIVE = (0.85, 0.30, 1.7)
"""Median, spread and largest value of how far a person's features are from the average: few people are caricatures."""
CHILD_SHARE, OLD_SHARE = 0.24, 0.22
RESIDUE = 0.30
"""Standard deviation of what no axis describes, asymmetry included."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person, without expression, hair or clothes."""

    identity: Float[np.ndarray, "80"]
    """α_id, in standard deviations."""
    texture: Float[np.ndarray, "80"]
    """α_tex, in standard deviations."""
    age: float
    """0 is a child of about five, 0.25 grown up, 1 very old."""
    femininity: float
    """In [0, 1]."""
    tone: float
    """Lightness of the skin: luma of its mean sRGB colour, in [0, 1]."""

    def __post_init__(self) -> None:
        for name in ("age", "femininity", "tone"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}, expected a share in [0, 1]")


@dataclass(frozen=True, kw_only=True)
class PeopleTables:
    """What drawing people needs of a model, computed once."""

    mean: Points
    projection: Float[np.ndarray, "80 D"]
    """From the offsets of a neutral head's points to α_id."""
    axes: dict[str, Float[np.ndarray, "80"]]
    """α_id of each axis."""
    skin_colour: Float[np.ndarray, "3"]
    """Mean sRGB colour of the face at α_tex = 0."""
    skin_change: Float[np.ndarray, "80 3"]
    """How each texture component changes it."""
    to_tone: Float[np.ndarray, "2 3"]
    """From a change of colour to the first two components."""
    detail_limits: Float[np.ndarray, "80"]
    stubble: Float[np.ndarray, "80"]
    """Lightness that the chin loses, against the rest of the face, by each component; 0 for the first two."""
    room: Float[np.ndarray, " R"]
    """Metres between the mouth bag and the skin over it on the mean head, at places where they are near."""
    room_change: Float[np.ndarray, "R 80"]
    """How each identity component changes it."""


def people_tables(model: FaceModel) -> PeopleTables:
    """Derive the tables of a model.

    Args:
        model: the face model.
    """
    basis = model.identity_basis.reshape(IDENTITY_COUNT, -1)
    # The basis is orthogonal with lengths σ, so the regularized least squares are one product.
    projection = basis / (model.sigma**2 + RIDGE**2)[:, None]
    face, chin = _face_and_chin(model)
    change = model.albedo_basis[:, face].mean(axis=1, dtype=float)
    stubble = (change - model.albedo_basis[:, chin].mean(axis=1, dtype=float)) @ LUMA
    stubble[:2] = 0.0
    room, room_change = _mouth_room(model)
    off_line = np.cross(change[0], change[1])
    off_line = np.abs(change @ (off_line / np.linalg.norm(off_line)))
    return PeopleTables(
        mean=model.mean,
        projection=projection,
        axes=_read_axes(),
        skin_colour=model.albedo_mean[face].mean(axis=0, dtype=float),
        skin_change=change,
        to_tone=np.linalg.pinv(change[:2].T),
        detail_limits=np.minimum(DETAIL_LIMIT, GREEN_LIMIT / np.maximum(off_line, 1e-9)),
        stubble=stubble,
        room=room,
        room_change=room_change,
    )


def coefficients_of(tables: PeopleTables, neutral: Points) -> Float[np.ndarray, "80"]:
    """Find the identity coefficients nearest to a neutral head, by regularized least squares.

    Args:
        tables: of the model.
        neutral: points of any neutral head of its topology, metres.
    """
    return tables.projection @ (neutral - tables.mean).ravel().astype(tables.projection.dtype)


def sample_person(rng: np.random.Generator, tables: PeopleTables) -> Person:
    """Draw a person: ages from child to old, all skin tones alike, plain and striking faces.

    Args:
        rng: randomness.
        tables: of the model.
    """
    kind = rng.random()
    if kind < CHILD_SHARE:
        age = float(rng.uniform(0.0, ADULT_AGE))
    else:
        bounds = (ADULT_AGE, 0.65) if kind < 1.0 - OLD_SHARE else (0.65, 1.0)
        age = float(rng.uniform(*bounds))
    femininity = float(rng.beta(0.45, 0.45))
    childhood = max(1.0 - age / ADULT_AGE, 0.0)
    texture = _sample_texture(rng, tables, childhood, femininity)
    colour = tables.skin_colour + texture @ tables.skin_change
    return Person(
        identity=_sample_identity(rng, tables, age, femininity),
        texture=texture,
        age=age,
        femininity=femininity,
        tone=float(np.clip(colour, 0.0, 1.0) @ LUMA),
    )


def _sample_identity(
    rng: np.random.Generator, tables: PeopleTables, age: float, femininity: float
) -> Float[np.ndarray, "80"]:
    childhood, ageing = max(1.0 - age / ADULT_AGE, 0.0), max((age - AGEING_AGE) / (1.0 - AGEING_AGE), 0.0)
    middle, spread, largest = DISTINCTIVE
    distinct = min(middle * np.exp(spread * rng.standard_normal()), largest) * (1.0 - 0.3 * childhood)
    shares = {"adult": 1.0, "male": (1.0 - 2.0 * femininity) * (1.0 - 0.65 * childhood)}
    origin = rng.dirichlet((0.5, 0.5, 0.5))
    shares["african"], shares["asian"] = origin[0] - 1.0 / 3.0, origin[1] - 1.0 / 3.0
    for name, (deviation, low, high) in FEATURES.items():
        shares[name] = float(np.clip(distinct * deviation * rng.standard_normal(), low, high))
    for stage, amount in ((CHILDHOOD, childhood**0.8), (OLD_AGE, ageing)):
        for name, share in stage.items():
            shares[name] = shares.get(name, 0.0) + amount * share
    identity = RESIDUE * np.clip(rng.standard_normal(IDENTITY_COUNT), -2.0, 2.0)
    for name, share in shares.items():
        identity += share * tables.axes[name]
    return _with_mouth_room(tables, identity)


def _with_mouth_room(tables: PeopleTables, identity: Float[np.ndarray, "80"]) -> Float[np.ndarray, "80"]:
    """Change a face as little as it takes to cover the mouth bag (Kaczmarz's projections on the worst place)."""
    for _ in range(BAG_ROUNDS):
        room = tables.room + tables.room_change @ identity
        worst = int(np.argmin(room))
        if room[worst] >= BAG_ROOM:
            break
        change = tables.room_change[worst]
        identity = identity + change * (BAG_ROOM - room[worst]) / (change @ change)
    return identity


def _sample_texture(
    rng: np.random.Generator, tables: PeopleTables, childhood: float, femininity: float
) -> Float[np.ndarray, "80"]:
    calm = 0.8 * (1.0 - 0.5 * childhood)
    texture = np.clip(calm * rng.standard_normal(TEXTURE_COUNT), -tables.detail_limits, tables.detail_limits)
    texture[:2] = 0.0
    bearded = max(1.0 - 2.0 * femininity, 0.0) * max(1.0 - 5.0 * childhood, 0.0)
    lost = float(tables.stubble @ texture)
    wanted = np.clip(lost, STUBBLE[0], STUBBLE[1] * bearded)
    texture += tables.stubble * (wanted - lost) / (tables.stubble @ tables.stubble)
    place = rng.uniform(0.0, len(TONES) - 1.0)
    colour = np.array([np.interp(place, np.arange(len(TONES)), TONES[:, channel]) for channel in range(3)])
    colour *= np.exp(np.clip(0.03 * rng.standard_normal(), -0.05, 0.05) * np.array([1.0, 0.0, -1.0]))
    limits = np.array([TONE_LIMIT, WARMTH_LIMIT])
    needed = tables.to_tone @ (colour - tables.skin_colour - texture @ tables.skin_change)
    texture[:2] = np.clip(needed, -limits, limits)
    return texture


def _read_axes() -> dict[str, Float[np.ndarray, "80"]]:
    symmetric = [k for k in range(IDENTITY_COUNT) if k not in ANTISYMMETRIC]
    words = np.array(AXES.split()).reshape(-1, 1 + len(symmetric))
    axes = {}
    for name, *numbers in words:
        axes[str(name)] = np.zeros(IDENTITY_COUNT)
        axes[str(name)][symmetric] = AXES_UNIT * np.array(numbers, dtype=float)
    return axes


def _mouth_room(model: FaceModel) -> tuple[Float[np.ndarray, " R"], Float[np.ndarray, "R 80"]]:
    """Pair points of the mouth bag with the skin over them: distances along its normals, and their derivatives."""
    skin, region = model.mean[: model.skin.count], model.skin.region
    normals = vertex_normals(skin, model.skin.faces[1])
    outer, bag = np.flatnonzero(region <= SkinRegion.NECK), np.flatnonzero(region == SkinRegion.MOUTH)
    lips = landmarks_3d(subdivide(model, skin), model.landmarks)[48:60]
    away, nearest = cKDTree(skin[outer]).query(skin[bag])
    deep = (away < BAG_NEAR) & (cKDTree(lips).query(skin[bag])[0] > BAG_NEAR)
    bag, over = bag[deep], outer[nearest[deep]]
    outward = normals[over]
    room = np.einsum("rc,rc->r", skin[over] - skin[bag], outward)
    apart = model.identity_basis[:, over] - model.identity_basis[:, bag]
    return room, np.einsum("krc,rc->rk", apart, outward).astype(float)


def _face_and_chin(model: FaceModel) -> tuple[Bool[np.ndarray, " V"], Bool[np.ndarray, " V"]]:
    """Mark the face on LOD0, and of it where a beard grows; the lips are in neither."""
    skin = subdivide(model, model.mean[: model.skin.count])
    marks = landmarks_3d(skin, model.landmarks)
    of_face = model.skin.subdivision.matrix @ (model.skin.region == SkinRegion.FACE).astype(float)
    mouth = marks[48:60]
    low, high = mouth[:, :2].min(axis=0) - 0.002, mouth[:, :2].max(axis=0) + 0.002
    lips = ((skin[:, :2] > low) & (skin[:, :2] < high)).all(axis=1)
    face = (of_face > 0.99) & ~lips
    return face, face & (skin[:, 1] < marks[33, 1] - 0.004) & (np.abs(skin[:, 0]) < 1.6 * marks[54, 0])
