"""The rows of the voice bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from codex_voice.dictation.state import Phase
from codex_voice.ui.bars.voice_bar import draw_meter

if TYPE_CHECKING:
    from codex_voice.dictation.state import DictationState

METER_COLUMNS = 30
OPENING = "● opening the microphone …"


def voice_rows(
    voice: DictationState | None,
    speaking: bool,
    notices: list[str],
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
        rows += map(Content, notices)
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
        rows += map(Content, notices)
    return tuple(rows)


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
