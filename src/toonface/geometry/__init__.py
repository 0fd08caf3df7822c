"""Pure arithmetic on arrays: cameras, normals, meshes, rasterising."""
