"""Pictures of heads with known answers."""
