"""`toonface serve`: the web application."""

from importlib.util import find_spec
from typing import Annotated

import typer

NEEDED = ("fastapi", "uvicorn", "websockets")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(
    port: Annotated[int, typer.Option(metavar="N", help="Where to listen; 0 for any port that is free.")] = 8000,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="127.0.0.1 is this machine only; 0.0.0.0 is the whole network.")
    ] = "127.0.0.1",
    jobs: Annotated[int, typer.Option(metavar="N", help="Portraits that are worked on at once.")] = 1,
    max_queue: Annotated[int, typer.Option(metavar="N", help="Portraits that may wait.")] = 8,
    keep_minutes: Annotated[float, typer.Option(metavar="MINUTES", help="For which results are kept.")] = 30.0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Make avatars in the browser: drop a portrait, watch each stage, move the head, download it.

    Everything stays on this machine, and the page asks no other for anything. Ctrl-C ends it and deletes all results.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ValueError(f"toonface serve needs {', '.join(missing)}; run: pip install 'toonface[serve]'")
    import webbrowser

    from toonface.serve.avatar_task import make_avatar_task
    from toonface.serve.limits import Limits
    from toonface.serve.server import run_server

    limits = Limits(jobs=jobs, queue=max_queue, keep_minutes=keep_minutes)

    def ready(address: str) -> None:
        typer.echo(f"toonface is at {address} until you press Ctrl-C")
        if host not in LOOPBACK:
            typer.echo(
                "everybody in this network can use it, and nothing is encrypted; cameras work on this machine only"
            )
        if browser:
            webbrowser.open(address)

    run_server(make_avatar_task, limits, host, port, ready)
    typer.echo("ended", err=True)
