"""The bones that VRM asks for and a bust has not: arms and legs in a T-pose, as bare joints."""

from dataclasses import replace

import numpy as np

from toonface.geometry.asset import Asset, AssetJoint, AssetMesh

SOLES = 1.57
"""How far the soles lie below the head's joint, metres: that joint is as high on a person 1.7 m tall."""
LIMBS = {
    "Shoulder": ("Spine2", (0.03, -0.19)),
    "Arm": ("Shoulder", (0.17, -0.20)),
    "ForeArm": ("Arm", (0.45, -0.20)),
    "Hand": ("ForeArm", (0.70, -0.20)),
    "UpLeg": ("Hips", (0.09, -0.67)),
    "Leg": ("UpLeg", (0.09, -1.09)),
    "Foot": ("Leg", (0.09, -1.48)),
}
"""Joint of each side → what carries it, and where it lies: to the side, and up from the head's joint, metres."""
TRUNK_BONES = {
    "hips": "Hips",
    "spine": "Spine",
    "chest": "Spine1",
    "upperChest": "Spine2",
    "neck": "Neck",
    "head": "Head",
}
LIMB_BONES = {
    "Shoulder": "Shoulder",
    "UpperArm": "Arm",
    "LowerArm": "ForeArm",
    "Hand": "Hand",
    "UpperLeg": "UpLeg",
    "LowerLeg": "Leg",
    "Foot": "Foot",
}
HUMANOID: dict[str, str] = TRUNK_BONES | {
    f"{side.lower()}{bone}": f"{side}{joint}" for side in ("Left", "Right") for bone, joint in LIMB_BONES.items()
}
"""VRM's bone → our joint. The eyes are left out: there they would say that bones move them, and expressions do."""


def with_body(asset: Asset) -> Asset:
    """Give a bust arms and legs that carry nothing, and stand it on the ground, which lies at height 0.

    Args:
        asset: with the trunk's joints.

    Raises:
        ValueError: a joint of the trunk is missing.
    """
    numbers = {joint.name: number for number, joint in enumerate(asset.joints)}
    missing = [name for name in TRUNK_BONES.values() if name not in numbers]
    if missing:
        raise ValueError(f"the asset has no joints {', '.join(missing)}, which a VRM needs")
    trunk = asset.joints[numbers["Hips"]].position
    head = asset.joints[numbers["Head"]].position
    joints = list(asset.joints)
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        for name, (parent, (out, up)) in LIMBS.items():
            above = numbers[parent if parent in numbers else f"{side}{parent}"]
            numbers[f"{side}{name}"] = len(joints)
            place = (trunk[0] + sign * out, head[1] + up, trunk[2])
            joints.append(AssetJoint(name=f"{side}{name}", parent=above, position=place))
    lift = np.array([0.0, SOLES - head[1], 0.0])
    return replace(
        asset,
        joints=tuple(replace(joint, position=tuple((joint.position + lift).tolist())) for joint in joints),
        meshes=tuple(_lifted(mesh, lift) for mesh in asset.meshes),
    )


def _lifted(mesh: AssetMesh, lift: np.ndarray) -> AssetMesh:
    return replace(mesh, positions=(mesh.positions + lift).astype(np.float32))
