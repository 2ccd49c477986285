"""Which hotspots are meant: by key, or by what they have in common. For the script and for the switchboard. Pure.

``wifi:utara-0012`` · ``[wifi:utara-0012, wifi:utara-0013]`` · ``{isp: Penyedia A, place_type: sekolah}`` (all must hold); with
``some: 8`` only eight of them, always the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from command_centre.demo.hosts import share
from command_centre.demo.hotspots import MQTT_DEVICE
from command_centre.domain.target import Target, TargetKey, TargetKind

PROPERTIES = ("isp", "kecamatan", "kelurahan", "settlement", "place_type", "class_mbps", "parent", "name")
"""What hotspots may have in common. ``kelurahan`` and ``kecamatan`` are Kemendagri codes, ``name`` is how the name begins."""


class SelectionError(ValueError):
    """Nothing can be meant by it; the text says why, in one line."""


class Selector:
    """Finds hotspots of one register."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._hotspots = {each.key: each for each in targets if each.kind is TargetKind.HOTSPOT}
        self._known = _known_values(self._hotspots.values())

    @property
    def is_empty(self) -> bool:
        """Whether the register has no hotspots at all."""
        return not self._hotspots

    def find(self, wanted: object, some: object = None) -> frozenset[TargetKey]:
        """The keys that are meant; never none. Raises SelectionError."""
        keys = self._meant(wanted)
        if some is None:
            return keys
        if not isinstance(some, int) or isinstance(some, bool) or not 0 < some <= len(keys):
            raise SelectionError(f"'some' is a number from 1 to {len(keys)}, for so many hotspots are meant")
        return frozenset(sorted(keys, key=lambda key: share(key, "some"))[:some])

    def with_probe(self, keys: Iterable[TargetKey]) -> frozenset[TargetKey]:
        """Those that have a probe."""
        return frozenset(key for key in keys if MQTT_DEVICE in self._hotspots[key].attributes)

    def _meant(self, wanted: object) -> frozenset[TargetKey]:
        match wanted:
            case str():
                return frozenset((self._key(wanted),))
            case Mapping():
                return self._having(wanted)
            case Sequence() if wanted:
                return frozenset(self._key(each) for each in wanted)
            case _:
                raise SelectionError("hotspots are meant by a key, a list of keys, or a mapping such as {isp: Penyedia A}")

    def _key(self, word: object) -> TargetKey:
        key = TargetKey(str(word))
        if key not in self._hotspots:
            raise SelectionError(f"'{word}' is not a hotspot of the register{meant(str(word), self._hotspots)}")
        return key

    def _having(self, wanted: Mapping[object, object]) -> frozenset[TargetKey]:
        if not wanted:
            raise SelectionError(f"an empty selection; say what the hotspots have in common: {', '.join(PROPERTIES)}")
        for name, value in wanted.items():
            self._check(str(name), str(value))
        properties = {str(name): str(value) for name, value in wanted.items()}
        found = frozenset(key for key, each in self._hotspots.items() if all(_has(each, *item) for item in properties.items()))
        if not found:
            raise SelectionError(f"no hotspot has all of {', '.join(f'{name} {value}' for name, value in properties.items())}")
        return found

    def _check(self, name: str, value: str) -> None:
        if name not in PROPERTIES:
            raise SelectionError(f"'{name}' is nothing that hotspots have in common{meant(name, PROPERTIES)}")
        if name == "name":
            if not value or not any(_has(each, name, value) for each in self._hotspots.values()):
                raise SelectionError(f"no hotspot's name begins with '{value}'")
        elif value not in self._known[name]:
            raise SelectionError(f"no hotspot has {name} '{value}'{meant(value, self._known[name])}")


def meant(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: what was probably meant."""
    close = get_close_matches(word, [str(each) for each in known], n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def _known_values(hotspots: Iterable[Target]) -> Mapping[str, frozenset[str]]:
    values: dict[str, set[str]] = {name: set() for name in PROPERTIES}
    for each in hotspots:
        for name in PROPERTIES:
            values[name].update(_values(each, name))
    return MappingProxyType({name: frozenset(found) for name, found in values.items()})


def _has(target: Target, name: str, value: str) -> bool:
    if name == "name":
        return target.name.startswith(value)
    return value in _values(target, name)


def _values(target: Target, name: str) -> Iterator[str]:
    match name:
        case "parent":
            yield from target.parents
        case "kecamatan" | "kelurahan":
            code = target.place.kecamatan if name == "kecamatan" else target.place.kelurahan
            if code is not None:
                yield code
        case "name":
            yield target.name
        case _:
            if name in target.attributes:
                yield target.attributes[name]
