import pytest
import torch

from toonface.nets.stylegan2.generator import GanShape, Generator
from toonface.nets.stylegan2.swap import Swap, swap_layers

TINY = GanShape(channels=(4, 3, 2), latent=5, style=6, mapping=1)


@pytest.fixture
def parents():
    made = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        net = Generator(TINY)
        for buffer in net.buffers():
            buffer.normal_()
        made.append(net.state_dict())
    return made


@pytest.mark.parametrize(
    ("swap", "which"),
    [(Swap(at=4, blend=0.0), 0), (Swap(at=4, blend=1.0), 1), (Swap(at=32, blend=0.0), 1), (Swap(at=8, blend=1.0), 1)],
)
def test_at_both_ends_the_swapped_generator_is_a_parent_exactly(parents, swap, which):
    made = swap_layers(*parents, TINY, swap)
    if swap.at > TINY.size:  # all blocks are the cartoon's; the mapping network has its share
        made = {name: array for name, array in made.items() if name.startswith("synthesis")}
    assert all(torch.equal(array, parents[which][name]) for name, array in made.items())
    assert all(array.data_ptr() != parents[which][name].data_ptr() for name, array in made.items())


def test_below_the_resolution_layers_are_the_cartoons_and_above_a_blend(parents):
    photo, toon = parents
    made = swap_layers(photo, toon, TINY, Swap(at=8, blend=0.25))
    coarse, fine = "synthesis.blocks.4.second.weight", "synthesis.blocks.8.first.weight"
    assert torch.equal(made[coarse], toon[coarse])
    torch.testing.assert_close(made[fine], 0.75 * photo[fine] + 0.25 * toon[fine])


def test_twins_stay_themselves_wherever_they_are_swapped(parents):
    made = swap_layers(parents[0], parents[0], TINY, Swap(at=8, blend=0.3))
    for name, array in made.items():
        torch.testing.assert_close(array, parents[0][name])


def test_what_cannot_be_swapped_is_refused(parents):
    other = Generator(GanShape(channels=(4, 3, 3), latent=5, style=6, mapping=1)).state_dict()
    with pytest.raises(ValueError, match=r"differ in synthesis\.blocks\.16"):
        swap_layers(parents[0], other, TINY)
    with pytest.raises(ValueError, match="swap at is 64, expected at most 32"):
        swap_layers(*parents, TINY, Swap(at=64))
    with pytest.raises(ValueError, match="swap at is 12, expected a power of two"):
        Swap(at=12)
    with pytest.raises(ValueError, match=r"blend is 1\.5"):
        Swap(blend=1.5)
