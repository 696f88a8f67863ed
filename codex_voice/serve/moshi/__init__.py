"""Spoken conversation with Moshi: its server as a child process, and a client of it."""
