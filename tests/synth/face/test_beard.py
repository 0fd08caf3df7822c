"""Laws of facial hair: lips, mouth and ears stay free, it moves with the jaw, women and children have none."""

import numpy as np
import pytest

from toonface.morphable.face_model import evaluate, weights_of
from toonface.morphable.landmarks import landmarks_3d
from toonface.synth.face.beard import BEARDS, MOUSTACHES, BeardSpec, beard_surfaces, beard_tables, sample_beard
from toonface.types import FaceRegion
from toonface.worn.hair.hair_scalp import make_scalp
from toonface.worn.surface import Material, sit

KINDS = [*((name, None) for name in MOUSTACHES), *((None, name) for name in BEARDS)]
BROWN = (0.3, 0.2, 0.135)


@pytest.fixture(scope="module")
def model(face_model):
    return face_model


@pytest.fixture(scope="module")
def tables(model):
    return beard_tables(model, make_scalp(model))


@pytest.fixture(scope="module")
def sitters(model):
    mixes = ({}, {"jawOpen": 1.0})
    return [sit(model, evaluate(model, np.zeros(80), weights_of(mix))) for mix in mixes]


def grown(sitter, tables, moustache, beard, style="photo"):
    spec = BeardSpec(colour=BROWN, moustache=moustache, beard=beard)
    return beard_surfaces(sitter, spec, tables, style)[0]


@pytest.mark.parametrize("style", ["photo", "toon"])
@pytest.mark.parametrize(("moustache", "beard"), KINDS)
def test_every_kind_grows(sitters, tables, moustache, beard, style):
    surface = grown(sitters[0], tables, moustache, beard, style)
    assert surface.material == Material.FUR and surface.region == FaceRegion.FACIAL_HAIR
    assert len(surface.faces) > 30 and surface.coverage.max() > 0.6 and np.isfinite(surface.vertices).all()


@pytest.mark.parametrize(("moustache", "beard"), KINDS)
def test_the_red_of_the_lips_stays_free(model, sitters, tables, moustache, beard):
    points = landmarks_3d(sitters[0].skin, model.landmarks)
    middle = np.concatenate([points[60:68], 0.5 * (points[[50, 52, 58, 56]] + points[[61, 63, 67, 65]])])
    depth = tables.depths[moustache or beard]
    away = np.linalg.norm(tables.patch.positions[:, None] - middle[None], axis=2)
    assert depth[away.argmin(axis=0)].max() < 0.0


def test_a_beard_hangs_on_the_jaw_and_a_moustache_does_not(sitters, tables):
    for moustache, beard, drop in (("chevron", None, 0.0), (None, "goatee", -0.012)):
        shut, wide = (grown(sitter, tables, moustache, beard) for sitter in sitters)
        move = (wide.vertices - shut.vertices)[np.unique(shut.faces), 1]
        assert (np.median(move) < drop) if drop else (abs(np.median(move)) < 0.006)


def test_a_long_beard_is_longer_downwards(sitters, tables):
    short, long = (grown(sitters[0], tables, None, kind) for kind in ("short", "long"))
    assert long.vertices[:, 1].min() < short.vertices[:, 1].min() - 0.02


def test_women_and_children_have_none_and_every_kind_occurs():
    rng = np.random.default_rng(1)
    assert all(sample_beard(rng, 40.0, 0.9, BROWN) is None for _ in range(50))
    assert all(sample_beard(rng, 12.0, 0.0, BROWN) is None for _ in range(50))
    men = [sample_beard(rng, 40.0, 0.0, BROWN) for _ in range(800)]
    worn = [man for man in men if man is not None]
    assert 0.4 < len(worn) / len(men) < 0.6
    assert {man.moustache for man in worn} == {None, *MOUSTACHES}
    assert {man.beard for man in worn} == {None, *BEARDS}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "neither moustache nor beard"),
        ({"moustache": "toothbrush"}, "moustache is 'toothbrush'"),
        ({"beard": "moss"}, "beard is 'moss'"),
        ({"beard": "short", "density": 2.0}, "density is 2.0"),
    ],
)
def test_impossible_facial_hair_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        BeardSpec(colour=BROWN, **arguments)
