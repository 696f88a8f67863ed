"""What the doctor says of processor, build and GPU: what is there, and the command that pays."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codex_voice.setup.checks import processor
from codex_voice.setup.checks.processor import describe_graphics, describe_recogniser
from codex_voice.setup.faster_recognition import build_features
from codex_voice.setup.machine import gpu_interfaces

WHEEL = ["SSE3", "AVX2", "F16C", "FMA", "OPENMP"]


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands be those of no particular installation."""
    monkeypatch.setattr(processor, "short_build_command", lambda gpu="": f"BUILD({gpu})")
    monkeypatch.setattr(processor, "use_other_engine", lambda: "OTHER")


@pytest.mark.parametrize(
    ("built", "machine", "text"),
    [
        (
            WHEEL,
            {"avx2"},
            "whisper.cpp, the wheel's build (AVX2 F16C FMA); 1.5 to 1.8 times as fast: BUILD(); "
            "a third of the wheel's time: OTHER",
        ),
        (
            WHEEL,
            {"avx2", "avx512f"},
            "whisper.cpp, the wheel's build (AVX2 F16C FMA), without this processor's AVX-512; "
            "1.5 to 1.8 times as fast: BUILD(); a third of the wheel's time: OTHER",
        ),
        (
            ["NEON", "LLAMAFILE"],
            {"neon"},
            "whisper.cpp, the fast build (NEON LLAMAFILE); a third of the wheel's time: OTHER",
        ),
        (None, {"avx2"}, "whisper.cpp; how it was built is not known"),
    ],
    ids=["wheel", "avx512", "fast", "unknown"],
)
def test_the_build_at_work_is_named_and_the_next_faster_thing(
    built: list[str] | None, machine: set[str], text: str
) -> None:
    """With what it uses of the processor, and the commands."""
    assert describe_recogniser("whisper.cpp", built, machine) == text


def test_nothing_is_advised_where_nothing_is_faster() -> None:
    """With CTranslate2."""
    assert "fastest" in describe_recogniser("ctranslate2", WHEEL, {"avx2"})


def test_a_frozen_program_is_not_told_to_run_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has none."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "BUILD" not in describe_recogniser("whisper.cpp", WHEEL, {"avx2"})
    assert "BUILD" not in describe_graphics(("cuda",), ())


@pytest.mark.parametrize(
    ("present", "built", "text"),
    [
        ((), (), "no GPU that whisper.cpp could use; the processor does the work"),
        (("metal",), {"metal"}, "Metal, used by whisper.cpp"),
        (("cuda", "vulkan"), {"vulkan"}, "Vulkan, used by whisper.cpp"),
        (
            ("cuda", "vulkan"),
            (),
            "NVIDIA (CUDA), not used by this build of whisper.cpp; with the CUDA toolkit: "
            "BUILD(cuda)",
        ),
    ],
    ids=["none", "metal", "vulkan", "unused"],
)
def test_a_gpu_is_named_with_what_it_takes(
    present: tuple[str, ...], built: set[str], text: str
) -> None:
    """One that is used already takes nothing."""
    assert describe_graphics(present, built) == text


def test_gpus_are_known_by_their_drivers(tmp_path: Path) -> None:
    """A driver that computes on the processor is none, nor is one without a card."""

    def found(*, nvidia: bool = False) -> tuple[str, ...]:
        return gpu_interfaces("Linux", lambda name: name if nvidia else None, tmp_path)

    assert gpu_interfaces("Darwin") == ("metal",)
    assert found() == ()
    assert found(nvidia=True) == ("cuda",)
    for place in ("usr/share/vulkan/icd.d/lvp_icd.x86_64.json", "dev/dri/renderD128"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).touch()
    assert found() == ()
    (tmp_path / "usr/share/vulkan/icd.d/radeon_icd.x86_64.json").touch()
    assert found(nvidia=True) == ("cuda", "vulkan")


def test_the_library_itself_says_how_it_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own; one that crashes or answers nothing is no error."""
    built = build_features(60)
    assert built
    assert all(feature.isupper() for feature in built)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert build_features(60) is None
