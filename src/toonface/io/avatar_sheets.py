"""Every step from a portrait to its avatar on one page."""

from dataclasses import replace

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from toonface.geometry.asset import Asset
from toonface.geometry.crop import frame_around, warp
from toonface.io.asset_preview import render_asset
from toonface.io.sample_files import PALETTE
from toonface.io.sheets import contact_sheet
from toonface.pipeline.avatars import Avatar
from toonface.synth.preview import View

SIZE, COLUMNS = 384, 4
MARGIN, LIFT = 2.4, 0.12
"""Of what is shown of pictures: the head."""
VIEWS = {"front": 0.0, "three quarters": 35.0, "profile": 85.0}
"""Degrees of yaw."""
POSES = {
    "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "smile": {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "cheekSquintLeft": 0.4, "cheekSquintRight": 0.4},
    "jaw open": {"jawOpen": 0.8},
    "surprise": {"browInnerUp": 0.9, "eyeWideLeft": 0.8, "eyeWideRight": 0.8, "mouthFunnel": 0.5, "jawOpen": 0.2},
}


def avatar_sheet(avatar: Avatar, asset: Asset) -> UInt8[np.ndarray, "PH PW 3"]:
    """Draw portrait, cartoon, regions, landmarks, skin, the head from three sides, and four of its expressions.

    Args:
        avatar: from `create_avatar`.
        asset: the same, as it is written.
    """
    frame = replace(frame_around(avatar.landmarks.points_px, MARGIN, LIFT), roll_radians=0.0)
    shown = {
        "portrait": avatar.portrait,
        "cartoon": avatar.cartoon.picture,
        "regions": np.array(PALETTE, np.uint8).reshape(-1, 3)[avatar.regions.classes],
        "landmarks": with_dots(avatar.cartoon.picture, avatar.landmarks.points_px),
    }
    pictures = [(name, warp(picture, frame, SIZE)) for name, picture in shown.items()]
    pictures.append(("skin", shrunk(avatar.textured.skin)))
    pictures += [(name, render_asset(asset, View(size=SIZE, yaw_degrees=yaw))) for name, yaw in VIEWS.items()]
    pictures += [(name, render_asset(asset, View(size=SIZE), pose)) for name, pose in POSES.items()]
    return contact_sheet(pictures, COLUMNS)


def shrunk(picture: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "S S 3"]:
    """Fit a picture into a square of the sheet.

    Args:
        picture: sRGB.
    """
    return np.asarray(Image.fromarray(picture).resize((SIZE, SIZE), Image.Resampling.BOX))


def with_dots(picture: UInt8[np.ndarray, "H W 3"], points_px: np.ndarray) -> UInt8[np.ndarray, "H W 3"]:
    """Mark points in a copy of a picture.

    Args:
        picture: sRGB.
        points_px: x and y.
    """
    marked = picture.copy()
    radius = max(round(0.004 * max(picture.shape[:2])), 1)
    for x, y in np.round(points_px).astype(int):
        rows, columns = slice(max(y - radius, 0), max(y + radius, 0)), slice(max(x - radius, 0), max(x + radius, 0))
        marked[rows, columns] = (60, 255, 90)
    return marked
