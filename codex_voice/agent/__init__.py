"""The hosted program: its process, its state, and typing into it safely."""
