"""Hats, clothes and the shoulders under them."""
