"""Laws of training a StyleGAN2: a run that is interrupted goes on as if it were not, and two colours are learnt."""

import json

import numpy as np
import pytest
import torch

from toonface.io.gan_files import read_generator
from toonface.nets.stylegan2.augment import Adaptive
from toonface.nets.stylegan2.discriminator import Discriminator
from toonface.nets.stylegan2.generator import GanShape, Generator
from toonface.train import stylegan
from toonface.train.gan_faces import Faces
from toonface.train.gan_progress import sample_pictures
from toonface.train.gan_run import GanRun
from toonface.train.stylegan import Config, begin, main, random_styles, train_step

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def tiny(tmp_path, **changes):
    plain = {"size": 32, "base": 64, "most": 8, "style": 8, "mapping": 2, "batch": 4, "average_images": 40.0}
    return Config(**({"samples": tmp_path, "out": tmp_path / "run"} | plain | changes))


def two_colours(size=32):
    """Pictures whose upper half is red, and the lower one blue."""
    picture = np.zeros((1, size, size, 3), np.uint8)
    picture[:, : size // 2, :, 0], picture[:, size // 2 :, :, 2] = 220, 220
    return Faces(rendered=picture, real=np.zeros((0, size, size, 3), np.uint8), real_share=0.0)


def state(run):
    nets = (run.generator, run.average, run.discriminator)
    return [array.clone() for net in nets for array in net.state_dict().values()]


def test_without_noise_its_strength_stays_at_nought(tmp_path):
    for noise in (True, False):
        config = tiny(tmp_path / str(noise), noise=noise)
        run = begin(config, CPU)
        for _ in range(2):
            train_step(run, config, two_colours(), CPU)
        strengths = [weight for name, weight in run.generator.named_parameters() if name.endswith("noise_strength")]
        assert len(strengths) == 7
        assert any(float(one.detach().abs()) > 0.0 for one in strengths) == noise
        run.save(config)
        assert begin(config, CPU).step == 2


def test_an_interrupted_run_goes_on_as_if_it_were_not(tmp_path):
    faces = two_colours()
    config = tiny(tmp_path, path_every=2, steepness_every=3, augment_images=50.0)
    whole = begin(config, CPU)
    for _ in range(4):
        train_step(whole, config, faces, CPU)
    first = begin(config, CPU)
    for _ in range(2):
        train_step(first, config, faces, CPU)
    first.save(config)
    second = begin(config, CPU)
    assert (second.step, second.images) == (2, 8)
    for _ in range(2):
        train_step(second, config, faces, CPU)
    assert second.adaptive.probability == whole.adaptive.probability > 0.0
    assert second.path_mean == whole.path_mean
    assert all(torch.equal(a, b) for a, b in zip(state(whole), state(second), strict=True))


def test_two_colours_are_learnt_in_a_few_steps(tmp_path):
    faces = two_colours(8)
    torch.manual_seed(1)
    shape = GanShape(channels=(16, 16), latent=8, style=8, mapping=2)
    run = GanRun(
        folder=tmp_path,
        generator=Generator(shape),
        discriminator=Discriminator(shape.channels),
        adaptive=Adaptive(images=0.0),
        rate=5e-3,
        average_images=40.0,
    )
    config = tiny(tmp_path, gamma=0.1, path_weight=0.0, mixing=0.0, augment_images=0.0, batch=8)
    wanted = faces.rendered[0].reshape(2, 4, 8, 3).mean(axis=(1, 2))

    def distance():
        made = sample_pictures(run.average, 8).reshape(8, 2, 4, 8, 3).mean(axis=(0, 2, 3))
        return float(np.abs(made - wanted).mean())

    before = distance()
    for _ in range(60):
        train_step(run, config, faces, CPU)
    assert distance() < 0.4 * before


def test_fine_tuning_begins_with_what_the_other_run_has_learnt(tmp_path):
    config = tiny(tmp_path)
    photo = begin(config, CPU)
    train_step(photo, config, two_colours(), CPU)
    photo.save(config)
    toon = begin(tiny(tmp_path, out=tmp_path / "toon", start=tmp_path / "run", domain="toon", seed=9), CPU)
    assert (toon.step, toon.images) == (0, 0)
    assert all(torch.equal(a, b) for a, b in zip(state(photo), state(toon), strict=True))
    with pytest.raises(ValueError, match="of another network"):
        begin(tiny(tmp_path, out=tmp_path / "other", start=tmp_path / "run", most=4), CPU)


def test_a_run_leaves_checkpoint_sheet_and_figures_and_its_generator_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(stylegan, "read_faces", lambda *_, **__: two_colours())
    monkeypatch.setattr(stylegan, "load_network", lambda name: lambda picture: {})
    monkeypatch.setattr("toonface.train.gan_progress.detect_faces", lambda network, picture: ())
    monkeypatch.setattr(stylegan, "REFERENCES", 8)
    said = []
    config = tiny(tmp_path, images=8, log_every=1)
    main(config, said.append)
    lines = [json.loads(line) for line in (config.out / "log.jsonl").read_text("utf-8").splitlines()]
    assert {"critics", "makers", "augment", "path"} <= lines[0].keys()
    assert lines[-1]["found"] == 0.0
    assert "kid" in lines[-1]
    assert (config.out / "samples-00000008.png").is_file()
    assert read_generator(config.out).shape == config.shape
    assert "8 pictures: kid" in said[-1]


def test_mixed_styles_change_once_from_one_latent_to_another(tmp_path):
    generator = begin(tiny(tmp_path), CPU).generator
    torch.manual_seed(0)
    mixed, plain = random_styles(generator, 8, 1.0), random_styles(generator, 8, 0.0)
    assert mixed.shape == (8, generator.shape.layers, 8)
    changes = (mixed[:, 1:] != mixed[:, :-1]).any(dim=2).sum(dim=1)
    assert (changes == 1).all()
    assert (plain == plain[:, :1]).all()


def test_sizes_and_batches_that_make_no_sense_are_refused(tmp_path):
    with pytest.raises(ValueError, match="size is 48"):
        tiny(tmp_path, size=48)
    with pytest.raises(ValueError, match="batch is 6, expected a multiple of 4"):
        tiny(tmp_path, batch=6)
    assert tiny(tmp_path, size=256, base=16384, most=512).shape.channels == (512, 512, 512, 512, 256, 128, 64)
