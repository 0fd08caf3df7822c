"""The tongue comes out between parted lips."""

import numpy as np

from tools.face_model.sculpt.clay import Clay, Offsets
from tools.face_model.sculpt.jaw import Jaw, turn_x

REACH = 0.048
"""How far the tip travels, metres."""


def tongue_out(clay: Clay, jaw: Jaw) -> Offsets:
    """Sculpt `tongueOut`: the tip passes the lips and bends down, the jaw drops just enough to let it through."""
    offsets = jaw.turned(clay, turn_x(0.11), (0.0, 0.0, 0.0))
    tongue = clay.parts["tongue"]
    points = clay.points[tongue]
    along = (points[:, 2] - points[:, 2].min()) / np.ptp(points[:, 2])
    out = along**1.6
    bend = np.clip((along - 0.55) / 0.45, 0.0, 1.0) ** 2
    middle = points[:, 1] - np.interp(points[:, 2], *_centre_line(points))
    flat = -0.25 * middle * np.clip((along - 0.3) / 0.5, 0.0, 1.0)
    offsets[tongue] += np.stack([-0.12 * points[:, 0] * out, 0.004 * out + flat - 0.017 * bend, REACH * out], axis=1)
    return offsets


def _centre_line(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean height of the tongue along its length."""
    edges = np.linspace(points[:, 2].min(), points[:, 2].max(), 9)
    bins = np.clip(np.digitize(points[:, 2], edges) - 1, 0, 7)
    return 0.5 * (edges[1:] + edges[:-1]), np.array([points[bins == k, 1].mean() for k in range(8)])
