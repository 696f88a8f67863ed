"""What is decoded for an utterance: first and second looks, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import hallucinations as silence
from codex_voice.speech import loops
from codex_voice.speech import samples as sound
from codex_voice.speech.engines import command_look, prompts
from codex_voice.speech.engines.decoding import NOTHING, Decoded, Decoder, Decoding
from codex_voice.speech.engines.encoder_context import further_contexts
from codex_voice.speech.recognizer import Hints, Word

_UNSURE = 0.4
"""Confidence below which a prompted result is not trusted."""


class UtteranceDecoder:
    """Decodes utterances, and again what is a loop, a doubtful answer to a prompt, or a command.

    Args:
        decoder: The model.
        context_for: Gives the encoder positions for a clip of so many seconds.
        language: Code of the language spoken, or "auto".
    """

    def __init__(
        self, decoder: Decoder, context_for: Callable[[float], int], language: str
    ) -> None:
        self._decoder = decoder
        self._context_for = context_for
        self._language = language

    def recognize(
        self,
        samples: sound.Samples,
        aborted: Callable[[], bool],
        thorough: bool,
        hints: Hints,
    ) -> Decoded:
        """Recognise at most 29 s; see `Recognizer.transcribe`."""
        plain = Decoding(self._context_for(samples.size / SAMPLE_RATE), language=hints.language)
        # Without a voice to be heard a prompt would come back as text.
        prompt = ""
        if hints.words and silence.has_voice(samples):
            language = hints.language or self._language
            prompt = prompts.dictation_prompt(hints, language, self._decoder.count_tokens)
        result = self._decode(samples, replace(plain, prompt=prompt), aborted, thorough)
        if prompt and _is_doubtful(result, prompt, hints):
            if thorough:
                result = self._decode(samples, plain, aborted, thorough)
            elif prompts.is_echo(result.text, prompt):
                result = NOTHING
        if thorough and not hints.continued and command_look.is_worth_it(result, samples, hints):
            result = self._look_for_command(samples, plain, result, hints, aborted)
        text = silence.keep_spoken(result.text, samples, result.confidence)
        return replace(result, text=text, words=_words_of(text, result))

    def _decode(
        self,
        samples: sound.Samples,
        decoding: Decoding,
        aborted: Callable[[], bool],
        thorough: bool,
    ) -> Decoded:
        """Decode, and again with more context what is a loop."""
        result = _without_annotations(self._decoder.decode(samples, decoding, aborted))
        if not result.is_repetitive:
            return result
        for context in further_contexts(decoding.context) if thorough else ():
            slow = replace(decoding, context=context)
            again = _without_annotations(self._decoder.decode(samples, slow, aborted))
            # What was said twice, in time enough for it, is written twice by each.
            confirmed = again.text == result.text and not _is_loop(again, samples)
            # Whatever comes now is better: how sure a model is of a loop says nothing.
            result = again if again.text else result
            if confirmed or not result.is_repetitive:
                break
        return _without_loop(result, samples)

    def _look_for_command(
        self,
        samples: sound.Samples,
        plain: Decoding,
        first: Decoded,
        hints: Hints,
        aborted: Callable[[], bool],
    ) -> Decoded:
        """Decode a short utterance once more as a command, and keep the result if it is one."""
        for look in command_look.looks(plain, first, hints, self._decoder):
            second = self._decoder.decode(samples, look.decoding, aborted)
            if command_look.is_answer(second.complete_text, hints):
                # "Denai." becomes "Deny." only because the prompt says so. Nothing else is made
                # of it either: this is what it sounds like most.
                return first
            if found := command_look.command_in(second, look.phrases):
                return found
        return first


def _without_annotations(result: Decoded) -> Decoded:
    """Remove "[BLANK_AUDIO]" and the like, also where they are written again and again."""
    return replace(result, text=silence.strip_annotations(result.text))


def _is_doubtful(result: Decoded, prompt: str, hints: Hints) -> bool:
    return (
        result.confidence < _UNSURE
        or prompts.is_echo(result.text, prompt)
        or command_look.is_answer(result.complete_text, hints)
    )


def _without_loop(result: Decoded, samples: sound.Samples) -> Decoded:
    """Keep one turn of a loop; a repetition that the sound is long enough for was said."""
    if not result.is_repetitive or not _is_loop(result, samples):
        return result
    return replace(result, text=loops.one_turn(result.complete_text), endless=False)


def _is_loop(repetitive: Decoded, samples: sound.Samples) -> bool:
    """Return whether nobody can have said what repeats itself, in the time."""
    active = silence.active_seconds(samples)
    return repetitive.endless or loops.is_too_fast(repetitive.complete_text, active)


def _words_of(text: str, result: Decoded) -> tuple[Word, ...]:
    """Return the words of what was kept of a result, each with its confidence."""
    written = iter(result.words)
    kept = []
    for word in text.split():
        # Part of a word is left where an annotation touched it.
        match = next((one for one in written if word in one.text), None)
        kept.append(Word(word, match.confidence if match else result.confidence))
    return tuple(kept)
