"""Draw an asset as a viewer would: its own meshes, targets and pictures, in the studio's light."""

from collections.abc import Mapping
from io import BytesIO

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from toonface.geometry.asset import Asset, AssetMesh
from toonface.synth.preview import PreviewSurface, View, camera_of, render_surfaces
from toonface.types import Vertices

SEEN_OPACITY = 0.5
"""What is clearer is not drawn: lenses that are seen through."""
GLOSS = 0.16
"""Of the smoothest surface, in this light."""


def render_asset(asset: Asset, view: View, weights: Mapping[str, float] | None = None) -> UInt8[np.ndarray, "Y X 3"]:
    """Draw an asset in one expression.

    Args:
        asset: what to draw.
        view: where it is seen from; the whole asset is framed as it lies at rest.
        weights: of its targets by name; a target that a mesh has not does nothing there. None for the rest.

    Raises:
        ValueError: no mesh has a target of a name.
    """
    posed = weights or {}
    known = {target.name for mesh in asset.meshes for target in mesh.targets}
    strange = sorted(posed.keys() - known)
    if strange:
        raise ValueError(f"there is no target {strange[0]!r}, expected one of the asset's {len(known)}")
    drawn = [mesh for mesh in asset.meshes if mesh.material.colour[3] > SEEN_OPACITY]
    surfaces = [_surface(mesh, posed_vertices(mesh, posed)) for mesh in drawn]
    resting = np.concatenate([mesh.positions for mesh in drawn]).astype(np.float64)
    return render_surfaces(surfaces, camera_of(resting, view))


def posed_vertices(mesh: AssetMesh, weights: Mapping[str, float]) -> Vertices:
    """Return the vertices of a mesh under targets, metres.

    Args:
        mesh: with or without targets.
        weights: by name.
    """
    vertices = mesh.positions.astype(np.float64)
    for target in mesh.targets:
        vertices[target.vertices] += weights.get(target.name, 0.0) * target.offsets
    return vertices


def _surface(mesh: AssetMesh, vertices: Float[np.ndarray, "V 3"]) -> PreviewSurface:
    material = mesh.material
    picture = None if material.picture is None else _decoded(material.picture.data)
    tint = tuple(float(channel) ** (1.0 / 2.2) for channel in material.colour[:3])
    moved = not np.array_equal(vertices, mesh.positions)
    return PreviewSurface(
        vertices=vertices,
        faces=mesh.faces,
        uv=mesh.uv.astype(np.float64),
        uv_faces=mesh.faces,
        picture=picture,
        colours=None if picture is not None else np.tile(np.array(tint), (len(vertices), 1)),
        tint=tint,
        cutout=material.alpha != "opaque" and picture is not None,
        gloss=GLOSS * material.specular * (1.0 - material.roughness) ** 2,
        shade=None if mesh.light is None else mesh.light / 255.0,
        normals=None if moved else mesh.normals.astype(np.float64),
    )


def _decoded(data: bytes) -> UInt8[np.ndarray, "H W 4"]:
    return np.asarray(Image.open(BytesIO(data)).convert("RGBA"))
