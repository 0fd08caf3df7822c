"""Files as other programs write them, laid out by hand: a mesh with targets, a body, a head, and one animation."""

import numpy as np

from toonface.stages.gltf.layout import join_glb


def foreign_glb(names, times, weights, *, way="LINEAR", turn_times=None, turns=(), body=None, rest=None):
    """Targets in the order of `names`; `turns` are the head's, below a `body` that is turned by a matrix."""
    binary, views, accessors = b"", [], []

    def add(rows, kind):
        nonlocal binary
        data = np.asarray(rows, "<f4").tobytes()
        count = len(data) // 4 // {"SCALAR": 1, "VEC4": 4, "VEC3": 3}[kind]
        accessors.append({"bufferView": len(views), "componentType": 5126, "count": count, "type": kind})
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(data)})
        binary += data
        return len(accessors) - 1

    triangle = add(np.eye(3), "VEC3")
    samplers = [{"input": add(times, "SCALAR"), "output": add(weights, "SCALAR"), "interpolation": way}]
    channels = [{"sampler": 0, "target": {"node": 2, "path": "weights"}}]
    if turn_times is not None:
        samplers.append({"input": add(turn_times, "SCALAR"), "output": add(turns, "VEC4")})
        channels.append({"sampler": 1, "target": {"node": 1, "path": "rotation"}})
    trunk, head = {"name": "Body", "children": [1, 2]}, {"name": "Head"}
    if body is not None:
        matrix = np.eye(4)
        matrix[:3, :3] = 2.0 * body.as_matrix()
        trunk["matrix"] = matrix.T.ravel().tolist()
    if rest is not None:
        head["rotation"] = rest.as_quat().tolist()
    primitive = {"attributes": {"POSITION": triangle}, "targets": [{"POSITION": triangle} for _ in names]}
    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": len(binary)}],
        "bufferViews": views,
        "accessors": accessors,
        "nodes": [trunk, head, {"name": "Face", "mesh": 0}],
        "meshes": [{"primitives": [primitive], "extras": {"targetNames": list(names)}}],
        "animations": [{"name": "said", "samplers": samplers, "channels": channels}],
    }
    return join_glb(document, binary)
