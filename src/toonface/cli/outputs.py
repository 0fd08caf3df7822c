"""What comes out of a command, and where it goes: one file for one picture, else a folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toonface.cli.console import tell_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from toonface.geometry.asset import Asset
    from toonface.io.asset_preview import RGB
    from toonface.io.moving_pictures import Moment
    from toonface.pipeline.avatars import Avatar, Models
    from toonface.stages.gltf.options import GltfOptions

STILLS = (".png", ".jpg", ".jpeg")
MOVING = (".webp",)
PAGES = (".html", ".htm")
STILL_SIZE, STILL_SAMPLES, MOVING_SIZE = 768, 3, 400
"""Pixels, and samples along each side of one."""
QUALITY = 92


def is_file(images: list[Path], out: Path, endings: tuple[str, ...]) -> bool:
    """Tell whether the output is one file: for one picture, by its ending.

    Args:
        images: pictures and folders of pictures.
        out: where to.
        endings: of files that can be written, in small letters.

    Raises:
        ValueError: a file is given for several pictures, or a name that ends in something else.
    """
    if out.is_dir() or not out.suffix:
        return False
    if out.suffix.lower() not in endings:
        raise ValueError(f"out is {out}, expected a name that ends in {' or '.join(endings)}, or a folder")
    if len(images) > 1 or images[0].is_dir():
        raise ValueError(f"out is {out}, expected a folder for several pictures")
    return True


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What is drawn of each head beside its file; a name where one picture is made, else a folder."""

    preview: Path | None = None
    turntable: Path | None = None
    viewer: Path | None = None
    report: Path | None = None
    """Always a folder."""
    stored: "GltfOptions"
    """How arrays are stored in the viewer's page, where the head's own file is no GLB."""
    backdrop: "RGB | None" = None
    """sRGB; None for transparent."""
    quiet: bool = False

    def prepare(self, images: list[Path]) -> None:
        """Make the folders, and find out now what cannot be written later.

        Args:
            images: pictures and folders of pictures.

        Raises:
            ValueError: a name does not fit the pictures, or a folder cannot be written.
        """
        from toonface.io.images import prepare_folder

        for wanted, endings in ((self.preview, STILLS), (self.turntable, MOVING), (self.viewer, PAGES)):
            if wanted is not None:
                prepare_folder(wanted.parent if is_file(images, wanted, endings) else wanted)
                check_alpha(wanted, self.backdrop)
        if self.report is not None:
            prepare_folder(self.report)

    def write(
        self, head: Path, avatar: "Avatar", asset: "Asset", models: "Models", seconds: dict[str, float]
    ) -> dict[str, str]:
        """Draw and write; return what the files are called.

        Args:
            head: its file, written already; where that is a GLB file, the viewer shows it as it is.
            avatar: from `create_avatar`.
            asset: the same, as it is written.
            models: that made it.
            seconds: stage → how long it took.
        """
        from toonface.io.avatar_report import write_report
        from toonface.io.moving_pictures import FRONT_AT_REST, turntable
        from toonface.io.viewer_page import write_viewer
        from toonface.stages.gltf.writer import to_glb

        written, stem = {}, head.stem
        if self.preview is not None:
            path = _in(self.preview, stem, STILLS[0])
            draw_file(path, asset, [FRONT_AT_REST], backdrop=self.backdrop, quiet=self.quiet)
            written["preview"] = str(path)
        if self.turntable is not None:
            path = _in(self.turntable, stem, MOVING[0])
            draw_file(path, asset, turntable(asset), backdrop=self.backdrop, quiet=self.quiet)
            written["turntable"] = str(path)
        if self.viewer is not None:
            path = _in(self.viewer, stem, PAGES[0])
            glb = head.read_bytes() if head.suffix.lower() == ".glb" else to_glb(asset, self.stored)
            write_viewer(path, stem, glb)
            written["viewer"] = str(path)
        if self.report is not None:
            sheet = write_report(self.report, stem, avatar=avatar, asset=asset, model=models.model, seconds=seconds)
            written["sheet"] = str(sheet)
        return written


def draw_file(
    path: Path,
    asset: "Asset",
    moments: "Sequence[Moment]",
    *,
    size: int | None = None,
    backdrop: "RGB | None",
    quiet: bool = False,
) -> None:
    """Draw a head as a still, or as a moving picture where the name ends in .webp.

    Args:
        path: of the picture.
        asset: the head.
        moments: views and poses; of a still only the first.
        size: side in pixels; None for the usual one.
        backdrop: sRGB; None for transparent.
        quiet: whether not to say on a terminal what is drawn.
    """
    from toonface.io.images import write_picture
    from toonface.io.moving_pictures import draw_moments, write_animation

    def progress(number: int) -> None:
        if not quiet:
            tell_step(f"{path.name}: frame {number + 1} of {len(moments)}")

    if path.suffix.lower() in MOVING:
        frames = draw_moments(asset, moments, size or MOVING_SIZE, backdrop=backdrop, progress=progress)
        write_animation(path, frames)
    else:
        (still,) = draw_moments(asset, moments[:1], size or STILL_SIZE, samples=STILL_SAMPLES, backdrop=backdrop)
        write_picture(path, still, quality=QUALITY)


def check_alpha(path: Path, backdrop: "RGB | None") -> None:
    """Refuse a transparent background where the format has none.

    Args:
        path: of a picture.
        backdrop: sRGB; None for transparent.

    Raises:
        ValueError: the picture would be a JPEG.
    """
    if backdrop is None and path.suffix.lower() in (".jpg", ".jpeg"):
        raise ValueError(f"background is transparent, which {path.name} cannot be; expected a name that ends in .png")


def _in(wanted: Path, stem: str, ending: str) -> Path:
    return wanted / f"{stem}{ending}" if wanted.is_dir() else wanted
