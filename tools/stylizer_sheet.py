"""Draw rendered portraits in every style, for docs/stylization.md: `python -m tools.stylizer_sheet [--out FILE]`.

Renders stand for photographs here, because no photograph of a person is part of the project. What the stylizer makes of
real portraits is drawn by `toonface evaluate --suite stylizer --data DIR --sheets DIR`. With `--gan FILE.onnx` of
`tools.export_gan` its cartoon stands beside them.
"""

import argparse
from pathlib import Path

from toonface.io.face_model_file import load_face_model
from toonface.io.gan_network import load_exported
from toonface.io.images import load_textures, write_picture
from toonface.io.networks import load_network
from toonface.io.sheets import contact_sheet
from toonface.pipeline import find_face, parse_found
from toonface.stages.stylization.field import STYLES
from toonface.stages.stylization.gan import draw_by_gan
from toonface.stages.stylization.stylize import StylizeOptions, stylize
from toonface.synth.held_out import HELD_OUT_SEED
from toonface.synth.render import Renderer

NUMBERS = (0, 3, 5, 20)
"""Scenes of the test set: glasses, hair, skin and ages of several kinds."""
SIZE = 300


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures/stylized.jpg"))
    parser.add_argument("--gan", type=Path)
    asked = parser.parse_args()
    gan = None if asked.gan is None else load_exported(asked.gan)
    renderer = Renderer(load_face_model(), load_textures())
    networks = {name: load_network(name) for name in ("detector", "landmarks", "parser", "stylizer")}
    cells = []
    for number in NUMBERS:
        picture = renderer.sample(HELD_OUT_SEED, number, ("photo",), SIZE)["photo"].picture
        found = find_face(networks, picture).landmarks
        regions = parse_found(networks["parser"], picture, found)
        cells.append(("portrait", picture))
        for style in STYLES:
            cartoon = stylize(networks["stylizer"], picture, found, regions, StylizeOptions(style=style))
            cells.append((style, cartoon.picture))
        if gan is not None:
            cells.append(("gan", draw_by_gan(gan, gan.size, picture, found, regions).picture))
    write_picture(asked.out, contact_sheet(cells, len(cells) // len(NUMBERS)), quality=88)


if __name__ == "__main__":
    main()
