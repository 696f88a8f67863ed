"""Our recogniser for Wyoming clients, such as Home Assistant."""
