"""What happens in the picture plane: backgrounds, the camera of the photo style, the looks of the toon style."""
