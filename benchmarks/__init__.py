"""What is measured, and how; the figures are in docs/performance.md and docs/speech.md."""

from codex_voice.native_environment import configure_native_libraries

configure_native_libraries()
