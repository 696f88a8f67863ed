"""Practice mode: a stand-in for Codex, a miniature model and recordings."""
