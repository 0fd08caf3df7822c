"""Laws of the stylizer's batches: mirrored offsets belong to mirrored pictures, portraits and cartoons change alike."""

import numpy as np
import pytest
import torch

from toonface.nets.stylizer_net import warp_by
from toonface.stages.stylization.crop import SIZE
from toonface.synth.style_pairs import FLOW_SIZE
from toonface.train.stylizer_batches import VALIDATION_SCENES, Draw, points_regression
from toonface.train.stylizer_portraits import FramedPortrait
from toonface.train.stylizer_scenes import STYLES, Scenes

COUNT = VALIDATION_SCENES + 3
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def scenes():
    """Smooth pictures, and cartoons that are these, warped by known offsets."""
    rng = np.random.default_rng(0)
    coarse = torch.from_numpy(rng.random((COUNT, 3, 8, 8)).astype(np.float32))
    pictures = torch.nn.functional.interpolate(coarse, size=SIZE, mode="bicubic").clamp(0.0, 1.0)
    offset = 0.05 * rng.normal(size=(COUNT, STYLES, 2, 1, 1)).astype(np.float32) + np.zeros(
        (COUNT, STYLES, 2, FLOW_SIZE, FLOW_SIZE), np.float32
    )
    cartoons = torch.stack([warp_by(pictures, torch.from_numpy(offset[:, k])) for k in range(STYLES)], dim=1)
    points = rng.uniform(0.2, 0.8, (COUNT, 68, 2)).astype(np.float32)
    arrays = {
        "picture": as_bytes(pictures),
        "smooth": as_bytes(pictures),
        "regions": np.ones((COUNT, SIZE, SIZE), np.uint8),
        "points": points,
        "cartoons": as_bytes(cartoons),
        "face": np.ones((COUNT, STYLES, SIZE, SIZE), bool),
        "offset": np.moveaxis(offset, 2, 4).astype(np.float16),
        "known": np.ones((COUNT, STYLES, FLOW_SIZE, FLOW_SIZE), np.float16),
        "cartoon_points": (points[:, None] + np.array([0.01, -0.02], np.float32)).repeat(STYLES, axis=1),
    }
    return Scenes(arrays=arrays)


def as_bytes(pictures):
    return (255.0 * pictures.movedim(-3, -1) + 0.5).to(torch.uint8).numpy()


def a_portrait():
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (SIZE, SIZE, 3)).astype(np.uint8)
    face = np.zeros((SIZE, SIZE), bool)
    face[:, : SIZE // 2] = True
    points = np.stack([np.linspace(0.1, 0.4, 68), np.linspace(0.2, 0.8, 68)], axis=1).astype(np.float32)
    return FramedPortrait(name="one", picture=picture, smooth=picture, face=face, points=points)


def test_offsets_carry_the_portrait_to_its_cartoon_mirrored_or_not_and_in_any_colours(scenes):
    draw = Draw(scenes, [], size=4, real_share=0.5)
    for seed in range(6):
        batch = draw(np.random.default_rng(seed), CPU)
        assert len(batch.truth.offset) == 4
        for k in range(STYLES):
            warped = warp_by(batch.smooth, batch.truth.offset[:, k])
            inner = (slice(None), slice(None), slice(48, -48), slice(48, -48))
            # Curves of colour are not linear, so bytes that were warped before differ a little.
            assert (warped[inner] - batch.truth.cartoons[:, k][inner]).abs().mean() < 0.01


def test_portraits_come_last_with_points_and_face_of_their_own_side(scenes):
    draw = Draw(scenes, [a_portrait()], size=4, real_share=0.5)
    sides = set()
    for seed in range(8):
        batch = draw(np.random.default_rng(seed), CPU)
        assert batch.picture.shape == (4, 3, SIZE, SIZE)
        assert len(batch.truth.offset) == 2
        assert batch.points.shape == (2, 68, 2)
        for points, face in zip(batch.points, batch.face[:, 0], strict=True):
            right = bool(points[:, 0].mean() > 0.5)
            assert bool(face[:, SIZE // 2 :].mean() > 0.5) == right
            sides.add(right)
    assert sides == {True, False}


def test_the_last_scenes_are_never_drawn(scenes):
    arrays = {name: array.copy() for name, array in scenes.arrays.items()}
    arrays["known"][-VALIDATION_SCENES:] = 0.0
    draw = Draw(Scenes(arrays=arrays), [], size=4, real_share=0.0)
    assert all(draw(np.random.default_rng(seed), CPU).truth.known.min() == 1.0 for seed in range(8))


def test_where_a_style_puts_landmarks_is_learnt_from_scenes(scenes):
    styled = points_regression(scenes, COUNT)(scenes.arrays["points"][:5])
    assert np.abs(styled - scenes.arrays["cartoon_points"][:5]).max() < 2e-3
