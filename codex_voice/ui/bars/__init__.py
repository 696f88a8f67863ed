"""The rows under the pane: voice bar, status bar, and the panel for a Codex that has ended."""
