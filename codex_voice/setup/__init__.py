"""Finding what is installed, and the commands that say so."""
