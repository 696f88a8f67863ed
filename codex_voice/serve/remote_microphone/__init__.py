"""A microphone on another machine: the program that serves it, and the sources that hear it."""
