"""Tables of names: the 52 ARKit shapes, 12 further FACS shapes, the 15 Oculus visemes and 5 extras.

Sources: Apple's ARKit documentation (`ARFaceAnchor.BlendShapeLocation`, in Live Link Face's order); Ekman and
Friesen's FACS for the action units; Khronos `XrFaceTrackingVisemeMETA` for the order of the visemes; Ready Player
Me's documentation for the extras. The compositions are ours.
"""

import numpy as np

ARKIT_SHAPES = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)

FACS_SHAPES = {
    "nostrilDilateLeft": "AU 38",
    "nostrilDilateRight": "AU 38",
    "nostrilCompressLeft": "AU 39",
    "nostrilCompressRight": "AU 39",
    "nasolabialDeepenLeft": "AU 11",
    "nasolabialDeepenRight": "AU 11",
    "sharpLipPullLeft": "AU 13",
    "sharpLipPullRight": "AU 13",
    "lipTighten": "AU 23",
    "neckTighten": "AU 21",
    "cheekSuck": "AU 35",
    "jawClench": "AU 31",
}
"""The 12 further shapes and their action units."""

SHAPES = (*ARKIT_SHAPES, *FACS_SHAPES)
"""The 64 columns of A_exp, in order."""


def _both(name: str, weight: float) -> dict[str, float]:
    return {f"{name}Left": weight, f"{name}Right": weight}


VISEMES: dict[str, dict[str, float]] = {
    "viseme_sil": {},
    "viseme_PP": {"mouthRollUpper": 0.5, "mouthRollLower": 0.5, **_both("mouthPress", 0.45), "mouthPucker": 0.1},
    "viseme_FF": {"mouthRollLower": 0.9, **_both("mouthUpperUp", 0.3), "jawOpen": 0.04, "mouthShrugLower": 0.2},
    "viseme_TH": {"jawOpen": 0.13, "tongueOut": 0.32, **_both("mouthUpperUp", 0.25), **_both("mouthLowerDown", 0.15)},
    "viseme_DD": {"jawOpen": 0.14, **_both("mouthUpperUp", 0.22), **_both("mouthLowerDown", 0.35), "tongueOut": 0.06},
    "viseme_kk": {"jawOpen": 0.2, **_both("mouthLowerDown", 0.25), **_both("mouthStretch", 0.2)},
    "viseme_CH": {"mouthFunnel": 0.65, "jawOpen": 0.07, "mouthPucker": 0.3, **_both("mouthUpperUp", 0.1)},
    "viseme_SS": {
        "jawOpen": 0.05,
        **_both("mouthStretch", 0.35),
        **_both("mouthLowerDown", 0.5),
        **_both("mouthUpperUp", 0.25),
    },
    "viseme_nn": {"jawOpen": 0.12, **_both("mouthLowerDown", 0.25), **_both("mouthUpperUp", 0.15), "tongueOut": 0.12},
    "viseme_RR": {"mouthPucker": 0.45, "mouthFunnel": 0.25, "jawOpen": 0.1, **_both("mouthLowerDown", 0.1)},
    "viseme_aa": {"jawOpen": 0.6, **_both("mouthLowerDown", 0.15), **_both("mouthUpperUp", 0.1)},
    "viseme_E": {
        "jawOpen": 0.28,
        **_both("mouthStretch", 0.35),
        **_both("mouthSmile", 0.2),
        **_both("mouthLowerDown", 0.3),
    },
    "viseme_I": {
        "jawOpen": 0.12,
        **_both("mouthSmile", 0.4),
        **_both("mouthStretch", 0.2),
        **_both("mouthLowerDown", 0.35),
    },
    "viseme_O": {"jawOpen": 0.4, "mouthFunnel": 0.55, "mouthPucker": 0.3},
    "viseme_U": {"mouthPucker": 0.75, "mouthFunnel": 0.35, "jawOpen": 0.08},
}
"""Oculus viseme → weights of the shapes."""

EXTRAS: dict[str, dict[str, float]] = {
    "mouthOpen": {"jawOpen": 0.7},
    "mouthSmile": _both("mouthSmile", 1.0),
    "eyesClosed": _both("eyeBlink", 1.0),
    "eyesLookUp": _both("eyeLookUp", 1.0),
    "eyesLookDown": _both("eyeLookDown", 1.0),
}
"""Ready Player Me extra → weights of the shapes."""

PRESETS: dict[str, dict[str, float]] = {
    "aa": VISEMES["viseme_aa"],
    "ih": VISEMES["viseme_I"],
    "ou": VISEMES["viseme_U"],
    "ee": VISEMES["viseme_E"],
    "oh": VISEMES["viseme_O"],
    "blink": _both("eyeBlink", 1.0),
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "lookUp": _both("eyeLookUp", 1.0),
    "lookDown": _both("eyeLookDown", 1.0),
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
    "happy": {**_both("mouthSmile", 0.8), **_both("cheekSquint", 0.5), **_both("eyeSquint", 0.25)},
    "angry": {
        **_both("browDown", 0.8),
        **_both("noseSneer", 0.3),
        **_both("eyeSquint", 0.3),
        **_both("mouthFrown", 0.3),
        **_both("mouthPress", 0.25),
    },
    "sad": {"browInnerUp": 0.8, "mouthShrugLower": 0.3, **_both("mouthFrown", 0.6)},
    "relaxed": {**_both("mouthSmile", 0.35), **_both("eyeBlink", 0.25)},
    "surprised": {"browInnerUp": 1.0, "jawOpen": 0.4, **_both("browOuterUp", 0.5), **_both("eyeWide", 0.8)},
    "neutral": {},
}
"""Preset of VRM 1.0 (vrm-c/vrm-specification, `expressions.md`) → weights of ARKit's shapes. Vowels are visemes; the
five moods are our own mixtures, stronger than the 0.25 to 0.5 that VRM tools use."""

IDENTITY_COUNT, EXPRESSION_COUNT, TEXTURE_COUNT = 80, len(SHAPES), 80


def side_of(name: str) -> str:
    """Return `left`, `right` or `both`: the side of the face on which a shape acts."""
    if name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        return "both"
    return "left" if name.endswith("Left") else "right" if name.endswith("Right") else "both"


def mirror_name(name: str) -> str:
    """Return the shape on the other side; a shape without sides is its own mirror."""
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


MIRRORED_SHAPES = np.array([SHAPES.index(mirror_name(name)) for name in SHAPES])
"""In a mirror, shape i of `SHAPES` does what this one does. Directions, such as jawLeft, swap as well."""
