"""The models that can be downloaded: whisper.cpp's, and one that tells speakers apart."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, replace

from codex_voice.errors import ModelMissing

_REPOSITORY = "https://huggingface.co/ggerganov/whisper.cpp/resolve/main"
MIRROR_VARIABLE = "CODEX_VOICE_MODEL_URL"
"""Names another server that has the files under the same names, such as one in an intranet."""

DEFAULT_MODEL = "base-q8_0"
WEAK_MACHINE_MODEL = "tiny.en-q8_0"
"""Measured with human speech on two shared cores (docs/speech.md): eight bits cost no words and
are a fifth faster than sixteen; tiny.en takes a third of the time and mishears more."""

_MEBIBYTE = 1 << 20
_WEAK_MEMORY = 1 << 30


@dataclass(frozen=True)
class PublishedModel:
    """A model that can be downloaded.

    Args:
        name: Its name, such as "base-q8_0"; ".en" ones know English only.
        mebibytes: Size of the file, rounded as its authors state it.
        sha1: Checksum of the file, in hexadecimal.
        url: Where it is.
        recognises: Whether it recognises speech; the other one tells speakers apart.
    """

    name: str
    mebibytes: int
    sha1: str
    url: str
    recognises: bool = True

    @property
    def file_name(self) -> str:
        """Name of the file on disk, the same everywhere."""
        return f"ggml-{self.name}.bin" if self.recognises else f"{self.name}.pt"

    @property
    def multilingual(self) -> bool:
        """Whether it knows more than English."""
        return ".en" not in self.name

    @property
    def maximum_bytes(self) -> int:
        """What the file takes at most: its stated size is rounded."""
        return (self.mebibytes + 1) * _MEBIBYTE


def _publish(name: str, mebibytes: int, sha1: str) -> PublishedModel:
    return PublishedModel(name, mebibytes, sha1, f"{_REPOSITORY}/ggml-{name}.bin")


CATALOGUE = (
    _publish("tiny.en", 75, "c78c86eb1a8faa21b369bcd33207cc90d64ae9df"),
    _publish("tiny.en-q5_1", 31, "3fb92ec865cbbc769f08137f22470d6b66e071b6"),
    _publish("tiny.en-q8_0", 42, "802d6668e7d411123e672abe4cb6c18f12306abb"),
    _publish("tiny", 75, "bd577a113a864445d4c299885e0cb97d4ba92b5f"),
    _publish("tiny-q5_1", 31, "2827a03e495b1ed3048ef28a6a4620537db4ee51"),
    _publish("tiny-q8_0", 42, "19e8118f6652a650569f5a949d962154e01571d9"),
    _publish("base.en", 142, "137c40403d78fd54d454da0f9bd998f78703390c"),
    _publish("base.en-q5_1", 57, "d26d7ce5a1b6e57bea5d0431b9c20ae49423c94a"),
    _publish("base.en-q8_0", 78, "bb1574182e9b924452bf0cd1510ac034d323e948"),
    _publish("base", 142, "465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
    _publish("base-q5_1", 57, "a3733eda680ef76256db5fc5dd9de8629e62c5e7"),
    _publish("base-q8_0", 78, "7bb89bb49ed6955013b166f1b6a6c04584a20fbe"),
    _publish("small.en", 466, "db8a495a91d927739e50b3fc1cc4c6b8f6c2d022"),
    _publish("small.en-q5_1", 181, "20f54878d608f94e4a8ee3ae56016571d47cba34"),
    _publish("small", 466, "55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
    _publish("small-q5_1", 181, "6fe57ddcfdd1c6b07cdcc73aaf620810ce5fc771"),
    _publish("small-q8_0", 252, "bcad8a2083f4e53d648d586b7dbc0cd673d8afad"),
    _publish("medium.en", 1536, "8c30f0e44ce9560643ebd10bbe50cd20eafd3723"),
    _publish("medium", 1536, "fd9727b6e1217c2f614f9b698455c4ffd82463b4"),
    _publish("large-v3-turbo", 1536, "4af2b29d7ec73d781377bfd1758ca957a807e941"),
    _publish("large-v3-turbo-q5_0", 547, "e050f7970618a659205450ad97eb95a18d69c9ee"),
    _publish("large-v3", 2970, "ad82bf6a9043ceed055076d0fd39f5f186ff8062"),
    _publish("large-v3-q5_0", 1126, "e6e2ed78495d403bef4b7cff42ef4aaadcfea8de"),
)
"""Sizes and SHA-1 sums as the model card of the repository and models/README.md of whisper.cpp
state them; what is published without a checksum is left out, since nothing could tell a good
download."""


SPEAKER_MODEL = PublishedModel(
    "speaker-ge2e",
    17,
    "d44d60cbb47362c3c99216576ddc9796aad69366",
    "https://github.com/resemble-ai/Resemblyzer/raw/master/resemblyzer/pretrained.pt",
    recognises=False,
)
"""The speaker encoder of the Resemblyzer project (Apache-2.0); size and SHA-1 are those of the file
in its release 0.1.4."""


def published(name: str) -> PublishedModel:
    """Return the published model of that name, from the mirror where one is named.

    Raises:
        ModelMissing: Nobody publishes it, or the mirror's address is wrong.
    """
    mirror = os.environ.get(MIRROR_VARIABLE, "").rstrip("/")
    if mirror and not mirror.startswith(("http://", "https://")):
        raise ModelMissing(
            f"{MIRROR_VARIABLE} is no address that begins with http:// or https://: {mirror}"
        )
    for model in (*CATALOGUE, SPEAKER_MODEL):
        if model.name == name:
            return replace(model, url=f"{mirror}/{model.file_name}") if mirror else model
    near = difflib.get_close_matches(name, [model.name for model in CATALOGUE], n=3)
    known = f"is it {' or '.join(near)}?" if near else "codex-voice models list"
    raise ModelMissing(f'no speech model is called "{name}"', known)


def recommended(cores: int, memory_bytes: int, *, multilingual: bool = False) -> PublishedModel:
    """Return the model that suits a machine.

    Args:
        cores: Processor cores that this program may use.
        memory_bytes: Memory of the machine; 0 when it is unknown.
        multilingual: Whether more than English is spoken.
    """
    weak = cores < 2 or 0 < memory_bytes < _WEAK_MEMORY
    if not weak:
        return published(DEFAULT_MODEL)
    return published(WEAK_MACHINE_MODEL.replace(".en", "") if multilingual else WEAK_MACHINE_MODEL)
