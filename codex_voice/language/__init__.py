"""Text to actions: spoken commands and formatting."""
