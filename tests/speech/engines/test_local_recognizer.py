"""What every recogniser in this process has to do, and the traps of its library."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from codex_voice.errors import ModelInvalid, RecognitionFailed, SpeechError
from codex_voice.speech.engines.decoding import Decoded, Decoding
from codex_voice.speech.engines.local_recognizer import LocalRecognizer, default_threads
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import Hints, RecognitionAborted
from codex_voice.speech.samples import Samples
from tests.speech.conftest import MINI, PREAMBLE, Clip, run_python
from tests.speech.engines.conftest import Engine
from tests.speech.noises import NOISES, Sound, to_pcm


def test_recognises_what_the_model_is_known_to_recognise(
    mini: LocalRecognizer, clips: list[Clip]
) -> None:
    """Every clip that all measured settings get right, word for word; silence gives no text."""
    wrong = {
        clip.name: text
        for clip in clips
        if clip.right and (text := mini.transcribe(clip.pcm).text) != clip.text
    }
    # The miniature model was made for greedy decoding; a beam search finds one sentence likelier.
    assert len(wrong) <= (0 if isinstance(mini, WhisperRecognizer) else 1)


@pytest.mark.parametrize("gain_db", [-40, -20, 3])
def test_quiet_and_clipped_speech_is_recognised(
    mini: LocalRecognizer, say: Callable[[str], bytes], gain_db: float
) -> None:
    """A quiet microphone is amplified, without changing the words."""
    louder = np.frombuffer(say("Scroll down."), "<i2") * 10 ** (gain_db / 20)
    pcm = louder.clip(-32768, 32767).astype("<i2").tobytes()
    assert mini.transcribe(pcm).text == "Scroll down."


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("level", [-45, -6])
def test_noise_gives_no_text(load: Engine, noise: Callable[[], Sound], level: float) -> None:
    """Though the model, as Whisper does, is sure that it heard thanks."""
    assert load(" Thank you.").transcribe(to_pcm(noise(), level)).text == ""


def test_thanks_that_were_said_give_text(load: Engine, real_voice: bytes) -> None:
    """The same model, the same words, and somebody speaking."""
    assert load(" Thank you.").transcribe(real_voice).text == "Thank you."


def test_no_sound_gives_no_text(mini: LocalRecognizer, say: Callable[[str], bytes]) -> None:
    """whisper.cpp answers an empty array with the previous utterance."""
    click = b"\xff\x7f" * 800
    for pcm in (b"", b"\x01", click):
        assert mini.transcribe(say("Scroll down.")).text == "Scroll down."
        transcript = mini.transcribe(pcm)
        assert transcript.text == ""
        assert transcript.audio_seconds == len(pcm) // 2 / 16_000


@pytest.mark.parametrize("milliseconds", [50, 110, 190])
def test_a_very_short_word_gives_its_own_text(
    load: Engine, real_voice: bytes, milliseconds: int
) -> None:
    """whisper.cpp answers sound under 0.2 s with nothing, unless it is padded."""
    vowel = real_voice[32_000 * 4 : 32_000 * 4 + 32 * milliseconds]
    assert load(" Stop.").transcribe(vowel).text == "Stop."


def test_an_utterance_is_not_changed_by_earlier_ones(
    engine: Engine, say: Callable[[str], bytes], real_voice: bytes
) -> None:
    """With flash attention and a fitted context it would be."""
    recognizer = engine(MINI)
    clip = say("Hey Codex, push the changes.")
    first = recognizer.transcribe(clip)
    recognizer.transcribe(real_voice * 2)
    later = recognizer.transcribe(clip)
    assert (later.text, later.confidence) == (first.text, first.confidence)
    recognizer.close()


def test_long_sound_is_recognised_in_pieces(load: Engine, real_voice: bytes) -> None:
    """44 seconds are more than Whisper's window: each piece gives its words."""
    transcript = load(" Thank you.").transcribe(real_voice * 4)
    assert transcript.text == "Thank you. Thank you."
    assert transcript.audio_seconds == 44


def test_confidence_is_a_probability(
    load: Engine, mini: LocalRecognizer, real_voice: bytes
) -> None:
    """High for planted words; low for a sentence made of words that were not said."""
    assert load(" Thank you.").transcribe(real_voice).confidence > 0.99
    assert 0 < mini.transcribe(real_voice).confidence < 0.95


def test_a_loop_is_cut(load: Engine, real_voice: bytes) -> None:
    """One turn of it is left, and no 200 words are waited for."""
    looping = load(" run the tests" * 70)
    assert looping.transcribe(real_voice[: 2 * 32_000]).text == "run the tests"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "テストを実行して、結果を教えてください。"),
        ("zh", "把超时改成30秒，然后运行测试！"),
        ("de", "Führe die Tests aus, bitte."),
        ("fr", "Exécute les tests, s'il te plaît."),
    ],
)
def test_every_script_comes_whole(
    load: Engine, real_voice: bytes, language: str, text: str
) -> None:
    """Tokens end inside characters; text without blanks is one word."""
    transcript = load(text, language, multilingual=True).transcribe(real_voice)
    assert (transcript.text, transcript.language) == (text, language)
    assert " ".join(word.text for word in transcript.words) == text


def test_a_loop_without_blanks_is_cut(load: Engine, real_voice: bytes) -> None:
    """The limit of tokens ends it within a word, and then there is no blank before that word."""
    looping = load("はい" * 40, "ja", multilingual=True)
    assert looping.transcribe(real_voice[4 * 32_000 : 5 * 32_000]).text == "はい"


def test_a_loop_is_tried_again_with_more_context(load: Engine, real_voice: bytes) -> None:
    """But not for partial text, which is shown for a moment only, and shows no loop either."""
    looping, sound = load(" run the tests" * 70), real_voice[: 2 * 32_000]
    with decodings_of(looping) as decodings:
        assert looping.transcribe(sound, thorough=False).text == "run the tests"
        assert [one.context for one in decodings] == [256]
        decodings.clear()
        assert looping.transcribe(sound).text == "run the tests"
        assert [one.context for one in decodings] == [256, 448, 1024]


def test_what_is_said_twice_is_heard_twice(load: Engine, real_voice: bytes) -> None:
    """A second look that writes the same confirms it; a third would only cost time."""
    doubled = load(" Send the tests. Send the tests.")
    with decodings_of(doubled) as decodings:
        sound = real_voice[: 6 * 32_000]
        assert doubled.transcribe(sound).text == "Send the tests. Send the tests."
        assert len(decodings) == 2


def test_what_is_no_loop_is_recognised_once(load: Engine, real_voice: bytes) -> None:
    """However unsure the model is: a second pass takes seconds and mended nothing."""
    for text in (" ", " Thank you."):
        recognizer = load(text)
        with decodings_of(recognizer) as decodings:
            recognizer.transcribe(real_voice)
        assert len(decodings) == 1


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "Send the tests."), (6.0, "Send the tests. Send the tests.")]
)
def test_a_double_is_a_loop_in_a_sound_too_short_for_it(
    load: Engine, real_voice: bytes, seconds: float, text: str
) -> None:
    """People do say a thing twice, given the time."""
    sound = real_voice[: round(seconds * 16_000) * 2]
    assert load(" Send the tests. Send the tests.").transcribe(sound).text == text


def test_a_loop_of_punctuation_is_no_text(load: Engine, real_voice: bytes) -> None:
    """It has no words."""
    assert load("-" * 120).transcribe(real_voice).text == ""


def test_each_word_has_a_confidence(
    load: Engine, mini: LocalRecognizer, say: Callable[[str], bytes]
) -> None:
    """That of its least sure token; the words are those of the text."""
    transcript = load(" Run (noise) the tests.").transcribe(say("Scroll down."))
    assert transcript.text == "Run the tests."
    assert [word.text for word in transcript.words] == ["Run", "the", "tests."]
    transcript = mini.transcribe(say("Hey Codex, push the changes."))
    assert " ".join(word.text for word in transcript.words) == transcript.text
    assert all(0 < word.confidence <= 1 for word in transcript.words)
    assert min(word.confidence for word in transcript.words) <= transcript.confidence


def test_annotations_in_a_loop_are_no_loop(
    load: Callable[..., WhisperRecognizer], real_voice: bytes
) -> None:
    """They are taken out, and the words before them are complete."""
    looping = load(" Run the tests." + " (noise)" * 40)
    with decodings_of(looping) as decodings:
        assert looping.transcribe(real_voice[: 2 * 32_000]).text.startswith("Run the tests.")
        assert len(decodings) == 1


def test_hints_become_a_prompt(mini: LocalRecognizer, real_voice: bytes) -> None:
    """An echo of it is decoded again without, and is nothing where there is no time for that."""
    hints = Hints(words=("parse_line",))
    with answers_of(mini, {"We talked": ("We talked.", 0.9), "": ("Ask not.", 0.8)}) as prompts:
        assert mini.transcribe(real_voice, hints=hints).text == "Ask not."
        assert prompts == ["We talked about parse_line.", ""]
        prompts.clear()
        assert mini.transcribe(real_voice, thorough=False, hints=hints).text == ""
        assert len(prompts) == 1


@pytest.mark.parametrize("prompted", [("", 0.0), ("Cast a knot.", 0.3)])
def test_a_prompted_result_that_is_empty_or_unsure_is_decoded_without(
    mini: LocalRecognizer, real_voice: bytes, prompted: tuple[str, float]
) -> None:
    """A prompt can leave the model without a word."""
    with answers_of(mini, {"We talked": prompted, "": ("Ask not.", 0.8)}):
        assert mini.transcribe(real_voice, hints=Hints(words=("knot",))).text == "Ask not."


def test_a_prompted_result_that_is_sure_is_believed(
    mini: LocalRecognizer, real_voice: bytes
) -> None:
    """And nothing is decoded twice."""
    answers = {"We talked": ("Ask parse_line.", 0.8), "": ("Ask not.", 0.8)}
    with answers_of(mini, answers) as prompts:
        hints = Hints(words=("parse_line",))
        assert mini.transcribe(real_voice, hints=hints).text == "Ask parse_line."
        assert len(prompts) == 1


def test_noise_is_recognised_without_a_prompt(
    load: Engine,
) -> None:
    """It would come back."""
    recognizer = load(" Thank you.")
    hints = Hints(words=("parse_line",), commands=("thank you",))
    with decodings_of(recognizer) as decodings:
        assert recognizer.transcribe(to_pcm(NOISES[0](), -10), hints=hints).text == ""
    assert [one.prompt for one in decodings] == [""]


def test_a_short_unsure_utterance_is_looked_at_again_as_a_command(
    mini: LocalRecognizer, real_voice: bytes
) -> None:
    """With a prompt of the commands, then guided; partial text and text amid dictation is not."""
    sound = real_voice[4 * 32_000 : 5 * 32_000]
    hints = Hints(commands=("deny", "scroll up"), guided=("scroll up",))
    for answers, text in (
        ({"": ("Crawl up.", 0.6), "Deny.": ("Scroll up. Scroll up.", 0.9)}, "Scroll up."),
        ({"": ("Crawl up.", 0.6), "Deny.": ("Crawl up.", 0.9)}, "Crawl up."),
        ({"": ("Crawl up.", 0.6), "Deny.": ("Scroll up.", 0.4)}, "Crawl up."),
    ):
        with answers_of(mini, answers):
            assert mini.transcribe(sound, hints=hints).text == text
            assert mini.transcribe(sound, thorough=False, hints=hints).text == "Crawl up."
            during = replace(hints, continued=True)
            assert mini.transcribe(sound, hints=during).text == "Crawl up."


@pytest.mark.parametrize(
    ("written", "said"), [("Deny.", "Deny."), ("Deny it. Deny it.", "Deny it.")]
)
def test_an_answer_never_comes_of_a_hint(
    mini: LocalRecognizer, real_voice: bytes, written: str, said: str
) -> None:
    """A look with a prompt makes none, and what names bring has to come without them too."""
    sound = real_voice[4 * 32_000 : 5 * 32_000]
    hints = Hints(
        words=("deny_all",),
        commands=("mute", "deny"),
        guided=("mute",),
        answers=("deny", "deny it"),
    )
    for with_names, plain, commands, text in (
        ("Denai.", "Denial.", written, "Denai."),
        (written, "Denai.", written, "Denai."),
        (written, written, "Mute.", said),
        ("Denai.", "Denai.", "Mute.", "Mute."),
    ):
        answers = {"We talked": (with_names, 0.6), "": (plain, 0.6), "Mute.": (commands, 0.9)}
        with answers_of(mini, answers):
            assert mini.transcribe(sound, hints=hints).text == text


@contextmanager
def decodings_of(recognizer: LocalRecognizer) -> Iterator[list[Decoding]]:
    """Collect how a recogniser decodes, run by run."""
    decodings: list[Decoding] = []
    decode = recognizer._utterances._decoder.decode

    def listen(samples: Samples, decoding: Decoding, aborted: Callable[[], bool]) -> Decoded:
        decodings.append(decoding)
        return decode(samples, decoding, aborted)

    recognizer._utterances._decoder.decode = listen  # type: ignore[method-assign]
    try:
        yield decodings
    finally:
        del recognizer._utterances._decoder.decode


def test_the_miniature_model_is_not_prompted(engine: Engine, say: Callable[[str], bytes]) -> None:
    """It was not trained for it: names of a project would come back as words."""
    recognizer = engine(MINI)
    hints = Hints(words=("parse_line",), commands=("scroll up",))
    with decodings_of(recognizer) as decodings:
        assert recognizer.transcribe(say("Scroll down."), hints=hints).text == "Scroll down."
    assert {(one.prompt, one.suppressed) for one in decodings} == {("", "")}
    recognizer.close()


def test_an_abort_is_told_and_the_model_goes_on(
    mini: LocalRecognizer, say: Callable[[str], bytes]
) -> None:
    """whisper.cpp's own answer to an abort looks like silence."""
    with pytest.raises(RecognitionAborted):
        mini.transcribe(say("Scroll down."), lambda: True)
    assert mini.transcribe(say("Scroll down.")).text == "Scroll down."


def test_a_language_the_model_does_not_know_is_an_error(
    load: Engine,
) -> None:
    """English-only models would guess; the remedy names a model that knows."""
    for language, options in (("de", {}), ("auto", {}), ("en", {"translate": True})):
        with pytest.raises(ModelInvalid, match=r"only English.*models get base"):
            load(" Hi.", language, **options)
    with pytest.raises(SpeechError, match="no language"):
        load(" Hi.", "klingon", multilingual=True)


def test_a_multilingual_model_takes_or_finds_the_language(load: Engine, real_voice: bytes) -> None:
    """And tells which it was."""
    assert load(" Hallo.", "de", multilingual=True).transcribe(real_voice).language == "de"
    found = load(" Hallo.", "auto", multilingual=True).transcribe(real_voice)
    assert found.text == "Hallo."
    assert len(found.language) in (2, 3)
    translated = load(" Hallo.", "de", multilingual=True, translate=True).transcribe(real_voice)
    assert translated.text == "Hallo."


def test_says_what_computes(mini: LocalRecognizer) -> None:
    """So that the menu can show it."""
    assert mini.name == "mini.en-q8_0"
    assert mini.describe().startswith(("CPU (", "GPU ", "CTranslate2 int8, "))
    assert default_threads() >= 1


def test_a_closed_model_is_an_error_and_closing_twice_is_none(
    load: Engine, real_voice: bytes
) -> None:
    """A freed context would end the process."""
    recognizer = load(" Hi.")
    recognizer.close()
    recognizer.close()
    with pytest.raises(RecognitionFailed, match="closed"):
        recognizer.transcribe(real_voice)


def test_two_threads_in_one_model_are_an_error_not_a_crash() -> None:
    """whisper.cpp's contexts are not re-entrant."""
    ended = run_python(
        PREAMBLE + "begun, done = threading.Event(), threading.Event()\n"
        "def poll():\n    begun.set()\n    done.wait()\n    return False\n"
        "thread = threading.Thread(target=recognizer.transcribe, args=(pcm, poll))\n"
        "thread.start()\nbegun.wait()\n"
        "try:\n    recognizer.transcribe(pcm)\n"
        "except RecognitionFailed as error:\n    print(error)\n"
        "done.set()\nthread.join()"
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "already at work" in ended.stdout


def test_memory_does_not_grow() -> None:
    """Neither with utterances nor with models that come and go."""
    ended = run_python(
        PREAMBLE + "import resource\npcm = pcm[:64_000]\n"
        "def peak():\n    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "def round():\n"
        "    other = WhisperRecognizer(Path(sys.argv[1]))\n    other.transcribe(pcm)\n"
        "    other.close()\n    recognizer.transcribe(pcm)\n"
        "for _ in range(10): round()\nbefore = peak()\n"
        "for _ in range(10): round()\nprint(peak() / before)",
        str(MINI),
    )
    assert math.isclose(float(ended.stdout), 1, abs_tol=0.1)


@contextmanager
def answers_of(
    recognizer: LocalRecognizer, answers: dict[str, tuple[str, float]]
) -> Iterator[list[str]]:
    """Let a recogniser decode what is written here, and collect its prompts.

    Args:
        recognizer: Its voice detection and all its decisions are real.
        answers: Text and confidence by the beginning of the prompt; "" fits where no other does.
    """
    prompts: list[str] = []

    def answer(_: Samples, decoding: Decoding, _aborted: Callable[[], bool]) -> Decoded:
        prompts.append(decoding.prompt)
        start = next((one for one in answers if one and decoding.prompt.startswith(one)), "")
        text, confidence = answers[start]
        return Decoded(text, confidence, (), endless=False)

    recognizer._utterances._decoder.decode = answer  # type: ignore[method-assign,assignment]
    try:
        yield prompts
    finally:
        del recognizer._utterances._decoder.decode


def test_an_utterance_may_have_a_language_of_its_own(load: Engine, real_voice: bytes) -> None:
    """One that the model does not know is refused, and the next utterance is as before."""
    recognizer = load("Hola.", "en", multilingual=True)
    assert recognizer.transcribe(real_voice, hints=Hints(language="es")).language == "es"
    assert recognizer.transcribe(real_voice).language == "en"
    for model, language in ((recognizer, "xx"), (load("Hello."), "es")):
        with pytest.raises(SpeechError):
            model.transcribe(real_voice, hints=Hints(language=language))
