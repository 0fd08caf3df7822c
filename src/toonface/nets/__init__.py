"""Networks, and what they are trained through: PyTorch, no files."""
