"""The one form of every `--json` result."""

import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def report(command: str, seed: int, metrics: Mapping[str, float | None]) -> dict[str, object]:
    """Wrap figures with what is needed to compare them later.

    Args:
        command: without the program's name.
        seed: of the random numbers.
        metrics: dotted name → number, or None for one that is not finite.
    """
    return {
        "command": command,
        "version": package_version(),
        "commit": commit_of_checkout(),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "seed": seed,
        "metrics": dict(metrics),
    }


def package_version() -> str:
    """Return the version of the installed package, or "unknown"."""
    try:
        return version("toonface")
    except PackageNotFoundError:
        return "unknown"


def commit_of_checkout() -> str:
    """Return the commit of the checkout that the package runs from; empty where it is not run from one."""
    folder = Path(__file__).parent
    try:
        asked = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=folder, capture_output=True, text=True)
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""
