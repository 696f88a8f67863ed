"""The names of a project, to be looked up by how they are said."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from codex_voice.language.code_words import code_words, is_english
from codex_voice.language.project.names import Name, NameKind, is_compound, split, spoken_keys
from codex_voice.language.project.repository import RepositoryNames
from codex_voice.language.sound import sound
from codex_voice.language.tokens import letters

# More names find more that nobody said: with 2,398 names 1.3 % of 440 ordinary sentences were
# changed, with every name, single words included, 54 %.
_MAXIMUM_EXACT = 3_000
_MAXIMUM_ALIKE = 300
_SHORTEST_SINGLE = 4
_PROMPT_NAMES = 10
_MAXIMUM_PATHS = 1_000

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,60}")


@dataclass(frozen=True)
class FilesOfEnding:
    """The files whose names end alike, for a search by likeness.

    Args:
        names: The files.
        keys: The letters of each without its ending.
        sounds: How each of those sounds.
    """

    names: tuple[Name, ...]
    keys: tuple[str, ...]
    sounds: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What can be looked up.

    Args:
        exact: Identifiers by the letters of a way to say them, the likeliest first.
        alike: The likeliest identifiers by the sound of a way to say them.
        singles: Words of the project that are no English ones ("kubectl"), by sound.
        files: Files and folders by their letters, with and without their path.
        stems: Files by the letters of their base name without its ending.
        paths: The paths of all files of a base name, where there are several.
        branches: Branches by their letters.
        endings: Files by the ways to say the ending of their names.
        words: All words of the project that are no English ones, as they are written.
        known: All identifiers and file names, for telling them from invented ones.
        likely: The likeliest identifiers.
        changed: Compound identifiers that occur in changed files.
        alike_keys: Their letters, for a search by likeness.
        alike_names: The name of each of those keys.
        path_keys: Ways to say paths and branches with a slash, for a search by likeness.
        path_names: The name of each of those keys.
    """

    exact: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    alike: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    singles: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    files: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    stems: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    branches: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    endings: Mapping[str, FilesOfEnding] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    likely: tuple[Name, ...] = ()
    changed: frozenset[str] = frozenset()
    alike_keys: tuple[str, ...] = ()
    alike_names: tuple[Name, ...] = ()
    path_keys: tuple[str, ...] = ()
    path_names: tuple[Name, ...] = ()

    @property
    def option_names(self) -> dict[str, str]:
        """Names that options of the project's programs are likely to have, by their letters."""
        return {
            name.key: "-".join(name.parts)
            for names in self.exact.values()
            for name in names
            if "_" in name.text and name.text.islower() and len(name.parts) == 2
        }

    def paths_of(self, name: Name) -> tuple[str, ...]:
        """Return the paths of the files that have a name, from the root of the project."""
        return self.paths.get(name.text) or (name.path or name.text,)

    def prompt_names(self, on_screen: str = "", recent: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the names that are likeliest to be spoken of now, the likeliest last.

        Args:
            on_screen: What Codex shows.
            recent: The last texts that were dictated.
        """
        shown = frozenset(_IDENTIFIER.findall(on_screen))
        spoken = frozenset(_IDENTIFIER.findall(" ".join(recent)))
        # A name that is seldom in the files counts too once it is spoken of.
        names = {name.text: name.weight for name in self.likely}
        for text in shown | spoken:
            if text in self.known and is_compound(text.strip("_")):
                names.setdefault(text, 1.0)

        def likelihood(text: str) -> tuple[float, str]:
            likely = math.log1p(names[text])
            likely += 8.0 * (text in shown) + 6.0 * (text in spoken) + 4.0 * (text in self.changed)
            return -likely, text

        best = sorted(names, key=likelihood)[:_PROMPT_NAMES]
        return tuple(reversed(best))


EMPTY = Vocabulary()


def build(found: RepositoryNames) -> Vocabulary:
    """Return the vocabulary of a project.

    Args:
        found: What its files hold.
    """
    compounds, singles = _identifiers(found)
    files = _files(found.files)
    exact = _index(compounds, spoken_keys)
    branches = [Name(branch, NameKind.BRANCH) for branch in found.branches]
    slashed = [
        (key, name)
        for name in [*files, *branches][:_MAXIMUM_PATHS]
        if "/" in name.text
        for key in spoken_keys(name)[:4]
    ]
    searched = [*compounds[:_MAXIMUM_ALIKE], *singles[:_MAXIMUM_ALIKE]]
    return Vocabulary(
        exact=exact,
        alike=_index(compounds[:_MAXIMUM_ALIKE], _sounds),
        singles=_index(singles[:_MAXIMUM_ALIKE], lambda name: (sound(name.text),)),
        files=_index(files, spoken_keys),
        stems=_index(
            [name for name in files if name.kind is NameKind.FILE and name.path], _stem_keys
        ),
        paths=_paths_of_same_names(found.files),
        endings=_by_ending([name for name in files if name.kind is NameKind.FILE and name.path]),
        branches=_index(
            [name for name in branches if len(name.parts) > 1],
            spoken_keys,
        ),
        words=frozenset(name.text for name in singles),
        known=frozenset(found.identifiers) | {name.text for name in files},
        likely=tuple(compounds[:_MAXIMUM_ALIKE]),
        changed=frozenset(filter(is_compound, found.in_changed)),
        alike_keys=tuple(name.key for name in searched),
        alike_names=tuple(searched),
        path_keys=tuple(key for key, _ in slashed),
        path_names=tuple(name for _, name in slashed),
    )


def _identifiers(found: RepositoryNames) -> tuple[list[Name], list[Name]]:
    """Return the compound names and the single words, the likeliest of each first."""
    compounds, singles = [], []
    for text, count in found.identifiers.items():
        bare = text.strip("_")
        if text.startswith("__") or len(bare) < _SHORTEST_SINGLE - 1:
            continue
        if is_compound(bare):
            if len(split(bare)) <= 6 and len(bare) <= 48:
                compounds.append(Name(bare, NameKind.IDENTIFIER, weight=count))
        elif not is_english(bare) and len(split(bare)) == 1:
            singles.append(Name(bare, NameKind.IDENTIFIER, weight=count))
    for names in (compounds, singles):
        names.sort(key=lambda name: (-name.weight, name.text))
    return compounds[:_MAXIMUM_EXACT], singles[:_MAXIMUM_EXACT]


def _files(paths: Iterable[str]) -> list[Name]:
    """Return files by their base name and by their path, and folders by theirs."""
    names: dict[str, Name] = {}
    for path in paths:
        folders = path.split("/")
        base = folders.pop()
        names.setdefault(base, Name(base, NameKind.FILE, path))
        if folders:
            names.setdefault(path, Name(path, NameKind.FILE))
        for depth in range(2, len(folders) + 1):
            folder = "/".join(folders[:depth])
            names.setdefault(folder, Name(folder, NameKind.DIRECTORY))
    return list(names.values())


def _paths_of_same_names(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the paths of each base name that several files have."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        groups[path.rpartition("/")[2]].append(path)
    return {base: tuple(same) for base, same in groups.items() if len(same) > 1}


def _stem_keys(name: Name) -> tuple[str, ...]:
    stem = name.text.lstrip(".").split(".")[0]
    return spoken_keys(Name(stem, NameKind.IDENTIFIER)) if stem else ()


def _by_ending(files: Iterable[Name]) -> dict[str, FilesOfEnding]:
    """Return the likeliest files of each ending, by the ways to say it."""
    groups: defaultdict[str, list[Name]] = defaultdict(list)
    for name in files:
        groups[name.text.rpartition(".")[2]].append(name)
    said: defaultdict[str, list[Name]] = defaultdict(list)
    for ending, names in groups.items():
        for way in dict.fromkeys((ending, *code_words().extensions.get(ending, ()))):
            said[way] += names[:_MAXIMUM_PATHS]
    return {way: _files_of_ending(names) for way, names in said.items()}


def _files_of_ending(names: list[Name]) -> FilesOfEnding:
    keys = [name.key.removesuffix(letters(name.text.rpartition(".")[2])) for name in names]
    return FilesOfEnding(tuple(names), tuple(keys), tuple(map(sound, keys)))


def _sounds(name: Name) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sound(key) for key in spoken_keys(name)))


def _index(
    names: Iterable[Name], keys: Callable[[Name], Iterable[str]]
) -> dict[str, tuple[Name, ...]]:
    index: defaultdict[str, list[Name]] = defaultdict(list)
    for name in names:
        for key in dict.fromkeys(keys(name)):
            if key:
                index[key].append(name)
    return {key: tuple(found) for key, found in index.items()}
