"""The whole program, as a person has it: in a terminal, with a microphone and the real Codex."""
