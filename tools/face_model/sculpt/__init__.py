"""The rig's shapes, composed and sculpted from MakeHuman's expression units, rotations and soft masks."""
