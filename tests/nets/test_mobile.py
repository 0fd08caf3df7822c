"""The mobile backbone halves maps stage by stage, and untrained residual blocks pass their input on."""

import pytest
import torch

from toonface.nets.mobile import FusedBlock, InvertedResidual, MobileNet


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("block", [FusedBlock, InvertedResidual])
def test_an_untrained_block_of_the_same_shape_is_the_identity(block):
    features = torch.randn(2, 8, 6, 6)
    torch.testing.assert_close(block(8, 8)(features), features)


@pytest.mark.parametrize("block", [FusedBlock, InvertedResidual])
@pytest.mark.parametrize(("outputs", "stride"), [(12, 1), (8, 2)])
def test_a_block_that_changes_the_shape_has_no_identity_and_starts_with_a_signal(block, outputs, stride):
    features = block(8, outputs, stride)(torch.randn(2, 8, 6, 6))
    assert features.shape == (2, outputs, 6 // stride, 6 // stride)
    assert features.std() > 0.1


def test_an_inverted_residual_mixes_places_by_each_channel_alone():
    depthwise = [m for m in InvertedResidual(8, 8).modules() if getattr(m, "kernel_size", None) == (3, 3)]
    assert [m.groups for m in depthwise] == [32]


@pytest.mark.parametrize(("height", "width"), [(128, 128), (64, 96)])
def test_maps_have_strides_4_8_16_and_32(height, width):
    net = MobileNet((8, 12, 16, 20), (1, 1, 2, 1)).eval()
    with torch.no_grad():
        maps = net(torch.rand(2, 3, height, width))
    assert [tuple(m.shape) for m in maps] == [
        (2, channels, height // stride, width // stride)
        for channels, stride in zip(net.widths, (4, 8, 16, 32), strict=True)
    ]


def test_every_parameter_that_is_not_behind_a_zero_learns():
    net = MobileNet((8, 12, 16, 20), (1, 1, 1, 1))
    sum((m * torch.randn_like(m)).sum() for m in net(torch.rand(2, 3, 64, 64))).backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0.0 for p in net.parameters())


@pytest.mark.parametrize(
    ("widths", "blocks", "message"),
    [
        ((8, 12, 16), (1, 1, 1, 1), r"widths is \(8, 12, 16\), expected 4 numbers"),
        ((8, 12, 16, 20), (1, 0, 1, 1), r"blocks is \(1, 0, 1, 1\), expected 4 numbers of at least 1"),
        ((1, 12, 16, 20), (1, 1, 1, 1), "first width is 1, expected at least 2"),
    ],
)
def test_a_form_that_cannot_be_built_is_refused(widths, blocks, message):
    with pytest.raises(ValueError, match=message):
        MobileNet(widths, blocks)
