"""A folder of shards: what was asked for, which shards it takes, and which of them are still missing."""

import json
from dataclasses import asdict, dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from toonface.io.atomic import replacing
from toonface.io.sample_files import DECODE, LARGEST, PALETTE
from toonface.io.shards import MOST_SAMPLES
from toonface.synth.labels import EXPRESSIONS, STYLES, Style
from toonface.types import FaceRegion

FORMAT, VERSION = "toonface samples", 1
MANIFEST = "manifest.json"
LICENCE = "CC0-1.0"
RENDERS = "renders"
OTHER_LICENCE = "that of the generator's weights"
SMALLEST = 32
"""Width and height of the smallest picture, pixels."""


@dataclass(frozen=True, kw_only=True)
class ShardOptions:
    """What a folder of shards holds.

    Raises:
        ValueError: a number is outside its range, or there is no such style.
    """

    count: int
    """Samples, at least 1."""
    size: int = 256
    """Pixels of the square pictures, in [32, 2048]."""
    style: str = "pair"
    """`photo`, `toon`, or `pair` for both of each scene."""
    expressions: str = "usual"
    """`usual`, those that people make, `wide`, which shows every shape often, or `mixed`, both in turn."""
    seed: int = 0
    """At least 0. Sample i depends on the seed and i alone."""
    shard_size: int = 256
    """Samples per shard, at least 1; the last shard may hold fewer."""
    maps: bool = True
    """Whether depth, normals and albedo are stored too."""
    source: str = RENDERS
    """What draws the samples: `renders`, or the name of a generator, see `gan_samples`."""

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"style is {self.style!r}, expected one of {', '.join(STYLES)}")
        if self.expressions not in EXPRESSIONS:
            raise ValueError(f"expressions is {self.expressions!r}, expected one of {', '.join(EXPRESSIONS)}")
        limits = {"count": (1, MOST_SAMPLES), "size": (SMALLEST, LARGEST), "seed": (0, None), "shard_size": (1, None)}
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if value < least or (most is not None and value > most):
                wanted = f"in [{least}, {most}]" if most else f"at least {least}"
                raise ValueError(f"{name.replace('_', ' ')} is {value}, expected a number {wanted}")

    @property
    def styles(self) -> tuple[Style, ...]:
        """The styles of each sample."""
        return STYLES[self.style]

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return -(-self.count // self.shard_size)

    def indices(self, shard: int) -> range:
        """Return the numbers of a shard's samples.

        Args:
            shard: in [0, shards).
        """
        return range(shard * self.shard_size, min((shard + 1) * self.shard_size, self.count))


def shard_path(folder: Path, shard: int) -> Path:
    """Return where a shard lies.

    Args:
        folder: of the shards.
        shard: its number.
    """
    return folder / f"shard-{shard:06}.tar"


def open_shard_set(folder: Path, options: ShardOptions) -> list[int]:
    """Prepare a folder for shards, or continue it; return the numbers of the shards that it lacks.

    The manifest is written before any shard. What an interrupted run left half-written is removed.

    Args:
        folder: made if it does not exist.
        options: those of the folder's manifest, if it has one.

    Raises:
        ValueError: the folder cannot be written, holds samples with other options, or shards without a manifest.
        OSError: the disk is full.
    """
    from toonface.io.images import prepare_folder  # here, because it brings the model's code, which workers do without

    manifest = _manifest(options)
    path = folder / MANIFEST
    if path.is_file():
        _check_same(path, manifest)
    elif any(folder.glob("shard-*.tar")):
        raise ValueError(f"{folder} has shards but no {MANIFEST}, expected both or an empty folder")
    prepare_folder(folder)
    remove_partial_shards(folder)
    if not path.is_file():
        _write_manifest(path, manifest)
    return [shard for shard in range(options.shards) if not shard_path(folder, shard).is_file()]


def remove_partial_shards(folder: Path) -> None:
    """Remove what processes left that were stopped in the middle of a shard.

    Args:
        folder: of the shards; nobody may be writing to it.
    """
    for path in folder.glob(".shard-*.part.tar"):
        path.unlink(missing_ok=True)


def _write_manifest(path: Path, manifest: dict[str, object]) -> None:
    try:
        with replacing(path) as beside:
            beside.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OSError(f"cannot write {path}: {error.strerror or error}") from error


def _manifest(options: ShardOptions) -> dict[str, object]:
    asked = asdict(options)
    if options.source == RENDERS:  # not told, so that folders from before there was anything else are continued
        del asked["source"]
    return {
        "format": FORMAT,
        "version": VERSION,
        "toonface": _version(),
        "licence": LICENCE if options.source == RENDERS else OTHER_LICENCE,
        **asked,
        "shards": options.shards,
        "members": "<sample, 8 digits>.<style>.<ending>",
        "decode": {ending: rule for ending, rule in DECODE.items() if options.maps or ending in STORED_WITHOUT_MAPS},
        "classes": [region.name.lower() for region in FaceRegion],
        "palette": PALETTE.tolist(),
    }


STORED_WITHOUT_MAPS = ("png", "parsing.png", "json")


def _check_same(path: Path, manifest: dict[str, object]) -> None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        there = {name: found[name] for name in manifest if name != "source"}
        manifest, there = {"source": RENDERS} | manifest, there | {"source": found.get("source", RENDERS)}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ValueError(f"{path} is no manifest of samples ({type(error).__name__}: {error})") from None
    for name in ("format", "version", "toonface", *(field.name for field in fields(ShardOptions))):
        if there[name] != manifest[name]:
            what = "version of toonface" if name == "toonface" else name.replace("_", " ")
            raise ValueError(
                f"{path.parent} holds samples whose {what} is {there[name]!r}, this run's is {manifest[name]!r};"
                " continue with the same options or choose another folder"
            )


def _version() -> str:
    try:
        return version("toonface")
    except PackageNotFoundError:
        return "unknown"
