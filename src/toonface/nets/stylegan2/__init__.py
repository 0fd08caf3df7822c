"""StyleGAN2, written after its papers: generator, discriminator, augmentation, losses, layer swapping, inversion."""
