"""Laws of the parser: sizes, sub-pixels that stay in place, a loss that is least at the truth and blind where told."""

import numpy as np
import pytest
import torch

from toonface.nets.parser_net import IGNORED, SMALL_REGIONS, ParserNet, Widths, parser_net_loss
from toonface.train import augment
from toonface.types import FaceRegion

NARROW = Widths(detail=(4, 8), stem=4, semantic=(8, 8), layers=(1, 1), head=8)
EVEN = torch.ones(19)
SIZE = 32
WEIGHTS = {"dice_weight": 1.0, "auxiliary_weight": 0.3}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.fixture
def regions():
    """Blocks of 2 x 2 px of one region each, so that half the size can show them exactly."""
    coarse = np.random.default_rng(0).integers(0, 19, (2, SIZE // 2, SIZE // 2)).astype(np.uint8)
    return torch.from_numpy(coarse.repeat(2, axis=1).repeat(2, axis=2))


def sure_of(regions, confidence=20.0):
    """Logits of half the size that say just that."""
    return confidence * torch.nn.functional.one_hot(regions[:, ::2, ::2].long(), 19).permute(0, 3, 1, 2).float()


def loss_of(logits, regions, weights=EVEN):
    return parser_net_loss([logits], regions, weights, **WEIGHTS)[0]


@pytest.mark.parametrize("height, width", [(32, 32), (48, 80)])
def test_logits_have_half_the_picture_s_size_and_auxiliary_ones_an_eighth_and_a_sixteenth(height, width):
    fine, middle, deep = ParserNet(NARROW).with_auxiliary(torch.rand(2, 3, height, width))
    assert fine.shape == (2, 19, height // 2, width // 2)
    assert middle.shape == (2, 19, height // 8, width // 8)
    assert deep.shape == (2, 19, height // 16, width // 16)


def test_a_picture_s_logits_do_not_depend_on_its_batch():
    net, pictures = ParserNet(NARROW).eval(), torch.rand(3, 3, SIZE, SIZE)
    torch.testing.assert_close(net(pictures)[1:2], net(pictures[1:2]), atol=1e-5, rtol=1e-4)


def test_the_auxiliary_heads_change_nothing_but_their_own_output():
    net, picture = ParserNet(NARROW).eval(), torch.rand(1, 3, SIZE, SIZE)
    torch.testing.assert_close(net(picture), net.with_auxiliary(picture)[0])


def test_a_change_of_the_picture_far_away_is_seen_through_the_context():
    net, picture = ParserNet(NARROW).eval(), torch.rand(1, 3, 160, 160)
    changed = picture.clone()
    changed[..., -16:, -16:] = 1.0 - changed[..., -16:, -16:]
    assert (net(picture) - net(changed))[..., :8, :8].abs().max() > 0.0


def test_every_weight_learns():
    net = ParserNet(NARROW).train()
    regions = torch.randint(0, 19, (2, SIZE, SIZE), dtype=torch.uint8)
    parser_net_loss(net.with_auxiliary(torch.rand(2, 3, SIZE, SIZE)), regions, EVEN, **WEIGHTS)[0].backward()
    # A weight in front of a dead rectifier has a gradient of zero, but it has one.
    assert [name for name, weight in net.named_parameters() if weight.grad is None] == []


def test_the_loss_is_zero_at_the_truth_and_grows_with_wrong_pixels(regions):
    assert loss_of(sure_of(regions), regions) < 1e-3
    losses = []
    for rows in (2, 8, 32):
        wrong = regions.clone()
        wrong[:, :rows] = (wrong[:, :rows] + 1) % 19
        losses.append(loss_of(sure_of(wrong), regions))
    assert 0.1 < losses[0] < losses[1] < losses[2]


def test_half_a_pixel_is_best_called_a_half():
    regions = torch.full((1, 2, 2), int(FaceRegion.SKIN), dtype=torch.uint8)
    regions[0, 0] = int(FaceRegion.EYE_LEFT)
    losses = []
    for share in (0.2, 0.35, 0.5, 0.65, 0.8):
        logits = torch.full((1, 19, 1, 1), -30.0)
        logits[0, FaceRegion.EYE_LEFT], logits[0, FaceRegion.SKIN] = np.log(share), np.log(1.0 - share)
        losses.append(loss_of(logits, regions))
    assert int(np.argmin(losses)) == 2


def test_sub_pixels_are_compared_with_their_own_place(regions):
    shifted = sure_of(regions).roll(1, dims=3)
    assert loss_of(shifted, regions) > 1.0
    assert loss_of(shifted, regions.roll(2, dims=2)) < 1e-3


def test_ignored_pixels_teach_nothing(regions):
    hidden = regions.clone()
    hidden[:, :16] = IGNORED
    logits = torch.randn(2, 19, SIZE // 2, SIZE // 2, requires_grad=True)
    coarse = torch.randn(2, 19, SIZE // 8, SIZE // 8, requires_grad=True)
    parser_net_loss([logits, coarse], hidden, EVEN, **WEIGHTS)[0].backward()
    for gradient in (logits.grad, coarse.grad):
        half = gradient.shape[2] // 2
        assert gradient[:, :, :half].abs().max() == 0.0
        assert gradient[:, :, half:].abs().max() > 0.0


def test_a_picture_of_nothing_known_has_a_finite_loss():
    regions = torch.full((1, SIZE, SIZE), IGNORED, dtype=torch.uint8)
    assert torch.isfinite(loss_of(torch.randn(1, 19, SIZE // 2, SIZE // 2), regions))


def test_a_region_that_weighs_more_pulls_harder(regions):
    weights = EVEN.clone()
    weights[FaceRegion.NOSE] = 5.0
    guess = sure_of(regions).masked_fill(sure_of(regions) > 0.0, 0.0)
    guess[:, FaceRegion.NOSE] -= 3.0  # wrong about noses alone
    assert loss_of(guess, regions, weights) > loss_of(guess, regions) + 0.1


def test_only_small_regions_count_in_the_overlap(regions):
    large = torch.where(torch.isin(regions, torch.tensor(SMALL_REGIONS)), int(FaceRegion.SKIN), regions).byte()
    random = torch.full((2, 19, SIZE // 2, SIZE // 2), -30.0)
    random[:, FaceRegion.HAIR] = 0.0
    assert parser_net_loss([random], large, EVEN, **WEIGHTS)[1]["overlap"] > 0.99
    assert parser_net_loss([random], regions, EVEN, **WEIGHTS)[1]["overlap"] < 0.99


def test_a_few_steps_learn_a_picture_by_heart():
    net = ParserNet(NARROW).train()
    picture, regions = torch.rand(1, 3, SIZE, SIZE), torch.zeros(1, SIZE, SIZE, dtype=torch.uint8)
    regions[:, 8:24, 8:24] = int(FaceRegion.SKIN)
    picture[:, :, 8:24, 8:24] += 1.0
    optimizer, losses = torch.optim.Adam(net.parameters(), lr=1e-2), []
    for _ in range(25):
        loss, _ = parser_net_loss(net.with_auxiliary(picture), regions, EVEN, **WEIGHTS)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.4 * losses[0]


def test_crops_and_loss_agree_on_what_is_ignored():
    assert IGNORED == augment.IGNORED


@pytest.mark.parametrize("name, value", [("stem", 6), ("layers", (0, 1)), ("head", 0)])
def test_impossible_widths_are_refused(name, value):
    with pytest.raises(ValueError, match=rf"{name} is .*, expected"):
        Widths(**{name: value})
