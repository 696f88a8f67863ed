"""Tests of codex_voice.speech."""
