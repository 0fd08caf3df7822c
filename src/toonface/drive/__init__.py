"""What moves a head: packets, recordings and clips to weights and back. No sockets and no files: `io` opens them."""
