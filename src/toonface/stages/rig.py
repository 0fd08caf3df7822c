"""Give a fitted head blendshapes of its own (section 3.3 of the paper): transfer, lids, lips, teeth, eyeballs."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import sparse

from toonface.geometry.closing import smooth_closing
from toonface.geometry.local_maps import LocalMaps
from toonface.geometry.smoothstep import smoothstep
from toonface.geometry.transfer import DeformationTransfer, deformation_gradients, map_offsets
from toonface.morphable.eyes import Eyeballs, keep_outside, settle_eyeballs
from toonface.morphable.face_model import LID_SHAPES, FaceModel, Points, subdivide, turn_lids
from toonface.morphable.fine_fit import FineFit
from toonface.morphable.fold_guard import FoldGuard
from toonface.morphable.lid_clearance import clear_sums
from toonface.morphable.lids import FIRST_RING, MARGIN_RING, LidGrid
from toonface.morphable.mouth_parts import EYE_POINTS, MouthParts, lip_contact_rows
from toonface.morphable.names import SHAPES
from toonface.morphable.rigged_head import RiggedHead

MM = 1e3
OPEN_SHARE = 0.25
"""Lids are brought together where they gape by such a share of the widest place; at the corners they meet anyway."""
LID_DAMPING = 0.15
"""Of the change that closes lids, so that neighbours at their corners do not cross; an eighth of the slit stays."""
TOLD_MM = 0.1
"""Moves of eyeballs and lids by less are not worth a note."""
JAW_OPEN, MOUTH_CLOSE = SHAPES.index("jawOpen"), SHAPES.index("mouthClose")


@dataclass(frozen=True, kw_only=True)
class RigOptions:
    """How shapes are transferred."""

    map_radius: float = 0.012
    """Of the neighbourhoods whose map from template to head carries directions over, metres."""
    fade: float = 5e-4
    """Template offsets below it, metres, are mapped rather than transferred, so that a shape ends where the template's
    does and moves nothing beyond."""
    sealed: float = 1e-4
    """Lips that the template brings this close, metres, are brought together."""
    closing_reach: float = 0.035
    """Metres from the lips within which the skin gives way when those of the neutral head are brought together."""


RIG_DEFAULTS = RigOptions()


class Rigger:
    """What does not depend on the head: the template's deformations, neighbourhoods and contacts.

    Args:
        model: the face model; its mean head and the columns of A_exp are the template.
        options: how shapes are transferred.
    """

    def __init__(self, model: FaceModel, options: RigOptions = RIG_DEFAULTS) -> None:
        self.model, self.options = model, options
        count = model.skin.count
        self.template = model.mean[:count].astype(np.float64)
        basis = model.expression_basis.astype(np.float64)
        self.mouth = MouthParts(model)
        # Lids turn about the eyeball on every head anew; only the rest of their motion is transferred.
        self.rest = basis[:, :count].copy()
        for side, grid in enumerate(model.lids):
            for number, motion in LID_SHAPES[side].items():
                self.rest[number, grid.table.ravel()] -= turn_lids(model, model.mean, side, motion).reshape(-1, 3)
        self.gradients = deformation_gradients(self.template, self.rest, model.skin.faces[1])
        self.share = smoothstep(0.0, options.fade, np.linalg.norm(self.rest, axis=2))[..., None]
        self.maps = LocalMaps(self.template, options.map_radius)
        self.contact = lip_contact_rows(model)
        self.seal = _least_change(self.contact)
        self.closing = smooth_closing(
            self.contact, self.template, faces=model.skin.faces[1], reach=options.closing_reach
        )
        skin = basis[:, :count]
        closed = np.append(skin, skin[[JAW_OPEN]] + skin[[MOUTH_CLOSE]], axis=0)
        self.rest_gap = self.contact @ self.template
        self.gaps = _across(self.contact, closed) + self.rest_gap
        """What the template leaves between the lips, by shape and contact; the last one is jawOpen with mouthClose."""
        self.sealed: Bool[np.ndarray, "65 N"] = np.linalg.norm(self.gaps, axis=2) < options.sealed
        self.lid_contact = [_lid_rows(model, grid) for grid in model.lids]
        self.lid_seal = [_least_change(rows, LID_DAMPING) for rows in self.lid_contact]
        self.guard = FoldGuard(model)


def build_rig(rigger: Rigger, fine: FineFit) -> RiggedHead:
    """Transfer all shapes to a fitted head (Eq. 14 to 16) and repair its contacts.

    Args:
        rigger: of the model that the head was fitted with.
        fine: the fitted head.

    Raises:
        ValueError: the head has another number of points than the model.
    """
    model = rigger.model
    if fine.neutral.shape != model.mean.shape:
        raise ValueError(f"the head has points {fine.neutral.shape}, expected the model's, {model.mean.shape}")
    neutral = fine.neutral.astype(np.float64).copy()
    count = model.skin.count
    apart = rigger.contact @ neutral[:count] - rigger.rest_gap
    neutral[:count] -= rigger.closing @ apart
    mouth = rigger.mouth
    neutral, pushed = mouth.hide_at_rest(neutral)
    offsets = np.zeros((len(SHAPES), *neutral.shape))
    maps = rigger.maps.of(neutral[:count])
    transfer = DeformationTransfer(neutral[:count], model.skin.faces[1], maps)
    mapped = map_offsets(maps, rigger.rest)
    offsets[:, :count] = mapped + rigger.share * (transfer.transfer(rigger.rest, rigger.gradients) - mapped)
    _add_lids(model, neutral, offsets)
    _close_lids(rigger, neutral[:count], offsets[:, :count])
    _seal_lips(rigger, offsets[:, :count])
    similarity = _similarity(maps[mouth.lips].mean(axis=0))
    offsets[:, count:-EYE_POINTS] = mouth.follow(similarity, offsets[:, :count])
    held = mouth.hide_in_shapes(neutral, offsets)
    eyes = settle_eyeballs(neutral, model.lids, np.broadcast_to(np.eye(3), (2, 3, 3)).copy())
    skin, skin_shapes, cleared = _on_skin(model, neutral, offsets, eyes)
    notes = (
        *_lip_notes(apart, rigger.options),
        *_teeth_notes(pushed, held),
        *_eye_notes(neutral, eyes, cleared),
        *_flip_notes(rigger, skin, skin_shapes),
    )
    return RiggedHead(
        fine=fine,
        neutral=neutral,
        shapes=offsets.astype(np.float32),
        skin=skin,
        skin_shapes=skin_shapes.astype(np.float32),
        eyes=eyes,
        notes=notes,
    )


def _lid_rows(model: FaceModel, grid: LidGrid) -> sparse.csr_array:
    """Rows over the cage: from what faces it to each point of the upper lid's edge, on LOD0."""
    edge = model.skin.subdivision.matrix[grid.table[MARGIN_RING - FIRST_RING]]
    across = (edge - sparse.csr_array(grid.facing) @ edge).tocsr()
    gap = np.linalg.norm(across @ model.mean[: model.skin.count], axis=1)
    return across[(grid.side > 0) & (gap > OPEN_SHARE * gap.max())]


def _least_change(rows: sparse.csr_array, damping: float = 0.0) -> Float[np.ndarray, "S N"]:
    """The smallest change of the cage that changes what the rows say by given amounts, or nearly with some damping."""
    dense = rows.toarray()
    if damping == 0.0:
        return np.linalg.pinv(dense, rcond=1e-6)
    square = dense @ dense.T
    return np.linalg.solve(square + damping * np.diag(square).mean() * np.eye(len(square)), dense).T


def _add_lids(model: FaceModel, neutral: Points, offsets: Float[np.ndarray, "64 P 3"]) -> None:
    for side, grid in enumerate(model.lids):
        for number, motion in LID_SHAPES[side].items():
            np.add.at(offsets[number], grid.table.ravel(), turn_lids(model, neutral, side, motion).reshape(-1, 3))


def _close_lids(rigger: Rigger, neutral: Float[np.ndarray, "S 3"], offsets: Float[np.ndarray, "64 S 3"]) -> None:
    """Make the lids' edges meet on LOD0 under a blink; subdivision leaves a thirtieth of the gap open otherwise."""
    for side, name in enumerate(("eyeBlinkLeft", "eyeBlinkRight")):
        shape = offsets[SHAPES.index(name)]
        shape -= rigger.lid_seal[side] @ (rigger.lid_contact[side] @ (neutral + shape))


def _seal_lips(rigger: Rigger, offsets: Float[np.ndarray, "64 S 3"]) -> None:
    """Bring the lips as close as the template's where those are closed; the neutral head's are already."""
    wrong = (_across(rigger.contact, offsets) - (rigger.gaps - rigger.rest_gap)[:-1]) * rigger.sealed[:-1, :, None]
    offsets -= _across(rigger.seal, wrong)
    both = rigger.contact @ (offsets[JAW_OPEN] + offsets[MOUTH_CLOSE]) - (rigger.gaps - rigger.rest_gap)[-1]
    offsets[MOUTH_CLOSE] -= rigger.seal @ (both * rigger.sealed[-1][:, None])


def _across(
    rows: sparse.csr_array | Float[np.ndarray, "R V"], offsets: Float[np.ndarray, "K V 3"]
) -> Float[np.ndarray, "K R 3"]:
    """Apply rows over vertices to many deformations at once."""
    flat = rows @ offsets.transpose(1, 0, 2).reshape(offsets.shape[1], -1)
    return flat.reshape(-1, len(offsets), 3).transpose(1, 0, 2)


def _similarity(matrix: Float[np.ndarray, "3 3"]) -> Float[np.ndarray, "3 3"]:
    """The nearest turn, times the mean stretch: teeth and tongue keep their shape."""
    left, stretch, right = np.linalg.svd(matrix)
    return stretch.mean() * left @ np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))]) @ right


def _on_skin(
    model: FaceModel, neutral: Points, offsets: Float[np.ndarray, "64 P 3"], eyes: Eyeballs
) -> tuple[Float[np.ndarray, "V 3"], Float[np.ndarray, "64 V 3"], float]:
    """Subdivide head and shapes; lids stay before the eyeballs, also in sums, whose largest push is told, metres."""
    count = model.skin.count
    skin = keep_outside(subdivide(model, neutral[:count]), model.lid_vertices, eyes)
    shapes = _across(model.skin.subdivision.matrix, offsets[:, :count]).copy()
    lids = np.concatenate(model.lid_vertices)
    left, right = np.split(np.arange(len(lids)), [len(model.lid_vertices[0])])
    for shape in shapes:
        if shape[lids].any():
            shape[lids] = keep_outside(skin[lids] + shape[lids], (left, right), eyes) - skin[lids]
    pushed = [
        clear_sums(model.lid_vertices[eye], side, (skin, shapes), (eyes.centres[eye], float(eyes.radii[eye])))
        for eye, side in enumerate(("Left", "Right"))
    ]
    return skin, shapes, max(pushed)


def _lip_notes(apart: Float[np.ndarray, "N 3"], options: RigOptions) -> list[str]:
    gap = float(np.linalg.norm(apart, axis=1).max())
    if gap <= options.sealed:
        return []
    return [f"lips that stood {MM * gap:.1f} mm apart or into each other were brought together"]


def _teeth_notes(pushed: float, held: float) -> list[str]:
    notes = [
        (pushed, f"teeth and tongue were moved back by {MM * pushed:.1f} mm, because teeth came through the skin"),
        (held, f"shapes that open the jaw hold the lower teeth back by up to {MM * held:.1f} mm for the same reason"),
    ]
    return [note for by, note in notes if by > 0.0]


def _eye_notes(neutral: Points, eyes: Eyeballs, cleared: float) -> list[str]:
    back = MM * float((neutral[[-4, -2], 2] - eyes.centres[:, 2]).max())
    notes = [
        (back, f"eyeballs were moved back by {back:.1f} mm, because lids touched them"),
        (
            MM * cleared,
            f"lids were pushed out by {MM * cleared:.1f} mm where gaze and blink together entered an eyeball",
        ),
    ]
    return [note for by, note in notes if by > TOLD_MM]


def _flip_notes(rigger: Rigger, skin: Float[np.ndarray, "V 3"], shapes: Float[np.ndarray, "64 V 3"]) -> list[str]:
    counts = flips_of_shapes(rigger, skin, shapes)
    return [
        f"{name} turns {number} triangles over" for name, number in zip(SHAPES, counts.tolist(), strict=True) if number
    ]


def flips_of_shapes(
    rigger: Rigger, skin: Float[np.ndarray, "V 3"], shapes: Float[np.ndarray, "64 V 3"]
) -> Int[np.ndarray, "64"]:
    """Count the visible triangles that each shape turns over at weight 1 (see `geometry.flips`).

    Args:
        rigger: of the model.
        skin: LOD0 at rest.
        shapes: on LOD0.
    """
    upright = rigger.guard.upright(skin)
    return np.array([int(rigger.guard.folded(skin + shape, upright).sum()) for shape in shapes])
