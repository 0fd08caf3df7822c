"""The jaw: a rigid turn about the joint before the ears, shared softly with the skin."""

from dataclasses import dataclass

import numpy as np

from tools.face_model.lips import CONTACT_RINGS, contact_curve
from tools.face_model.sculpt.clay import Clay, Mask, Offsets

JOINT = np.array([0.0, -0.004, 0.022])
"""Turning point of the jaw (the temporomandibular joints), metres."""
OPEN_RADIANS = 0.275
TONGUE_FLATTENS = 0.38
"""Share of its height by which the tongue sinks to the floor of the open mouth."""
CLOSE_UPPER_SHARE = 0.34
"""How much of the closing over an open jaw the upper lip does; the lower lip does the rest."""
CORNER_DROP = 0.22
"""How much lower than in the middle the closed lips meet at the corners, as a share of the drop."""


@dataclass(frozen=True, kw_only=True)
class Jaw:
    """What moves with the jaw, and by how much."""

    weight: Mask

    def turned(self, clay: Clay, matrix: np.ndarray, shift: tuple[float, float, float]) -> Offsets:
        """Offsets of a rigid motion about the joint, weighted."""
        joint = JOINT + clay.shift
        moved = (clay.points - joint) @ matrix.T + joint + np.array(shift)
        return self.weight[:, None] * (moved - clay.points)


def find_jaw(clay: Clay) -> Jaw:
    """Derive the jaw's weights from the unit that opens the mouth, and give teeth and tongue to it."""
    unit = clay.symmetric(clay.units["mouth-open"])
    joint = JOINT + clay.shift
    rigid = (clay.points - joint) @ turn_x(OPEN_RADIANS).T + joint - clay.points
    chin = clay.blob((0.0, -0.065, 0.105), (0.03, 0.02, 0.04)) > 0.2
    scale = (unit * rigid)[chin].sum() / (rigid**2)[chin].sum()
    weight = (unit * rigid).sum(1) / np.maximum((rigid**2).sum(1), 1e-9) / scale
    weight = np.clip(weight, 0.0, 1.0) * clay.skin
    weight = clay.smooth(np.repeat(weight[:, None], 3, 1), rounds=3)[:, 0]
    weight[clay.parts["teeth_lower"]] = 1.0
    tongue = clay.points[clay.parts["tongue"]]
    depth = (tongue[:, 2] - tongue[:, 2].min()) / np.ptp(tongue[:, 2])
    weight[clay.parts["tongue"]] = 0.75 + 0.23 * np.clip(2.0 * depth, 0.0, 1.0)
    return Jaw(weight=weight)


def jaw_shapes(clay: Clay, jaw: Jaw) -> dict[str, Offsets]:
    """Sculpt the jaw's shapes and the lips that close over it."""
    opened = _opened(clay, jaw)
    slide = jaw.turned(clay, turn_y(0.065), (0.0030, -0.0010, 0.0))
    thrust = jaw.turned(clay, turn_x(0.015), (0.0, 0.0, 0.0075))
    clench = clay.blob((0.058, -0.040, 0.045), (0.022, 0.030, 0.035))
    clench = clench + clench[clay.mirror]
    outwards = np.sign(clay.points[:, :1]) * clench[:, None] * np.array([0.0045, 0.0, 0.0008])
    return {
        "jawOpen": opened,
        "jawForward": clay.sealed(thrust),
        "jawLeft": clay.sealed(slide),
        "jawRight": clay.sealed(clay.mirrored(slide)),
        "mouthClose": _closed(clay, opened),
        "jawClench": clay.sealed(outwards + 0.0012 * jaw.weight[:, None] * np.array([0.0, 1.0, 0.0])),
    }


def _opened(clay: Clay, jaw: Jaw) -> Offsets:
    """The sculpted unit on the skin, scaled so that the chin turns with the teeth."""
    rigid = jaw.turned(clay, turn_x(OPEN_RADIANS), (0.0, 0.0, 0.0))
    unit = clay.symmetric(clay.units["mouth-open"]) * clay.skin[:, None]
    chin = clay.blob((0.0, -0.065, 0.105), (0.03, 0.02, 0.04)) > 0.2
    unit = unit * ((unit * rigid)[chin].sum() / (unit**2)[chin].sum())
    offsets = np.where(clay.skin[:, None], 0.5 * unit + 0.5 * rigid, rigid)
    tongue = clay.parts["tongue"]
    height = clay.points[tongue, 1] - clay.points[tongue, 1].min()
    offsets[tongue, 1] -= TONGUE_FLATTENS * height
    return offsets


def _closed(clay: Clay, opened: Offsets) -> Offsets:
    """Bring both lips back to one curve over the open jaw, so that jawOpen + mouthClose seals on every head."""
    offsets = clay.nothing()
    mouth = clay.mouth
    curve = contact_curve(mouth)
    falloff = {-2: 0.25, -1: 0.6, 0: 0.9, 1: 1.0, 2: 1.0, 3: 0.97, 4: 0.92, 5: 0.84, 6: 0.74, 7: 0.62, 8: 0.5}
    falloff |= {9: 0.34, 10: 0.18}
    for ring, share in falloff.items():
        contact = mouth.ring(min(max(ring, CONTACT_RINGS[0]), CONTACT_RINGS[-1]))
        x = clay.points[contact, 0]
        target = curve @ opened[contact]
        upper, lower = (
            opened[contact[half]][np.argmin(np.abs(x[half])), 1:] for half in (mouth.is_upper, mouth.is_lower)
        )
        drop = (1.0 - CLOSE_UPPER_SHARE) * upper + CLOSE_UPPER_SHARE * lower
        target[:, 1:] = drop * (1.0 + CORNER_DROP * (x / x.max()) ** 2)[:, None]
        offsets[mouth.ring(ring)] = share * (target - opened[contact])
    beyond = clay.smooth(offsets, rounds=30, keep=_grid_mask(clay) * 0.9 + 0.1)
    spread = np.where(_grid_mask(clay)[:, None] > 0, offsets, beyond)
    return clay.sealed(opened + spread * clay.skin[:, None]) * clay.skin[:, None] - opened * clay.skin[:, None]


def _grid_mask(clay: Clay) -> Mask:
    mask = np.zeros(len(clay.points))
    mask[clay.mouth.table] = 1.0
    return mask


def turn_x(radians: float) -> np.ndarray:
    """Rotation that takes +y to +z: positive opens the jaw."""
    c, s = np.cos(radians), np.sin(radians)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def turn_y(radians: float) -> np.ndarray:
    """Rotation that takes +z to +x: positive turns to the character's left."""
    c, s = np.cos(radians), np.sin(radians)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
