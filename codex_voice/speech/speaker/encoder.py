"""Turns a voice into 256 numbers that are near each other for one speaker and far for two.

The network is GE2E (Wan et al. 2018, "Generalized End-to-End Loss for Speaker Verification") as
the Resemblyzer project trained it: three LSTM layers over 40 mel bands, the last output of each
1.6 s window through a linear layer, the mean of the windows of an utterance.
"""

from __future__ import annotations

import numpy as np

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import mel
from codex_voice.speech.samples import Samples
from codex_voice.speech.speaker.weights import BANDS, LAYERS, SIZE, Array, Weights

_WINDOW = 160
"""Frames the network was trained on: 1.6 s."""
_STEP = 80
_MOST_WINDOWS = 10
"""8 s of voice say whose it is; a minute would only cost more."""
_LEVEL = 10 ** (-30 / 20)
"""Root mean square that every utterance is brought to, as in the training."""
_LOUD = 10 ** (-30 / 10)
"""Pieces of 20 ms that are 30 dB softer than the loudest are pauses, and left out."""
_SILENT = 10 ** (-70 / 10)
"""Power below which a piece is no voice, however loud the others are."""
_PIECE = SAMPLE_RATE * 20 // 1000


class SpeakerEncoder:
    """The encoder, in plain numpy: about 0.14 s of one core for an utterance of 3 s.

    Args:
        weights: What `read_weights` returned.
    """

    def __init__(self, weights: Weights) -> None:
        self._layers = [
            (
                weights[f"lstm.weight_ih_l{layer}"].T.copy(),
                weights[f"lstm.weight_hh_l{layer}"].T.copy(),
                weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"],
            )
            for layer in range(LAYERS)
        ]
        self._linear = weights["linear.weight"].T.copy(), weights["linear.bias"]
        self._filters = mel.filters(BANDS).T.copy()

    def embed(self, samples: Samples) -> Array:
        """Return the embedding of one voice.

        Args:
            samples: Mono at 16 kHz, -1 to 1, at any level; pauses do not matter.

        Returns:
            256 numbers of length 1; their dot product with another's is the cosine.
        """
        frames = self._frames(without_pauses(samples))
        if len(frames) < _WINDOW:
            frames = np.pad(frames, ((0, _WINDOW - len(frames)), (0, 0)))
        starts = range(0, len(frames) - _WINDOW + 1, _STEP)[:_MOST_WINDOWS]
        windows = np.stack([frames[start : start + _WINDOW] for start in starts])
        embeddings = np.maximum(self._run(windows) @ self._linear[0] + self._linear[1], 0)
        return _unit(_unit(embeddings).mean(axis=0))

    def _frames(self, samples: Samples) -> Array:
        loudness = (
            float(np.sqrt(np.square(samples, dtype=np.float64).sum() / max(samples.size, 1))) or 1.0
        )
        padded = np.pad(samples * np.float32(_LEVEL / loudness), mel.FRAME // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, mel.FRAME)[:: mel.HOP] * mel.TAPER
        spectrum = np.square(np.abs(np.fft.rfft(frames, axis=1)))
        return np.asarray(spectrum @ self._filters, dtype=np.float32)

    def _run(self, windows: Array) -> Array:
        """Return the last output of the last layer for each window."""
        inputs = windows
        for from_input, from_output, bias in self._layers:
            gates = inputs @ from_input + bias
            output = np.zeros((len(windows), SIZE), np.float32)
            cell = np.zeros_like(output)
            outputs = np.empty((*gates.shape[:2], SIZE), np.float32)
            for step in range(gates.shape[1]):
                keep, forget, new, show = np.split(gates[:, step] + output @ from_output, 4, axis=1)
                cell = _sigmoid(forget) * cell + _sigmoid(keep) * np.tanh(new)
                output = _sigmoid(show) * np.tanh(cell)
                outputs[:, step] = output
            inputs = outputs
        return inputs[:, -1]


def without_pauses(samples: Samples) -> Samples:
    """Return the sound without the pieces of 20 ms that are 30 dB softer than the loudest."""
    pieces = samples[: samples.size // _PIECE * _PIECE].reshape(-1, _PIECE)
    power = np.square(pieces, dtype=np.float64).mean(axis=1)
    return np.asarray(
        pieces[power > max(power.max(initial=0.0) * _LOUD, _SILENT)].ravel(), dtype=np.float32
    )


def _unit(vectors: Array) -> Array:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)), dtype=np.float32)
