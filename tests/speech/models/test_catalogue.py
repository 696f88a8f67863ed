"""The catalogue of published models."""

from __future__ import annotations

import re

import pytest

from codex_voice.errors import ModelMissing
from codex_voice.speech.models.catalogue import CATALOGUE, published, recommended

GIGABYTE = 1 << 30


def test_every_model_has_a_checksum_and_a_name_of_its_own() -> None:
    """Otherwise nothing could tell a good download."""
    assert all(re.fullmatch("[0-9a-f]{40}", model.sha1) for model in CATALOGUE)
    assert len({model.sha1 for model in CATALOGUE}) == len(CATALOGUE)
    assert len({model.name for model in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("name", "size"),
    [("base-q8_0", 81_768_585), ("base.en", 147_964_211), ("large-v3-turbo-q5_0", 574_041_195)],
)
def test_the_stated_sizes_leave_room_for_rounding(name: str, size: int) -> None:
    """The files themselves, as published, and little more."""
    assert size <= published(name).maximum_bytes <= size + (2 << 20)


@pytest.mark.parametrize(
    ("cores", "memory", "multilingual", "name"),
    [
        (1, 8 * GIGABYTE, False, "tiny.en-q8_0"),
        (1, 8 * GIGABYTE, True, "tiny-q8_0"),
        (4, GIGABYTE // 2, False, "tiny.en-q8_0"),
        (2, 4 * GIGABYTE, False, "base-q8_0"),
        (16, 64 * GIGABYTE, True, "base-q8_0"),
        (4, 0, False, "base-q8_0"),
    ],
)
def test_a_weak_machine_gets_a_smaller_model(
    cores: int, memory: int, multilingual: bool, name: str
) -> None:
    """One core, or too little memory."""
    assert recommended(cores, memory, multilingual=multilingual).name == name


def test_a_slip_in_a_name_is_answered_with_names_like_it() -> None:
    """A list of two dozen would help nobody."""
    with pytest.raises(ModelMissing, match=r"is it base\.en(-q\S+)? or "):
        published("bse.en")
    with pytest.raises(ModelMissing, match="codex-voice models list"):
        published("gigantic")
