"""A linear model of faces, evaluated: Eq. 1 and 2 of the paper. numpy only."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from toonface.types import Faces, Vertices, check_indices


@dataclass(frozen=True, kw_only=True)
class MorphableModel:
    """Shapes and albedos of faces that share their triangles, as a mean plus a weighted sum of columns.

    Raises:
        ValueError: the shapes disagree, an index is out of range, a value is not finite, a mean colour is not in
            [0, 1], or the expressions' names are not one per column and all different.
    """

    name: str
    """What the model is called, as in "BFM 2017"."""
    faces: Faces
    mean: Vertices
    """The mean neutral face, metres, +Y up, looking along +Z."""
    identity_basis: Float[np.ndarray, "V 3 I"]
    """Metres per coefficient. Columns are multiplied by their standard deviations: coefficients count those."""
    expression_basis: Float[np.ndarray, "V 3 E"]
    """Metres per coefficient: one full blendshape, or one standard deviation where the model's axes have no names."""
    expression_names: tuple[str, ...]
    """One name per column of `expression_basis`."""
    albedo_mean: Float[np.ndarray, "V 3"]
    """sRGB in [0, 1]."""
    albedo_basis: Float[np.ndarray, "V 3 T"]
    """sRGB per standard deviation. No columns where the model has no colours."""

    def __post_init__(self) -> None:
        count = len(self.mean)
        for name in ("mean", "identity_basis", "expression_basis", "albedo_mean", "albedo_basis"):
            _check_array(name, getattr(self, name), count)
        if self.faces.ndim != 2 or self.faces.shape[1] != 3:
            raise ValueError(f"faces has shape {self.faces.shape}, expected (F, 3)")
        check_indices("faces", self.faces, count)
        _check_names(self.expression_names, self.expression_basis.shape[2])
        if self.albedo_mean.size and not 0.0 <= self.albedo_mean.min() <= self.albedo_mean.max() <= 1.0:
            raise ValueError(
                f"albedo_mean has values in [{self.albedo_mean.min():g}, {self.albedo_mean.max():g}], expected [0, 1]"
            )

    def shape(self, identity: Float[np.ndarray, " I"], expression: Float[np.ndarray, " E"]) -> Vertices:
        """Compute the vertices of one face: S = S̄ + A_id α_id + A_exp α_exp (Eq. 1).

        Args:
            identity: one coefficient per column of `identity_basis`, in standard deviations; zero is the mean face.
            expression: one coefficient per column of `expression_basis`; zero is the neutral face.
        """
        moved_by_identity = _weighted_sum("identity", self.identity_basis, identity)
        moved_by_expression = _weighted_sum("expression", self.expression_basis, expression)
        return self.mean + moved_by_identity + moved_by_expression

    def albedo(self, texture: Float[np.ndarray, " T"]) -> Float[np.ndarray, "V 3"]:
        """Compute the colours of one face: T = T̄ + A_tex α_tex (Eq. 2).

        Args:
            texture: one coefficient per column of `albedo_basis`, in standard deviations; zero is the mean.

        Returns:
            sRGB. Large coefficients leave [0, 1]: it stays linear for fitting, clip it to show it.
        """
        return self.albedo_mean + _weighted_sum("texture", self.albedo_basis, texture)


def _weighted_sum(
    name: str, basis: Float[np.ndarray, "V 3 K"], coefficients: Float[np.ndarray, "..."]
) -> Float[np.ndarray, "V 3"]:
    if coefficients.shape != basis.shape[2:]:
        raise ValueError(
            f"{name} has shape {coefficients.shape}, expected one coefficient per column, {basis.shape[2:]}"
        )
    # In the basis' own precision: a wider coefficient would make numpy copy the whole basis at every call.
    precision = np.result_type(basis.dtype, np.float32)
    return np.tensordot(basis, coefficients.astype(precision), axes=1)


def _check_array(name: str, array: Float[np.ndarray, "..."], count: int) -> None:
    is_basis = name.endswith("basis")
    expected = f"({count}, 3, columns)" if is_basis else f"({count}, 3)"
    if array.ndim != (3 if is_basis else 2) or array.shape[:2] != (count, 3):
        raise ValueError(f"{name} has shape {array.shape}, expected {expected}")
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} has {np.count_nonzero(~np.isfinite(array))} values that are not finite, expected none"
        )


def _check_names(names: tuple[str, ...], columns: int) -> None:
    if len(names) != columns:
        raise ValueError(f"expression_names has {len(names)} names, expected one per column, {columns}")
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise ValueError(f"expression_names has {twice} more than once, expected different names")
