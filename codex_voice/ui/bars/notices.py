"""Messages to the user that are still shown."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer

from codex_voice.dictation.notice import KeyOffer, Notice

# Long enough to read a line twice.
NOTICE_SECONDS = 8.0
# Long enough to read a list, to speak, and to be understood.
QUESTION_SECONDS = 30.0
# Long enough to read it, and to begin typing its remedy elsewhere or to press a key.
WARNING_SECONDS = 20.0

_NOTHING = Notice("")


class Notices:
    """The latest message, under what goes on and the warnings that have not expired yet.

    Args:
        set_timer: Calls a function after some seconds, as `App.set_timer` does.
        changed: Called when there is something new to show or to hide.
    """

    def __init__(
        self, set_timer: Callable[[float, Callable[[], None]], Timer], changed: Callable[[], None]
    ) -> None:
        self._set_timer = set_timer
        self._changed = changed
        self._warnings: dict[str, Timer] = {}
        self._notice = _NOTHING
        self._progress = ""
        self._timer: Timer | None = None

    @property
    def warnings(self) -> list[str]:
        """The warnings to show now."""
        return list(self._warnings)

    @property
    def lines(self) -> list[str]:
        """The lines to show now."""
        return [text for text in (*self.standing, self._notice.text) if text]

    @property
    def standing(self) -> list[str]:
        """The warnings, and what goes on."""
        return [text for text in (*self._warnings, self._progress) if text]

    @property
    def notice(self) -> Notice:
        """The message that is shown, without a text where there is none."""
        return self._notice

    def offer_for(self, key: str) -> KeyOffer | None:
        """Return what a key does while this message is shown, or None."""
        return next((offer for offer in self._notice.offers if offer.key == key), None)

    def show_message(self, text: str) -> None:
        """Show a message in place of the last one, for a while."""
        self.show_notice(Notice(text))

    def show_notice(self, notice: Notice) -> None:
        """Show a message in place of the last one, with what keys do meanwhile."""
        before, self._notice = self._notice, notice
        before.gone()
        if self._timer is not None:
            self._timer.stop()
        seconds = WARNING_SECONDS if notice.offers else NOTICE_SECONDS
        seconds = QUESTION_SECONDS if notice.lasting else seconds
        self._timer = self._set_timer(seconds, self._expire_message)
        self._changed()

    def show_warning(self, text: str) -> None:
        """Show what does not work and how to fix it, for longer."""
        if text in self._warnings:
            return
        self._warnings[text] = self._set_timer(WARNING_SECONDS, lambda: self.end_warning(text))
        self._changed()

    def show_progress(self, text: str) -> None:
        """Show how far something has come, until it is told to be over with ""."""
        if text != self._progress:
            self._progress = text
            self._changed()

    def end_warning(self, text: str) -> None:
        """Show a warning no longer: its cause is gone."""
        timer = self._warnings.pop(text, None)
        if timer is not None:
            timer.stop()
            self._changed()

    def _expire_message(self) -> None:
        before, self._notice = self._notice, _NOTHING
        before.gone()
        self._changed()
