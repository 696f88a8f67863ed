"""What this terminal can do, and what stands between it and the program."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codex_voice.errors import TerminalError
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.terminal.colours import true_colour_source

if TYPE_CHECKING:
    from codex_voice.setup.terminal_probe import TerminalAbilities

# Smaller ones have no room for Codex's composer beside the bars.
_LEAST_COLUMNS, _LEAST_ROWS = 20, 6


def check(_surroundings: Surroundings) -> Iterator[Finding]:
    """Ask the terminal, where there is one, and look at what the environment says of it."""
    # Loads the terminal engine, which the start of the app does not wait for.
    from codex_voice.setup.terminal_probe import probe

    if os.environ.get("TERM") in (None, "", "dumb"):
        trouble = TerminalError(
            "TERM is not set or dumb, so that nothing can be drawn", "use a terminal emulator"
        )
        yield Finding("Terminal", trouble=trouble, needed=False)
        return
    columns, rows = shutil.get_terminal_size()
    if columns < _LEAST_COLUMNS or rows < _LEAST_ROWS:
        trouble = TerminalError(
            f"{columns}x{rows} is too small",
            f"make it at least {_LEAST_COLUMNS}x{_LEAST_ROWS}",
        )
        yield Finding("Terminal", trouble=trouble, needed=False)
        return
    yield Finding("Terminal", describe(probe()))


def describe(abilities: TerminalAbilities | None) -> str:
    """Return one line about the terminal.

    Args:
        abilities: What it answered; None where it was not asked or did not answer.
    """
    program = os.environ.get("TERM_PROGRAM") or os.environ.get("TERM") or "unknown"
    if abilities is not None and abilities.name:
        program = abilities.name
    return "; ".join([_place(program), *_answers(abilities), *_remarks(abilities)])


def _place(program: str) -> str:
    if os.environ.get("TMUX"):
        return f"tmux in {program}" if not program.startswith("tmux") else program
    return f"GNU screen in {program}" if os.environ.get("STY") else program


def _answers(abilities: TerminalAbilities | None) -> Iterator[str]:
    if abilities is None:
        return
    yield (
        "hold or tap the talk key"
        if abilities.key_release
        else ("tap the talk key: it reports no releases of keys (kitty protocol)")
    )
    if abilities.clipboard:
        yield "writes to the clipboard (OSC 52)"
    if not abilities.synchronized_output:
        yield "no synchronized output, so that drawing may flicker"


def _remarks(abilities: TerminalAbilities | None) -> Iterator[str]:
    if abilities is None and (os.environ.get("TMUX") or os.environ.get("STY")):
        yield "tap the talk key: no releases of keys are reported"
    if os.environ.get("SSH_CONNECTION"):
        yield "over ssh: the microphone is that of the machine you are logged in to"
    if os.environ.get("TERM") == "linux":
        yield "the Linux console has 8 colours and reports no releases of keys"
        return
    source = true_colour_source(os.environ)
    if source:
        yield f"24-bit colours ({source} says so)"
    elif abilities is not None and abilities.true_colour:
        yield (
            "24-bit colours, as the terminal itself reports, but only 256 are used: "
            "export COLORTERM=truecolor"
        )
    else:
        yield "256 colours: neither COLORTERM, terminfo nor an answer promises more"
