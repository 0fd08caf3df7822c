"""Shards: synthetic samples in uncompressed tar files, which any WebDataset loader reads.

Member `00000042.toon.depth.png` is the depth of sample 42 in the toon style. Nothing in the bytes depends on when,
where or by whom the file was written.
"""

import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from itertools import groupby
from pathlib import Path

from toonface.io.atomic import replacing
from toonface.io.sample_files import decode_sample, encode_sample
from toonface.synth.labels import STYLES, Sample, Style

KEY_DIGITS = 8
MOST_SAMPLES = 10**KEY_DIGITS
"""Samples that keys of this many digits can tell apart."""

END = bytes(1024)
"""What a whole tar file ends with."""

LARGEST_MEMBER = 2**26
"""Bytes; a picture of the largest size takes at most a quarter."""

Add = Callable[[int, Mapping[Style, Sample]], None]


@contextmanager
def shard_writer(path: Path, *, maps: bool) -> Iterator[Add]:
    """Write a shard; it appears when the block ends, and nothing of it stays if the block fails.

    Gives a function that adds sample number and sample; numbers have to rise.

    Args:
        path: of the shard, ending in `.tar`.
        maps: whether depth, normals and albedo are written too.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    try:
        with replacing(path) as beside, tarfile.open(beside, "w", format=tarfile.USTAR_FORMAT) as archive:
            yield lambda index, styles: _add(archive, index, styles, maps=maps)
    except OSError as error:
        raise OSError(f"cannot write {path}: {error.strerror or error}") from error


def _add(archive: tarfile.TarFile, index: int, styles: Mapping[Style, Sample], *, maps: bool) -> None:
    files = {
        f"{index:0{KEY_DIGITS}}.{style}.{ending}": data
        for style, sample in styles.items()
        for ending, data in encode_sample(sample, maps=maps).items()
    }
    for name in sorted(files):
        # Its defaults are no owner, no time and mode 644.
        member = tarfile.TarInfo(name)
        member.size = len(files[name])
        archive.addfile(member, BytesIO(files[name]))


def read_shard(path: Path) -> Iterator[dict[Style, Sample]]:
    """Read the samples of a shard in order: style → sample.

    Args:
        path: of the shard. Samples that were written without maps have None in their place.

    Raises:
        ValueError: the file is missing, truncated, damaged, or no shard.
    """
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as archive:
            _check_end(path)
            for key, members in groupby(archive, key=_key):
                yield _sample({m.name: _bytes(archive, m) for m in members}, key)
    except (OSError, tarfile.TarError, ValueError) as error:
        text = getattr(error, "strerror", None) or str(error)
        raise ValueError(f"{path} is not a readable shard ({' '.join(text.split())})") from None


def _check_end(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(-min(len(END), path.stat().st_size), 2)
        if file.read() != END:
            raise ValueError("it is truncated: the end of a tar file is missing")


def _key(member: tarfile.TarInfo) -> str:
    key = member.name.partition(".")[0]
    if len(key) != KEY_DIGITS or not key.isdecimal():
        raise ValueError(f"member {member.name!r} has no number of {KEY_DIGITS} digits in front, expected one")
    return key


def _bytes(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.type == tarfile.REGTYPE and member.size <= LARGEST_MEMBER else None
    if file is None:
        raise ValueError(f"member {member.name!r} is no plain file of at most {LARGEST_MEMBER} bytes, expected one")
    data = file.read()
    if len(data) != member.size:
        raise ValueError(f"member {member.name!r} is truncated")
    return data


def _sample(members: Mapping[str, bytes], key: str) -> dict[Style, Sample]:
    found: dict[str, dict[str, bytes]] = {}
    for name, data in members.items():
        _, style, ending = (*name.split(".", 2), "", "")[:3]
        found.setdefault(style, {})[ending] = data
    styles = next((styles for styles in STYLES.values() if set(styles) == set(found)), None)
    if styles is None:
        raise ValueError(f"sample {key} has the styles {sorted(found)}, expected one of {list(STYLES.values())}")
    try:
        return {style: decode_sample(found[style]) for style in styles}
    except ValueError as error:
        raise ValueError(f"sample {key}: {error}") from None
