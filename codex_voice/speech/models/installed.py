"""Speech models on this machine: where they lie, which is best, which one is meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from codex_voice import paths
from codex_voice.errors import ModelInvalid, ModelMissing
from codex_voice.speech.models.catalogue import (
    CATALOGUE,
    DEFAULT_MODEL,
    PublishedModel,
    published,
)
from codex_voice.speech.models.file_check import ModelHeader, verify
from codex_voice.text_cleaning import clean_line

__all__ = [
    "CATALOGUE",
    "DEFAULT_MODEL",
    "FoundModel",
    "ModelHeader",
    "PublishedModel",
    "find_models",
    "name_of",
    "published",
    "resolve",
    "search_directories",
    "verify",
]

_GET = "codex-voice models get"
_PREFIX, _SUFFIX = "ggml-", ".bin"
_NOT_FOR_SPEECH = ("mini", "silero", "for-tests")
_BEST_FIRST = ("base", "small", "tiny", "large-v3-turbo", "distil", "medium", "large")
"""Base answers a 3 s sentence in a third of a second on one core, small in one second, the larger
ones in many; tiny mishears more."""
_CHECKOUTS = ("", "src", "code", "git", "repos", "projects", "dev", "Developer", "github")


@dataclass(frozen=True)
class FoundModel:
    """A model file on this machine.

    Args:
        name: Its name, such as "base-q8_0".
        path: Where it is.
        size: Bytes it takes.
        multilingual: Whether it knows more than English.
        problem: Why it cannot be used; empty when it can.
    """

    name: str
    path: Path
    size: int
    multilingual: bool
    problem: str = ""


def name_of(path: Path) -> str:
    """Return the model's name that a file name tells: "base-q8_0" for ggml-base-q8_0.bin."""
    return clean_line(path.name).removeprefix(_PREFIX).removesuffix(_SUFFIX)


def search_directories() -> tuple[Path, ...]:
    """Return the directories where this and other programs keep models, ours first."""
    home = Path.home()
    other_programs = (
        Path(PlatformDirs("pywhispercpp").user_data_dir) / "models",
        home / ".cache" / "whisper.cpp",
        Path(PlatformDirs("com.pais.handy").user_data_dir) / "models",
        Path(PlatformDirs("com.prakashjoshipax.VoiceInk").user_data_dir) / "WhisperModels",
    )
    checkouts = tuple(home / parent / "whisper.cpp" / "models" for parent in _CHECKOUTS)
    return (
        paths.models_directory(),
        *other_programs,
        *checkouts,
        Path("/opt/whisper.cpp/models"),
        Path("/usr/local/share/whisper.cpp/models"),
        Path("/usr/share/whisper.cpp/models"),
    )


def find_models(directories: Iterable[Path] | None = None) -> list[FoundModel]:
    """Find speech models on disk.

    Test models are left out: they answer, but do not recognise.

    Args:
        directories: Where to look; None looks in the `search_directories`.

    Returns:
        What was found, damaged files included, best first: by how soon and how well a model
        answers on an ordinary processor.
    """
    found: dict[Path, FoundModel] = {}
    for directory in search_directories() if directories is None else directories:
        for path in _model_files(directory):
            resolved = path.resolve()
            if resolved not in found:
                found[resolved] = _examine(path)
    return sorted(found.values(), key=_rank)


def resolve(
    name_or_file: str,
    *,
    multilingual: bool = False,
    directories: Iterable[Path] | None = None,
) -> Path:
    """Find the model that is meant.

    Args:
        name_or_file: A model's name, a file, or "" for the best model found.
        multilingual: For "", whether the model must know more than English.
        directories: Where to look for names; None looks in the `search_directories`.

    Returns:
        An absolute path. A file that was named is not verified yet.

    Raises:
        ModelMissing: It is not on this machine.
        ModelInvalid: It is, and every copy of it is damaged.
    """
    file = Path(name_or_file).expanduser()
    if name_or_file and (file.is_file() or file.suffix == _SUFFIX or "/" in name_or_file):
        if not file.is_file():
            raise ModelMissing(f"there is no speech model {file}", f"{_GET} {DEFAULT_MODEL}")
        return file.absolute()
    fitting = [
        model
        for model in find_models(directories)
        if (model.name == name_or_file if name_or_file else model.multilingual or not multilingual)
    ]
    for model in fitting:
        if not model.problem:
            return model.path.absolute()
    wanted = name_or_file or DEFAULT_MODEL
    if fitting:
        raise ModelInvalid(fitting[0].problem, f"{_GET} {wanted}")
    if not name_or_file:
        raise ModelMissing("there is no speech model on this machine", f"{_GET} {wanted}")
    published(name_or_file)
    raise ModelMissing(f"the speech model {wanted} is not on this machine", f"{_GET} {wanted}")


def _model_files(directory: Path) -> list[Path]:
    try:
        return [
            path
            for path in sorted(directory.glob(f"{_PREFIX}*{_SUFFIX}"))
            if not name_of(path).startswith(_NOT_FOR_SPEECH)
        ]
    except OSError:
        return []


def _examine(path: Path) -> FoundModel:
    try:
        header = verify(path)
    except (ModelInvalid, ModelMissing) as error:
        return FoundModel(name_of(path), path, 0, multilingual=False, problem=error.message)
    return FoundModel(name_of(path), path, path.stat().st_size, header.multilingual)


def _rank(model: FoundModel) -> tuple[bool, int, bool, int, str]:
    size = next(
        (rank for rank, size in enumerate(_BEST_FIRST) if model.name.startswith(size)),
        len(_BEST_FIRST),
    )
    # Eight-bit weights are as exact as sixteen and a fifth faster; fewer bits are slower.
    quantisation = 0 if "q8" in model.name else 2 if "-q" in model.name else 1
    return bool(model.problem), size, model.multilingual, quantisation, model.name
