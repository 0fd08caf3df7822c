"""All pictures of the face model, encoded: hair and brows to be tinted, mouth, eyes, and the natural skins repacked."""

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from tools.face_model.cage import Cage
from tools.face_model.eyeball import eye_pictures
from tools.face_model.hair import HAIR
from tools.face_model.parts import BROWS, brow_window
from tools.face_model.pictures import encode_jpeg, encode_webp, read_picture, resize
from tools.face_model.skins import NATURAL_SKINS, SHIPPED_SKINS, SkinSampler, mean_adult_skin
from tools.face_model.sources import MakeHuman

TINT_MEAN = 0.5
"""Mean luminance of a tinted texture: the run time multiplies 2 × luminance with the hair's colour."""
BROW_WIDTH = 256
MOUTH_SIZE = 256
SKIN_SIZE = 512


def write_textures(source: MakeHuman, cage: Cage) -> dict[str, bytes]:
    """Encode every texture that the package ships.

    Args:
        source: the opened packages.
        cage: the skin, for the layout of the natural skins.

    Returns:
        file name → bytes, always the same. Hair and brows are WebP of grey (sRGB, mean 0.5) with alpha, the rest JPEG.
    """
    files = {}
    for name in HAIR:
        picture = read_picture(source, _only_file(source, f"proxies/hair/{name}/textures"))
        files[f"{name.lower()}.webp"] = encode_webp(tintable(picture, detail_radius=48.0))
    for name in BROWS:
        picture = read_picture(source, _only_file(source, f"proxies/eyebrows/{name}/textures"))
        uv = source.proxy(f"eyebrows/{name}/{name}").mesh.uv * [1.0, -1.0] + [0.0, 1.0]
        files[f"{name}.webp"] = encode_webp(_brow_picture(picture, brow_window(uv)[1]))
    files["teeth.jpg"] = encode_jpeg(teeth_picture(read_picture(source, "proxies/teeth/Teeth_Base/textures/teeth.png")))
    tongue = read_picture(source, "proxies/tongue/tongue01/textures/tongue01_diffuse.png")
    files["tongue.jpg"] = encode_jpeg(tongue_picture(tongue))
    for name, picture in eye_pictures(source).items():
        files[f"{name}.jpg"] = encode_jpeg(picture)
    sampler = SkinSampler(cage, mean_adult_skin(source, cage))
    for name in SHIPPED_SKINS:
        skin = sampler.repack(read_picture(source, NATURAL_SKINS[name])[..., :3], SKIN_SIZE)
        files[f"skin_{name}.jpg"] = encode_jpeg(skin)
    return files


def tintable(picture: Float[np.ndarray, "H W 4"], *, detail_radius: float) -> Float[np.ndarray, "H W 2"]:
    """Take the colour out of strands, so that any hair colour can be multiplied in.

    Broad gradients of dye and baked shadow are halved, the strands keep their contrast, and the mean of what is
    visible becomes 0.5. Luminance flows out under the transparent parts, so that filtering finds no dark fringe.

    Args:
        picture: red, green, blue, alpha in [0, 1].
        detail_radius: standard deviation in pixels that divides strands from gradients.
    """
    alpha = picture[..., 3]
    luminance = picture[..., :3] @ [0.299, 0.587, 0.114]
    logarithm = np.log(luminance + 0.035)
    sure = alpha**2 + 1e-6
    broad = ndimage.gaussian_filter(logarithm * sure, detail_radius) / ndimage.gaussian_filter(sure, detail_radius)
    strands = logarithm - broad
    mean = np.average(broad, weights=sure)
    spread = np.sqrt(np.average(strands**2, weights=sure))
    relative = 0.26 / max(spread, 0.15) * strands + 0.35 * (broad - mean)
    value = np.exp(np.clip(relative, -1.1, 0.65))
    value *= TINT_MEAN / np.average(value, weights=sure)
    return np.stack([np.clip(_bleed(value, alpha), 0.0, 1.0), alpha], axis=-1)


def teeth_picture(picture: Float[np.ndarray, "H W 4"]) -> Float[np.ndarray, "S S 3"]:
    """Brighten the teeth to a warm white and the gums to a healthy pink.

    Args:
        picture: MakeHuman's, grey teeth and dark red gums.
    """
    rgb = _bleed(picture[..., :3], picture[..., 3])
    luminance = rgb @ [0.299, 0.587, 0.114]
    gum = np.clip((rgb[..., 0] - rgb[..., 1] - 0.10) / 0.12, 0.0, 1.0)[..., None]
    lit = np.clip(luminance / 0.72, 0.0, 1.1)[..., None] ** 0.35
    tooth = np.array([0.955, 0.925, 0.865]) * lit
    flesh = np.array([0.80, 0.47, 0.46]) * np.clip(luminance / 0.30, 0.0, 1.4)[..., None] ** 0.35
    return resize(np.clip(tooth * (1 - gum) + flesh * gum, 0.0, 1.0), MOUTH_SIZE, MOUTH_SIZE)


def tongue_picture(picture: Float[np.ndarray, "H W 4"]) -> Float[np.ndarray, "S S 3"]:
    """Make the tongue pink all over: the unpainted black at its root takes the colour around it.

    Args:
        picture: MakeHuman's.
    """
    rgb = picture[..., :3]
    painted = ndimage.binary_erosion(rgb.max(axis=-1) > 0.42, iterations=4).astype(float)
    rgb = _bleed(rgb, painted)
    luminance = rgb @ [0.299, 0.587, 0.114]
    target = np.array([0.83, 0.47, 0.47]) * (luminance / luminance.mean())[..., None] ** 0.8
    return resize(np.clip(0.35 * rgb + 0.65 * target, 0.0, 1.0), MOUTH_SIZE, MOUTH_SIZE)


def _brow_picture(picture: np.ndarray, window: tuple[float, float]) -> np.ndarray:
    first, last = (round(edge * len(picture)) for edge in window)
    cut = tintable(picture[first:last], detail_radius=24.0)
    height = max(round((last - first) * BROW_WIDTH / picture.shape[1]), 1)
    return resize(cut, height, BROW_WIDTH)


def _bleed(values: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Let the visible colours flow into the transparent pixels, from near to far."""
    weight = alpha if values.ndim == 2 else alpha[..., None]
    result, known = values * weight, weight * 1.0
    for radius in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0):
        sigma = (radius, radius) + (0,) * (values.ndim - 2)
        near = ndimage.gaussian_filter(values * weight, sigma), ndimage.gaussian_filter(weight, sigma)
        share = (1.0 - known) * np.minimum(near[1] * 8.0, 1.0)
        result = result + share * near[0] / np.maximum(near[1], 1e-6)
        known = known + share
    overall = (values * weight).sum(axis=(0, 1)) / weight.sum()
    return result + (1.0 - known) * overall


def _only_file(source: MakeHuman, folder: str) -> str:
    (name,) = source.names(folder + "/")
    return name
