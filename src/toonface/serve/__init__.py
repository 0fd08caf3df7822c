"""The web application: one page and a server of this machine, with workers that make avatars."""
