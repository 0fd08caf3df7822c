"""Chromium, a head that was made without a picture, and the viewer with it inside."""

import os
import shutil

import numpy as np
import pytest
from tests.assets import small_asset
from tests.browser.pages import ARGUMENTS, open_page

from toonface.io.avatar_pictures import AvatarWear, PictureOptions, encode_wear
from toonface.io.face_model_file import load_face_model
from toonface.io.images import load_textures
from toonface.io.viewer_page import write_viewer
from toonface.morphable.face_model import neutral_points
from toonface.stages.avatar.assemble import AvatarOptions, make_avatar
from toonface.stages.avatar.idle import idle_clip
from toonface.stages.avatar.shapes import own_shapes
from toonface.stages.gltf.options import GltfOptions
from toonface.stages.gltf.writer import to_glb

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def launch():
    """Starts a browser without a window and without a graphics card, with further arguments; it is never downloaded."""
    found = os.environ.get("TOONFACE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here: install it, or name it in TOONFACE_CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        yield lambda *more: driver.chromium.launch(executable_path=found, args=[*ARGUMENTS, *more])


@pytest.fixture(scope="session")
def browser(launch):
    """The browser of most tests."""
    running = launch()
    yield running
    running.close()


@pytest.fixture(scope="session")
def glb():
    """A head of the model with hair, brows and an idle clip, on the lower level of detail."""
    model, textures = load_face_model(), load_textures()
    wear = AvatarWear(
        skin=np.full((16, 16, 3), (224, 172, 140), np.uint8),
        eyes=(textures["eye_brown"], textures["eye_blue"]),
        hair="short04",
        hair_colour=(0.3, 0.2, 0.1),
        brows="eyebrow001",
        brow_colour=(0.2, 0.1, 0.1),
    )
    look = encode_wear(wear, textures, PictureOptions(largest=256))
    clips = (idle_clip(np.random.default_rng(0)),)
    head = own_shapes(model, neutral_points(model, np.zeros(80)))
    return to_glb(make_avatar(model, head, look, AvatarOptions(lod=1, clips=clips)), GltfOptions(sparse=True))


@pytest.fixture(scope="session")
def page_file(glb, tmp_path_factory):
    """The viewer with the head inside, as a user has it on disk."""
    path = tmp_path_factory.mktemp("viewer") / "head.html"
    write_viewer(path, "head.glb", glb)
    return path


@pytest.fixture(scope="session")
def small_file(tmp_path_factory):
    """The viewer with four triangles that wave, which opens quickly."""
    path = tmp_path_factory.mktemp("viewer") / "small.html"
    write_viewer(path, "small.glb", to_glb(small_asset()))
    return path


@pytest.fixture(scope="session")
def still(browser, page_file):
    """The page with the head, and nothing that moves by itself; tests leave it as they found it.

    There is one, because without a graphics card it takes seconds to build what draws a head.
    """
    page = open_page(browser, page_file.as_uri())
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def lively(browser, small_file):
    """The quick page, whose clip plays; tests leave it playing. It ends with its module, for it keeps a core busy."""
    page = open_page(browser, small_file.as_uri(), moving=True)
    yield page
    page.context.close()
