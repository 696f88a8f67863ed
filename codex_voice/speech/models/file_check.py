"""Checks a model file before whisper.cpp sees it.

whisper.cpp trusts its files: an absent, truncated or foreign one ends the whole process
(SIGSEGV or SIGABRT), no exception. So everything its loader reads is read here first: the
hyper-parameters, the mel filters, the vocabulary, and the header of every tensor against the
list that the hyper-parameters demand. Only headers are read, a few milliseconds for any size.
The layout is that of `whisper_model_load` in whisper.cpp 1.8.5.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from codex_voice.errors import ModelInvalid, ModelMissing
from codex_voice.own_command import runnable_in

_MAGIC = 0x67676D6C
_GGUF_MAGIC = b"GGUF"
_FRAMES = 1500
_FFT_BINS = 201
_MULTILINGUAL_VOCABULARY = 51_865
_LONGEST_WORD = 1024
_ENGLISH_VOCABULARY, _LARGEST_VOCABULARY = 51_864, 51_866
_F32, _F16 = 0, 1
_BLOCKS = {
    _F32: (1, 4),
    _F16: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
}
"""Weights in a block and bytes a block takes, by ggml_type (ggml.h, ggml-common.h)."""
_WEIGHT_TYPES = {0: 0, 1: 1, 2: 2, 3: 3, 7: 8, 8: 6, 9: 7, 10: 10, 11: 11, 12: 12, 13: 13, 14: 14}
"""ggml_type of the weights by ggml_ftype of the file (ggml_ftype_to_ggml_type)."""


@dataclass(frozen=True)
class ModelHeader:
    """The hyper-parameters at the start of a model file, in the file's order."""

    vocabulary: int
    audio_context: int
    audio_state: int
    audio_heads: int
    audio_layers: int
    text_context: int
    text_state: int
    text_heads: int
    text_layers: int
    mels: int
    file_type: int

    @property
    def multilingual(self) -> bool:
        """Whether the model knows more than English."""
        return self.vocabulary >= _MULTILINGUAL_VOCABULARY

    @property
    def weight_type(self) -> int:
        """Return the ggml_type of the weight matrices; thousands count format versions."""
        return _WEIGHT_TYPES[self.file_type % 1000]


_Shape = tuple[tuple[int, ...], int]


class _Truncated(Exception):
    """The file ends where something should follow."""


def verify(path: Path) -> ModelHeader:
    """Check that whisper.cpp can be given a file.

    Args:
        path: A model file in whisper.cpp's ggml format.

    Returns:
        What the file says about itself.

    Raises:
        ModelMissing: There is no such file.
        ModelInvalid: whisper.cpp must not be given it, and why.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise ModelInvalid(
            f"{os.fsencode(path)!r} has a name that is not UTF-8", "rename the file"
        ) from None
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise ModelMissing(
            f"there is no speech model {path}", "codex-voice models get base-q8_0"
        ) from None
    except OSError as error:
        raise ModelInvalid(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise ModelInvalid(f"{path} is not a file", "name the model file itself")
    try:
        with path.open("rb") as file:
            return _check(file, path, status.st_size)
    except _Truncated:
        raise _invalid(path, "is cut off: its download did not finish") from None
    except OSError as error:
        raise ModelInvalid(f"{path} cannot be read: {error.strerror}") from error


def _invalid(path: Path, reason: str) -> ModelInvalid:
    # The name alone: with its folders the line would leave no room for the remedy.
    return ModelInvalid(
        f"{path.name} {reason}", runnable_in("delete it, then: codex-voice models get base-q8_0")
    )


def _check(file: BinaryIO, path: Path, size: int) -> ModelHeader:
    start = file.read(16)
    if not start:
        raise _invalid(path, "is empty")
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise _invalid(path, "is a web page, not a speech model")
    if start.startswith(_GGUF_MAGIC):
        raise _invalid(path, "is a GGUF file; whisper.cpp reads its own ggml format")
    file.seek(0)
    if _numbers(file, "I")[0] != _MAGIC:
        raise _invalid(path, "is not a speech model of whisper.cpp")
    header = ModelHeader(*_numbers(file, "11i"))
    if not _plausible(header):
        raise _invalid(path, "is another kind of ggml file, not a Whisper model")
    mels, bins = _numbers(file, "2i")
    if (mels, bins) != (header.mels, _FFT_BINS):
        raise _invalid(path, "has damaged mel filters")
    _skip(file, 4 * mels * bins, size)
    _check_vocabulary(file, path, header, size)
    _check_tensors(file, path, header, size)
    return header


def _plausible(header: ModelHeader) -> bool:
    """Accept every Whisper ever published, small test models, and nothing else."""
    return (
        _ENGLISH_VOCABULARY <= header.vocabulary <= _LARGEST_VOCABULARY
        and header.audio_context == _FRAMES
        and 1 <= header.text_context <= 448
        and 64 <= header.audio_state <= 2048
        and header.text_state == header.audio_state
        and 1 <= header.audio_heads <= 32
        and header.audio_state % header.audio_heads == 0
        and header.text_heads == header.audio_heads
        and 1 <= header.audio_layers <= 64
        and 1 <= header.text_layers <= 64
        and header.mels in (80, 128)
        and 0 <= header.file_type < 10_000
        and header.file_type % 1000 in _WEIGHT_TYPES
    )


def _check_vocabulary(file: BinaryIO, path: Path, header: ModelHeader, size: int) -> None:
    (words,) = _numbers(file, "i")
    if not 0 < words <= header.vocabulary:
        raise _invalid(path, "has a damaged vocabulary")
    end = file.tell()
    # Fifty thousand words: reading is several times faster than seeking from one to the next.
    for _ in range(words):
        length = int.from_bytes(file.read(4), "little")
        if length > _LONGEST_WORD:
            raise _invalid(path, "has a damaged vocabulary")
        file.read(length)
        end += 4 + length
    if end > size:
        raise _Truncated


def _check_tensors(file: BinaryIO, path: Path, header: ModelHeader, size: int) -> None:
    missing = dict(_tensors(header))
    if file.tell() == size:
        raise _invalid(path, "holds no weights: it is made for whisper.cpp's own tests")
    while file.tell() < size:
        dimensions, length, kind = _numbers(file, "3i")
        if not (1 <= dimensions <= 4 and 1 <= length <= 256 and kind in _BLOCKS):
            raise _invalid(path, "is damaged in the middle")
        shape = _numbers(file, f"{dimensions}i")
        name = _read(file, length).decode("ascii", "replace")
        if missing.pop(name, None) != (shape, kind):
            raise _invalid(path, f"does not fit its own header at {name!r}")
        weights, size_of_block = _BLOCKS[kind]
        elements = 1
        for extent in shape:
            elements *= extent
        _skip(file, elements // weights * size_of_block, size)
    if missing:
        raise _Truncated


def _tensors(header: ModelHeader) -> Iterator[tuple[str, _Shape]]:
    """Yield name, shape (fastest dimension first) and ggml_type of every tensor."""
    state, weight = header.audio_state, header.weight_type
    kernel = _F32 if weight == _F32 else _F16

    def norm(name: str) -> Iterator[tuple[str, _Shape]]:
        yield f"{name}.weight", ((state,), _F32)
        yield f"{name}.bias", ((state,), _F32)

    def attention(name: str) -> Iterator[tuple[str, _Shape]]:
        yield from norm(f"{name}_ln")
        for part in ("query", "key", "value", "out"):
            yield f"{name}.{part}.weight", ((state, state), weight)
        for part in ("query", "value", "out"):
            yield f"{name}.{part}.bias", ((state,), _F32)

    def perceptron(block: str) -> Iterator[tuple[str, _Shape]]:
        yield from norm(f"{block}.mlp_ln")
        yield f"{block}.mlp.0.weight", ((state, 4 * state), weight)
        yield f"{block}.mlp.0.bias", ((4 * state,), _F32)
        yield f"{block}.mlp.2.weight", ((4 * state, state), weight)
        yield f"{block}.mlp.2.bias", ((state,), _F32)

    yield "encoder.positional_embedding", ((state, header.audio_context), _F32)
    yield "encoder.conv1.weight", ((3, header.mels, state), kernel)
    yield "encoder.conv1.bias", ((1, state), _F32)
    yield "encoder.conv2.weight", ((3, state, state), kernel)
    yield "encoder.conv2.bias", ((1, state), _F32)
    yield from norm("encoder.ln_post")
    for layer in range(header.audio_layers):
        yield from attention(f"encoder.blocks.{layer}.attn")
        yield from perceptron(f"encoder.blocks.{layer}")
    yield "decoder.positional_embedding", ((state, header.text_context), _F32)
    yield "decoder.token_embedding.weight", ((state, header.vocabulary), weight)
    yield from norm("decoder.ln")
    for layer in range(header.text_layers):
        yield from attention(f"decoder.blocks.{layer}.attn")
        yield from attention(f"decoder.blocks.{layer}.cross_attn")
        yield from perceptron(f"decoder.blocks.{layer}")


def _read(file: BinaryIO, length: int) -> bytes:
    data = file.read(length)
    if len(data) < length:
        raise _Truncated
    return data


def _numbers(file: BinaryIO, layout: str) -> tuple[int, ...]:
    return struct.unpack(f"<{layout}", _read(file, struct.calcsize(f"<{layout}")))


def _skip(file: BinaryIO, length: int, size: int) -> None:
    if file.seek(length, os.SEEK_CUR) > size:
        raise _Truncated
