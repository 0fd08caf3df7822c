"""Opens the viewer and looks at it."""

import time
from io import BytesIO

import numpy as np
from PIL import Image

ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Software draws, so that pictures are the same everywhere; nothing asks the network for anything."""
SIZE = (800, 460)
PATIENCE_MS = 60_000


def open_page(browser, address, size=SIZE, scheme="light", moving=False):
    """Open a page in a context of its own and wait for its head; `page.faults` and `page.asked` fill as it goes."""
    motion = "no-preference" if moving else "reduce"
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion=motion
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.faults, page.asked = [], []
    page.on(
        "console", lambda message: page.faults.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(address)
    page.evaluate("toonface.ready")
    return page


def drawn(page):
    """The head as it is drawn, with nothing behind it: rows × columns × RGBA."""
    data = page.evaluate("""async () => {
        const bytes = new Uint8Array(await (await toonface.picture(1)).arrayBuffer());
        return Array.from(bytes);
    }""")
    return np.asarray(Image.open(BytesIO(bytes(data))).convert("RGBA"))


def screen(page):
    """What the screen shows."""
    return np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB")).astype(int)


def places(page, mesh):
    """Vertices of a mesh as the page draws them."""
    return np.array(page.evaluate("mesh => Array.from(toonface.positions(mesh))", mesh)).reshape(-1, 3)


def pose(page, weights):
    """Reset, then set weights."""
    page.evaluate(
        "weights => { toonface.pause(); toonface.seek(0); toonface.express({}); toonface.set(weights); }", weights
    )


def until(page, script, law=bool):
    """Ask the page again and again; its policy forbids the driver's own way of waiting."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not law(value := page.evaluate(script)):
        assert time.monotonic() < end, f"{script} stays {value}; {page.faults}"
        page.wait_for_timeout(100)
    return value
