"""Laws of the encoder's training: batches hold samples with known styles, and differences become less."""

import json

import numpy as np
import torch
from tests.stylegan_files import nvidia_arrays, write_nvidia

from toonface.io.gan_files import read_generator
from toonface.io.gan_network import read_encoder
from toonface.nets.stylegan2.inversion import StyleEncoder
from toonface.train import stylegan_encoder
from toonface.train.gan_faces import Faces
from toonface.train.stylegan_encoder import Config, draw_batch, encoder_losses, main


def some_faces():
    pictures = np.random.default_rng(0).integers(0, 255, (6, 16, 16, 3)).astype(np.uint8)
    return Faces(rendered=pictures, real=np.zeros((0, 16, 16, 3), np.uint8), real_share=0.0)


def a_config(tmp_path, **changes):
    gentle = {name: (0.04 if "torgb.weight" in name else 1.0) * a for name, a in nvidia_arrays(0).items()}
    write_nvidia(tmp_path / "photo.pkl", gentle)
    return Config(generator=tmp_path / "photo.pkl", samples=tmp_path, out=tmp_path / "run", batch=8, **changes)


def test_the_first_half_of_a_batch_is_made_from_the_styles_that_come_with_it(tmp_path):
    config = a_config(tmp_path)
    generator = read_generator(config.generator)
    torch.manual_seed(0)
    pictures, known = draw_batch(config, some_faces(), generator, 0)
    assert pictures.shape == (8, 3, 16, 16)
    torch.testing.assert_close(pictures[:4], generator.synthesis(generator.spread(known)))
    assert float(pictures[4:].abs().max()) <= 1.0


def test_a_fixed_batch_is_learnt(tmp_path):
    config = a_config(tmp_path)
    generator = read_generator(config.generator)
    torch.manual_seed(0)
    encoder = StyleEncoder(generator.shape, width=4)
    optimizer = torch.optim.Adam(encoder.parameters(), lr=5e-3)
    batch, totals = draw_batch(config, some_faces(), generator, 0), []
    for _ in range(25):
        losses = encoder_losses(encoder, generator, batch)
        total = losses["picture"] + losses["style"]
        totals.append(total.item())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
    assert totals[-1] < 0.8 * totals[0]


def test_a_run_leaves_figures_and_its_encoder_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(stylegan_encoder, "read_faces", lambda *_, **__: some_faces())
    config = a_config(tmp_path, minutes=0.03, width=4, log_every=5, save_minutes=0.02)
    main(config, lambda line: None)
    lines = [json.loads(line) for line in (config.out / "log.jsonl").read_text("utf-8").splitlines()]
    assert lines[-1]["difference"] > 0.0
    assert lines[-1]["difference_of_mean"] > 0.0
    generator = read_generator(config.generator)
    encoder = read_encoder(config.out, generator)
    assert torch.equal(encoder.w_mean, generator.mapping.w_mean)
