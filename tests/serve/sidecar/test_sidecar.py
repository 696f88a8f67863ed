"""The real command, from the host's side: recording, recognising, and staying answerable."""

from __future__ import annotations

import shutil
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_voice.practice.recordings import model_path
from tests.serve.conftest import recordings_in, with_inherited
from tests.serve.shared_files import shared_file
from tests.serve.sidecar.host import SidecarHost
from tests.support.virtual_mic import VirtualMic

REPOSITORY = Path(__file__).resolve().parents[3]
CATASTROPHE = {"id": "1", "kind": "regex", "pattern": "(a+)+$", "replacement": "x"}
ALARMING = (b"fatal", b"panic", b"traceback", b"segmentation fault", b"core dumped")


@pytest.fixture
def host(tmp_path: Path, own_files: dict[str, str]) -> Iterator[SidecarHost]:
    """Start a sidecar on a machine without a microphone."""
    with SidecarHost(tmp_path, {**VirtualMic.no_device_environment(), **own_files}) as running:
        yield running


@pytest.fixture
def host_with_microphone(
    tmp_path: Path, own_files: dict[str, str], virtual_mic: VirtualMic
) -> Iterator[SidecarHost]:
    """Start a sidecar on a machine with one."""
    del virtual_mic
    with SidecarHost(tmp_path, with_inherited(own_files)) as running:
        yield running


def test_a_ping_is_answered_while_a_regular_expression_runs(host: SidecarHost) -> None:
    """An endless match is given up, told, and holds up nothing else."""
    slow = host.ask("replacements.preview", text="a" * 40 + "b", rules=[CATASTROPHE])
    host.result("system.ping")
    assert not host.has_answer(slow)
    error = host.answer(slow)["error"]
    assert error["data"] == {"kind": "E_INVALID_PARAMS", "details": {"reason": "timeout"}}
    # And the next one is applied.
    rule = {**CATASTROPHE, "pattern": r"(\w+) (\w+)", "replacement": r"\2 \1"}
    answer = host.result("replacements.preview", text="john smith", rules=[rule])
    assert answer == {"result": "smith john", "truncated": False, "applied_rules_count": 1}


def test_a_file_is_transcribed_after_the_model_is_loaded(host: SidecarHost, tmp_path: Path) -> None:
    """Without a model it says so; the same one is not read again."""
    clip = REPOSITORY / "tests/data/clips/30_festival_send_message.wav"
    error = host.answer(host.ask("asr.transcribe", audio_path=str(clip)))["error"]
    assert (error["code"], error["data"]["kind"]) == (-32001, "E_NOT_INITIALIZED")
    file = Path(shutil.copy(model_path(), tmp_path))
    model = str(file)
    assert host.result("asr.initialize", model_id=model)["status"] == "ready"
    file.unlink()
    file.write_bytes(b"no model any more")
    assert host.result("asr.initialize", model_id=model)["model_id"] == model
    assert host.result("asr.status")["ready"] is True
    answer = host.result("asr.transcribe", audio_path=str(clip))
    assert answer["text"].lower().strip(".") == "send message"
    error = host.answer(host.ask("asr.transcribe", audio_path="/no/such.wav"))["error"]
    assert error["data"]["kind"] == "E_TRANSCRIBE"


def test_the_users_own_words_are_written_before_the_rules_of_the_host(
    tmp_path: Path, own_files: dict[str, str]
) -> None:
    """As the app writes them; the rules see what was written."""
    configuration = Path(own_files["XDG_CONFIG_HOME"]) / "codex-voice" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text("[words]\nreplace = ['message -> mail']\n", encoding="utf-8")
    clip = REPOSITORY / "tests/data/clips/30_festival_send_message.wav"
    rule = {"id": "1", "kind": "literal", "pattern": "mail", "replacement": "letter"}
    with SidecarHost(tmp_path, {**VirtualMic.no_device_environment(), **own_files}) as host:
        host.result("asr.initialize", model_id=str(model_path()))
        answer = host.result("asr.transcribe", audio_path=str(clip))
        assert answer["text"].lower().strip(".") == "send mail"
        host.result("replacements.set_rules", rules=[rule])
        answer = host.result("asr.transcribe", audio_path=str(clip))
        assert answer["text"].lower().strip(".") == "send letter"


@pytest.mark.parametrize(
    ("language", "kind"), [("de", "E_TRANSCRIBE"), ("xx", "E_TRANSCRIBE"), (7, "E_INVALID_PARAMS")]
)
def test_a_language_that_the_model_does_not_know_is_told(
    host: SidecarHost, language: object, kind: str
) -> None:
    """And the next file is transcribed."""
    clip = str(REPOSITORY / "tests/data/clips/30_festival_send_message.wav")
    host.result("asr.initialize", model_id=str(model_path()))
    asked = host.ask("asr.transcribe", audio_path=clip, language=language)
    assert host.answer(asked)["error"]["data"]["kind"] == kind
    answer = host.result("asr.transcribe", audio_path=clip, language="en")
    assert (answer["text"].lower().strip("."), answer["language"]) == ("send message", "en")


def test_a_model_that_is_none_is_told_as_such(host: SidecarHost, tmp_path: Path) -> None:
    """A foreign file never reaches whisper.cpp, and the sidecar goes on."""
    foreign = tmp_path / "ggml-foreign.bin"
    foreign.write_bytes(b"GGUF" + bytes(1000))
    error = host.answer(host.ask("asr.initialize", model_id=str(foreign)))["error"]
    assert (error["code"], error["data"]["kind"]) == (-32008, "E_MODEL_LOAD")
    assert host.result("asr.status")["state"] in ("uninitialized", "error")


@pytest.mark.microphone
def test_a_recording_without_a_model_is_told_and_kept(
    host_with_microphone: SidecarHost, own_files: dict[str, str]
) -> None:
    """Nothing said is lost: the sound is in the history."""
    host = host_with_microphone
    session = host.result("recording.start", session_id="../../evil")["session_id"]
    assert host.event("status_changed")[1]["state"] == "recording"
    while not host.result("recording.status")["duration_ms"]:
        pass
    host.result("recording.stop", session_id=session)
    name, params = host.event("transcription_complete", "transcription_error")
    assert name == "transcription_error"
    assert (params["session_id"], params["kind"]) == ("../../evil", "E_NOT_INITIALIZED")
    assert len(recordings_in(own_files)) == 1


@pytest.mark.microphone
def test_silence_ends_a_recording_where_the_host_asks_for_that(
    host_with_microphone: SidecarHost, virtual_mic: VirtualMic
) -> None:
    """The text comes though nobody stopped it, with the rules applied."""
    host = host_with_microphone
    host.result("asr.initialize", model_id=str(model_path()))
    rule = {"id": "1", "kind": "literal", "pattern": "message", "replacement": "mail"}
    host.result("replacements.set_rules", rules=[rule])
    vad = {"enabled": True, "silence_ms": 700}
    host.result("recording.start", session_id="a", vad=vad)
    playing = virtual_mic.play(REPOSITORY / "tests/data/clips/30_festival_send_message.wav")
    name, params = host.event("transcription_complete", "transcription_error")
    playing.wait()
    assert name == "transcription_complete", params
    assert "mail" in params["text"].lower()
    assert "message" in params["raw_text"].lower()
    assert host.result("recording.status")["state"] == "idle"


@pytest.mark.microphone
@pytest.mark.timeout(300)
def test_a_sentence_from_microphone_to_text_with_real_weights(
    tmp_path: Path, own_files: dict[str, str], virtual_mic: VirtualMic
) -> None:
    """A person reads, the real model writes, pings are answered all the while."""
    model = shared_file("models/ggml-tiny.en-q8_0.bin")
    sound = shared_file("audio/jfk.wav")
    with SidecarHost(tmp_path, with_inherited(own_files)) as host:
        loading = host.ask("asr.initialize", model_id=str(model), language="en")
        host.result("system.ping")
        assert "result" in host.answer(loading)
        session = str(uuid.uuid4())
        host.result("recording.start", session_id=session)
        virtual_mic.play(sound).wait()
        stopped = host.result("recording.stop", session_id=session)
        assert stopped["audio_duration_ms"] > 10_000
        host.result("system.ping")
        name, params = host.event("transcription_complete", "transcription_error")
    assert name == "transcription_complete", params
    assert params["session_id"] == session
    assert "ask not what your country can do for you" in params["text"].lower()
    assert not any(word in host.log.lower() for word in ALARMING)


@pytest.mark.microphone
def test_the_end_of_the_host_in_a_recording_loses_nothing(
    tmp_path: Path, own_files: dict[str, str], virtual_mic: VirtualMic
) -> None:
    """SIGTERM while recording: exit status 0, and the sound is in the history."""
    del virtual_mic
    with SidecarHost(tmp_path, with_inherited(own_files)) as host:
        host.result("recording.start")
        while host.result("recording.status")["duration_ms"] < 500:
            pass
        host.process.send_signal(signal.SIGTERM)
        assert host.process.wait(30) == 0
    (sound,) = recordings_in(own_files)
    assert sound.stat().st_size > 10_000


@pytest.mark.microphone
def test_a_microphone_that_vanishes_ends_the_recording_and_loses_nothing(
    host_with_microphone: SidecarHost, own_files: dict[str, str], virtual_mic: VirtualMic
) -> None:
    """The text of what was said comes though nobody stopped it, and the next stop is told so."""
    host = host_with_microphone
    host.result("asr.initialize", model_id=str(model_path()))
    session = host.result("recording.start")["session_id"]
    virtual_mic.play(REPOSITORY / "tests/data/clips/30_festival_send_message.wav").wait()
    # The end of the sentence may still be on its way.
    heard_ms = host.result("recording.status")["duration_ms"] + 1000
    while host.result("recording.status")["duration_ms"] < heard_ms:
        pass
    virtual_mic.vanish()
    name, params = host.event("transcription_complete", "transcription_error")
    assert name == "transcription_complete", params
    assert params["session_id"] == session
    assert "message" in params["text"].lower()
    error = host.answer(host.ask("recording.stop", session_id=session))["error"]
    assert error["data"]["kind"] == "E_NOT_RECORDING"
    assert len(recordings_in(own_files)) == 1
