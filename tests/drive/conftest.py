"""Settings of the property-based tests."""

from hypothesis import settings

# Shape checks make every call slower than it is in use; a deadline would only measure them.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
