"""The command line: the parser, and one module for each group of commands.

To add a command, write a module with `register(commands)` and name it in `groups.GROUPS`. What is
imported before Codex is started delays it, so modules here import what they need where they need
it, and know only argparse and each other at their top.
"""
