"""Shadows that a picture has on skin: on one side of a face, and where it turns away; neither may stay on the skin."""

import numpy as np
from jaxtyping import Bool, Float

from toonface.geometry.smoothstep import smoothstep
from toonface.stages.texture.skin_baker import SkinBaker

ROUNDS = 12
"""Of averaging over neighbours: moles, creases and hairs that one side alone has are no shadow."""
DARKER, SHADOW = 1.15, 1.5
"""How many times as bright skin elsewhere is where a shadow begins, and where nothing of it is used."""
RIM = 0.3
"""Where so much of what is around lies in shadow, so does the vertex: shadows end softly, and bleed at their rim."""
AWAY, TOWARDS = 0.55, 0.85
"""Cosine between normal and view below which skin turns away, and from which it does not."""
BLACK = 4.0
"""Steps of 255 added before brightness is compared: ratios of black mean nothing."""
SEEN = 0.05
"""A vertex near which less than this is seen has no brightness."""
LEAST_BARE = 20
"""Vertices of bare skin from which its usual brightness is taken."""
PerVertex = Float[np.ndarray, " V"]


def shadows(
    baker: SkinBaker,
    seen: Float[np.ndarray, "V 3"],
    *,
    own: PerVertex,
    plain: Bool[np.ndarray, " V"],
    towards: PerVertex,
) -> PerVertex:
    """Return how much each vertex lies in shadow, in [0, 1].

    It does where its mirror image is seen, and is brighter: hair, hats and lamps cast such shadows. And it does where
    bare skin beside the eyes turns away and is darker than the face's: all heads darken there, whatever the light.
    Cheeks below may be dark with a beard that the parser does not see.

    Args:
        baker: of the model.
        seen: colour of each vertex in the picture, sRGB in [0, 255].
        own: how well it is seen, in [0, 1].
        plain: whether its pixel is bare skin: no brow, lip or beard.
        towards: cosine between its normal and the view.
    """

    def blurred(values: PerVertex) -> PerVertex:
        for _ in range(ROUNDS):
            values = 0.5 * (values + (baker.neighbours @ values) / baker.degree)
        return values

    linear = ((seen + BLACK) / (255.0 + BLACK)) ** 2.2
    weight = blurred(own)
    level = blurred(own * np.log(linear.mean(axis=1))) / np.maximum(weight, SEEN)
    felt = weight > SEEN
    one_sided = _darker(level[baker.mirror] - level) * felt * felt[baker.mirror] * own[baker.mirror]
    bare = plain & (own > 0.5) & (baker.face > 0.5)
    usual = np.median(level[bare]) if np.count_nonzero(bare) >= LEAST_BARE else -np.inf
    turned = _darker(usual - level) * felt * plain * baker.upper * smoothstep(TOWARDS, AWAY, towards)
    share = np.maximum(one_sided, turned) * baker.outer
    return np.maximum(share, smoothstep(0.0, RIM, blurred(share)) * baker.outer)


def _darker(difference: PerVertex) -> PerVertex:
    return smoothstep(np.log(DARKER), np.log(SHADOW), difference)
