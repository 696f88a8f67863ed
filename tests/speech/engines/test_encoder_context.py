"""The encoder computes enough, and no more."""

from __future__ import annotations

import pytest

from codex_voice.speech.engines.encoder_context import (
    FULL_CONTEXT,
    fitted_context,
    further_contexts,
    smallest_context,
)


@pytest.mark.parametrize(
    ("width", "smallest"),
    [(128, 256), (384, 768), (512, 512), (768, 768), (1024, 1024), (1280, FULL_CONTEXT)],
)
def test_each_size_of_model_has_its_smallest_context(width: int, smallest: int) -> None:
    """Real weights loop with less."""
    assert smallest_context(width) == smallest
    assert fitted_context(0.5, smallest) == smallest


def test_the_context_always_holds_the_whole_clip() -> None:
    """A smaller one loses the rest of the clip without a word."""
    for tenths in range(300):
        context = fitted_context(tenths / 10, 512)
        assert min(tenths * 5 + 128, FULL_CONTEXT) <= context <= FULL_CONTEXT
        assert context >= 512
    assert fitted_context(3.0, 512) <= FULL_CONTEXT / 2


@pytest.mark.parametrize("context", [256, 512, 768, 896, 1040])
def test_further_looks_have_more_and_more_context(context: int) -> None:
    """With the same a loop would only come again; the first further one is the cheapest."""
    contexts = (context, *further_contexts(context))
    assert sorted(set(contexts)) == list(contexts)
    assert contexts[-1] <= FULL_CONTEXT
    assert context > 768 or contexts[1] < 1024
