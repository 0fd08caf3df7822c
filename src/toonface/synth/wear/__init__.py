"""Glasses, hats, clothes and the shoulders under them."""
