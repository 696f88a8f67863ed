"""The panel under the pane when Codex is not running: why, and what can be done."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from codex_voice.session.codex_control import Offer

# What was typed into Codex while it died is no answer: a key pressed sooner than a reader can have
# seen the panel does not count as one.
QUIET_SECONDS = 0.3


class EndPanel(Widget):
    """Shows why Codex is not running and offers what can be done."""

    reason: reactive[str] = reactive("", layout=True)
    offers: reactive[tuple[Offer, ...]] = reactive((), layout=True)

    accepting: reactive[bool] = reactive(False)
    """Whether keys are taken; the offers are shown only while they are."""

    _quiet: Timer | None = None

    def show(self, reason: str, offers: tuple[Offer, ...]) -> None:
        """Show why Codex is not running and what can be done; nothing with an empty reason."""
        self.offers = offers
        self.reason = reason

    def watch_reason(self, reason: str) -> None:
        """Use no space while Codex runs."""
        self.display = bool(reason)
        self._await_quiet()

    def offer_for(self, key: str) -> Offer | None:
        """Return the offer that a press of a key accepts, or None where there is none.

        Somebody who goes on typing when the panel appears has not read it: a key that comes before
        there was a pause is ignored, and the pause begins anew.
        """
        if not self.display:
            return None
        if not self.accepting:
            self._await_quiet()
            return None
        return next((offer for offer in self.offers if offer.key == key), None)

    def _await_quiet(self) -> None:
        """Accept no key until none has come for a while."""
        self.accepting = False
        if self._quiet is not None:
            self._quiet.stop()
        self._quiet = self.set_timer(QUIET_SECONDS, self._accept)

    def _accept(self) -> None:
        self.accepting = True

    def render(self) -> Content:
        """Return the reason over the offers."""
        offers: list[tuple[str, str] | str] = []
        for offer in self.offers if self.accepting else ():
            offers += [(f" {offer.key} ", "reverse bold"), f" {offer.label}   "]
        return Content.assemble((self.reason, "$warning bold"), "\n", *offers)
