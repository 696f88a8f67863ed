"""The rows of the voice bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from codex_voice.dictation.notice import Notice
from codex_voice.dictation.state import Phase
from codex_voice.terminal.key_labels import describe_key
from codex_voice.ui.bars.voice_bar import draw_meter

if TYPE_CHECKING:
    from codex_voice.config.schema import VoiceBarSize
    from codex_voice.dictation.state import DictationState

METER_COLUMNS = 30
OPENING = "● opening the microphone …"


def voice_rows(
    voice: DictationState | None,
    speaking: bool,
    notices: Sequence[Content | str],
    standing: list[str],
    *,
    plain: bool = False,
) -> tuple[Content, ...]:
    """Return the rows of the voice bar, the most urgent last.

    Args:
        voice: The state of dictation, or None where voice is switched off.
        speaking: Whether an utterance is being captured.
        notices: Messages and warnings that have not expired.
        standing: Lines that stay as long as they are true, such as what is missing.
        plain: Whether a screen reader reads them: without symbols, a meter and a clock.
    """
    rows = [Content.styled(text, "$warning") for text in standing]
    if voice is None:
        rows += map(_content, notices)
    elif speaking and voice.phase is Phase.OPENING:
        rows += [Content("Opening the microphone" if plain else OPENING), Content()]
    elif speaking:
        if voice.microphone_trouble is not None and not voice.playing:
            rows.append(Content.styled(str(voice.microphone_trouble), "$warning"))
        rows += [_plain_row(voice) if plain else _listening_row(voice)]
        rows += [Content.styled(voice.partial, "dim italic")]
    elif voice.phase is Phase.TRANSCRIBING:
        rows += [Content.styled("Recognising" if plain else "… recognising", "dim")]
    else:
        rows += map(_content, notices)
    return tuple(rows)


def notice_rows(notice: Notice, *, plain: bool = False, compact: bool = False) -> list[Content]:
    """Return the rows of a message: what was changed in it is marked, and under it the keys.

    Args:
        notice: The message; one without a text has no row.
        plain: Whether a screen reader reads it.
        compact: Whether there is one row for everything; then the keys go first.
    """
    if not notice.text:
        return []
    row = Content(notice.plain if plain and notice.plain else notice.text)
    if not plain:
        for start, end in notice.marked:
            row = row.stylize("bold underline", start, end)
    offers = [
        Content.assemble((describe_key(offer.key), "bold"), f" {offer.label}")
        for offer in notice.offers
    ]
    if compact:
        return [Content(" · ").join([*offers, row])]
    # Two in a row: the bar has three rows.
    pairs = [offers[first : first + 2] for first in range(0, len(offers), 2)]
    return [row, *(Content("   ").join(pair) for pair in pairs)]


def _content(row: Content | str) -> Content:
    return Content(row) if isinstance(row, str) else row


def fitted_rows(
    rows: tuple[Content, ...], size: VoiceBarSize, warnings: list[str]
) -> tuple[Content, ...]:
    """Return what is shown of the rows in a bar of the configured size.

    Args:
        rows: All there is to say.
        size: How large the bar is.
        warnings: What does not work, which is shown in any case.
    """
    if size == "compact":
        return compact_rows(rows)
    if size == "hidden":
        return tuple(Content.styled(text, "$warning") for text in warnings)
    return rows


def compact_rows(rows: tuple[Content, ...]) -> tuple[Content, ...]:
    """Return the one row that says most: the last with text."""
    return tuple(row for row in rows if row.plain)[-1:]


def _plain_row(voice: DictationState) -> Content:
    hint = " Esc cancels." if voice.phase is Phase.LISTENING else ""
    return Content(f"Listening{', too loud' if voice.clipping else ''}.{hint}")


def _listening_row(voice: DictationState) -> Content:
    minutes, seconds = divmod(int(voice.elapsed), 60)
    meter = draw_meter(voice.level_dbfs, voice.peak_dbfs, METER_COLUMNS)
    # What began by itself leaves Escape to Codex, which it interrupts.
    hint = " Esc cancels" if voice.phase is Phase.LISTENING else ""
    if voice.clipping:
        hint = " too loud: clipping"
    return Content.assemble(
        ("● ", "$error bold"),
        f"{minutes}:{seconds:02d} ",
        meter,
        f" {voice.level_dbfs:4.0f} dB",
        (hint, "$warning bold" if voice.clipping else "dim"),
    )
