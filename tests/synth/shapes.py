"""Small surfaces that the tests of the renderer draw."""

import numpy as np

from toonface.synth.shading.lighting import LightSpec
from toonface.types import FaceRegion
from toonface.worn.surface import Material, Surface

QUAD = np.array([[0, 1, 2], [0, 2, 3]])
UV = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def plate(half=0.05, depth=0.0, centre=(0.0, 0.0), **options):
    """A square that faces the viewer, metres."""
    x, y = centre
    corners = [[x - half, y + half], [x + half, y + half], [x + half, y - half], [x - half, y - half]]
    vertices = np.concatenate([np.array(corners), np.full((4, 1), depth)], axis=1)
    defaults = {"material": Material.CLOTH, "region": FaceRegion.SKIN, "colour": (0.5, 0.5, 0.5)}
    return Surface(vertices=vertices, faces=QUAD[:, ::-1], **{**defaults, **options})


def ball(radius=0.05, rings=24, **options):
    """A sphere about the origin."""
    polar, round_ = np.meshgrid(np.linspace(0.0, np.pi, rings), np.linspace(0.0, 2.0 * np.pi, 2 * rings), indexing="ij")
    normals = np.stack([np.sin(polar) * np.cos(round_), np.cos(polar), -np.sin(polar) * np.sin(round_)], axis=-1)
    at = np.arange(polar.size).reshape(polar.shape)
    a, b, c, d = at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]
    faces = np.concatenate([np.stack(f, axis=-1).reshape(-1, 3) for f in ((a, b, c), (a, c, d))])
    normals = normals.reshape(-1, 3)
    defaults = {"material": Material.CLOTH, "region": FaceRegion.SKIN, "colour": (0.5, 0.5, 0.5)}
    return Surface(vertices=radius * normals, faces=faces, normals=normals, **{**defaults, **options})


def light(**changes):
    """A key light from the front and an even sky."""
    plain = {
        "kind": "soft",
        "key_direction": (0.0, 0.0, 1.0),
        "key": (0.6, 0.6, 0.6),
        "fill_direction": (0.0, 0.0, 1.0),
        "fill": (0.0, 0.0, 0.0),
        "rim_direction": (0.0, 1.0, -1.0),
        "rim": (0.0, 0.0, 0.0),
        "sky": (0.4, 0.4, 0.4),
        "ground": (0.4, 0.4, 0.4),
        "softness": 0.0,
        "exposure": 1.0,
    }
    return LightSpec(**{**plain, **changes})
