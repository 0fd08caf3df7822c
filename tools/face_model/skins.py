"""MakeHuman's natural skins: their colour at every vertex without the painted hair, and repacked for our atlas."""

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage, sparse
from scipy.sparse import linalg

from tools.face_model.atlas import head_atlas
from tools.face_model.cage import Cage
from tools.face_model.hair import is_ear
from tools.face_model.pictures import bilinear
from tools.face_model.sources import MakeHuman
from toonface.geometry.mirror import mirror_table
from toonface.geometry.rasterize import clear, draw, interpolate
from toonface.geometry.subdivide import catmull_clark, linear_subdivision, triangulate

NATURAL_SKINS = {
    f"{age}_{people}_{sex}{variant}": f"skins/{age}_{people}_{sex}/textures/{age}_{shade}_{sex}_diffuse{number}.png"
    for age, people, sex, variant, shade, number in (
        *(("young", "caucasian", sex, "", "lightskinned", "") for sex in ("female", "male")),
        *(("young", "caucasian", sex, "2", "lightskinned", "2") for sex in ("female", "male")),
        *(("young", "asian", sex, "", "lightskinned", "3") for sex in ("female", "male")),
        *(
            (age, "caucasian", sex, "", "lightskinned", "")
            for age in ("middleage", "old")
            for sex in ("female", "male")
        ),
        *((age, "asian", sex, "", "lightskinned", "2") for age in ("middleage", "old") for sex in ("female", "male")),
        *(
            (age, "african", sex, "", "darkskinned", "")
            for age in ("young", "middleage", "old")
            for sex in ("female", "male")
        ),
    )
}
"""Name → picture: the 20 bare skins (two of the 18 sets have a second one); those with a painted suit are left out."""
SHIPPED_SKINS = (
    "young_caucasian_female",
    "young_caucasian_male",
    "young_asian_female",
    "young_asian_male",
    "young_african_female",
    "young_african_male",
    "middleage_caucasian_male",
    "old_caucasian_female",
    "old_asian_male",
    "old_african_male",
)
OUTER_ISLANDS = (0, 2)
"""Head and bust, in the atlas's numbering; the others are the mouth bag and the eye sockets."""
FLESH = np.array([0.60, 0.30, 0.29])
"""Inside of the mouth and of the lids, sRGB; MakeHuman paints it signal red."""
HAIRLINE = (
    (-0.100, -0.066),
    (-0.030, -0.054),
    (0.000, -0.034),
    (0.009, 0.040),
    (0.040, 0.040),
    (0.047, 0.014),
    (0.062, 0.020),
    (0.076, 0.046),
    (0.098, 0.080),
    (0.160, 0.096),
)
"""(z, y) of a line from nape over the ear to the forehead, metres: MakeHuman paints hair above it."""


class SkinSampler:
    """Reads pictures in MakeHuman's layout at the vertices of the refined skin of a head."""

    def __init__(self, cage: Cage, cage_points: Float[np.ndarray, "S 3"]) -> None:
        self._cage = cage
        refined = catmull_clark(cage.quads, cage.skin_count)
        self.vertices: Float[np.ndarray, "V 3"] = refined.matrix @ cage_points
        self.faces = triangulate(refined.quads)
        self._layout = linear_subdivision(cage.uv_quads, len(cage.uv))
        self._refined_quads = refined.quads
        atlas = head_atlas(cage)
        self._atlas_uv = self._layout.matrix @ atlas.uv
        self._islands = atlas.islands.repeat(4)
        self._mirror = mirror_table(self.vertices, 1e-4)
        self._graph = _graph_laplacian(self.faces, len(self.vertices))
        self.painted_hair: Float[np.ndarray, " V"] = painted_hair(self.vertices)

    def bag(self) -> Bool[np.ndarray, " V"]:
        """Mark the mouth bag and the eye sockets: vertices that belong to no other island."""
        outside = np.zeros(len(self.vertices), bool)
        outside[self._refined_quads[np.isin(self._islands, OUTER_ISLANDS)]] = True
        return ~outside

    def albedo(self, picture: Float[np.ndarray, "H W 3"]) -> Float[np.ndarray, "V 3"]:
        """Sample a skin at every vertex; bald, and halfway to mirror symmetry.

        A vertex on a seam takes the mean over the outer islands (head, bust); the mouth bag and the sockets count only
        where nothing else is.

        Args:
            picture: red, green, blue in [0, 1], MakeHuman's layout.
        """
        uv = (self._layout.matrix @ self._cage.uv) * [1.0, -1.0] + [0.0, 1.0]
        colours = bilinear(picture, uv)
        weight = np.where(np.isin(self._islands, OUTER_ISLANDS), 1.0, 1e-6)[:, None].repeat(4, axis=1).ravel()
        rows, columns = self._refined_quads.ravel(), self._layout.quads.ravel()
        total = np.bincount(rows, weight, len(self.vertices))
        mixing = sparse.csr_array((weight / total[rows], (rows, columns)), (len(total), len(uv)))
        mixed = mixing @ colours
        mixed += 0.75 * self.bag()[:, None] * (flesh(np.median(picture)) - mixed)
        bald = self.fill(mixed, self.painted_hair)
        return 0.5 * (bald + bald[self._mirror])

    def fill(self, colours: Float[np.ndarray, "V C"], share: Float[np.ndarray, " V"]) -> Float[np.ndarray, "V C"]:
        """Replace colours by the smoothest continuation of those around them.

        Args:
            colours: any channels.
            share: how much to replace, in [0, 1]; what is replaced at all takes no part in the continuation.
        """
        hidden = share > 0.0
        inner = self._graph[hidden][:, hidden]
        source = -self._graph[hidden][:, ~hidden] @ colours[~hidden]
        solved = np.array(colours)
        solved[hidden] = linalg.splu(sparse.csc_array(inner)).solve(source)
        return colours + share[:, None] * (solved - colours)

    def smooth(self, colours: Float[np.ndarray, "V C"], rounds: int) -> Float[np.ndarray, "V C"]:
        """Average over neighbours several times.

        Args:
            colours: any channels.
            rounds: how often.
        """
        valence = self._graph.diagonal()[:, None]
        for _ in range(rounds):
            colours = colours - 0.5 * (self._graph @ colours) / valence
        return colours

    def repack(self, picture: Float[np.ndarray, "H W 3"], size: int) -> Float[np.ndarray, "S S 3"]:
        """Redraw a skin in our atlas; the painted hair gives way to skin.

        Args:
            picture: red, green, blue in [0, 1], MakeHuman's layout.
            size: width and height of the result, pixels.
        """
        corner = triangulate(self._layout.quads)
        screen = np.concatenate([self._atlas_uv * size, np.zeros((len(self._atlas_uv), 1))], axis=1)
        drawn = clear(size, size)
        draw(drawn, screen, corner.astype(np.int32))
        uv = (self._layout.matrix @ self._cage.uv) * [1.0, -1.0] + [0.0, 1.0]
        place = interpolate(drawn, 0, corner, uv)
        colours = bilinear(picture, place.reshape(-1, 2).astype(float)).reshape(size, size, 3)
        share = interpolate(drawn, 0, self.faces, self.painted_hair[:, None])
        bald = interpolate(drawn, 0, self.faces, self.albedo(picture))
        colours = colours + share * (bald - colours)
        outer = np.isin(self._islands.repeat(2), OUTER_ISLANDS)[drawn.face]  # two triangles per quad, in order
        colours = np.where(outer[..., None], colours, bald)
        nearest = ndimage.distance_transform_edt(drawn.part < 0, return_distances=False, return_indices=True)
        return colours[tuple(nearest)]


def flesh(brightness: float) -> Float[np.ndarray, "3"]:
    """Return the colour inside the mouth and the lids for a skin.

    Args:
        brightness: mean sRGB value of the skin.
    """
    return FLESH * (0.60 + 0.45 * brightness)


def mean_adult_skin(source: MakeHuman, cage: Cage) -> Float[np.ndarray, "S 3"]:
    """Return the skin points of MakeHuman's mean young adult, metres, origin at the joint of the head.

    Args:
        source: the opened packages.
        cage: the skin.
    """
    sexes, peoples = ("female", "male"), ("african", "asian", "caucasian")
    offsets = sum(
        source.target(f"macrodetails/universal-{sex}-young-averagemuscle-averageweight") / len(sexes) for sex in sexes
    ) + sum(
        source.target(f"macrodetails/{people}-{sex}-young") / (len(sexes) * len(peoples))
        for sex in sexes
        for people in peoples
    )
    return (source.base.vertices + offsets)[cage.kept[: cage.skin_count]] - cage.origin


def painted_hair(vertices: Float[np.ndarray, "V 3"]) -> Float[np.ndarray, " V"]:
    """Tell how much of each vertex lies under the painted hair, 0 to 1 over 1.2 cm; ears are free.

    Args:
        vertices: refined skin, metres, origin at the joint of the head.
    """
    z, y = np.array(HAIRLINE).T
    line = np.interp(vertices[:, 2], z, y)
    above = np.clip((vertices[:, 1] - line) / 0.012, 0.0, 1.0)
    return np.where(is_ear(vertices), 0.0, above)


def _graph_laplacian(faces: np.ndarray, count: int) -> sparse.csr_array:
    """Degree minus adjacency."""
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    sides = np.unique(np.sort(sides, axis=1), axis=0)
    half = sparse.csr_array((np.ones(len(sides)), (sides[:, 0], sides[:, 1])), (count, count))
    adjacency = half + half.T
    return sparse.csr_array(sparse.diags_array(adjacency.sum(axis=1)) - adjacency)
