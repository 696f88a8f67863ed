"""Bytes to rows of styled cells: the emulator, keys, the mouse, and painting."""
