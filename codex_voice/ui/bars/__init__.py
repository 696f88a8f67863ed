"""The rows under the pane: voice, status, and what is said when Codex is gone."""
