"""Reads the weights of the speaker encoder, without torch and without running pickled code.

The Resemblyzer project publishes them as `pretrained.pt` (Apache-2.0): a file as `torch.save`
wrote it before zip archives, which is five pickles and then the raw numbers of each tensor. The
fourth pickle rebuilds the tensors by name; here only the names that it needs are known, and all
they do is describe where a tensor's numbers lie.
"""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from codex_voice.errors import ModelInvalid, ModelMissing

Array = NDArray[np.float32]
Weights = Mapping[str, Array]

LAYERS = 3
SIZE = 256
"""Units of each layer, and numbers of an embedding."""
BANDS = 40
"""Mel bands of a frame of input."""

_SHAPES: dict[str, tuple[int, ...]] = {
    "linear.weight": (SIZE, SIZE),
    "linear.bias": (SIZE,),
} | {
    f"lstm.{kind}_l{layer}": shape
    for layer in range(LAYERS)
    for kind, shape in (
        ("weight_ih", (4 * SIZE, SIZE if layer else BANDS)),
        ("weight_hh", (4 * SIZE, SIZE)),
        ("bias_ih", (4 * SIZE,)),
        ("bias_hh", (4 * SIZE,)),
    )
}
_LARGEST_FILE = 64 << 20
"""The published file has 16.3 MiB, most of it the state of the optimiser."""
_FAULTS = (
    pickle.UnpicklingError, struct.error, zipfile.BadZipFile, EOFError, ImportError,
    AttributeError, IndexError, KeyError, MemoryError, OverflowError, TypeError, ValueError,
)  # fmt: skip
"""What pickle and numpy raise for a file that is none, or that was made to do harm."""


class _Tensor(NamedTuple):
    """Where the numbers of a tensor lie in the storage of a key."""

    storage: str
    offset: int
    shape: tuple[int, ...]


def read_weights(path: Path) -> Weights:
    """Read the encoder's weights.

    Args:
        path: Resemblyzer's `pretrained.pt`, or an `.npz` file with the same names.

    Returns:
        Arrays by the names of the original, float32.

    Raises:
        ModelMissing: There is no such file.
        ModelInvalid: It is something else.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise ModelInvalid(f"{path} is too large for a speaker encoder")
        with path.open("rb") as file:
            zipped = file.read(2) == b"PK"
            file.seek(0)
            found = _read_arrays(file) if zipped else _read_torch(file)
        return {name: _checked(found[name], shape) for name, shape in _SHAPES.items()}
    except FileNotFoundError:
        raise ModelMissing(f"{path} is not there", "codex-voice models get speaker-ge2e") from None
    except OSError as error:
        raise ModelInvalid(f"{path} cannot be read: {error.strerror}") from error
    except _FAULTS as error:
        raise ModelInvalid(f"{path} is no speaker encoder: {error}") from error


def _checked(array: Array, shape: tuple[int, ...]) -> Array:
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError("an array has another shape, or is damaged")
    return np.ascontiguousarray(array, dtype=np.float32)


def _read_arrays(file: BinaryIO) -> dict[str, Array]:
    with np.load(file, allow_pickle=False) as archive:
        return {name: archive[name] for name in _SHAPES}


def _read_torch(file: BinaryIO) -> dict[str, Array]:
    for _ in range(3):  # A magic number, the version of the format, and sizes of C types.
        _Unpickler(file).load()
    content = _Unpickler(file).load()
    keys = _Unpickler(file).load()
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        data = file.read(4 * count) if 0 <= count <= _LARGEST_FILE else b""
        storages[key] = np.frombuffer(data, dtype="<f4", count=count)
    arrays = {}
    for name in _SHAPES:
        tensor = content["model_state"][name]
        if not isinstance(tensor, _Tensor):
            raise ValueError(f"{name} is no tensor")
        length = int(np.prod(tensor.shape))
        numbers = storages[tensor.storage][tensor.offset : tensor.offset + length]
        arrays[name] = numbers.reshape(tensor.shape)
    return arrays


class _Unpickler(pickle.Unpickler):
    """Knows three names: none of them runs anything that a file says."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a name; everything unknown is refused."""
        known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _describe_tensor,
            ("torch", "FloatStorage"): "FloatStorage",
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return known[module, name]

    def persistent_load(self, pid: Any) -> Any:
        """Return the key of a storage, which comes after the pickles."""
        return pid[2]


def _describe_tensor(
    storage: str, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_rest: object
) -> _Tensor:
    contiguous = tuple(int(np.prod(shape[axis + 1 :])) for axis in range(len(shape)))
    if tuple(stride) != contiguous:
        raise pickle.UnpicklingError("a tensor is not contiguous")
    return _Tensor(storage, offset, tuple(shape))
