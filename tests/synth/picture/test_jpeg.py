import io

import numpy as np
import pytest
from PIL import Image

from toonface.synth.picture.jpeg import jpeg_round_trip


def scene(height=70, width=50):
    """Slow waves, a fine checkerboard and some noise."""
    y, x = np.indices((height, width)) / 40.0
    waves = np.stack([np.sin(3 * x + y), np.cos(2 * y), np.sin(5 * x * y)], axis=-1)
    squares = (np.indices((height, width)) // 2).sum(0) % 2
    noise = np.random.default_rng(0).normal(0.0, 2.0, (height, width, 3))
    return np.clip(135 + 40 * waves + 12 * squares[..., None] + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("quality", [10, 35, 75, 95])
def test_our_jpeg_loses_what_pillow_loses(quality):
    picture = scene()
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality, subsampling="4:2:0")
    theirs, ours = np.array(Image.open(file)).astype(int), jpeg_round_trip(picture, quality).astype(int)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).mean() < 0.9
    # Pillow rounds in integers, so that now and then a coefficient falls on the other side.
    assert np.percentile(np.abs(ours - theirs), 98) <= 6
    assert np.abs(ours - theirs).mean() < 0.6 * np.abs(theirs - picture.astype(int)).mean()
