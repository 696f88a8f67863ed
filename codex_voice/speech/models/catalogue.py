"""The speech models that whisper.cpp's authors publish."""

from __future__ import annotations

from dataclasses import dataclass

from codex_voice.errors import ModelMissing

_REPOSITORY = "https://huggingface.co/ggerganov/whisper.cpp/resolve/main"


@dataclass(frozen=True)
class PublishedModel:
    """A model that can be downloaded.

    Args:
        name: Its name, such as "base.en"; ".en" ones know English only.
        mebibytes: Size of the file, rounded as its authors state it.
        sha1: Checksum of the file, in hexadecimal.
        url: Where it is.
    """

    name: str
    mebibytes: int
    sha1: str
    url: str

    @property
    def file_name(self) -> str:
        """Name of the file on disk, the same everywhere."""
        return f"ggml-{self.name}.bin"


def _publish(name: str, mebibytes: int, sha1: str) -> PublishedModel:
    return PublishedModel(name, mebibytes, sha1, f"{_REPOSITORY}/ggml-{name}.bin")


CATALOGUE = (
    _publish("tiny.en", 75, "c78c86eb1a8faa21b369bcd33207cc90d64ae9df"),
    _publish("tiny", 75, "bd577a113a864445d4c299885e0cb97d4ba92b5f"),
    _publish("base.en", 142, "137c40403d78fd54d454da0f9bd998f78703390c"),
    _publish("base", 142, "465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
    _publish("small.en", 466, "db8a495a91d927739e50b3fc1cc4c6b8f6c2d022"),
    _publish("small", 466, "55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
    _publish("medium.en", 1536, "8c30f0e44ce9560643ebd10bbe50cd20eafd3723"),
    _publish("medium", 1536, "fd9727b6e1217c2f614f9b698455c4ffd82463b4"),
    _publish("large-v3-turbo", 1536, "4af2b29d7ec73d781377bfd1758ca957a807e941"),
    _publish("large-v3-turbo-q5_0", 547, "e050f7970618a659205450ad97eb95a18d69c9ee"),
    _publish("large-v3", 2970, "ad82bf6a9043ceed055076d0fd39f5f186ff8062"),
    _publish("large-v3-q5_0", 1126, "e6e2ed78495d403bef4b7cff42ef4aaadcfea8de"),
)
"""Sizes and SHA-1 sums from models/README.md of whisper.cpp; the quantised variants that are
missing here are published without a checksum, so nothing could tell a good download."""


def published(name: str) -> PublishedModel:
    """Return the published model of that name.

    Raises:
        ModelMissing: Nobody publishes it.
    """
    for model in CATALOGUE:
        if model.name == name:
            return model
    names = ", ".join(model.name for model in CATALOGUE)
    raise ModelMissing(f'no speech model is called "{name}"', f"there are {names}")
