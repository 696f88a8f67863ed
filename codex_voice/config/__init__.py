"""The configuration: its schema, and its file."""
