"""Tests of codex_voice.language."""
