"""Laws of the faces of a StyleGAN: one domain, from the front, wholly in their picture, mirrored half the time."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.noise_faces import TinyCache
from tests.stages.stylization.test_ffhq import face

from toonface.io.sample_cache import CachedSample
from toonface.train import gan_faces
from toonface.train.gan_faces import Faces, read_faces, real_crops
from toonface.types import FaceRegion, Landmarks

SIDE = 160


def sample(value, points):
    picture = np.full((SIDE, SIDE, 3), value, np.uint8)
    return CachedSample(
        picture=picture,
        parsing=picture[..., 0],
        landmarks_px=points.astype(np.float32),
        visible=np.ones(68, bool),
        coefficients=np.zeros(239, np.float32),
        gaze=np.zeros((2, 2), np.float32),
        style="photo",
    )


def front():
    points = face() + np.array([30.0, 20.0])
    points[30] = [80.0, 82.0]
    return points


def turned():
    points = front()
    points[30] += [12.0, 0.0]
    return points


@pytest.fixture
def cache(monkeypatch):
    def use(*points):
        samples = [one for at in points for one in (sample(60, at), sample(190, at))]
        monkeypatch.setattr(gan_faces, "unpack_shards", lambda folder: TinyCache(samples * 60))

    return use


@pytest.mark.parametrize(("domain", "value"), [("photo", 60), ("toon", 190)])
def test_only_faces_of_the_domain_are_read(cache, tmp_path, domain, value):
    cache(front())
    faces = read_faces(tmp_path, None, domain=domain, size=32, real_share=0.5)
    assert faces.rendered.shape[1:] == (32, 32, 3)
    assert len(faces.rendered) > 50
    assert (faces.rendered == value).all()
    assert len(faces.real) == 0


def test_faces_that_are_turned_away_or_cut_off_are_left_out(cache, tmp_path):
    cache(front(), turned(), front() + np.array([70.0, 0.0]))
    some = read_faces(tmp_path, None, domain="photo", size=32, real_share=0.0)
    cache(front())
    assert len(some.rendered) == pytest.approx(
        len(read_faces(tmp_path, None, domain="photo", size=32, real_share=0.0).rendered), abs=2
    )
    cache(turned())
    with pytest.raises(ValueError, match="has no face from the front"):
        read_faces(tmp_path, None, domain="photo", size=32, real_share=0.0)


def test_faces_under_hats_and_behind_glasses_are_left_out(tmp_path, monkeypatch):
    def covered(region, share):
        one = sample(60, front())
        parsing = np.full((SIDE, SIDE), FaceRegion.SKIN, np.uint8)
        parsing[: int(share * SIDE)] = region
        return replace(one, parsing=parsing)

    kinds = [covered(FaceRegion.HAIR, 0.3), covered(FaceRegion.HAT, 0.1), covered(FaceRegion.GLASSES, 0.1)]
    monkeypatch.setattr(gan_faces, "unpack_shards", lambda folder: TinyCache([one for one in kinds for _ in "pt"] * 60))
    faces = read_faces(tmp_path, None, domain="photo", size=32, real_share=0.0)
    monkeypatch.setattr(gan_faces, "unpack_shards", lambda folder: TinyCache(kinds[:1] * 360))
    bare = read_faces(tmp_path, None, domain="photo", size=32, real_share=0.0)
    assert len(faces.rendered) == pytest.approx(len(bare.rendered) / 3, abs=1)


def test_real_portraits_are_cut_like_renders(tmp_path, monkeypatch):
    found = Landmarks(points_px=front(), sigma_px=np.ones(68))
    picture = np.full((SIDE, SIDE, 3), 77, np.uint8)
    monkeypatch.setattr(gan_faces, "load_network", lambda name: None)
    monkeypatch.setattr(gan_faces, "PORTRAIT_FOLDERS", ("one",))
    monkeypatch.setattr(gan_faces, "real_faces", lambda folder, networks, validation: [("a", picture, found)] * 2)
    crops = real_crops(tmp_path, 32, validation=False)
    assert crops.shape == (2, 32, 32, 3)
    assert (crops == 77).all()


def test_a_batch_has_its_share_of_real_portraits_and_of_mirrored_ones():
    rendered = np.zeros((3, 8, 8, 3), np.uint8)
    rendered[:, :, :4] = 50
    real = np.full((2, 8, 8, 3), 255, np.uint8)
    faces = Faces(rendered=rendered, real=real, real_share=0.25)
    batch = faces.draw(np.random.default_rng(0), 400, torch.device("cpu"))
    is_real = batch.mean(dim=(1, 2, 3)) == 1.0
    assert 0.15 < float(is_real.float().mean()) < 0.35
    left_is_light = batch[~is_real][:, 0, 0, 0] > batch[~is_real][:, 0, 0, 7]
    assert 0.4 < float(left_is_light.float().mean()) < 0.6
    assert float(batch.min()) == -1.0


def test_an_unknown_domain_and_samples_of_another_style_are_refused(cache, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="domain is 'manga', expected one of photo, toon"):
        read_faces(tmp_path, None, domain="manga", size=32, real_share=0.0)
    lonely = TinyCache([sample(60, front())] * 60)
    lonely.styles = ("photo",)
    monkeypatch.setattr(gan_faces, "unpack_shards", lambda folder: lonely)
    with pytest.raises(ValueError, match="shows photo, expected toon among them"):
        read_faces(tmp_path, None, domain="toon", size=32, real_share=0.0)
