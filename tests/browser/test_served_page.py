"""The page as `toonface view` serves it: its policy lets it do what it does, and it asks nobody else."""

import threading

from tests.assets import small_asset
from tests.browser.pages import open_page, until
from tests.io.test_live_feed import moment

from toonface.cli.view import page_table
from toonface.io.live_feed import LiveFeed
from toonface.io.page_server import PageServer
from toonface.stages.gltf.writer import to_glb


def test_the_served_page_shows_its_head_within_its_policy(browser):
    server = PageServer(page_table("wave.glb", to_glb(small_asset())))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        page = open_page(browser, server.address)
        assert page.evaluate("toonface.names()") == ["jawOpen", "eyeBlinkLeft", "viseme_sil"]
        assert page.faults == []
        asked = [url for url in page.asked if not url.startswith(("blob:", "data:"))]
        assert asked == [server.address, f"{server.address}avatar"]
        page.context.close()
    finally:
        server.stop()
        thread.join(timeout=10)


def test_what_a_program_does_moves_the_head_and_leaves_it_when_it_ends(browser):
    feed = LiveFeed()
    server = PageServer(page_table("wave.glb", to_glb(small_asset()), "live"), events={"/live": feed.follow})
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        page = open_page(browser, server.address)
        feed(moment(0.6))
        until(page, "toonface.weights().jawOpen ?? 0", lambda weight: abs(weight - 0.6) < 1e-3)
        feed(moment(0.2))
        until(page, "toonface.weights().jawOpen ?? 0", lambda weight: abs(weight - 0.2) < 1e-3)
        assert page.faults == []
        feed.close()
        until(page, "toonface.weights().jawOpen ?? 0", lambda weight: weight == 0)
        page.context.close()
    finally:
        server.stop()
        thread.join(timeout=10)
