"""Build the face model that the package ships, from two public packages, byte by byte the same every time.

Run it as `python -m tools.build_face_model` in an environment with the package installed.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # sums of several threads differ in their last bits

import numpy as np

from tools.face_model.albedo import albedo_basis
from tools.face_model.assemble import assemble, find_topology, make_clay, mean_adult, symmetric_mean
from tools.face_model.atlas import head_atlas
from tools.face_model.cage import cut_head
from tools.face_model.eyeball import eyeball_mesh
from tools.face_model.identity import Heads, Layout, draw_heads, identity_pca
from tools.face_model.lashes import lash_picture
from tools.face_model.lips import lip_closing
from tools.face_model.parts import build_parts
from tools.face_model.sources import MakeHuman, fetch
from tools.face_model.textures import encode_webp, write_textures
from toonface.io.face_model_file import save_face_model

HEADS = 20_000
SEED = 20
CHECKSUMS = "checksums.json"


def build(cache: Path, out: Path, heads: int) -> None:
    """Build the model into a folder.

    Args:
        cache: where the two packages are kept.
        out: folder of the model.
        heads: how many random heads the identity space is learned from.
    """
    source = MakeHuman(*fetch(cache))
    cage = cut_head(source)
    layout = Layout.of(cage)
    topology = find_topology(source, cage, layout)
    closing = lip_closing(topology.loops["mouth"], topology.subdivision.matrix)

    def close_lips(batch: Heads) -> Heads:
        closed = batch.copy()
        for head in closed:
            head[layout.skin] = closing @ head[layout.skin]
        return closed

    print(f"drawing {heads} heads", flush=True)
    drawn = draw_heads(source, cage, np.random.default_rng(SEED), heads, close_lips)
    identity = identity_pca(drawn)
    print(f"80 components keep {identity.kept:.4%} of the variance", flush=True)
    mean = symmetric_mean(identity, topology.mirror, layout)
    clay = make_clay(source, cage, layout, topology, mean)
    records = build_parts(source, cage, mean_adult(source), mean)
    print("sampling skins", flush=True)
    albedo = albedo_basis(source, cage, mean[layout.skin], np.random.default_rng(SEED))
    atlas = head_atlas(cage)
    model = assemble(clay, cage, topology, identity, albedo, (atlas, eyeball_mesh(), records))
    save_face_model(out, model, (atlas.uv, atlas.uv_quads))
    textures = write_textures(source, cage)
    textures["lashes.webp"] = encode_webp(lash_picture(np.random.default_rng(SEED)))
    for name, content in sorted(textures.items()):
        (out / name).write_bytes(content)
    _write_facts(out, {"identity_variance_kept": round(float(identity.kept), 6), "heads": heads, "seed": SEED})


def _write_facts(out: Path, facts: dict) -> None:
    sums = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.iterdir()) if p.name != CHECKSUMS}
    (out / CHECKSUMS).write_text(json.dumps({**facts, "sha256": sums}, indent=1) + "\n")
    total = sum(p.stat().st_size for p in out.iterdir())
    print(f"{len(sums)} files, {total / 1e6:.1f} MB in {out}", flush=True)


def main() -> int:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    default_out = Path(__file__).parents[1] / "src" / "toonface" / "data" / "face_model"
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "toonface" / "sources")
    parser.add_argument("--out", type=Path, default=default_out)
    parser.add_argument("--heads", type=int, default=HEADS, help="random heads behind the identity space")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    build(arguments.cache, arguments.out, arguments.heads)
    return 0


if __name__ == "__main__":
    sys.exit(main())
