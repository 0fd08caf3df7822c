"""The lips: smiles, frowns, rolls, presses, shrugs, pucker and funnel."""

import numpy as np

from tools.face_model.sculpt.clay import Clay, Offsets, smoothstep
from tools.face_model.sculpt.eyes import lid_motion

PARTS_LIPS = {"mouthUpperUpLeft", "mouthLowerDownLeft", "mouthFunnel", "jawOpen", "mouthClose", "tongueOut"}
"""Shapes that part the lips; all others keep them together."""
SLIDE_FADE = 0.011
"""Metres from the corner over which `slide_in` grows to its full depth."""
FULL_SLIDE_RING = 5
"""Rings up to this one, the red of the lip, slide fully in `slide_in`; the skin beyond unfolds."""
CREASE_ROUNDS = 4
"""Rounds of smoothing that soften the creases of MakeHuman's units, so that two of them add up without a fold."""
LEFT_CORNER = (0.0235, -0.030, 0.119)


def mouth_shapes(clay: Clay) -> dict[str, Offsets]:
    """Sculpt the mouth's shapes; of a pair only the left."""
    shapes = {**_pairs(clay), **_whole(clay)}
    return {name: offsets if name in PARTS_LIPS else clay.sealed(offsets) for name, offsets in shapes.items()}


def _pairs(clay: Clay) -> dict[str, Offsets]:
    def unit(name: str) -> Offsets:
        return clay.smooth(clay.symmetric(clay.units[name]) * clay.off_nose(), rounds=CREASE_ROUNDS)

    corner = clay.blob(LEFT_CORNER, (0.020, 0.020, 0.030))[:, None]
    cheek = clay.blob((0.040, 0.004, 0.112), (0.032, 0.030, 0.035))[:, None]
    smile = clay.left(1.0 * unit("mouth-corner-puller"))
    smile = smile + cheek * np.array([0.0008, 0.0034, 0.0016]) + lid_motion(clay, "mouthSmile")
    frown = clay.left(1.05 * unit("mouth-depression")) + corner * np.array([-0.0004, -0.0022, 0.0])
    stretch = clay.left(1.0 * unit("mouth-retraction")) + corner * np.array([0.0045, -0.0012, -0.0028])
    dimple = clay.left(0.36 * unit("mouth-compression")) + _tuck(clay)
    upper_up = clay.left(0.95 * unit("mouth-elevation"))
    lower_down = clay.left(0.85 * unit("mouth-depression-retraction"))
    return {
        "mouthSmileLeft": smile,
        "mouthFrownLeft": frown,
        "mouthStretchLeft": stretch,
        "mouthDimpleLeft": dimple,
        "mouthUpperUpLeft": upper_up * _upper_only(clay),
        "mouthLowerDownLeft": lower_down * _lower_only(clay),
        "mouthPressLeft": clay.left(_press(clay), width=0.007),
        "nasolabialDeepenLeft": _nasolabial(clay),
        "sharpLipPullLeft": _sharp_pull(clay),
    }


def _whole(clay: Clay) -> dict[str, Offsets]:
    def unit(name: str) -> Offsets:
        return clay.symmetric(clay.units[name]) * clay.off_nose()

    shift = _sideways(clay)
    roll_upper, roll_lower = slide_in(clay, 3.5, upper=True), slide_in(clay, 3.8, upper=False)
    return {
        "mouthPucker": 1.0 * unit("mouth-pursing"),
        "mouthFunnel": 0.75 * unit("mouth-protusion"),
        "mouthLeft": shift,
        "mouthRight": clay.mirrored(shift),
        "mouthRollUpper": roll_upper,
        "mouthRollLower": roll_lower,
        "mouthShrugUpper": _shrug_upper(clay),
        "mouthShrugLower": 0.9 * unit("mouth-eversion"),
        "lipTighten": slide_in(clay, 1.3, upper=True) + slide_in(clay, 1.3, upper=False) + _narrow(clay),
    }


def slide_in(clay: Clay, rings: float, *, upper: bool) -> Offsets:
    """Slide a lip inwards along its own profile by a number of rings: it rolls over the teeth and stays sealed."""
    offsets = clay.nothing()
    mouth = clay.mouth
    half = mouth.is_upper if upper else mouth.is_lower
    column = np.arange(mouth.table.shape[1])
    depth = smoothstep((mouth.corner_distance - 0.0015) / SLIDE_FADE) * half
    first, last = mouth.rings[0], mouth.rings[-1]
    profile = clay.points[mouth.table]
    for ring in range(0, last + 1):
        step = rings * depth * (1.0 - smoothstep((ring - FULL_SLIDE_RING) / (last + 1.0 - FULL_SLIDE_RING)))
        source = np.clip(ring - step - first, 0, len(profile) - 1)
        low = np.floor(source).astype(int)
        high = np.minimum(low + 1, len(profile) - 1)
        blend = (source - low)[:, None]
        target = (1 - blend) * profile[low, column] + blend * profile[high, column]
        offsets[mouth.ring(ring)] = target - profile[ring - first]
    return offsets


def _press(clay: Clay) -> Offsets:
    """Lips pressed together: both thin a little, the rims bulge, the corners tuck in."""
    thin = slide_in(clay, 2.0, upper=True) + slide_in(clay, 2.0, upper=False)
    above = clay.blob((0.0, -0.019, 0.13), (0.034, 0.011, 0.03))[:, None]
    below = clay.blob((0.0, -0.042, 0.13), (0.034, 0.012, 0.03))[:, None]
    bulge = 0.0012 * (above * np.array([0, -0.8, 1.0]) + below * np.array([0, 0.9, 1.0]))
    corner = clay.blob(LEFT_CORNER, (0.012, 0.012, 0.02))[:, None]
    tuck = corner * np.array([0.0012, 0.0, -0.0022])
    return thin + bulge + tuck + clay.mirrored(tuck)


def _tuck(clay: Clay) -> Offsets:
    """A dimple: the corner goes back and out, the cheek beside it swells round the hollow."""
    corner = clay.blob(LEFT_CORNER, (0.013, 0.014, 0.02))[:, None]
    ring = clay.blob((0.033, -0.028, 0.108), (0.020, 0.022, 0.03))[:, None]
    return corner * np.array([0.0035, 0.0004, -0.0042]) + ring * np.array([0.0010, 0.0, 0.0012])


def _upper_only(clay: Clay) -> np.ndarray:
    """1 on the upper lip and above, 0 on the lower lip, soft at the corners."""
    return _half(clay, upper=True)


def _lower_only(clay: Clay) -> np.ndarray:
    return _half(clay, upper=False)


def _half(clay: Clay, *, upper: bool) -> np.ndarray:
    mouth = clay.mouth
    height = clay.points[:, 1] - clay.shift[1] - LEFT_CORNER[1]
    mask = smoothstep(0.5 + (height if upper else -height) / 0.006)
    rows = mouth.table
    half = mouth.is_upper if upper else mouth.is_lower
    corners = np.zeros(rows.shape[1])
    corners[[0, mouth.corner]] = 1.0
    mask[rows] = np.where(half, 1.0, np.where(corners > 0, 0.5, 0.0))
    return mask[:, None]


def _sideways(clay: Clay) -> Offsets:
    """Mouth to the character's left: the far corner follows, the near one rounds."""
    lips = clay.blob((0.0, -0.030, 0.125), (0.078, 0.036, 0.060))
    lips = smoothstep(np.clip(lips * 1.5, 0, 1))[:, None]
    pull = clay.blob(LEFT_CORNER, (0.022, 0.02, 0.03))[:, None]
    back = -0.0035 * np.clip(clay.points[:, :1] / 0.025, -0.6, 1.3)
    step = np.concatenate([np.full_like(back, 0.0062), np.zeros_like(back), back], axis=1)
    return (lips * step + pull * np.array([0.0010, 0.0010, -0.0005])) * clay.off_nose()


def _shrug_upper(clay: Clay) -> Offsets:
    """The upper lip rises and pushes forward as the lower one lifts it; the lips stay together."""
    lip = clay.blob((0.0, -0.025, 0.132), (0.027, 0.017, 0.03))[:, None]
    mouth = clay.mouth
    offsets = lip * np.array([0.0, 0.0040, 0.0024])
    for ring in (-1, 0, 1, 2):
        points = mouth.ring(ring)
        follow = mouth.facing @ offsets[points]
        offsets[points[mouth.is_lower]] = follow[mouth.is_lower]
    return clay.smooth(offsets, rounds=2, keep=_contact(clay))


def _contact(clay: Clay) -> np.ndarray:
    keep = np.full(len(clay.points), 0.5)
    for ring in (-1, 0, 1, 2):
        keep[clay.mouth.ring(ring)] = 1.0
    return keep


def _narrow(clay: Clay) -> Offsets:
    """Lips a little shorter and pushed together: the tightener's pull towards the middle."""
    lips = clay.blob((0.0, -0.030, 0.128), (0.034, 0.020, 0.03))[:, None]
    towards = np.zeros_like(clay.points)
    towards[:, 0] = -0.11 * clay.points[:, 0]
    return lips * (towards + np.array([0.0, 0.0, 0.0007]))


def _nasolabial(clay: Clay) -> Offsets:
    """The fold beside the nose deepens: its inside is pulled up, the cheek above it swells."""
    lip = clay.blob((0.018, -0.019, 0.126), (0.017, 0.015, 0.025))[:, None]
    fold = clay.blob((0.025, -0.010, 0.119), (0.009, 0.017, 0.02))[:, None]
    cheek = clay.blob((0.032, 0.000, 0.115), (0.016, 0.020, 0.025))[:, None]
    moved = lip * [0.0009, 0.0018, 0.0] + fold * [0.0, 0.0006, -0.0016] + cheek * [0.0004, 0.0016, 0.0026]
    return moved * clay.off_nose()


def _sharp_pull(clay: Clay) -> Offsets:
    """AU 13: the corner rises steeply and the cheek above it puffs, without widening the mouth."""
    corner = clay.blob(LEFT_CORNER, (0.016, 0.017, 0.03))[:, None]
    cheek = clay.blob((0.033, -0.010, 0.113), (0.019, 0.024, 0.03))[:, None]
    return corner * [0.0006, 0.0060, -0.0008] + cheek * [0.0010, 0.0022, 0.0030]
