"""What a portrait says about its face: one function per arrow, from frozen dataclasses to frozen dataclasses."""
