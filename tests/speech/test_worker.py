"""The order of recognition, and that nothing ends the thread that does it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from codex_voice.errors import ModelMissing, RecognitionFailed
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import (
    NO_HINTS,
    Hints,
    RecognitionAborted,
    Recognizer,
    Transcript,
)
from codex_voice.speech.worker import (
    Kind,
    ModelFailed,
    ModelLoading,
    ModelReady,
    RecognitionWorker,
    Recognized,
    SpeechEvent,
    UtteranceFailed,
)
from tests.speech.conftest import MINI

SECONDS = 10.0


class Obedient:
    """A recogniser that takes as long as it is told to, and hears the bytes that it gets."""

    def __init__(self, name: str = "obedient") -> None:
        self.name = name
        self.begun: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.may_finish = threading.Event()
        self.may_finish.set()
        self.closed_on: str | None = None
        self.thorough: dict[str, bool] = {}
        self.someone_else = False

    def describe(self) -> str:
        """Return what it is."""
        return "test"

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = lambda: False,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Hear the bytes, when it may finish."""
        text = pcm.decode()
        self.thorough[text] = thorough
        self.begun.put(text)
        while not self.may_finish.wait(0.001):
            if aborted():
                raise RecognitionAborted("aborted")
        if text.split() == ["bad"]:
            raise RecognitionFailed("cannot hear this", "speak up")
        if text.split() == ["fault"]:
            raise RuntimeError("a native fault")
        return Transcript(
            text, 1.0, "en", 0.0, 0.0, self.name, someone_else=self.someone_else and bool(text)
        )

    def close(self) -> None:
        """Note which thread closes it."""
        self.closed_on = threading.current_thread().name

    def hold(self) -> None:
        """Let no recognition finish until `may_finish` is set."""
        self.may_finish.clear()


class Office:
    """A worker, and the events it posted."""

    def __init__(self, load: Callable[[], Recognizer]) -> None:
        self.events: queue.SimpleQueue[SpeechEvent] = queue.SimpleQueue()
        self.worker = RecognitionWorker(load, self.events.put, "a model")

    def answers(self, count: int) -> list[tuple[str, Kind, str]]:
        """Wait for so many answers; the words or the error of each."""
        found: list[tuple[str, Kind, str]] = []
        while len(found) < count:
            event = self.events.get(timeout=SECONDS)
            if isinstance(event, Recognized):
                found.append((event.utterance_id, event.kind, event.transcript.text))
            elif isinstance(event, UtteranceFailed):
                found.append((event.utterance_id, event.kind, event.error.message))
        return found

    def nothing_more(self) -> None:
        """Make sure that nothing was posted besides what was read."""
        assert self.worker.close(SECONDS)
        assert self.events.empty()


@pytest.fixture
def ear() -> Obedient:
    """Make a recogniser that obeys."""
    return Obedient()


@pytest.fixture
def office(ear: Obedient) -> Iterator[Office]:
    """Start a worker with it, ready."""
    office = Office(lambda: ear)
    assert office.events.get(timeout=SECONDS) == ModelLoading("a model")
    ready = office.events.get(timeout=SECONDS)
    assert isinstance(ready, ModelReady)
    assert (ready.name, ready.description) == ("obedient", "test")
    yield office
    ear.may_finish.set()
    office.worker.close(SECONDS)


def test_finals_are_answered_in_order(office: Office, ear: Obedient) -> None:
    """However many come at once."""
    ear.hold()
    for number in range(20):
        office.worker.recognize(f"u{number}", str(number).encode(), Kind.FINAL)
    ear.may_finish.set()
    assert office.answers(20) == [(f"u{n}", Kind.FINAL, str(n)) for n in range(20)]
    office.nothing_more()


def test_what_took_the_place_of_another_is_introduced(office: Office, ear: Obedient) -> None:
    """Before its first answer: the screen shows who recognises."""
    ear.name = "deputy"
    office.worker.recognize("u", b"a", Kind.FINAL)
    assert office.events.get(timeout=SECONDS) == ModelReady("deputy", "test", 0.0)
    assert office.answers(1) == [("u", Kind.FINAL, "a")]
    office.nothing_more()


@pytest.mark.parametrize("kind", [Kind.FINAL, Kind.SPECULATIVE])
@pytest.mark.parametrize("partial_of", ["u", "the next one"])
def test_a_final_or_speculative_aborts_a_partial(
    office: Office, ear: Obedient, kind: Kind, partial_of: str
) -> None:
    """Of any utterance: it starts while the partial could go on for ever."""
    ear.hold()
    office.worker.recognize(partial_of, b"partial", Kind.PARTIAL)
    assert ear.begun.get(timeout=SECONDS) == "partial"
    office.worker.recognize("u", b"whole", kind)
    assert ear.begun.get(timeout=SECONDS) == "whole"
    ear.may_finish.set()
    assert office.answers(1) == [("u", kind, "whole")]
    office.nothing_more()


def test_only_the_newest_partial_is_recognised(office: Office, ear: Obedient) -> None:
    """A running one ends by itself; those between are forgotten."""
    ear.hold()
    office.worker.recognize("u", b"1", Kind.PARTIAL)
    ear.begun.get(timeout=SECONDS)
    for text in (b"2", b"3", b"4"):
        office.worker.recognize("u", text, Kind.PARTIAL)
    ear.may_finish.set()
    assert [text for _, _, text in office.answers(2)] == ["1", "4"]
    office.nothing_more()


def test_a_dropped_speculation_is_never_answered(office: Office, ear: Obedient) -> None:
    """Waiting or running; a final of the same utterance stays."""
    ear.hold()
    office.worker.recognize("u", b"guess", Kind.SPECULATIVE)
    ear.begun.get(timeout=SECONDS)
    office.worker.recognize("u", b"shown", Kind.PARTIAL)
    office.worker.recognize("other", b"said", Kind.FINAL)
    office.worker.drop("u")
    office.worker.drop("other")
    ear.may_finish.set()
    assert office.answers(1) == [("other", Kind.FINAL, "said")]
    office.nothing_more()


def test_a_final_replaces_its_own_speculation(office: Office, ear: Obedient) -> None:
    """The speculation is aborted, not waited for."""
    ear.hold()
    office.worker.recognize("u", b"guess", Kind.SPECULATIVE)
    assert ear.begun.get(timeout=SECONDS) == "guess"
    office.worker.recognize("u", b"said", Kind.FINAL)
    assert ear.begun.get(timeout=SECONDS) == "said"
    ear.may_finish.set()
    assert office.answers(1) == [("u", Kind.FINAL, "said")]
    office.nothing_more()


def test_only_partials_are_not_thorough(office: Office, ear: Obedient) -> None:
    """Their text is replaced in a moment; a second pass would only be late."""
    for kind in Kind:
        office.worker.recognize(kind.value, kind.value.encode(), kind)
        office.answers(1)
    assert ear.thorough == {"final": True, "speculative": True, "commit": True, "partial": False}


def test_what_may_be_committed_is_kept_until_the_end(office: Office, ear: Obedient) -> None:
    """Neither speech that goes on nor the next pause aborts it; the whole utterance does."""
    ear.hold()
    office.worker.recognize("u", b"first", Kind.COMMIT)
    assert ear.begun.get(timeout=SECONDS) == "first"
    office.worker.recognize("u", b"so far", Kind.PARTIAL)
    office.worker.drop("u", commits=False)
    office.worker.recognize("u", b"guess", Kind.SPECULATIVE)
    ear.may_finish.set()
    assert office.answers(2) == [
        ("u", Kind.COMMIT, "first"),
        ("u", Kind.SPECULATIVE, "guess"),
    ]
    assert ear.begun.get(timeout=SECONDS) == "guess"
    ear.hold()
    office.worker.recognize("u", b"second", Kind.COMMIT)
    assert ear.begun.get(timeout=SECONDS) == "second"
    office.worker.recognize("u", b"said", Kind.FINAL)
    ear.may_finish.set()
    assert office.answers(1) == [("u", Kind.FINAL, "said")]
    office.nothing_more()


def test_a_failing_recognition_is_an_event(office: Office) -> None:
    """With its remedy, native faults included, and the next one works."""
    office.worker.recognize("a", b"bad", Kind.FINAL)
    office.worker.recognize("b", b"fault", Kind.FINAL)
    office.worker.recognize("c", b"good", Kind.FINAL)
    event = office.events.get(timeout=SECONDS)
    assert isinstance(event, UtteranceFailed)
    assert str(event.error) == "cannot hear this (speak up)"
    assert [text for _, _, text in office.answers(2)] == [
        "the recogniser failed: a native fault",
        "good",
    ]


def test_without_a_model_every_request_names_the_remedy() -> None:
    """Nothing said waits for an answer for ever."""

    def fail() -> Recognizer:
        raise ModelMissing("no model", "codex-voice models get base.en")

    office = Office(fail)
    office.worker.recognize("u", b"said", Kind.FINAL)
    assert office.events.get(timeout=SECONDS) == ModelLoading("a model")
    failed = office.events.get(timeout=SECONDS)
    assert isinstance(failed, ModelFailed)
    answer = office.events.get(timeout=SECONDS)
    assert isinstance(answer, UtteranceFailed)
    assert answer.error.remedy == "codex-voice models get base.en"
    office.nothing_more()


def test_a_model_is_replaced_between_finals(office: Office, ear: Obedient) -> None:
    """Earlier finals go to the old model, later ones to the new; the old is freed."""
    ear.hold()
    other = Obedient("other")
    office.worker.recognize("a", b"1", Kind.FINAL)
    office.worker.replace(lambda: other, "other")
    office.worker.recognize("b", b"2", Kind.FINAL)
    ear.may_finish.set()
    events = [office.events.get(timeout=SECONDS) for _ in range(4)]
    models = [e.transcript.model for e in events if isinstance(e, Recognized)]
    assert models == ["obedient", "other"]
    assert ear.closed_on == "recogniser"


def test_a_failed_replacement_leaves_the_old_model(office: Office) -> None:
    """A typing mistake in a menu must not end dictation."""

    def fail() -> Recognizer:
        raise ModelMissing("no model")

    office.worker.replace(fail)
    office.worker.recognize("u", b"said", Kind.FINAL)
    assert office.answers(1) == [("u", Kind.FINAL, "said")]


def test_closing_aborts_and_frees_on_the_same_thread(office: Office, ear: Obedient) -> None:
    """What runs is aborted, and nothing is posted afterwards."""
    ear.hold()
    office.worker.recognize("u", b"said", Kind.FINAL)
    ear.begun.get(timeout=SECONDS)
    office.nothing_more()
    assert ear.closed_on == "recogniser"


def test_closing_does_not_wait_for_what_cannot_be_aborted(
    office: Office, ear: Obedient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that the thread still runs."""
    stubborn, begun = threading.Event(), threading.Event()

    def persist(*_: object, **__: object) -> Transcript:
        begun.set()
        stubborn.wait(SECONDS)
        return Transcript("late", 1.0, "en", 0.0, 0.0, "")

    monkeypatch.setattr(ear, "transcribe", persist)
    office.worker.recognize("u", b"said", Kind.FINAL)
    assert begun.wait(SECONDS)
    assert office.worker.close(0.05) is False
    stubborn.set()
    assert office.worker.close(SECONDS) is True


def test_works_with_the_real_thing(say: Callable[[str], bytes], real_voice: bytes) -> None:
    """whisper.cpp, loaded, aborted, used and freed on the worker's thread."""
    office = Office(lambda: WhisperRecognizer(MINI))
    office.worker.recognize("p", real_voice, Kind.PARTIAL)
    office.worker.recognize("a", say("Scroll down."), Kind.FINAL)
    office.worker.recognize("b", say("Send message."), Kind.FINAL)
    finals = [answer for answer in office.answers(2) if answer[1] is Kind.FINAL]
    assert [text for _, _, text in finals] == ["Scroll down.", "Send message."]
    assert office.worker.close(SECONDS)
