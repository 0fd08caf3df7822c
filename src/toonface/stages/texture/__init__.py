"""From a fitted head and its picture to the colours of its skin."""
