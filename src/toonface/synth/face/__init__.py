"""Skin, eyes, brows, lashes and mouth as they are drawn."""
