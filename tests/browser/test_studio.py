"""The web application in a browser: from a portrait to a head that follows a slider and a camera, and its files."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.browser.fake_camera import write_video
from tests.browser.pages import PATIENCE_MS, until
from tests.node_programs import problems_of
from tests.serve.kept_task import FOLDER, make_kept_task
from tests.serve.serving import client, picture

from toonface.drive.clip_text import clip_from_json
from toonface.io.glb import read_glb
from toonface.io.viewer_page import write_viewer
from toonface.morphable.names import SHAPES

WEB = Path(__file__).parents[2] / "web"
SIZE = {"width": 780, "height": 460}
UPLOAD = {"name": "portrait.png", "mimeType": "image/png", "buffer": picture(size=(320, 240))}


@pytest.fixture(scope="module")
def server(glb, tmp_path_factory):
    """The application; its worker gives out a head that was made without a portrait."""
    folder = tmp_path_factory.mktemp("kept")
    Image.fromarray(np.full((64, 64, 3), (90, 140, 200), np.uint8)).save(folder / "step.jpg")
    for name in ("avatar.glb", "small.glb", "avatar.vrm"):
        (folder / name).write_bytes(glb)
    write_viewer(folder / "viewer.html", "avatar", glb)
    os.environ[FOLDER] = str(folder)
    with client(make_kept_task) as speaking:
        yield speaking
    del os.environ[FOLDER]


@pytest.fixture(scope="module")
def filmed(launch, tmp_path_factory):
    """A browser whose camera sees a rendered person."""
    video = tmp_path_factory.mktemp("camera") / "person.y4m"
    write_video(video)
    running = launch(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    )
    yield running
    running.close()


def opened(browser, server, **options):
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce", accept_downloads=True, **options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.faults, page.asked = [], []
    page.on(
        "console", lambda message: page.faults.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(server.address)
    return page


@pytest.fixture
def page(browser, server):
    page = opened(browser, server)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def finished(browser, server):
    """A page with a head; `seen` are the steps that it has shown on the way."""
    page = opened(browser, server)
    page.get_by_role("radio", name="Bold").check()
    page.evaluate("""() => {
        window.seen = new Set();
        const look = () => document.querySelectorAll('.tile img').forEach((image) => window.seen.add(image.alt));
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    }""")
    make_head(page)
    yield page
    page.context.close()


def make_head(page):
    page.set_input_files("input[type=file]", files=[UPLOAD])
    page.wait_for_selector(".panel")


def calibrate_at_rest(page):
    """The person opens the mouth every few seconds; calibrate until it was closed."""
    for _ in range(12):
        until(page, "studio.live().performance.calibrated", lambda share: share == 1)
        if page.evaluate(f"studio.live().performance.neutral[{SHAPES.index('jawOpen')}]") < 0.25:
            return
        page.get_by_role("button", name="Calibrate").click()
    raise AssertionError("the face was never at rest")


def test_a_portrait_becomes_a_head_that_follows_a_slider_and_nobody_else_is_asked(finished, server):
    finished.get_by_role("tab", name="Face").click()
    finished.get_by_label("eyeBlinkLeft", exact=True).fill("0.6")
    assert finished.evaluate("studio.weights().eyeBlinkLeft") == 0.6
    assert finished.faults == []
    assert all(url.startswith((server.address, "blob:", "data:")) for url in finished.asked), finished.asked


def test_every_step_is_shown_and_kept_beside_the_head(finished):
    steps = ["Portrait", "Cartoon", "Points", "Regions", "Model", "Form", "Skin", "Hair"]
    assert finished.evaluate("[...window.seen]") == [*steps, "Head"]
    finished.get_by_role("tab", name="Files").click()
    assert finished.locator(".made figcaption").all_text_contents() == steps
    assert finished.get_by_text("face 0 in style bold").is_visible()


def test_files_are_whole(finished, tmp_path):
    finished.get_by_role("tab", name="Files").click()
    names = {"GLB": "avatar.glb", "VRM": "avatar.vrm", "Viewer": "avatar.html"}
    for title, name in names.items():
        with finished.expect_download() as waiting:
            finished.locator(".download", has=finished.get_by_text(title, exact=True)).click()
        assert waiting.value.suggested_filename == name
        waiting.value.save_as(tmp_path / name)
    assert len(read_glb(tmp_path / "avatar.glb").mesh("face").targets) == 72
    assert "toonface-bytes" in (tmp_path / "avatar.html").read_text(encoding="utf-8")
    assert problems_of(tmp_path / "avatar.glb") == {"avatar.glb": []}


def test_a_phone_shows_everything_without_scrolling_sideways(finished):
    finished.set_viewport_size({"width": 360, "height": 700})
    for name in ("Scene", "Camera", "Files", "Face"):
        finished.get_by_role("tab", name=name).click()
        assert finished.evaluate("document.documentElement.scrollWidth") <= 360
    finished.set_viewport_size(SIZE)


def test_another_face_can_be_chosen(page):
    held = []
    # The first head never arrives, so that the page stays with the steps.
    page.route("**/avatar.glb", lambda route: route.continue_() if held else held.append(route))
    page.set_input_files("input[type=file]", files=[UPLOAD])
    page.get_by_label("Face 2 of 2").click()
    page.wait_for_selector(".panel")
    page.get_by_role("tab", name="Files").click()
    assert page.get_by_text("face 1 in style soft").is_visible()


def test_the_strength_of_the_style_is_set_by_keyboard_and_goes_with_the_portrait(page, server):
    slider = page.get_by_label("Strength of the style")
    assert (slider.input_value(), slider.get_attribute("aria-valuetext")) == ("1", "100 %")
    page.get_by_role("radio", name="As it is").check()
    assert slider.is_disabled()
    page.get_by_role("radio", name="Anime").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert (slider.input_value(), slider.get_attribute("aria-valuetext")) == ("0.8", "80 %")
    assert page.locator("output[for=strength]").text_content() == "80 %"
    make_head(page)
    assert f"{server.address}/api/jobs?style=anime&strength=0.8&face=0" in page.asked
    assert page.faults == []


DROP = """([kind, size]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(size)], 'dropped', { type: kind }));
    dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
}"""


def test_what_is_no_portrait_is_told_and_then_the_way_to_a_head_needs_no_mouse(page):
    refused = [
        ("text/plain", 10, "This is not a picture; choose"),
        ("image/png", 10, "This is not a picture of a known format"),
        ("image/png", 21 << 20, "The picture has more than 20 MB"),
    ]
    for kind, size, said in refused:
        page.evaluate(DROP, [kind, size])
        until(page, "document.querySelector('[role=alert]')?.textContent ?? ''", lambda text, said=said: said in text)
    choosers = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Choose a portrait"
    page.keyboard.press("Enter")
    until(page, "1", lambda _: choosers)
    choosers[0].set_files(files=[UPLOAD])
    page.wait_for_selector(".panel")
    page.get_by_role("tab", name="Face").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Files").get_attribute("aria-selected") == "true"


def test_a_selfie_becomes_a_head_that_the_camera_moves_and_a_clip_is_recorded(filmed, server, tmp_path):
    page = opened(filmed, server)
    page.get_by_role("button", name="Take a selfie").click()
    page.get_by_role("button", name="Take the picture").click()
    page.wait_for_selector(".panel")
    page.set_viewport_size({"width": 480, "height": 420})
    page.get_by_role("tab", name="Camera").click()
    page.evaluate("""() => {
        const performance = studio.live().performance, step = performance.step.bind(performance);
        window.sights = [];
        performance.step = (sight) => { sights.push(sight); return step(sight); };
    }""")
    rests = []
    for reader in ("browser", "server"):
        page.evaluate("void (sights.length = 0)")
        if reader == "server":
            page.get_by_text("Read by the server").click()
        page.get_by_role("button", name="Start camera").click()
        calibrate_at_rest(page)
        page.get_by_role("button", name="Record").click()
        most = until(page, "studio.weights().jawOpen ?? 0", lambda weight: weight > 0.3)
        until(page, "studio.weights().jawOpen ?? 0", lambda weight, most=most: weight < most - 0.2)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Stop and save").click()
        waiting.value.save_as(tmp_path / f"{reader}.json")
        clip = clip_from_json((tmp_path / f"{reader}.json").read_text(encoding="utf-8"))
        assert clip.head is not None and len(clip.times) > 1
        assert np.ptp(clip.weights[:, SHAPES.index("jawOpen")]) > 0.2
        page.get_by_role("button", name="Stop camera").click()
        assert page.evaluate("studio.head().show.live") is None
        rests.append(resting(page.evaluate("sights")))
    for name, most in (("weights", 0.1), ("gaze", 0.05), ("rotation", 0.03), ("points", 3.0)):
        assert np.abs(rests[0][name] - rests[1][name]).max() < most, f"{name}: the page reads otherwise than the server"
    assert page.faults == []
    page.context.close()


def resting(sights):
    """The median of what was read while the mouth was shut."""
    shut = [one for one in sights if one["weights"][SHAPES.index("jawOpen")] < 0.2]
    return {name: np.median([one[name] for one in shut], axis=0) for name in ("weights", "gaze", "rotation", "points")}


def test_the_page_knows_the_networks_order_of_shapes():
    if not (WEB / "src" / "serve").is_dir():
        pytest.skip("the sources of the page are not here")
    text = (WEB / "src" / "serve" / "names.ts").read_text(encoding="utf-8")
    listed = text[text.index("= [") + 2 :].rstrip().rstrip(";").replace("'", '"').replace(",\n]", "\n]")
    assert json.loads(listed) == list(SHAPES)
