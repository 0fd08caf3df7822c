from dataclasses import replace

import numpy as np
import pytest

from toonface.synth.picture.outlines import body_groups, ink_lines
from toonface.synth.shading.buffers import Buffers
from toonface.types import FaceRegion


def flat_buffers(region, depth=None):
    shape = region.shape
    return Buffers(
        linear=np.full((*shape, 3), 0.3, np.float32),
        albedo=np.full((*shape, 3), 0.5, np.float32),
        region=region,
        normals=np.broadcast_to(np.float32([0, 0, 1]), (*shape, 3)).copy(),
        depth=np.where(region > 0, 0.0, -np.inf).astype(np.float32) if depth is None else depth,
        part=np.where(region > 0, 0, -1).astype(np.int16),
    )


def disc_region(size=96, radius=30.0):
    y, x = np.indices((size, size)) + 0.5 - size / 2
    return np.where(np.hypot(y, x) < radius, FaceRegion.SKIN, FaceRegion.BACKGROUND).astype(np.uint8)


@pytest.mark.parametrize("width", [1.5, 3.0])
def test_an_outline_covers_its_length_times_its_width(width):
    region = disc_region()
    cover = ink_lines(flat_buffers(region), body_groups(region, 1.0), width)
    assert cover.sum() == pytest.approx(2 * np.pi * 30.0 * width, rel=0.2)
    assert cover[40:56, 40:56].max() == 0.0


def test_an_outline_is_as_wide_along_a_diagonal():
    y, x = np.indices((80, 80))
    straight, slanted = (y > 40).astype(np.uint8), (x + y > 80).astype(np.uint8)
    middle = slice(30, 50)
    sums = [ink_lines(flat_buffers(r), body_groups(r, 1.0), 2.0)[middle, middle].sum() for r in (straight, slanted)]
    assert sums[1] == pytest.approx(np.sqrt(2.0) * sums[0], rel=0.12)


def test_depth_draws_a_line_where_it_jumps_and_none_on_a_slope():
    region = np.full((40, 40), FaceRegion.SKIN, np.uint8)
    slope = np.repeat(np.arange(40, dtype=np.float32)[None] * 0.01, 40, axis=0)
    jump = np.where(np.arange(40) < 20, 0.0, 0.03).astype(np.float32)[None].repeat(40, axis=0)
    group = body_groups(region, 1.0)
    assert ink_lines(flat_buffers(region, slope), group, 1.5).max() == 0.0
    assert ink_lines(flat_buffers(region, jump), group, 1.5)[20, 18:22].max() > 0.55


def test_nose_and_cheek_are_one_body_but_lips_are_not():
    region = np.full((30, 30), FaceRegion.SKIN, np.uint8)
    region[:, 10:15], region[:, 22:] = FaceRegion.NOSE, FaceRegion.LIP_UPPER
    cover = ink_lines(flat_buffers(region), body_groups(region, 1.0), 2.0)
    assert cover[:, 5:18].max() == 0.0
    assert cover[15, 20:24].max() > 0.2


def test_single_strands_do_not_become_bodies():
    region = disc_region()
    region[20:60, 80] = FaceRegion.HAIR
    region[30:60, 30:60] = FaceRegion.HAIR
    group = body_groups(region, 1.5)
    hair = body_groups(np.full((1, 1), FaceRegion.HAIR, np.uint8), 1.0)[0, 0]
    assert not (group[:, 80] == hair).any()
    assert (group[35:55, 35:55] == hair).all()


def test_a_chin_is_drawn_where_the_surface_bends_into_the_neck():
    region = np.full((40, 40), FaceRegion.SKIN, np.uint8)
    region[20:] = FaceRegion.NECK
    smooth = flat_buffers(region)
    bent = replace(smooth, normals=smooth.normals.copy())
    bent.normals[:20] = np.float32([0.0, -0.8, 0.6])
    group = body_groups(region, 1.0)
    assert ink_lines(smooth, group, 1.5).max() == 0.0
    assert ink_lines(bent, group, 1.5)[19:21, 20].max() > 0.3
