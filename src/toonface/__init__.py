"""From one portrait to an animatable 3D cartoon head."""
