"""Turns a model of whisper.cpp into one of CTranslate2, with 8-bit weights.

The weights are the same; so the files that whisper.cpp reads, which are found, downloaded and
checked already, serve both engines, and only a copy in another layout is kept.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from codex_voice.errors import ModelInvalid
from codex_voice.paths import make_private_directory
from codex_voice.speech.engines.vocabulary import characters_of
from codex_voice.speech.models.file_check import ModelHeader, verify

Array = NDArray[np.float32]

_HEADER_BYTES = 48
_F32, _F16, _Q8_0 = 0, 1, 8
_Q8_BLOCK = np.dtype([("scale", "<f2"), ("steps", "i1", 32)])
_TIMESTAMPS = 1501


def converted(path: Path, directory: Path, language_of: Callable[[int], str]) -> Path:
    """Return the CTranslate2 copy of a model, made when it is first asked for.

    Args:
        path: A model of whisper.cpp with 32-bit, 16-bit or q8_0 weights.
        directory: Where copies are kept; made when missing.
        language_of: Returns the code of a language by its number in Whisper's order.

    Returns:
        The directory that CTranslate2 opens.

    Raises:
        SpeechError: The file is no good, has other weights, or the copy cannot be written.
    """
    header = verify(path)
    if header.weight_type not in (_F32, _F16, _Q8_0):
        raise ModelInvalid(
            f"{path.name} has weights that cannot be converted",
            'take the model without "q5" in its name, or set [whisper] engine = "whisper.cpp"',
        )
    status = path.stat()
    state = f"{path.resolve()} {status.st_size} {status.st_mtime_ns}"
    key = hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    target = directory / f"{path.stem}-{key}"
    if target.exists():
        return target
    try:
        make_private_directory(directory)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".converting-") as scratch:
            copy = Path(scratch) / "model"
            _convert(path, header, copy, language_of)
            _remove_older(directory, path.stem)
            copy.rename(target)
    except OSError as error:
        if target.exists():  # Another process was faster.
            return target
        raise ModelInvalid(
            f"{target} cannot be written: {error.strerror or error}", f"make room in {directory}"
        ) from error
    return target


def _remove_older(directory: Path, stem: str) -> None:
    """Delete copies of files that were replaced since."""
    for older in directory.glob(f"{stem}-????????????"):
        shutil.rmtree(older, ignore_errors=True)


def _convert(
    path: Path, header: ModelHeader, target: Path, language_of: Callable[[int], str]
) -> None:
    from ctranslate2.specs import WhisperSpec

    with path.open("rb") as file:
        file.seek(_HEADER_BYTES)
        words = _read_words(file)
        tensors = _read_tensors(file, path.stat().st_size)
    tokens = _tokens(words, header, language_of)
    spec = WhisperSpec(
        header.audio_layers, header.audio_heads, header.text_layers, header.text_heads
    )
    _fill_encoder(spec.encoder, tensors)
    _fill_decoder(spec.decoder, tensors)
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.index("Ġ"), tokens.index("<|endoftext|>")]
    spec.config.lang_ids = [tokens.index(f"<|{code}|>") for code in _codes(header, language_of)]
    # Only the probabilities of tokens are asked for, not when they were said.
    spec.config.alignment_heads = [(header.text_layers - 1, 0)]
    spec.validate()
    spec.optimize(quantization="int8")
    target.mkdir()
    spec.save(str(target))


def _read_words(file: BinaryIO) -> list[bytes]:
    mels, bins = _numbers(file, "2i")
    file.seek(4 * mels * bins, 1)
    (count,) = _numbers(file, "i")
    return [file.read(_numbers(file, "i")[0]) for _ in range(count)]


def _read_tensors(file: BinaryIO, size: int) -> dict[str, Array]:
    tensors = {}
    while file.tell() < size:
        dimensions, length, kind = _numbers(file, "3i")
        shape = _numbers(file, f"{dimensions}i")[::-1]
        name = file.read(length).decode("ascii")
        count = int(np.prod(shape))
        tensors[name] = _read_values(file, kind, count).reshape(shape)
    return tensors


def _read_values(file: BinaryIO, kind: int, count: int) -> Array:
    if kind == _Q8_0:
        size = count // 32 * _Q8_BLOCK.itemsize
        blocks = np.frombuffer(file.read(size), _Q8_BLOCK)
        values = blocks["scale"].astype(np.float32)[:, None] * blocks["steps"]
        return np.asarray(values.ravel(), dtype=np.float32)
    layout = np.dtype("<f4" if kind == _F32 else "<f2")
    return np.frombuffer(file.read(count * layout.itemsize), layout).astype(np.float32)


def _numbers(file: BinaryIO, layout: str) -> tuple[int, ...]:
    return struct.unpack(f"<{layout}", file.read(struct.calcsize(f"<{layout}")))


def _codes(header: ModelHeader, language_of: Callable[[int], str]) -> list[str]:
    """Return the languages that have tokens, in their order; English models have them too."""
    # Everything but text: end, start, six others and the timestamps.
    text = 50_257 if header.multilingual else 50_256
    return [language_of(n) for n in range(header.vocabulary - text - 8 - _TIMESTAMPS)]


def _tokens(
    words: list[bytes], header: ModelHeader, language_of: Callable[[int], str]
) -> list[str]:
    """Return all tokens in Whisper's order, written as GPT-2 writes bytes."""
    text = 50_257 if header.multilingual else 50_256
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{code}|>" for code in _codes(header, language_of)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    tokens: list[str] = []
    seen = set(special)
    for number, word in enumerate(words[:text]):
        token = characters_of(word)
        # A damaged table, as test models have, must not give two numbers to one token.
        token = f"<|unknown {number}|>" if token in seen else token
        seen.add(token)
        tokens.append(token)
    if header.multilingual:
        # Whisper's last token of text is empty; by it CTranslate2 knows multilingual models.
        tokens[text - 1] = ""
    tokens += special
    return tokens + [f"<|{number / 50:.2f}|>" for number in range(header.vocabulary - len(tokens))]


def _fill_encoder(spec: Any, tensors: dict[str, Array]) -> None:
    for name in ("conv1", "conv2"):
        convolution = getattr(spec, name)
        convolution.weight = tensors[f"encoder.{name}.weight"]
        convolution.bias = tensors[f"encoder.{name}.bias"].ravel()
    spec.position_encodings.encodings = tensors["encoder.positional_embedding"]
    _fill_norm(spec.layer_norm, tensors, "encoder.ln_post")
    for number, layer in enumerate(spec.layer):
        block = f"encoder.blocks.{number}"
        _fill_attention(layer.self_attention, tensors, f"{block}.attn")
        _fill_perceptron(layer.ffn, tensors, block)


def _fill_decoder(spec: Any, tensors: dict[str, Array]) -> None:
    spec.scale_embeddings = False
    spec.embeddings.weight = tensors["decoder.token_embedding.weight"]
    spec.projection.weight = tensors["decoder.token_embedding.weight"]
    spec.position_encodings.encodings = tensors["decoder.positional_embedding"]
    _fill_norm(spec.layer_norm, tensors, "decoder.ln")
    for number, layer in enumerate(spec.layer):
        block = f"decoder.blocks.{number}"
        _fill_attention(layer.self_attention, tensors, f"{block}.attn")
        _fill_attention(layer.attention, tensors, f"{block}.cross_attn", separate_query=True)
        _fill_perceptron(layer.ffn, tensors, block)


def _fill_norm(spec: Any, tensors: dict[str, Array], name: str) -> None:
    spec.gamma, spec.beta = tensors[f"{name}.weight"], tensors[f"{name}.bias"]


def _fill_attention(
    spec: Any, tensors: dict[str, Array], name: str, *, separate_query: bool = False
) -> None:
    _fill_norm(spec.layer_norm, tensors, f"{name}_ln")
    weights = [tensors[f"{name}.{part}.weight"] for part in ("query", "key", "value")]
    biases = [tensors[f"{name}.query.bias"], np.zeros(len(weights[1]), np.float32)]
    biases.append(tensors[f"{name}.value.bias"])
    groups = ((0, 1), (1, 3)) if separate_query else ((0, 3),)
    for linear, (first, end) in zip(spec.linear, groups, strict=False):
        linear.weight = np.concatenate(weights[first:end])
        linear.bias = np.concatenate(biases[first:end])
    spec.linear[-1].weight = tensors[f"{name}.out.weight"]
    spec.linear[-1].bias = tensors[f"{name}.out.bias"]


def _fill_perceptron(spec: Any, tensors: dict[str, Array], block: str) -> None:
    _fill_norm(spec.layer_norm, tensors, f"{block}.mlp_ln")
    for linear, place in ((spec.linear_0, 0), (spec.linear_1, 2)):
        linear.weight = tensors[f"{block}.mlp.{place}.weight"]
        linear.bias = tensors[f"{block}.mlp.{place}.bias"]
