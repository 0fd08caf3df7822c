"""From surfaces to shaded buffers: packing, light, materials, samples."""
