"""Hair: meshes of the model, and shells grown from the skin."""
