"""Tells a question that stands on the screen from the next one that reads alike."""

from __future__ import annotations

from dataclasses import replace

from codex_voice.agent.prompts import Prompt, visible_prompt
from codex_voice.agent.screen import Screen
from codex_voice.agent.state import StateTracker


class PromptWatch:
    """Gives a question another number whenever it has come anew, however alike it looks.

    To be asked after each change of the screen or of the state: an answer is meant for one
    appearance, and a question that came and went unseen would have had its number.

    Args:
        tracker: Counts how often Codex has asked for something.
    """

    def __init__(self, tracker: StateTracker) -> None:
        self._tracker = tracker
        self._prompt: Prompt | None = None
        self._asked_so_far = 0
        self._appearances = 0

    def look(self, screen: Screen | None) -> Prompt | None:
        """Return the question on the screen, with the number of its appearance.

        Args:
            screen: What Codex shows, if it is there. While Codex is drawing, the question is the
                one of before.
        """
        if screen is None or screen.held:
            return self._prompt
        prompt = visible_prompt(screen)
        asked = self._tracker.times_blocked
        if prompt is not None:
            known = self._prompt and replace(self._prompt, appearance=0)
            if known != prompt or asked != self._asked_so_far:
                self._appearances += 1
            prompt = replace(prompt, appearance=self._appearances)
        self._prompt, self._asked_so_far = prompt, asked
        return prompt
