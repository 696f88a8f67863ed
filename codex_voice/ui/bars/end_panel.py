"""What stands under the pane when there is no Codex in it: why, and what one can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True)
class Offer:
    """Something one can do, the key for it, and what does it."""

    key: str
    label: str
    deed: Callable[[], Awaitable[None]]


class EndPanel(Widget):
    """Says why Codex is not there and offers what can be done."""

    reason: reactive[str] = reactive("", layout=True)
    offers: reactive[tuple[Offer, ...]] = reactive((), layout=True)

    def watch_reason(self, reason: str) -> None:
        """Take no room while Codex is there."""
        self.display = bool(reason)

    def offer_for(self, key: str) -> Offer | None:
        """Return what a key does, or None where nothing is offered for it."""
        if not self.display:
            return None
        return next((offer for offer in self.offers if offer.key == key), None)

    def render(self) -> Content:
        """Return the reason over the offers."""
        offers: list[tuple[str, str] | str] = []
        for offer in self.offers:
            offers += [(f" {offer.key} ", "reverse bold"), f" {offer.label}   "]
        return Content.assemble((self.reason, "$warning bold"), "\n", *offers)
