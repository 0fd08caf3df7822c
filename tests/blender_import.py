"""Run by a Python that has `bpy`: imports files into Blender and prints, as JSON, what it found there."""

import json
import sys

import bpy

ENDINGS = {"glb": bpy.ops.import_scene.gltf, "obj": bpy.ops.wm.obj_import}


def imported(path):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    # Blender asks for names of its own kinds: a VRM is a GLB to it, and is given to it under that name.
    ENDINGS[path.rsplit(".", 1)[1]](filepath=path)
    meshes = {thing.data.name: thing for thing in bpy.data.objects if thing.type == "MESH" and thing.data.materials}
    return {
        "meshes": {name: mesh(thing) for name, thing in meshes.items()},
        "bones": [bone.name for armature in bpy.data.armatures for bone in armature.bones],
        "actions": [action.name for action in bpy.data.actions],
        "pictures": {picture.name: list(picture.size) for picture in bpy.data.images if picture.size[0]},
    }


def mesh(thing):
    keys = thing.data.shape_keys.key_blocks if thing.data.shape_keys else ()
    return {
        "materials": [material.name for material in thing.data.materials],
        "groups": [group.name for group in thing.vertex_groups],
        "places": [list(vertex.co) for vertex in thing.data.vertices],
        "keys": [key.name for key in keys][1:],
        "jawOpen": [list(point.co) for point in keys["jawOpen"].data] if "jawOpen" in keys else None,
    }


sys.stdout.write("\n" + json.dumps({path: imported(path) for path in sys.argv[1:]}) + "\n")
