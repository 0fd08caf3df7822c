"""The backbones have the paper's sizes, and an untrained block passes its input on."""

import jaxtyping
import pytest
import torch

from toonface.nets.resnet import BasicBlock, Bottleneck, narrow_resnet, resnet50

RESNET_50_PARAMETERS = 25_557_032 - 2048 * 1000 - 1000
"""Of the network in every library, less its classifier of 1000 classes."""


def test_resnet50_has_the_parameters_of_resnet_50():
    assert sum(parameter.numel() for parameter in resnet50().parameters()) == RESNET_50_PARAMETERS


@pytest.mark.parametrize("build", [resnet50, narrow_resnet])
def test_maps_have_strides_4_to_32_and_the_widths_that_are_told(build):
    net = build().eval()
    with torch.no_grad():
        maps = net(torch.rand(1, 3, 64, 96))
    assert [tuple(m.shape) for m in maps] == [
        (1, width, 64 // stride, 96 // stride) for width, stride in zip(net.widths, (4, 8, 16, 32), strict=True)
    ]


def test_widths_and_blocks_are_as_asked_for():
    net = narrow_resnet(widths=(4, 8, 12, 16), blocks=(1, 1, 3, 1))
    assert [len(stage) for stage in net.stages] == [1, 1, 3, 1]
    assert net.widths == (4, 8, 12, 16)


@pytest.mark.parametrize("block", [BasicBlock(16, 16), Bottleneck(16, 4)])
def test_an_untrained_block_passes_its_input_on(block):
    features = torch.rand(2, 16, 5, 5)  # not negative, as behind a ReLU
    torch.testing.assert_close(block(features), features)


@pytest.mark.parametrize("block", [BasicBlock(8, 16, 2), Bottleneck(8, 4, 2)])
def test_a_block_of_stride_2_halves_the_map(block):
    assert block(torch.rand(2, 8, 6, 6)).shape == (2, 16, 3, 3)


def test_every_parameter_of_the_narrow_net_learns_after_a_step():
    torch.manual_seed(0)
    net = narrow_resnet(widths=(4, 4, 8, 8), blocks=(1, 1, 1, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(2):  # in the first step, branches whose last factor is zero have no gradient
        optimizer.zero_grad()
        sum((m * torch.randn(m.shape)).sum() for m in net(torch.rand(4, 3, 64, 64))).backward()
        optimizer.step()
    assert all(parameter.grad is not None and parameter.grad.abs().max() > 0.0 for parameter in net.parameters())


@pytest.mark.parametrize("arguments", [{"widths": (4, 8, 16)}, {"blocks": (1, 0, 1, 1)}])
def test_wrong_numbers_of_stages_are_refused(arguments, monkeypatch):
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
    with pytest.raises(ValueError, match="expected 4 numbers of at least 1"):
        narrow_resnet(**arguments)
