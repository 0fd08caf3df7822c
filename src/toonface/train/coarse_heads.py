"""From coefficients to what the losses of the coarse network compare: skin, landmarks, colours."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from toonface.morphable.face_model import FaceModel
from toonface.morphable.regions import SkinRegion
from toonface.morphable.torch_model import TorchFaceModel, project, rotations_about
from toonface.nets.coarse_losses import MM, Fit
from toonface.nets.coarse_net import split_coefficients
from toonface.nets.coefficient_metric import CoefficientMetric
from toonface.nets.mesh_topology import topology_of
from toonface.stages.coarse import SIZE

SURFACE_STEP = 3
"""Every third vertex of the moving skin is compared."""


class Heads(nn.Module):
    """Turns coefficients into what the losses compare.

    Args:
        model: the face model.
    """

    outer: Tensor
    face: Tensor
    albedo_mean: Tensor
    albedo_basis: Tensor

    def __init__(self, model: FaceModel) -> None:
        super().__init__()
        self.model, self.count = TorchFaceModel(model), model.skin.count
        region = model.skin.region
        buffers = {"outer": torch.from_numpy(np.flatnonzero(region <= SkinRegion.NECK))}
        buffers["face"] = torch.from_numpy(np.flatnonzero(region == SkinRegion.FACE))
        buffers["albedo_mean"] = self.model.albedo_mean[: self.count].clone()  # LOD0 begins with the cage
        buffers["albedo_basis"] = self.model.albedo_basis[:, : self.count].clone()
        for name, buffer in buffers.items():
            self.register_buffer(name, buffer, persistent=False)
        self.topology = topology_of(model.skin.faces[1])
        front = np.flatnonzero(region == SkinRegion.FACE)
        self.metric = CoefficientMetric(
            MM * torch.from_numpy(model.identity_basis[:, front]).float(),
            MM * torch.from_numpy(model.expression_basis[:, front]).float(),
            buffers["albedo_basis"],
        )

    def forward(self, numbers: Float[Tensor, "B 239"]) -> Fit:
        """Evaluate heads.

        Args:
            numbers: coefficients.
        """
        found = split_coefficients(numbers)
        # Only what the head shows is clamped: beyond, lids would turn inside out. The weights themselves are compared.
        head = self.model.evaluate(found.identity, found.expression.clamp(0.0, 1.0))
        points = self.model.landmarks(self.model.skin_vertices(head), rotations_about(found.pose[:, :3]))
        surface = head.points[:, self.outer[::SURFACE_STEP]]
        placed = project(found.pose, torch.cat([points, surface], dim=1), width=SIZE, height=SIZE)[..., :2]
        albedo = self.albedo_mean + torch.tensordot(found.texture, self.albedo_basis, dims=1)
        return Fit(
            coefficients=found,
            face=head.neutral[:, self.face],
            neutral=head.neutral[:, self.outer],
            surface_px=placed[:, points.shape[1] :],
            landmarks_px=placed[:, : points.shape[1]],
            skin=head.points[:, : self.count],
            albedo=albedo.clamp(0.0, 1.0),
        )
