"""NVIDIA's `.pkl` of stylegan2-ada-pytorch: a pickled dict of modules, of which `G_ema` is the averaged generator.

Such a file carries the source of its classes, which Python's pickle would compile and run. Here it is text that nobody
reads. Networks that stylegan3's code trained with `--cfg=stylegan2` have the same layout.
"""

import numpy as np

from toonface.io.gan_files.inert_tensors import module_arrays
from toonface.io.gan_files.layout import Rule, renamed

PLACES = {"conv0": "first", "conv1": "second", "torgb": "colour"}
LEAVES = {
    "weight": "weight",
    "bias": "bias",
    "affine.weight": "style.weight",
    "affine.bias": "style.bias",
    "noise_const": "noise",
    "noise_strength": "noise_strength",
}
RULES: tuple[Rule, ...] = (
    (r"mapping\.w_avg", lambda: "mapping.w_mean"),
    (r"mapping\.fc(\d+)\.(weight|bias)", lambda i, leaf: f"mapping.layers.{i}.{leaf}"),
    (r"synthesis\.b4\.const", lambda: "synthesis.blocks.4.start"),
    (
        rf"synthesis\.b(\d+)\.({'|'.join(PLACES)})\.({'|'.join(LEAVES).replace('.', chr(92) + '.')})",
        lambda size, place, leaf: f"synthesis.blocks.{size}.{PLACES[place]}.{LEAVES[leaf]}",
    ),
    (r".*\.resample_filter", lambda: ""),
)


def generator_arrays(content: object) -> dict[str, np.ndarray]:
    """Return the arrays of the averaged generator by our names.

    Args:
        content: of the file, as `inert_pickle` reads it.

    Raises:
        ValueError: there is no `G_ema`, or it is no StyleGAN2 with skip outputs and without classes.
    """
    if not isinstance(content, dict) or "G_ema" not in content:
        found = sorted(map(str, content)) if isinstance(content, dict) else type(content).__name__
        raise ValueError(f"it holds {found}, expected a dict with 'G_ema'")
    return renamed(dict(module_arrays(content["G_ema"])), RULES)
