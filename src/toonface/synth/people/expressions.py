"""Expressions and gazes: those that people make for a portrait, and random sums of all shapes."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from toonface.morphable.eyes import GAZE_DEGREES
from toonface.morphable.names import SHAPES, VISEMES, mirror_name

ANTAGONISTS = (
    ("mouthLeft", "mouthRight"),
    ("jawLeft", "jawRight"),
    ("cheekPuff", "cheekSuck"),
    ("eyeLookUp*", "eyeLookDown*"),
    ("eyeLookIn*", "eyeLookOut*"),
    ("eyeWide*", "eyeBlink*"),
    ("eyeWide*", "eyeSquint*"),
    ("eyeWide*", "eyeLookDown*"),
    ("mouthSmile*", "mouthFrown*"),
    ("sharpLipPull*", "mouthFrown*"),
    ("mouthSmile*", "mouthPucker"),
    ("mouthStretch*", "mouthPucker"),
    ("mouthSmile*", "mouthFunnel"),
    ("mouthStretch*", "mouthFunnel"),
    ("mouthFunnel", "mouthRollUpper"),
    ("mouthFunnel", "mouthRollLower"),
    ("mouthPucker", "mouthRollUpper"),
    ("mouthPucker", "mouthRollLower"),
    ("mouthUpperUp*", "mouthRollUpper"),
    ("mouthLowerDown*", "mouthRollLower"),
    ("mouthFunnel", "mouthPress*"),
    ("mouthUpperUp*", "mouthPress*"),
    ("mouthLowerDown*", "mouthPress*"),
    ("sharpLipPull*", "mouthPucker"),
    ("sharpLipPull*", "mouthFunnel"),
    ("tongueOut", "mouthShrugLower"),
    ("tongueOut", "mouthPress*"),
    ("tongueOut", "lipTighten"),
    ("tongueOut", "mouthClose"),
)
"""Shapes of opposed muscles, or of lips that cannot be both open and pressed; * is one side."""

_JOY = {"cheekSquint*": 0.45, "eyeSquint*": 0.25, "mouthDimple*": 0.2, "nasolabialDeepen*": 0.25}
_BROWS_UP = {"browInnerUp": 0.8, "browOuterUp*": 0.8}
PROTOTYPES: dict[str, Mapping[str, float]] = {
    "soft smile": {"mouthSmile*": 0.4, "cheekSquint*": 0.15, "mouthDimple*": 0.15},
    "smile": {"mouthSmile*": 0.75, **_JOY},
    "broad smile": {"mouthSmile*": 0.85, "mouthUpperUp*": 0.35, "mouthLowerDown*": 0.25, "jawOpen": 0.07, **_JOY},
    "laugh": {
        **{"mouthSmile*": 0.9, "mouthUpperUp*": 0.4, "mouthLowerDown*": 0.3, "jawOpen": 0.38, "eyeSquint*": 0.6},
        **{"cheekSquint*": 0.8, "noseSneer*": 0.15, "browInnerUp": 0.2, "nasolabialDeepen*": 0.4},
    },
    "delight": {"mouthSmile*": 0.8, "jawOpen": 0.3, "mouthUpperUp*": 0.3, "eyeWide*": 0.3, **_BROWS_UP},
    "surprise": {"jawOpen": 0.45, "eyeWide*": 0.7, "mouthFunnel": 0.2, **_BROWS_UP},
    "anger": {
        **{"browDown*": 0.9, "noseSneer*": 0.4, "eyeSquint*": 0.3, "mouthPress*": 0.5, "lipTighten": 0.4},
        **{"jawClench": 0.5, "mouthFrown*": 0.3, "nostrilDilate*": 0.5},
    },
    "rage": {"browDown*": 1.0, "noseSneer*": 0.8, "mouthUpperUp*": 0.5, "mouthLowerDown*": 0.5, "jawOpen": 0.25,
             "mouthStretch*": 0.3, "nostrilDilate*": 0.7, "nasolabialDeepen*": 0.5},
    "sadness": {"browInnerUp": 0.9, "mouthFrown*": 0.7, "mouthShrugLower": 0.4, "eyeBlink*": 0.15, "eyeSquint*": 0.15},
    "crying": {"browInnerUp": 0.8, "browDown*": 0.3, "mouthFrown*": 0.5, "mouthStretch*": 0.4, "jawOpen": 0.18,
               "eyeSquint*": 0.7, "eyeBlink*": 0.35, "cheekSquint*": 0.4, "mouthLowerDown*": 0.3},
    "disgust": {"noseSneer*": 0.85, "mouthUpperUp*": 0.4, "browDown*": 0.5, "eyeSquint*": 0.4, "mouthFrown*": 0.35,
                "nasolabialDeepen*": 0.6, "mouthShrugLower": 0.3},
    "fear": {"browInnerUp": 0.9, "browOuterUp*": 0.3, "browDown*": 0.25, "eyeWide*": 0.8, "mouthStretch*": 0.6,
             "jawOpen": 0.16, "neckTighten": 0.6, "nostrilDilate*": 0.3},
    "contempt": {"mouthSmileLeft": 0.5, "mouthDimpleLeft": 0.6, "nasolabialDeepenLeft": 0.5, "eyeSquint*": 0.2},
    "smirk": {"mouthSmileLeft": 0.7, "mouthSmileRight": 0.15, "browOuterUpLeft": 0.4, "cheekSquintLeft": 0.3},
    "sceptical": {"browOuterUpLeft": 0.9, "browInnerUp": 0.15, "browDownRight": 0.6, "eyeSquintRight": 0.35,
                  "mouthPress*": 0.3, "mouthLeft": 0.25},
    "wink": {"eyeBlinkLeft": 1.0, "cheekSquintLeft": 0.6, "mouthSmileLeft": 0.7, "mouthSmileRight": 0.4},
    "kiss": {"mouthPucker": 0.9, "eyeSquint*": 0.15},
    "blown kiss": {"mouthPucker": 0.8, "eyeBlink*": 1.0, "browInnerUp": 0.3},
    "duck face": {"mouthPucker": 0.9, "mouthFunnel": 0.1, "cheekSuck": 0.6, "browOuterUp*": 0.4},
    "pout": {"mouthPucker": 0.4, "mouthShrugLower": 0.8, "mouthShrugUpper": 0.3, "browInnerUp": 0.4},
    "sulk": {"mouthShrugLower": 0.7, "mouthFrown*": 0.5, "browDown*": 0.6, "mouthPress*": 0.2},
    "concentration": {"browDown*": 0.5, "eyeSquint*": 0.4, "mouthPress*": 0.35, "mouthRollLower": 0.25},
    "bitten lip": {"mouthRollLower": 0.8, "mouthUpperUp*": 0.15, "browInnerUp": 0.3, "mouthSmile*": 0.25},
    "pressed lips": {"mouthRollUpper": 0.6, "mouthRollLower": 0.6, "mouthPress*": 0.5, "mouthDimple*": 0.3},
    "doubt": {"mouthShrugUpper": 0.4, "mouthShrugLower": 0.6, "mouthFrown*": 0.4, **_BROWS_UP},
    "sleepy": {"eyeBlink*": 0.55, "browInnerUp": 0.35, "browOuterUp*": 0.2, "jawOpen": 0.03},
    "closed eyes": {"eyeBlink*": 1.0, "mouthSmile*": 0.2},
    "yawn": {"jawOpen": 0.85, "eyeBlink*": 0.85, "browInnerUp": 0.5, "noseSneer*": 0.3, "neckTighten": 0.4},
    "tongue out": {"tongueOut": 0.9, "jawOpen": 0.3, "mouthSmile*": 0.4, "eyeSquint*": 0.2},
    "rude tongue": {"tongueOut": 1.0, "jawOpen": 0.42, "eyeBlink*": 0.8, "noseSneer*": 0.5, "cheekSquint*": 0.5},
    "puffed cheeks": {"cheekPuff": 0.9, "mouthPress*": 0.3, "mouthPucker": 0.25, "browInnerUp": 0.2},
    "sucked cheeks": {"cheekSuck": 0.9, "mouthPucker": 0.5},
    "shout": {"jawOpen": 0.8, "mouthUpperUp*": 0.35, "mouthLowerDown*": 0.4, "mouthStretch*": 0.3, "browDown*": 0.6,
              "noseSneer*": 0.4, "neckTighten": 0.6},
    "cheer": {"jawOpen": 0.7, "mouthSmile*": 0.9, "mouthUpperUp*": 0.4, "cheekSquint*": 0.6, "browOuterUp*": 0.6},
    "grimace": {"mouthStretch*": 0.9, "mouthUpperUp*": 0.45, "mouthLowerDown*": 0.65, "jawClench": 0.6,
                "neckTighten": 0.8, "eyeSquint*": 0.3},
    "pain": {"eyeBlink*": 0.8, "eyeSquint*": 0.8, "browDown*": 0.8, "browInnerUp": 0.3, "noseSneer*": 0.6,
             "mouthStretch*": 0.5, "mouthUpperUp*": 0.4, "mouthLowerDown*": 0.4, "jawOpen": 0.08},
    "crooked jaw": {"jawLeft": 0.7, "mouthLeft": 0.5, "browOuterUpLeft": 0.5},
    "underbite": {"jawForward": 0.9, "mouthShrugLower": 0.4, "browDown*": 0.4},
    "sharp smile": {"sharpLipPull*": 0.7, "mouthSmile*": 0.25, "eyeSquint*": 0.25},
    "sniff": {"nostrilCompress*": 0.8, "noseSneer*": 0.2, "browInnerUp": 0.3},
}  # fmt: skip
"""Expression → weights; * is both sides. Names without one begin on the left and are mirrored in half the draws."""
FREQUENT = {
    "soft smile": 14.0,
    "smile": 20.0,
    "broad smile": 18.0,
    "laugh": 10.0,
    "surprise": 3.0,
    "smirk": 2.0,
    "wink": 2.0,
}
"""How often an expression is drawn; 1 is the default."""
NEUTRAL_SHARE, TALKING_SHARE, RANDOM_SHARE = 0.22, 0.15, 0.15
RELAXED_SHARE = 0.6
"""Whose brows rest a little higher than the model's, which look stern."""
CAMERA_SHARE, AHEAD_SHARE = 0.62, 0.8
"""Who looks at the camera, and up to which share of draws a gaze is otherwise about straight ahead."""


def sample_expression(rng: np.random.Generator) -> Float[np.ndarray, "64"]:
    """Draw an expression that people make, by `names.SHAPES`; in some draws any sum of shapes.

    Args:
        rng: randomness.
    """
    kind = rng.random()
    if kind < RANDOM_SHARE:
        return random_expression(rng)
    kind -= RANDOM_SHARE
    if kind < NEUTRAL_SHARE:
        weights = rng.uniform(0.0, 0.6) * _vary(rng, PROTOTYPES["soft smile"])
    elif kind < NEUTRAL_SHARE + TALKING_SHARE:
        viseme = list(VISEMES.values())[rng.integers(1, len(VISEMES))]
        weights = rng.uniform(0.6, 1.1) * _vary(rng, viseme) + rng.uniform(0.0, 0.4) * _draw_prototype(rng)
    else:
        weights = rng.uniform(0.55, 1.1) * _draw_prototype(rng)
        if rng.random() < 0.25:
            weights = weights + rng.uniform(0.2, 0.5) * _draw_prototype(rng)
    if rng.random() < RELAXED_SHARE:
        relaxed = _vary(rng, {"browInnerUp": 0.28, "browOuterUp*": 0.16}) * rng.uniform(0.2, 1.0)
        weights = weights + relaxed * (weights[_BROWS_DOWN].max() < 0.3)
    stirred = rng.choice(len(SHAPES), size=4, replace=False)
    weights[stirred] += np.abs(0.03 * rng.standard_normal(4))
    weights[_LOOKS.ravel()] = 0.0
    return _settled(np.clip(weights, 0.0, 1.0))


def random_expression(rng: np.random.Generator) -> Float[np.ndarray, "64"]:
    """Draw an expression of up to eight shapes with weights in [0, 1].

    Of two that one face cannot make together the stronger stays, and lips close only over an open jaw.

    Args:
        rng: randomness.
    """
    weights = np.zeros(len(SHAPES))
    chosen = rng.choice(len(SHAPES), size=rng.integers(3, 9), replace=False)
    weights[chosen] = rng.uniform(0.0, 1.0, size=len(chosen))
    return _settled(weights)


def wide_expression(rng: np.random.Generator) -> Float[np.ndarray, "64"]:
    """Draw an expression in which rare shapes are as likely as a smile: a sum, a pair, a prototype.

    Args:
        rng: randomness.
    """
    kind = rng.random()
    if kind < 0.4:
        return random_expression(rng)
    if kind < 0.45:
        weights = _vary(rng, {"jawOpen": 0.6, "mouthClose": rng.uniform(0.3, 0.6)})
    elif kind < 0.72:
        weights = np.zeros(len(SHAPES))
        for shape in rng.choice(len(SHAPES), size=rng.integers(1, 3), replace=False):
            weights[[shape, _PARTNER[shape]]] = rng.uniform(0.4, 1.0)
            if rng.random() < 0.25:
                weights[_PARTNER[shape]] = 0.0
    else:
        weights = rng.uniform(0.6, 1.1) * _vary(rng, list(PROTOTYPES.values())[rng.integers(len(PROTOTYPES))])
    weights[_LOOKS.ravel()] = 0.0
    return _settled(np.clip(weights, 0.0, 1.0))


def prototype_weights(mix: Mapping[str, float]) -> Float[np.ndarray, "64"]:
    """Turn a row of `PROTOTYPES` into weights.

    Args:
        mix: shape → weight; * stands for both sides.
    """
    weights = np.zeros(len(SHAPES))
    for name, weight in mix.items():
        for side in ("Left", "Right") if "*" in name else ("",):
            weights[SHAPES.index(name.replace("*", side))] = weight
    return weights


def sample_gaze(rng: np.random.Generator, head_yaw: float, head_pitch: float) -> tuple[float, float]:
    """Draw where a turned head looks: mostly at the camera as far as eyes turn, else ahead or aside.

    Args:
        rng: randomness.
        head_yaw: radians, positive to the character's left.
        head_pitch: radians, positive downwards.

    Returns:
        yaw (positive to the character's left) and pitch (positive upwards) of the eyes in the head, radians.
    """
    kind, stray = rng.random(), np.radians(rng.standard_normal(2))
    if kind < CAMERA_SHARE:
        yaw, pitch = -head_yaw + 1.5 * stray[0], head_pitch + 1.2 * stray[1]
    elif kind < AHEAD_SHARE:
        yaw, pitch = 7.0 * stray[0], 4.0 * stray[1]
    else:
        yaw, pitch = np.radians(rng.uniform((-29.0, -22.0), (29.0, 18.0)))
    return _reachable(float(yaw), float(pitch))


def any_gaze(rng: np.random.Generator) -> tuple[float, float]:
    """Draw where eyes look whatever the head does, as far as they turn; returned as by `sample_gaze`.

    Args:
        rng: randomness.
    """
    most = GAZE_DEGREES
    yaw, pitch = np.radians(rng.uniform((-most["In"], -most["Down"]), (most["Out"], most["Up"])))
    return float(yaw), float(pitch)


def with_gaze(weights: Float[np.ndarray, "64"], yaw: float, pitch: float) -> Float[np.ndarray, "64"]:
    """Return an expression with both eyes turned alike; wide lids give way when the eyes look down.

    Args:
        weights: by `names.SHAPES`; its own eyeLook shapes are replaced.
        yaw: radians, positive to the character's left; clipped to how far eyes turn.
        pitch: radians, positive upwards; likewise.
    """
    yaw, pitch = _reachable(yaw, pitch)
    looking = weights.copy()
    aside, up, down = np.degrees(yaw), np.degrees(max(pitch, 0.0)), np.degrees(max(-pitch, 0.0))
    for side, outward in enumerate((aside, -aside)):
        turns = {"Up": up, "Down": down, "In": max(-outward, 0.0), "Out": max(outward, 0.0)}
        looking[_LOOKS[side]] = [turns[direction] / most for direction, most in GAZE_DEGREES.items()]
    looking[_WIDE] *= max(1.0 - 2.0 * down / GAZE_DEGREES["Down"], 0.0)
    return looking


def gaze_of(weights: Float[np.ndarray, "64"]) -> tuple[float, float]:
    """Read the mean gaze of both eyes off their eyeLook shapes: yaw and pitch as in `with_gaze`, radians.

    Args:
        weights: by `names.SHAPES`.
    """
    up, down, inward, outward = (np.radians(list(GAZE_DEGREES.values())) * weights[_LOOKS]).T
    return float((outward - inward) @ [0.5, -0.5]), float((up - down).mean())


_LOOKS = np.array([[SHAPES.index(f"eyeLook{way}{side}") for way in GAZE_DEGREES] for side in ("Left", "Right")])
_WIDE = [SHAPES.index("eyeWideLeft"), SHAPES.index("eyeWideRight")]
_OPPOSED = [
    tuple(SHAPES.index(name.replace("*", side)) for name in pair) for pair in ANTAGONISTS for side in ("Left", "Right")
]
_BROWS_DOWN = [SHAPES.index("browDownLeft"), SHAPES.index("browDownRight")]
_PARTNER = np.array([SHAPES.index(mirror_name(name)) for name in SHAPES])


def _draw_prototype(rng: np.random.Generator) -> Float[np.ndarray, "64"]:
    share = np.array([FREQUENT.get(name, 1.0) for name in PROTOTYPES])
    return _vary(rng, list(PROTOTYPES.values())[rng.choice(len(share), p=share / share.sum())])


def _vary(rng: np.random.Generator, mix: Mapping[str, float]) -> Float[np.ndarray, "64"]:
    """Give each shape its own strength and the sides unequal ones; mirror half the draws."""
    weights = prototype_weights(mix)
    weights *= np.exp(0.18 * rng.standard_normal(len(SHAPES)))
    uneven = (0.25 if rng.random() < 0.2 else 0.07) * rng.standard_normal()
    weights *= 1.0 + np.clip(uneven, -0.4, 0.4) * np.sign(np.arange(len(SHAPES)) - _PARTNER)
    return weights[_PARTNER] if rng.random() < 0.5 else weights


def _settled(weights: Float[np.ndarray, "64"]) -> Float[np.ndarray, "64"]:
    for pair in _OPPOSED:
        weights[min(pair, key=lambda shape: weights[shape])] = 0.0
    closing, opening = SHAPES.index("mouthClose"), SHAPES.index("jawOpen")
    weights[closing] = min(weights[closing], weights[opening])
    return weights


def _reachable(yaw: float, pitch: float) -> tuple[float, float]:
    most = {direction: np.radians(degrees) for direction, degrees in GAZE_DEGREES.items()}
    return float(np.clip(yaw, -most["In"], most["Out"])), float(np.clip(pitch, -most["Down"], most["Up"]))
