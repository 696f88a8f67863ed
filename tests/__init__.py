"""The tests mirror the modules of the program, and wait for events, never for time."""

from codex_voice.native_environment import configure_native_libraries

# Before any of them is loaded, and before any test starts a thread.
configure_native_libraries()
