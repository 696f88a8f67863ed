"""Puts microphone, recogniser and journal together into a dictation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codex_voice import paths
from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.config.schema import LanguageConfig, WhisperConfig
from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.hints import ProjectHints, SpokenContext, hinted
from codex_voice.dictation.state import DictationListener, Trouble, TroubleOver, VoiceEvent
from codex_voice.dictation.text_hook import TextHook
from codex_voice.dictation.user_language import interpreter_for
from codex_voice.errors import CodexVoiceError, JournalError, SpeechError
from codex_voice.language.steps import Writing
from codex_voice.recordings.background_writer import BackgroundWriter
from codex_voice.recordings.journal import Journal
from codex_voice.session.launch import Launch
from codex_voice.speech.factory import load_model, open_recognizer
from codex_voice.speech.models.installed import resolve
from codex_voice.speech.recognizer import Recognizer
from codex_voice.speech.speaker.enrolled import with_speaker_check
from codex_voice.speech.wake_word import ListeningRecognizer
from codex_voice.speech.worker import RecognitionWorker


def open_dictation(
    launch: Launch,
    post: Callable[[VoiceEvent], None],
    listener: DictationListener,
    context: SpokenContext,
    writing: Writing,
) -> Dictation:
    """Start the capture thread and the recogniser thread.

    Args:
        launch: The configuration and the model.
        post: Brings events of any thread to `Dictation.handle` on the event loop.
        listener: Shows the state and carries out what was said.
        context: What speech is likely to be about, for the recogniser.
        writing: How it is written.
    """

    def report(error: CodexVoiceError) -> None:
        post(Trouble(error))

    config = launch.config
    journal = Journal(
        paths.recordings_directory(),
        config.history,
        report,
        on_recovered=lambda: post(TroubleOver(JournalError)),
    )
    microphone = launch.microphone or microphone_called(config.audio.device)
    capture = Capture(microphone, CaptureSettings.of(config.audio, config.voice), post, journal)
    load = recognizer_of(
        launch.find_model,
        config.whisper,
        report,
        only_my_voice=config.voice.only_my_voice,
    )
    interpreter = interpreter_for(config, writing, report)
    hints = ProjectHints(config.whisper.language, writing.names, config.language.phrases, context)
    writing.names.refresh()
    worker = RecognitionWorker(hinted(load, hints), post)
    return Dictation(
        capture,
        worker,
        BackgroundWriter(journal),
        config.voice,
        microphone,
        listener,
        interpreter,
        hints,
        hook=_hook_of(config.language, launch.working_directory, listener),
    )


def _hook_of(
    language: LanguageConfig, directory: Path, listener: DictationListener
) -> TextHook | None:
    """Return the user's program over the text; it runs where Codex works."""
    return TextHook(language.hook, directory, listener.warn) if language.hook else None


def microphone_called(name: str) -> Callable[[], FrameSource]:
    """Return what makes the microphone of a name; "" is the default one."""
    return lambda: Microphone(name)


def recognizer_of(
    find_model: Callable[[], Path | SpeechError],
    whisper: WhisperConfig,
    report: Callable[[CodexVoiceError], None],
    *,
    only_my_voice: bool,
) -> Callable[[], Recognizer]:
    """Return what makes the configured recogniser, on the thread that will use it.

    Args:
        find_model: Returns the model file, or why there is none.
        whisper: Language, threads, server, and the model that listens for the wake phrase.
        report: Reports when a server is left for the model of this process.
        only_my_voice: Whether to tell the enrolled speaker from others.
    """

    def load_one() -> Recognizer:
        return open_recognizer(whisper, find_model, report)

    def load_both() -> Recognizer:
        small = load_model(whisper, resolve(whisper.listening_model))
        return ListeningRecognizer(load_one(), small)

    load = load_both if whisper.listening_model else load_one
    return (lambda: with_speaker_check(load(), report)) if only_my_voice else load
