"""A reader of OBJ and MTL files that shares nothing with the writer."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class ObjFile:
    rows: dict = field(default_factory=lambda: {"v": [], "vt": [], "vn": []})
    objects: list = field(default_factory=list)
    library: str = ""
    triangles: dict = field(default_factory=dict)
    """Group → its triangles' corners, each a list of numbers counted from 0: vertex, place, normal."""
    materials: dict = field(default_factory=dict)
    """Group → material."""

    def corners(self, group, kind):
        """What a group's triangles have at their corners: F × 3 × C."""
        column = {"v": 0, "vt": 1, "vn": 2}[kind]
        return np.array(self.rows[kind])[np.array(self.triangles[group])[:, :, column]]


def read_obj(text):
    found, group = ObjFile(), ""
    for line in text.splitlines():
        kind, *words = line.split()
        if kind in found.rows:
            found.rows[kind].append([float(word) for word in words])
        elif kind == "o":
            found.objects.append(words[0])
            group = words[0]
        elif kind == "g":
            group = words[0]
        elif kind == "usemtl":
            found.materials[group] = words[0]
        elif kind == "mtllib":
            found.library = words[0]
        else:
            assert kind == "f" and len(words) == 3, line
            numbers = [[int(number) - 1 for number in word.split("/")] for word in words]
            found.triangles.setdefault(group, []).append(numbers)
    return found


def read_mtl(text):
    """Material → key → words."""
    found = {}
    for line in filter(None, text.splitlines()):
        kind, *words = line.split()
        if kind == "newmtl":
            found[words[0]] = {}
        else:
            found[list(found)[-1]][kind] = words
    return found
