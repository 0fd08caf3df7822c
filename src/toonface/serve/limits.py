"""How much the web application takes on."""

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is more than this is refused with a sentence that says so.

    Raises:
        ValueError: a limit is below its least.
    """

    body_bytes: int = 20 * MEBIBYTE
    """Of an upload; counted while it is read, before anything is decoded."""
    pixels: int = 40_000_000
    """Of a picture; read from its header, before it is decoded."""
    upload_seconds: float = 60.0
    """For an upload to arrive."""
    jobs: int = 1
    """That are worked on at once, each in a process of its own."""
    queue: int = 8
    """Jobs that may wait."""
    job_seconds: float = 180.0
    """After which a job is ended and its process replaced."""
    keep_minutes: float = 30.0
    """For which results are kept after they are done."""
    kept: int = 24
    """Finished jobs that are kept at most; the oldest goes first."""
    drivers: int = 2
    """Pages whose camera the server may read at once."""
    frame_bytes: int = MEBIBYTE // 2
    """Of one camera frame."""

    def __post_init__(self) -> None:
        least = {"jobs": 1, "queue": 0, "kept": 1, "drivers": 0}
        for name, value in vars(self).items():
            low = least.get(name)
            if value < low if low is not None else value <= 0:
                raise ValueError(f"{name} is {value}, expected {'more than 0' if low is None else f'at least {low}'}")
