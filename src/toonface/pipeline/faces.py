"""From a picture to a face that is found, parsed, and drawn as a cartoon: the first stages in order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from toonface.geometry.crop import CropFrame, five_points, frame_around, frame_around_box
from toonface.stages import landmarks, parsing
from toonface.stages.detection import detect_faces
from toonface.stages.parsing import parse_face
from toonface.stages.stylization.gan import GAN_DEFAULTS, GanOptions, draw_by_gan
from toonface.stages.stylization.recognition import THRESHOLD, drawn_probability
from toonface.stages.stylization.stylize import NO_STYLE, STYLIZE_DEFAULTS, StylizeOptions, stylize
from toonface.types import Cartoon, DetectedFace, FaceRegions, Landmarks, Network, Picture

SMALL_FACE_PX = 48
"""Faces below this are found, but not well read."""
MOST_TURNED = 0.9
"""How far the tip of the nose may stand beside the middle of the eyes, in distances between them. On renders that is
passed by one face in twenty at a yaw of 55 degrees, and by none below 45."""


@dataclass(frozen=True, kw_only=True)
class FoundFace:
    """One face of a picture."""

    faces: tuple[DetectedFace, ...]
    """All that were found, the largest first."""
    landmarks: Landmarks
    """Of the chosen one."""
    frame: CropFrame
    """Around these landmarks, upright, with the margin of the landmarks' own crop; `frame_around` makes others."""
    notes: tuple[str, ...]
    """What the user should know, one sentence each."""


def find_face(networks: Mapping[str, Network], picture: Picture, face: int = 0) -> FoundFace:
    """Find one face of a picture and its landmarks, which are looked at twice.

    Args:
        networks: `detector` and `landmarks`, by name.
        picture: sRGB.
        face: which one, counted from 0, the largest.

    Raises:
        ValueError: there is no face, or not so many.
    """
    faces = detect_faces(networks["detector"], picture)
    if not faces:
        raise ValueError(
            "no face found, expected at least one; choose a picture that shows a face larger, or its front"
        )
    if not 0 <= face < len(faces):
        raise ValueError(f"face is {face}, expected 0 to {len(faces) - 1}: {len(faces)} found, 0 is the largest")
    chosen = faces[face]
    frame = frame_around_box(chosen.box_px, chosen.points_px, landmarks.MARGIN, landmarks.LIFT)
    found = look_twice(networks["landmarks"], picture, frame)
    frame = frame_around(found.points_px, landmarks.MARGIN, landmarks.LIFT)
    notes = _notes(faces, face)
    if turned(found) > MOST_TURNED:
        notes = (
            *notes,
            "the face is turned far to the side, beyond about 60 degrees; a picture from its front is better",
        )
    return FoundFace(faces=faces, landmarks=found, frame=frame, notes=notes)


def turned(found: Landmarks) -> float:
    """Return how far the tip of the nose stands beside the middle of the eyes, in distances between them.

    Args:
        found: landmarks of a face.
    """
    right, left, nose, *_ = five_points(found.points_px)
    across = left - right
    return float(abs((nose - 0.5 * (right + left)) @ across) / max(across @ across, 1e-9))


def look_twice(network: Network, picture: Picture, frame: CropFrame) -> Landmarks:
    """Find the landmarks of a face, and again in the frame around them, which fits better than the detector's.

    Args:
        network: `landmarks`.
        picture: sRGB.
        frame: roughly around the face.
    """
    roughly = landmarks.find_landmarks(network, picture, frame)
    return landmarks.find_landmarks(network, picture, frame_around(roughly.points_px, landmarks.MARGIN, landmarks.LIFT))


def parse_found(network: Network, picture: Picture, found: Landmarks) -> FaceRegions:
    """Parse a face whose landmarks are known.

    Args:
        network: `parser`.
        picture: sRGB.
        found: its landmarks.
    """
    return parse_face(network, picture, frame_around(found.points_px, parsing.MARGIN, parsing.LIFT))


def stylize_portrait(
    networks: Mapping[str, Network], picture: Picture, options: StylizeOptions = STYLIZE_DEFAULTS, face: int = 0
) -> Cartoon:
    """Draw one face of a picture as a cartoon; one that is drawn already passes through.

    Args:
        networks: `detector`, `landmarks` and `parser`; without `stylizer` plain proportions are used, and without
            `cartoon` every picture counts as a photograph.
        picture: sRGB.
        options: style and strength.
        face: which one, counted from 0, the largest.

    Raises:
        ValueError: there is no face, or not so many.
    """
    return stylize_found(networks, picture, find_face(networks, picture, face), options)


def stylize_found(
    networks: Mapping[str, Network], picture: Picture, found: FoundFace, options: StylizeOptions
) -> Cartoon:
    """Do the same with a face that is found already.

    Args:
        networks: `parser` and, where they are there, `stylizer` and `cartoon`.
        picture: sRGB.
        found: the face.
        options: style and strength.
    """
    regions = parse_found(networks["parser"], picture, found.landmarks)
    notes = found.notes
    drawn = _drawn_already(networks, picture, found)
    if drawn and options.style != NO_STYLE and not options.redraw:
        options, notes = replace(options, style=NO_STYLE), (*notes, *drawn)
    cartoon = stylize(networks.get("stylizer"), picture, found.landmarks, regions, options)
    return replace(cartoon, notes=(*notes, *cartoon.notes), drawn=bool(drawn))


def stylize_by_gan(
    networks: Mapping[str, Network],
    gan: Network,
    size: int,
    picture: Picture,
    options: GanOptions = GAN_DEFAULTS,
    face: int = 0,
) -> Cartoon:
    """Draw one face of a picture by a generator of cartoons; one that is drawn already passes through.

    Args:
        networks: `detector`, `landmarks` and `parser`, and `cartoon`, without which every picture is a photograph.
        gan: from a crop to `cartoon`, see `stages.stylization.gan`.
        size: side of that crop, pixels.
        picture: sRGB.
        options: strength and background.
        face: which one, counted from 0, the largest.

    Raises:
        ValueError: there is no face, or not so many.
    """
    found = find_face(networks, picture, face)
    drawn = _drawn_already(networks, picture, found) if not options.redraw else ()
    if drawn:
        return Cartoon(picture=picture, style=NO_STYLE, notes=(*found.notes, *drawn), drawn=True)
    regions = parse_found(networks["parser"], picture, found.landmarks)
    cartoon = draw_by_gan(gan, size, picture, found.landmarks, regions, options)
    return replace(cartoon, notes=(*found.notes, *cartoon.notes))


def _drawn_already(networks: Mapping[str, Network], picture: Picture, found: FoundFace) -> tuple[str, ...]:
    """A note where a picture is a cartoon, else nothing."""
    if "cartoon" not in networks:
        return ()
    drawn = drawn_probability(networks["cartoon"], picture, found.landmarks)
    return (
        (f"this is a cartoon already (probability {drawn:.2f}), so it is left as it is",) if drawn >= THRESHOLD else ()
    )


def _notes(faces: tuple[DetectedFace, ...], face: int) -> tuple[str, ...]:
    notes = []
    if len(faces) > 1:
        others = ", ".join(str(number) for number in range(len(faces)) if number != face)
        notes.append(f"{len(faces)} faces found; this is {face}, where 0 is the largest; the others are {others}")
    extent = faces[face].width_px
    if extent < SMALL_FACE_PX:
        notes.append(
            f"the face is {extent:.0f} px large, below {SMALL_FACE_PX}; a larger picture gives a better result"
        )
    return tuple(notes)
