"""Figures and pictures by which the product is judged."""
