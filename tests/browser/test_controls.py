"""What a user does with the page: keys, gaze, clips, themes, a phone, other files."""

import numpy as np
import pytest
from tests.assets import small_asset
from tests.browser.pages import SIZE, drawn, places, pose, screen

from toonface.stages.gltf.writer import to_glb

PHONE = (375, 720)


def pupils(page, foremost):
    """Where the pupils are, left and right: the vertices of each eyeball that were foremost at rest."""
    return np.stack([places(page, mesh)[rows].mean(axis=0) for mesh, rows in foremost.items()])


def test_it_opens_from_disk_without_asking_for_anything_and_without_a_fault(still, page_file):
    assert still.faults == []
    assert [url for url in still.asked if not url.startswith(("blob:", "data:"))] == [page_file.as_uri()]
    assert still.title() == "head.glb – toonface"


def test_keys_reach_the_sliders_and_move_them(still):
    pose(still, {})
    still.evaluate("() => document.querySelectorAll('details.group').forEach((group) => { group.open = true; })")
    still.get_by_label("Search shapes").focus()
    for _ in range(40):
        still.keyboard.press("Tab")
        if still.evaluate("document.activeElement.id") == "shape-eyeBlinkLeft":
            break
    else:
        pytest.fail("the first slider was not reached with the Tab key")
    still.keyboard.press("ArrowRight")
    still.keyboard.press("ArrowRight")
    assert still.evaluate("toonface.weights().eyeBlinkLeft") == pytest.approx(0.02)
    still.keyboard.press("End")
    assert still.evaluate("toonface.weights().eyeBlinkLeft") == 1.0


def test_arrow_keys_turn_the_picture_that_has_the_focus(still):
    pose(still, {})
    still.locator("canvas").focus()
    before = screen(still)
    for _ in range(4):
        still.keyboard.press("ArrowRight")
    still.wait_for_timeout(300)
    assert (np.abs(screen(still) - before).max(axis=2) > 30).sum() > 2000
    still.evaluate("toonface.view('front')")


def test_a_search_shows_only_what_has_its_words(still):
    still.get_by_label("Search shapes").fill("smile left")
    shown = still.locator(".group .row:visible input")
    assert [shown.nth(i).get_attribute("aria-label") for i in range(shown.count())] == ["mouthSmileLeft"]
    still.get_by_label("Search shapes").fill("no such shape")
    assert still.get_by_text("No shape has that name.").is_visible()
    still.get_by_label("Search shapes").fill("")
    assert still.locator(".group:visible").count() == 8


def test_an_expression_is_mixed_and_reset_undoes_it(still):
    pose(still, {})
    neutral = places(still, "face")
    still.get_by_role("button", name="Surprised").click()
    assert still.evaluate("toonface.weights().jawOpen") > 0.3
    assert np.abs(places(still, "face") - neutral).max() > 0.005
    still.get_by_role("button", name="Reset").click()
    assert np.abs(places(still, "face") - neutral).max() < 1e-7
    still.get_by_role("button", name="Randomise").click()
    assert sum(still.evaluate("Object.values(toonface.weights())")) > 0.0
    still.get_by_role("button", name="Reset").click()


def test_eyes_and_head_follow_the_pointer(still):
    pose(still, {})
    foremost = {mesh: places(still, mesh)[:, 2].argsort()[-12:] for mesh in ("eye_left", "eye_right")}
    rest, hair = pupils(still, foremost), places(still, "hair")
    still.get_by_label("Follow pointer").check()
    box = still.locator("canvas").bounding_box()
    middle = box["y"] + box["height"] / 2
    for x, sign in ((box["x"] + box["width"] - 4, 1.0), (box["x"] + 4, -1.0)):
        still.mouse.move(x, middle)
        still.evaluate("toonface.pass(1.5)")
        away = sign * (pupils(still, foremost) - rest)[:, 0]
        assert away.min() > 0.003, "to the right of the picture is the character's left, which is +X"
        forward = hair[:, 2] > 0.05
        assert sign * (places(still, "hair") - hair)[forward, 0].mean() > 0.002, "the head turns along"
    still.get_by_label("Follow pointer").uncheck()
    still.evaluate("toonface.pass(3)")
    assert np.abs(pupils(still, foremost) - rest).max() < 1e-4


def test_a_clip_plays_by_itself_unless_less_motion_is_asked_for(still, lively):
    start = lively.evaluate("toonface.time()")
    lively.wait_for_function("start => toonface.time() !== start", arg=start)
    assert still.evaluate("toonface.time()") == 0
    assert still.evaluate("toonface.clips()") == [{"name": "idle", "seconds": 12}]


def test_a_clip_moves_lids_and_head_and_the_slider_wins_while_it_stands(still):
    pose(still, {})
    moments = "(() => { const all = []; for (let t = 0; t < 12; t += 0.05) { toonface.seek(t); "
    moments += "all.push(toonface.weights().eyeBlinkLeft); } return all; })()"
    blinks = still.evaluate(moments)
    assert max(blinks) > 0.9 and np.median(blinks) == 0
    still.evaluate("toonface.seek(6)")
    still.evaluate("toonface.set({eyeBlinkLeft: 0.33})")
    still.evaluate("toonface.pass(0.5)")
    assert still.evaluate("toonface.weights().eyeBlinkLeft") == 0.33
    still.evaluate("toonface.seek(0)")
    hair = places(still, "hair")
    still.evaluate("toonface.seek(3.1)")
    assert np.abs(places(still, "hair") - hair).max() > 3e-4, "the head sways"
    still.evaluate("toonface.seek(0)")


def test_a_hand_on_a_slider_that_the_clip_drives_stops_the_clip(lively):
    assert lively.get_by_role("button", name="Pause").is_visible()
    lively.get_by_label("eyeBlinkLeft", exact=True).fill("0.5")
    assert lively.get_by_role("button", name="Play").is_visible()
    lively.wait_for_timeout(300)
    assert lively.evaluate("toonface.weights().eyeBlinkLeft") == 0.5
    lively.evaluate("toonface.play()")


def test_a_page_on_which_nothing_moves_draws_nothing(still):
    pose(still, {})
    still.wait_for_timeout(1200)
    before = still.evaluate("toonface.drawn()")
    still.wait_for_timeout(600)
    assert still.evaluate("toonface.drawn()") == before


def test_a_phone_needs_no_scrolling_to_the_side_and_shows_the_head(still):
    still.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert still.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert still.evaluate("Math.max(...[...document.querySelectorAll('.panel *')].filter((e) => !e.closest('.chips'))"
                          ".map((e) => e.getBoundingClientRect().right))") <= PHONE[0]  # fmt: skip
    canvas = still.locator("canvas").bounding_box()
    assert canvas["width"] == PHONE[0] and canvas["height"] > 0.45 * PHONE[1]
    assert still.get_by_label("eyeBlinkLeft", exact=True).bounding_box()["width"] > 120
    still.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})


def test_dark_mode_is_dark_and_light_mode_is_light(still):
    light = screen(still)
    still.emulate_media(color_scheme="dark")
    dark = screen(still)
    still.emulate_media(color_scheme="light")
    corner, panel = (slice(70, 90), slice(4, 20)), (slice(-20, None), slice(-8, None))
    for place in (corner, panel):
        assert dark[place].mean() < 90 < 180 < light[place].mean()


def test_each_light_is_another_picture(lively):
    lively.evaluate("toonface.pause(); toonface.seek(0)")
    pictures = []
    for rig in ("studio", "stage", "flat"):
        lively.evaluate("rig => toonface.light(rig)", rig)
        pictures.append(drawn(lively).astype(int))
    for number, one in enumerate(pictures):
        for other in pictures[:number]:
            assert np.abs(one - other).max() > 8
    lively.evaluate("toonface.light('studio'); toonface.play()")


def test_a_file_that_is_none_is_told_and_the_head_stays(still):
    text = "new TextEncoder().encode('this is text, and no file of a head').buffer"
    said = still.evaluate(f"toonface.load({text}, 'x.glb').then(() => 'read', (error) => error.message)")
    assert said == "x.glb is no GLB or VRM file"
    assert len(still.evaluate("toonface.names()")) == 72
    still.evaluate("document.querySelector('.status').textContent = ''")
    still.locator("input[type=file]").set_input_files({"name": "y.vrm", "mimeType": "", "buffer": b"glTF" + bytes(40)})
    still.get_by_text("y.vrm cannot be read").wait_for()


def test_another_file_takes_the_place_of_the_one_before(lively):
    data = to_glb(small_asset())
    lively.locator("input[type=file]").set_input_files({"name": "other.glb", "mimeType": "", "buffer": data})
    lively.get_by_role("heading", name="other").wait_for()
    assert lively.evaluate("toonface.names()") == ["jawOpen", "eyeBlinkLeft", "viseme_sil"]
    assert lively.evaluate("toonface.meshes()") == ["face", "hair"]
    assert lively.faults == []
