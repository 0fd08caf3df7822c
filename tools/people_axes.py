"""Make `synth/people/people_axes.py`: MakeHuman's artists' targets as directions of the shipped identity space.

Run it as `python -m tools.people_axes` in an environment with the package installed, after every `make model`. An axis
is the difference of two heads, which are made of targets as the heads were from which the space was learned.
"""

import argparse
import hashlib
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from tools.face_model.assemble import find_topology
from tools.face_model.cage import cut_head
from tools.face_model.eye_fit import EyeFitter
from tools.face_model.identity import Layout, TargetPoints
from tools.face_model.lips import lip_closing
from tools.face_model.sources import MakeHuman, fetch
from tools.face_model.variety import ETHNICITIES, EYE_GROWTH, GENDERS, SPREAD, Detail, details
from toonface.io.face_model_file import FILE_NAME, load_face_model, model_folder
from toonface.morphable.face_model import FaceModel, Points
from toonface.morphable.names import IDENTITY_COUNT

FEATURES = {
    "full": "head/head-fat-incr",
    "wide": "head/head-scale-horiz-incr",
    "tall": "head/head-scale-vert-incr",
    "round": "head/head-round",
    "square": "head/head-square",
    "tapered": "head/head-invertedtriangular",
    "occiput": "head/head-back-scale-depth-incr",
    "forehead": "forehead/forehead-scale-vert-incr",
    "brow_ridge": "eyebrows/eyebrows-trans-forward",
    "large_eyes": EYE_GROWTH,
    "eye_size": "eyes/eye-scale-incr",
    "eye_spacing": "eyes/eye-trans-out",
    "eye_slant": "eyes/eye-corner2-up",
    "eye_height": "eyes/eye-height2-incr",
    "nose_depth": "nose/nose-scale-depth-incr",
    "nose_width": "nose/nose-scale-horiz-incr",
    "nose_length": "nose/nose-scale-vert-incr",
    "nose_hump": "nose/nose-curve-convex",
    "nose_upturned": "nose/nose-base-up",
    "mouth_width": "mouth/mouth-scale-horiz-incr",
    "lips": "mouth/mouth-scale-vert-incr",
    "mouth_height": "mouth/mouth-trans-up",
    "chin_length": "chin/chin-height-incr",
    "chin_prominence": "chin/chin-prominent-incr",
    "chin_width": "chin/chin-width-incr",
    "cheekbones": "cheek/cheek-bones-incr",
    "cheeks": "cheek/cheek-volume-incr",
    "ear_size": "ears/ear-scale-incr",
    "ear_wings": "ears/ear-wing-incr",
    "neck_width": "neck/neck-scale-horiz-incr",
    "double_chin": "neck/neck-double-incr",
}
"""Axis → the target that it is the whole of, without its side (`variety.Detail.name`)."""

AXES_UNIT = 0.05
"""Standard deviations of one unit of the table."""
LOPSIDED = 0.05
"""Largest share in the components of left against right that an axis may have, of its largest component and in
standard deviations: targets are symmetric but for the last digits of the mesh."""
LINE = 119
IDENTITY_ARRAYS = ("mean", "sigma", "identity", "identity.scale")
"""Arrays of the model's file on which the table depends."""

Mixture = dict[str, float]
"""Target → coefficient."""
Axes = dict[str, Float[np.ndarray, "80"]]

MODULE = '''"""Directions of the identity space in which people differ: a table.

Written by `python -m tools.people_axes`, which names the target behind each axis. To be written again whenever the face
model is rebuilt: it belongs to the model whose `identity_fingerprint` is {fingerprint}.
"""

ANTISYMMETRIC = {antisymmetric}
"""Components of left against right; the axes below have no share in them."""
AXES_UNIT = {unit}
AXES = """
{table}
"""
"""MakeHuman's artists' targets (CC0; see `tools/face_model/variety.py`) in our identity space: α_id of the whole target
in twentieths of a standard deviation, by symmetric components. `adult` leads from the mean head to the average young
adult, `african` and `asian` from the average adult of European origin to that of theirs; `eye_slant` lifts the inner
corners of the eyes."""
'''


class HeadMaker:
    """Make neutral heads from mixtures of targets, of the same size and in the same place as those of the model."""

    def __init__(self, source: MakeHuman) -> None:
        cage = cut_head(source)
        self._skin = Layout.of(cage).skin
        topology = find_topology(source, cage, Layout.of(cage))
        self._closing = lip_closing(topology.loops["mouth"], topology.subdivision.matrix)
        self._points = TargetPoints(source, cage)
        self._fit_eyes = EyeFitter(cage, self._points.reference)

    def __call__(self, mixture: Mixture) -> Points:
        """Return the points of one head, metres.

        Args:
            mixture: of MakeHuman's targets; 1 is the whole target.
        """
        points = self._points
        head = points.base + sum(share * points.target(name) for name, share in mixture.items())
        head = points.placed(head[None])[0]
        head[self._skin] = self._closing @ head[self._skin]
        return self._fit_eyes(head[None])[0]


def body(age: str = "young", genders: Sequence[str] = GENDERS, ethnicities: Sequence[str] = ETHNICITIES) -> Mixture:
    """Mix the average of people of an age, of average build.

    Args:
        age: one of `variety.AGES`.
        genders: which are averaged, of `variety.GENDERS`.
        ethnicities: which are averaged, of `variety.ETHNICITIES`.
    """
    share = 1.0 / len(genders)
    builds = {f"macrodetails/universal-{g}-{age}-averagemuscle-averageweight": share for g in genders}
    return builds | {f"macrodetails/{e}-{g}-{age}": share / len(ethnicities) for g in genders for e in ethnicities}


def axis_offsets(make_head: Callable[[Mixture], Points], mean: Points, found: Sequence[Detail]) -> dict[str, Points]:
    """Find how far each axis moves each point, metres.

    Args:
        make_head: from a mixture to a neutral head.
        mean: the model's mean head.
        found: what the targets are called; those of `FEATURES` must be among them.
    """
    adult = make_head(body())
    female, male = (make_head(body(genders=(gender,))) for gender in ("female", "male"))
    african, asian, european = (make_head(body(ethnicities=(e,))) for e in ("african", "asian", "caucasian"))
    offsets = {
        "adult": adult - mean,
        "child": make_head(body("child")) - adult,
        "old": make_head(body("old")) - adult,
        "male": (male - female) / 2.0,
        "african": african - european,
        "asian": asian - european,
    }
    by_name = {detail.name: detail for detail in found}
    for axis, name in FEATURES.items():
        sides = [side for side in (by_name[name].left, by_name[name].right) if side]
        ends = [make_head(body() | dict.fromkeys(targets, 1.0)) for targets in zip(*sides, strict=True)]
        offsets[axis] = (ends[0] - ends[1]) / 2.0 if len(ends) > 1 else ends[0] - adult
    return offsets


def coefficients(model: FaceModel, offsets: Points) -> Float[np.ndarray, "80"]:
    """Project offsets of points on the identity components, in standard deviations.

    Args:
        model: the face model.
        offsets: of its points, metres.
    """
    return model.identity_basis.reshape(IDENTITY_COUNT, -1).astype(float) @ offsets.ravel() / model.sigma**2


def antisymmetric_components(model: FaceModel) -> tuple[int, ...]:
    """List the components whose mirror image is their opposite.

    Args:
        model: the face model.
    """
    skin = model.identity_basis[:, : model.skin.count].astype(float)
    alike = np.einsum("kpc,kpc->k", skin, skin[:, model.skin.mirror] * np.array([-1.0, 1.0, 1.0]))
    return tuple(int(component) for component in np.flatnonzero(alike < 0.0))


def module_text(axes: Axes, antisymmetric: Sequence[int], fingerprint: str) -> str:
    """Write the axes as the source of the module that holds them.

    Args:
        axes: α_id of the whole axis, by name.
        antisymmetric: components that are left out.
        fingerprint: of the model's identity.

    Raises:
        ValueError: an axis is not symmetric.
    """
    lines = []
    for name, axis in axes.items():
        lopsided = float(abs(axis[list(antisymmetric)]).max(initial=0.0))
        if lopsided > LOPSIDED * (1.0 + abs(axis).max()):
            raise ValueError(f"axis {name} moves left against right by {lopsided:.2f} σ, expected a symmetric one")
        units = np.rint(np.delete(axis, antisymmetric) / AXES_UNIT).astype(int)
        lines += textwrap.wrap(" ".join([name, *map(str, units)]), LINE)
    return MODULE.format(
        fingerprint=fingerprint, antisymmetric=tuple(antisymmetric), unit=AXES_UNIT, table="\n".join(lines)
    )


def identity_fingerprint(folder: Path) -> str:
    """Digest the identity space of a model's file; another one asks for another table.

    Args:
        folder: of the model.
    """
    digest = hashlib.sha256()
    with np.load(folder / FILE_NAME, allow_pickle=False) as arrays:
        for name in IDENTITY_ARRAYS:
            digest.update(arrays[name].tobytes())
    return digest.hexdigest()[:16]


def main() -> int:
    """Parse the command line and write the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    default_out = Path(__file__).parents[1] / "src" / "toonface" / "synth" / "people" / "people_axes.py"
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "toonface" / "sources")
    parser.add_argument("--out", type=Path, default=default_out)
    arguments = parser.parse_args()
    source, model = MakeHuman(*fetch(arguments.cache)), load_face_model()
    names = [name for folder in SPREAD for name in source.target_names(folder)]
    found = details(names + [EYE_GROWTH.replace("/", side) for side in ("/l-", "/r-")])
    offsets = axis_offsets(HeadMaker(source), model.mean.astype(float), found)
    axes = {name: coefficients(model, moved) for name, moved in offsets.items()}
    text = module_text(axes, antisymmetric_components(model), identity_fingerprint(model_folder()))
    arguments.out.write_text(text, encoding="utf-8")
    print(f"{len(axes)} axes in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
