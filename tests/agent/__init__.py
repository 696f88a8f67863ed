"""Tests of codex_voice.agent."""
