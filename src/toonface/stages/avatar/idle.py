"""A clip that keeps a face alive: blinks, small moves of the gaze, a slow sway of the head."""

import numpy as np
from jaxtyping import Float

from toonface.geometry.asset import AssetClip
from toonface.morphable.eyes import GAZE_DEGREES

SECONDS = 12.0
"""Length; the clip ends as it begins, so it can be repeated."""
BLINK = ((0.0, 0.0), (0.08, 1.0), (0.12, 1.0), (0.30, 0.0))
"""Seconds from its start and how far the lids are closed: they close faster than they open."""
BLINKS, BLINK_JITTER = 4, 0.9
"""Blinks per clip, and seconds by which each may come early or late."""
GAZES, GAZE_JITTER, GAZE_SECONDS = 5, 0.8, 0.06
"""Places that the eyes rest on, seconds by which each may come early or late, and how long the way there takes."""
GAZE_AT_MOST = np.array([5.0, 3.0])
"""Degrees to the side and up or down from straight ahead."""
SWAY_DEGREES = {"Head": (1.2, 0.7, 0.5), "Neck": (0.5, 0.4, 0.3)}
"""Largest turn about x, y and z."""
SWAY_KEYS = 24


def idle_clip(rng: np.random.Generator) -> AssetClip:
    """Make the idle clip.

    Args:
        rng: decides when the eyes blink, where they look and how the head sways.
    """
    tracks = _gaze_tracks(rng)
    blink_times, blink_values = _blink_track(rng)
    tracks |= {name: (blink_times, blink_values) for name in ("eyeBlinkLeft", "eyeBlinkRight")}
    sway = np.linspace(0.0, SECONDS, SWAY_KEYS + 1)
    times = np.unique(np.concatenate([sway, *(keys for keys, _ in tracks.values())]).astype(np.float32))
    weights = np.stack([np.interp(times, *track) for track in tracks.values()], axis=1)
    rotations = {name: _sway(times, np.radians(degrees), rng) for name, degrees in SWAY_DEGREES.items()}
    return AssetClip(
        name="idle",
        times=times,
        shapes=tuple(tracks),
        weights=weights.astype(np.float32),
        rotations={name: turns.astype(np.float32) for name, turns in rotations.items()},
    )


def _blink_track(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    middle = (np.arange(BLINKS) + 0.5) * SECONDS / BLINKS + rng.uniform(-BLINK_JITTER, BLINK_JITTER, BLINKS)
    offsets, values = np.array(BLINK).T
    times = (middle[:, None] + offsets).ravel()
    return np.concatenate([[0.0], times, [SECONDS]]), np.concatenate([[0.0], np.tile(values, BLINKS), [0.0]])


def _gaze_tracks(rng: np.random.Generator) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Both eyes look at one far place after the other, last straight ahead. Yaw is positive to the character's left."""
    starts = (np.arange(GAZES) + 0.5) * SECONDS / GAZES + rng.uniform(-GAZE_JITTER, GAZE_JITTER, GAZES)
    places = rng.uniform(-1.0, 1.0, (GAZES, 2)) * GAZE_AT_MOST
    places[-1] = 0.0
    times = np.concatenate([[0.0], np.stack([starts, starts + GAZE_SECONDS], axis=1).ravel(), [SECONDS]])
    yaw, pitch = np.concatenate([np.zeros((2, 2)), np.repeat(places, 2, axis=0)]).T
    left, right, up, down = (np.maximum(angle, 0.0) for angle in (yaw, -yaw, pitch, -pitch))
    tracks = {}
    for side, outward, inward in (("Left", left, right), ("Right", right, left)):
        for direction, degrees in {"Up": up, "Down": down, "Out": outward, "In": inward}.items():
            tracks[f"eyeLook{direction}{side}"] = (times, degrees / GAZE_DEGREES[direction])
    return tracks


def _sway(
    times: Float[np.ndarray, " T"], largest: Float[np.ndarray, "3"], rng: np.random.Generator
) -> Float[np.ndarray, "T 4"]:
    """Slow waves that fit into the clip, which start at rest; as unit quaternions."""
    waves = np.array([1, 2, 3])[:, None] * 2.0 * np.pi * times / SECONDS
    angles = largest[:, None] * (rng.uniform(0.5, 1.0, (3, 1)) * np.sin(waves))
    quaternions = np.concatenate([np.sin(angles / 2), np.ones((1, len(times)))]).T
    return quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)
