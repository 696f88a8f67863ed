"""A bare application around the pane, run as a program in a terminal: `pane_app -- COMMAND`.

The talk key (Ctrl-Space) and the menu key (F1) are taken; F1 opens a dialog over the pane, which
Escape closes; F2 starts the program again; F3 writes what the engine holds to a file; F4 looks
for "needle" and copies it; F5 opens the search bar. The last row says what the application has
seen.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from typing import ClassVar

from codex_voice.agent.process import AgentProcess

OUR_KEYS = ("ctrl+space", "f1", "f2", "f3", "f4", "f5", "right_ctrl", "right_alt")


def main() -> None:
    """Start the program first, then import the rest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clipboard", action="store_true")
    parser.add_argument("--covered", action="store_true", help="draw through the compositor")
    parser.add_argument("--all-keys", action="store_true", help="a modifier is a talk key")
    parser.add_argument("--scrollback", type=int, default=10_000)
    parser.add_argument("--dump", type=Path, help="the file that F3 writes")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    columns, rows = shutil.get_terminal_size()
    run(spawn(options, columns, rows - 1), options)


def spawn(options: argparse.Namespace, columns: int, rows: int) -> AgentProcess:
    """Start the program."""
    return AgentProcess.spawn(options.command, columns, rows, Path.cwd(), dict(os.environ))


def run(process: AgentProcess, options: argparse.Namespace) -> None:
    """Show the pane until the program or the user ends it."""
    from codex_voice.ui.driver import TerminalDriver  # isort: skip
    from textual.app import App, ComposeResult
    from textual.screen import ModalScreen
    from textual.widgets import Static

    from codex_voice.session.agent_session import AgentSession
    from codex_voice.terminal.events import ProgramStatus, TerminalEvent
    from codex_voice.terminal.keys import KeyPress
    from codex_voice.ui.dialogs.search import SearchScreen
    from codex_voice.ui.pane.terminal_pane import TerminalPane
    from tests.support.cells import read_cells

    class PlainDialog(ModalScreen[None]):
        CSS = """
        PlainDialog { align: center middle; background: transparent; }
        #dialog { width: 30; height: 5; background: red; }
        """
        BINDINGS: ClassVar = [("escape", "dismiss", "Close")]

        def compose(self) -> ComposeResult:
            yield Static("DIALOG", id="dialog")

    class PaneApp(App[None]):
        CSS = """
        Screen { background: ansi_default; layers: base over; }
        SearchScreen { background: transparent; }
        #status { dock: bottom; height: 1; }
        #cover { layer: over; dock: right; width: 1; height: 1; background: ansi_default; }
        """
        ENABLE_COMMAND_PALETTE = False

        def __init__(self) -> None:
            super().__init__(driver_class=TerminalDriver, ansi_color=True)
            self.session = AgentSession(80, 24, options.scrollback)
            self.session.adopt(process)
            self.dumps = 0
            self.closed = self.restarted = 0
            self.said = "ready"
            self.pane = TerminalPane(
                self.session,
                self.intercept,
                clipboard=options.clipboard,
                all_keys=options.all_keys,
            )

        def compose(self) -> ComposeResult:
            yield self.pane
            yield Static("ready", id="status")
            if options.covered:
                yield Static("", id="cover")

        def on_mount(self) -> None:
            self.session.on_event.append(self.say_status)
            self.pane.focus()

        def say_status(self, event: TerminalEvent) -> None:
            if isinstance(event, ProgramStatus):
                self.say(f"status {event.payload}")

        def intercept(self, key: KeyPress) -> bool:
            if key.name not in (
                "ctrl+space",
                "f1",
                "f2",
                "f3",
                "f4",
                "f5",
                "right_ctrl",
                "right_alt",
            ):
                return False
            self.say(f"{key.name} {key.action} release={self.pane.reports_key_release}")
            if key.name == "f1" and key.action == "press":
                self.push_screen(PlainDialog(), self.note_closed)
            if key.name == "f2" and key.action == "press":
                self.run_worker(self.restart())
            if key.name == "f3" and key.action == "press":
                self.dump()
            if key.name == "f4" and key.action == "press":
                self.pane.find("needle")
                self.pane.find_next()
                self.pane.copy_selection()
            if key.name == "f5" and key.action == "press":
                self.push_screen(SearchScreen(self.pane), self.note_closed)
            return True

        def dump(self) -> None:
            self.dumps += 1
            options.dump.write_text(str(read_cells(self.pane.emulator)))
            self.say(f"dump {self.dumps}")

        async def restart(self) -> None:
            await self.end()
            emulator = self.pane.emulator
            self.session.adopt(spawn(options, emulator.columns, emulator.rows))
            self.pane.show_new_program()
            self.restarted += 1
            self.say("next program")

        def note_closed(self, _result: object) -> None:
            self.closed += 1
            self.say(self.said)

        def say(self, text: str) -> None:
            self.said = text
            closed = f" closed={self.closed}" if self.closed else ""
            restarted = f" restarted={self.restarted}" if self.restarted else ""
            self.query_one("#status", Static).update(text + closed + restarted)

        def on_terminal_pane_copied(self, message: TerminalPane.Copied) -> None:
            self.say(f"copied {len(message.text)}")

        def on_terminal_pane_not_copied(self, message: TerminalPane.NotCopied) -> None:
            self.say(f"not copied {len(message.text)}")

        def on_terminal_pane_paste_refused(self, message: TerminalPane.PasteRefused) -> None:
            self.say(f"paste refused {message.size}")

        def on_terminal_pane_child_exited(self, message: TerminalPane.ChildExited) -> None:
            self.say(f"child {message.status}")

        async def end(self) -> None:
            if self.session.process is not None:
                await self.session.process.terminate()

        async def on_unmount(self) -> None:
            await self.end()

    app = PaneApp()
    app.run()
    raise SystemExit(app.return_code)


if __name__ == "__main__":
    main()
