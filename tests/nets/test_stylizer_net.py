"""Laws of the stylizer's network: shapes, nothing at first, and a warp that moves what it is told to."""

import pytest
import torch

from toonface.nets.stylizer_net import LEAST_SCALE, STYLES, StylizerNet, StylizerWidths, warp_by

NARROW = StylizerWidths(levels=(4, 4, 8, 8, 8))


def test_offsets_are_a_quarter_of_the_picture_and_colours_all_of_it():
    answer = StylizerNet(NARROW)(torch.rand(2, 3, 64, 96))
    assert answer.offset.shape == (2, STYLES, 2, 16, 24)
    assert answer.scale.shape == (2, STYLES, 16, 24)
    assert answer.residual.shape == (2, STYLES, 3, 64, 96)


def test_an_untrained_network_hardly_changes_a_portrait():
    torch.manual_seed(0)
    answer = StylizerNet().eval()(torch.rand(1, 3, 64, 64))
    assert answer.offset.abs().max() < 0.02
    assert answer.residual.abs().max() < 0.05
    assert (answer.scale >= LEAST_SCALE).all()


def test_no_offset_leaves_a_picture_as_it_is():
    picture = torch.rand(2, 3, 32, 48)
    assert torch.allclose(warp_by(picture, torch.zeros(2, 2, 8, 12)), picture, atol=1e-5)


@pytest.mark.parametrize(("across", "down"), [(4, 0), (0, -8), (12, 4)])
def test_an_offset_of_whole_pixels_takes_those_pixels(across, down):
    picture = torch.rand(1, 3, 32, 64)
    offset = torch.tensor([across / 64.0, down / 32.0])[None, :, None, None].expand(1, 2, 8, 16)
    moved = warp_by(picture, offset)
    expected = picture.roll((-down, -across), dims=(2, 3))
    assert torch.allclose(moved[..., 12:20, 16:48], expected[..., 12:20, 16:48], atol=1e-4)


def test_beyond_the_picture_its_edge_goes_on():
    picture = torch.rand(1, 1, 16, 16)
    moved = warp_by(picture, torch.full((1, 2, 4, 4), 2.0))
    assert torch.allclose(moved, picture[..., -1:, -1:].expand_as(moved), atol=1e-6)


def test_widths_below_one_are_refused():
    with pytest.raises(ValueError, match="expected at least 1 each"):
        StylizerWidths(levels=(4, 4, 0, 8, 8))
