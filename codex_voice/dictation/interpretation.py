"""What a recognised text is: a command, a dictation, or nothing that was said to us."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from codex_voice.dictation.pending_utterance import PendingUtterance
from codex_voice.dictation.state import Dictated, DictationListener, DictationState, FileChoice
from codex_voice.dictation.text_hook import TextHook
from codex_voice.dictation.wake_mode import WakeMode
from codex_voice.language.pipeline import Interpreter
from codex_voice.language.registry import Command
from codex_voice.recordings.background_writer import BackgroundWriter
from codex_voice.recordings.outcomes import Outcome
from codex_voice.speech.recognizer import Transcript


class Interpretation:
    """Has texts carried out or passed on, and puts away what is not meant for us.

    Args:
        recordings: Notes what was said and what became of it.
        wake_mode: Knows the wake phrase.
        listener: Carries out what was said.
        recognize_once_more: Has an utterance recognised by the model of an awake voice.
        interpreter: Tells commands from texts, and writes texts as they are meant.
        hook: The user's own program over the text, if there is one.
    """

    def __init__(
        self,
        recordings: BackgroundWriter,
        wake_mode: WakeMode,
        listener: DictationListener,
        recognize_once_more: Callable[[PendingUtterance], None],
        interpreter: Interpreter,
        hook: TextHook | None = None,
    ) -> None:
        self._recordings = recordings
        self._wake_mode = wake_mode
        self._listener = listener
        self._recognize_once_more = recognize_once_more
        self._interpreter = interpreter
        self._literal = False
        self._hook = hook
        self._waiting: deque[tuple[PendingUtterance, Transcript, DictationState]] = deque()
        """What was recognised while the hook has a text: it keeps its order."""
        self._hooked: asyncio.Task[None] | None = None

    def close(self) -> None:
        """Give up the text that the hook has; its recording and its words are in the history."""
        self._waiting.clear()
        if self._hooked is not None:
            self._hooked.cancel()

    def handle(
        self, heard: PendingUtterance, transcript: Transcript, state: DictationState
    ) -> None:
        """Handle the text of an utterance, and what the voice was doing when it came."""
        if self._hooked is not None:
            self._waiting.append((heard, transcript, state))
            return
        self._interpret(heard, transcript, state)

    def _interpret(
        self, heard: PendingUtterance, transcript: Transcript, state: DictationState
    ) -> None:
        text: str | None = transcript.text
        if text and not state.asleep and self._overhear(heard, transcript, state):
            return
        if state.mode == "wake_word" and text and not heard.again:
            text = None if transcript.someone_else else self._wake_mode.hear(text)
            heard.addressed = state.asleep
            if state.asleep and text is not None and transcript.model != state.model:
                # The small model heard the wake phrase; the rest is for the large one.
                self._recognize_once_more(heard)
                return
        if not text:
            self._put_away(heard, meant=state.mode == "push_to_talk" or heard.again)
            return
        number = self._interpreter.grammar.choice(text)
        if number and heard.whole and not self._literal and self._listener.chosen(number):
            self._recordings.set_text(heard.utterance_id, text, transcript.model, text)
            self._recordings.set_outcome(heard.utterance_id, Outcome.COMMAND)
            return
        literal, self._literal = self._literal, False
        meant = self._interpreter.interpret(
            text,
            transcript.confidence,
            literal=literal,
            words=[(word.text, word.confidence) for word in transcript.words],
        )
        if meant.command is Command.ESCAPE and heard.whole:
            self._literal = True
            self._recordings.set_outcome(heard.utterance_id, Outcome.COMMAND)
            self._listener.show_message("What you say next is typed as it is heard.")
            return
        written = meant.text if meant.command is None else text
        self._recordings.set_text(heard.utterance_id, written, transcript.model, transcript.text)
        if meant.command is not None and heard.whole:
            self._recordings.set_outcome(heard.utterance_id, Outcome.COMMAND)
            self._listener.commanded(meant.command)
            return
        dictated = Dictated(
            heard.utterance_id,
            written,
            heard.speech_ended,
            complete=heard.complete,
            cut_short=heard.cut_short,
            send=meant.send,
            heard=text if text != written else "",
            changed=tuple((change.start, change.end) for change in meant.changes if change.written),
            choices=tuple(
                FileChoice(change.start, change.end, change.heard, change.choices)
                for change in meant.changes
                if change.choices
            ),
        )
        if self._hook is None or literal:
            self._listener.dictated(dictated)
        else:
            self._hooked = asyncio.create_task(self._pass_on(self._hook, dictated, transcript))

    async def _pass_on(self, hook: TextHook, dictated: Dictated, transcript: Transcript) -> None:
        """Pass on what the hook makes of a text, then take what came meanwhile."""
        try:
            text = await hook.apply(transcript.text, dictated.text, transcript.language)
        finally:
            self._hooked = None
        if text != dictated.text:
            self._recordings.set_text(
                dictated.utterance_id, text, transcript.model, transcript.text
            )
            # Nobody knows what stands where in a text of the user's own program.
            dictated = replace(dictated, text=text, heard=transcript.text, changed=(), choices=())
        self._listener.dictated(dictated)
        while self._waiting and self._hooked is None:
            self._interpret(*self._waiting.popleft())

    def _overhear(
        self, heard: PendingUtterance, transcript: Transcript, state: DictationState
    ) -> bool:
        """Put away what others say: it is in the history, in case it was meant.

        Returns:
            Whether it is no louder than the room, or clearly somebody else's voice.
        """
        by_key = state.mode == "push_to_talk" or heard.again or heard.addressed
        if heard.overheard:
            reason = "Not louder than the room"
        elif transcript.someone_else and not by_key:
            reason = "Not your voice"
        else:
            return False
        text = transcript.text
        self._recordings.set_text(heard.utterance_id, text, transcript.model, text)
        self._recordings.set_outcome(heard.utterance_id, Outcome.OVERHEARD)
        self._listener.show_message(f"{reason}: kept in the history.")
        return True

    def _put_away(self, heard: PendingUtterance, *, meant: bool) -> None:
        """Put away an utterance without words for us."""
        if heard.complete and not heard.whole:
            # The pieces before it are in the composer, and this was the end of them.
            self._recordings.discard(heard.utterance_id)
            self._listener.dictated(Dictated(heard.utterance_id, "", heard.speech_ended))
        elif meant:
            # Somebody meant to be heard, so the recording stays.
            self._recordings.set_outcome(heard.utterance_id, Outcome.NO_WORDS)
            self._listener.show_message("No words were recognised.")
        else:
            # What is said in a room is nobody's dictation, and is not kept.
            self._recordings.discard(heard.utterance_id)
