"""The coarse losses are the paper's formulas, vanish at the truth, and forgive what alignment takes away."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from toonface.nets.coarse_losses import (
    COARSE_WEIGHTS,
    Fit,
    align,
    coefficient_terms,
    landmark_distance,
    mean_distance,
    paper_terms,
    photometric,
    regularisation,
    surface_terms,
)
from toonface.nets.coarse_net import COEFFICIENTS, split_coefficients
from toonface.nets.differentiable_renderer import Scene, render
from toonface.nets.mesh_topology import topology_of
from toonface.nets.shading import rotations_about

SQUARE = np.array([[0, 1, 2], [0, 2, 3]])
CORNERS = torch.tensor([[-1.0, -1.0, 0.0], [1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, 1.0, 0.0]])
SIDE = 32
DISTANCES = ("identity_mm", "expression_mm", "weights", "albedo", "light", "rotation", "placed_px")


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


def fit_of(numbers, random):
    """Heads of four vertices: a square that faces the viewer; the other fields are random."""
    batch = len(numbers)
    return Fit(
        coefficients=split_coefficients(numbers),
        face=torch.randn(batch, 7, 3, generator=random),
        neutral=torch.randn(batch, 10, 3, generator=random),
        surface_px=torch.randn(batch, 5, 2, generator=random),
        landmarks_px=torch.randn(batch, 68, 2, generator=random),
        skin=CORNERS.expand(batch, -1, -1),
        albedo=torch.rand(batch, 4, 3, generator=random),
    )


@pytest.fixture
def fit(random):
    numbers = 0.1 * torch.randn(3, COEFFICIENTS, generator=random)
    numbers[:, -1] = 2.0  # e² pixels per metre
    return fit_of(numbers, random)


def test_alignment_recovers_points_that_were_turned_scaled_and_shifted(random):
    points = torch.randn(4, 20, 3, generator=random)
    turns = rotations_about(torch.randn(4, 3, generator=random))
    scale = torch.rand(4, 1, 1, generator=random) + 0.5
    moved = scale * points @ turns.mT + torch.randn(4, 1, 3, generator=random)
    torch.testing.assert_close(align(moved, points), points, atol=1e-5, rtol=1e-5)


def test_alignment_never_mirrors(random):
    points = torch.randn(2, 20, 3, generator=random)
    mirrored = points * torch.tensor([-1.0, 1.0, 1.0])
    assert mean_distance(align(mirrored, points), points).min() > 0.3


def test_no_similarity_near_the_alignment_is_better(random):
    points, target = torch.randn(1, 30, 3, generator=random), torch.randn(1, 30, 3, generator=random)
    aligned = align(points, target)
    least = (aligned - target).square().sum()
    for _ in range(20):
        turn = rotations_about(0.05 * torch.randn(1, 3, generator=random))
        factor = 1.0 + 0.05 * torch.randn(1, generator=random)
        other = factor * aligned @ turn.mT + 0.05 * torch.randn(3, generator=random)
        assert (other - target).square().sum() >= least


def test_regularisation_is_equation_6(fit):
    numbers = fit.coefficients
    expected = [
        1.2 * float(numbers.identity[b] @ numbers.identity[b])
        + 1.0 * float(numbers.expression[b] @ numbers.expression[b])
        + 1.2e-3 * float(numbers.texture[b] @ numbers.texture[b])
        for b in range(3)
    ]
    torch.testing.assert_close(regularisation(numbers), torch.tensor(expected))


def test_landmark_distance_is_equation_4_over_the_given_points(fit):
    target = fit.landmarks_px + torch.tensor([3.0, 4.0])
    given = torch.ones(3, 68)
    given[1, :60] = 0.0
    given[2] = 0.0
    torch.testing.assert_close(landmark_distance(fit, target, given), torch.tensor([25.0, 25.0, 0.0]))


def test_only_heads_of_unknown_truth_are_held_near_the_mean(fit):
    unknown = torch.tensor([0.0, 1.0, 0.0])
    terms = paper_terms(fit, fit.landmarks_px, torch.ones(3, 68), unknown)
    expected = 3e-4 * regularisation(fit.coefficients)[1] / 3.0
    torch.testing.assert_close(terms["regularisation"], expected)
    assert terms["landmarks"] == 0.0


def test_truth_has_no_difference_from_itself(fit):
    assert sum(float(term) for term in surface_terms(fit, fit, torch.ones(3)).values()) < 1e-4


def test_alignment_forgives_size_and_the_unaligned_term_does_not(fit):
    larger = replace(fit, face=1.1 * fit.face, neutral=1.1 * fit.neutral)
    terms = surface_terms(larger, fit, torch.ones(3))
    assert terms["aligned"] < 1e-2
    assert terms["unaligned"] > 1.0


def test_unknown_truth_and_changed_colours_teach_nothing_of_them(fit, random):
    other = fit_of(torch.randn(3, COEFFICIENTS, generator=random), random)
    assert all(float(term) == 0.0 for term in surface_terms(fit, other, torch.zeros(3)).values())
    apart = {name: torch.rand(3, generator=random) + 0.1 for name in DISTANCES}
    none = coefficient_terms(apart, torch.zeros(3), torch.ones(3))
    assert all(float(term) == 0.0 for term in none.values())
    changed = coefficient_terms(apart, torch.ones(3), torch.zeros(3))
    assert {name for name, term in changed.items() if float(term) == 0.0} == {"albedo", "light"}


def test_terms_are_weighted_means_over_the_known(fit, random):
    other = fit_of(torch.randn(3, COEFFICIENTS, generator=random), random)
    first = torch.tensor([1.0, 0.0, 0.0])
    expected = COARSE_WEIGHTS.surface * mean_distance(fit.surface_px, other.surface_px)[0]
    torch.testing.assert_close(surface_terms(fit, other, first)["surface"], expected)
    apart = {name: torch.rand(3, generator=random) for name in DISTANCES}
    for name, term in coefficient_terms(apart, first, torch.ones(3)).items():
        torch.testing.assert_close(term, getattr(COARSE_WEIGHTS, name) * apart[name][0])


def test_photometric_vanishes_on_its_own_rendering_at_half_the_size(fit):
    topology, light = topology_of(SQUARE), fit.coefficients.light
    shrunk = fit.coefficients.pose - torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, np.log(2.0)], dtype=torch.float32)
    scene = Scene(vertices=fit.skin, albedo=fit.albedo, sh=light, pose=shrunk)
    picture = render(scene, topology, height=SIDE // 2, width=SIDE // 2).picture
    mask = torch.ones(3, 1, SIDE // 2, SIDE // 2)
    assert photometric(fit, picture, mask, topology, side_px=SIDE) < 1e-5
    assert photometric(fit, picture + 0.1, mask, topology, side_px=SIDE) > 0.1


def test_photometric_reaches_pose_and_light(random):
    numbers = torch.zeros(1, COEFFICIENTS)
    numbers[:, 224], numbers[:, 233:235], numbers[:, -1] = 3.0, 0.3, 2.0
    numbers.requires_grad_()
    found = replace(fit_of(numbers.detach(), random), coefficients=split_coefficients(numbers))
    picture = torch.rand(1, 3, SIDE, SIDE, generator=random)
    photometric(found, picture, torch.ones(1, 1, SIDE, SIDE), topology_of(SQUARE), side_px=SIDE).backward()
    assert (numbers.grad[0, 233:] != 0.0).all()
    assert numbers.grad[0, 224] != 0.0
    assert (numbers.grad[0, :224] == 0.0).all()
