"""One flat script per network, and what they share. PyTorch comes with `pip install 'toonface[train]'`."""
