"""The face model, evaluated purely."""
