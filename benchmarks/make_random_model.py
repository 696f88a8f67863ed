"""Write a whisper.cpp model of true dimensions with made-up weights.

What a recognition costs does not depend on the values of the weights, so such a model times
a real one that nobody has to download. With `--say` the decoder's positional embedding is made
to spell a text, which the model then "hears" in any sound: a deterministic stand-in for tests.

    python benchmarks/make_random_model.py base.en /tmp/ggml-random-base.en.bin --tokens 12
"""

from __future__ import annotations

import argparse
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

TEMPLATE = (
    Path(__file__).resolve().parent.parent
    / "codex_voice"
    / "practice"
    / "data"
    / "ggml-mini.en-q8_0.bin"
)
"""Mel filters and vocabulary are copied from here."""

ARCHITECTURES = {
    "nano": (64, 1, 1, 1),
    "tiny": (384, 6, 4, 4),
    "base": (512, 8, 6, 6),
    "small": (768, 12, 12, 12),
    "medium": (1024, 16, 24, 24),
}
"""State, heads, encoder layers, decoder layers; nano is nobody's, for tests."""

_MAGIC = 0x67676D6C
_HEADER_BYTES = 48
_MELS, _FRAMES, _TEXT_CONTEXT = 80, 1500, 448
_F32, _F16, _Q8_0 = 0, 1, 8
_FILE_TYPES = {"f16": 1, "q8_0": 2007}
_Q8_BLOCK = 32

Array = NDArray[np.float32]


@dataclass(frozen=True)
class _Vocabulary:
    """Mel filters and words of an existing model, and the words as bytes."""

    filters: bytes
    table: bytes
    words: list[bytes]

    @classmethod
    def read(cls, path: Path) -> _Vocabulary:
        data = path.read_bytes()
        mels, bins = struct.unpack_from("<2i", data, _HEADER_BYTES)
        table = position = _HEADER_BYTES + 8 + 4 * mels * bins
        (count,) = struct.unpack_from("<i", data, position)
        position += 4
        words = []
        for _ in range(count):
            (length,) = struct.unpack_from("<i", data, position)
            words.append(data[position + 4 : position + 4 + length])
            position += 4 + length
        # The template lacks the tokens of single bytes beyond ASCII, which all scripts need.
        words[:256] = _single_bytes()
        listed = b"".join(struct.pack("<i", len(word)) + word for word in words)
        return cls(data[_HEADER_BYTES:table], struct.pack("<i", count) + listed, words)

    def tokens(self, text: str) -> list[int]:
        """Spell a text, longest word first; any spelling will do for whisper.cpp to print it."""
        numbers = {word: number for number, word in reversed(list(enumerate(self.words[:50_256])))}
        rest, spelled = text.encode(), []
        while rest:
            length = next(n for n in range(min(24, len(rest)), 0, -1) if rest[:n] in numbers)
            spelled.append(numbers[rest[:length]])
            rest = rest[length:]
        return spelled


def _single_bytes() -> list[bytes]:
    """Return the first 256 tokens: those that print, then the others, as GPT-2 has them."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return [bytes([byte]) for byte in printable + others]


@dataclass
class _Writer:
    """Writes tensors with names, in the layout of whisper.cpp's convert-pt-to-ggml.py."""

    file: BinaryIO
    kind: int
    state: int
    random: np.random.Generator

    def tensor(self, name: str, values: Array, kind: int) -> None:
        self.file.write(struct.pack("<3i", values.ndim, len(name), kind))
        self.file.write(struct.pack(f"<{values.ndim}i", *reversed(values.shape)))
        self.file.write(name.encode())
        self.file.write(_encode(values, kind))

    def weight(self, name: str, *shape: int) -> None:
        values = self.random.standard_normal(shape, dtype=np.float32) * np.float32(0.02)
        self.tensor(name, values, self.kind if len(shape) == 2 else _F16)

    def constant(self, name: str, shape: tuple[int, ...], value: float = 0.0) -> None:
        self.tensor(name, np.full(shape, value, np.float32), _F32)

    def norm(self, name: str, gain: float = 1.0) -> None:
        self.constant(f"{name}.weight", (self.state,), gain)
        self.constant(f"{name}.bias", (self.state,))

    def attention(self, name: str) -> None:
        self.norm(f"{name}_ln")
        for part in ("query", "key", "value", "out"):
            self.weight(f"{name}.{part}.weight", self.state, self.state)
            if part != "key":
                self.constant(f"{name}.{part}.bias", (self.state,))

    def perceptron(self, block: str) -> None:
        self.norm(f"{block}.mlp_ln")
        self.weight(f"{block}.mlp.0.weight", 4 * self.state, self.state)
        self.constant(f"{block}.mlp.0.bias", (4 * self.state,))
        self.weight(f"{block}.mlp.2.weight", self.state, 4 * self.state)
        self.constant(f"{block}.mlp.2.bias", (self.state,))


def write_model(
    path: Path,
    architecture: str,
    *,
    multilingual: bool = False,
    quantisation: str = "f16",
    say: str = "",
    tokens: int = 0,
) -> None:
    """Write a model file.

    Args:
        path: Where to.
        architecture: One of `ARCHITECTURES`.
        multilingual: Give it languages other than English.
        quantisation: "f16" or "q8_0".
        say: A text that it hears in every sound.
        tokens: Instead, so many tokens that it says before it stops; with neither it babbles.
    """
    state, heads, audio_layers, text_layers = ARCHITECTURES[architecture]
    vocabulary = _Vocabulary.read(TEMPLATE)
    words = 51_865 if multilingual else 51_864
    end_of_text = 50_257 if multilingual else 50_256
    # The prompt is start, language, task, no-timestamps; English models have start and the last.
    prompt = 4 if multilingual else 2
    kind = _F16 if quantisation == "f16" else _Q8_0
    random = np.random.default_rng(0)
    embedding = random.standard_normal((words, state), dtype=np.float32)
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    filler = vocabulary.tokens(" the quick brown fox jumps over a lazy dog and runs home again")
    plan = vocabulary.tokens(say) if say else (filler * (tokens // len(filler) + 1))[:tokens]
    positions = random.standard_normal((_TEXT_CONTEXT, state), dtype=np.float32) * np.float32(0.01)
    if plan:
        spelled = [end_of_text] * _TEXT_CONTEXT
        spelled[prompt - 1 : prompt - 1 + len(plan)] = plan
        # Unit rows: a large multiple of one makes its own token certain.
        positions = np.float32(40) * embedding[spelled]
    with path.open("wb") as file:
        out = _Writer(file, kind, state, random)
        header = (words, _FRAMES, state, heads, audio_layers, _TEXT_CONTEXT, state, heads)
        file_type = _FILE_TYPES[quantisation]
        file.write(struct.pack("<I11i", _MAGIC, *header, text_layers, _MELS, file_type))
        file.write(vocabulary.filters + vocabulary.table)
        out.tensor("decoder.positional_embedding", positions, _F32)
        out.tensor("decoder.token_embedding.weight", embedding, kind)
        out.norm("decoder.ln", max(1.0, 1.2 * (384 / state) ** 0.5 if state < 384 else 1.0))
        for layer in range(text_layers):
            out.attention(f"decoder.blocks.{layer}.attn")
            out.attention(f"decoder.blocks.{layer}.cross_attn")
            out.perceptron(f"decoder.blocks.{layer}")
        sines = random.standard_normal((_FRAMES, state), dtype=np.float32) * np.float32(0.1)
        out.tensor("encoder.positional_embedding", sines, _F32)
        out.weight("encoder.conv1.weight", state, _MELS, 3)
        out.constant("encoder.conv1.bias", (state, 1))
        out.weight("encoder.conv2.weight", state, state, 3)
        out.constant("encoder.conv2.bias", (state, 1))
        out.norm("encoder.ln_post")
        for layer in range(audio_layers):
            out.attention(f"encoder.blocks.{layer}.attn")
            out.perceptron(f"encoder.blocks.{layer}")


def _encode(values: Array, kind: int) -> bytes:
    if kind == _F32:
        return values.astype("<f4").tobytes()
    if kind == _F16:
        return values.astype("<f2").tobytes()
    blocks = values.reshape(-1, _Q8_BLOCK)
    scales = (np.abs(blocks).max(axis=1, keepdims=True) / 127).astype("<f2")
    steps = np.round(blocks / np.maximum(scales.astype(np.float32), 1e-12)).clip(-127, 127)
    packed = np.concatenate([scales.view(np.uint8), steps.astype(np.int8).view(np.uint8)], axis=1)
    return packed.tobytes()


def main() -> None:
    """Read the command line and write one model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", help="nano, tiny, base, small or medium; with .en for English")
    parser.add_argument("file", type=Path)
    parser.add_argument("--q8", action="store_true", help="8-bit weights")
    parser.add_argument("--say", default="", help="a text that the model hears in every sound")
    parser.add_argument("--tokens", type=int, default=0, help="tokens that it says before it stops")
    given = parser.parse_args()
    write_model(
        given.file,
        given.model.removesuffix(".en"),
        multilingual=not given.model.endswith(".en"),
        quantisation="q8_0" if given.q8 else "f16",
        say=given.say,
        tokens=given.tokens,
    )
    print(f"{given.file}: {given.file.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
