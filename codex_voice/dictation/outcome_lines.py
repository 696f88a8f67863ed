"""What the user is told of what became of a text or a command."""

from __future__ import annotations

from codex_voice.agent.held_text import TypingOutcome

TEXT_OUTCOMES = {
    TypingOutcome.INSERTED: 'inserted · say "send", or press Enter',
    TypingOutcome.SENT: "sent",
    TypingOutcome.QUEUED: "queued: Codex takes it when this turn is over",
    TypingOutcome.HELD: "waits until Codex can take it",
    TypingOutcome.UNCONFIRMED: "was typed, but the composer does not show it (menu: Held texts)",
}

COMMAND_OUTCOMES = {
    TypingOutcome.SENT: "Sent.",
    TypingOutcome.QUEUED: "Queued: Codex takes it when this turn is over.",
    TypingOutcome.CLEARED: "Cleared.",
    TypingOutcome.INSERTED: "Inserted.",
    TypingOutcome.REMOVED: "Taken out.",
    TypingOutcome.INTERRUPTED: "Interrupted.",
    TypingOutcome.APPROVED: "Approved, this once.",
    TypingOutcome.DENIED: "Denied.",
    TypingOutcome.NOTHING: "The composer is empty.",
    TypingOutcome.REFUSED: "Not now: Codex shows something else than its composer.",
    TypingOutcome.UNCONFIRMED: "The keys were sent, but the screen does not show that they worked.",
}


def line_of(outcome: TypingOutcome) -> str:
    """Return the line for what became of a command."""
    return COMMAND_OUTCOMES.get(outcome, outcome.value)
