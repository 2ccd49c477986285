"""What a person may write to mean one target or many: a key, a group, or something that hotspots have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from command_centre.config.cells import NOTHING_LISTED, Listed, words_of
from command_centre.config.hotspots import HOTSPOT_PREFIX, PARENT_KINDS, Choices, ParentsListed
from command_centre.config.inventory import SITE_PREFIX, KelurahanListed
from command_centre.config.mistakes import nearest
from command_centre.config.model import HOTSPOTS_GROUP, PLACE_TYPES, SETTLEMENTS, Kelurahan
from command_centre.config.services import SERVICE_PREFIX, SERVICES_GROUP
from command_centre.domain.target import Target, TargetKey, TargetKind

PROPERTIES: Mapping[str, str] = MappingProxyType(
    {"kelas": "class_mbps", "jenis": "place_type", "penyedia": "isp", "permukiman": "settlement"}
)
"""First word of a name such as ``kelas:20``, and the attribute of hotspots it is about."""


@dataclass(frozen=True, slots=True)
class Names:
    """Every name with the targets it means. Capitals do not matter.

    ``possible`` has, by first word, all names that can exist ("" for groups), and None where nobody can say because of mistakes
    elsewhere. ``is_whole``: no register has mistakes. ``idle`` are names about a register that lists nothing.
    """

    meanings: Mapping[str, frozenset[TargetKey]]
    spelling: Mapping[str, str]
    possible: Mapping[str, frozenset[str] | None]
    is_whole: bool
    idle: frozenset[str] = frozenset()

    def is_idle(self, word: str) -> bool:
        """Whether the name is right, but its register lists nothing that it could mean."""
        return _plain(word) in self.idle

    def is_wrong(self, word: str) -> bool:
        """Whether a name that means nothing can mean nothing, whatever becomes of the mistakes elsewhere."""
        if self.is_whole:
            return True
        groups = self.possible.get("")
        if groups is None or _plain(word) in groups:
            return False
        first = _plain(word).partition(":")[0] if ":" in word else ""
        known = self.possible.get(first, frozenset())
        return known is not None and _plain(word) not in known

    def meant_by(self, word: str) -> frozenset[TargetKey] | None:
        """The targets; None when nothing has that name."""
        return self.meanings.get(_plain(word))

    def nearest(self, word: str) -> str | None:
        """The name that was probably meant."""
        close = nearest(_plain(word), self.meanings)
        return self.spelling[close] if close else None


@dataclass(frozen=True, slots=True)
class Listing:
    """What the registers say, and the words they may use. ``groups`` is None when it cannot be said which there are."""

    sites: Listed
    hotspots: Listed
    parents: ParentsListed
    kelurahan: KelurahanListed
    groups: Iterable[str] | None
    choices: Choices
    services: Listed = NOTHING_LISTED

    @property
    def is_whole(self) -> bool:
        """Whether no register has mistakes."""
        is_known = self.groups is not None and self.choices.providers is not None and self.choices.classes is not None
        others = (*self.parents.mistakes, *self.kelurahan.mistakes)
        registers = (self.sites, self.hotspots, self.services)
        return all(each.is_whole for each in registers) and self.parents.keys is not None and is_known and not others


def names_of(listing: Listing) -> Names:
    """The names of everything in the registers."""
    registers = (listing.sites, listing.hotspots, listing.services)
    targets = [each for register in registers for each in register.targets]
    above = {each.key: each.parents for each in listing.parents.parents} | {each.key: each.parents for each in targets}
    other = dict(_spellings(listing.kelurahan.kelurahan))
    possible = _possible(listing, other)
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
        MappingProxyType({name: frozenset(keys) for name, keys in meanings.items()}),
        MappingProxyType(spelling),
        possible,
        listing.is_whole,
        _idle(listing, possible),
    )


def _possible(listing: Listing, other: Mapping[str, tuple[str, ...]]) -> Mapping[str, frozenset[str] | None]:
    """By first word, every name that can exist; None where it cannot be said."""
    spellings = [_plain(word) for words in other.values() for word in words]
    places_are_known = listing.kelurahan.doubtful == frozenset()
    parents = None if listing.parents.keys is None else _all_plain(listing.parents.keys)
    possible: dict[str, frozenset[str] | None] = {
        "": None if listing.groups is None else _all_plain((*listing.groups, HOTSPOTS_GROUP, SERVICES_GROUP)),
        SITE_PREFIX: _all_plain(listing.sites.keys) if listing.sites.has_all_keys else None,
        SERVICE_PREFIX: _all_plain(listing.services.keys) if listing.services.has_all_keys else None,
        HOTSPOT_PREFIX: _all_plain(listing.hotspots.keys) if listing.hotspots.has_all_keys else None,
        "kelas": _named("kelas", listing.choices.classes),
        "penyedia": _named("penyedia", listing.choices.providers),
        "sendiri": None,
    }
    for first in ("jenis", "permukiman"):
        possible[first] = frozenset(each for each in spellings if each.startswith(f"{first}:"))
    for first in ("kelurahan", "kecamatan"):
        names = frozenset(each for each in spellings if each.startswith(f"{first}:"))
        possible[first] = names if places_are_known else None
    return MappingProxyType(possible | dict.fromkeys(PARENT_KINDS, parents))


def _named(first: str, words: Iterable[object] | None) -> frozenset[str] | None:
    return None if words is None else _all_plain(f"{first}:{each}" for each in words)


def _all_plain(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_plain, words))


def _idle(listing: Listing, possible: Mapping[str, frozenset[str] | None]) -> frozenset[str]:
    """Right names about registers that list nothing: a city without hotspots may keep what it has agreed about them."""
    idle: set[str] = set()
    if listing.sites.is_empty:
        idle |= possible[""] or frozenset()
    if listing.hotspots.is_empty:
        about_hotspots = (*PROPERTIES, "kelurahan", "kecamatan")
        idle |= {_plain(HOTSPOTS_GROUP)}.union(*(possible[first] or frozenset() for first in about_hotspots))
    if listing.services.is_empty:
        idle.add(_plain(SERVICES_GROUP))
    return frozenset(idle)


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
