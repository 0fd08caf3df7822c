"""From one portrait to an animatable 3D cartoon head."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toonface.io.models import load_models
    from toonface.pipeline.avatars import create_avatar

__all__ = ["create_avatar", "load_models"]


def __getattr__(name: str) -> object:
    """Import what is asked for: all of it takes a second, which `toonface --help` should not pay."""
    if name == "create_avatar":
        from toonface.pipeline.avatars import create_avatar

        return create_avatar
    if name == "load_models":
        from toonface.io.models import load_models

        return load_models
    raise AttributeError(f"module 'toonface' has no attribute {name!r}")
