"""What a person may write to mean one target or many: a key, a group, or something that hotspots have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from command_centre.config.cells import Listed, words_of
from command_centre.config.mistakes import nearest
from command_centre.config.model import PLACE_TYPES, SETTLEMENTS, Kelurahan
from command_centre.domain.target import Parent, Target, TargetKey, TargetKind

PROPERTIES: Mapping[str, str] = MappingProxyType(
    {"kelas": "class_mbps", "jenis": "place_type", "penyedia": "isp", "permukiman": "settlement"}
)
"""First word of a name such as ``kelas:20``, and the attribute of hotspots it is about."""


@dataclass(frozen=True, slots=True)
class Names:
    """Every name with the targets it means. ``is_whole`` says that no other name can be right. Capitals do not matter."""

    meanings: Mapping[str, frozenset[TargetKey]]
    spelling: Mapping[str, str]
    is_whole: bool

    def meant_by(self, word: str) -> frozenset[TargetKey] | None:
        """The targets; None when nothing has that name."""
        return self.meanings.get(_plain(word))

    def nearest(self, word: str) -> str | None:
        """The name that was probably meant."""
        close = nearest(_plain(word), self.meanings)
        return self.spelling[close] if close else None


def names_of(listed: Iterable[Listed], parents: Iterable[Parent], kelurahan: Iterable[Kelurahan], *, is_whole: bool) -> Names:
    """The names of everything in the registers."""
    registers = tuple(listed)
    targets = [each for register in registers for each in register.targets]
    above = {each.key: each.parents for each in parents} | {each.key: each.parents for each in targets}
    other = dict(_spellings(kelurahan))
    meanings: dict[str, set[TargetKey]] = {}
    spelling: dict[str, str] = {}

    def mean(name: str, key: TargetKey) -> None:
        spelling.setdefault(_plain(name), name)
        meanings.setdefault(_plain(name), set()).add(key)

    for register in registers:  # also keys of rows with mistakes: the row is wrong, not the name
        for key in register.keys:
            mean(key, TargetKey(key))
    for target in targets:
        for name in (*_names_of(target), *_ancestors(target.key, above)):
            for each in other.get(name, (name,)):
                mean(each, target.key)
    return Names(
        MappingProxyType({name: frozenset(keys) for name, keys in meanings.items()}), MappingProxyType(spelling), is_whole
    )


def _plain(word: str) -> str:
    first, colon, rest = word.strip().partition(":")
    return f"{first.strip()}{colon}{rest.strip()}".lower()


def _names_of(target: Target) -> Iterator[str]:
    """The names that a target shares with others. Places mean hotspots: what stands there, not whose office is there."""
    yield target.group
    if target.kind is not TargetKind.HOTSPOT:
        return
    for first, attribute in PROPERTIES.items():
        if attribute in target.attributes:
            yield f"{first}:{target.attributes[attribute]}"
    for first, code in (("kelurahan", target.place.kelurahan), ("kecamatan", target.place.kecamatan)):
        if code is not None:
            yield f"{first}:{code}"


def _spellings(kelurahan: Iterable[Kelurahan]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """All ways to write a name, the best first."""
    for each in kelurahan:
        yield f"kelurahan:{each.code}", tuple(f"kelurahan:{word}" for word in dict.fromkeys((each.name, *words_of(each))))
        short = each.kecamatan.removeprefix("Bontang ")
        yield (
            f"kecamatan:{each.kecamatan_code}",
            tuple(f"kecamatan:{word}" for word in (each.kecamatan, short, each.kecamatan_code)),
        )
    for first, known in (("jenis", PLACE_TYPES), ("permukiman", SETTLEMENTS)):
        for word in set(known.values()):
            yield f"{first}:{word}", tuple(f"{first}:{spelling}" for spelling, meant in known.items() if meant == word)


def _ancestors(key: TargetKey, above: Mapping[TargetKey, tuple[TargetKey, ...]]) -> set[TargetKey]:
    """Everything above a target, each once, however they are linked."""
    seen: set[TargetKey] = set()
    waiting = list(above.get(key, ()))
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting.extend(above.get(each, ()))
    return seen
