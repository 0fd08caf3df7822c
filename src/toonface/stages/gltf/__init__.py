"""glTF 2.0, binary: from assets to bytes and back."""
