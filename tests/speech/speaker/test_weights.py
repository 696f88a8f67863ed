"""The encoder's weights: read from both formats, and nothing in a file is run."""

from __future__ import annotations

import pickle
import struct
import sys
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from codex_voice.errors import ModelInvalid, ModelMissing
from codex_voice.speech.speaker.weights import _SHAPES, Weights, read_weights


@pytest.fixture(scope="module")
def weights() -> Weights:
    """Make weights of the right shapes."""
    numbers = np.random.default_rng(1)
    return {name: numbers.normal(size=shape).astype(np.float32) for name, shape in _SHAPES.items()}


def save_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write an archive of arrays."""
    np.savez(path, allow_pickle=False, **arrays)


class _Storage:
    """Stands for the numbers of a tensor, as torch's own storages do in a pickle."""

    def __init__(self, key: str, array: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        self.key, self.array = key, array


class _WrittenTensor:
    def __init__(self, storage: _Storage, rebuild: Any) -> None:
        self.storage, self.rebuild = storage, rebuild

    def __reduce__(self) -> tuple[Any, ...]:
        shape = self.storage.array.shape
        strides = tuple(stride // 4 for stride in self.storage.array.strides)
        return self.rebuild, (self.storage, 0, shape, strides, False, OrderedDict())


def write_torch_file(path: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a file as `torch.save` did before it wrote zip archives."""
    torch, utils = ModuleType("torch"), ModuleType("torch._utils")

    class FloatStorage:
        pass

    def _rebuild_tensor_v2() -> None:
        pass

    for owner, thing in ((torch, FloatStorage), (utils, _rebuild_tensor_v2)):
        thing.__module__, thing.__qualname__ = owner.__name__, thing.__name__
        setattr(owner, thing.__name__, thing)
        monkeypatch.setitem(sys.modules, owner.__name__, owner)

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj: Any) -> Any:
            if isinstance(obj, _Storage):
                return ("storage", FloatStorage, obj.key, "cpu", obj.array.size, None)
            return None

    storages = [_Storage(str(key), array) for key, array in enumerate(weights.values())]
    tensors = [_WrittenTensor(storage, _rebuild_tensor_v2) for storage in storages]
    state = OrderedDict(zip(weights, tensors, strict=True))
    with path.open("wb") as file:
        for content in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(content, file, protocol=2)
        Pickler(file, protocol=2).dump({"step": 1, "model_state": state})
        pickle.dump([storage.key for storage in storages], file, protocol=2)
        for storage in storages:
            file.write(struct.pack("<q", storage.array.size) + storage.array.tobytes())


def test_both_formats_give_the_same_arrays(
    tmp_path: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published file and a plain archive of arrays."""
    save_arrays(tmp_path / "weights.npz", weights)
    write_torch_file(tmp_path / "pretrained.pt", weights, monkeypatch)
    for name in ("weights.npz", "pretrained.pt"):
        found = read_weights(tmp_path / name)
        assert found.keys() == weights.keys()
        for key, array in weights.items():
            np.testing.assert_array_equal(found[key], array)


class _Harmful:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("harm-was-done"),)


@pytest.mark.parametrize("position", range(4))
def test_nothing_in_a_file_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, position: int
) -> None:
    """Pickles can call anything; these may only describe tensors."""
    monkeypatch.chdir(tmp_path)
    contents: list[object] = [1, 2, 3, 4]
    contents[position] = _Harmful()
    path = tmp_path / "pretrained.pt"
    path.write_bytes(b"".join(pickle.dumps(content, protocol=2) for content in contents))
    with pytest.raises(ModelInvalid, match="no speaker encoder"):
        read_weights(path)
    assert not Path("harm-was-done").exists()


def test_every_damage_is_one_error(
    tmp_path: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut anywhere, overwritten, empty, or another kind of file."""
    path = tmp_path / "pretrained.pt"
    write_torch_file(path, weights, monkeypatch)
    whole = path.read_bytes()
    for length in (0, 1, 20, 400, 2000, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelInvalid):
            read_weights(path)
    path.write_bytes(b"PK\x03\x04" + b"no archive" * 100)
    with pytest.raises(ModelInvalid):
        read_weights(path)
    save_arrays(tmp_path / "other.npz", {"linear.bias": np.zeros(3)})
    with pytest.raises(ModelInvalid):
        read_weights(tmp_path / "other.npz")


def test_wrong_shapes_and_numbers_are_refused(tmp_path: Path, weights: Weights) -> None:
    """A network of another size would fail in the middle of a dictation."""
    path = tmp_path / "weights.npz"
    for wrong in (np.zeros((2, 2), np.float32), np.full((256,), np.nan, np.float32)):
        save_arrays(path, {**weights, "linear.bias": wrong})
        with pytest.raises(ModelInvalid, match="shape"):
            read_weights(path)


def test_a_missing_file_names_the_command(tmp_path: Path) -> None:
    """That fetches it."""
    with pytest.raises(ModelMissing, match="models get speaker-ge2e"):
        read_weights(tmp_path / "none.pt")
