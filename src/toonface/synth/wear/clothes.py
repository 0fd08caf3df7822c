"""Clothes over a torso that continues the head's own neck."""

import numpy as np
from jaxtyping import Float

from toonface.synth.wear.cloth_spec import GARMENTS as GARMENTS
from toonface.synth.wear.cloth_spec import ClothSpec as ClothSpec
from toonface.synth.wear.cloth_spec import sample_clothes as sample_clothes
from toonface.synth.wear.garments import cloth
from toonface.synth.wear.tailor import TAILORS
from toonface.synth.wear.torso import LAST, SEAM, TorsoTables, torso_rings, torso_skin
from toonface.worn.surface import RGB, Sitter, Surface


def clothes_surfaces(
    sitter: Sitter, tables: TorsoTables, spec: ClothSpec, skin_colour: RGB | Float[np.ndarray, "V 3"]
) -> list[Surface]:
    """Build neck base, shoulders and clothes of a head.

    Args:
        sitter: the head.
        tables: from `torso_tables`.
        spec: what it wears.
        skin_colour: sRGB of the neck, or the albedo of all skin vertices, so that no seam shows.
    """
    rings = torso_rings(sitter, tables, spec.build)
    if spec.garment == "bare":
        return [torso_skin(sitter, tables, rings, skin_colour, float(LAST))]
    pieces, lowest = TAILORS[spec.garment](rings, spec)
    until = float(np.clip(lowest + 0.7, SEAM + 1.0, LAST))
    return [torso_skin(sitter, tables, rings, skin_colour, until), cloth(pieces)]
