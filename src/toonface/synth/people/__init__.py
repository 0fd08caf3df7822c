"""Who sits for a portrait: identity, age, expression, gaze, and how far a cartoon goes."""
