import pytest
import torch

from toonface.nets.stylegan2.discriminator import Discriminator, with_group_spread


def test_every_picture_has_a_score():
    torch.manual_seed(0)
    assert Discriminator((6, 5, 4))(torch.randn(8, 3, 16, 16)).shape == (8,)


def test_the_last_channel_is_the_mean_spread_within_a_group():
    torch.manual_seed(0)
    features = torch.randn(8, 3, 4, 4)
    found = with_group_spread(features)
    assert torch.equal(found[:, :3], features)
    for first in (0, 1):
        expected = (features[first::2].var(dim=0, correction=0) + 1e-8).sqrt().mean()
        torch.testing.assert_close(found[first::2, 3], expected.expand(4, 4, 4))


def test_equal_pictures_have_no_spread():
    features = torch.randn(1, 3, 4, 4).expand(4, -1, -1, -1)
    assert float(with_group_spread(features)[:, 3].max()) < 1e-3


def test_a_number_of_pictures_that_makes_no_groups_is_refused():
    with pytest.raises(ValueError, match="there are 6 pictures, expected a multiple of 4"):
        with_group_spread(torch.zeros(6, 1, 4, 4))
