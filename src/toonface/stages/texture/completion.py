"""Colours of a skin of which a picture shows a part: a membrane on the mesh that knows no seams.

The membrane is stretched between what is seen. Its slopes are those of the picture where that is seen, of the mirrored
picture where only the other side is, and of the fitted albedo elsewhere: so a hidden side has the detail of the seen
one, in its own light (gradient-domain mixing: Perez et al., Poisson Image Editing, 2003, on a mesh).
"""

import numpy as np
from jaxtyping import Float
from scipy import sparse
from scipy.sparse.linalg import splu

from toonface.stages.texture.evidence import Evidence
from toonface.stages.texture.options import TextureOptions
from toonface.stages.texture.skin_baker import SkinBaker

EAR_PULL, LID_PULL = 10.0, 5.0
"""Ears lie amid hair and shadow, lids amid lashes and brows: they hold on to the face's tone more than cheeks do."""
BROW_LINK, BEARD_LINK = 0.02, 0.3
"""What is left of a link from a seen brow, or from a beard or a lip, to skin that is not seen."""
LEAST_SEEN = 20
"""Vertices of bare skin from which a tone is taken."""
Colours = Float[np.ndarray, "V 3"]
Weights = Float[np.ndarray, " V"]


def complete(
    baker: SkinBaker,
    base: Colours,
    evidence: Evidence,
    *,
    hair: Float[np.ndarray, "3"] | None,
    options: TextureOptions,
) -> Colours:
    """Colour every vertex, sRGB in [0, 255].

    Args:
        baker: of the model.
        base: the fitted albedo, sRGB in [0, 255].
        evidence: what the picture shows.
        hair: colour of the hair; None where none is seen, and then the scalp is completed as skin.
        options: how stiff the membrane is, and how much unseen skin is pulled to the face's tone.
    """
    own = evidence.own
    mirrored = own[baker.mirror] * baker.outer
    pulls = [
        (own, evidence.seen),
        (baker.mouth, base),
        *_tone_pulls(baker, base, evidence, mirrored, options),
        *(_hair_pulls(baker, evidence, hair, options) if hair is not None else []),
    ]
    weight = sum((w for w, _ in pulls), start=np.full(len(base), 1e-6))
    right = sum((w[:, None] * target for w, target in pulls), start=1e-6 * base)
    first, second = baker.links.T
    strength = options.stiffness * _link_strength(baker, evidence, scalp=hair is not None)
    slope = strength[:, None] * _slopes(baker, base, evidence, mirrored)
    for k in range(3):
        right[:, k] += np.bincount(first, slope[:, k], len(base)) - np.bincount(second, slope[:, k], len(base))
    links = sparse.coo_array((strength, (first, second)), shape=(len(base),) * 2)
    links = (links + links.T).tocsr()
    matrix = sparse.diags_array(weight + np.asarray(links.sum(axis=1))) - links
    factor = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    return np.clip(factor.solve(right), 0.0, 255.0)


def _link_strength(baker: SkinBaker, evidence: Evidence, *, scalp: bool) -> Float[np.ndarray, " E"]:
    """Links are weak at the hairline, and where brows and beards would run into skin that is not seen."""
    first, second = baker.links.T
    strength = baker.strength.copy() if scalp else np.ones(len(first))
    own = evidence.own > 0.5
    for marked, left in ((evidence.brow, BROW_LINK), (~evidence.plain & ~evidence.brow, BEARD_LINK)):
        strength[((marked & own)[first] & ~own[second]) | ((marked & own)[second] & ~own[first])] *= left
    return strength


def _slopes(baker: SkinBaker, base: Colours, evidence: Evidence, mirrored: Weights) -> Float[np.ndarray, "E 3"]:
    """How the colour should change along each link: as it is seen, else as its mirror image is, else as the albedo."""
    first, second = baker.links.T

    def along(colours: Colours) -> Float[np.ndarray, "E 3"]:
        return colours[first] - colours[second]

    own = np.minimum(evidence.own[first], evidence.own[second])[:, None]
    other = np.minimum(mirrored[first], mirrored[second])[:, None]
    hidden = other * along(evidence.seen[baker.mirror]) + (1.0 - other) * along(base)
    return own * along(evidence.seen) + (1.0 - own) * hidden


def _tone_pulls(
    baker: SkinBaker, base: Colours, evidence: Evidence, mirrored: Weights, options: TextureOptions
) -> list[tuple[Weights, Colours]]:
    """Unseen skin is drawn to its mirror image, or to the albedo in the face's own tone."""
    bare = (evidence.own > 0.5) & (baker.face > 0.5) & evidence.plain
    if np.count_nonzero(bare) < LEAST_SEEN:
        return []
    tone = base + np.median((evidence.seen - base)[bare], axis=0)
    unseen = (
        options.tone * (1.0 - evidence.own) * (baker.face + baker.neck + EAR_PULL * baker.ear + LID_PULL * baker.lid)
    )
    return [(unseen * mirrored, evidence.seen[baker.mirror]), (unseen * (1.0 - mirrored), tone)]


def _hair_pulls(
    baker: SkinBaker, evidence: Evidence, hair: Float[np.ndarray, "3"], options: TextureOptions
) -> list[tuple[Weights, Colours]]:
    """The scalp has the hair's colour where hair is seen, or on the other side; what is not seen follows the most."""
    covered = baker.scalp * evidence.hair
    bald = baker.scalp * evidence.own
    there = np.maximum(covered, covered[baker.mirror]) * (1.0 - np.maximum(bald, bald[baker.mirror]))
    pull = there + options.tone * (covered.sum() > bald.sum()) * baker.scalp * (1.0 - evidence.own)
    return [(pull, np.broadcast_to(hair, (len(pull), 3)))]
