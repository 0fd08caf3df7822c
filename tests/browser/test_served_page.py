"""The page as `toonface view` serves it: its policy lets it do what it does, and it asks nobody else."""

import threading

from tests.assets import small_asset
from tests.browser.pages import open_page

from toonface.cli.view import page_table
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
