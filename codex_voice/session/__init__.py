"""One hosted agent without a screen: its start, and what surrounds it."""
