"""The panel under the pane when Codex is not running: why, and what can be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True)
class Offer:
    """Something the user can do, its key, and its handler."""

    key: str
    label: str
    run: Callable[[], Awaitable[None]]


class EndPanel(Widget):
    """Says why Codex is not running and offers what can be done."""

    reason: reactive[str] = reactive("", layout=True)
    offers: reactive[tuple[Offer, ...]] = reactive((), layout=True)

    def watch_reason(self, reason: str) -> None:
        """Take no room while Codex runs."""
        self.display = bool(reason)

    def offer_for(self, key: str) -> Offer | None:
        """Return the offer for a key, or None where there is none."""
        if not self.display:
            return None
        return next((offer for offer in self.offers if offer.key == key), None)

    def render(self) -> Content:
        """Return the reason over the offers."""
        offers: list[tuple[str, str] | str] = []
        for offer in self.offers:
            offers += [(f" {offer.key} ", "reverse bold"), f" {offer.label}   "]
        return Content.assemble((self.reason, "$warning bold"), "\n", *offers)
