"""Model files: the catalogue, downloads, and what is on this machine."""
