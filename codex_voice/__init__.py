"""codex-voice: talk to the Codex CLI.

The real Codex runs in a long-lived terminal pane; speech is recognised on this machine
and typed into its composer.
"""

__version__ = "0.1.0"
