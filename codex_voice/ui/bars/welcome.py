"""The welcome of practice mode: three steps with their keys, gone when they are done."""

from __future__ import annotations

from enum import Enum

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from codex_voice.config.schema import KeysConfig
from codex_voice.own_command import runnable
from codex_voice.terminal.key_labels import describe_key

LEAST_SCREEN_ROWS = 20
"""On a lower screen the rows are Codex's; the voice bar says what comes next."""


def last_words(*, codex_found: bool) -> str:
    """Return how it goes on after the last step.

    Args:
        codex_found: Whether the menu leads from practice mode to Codex.
    """
    if codex_found:
        return "That is all. In the menu, Leave practice mode starts Codex."
    return f"That is all. For the real thing: {runnable('codex-voice init')}"


class Step(Enum):
    """What a newcomer does first."""

    HEAR = 1
    SEND = 2
    EXPLORE = 3


class Welcome(Widget):
    """Lists the steps, those that are done with a tick; takes no room once all are."""

    done: reactive[frozenset[Step]] = reactive(frozenset(), layout=True)
    keys: reactive[KeysConfig] = reactive(KeysConfig())

    def finish_step(self, step: Step) -> bool:
        """Tick a step off; return whether it was the last one that was left."""
        if step in self.done:
            return False
        self.done = self.done | {step}
        return len(self.done) == len(Step)

    def watch_done(self, done: frozenset[Step]) -> None:
        """Use no space when all is done."""
        self.set_class(len(done) < len(Step), "-open")

    def render(self) -> Content:
        """Return the steps."""
        talk, menu = describe_key(self.keys.talk), describe_key(self.keys.menu)
        rows = [
            Content.styled(
                "Welcome. In practice mode nothing is changed and nothing sent.", "bold"
            ),
            self._row(Step.HEAR, "F2", "lets a recorded sentence be heard and written"),
            self._row(Step.SEND, "Enter", "sends it, as “send” does"),
            self._row(Step.EXPLORE, menu, f"shows all there is; {talk} and you speak yourself"),
        ]
        return Content("\n").join(rows)

    def _row(self, step: Step, key: str, text: str) -> Content:
        mark = ("✓ ", "$success") if step in self.done else (f"{step.value} ", "dim")
        return Content.assemble(mark, (f" {key} ", "reverse bold"), f" {text}")
