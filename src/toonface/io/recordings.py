"""Files of what a face did: clips as JSON, and recordings of Live Link Face as CSV."""

from pathlib import Path

from toonface.drive.clip_text import clip_from_json, clip_to_json
from toonface.drive.clips import Clip
from toonface.drive.live_link_csv import (
    APP_FRAMES_PER_SECOND,
    clip_of_take,
    read_live_link_csv,
    take_of_clip,
    write_live_link_csv,
)
from toonface.drive.live_link_face import LIVE_LINK_DEFAULTS, LiveLinkOptions
from toonface.io.atomic import replacing

CSV = ".csv"
"""What the name of a recording ends with; everything else is JSON."""
LARGEST_BYTES = 500_000_000
"""Of a file that is read: an hour of CSV at 60 frames per second has 160 MB."""


def write_clip(path: Path, clip: Clip, frames_per_second: float = APP_FRAMES_PER_SECOND) -> None:
    """Write a clip, as a recording where the name ends with .csv; the file is whole or not there at all.

    Args:
        path: an existing file is replaced.
        clip: what to write.
        frames_per_second: of a recording's timecodes.

    Raises:
        ValueError: the clip cannot be stored that way.
        OSError: the file cannot be written.
    """
    is_csv = path.suffix.lower() == CSV
    text = write_live_link_csv(take_of_clip(clip), frames_per_second) if is_csv else clip_to_json(clip)
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")


def read_clip(
    path: Path, frames_per_second: float = APP_FRAMES_PER_SECOND, options: LiveLinkOptions = LIVE_LINK_DEFAULTS
) -> Clip:
    """Read a clip, or a recording where the name ends with .csv, which is then called as its file.

    Args:
        path: of the file.
        frames_per_second: of a recording's timecodes.
        options: what a recording's angles mean.

    Raises:
        ValueError: the file is missing, too large, not UTF-8, or holds something else.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError(f"the file has {path.stat().st_size} bytes, expected at most {LARGEST_BYTES}")
        text = path.read_text(encoding="utf-8")
        if path.suffix.lower() != CSV:
            return clip_from_json(text)
        return clip_of_take(read_live_link_csv(text, frames_per_second), path.stem, options)
    except OSError as error:
        raise ValueError(f"cannot read {path} ({error.strerror})") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
