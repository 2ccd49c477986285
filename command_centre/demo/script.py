"""The script of faults: a loop of time in which sites and hotspots break and heal.

Reading it is strict: all mistakes at once, with their lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from command_centre.demo.crowd import is_dark_for_prayer
from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.hotspot_faults import HotspotFault, worst
from command_centre.demo.selection import SelectionError, Selector, meant
from command_centre.domain.target import Target, TargetKey, TargetKind

Kind = TypeVar("Kind", bound=StrEnum)

ZERO = timedelta(0)
MOST_ENTRIES = 500
MOST_BYTES = 200_000

UPLINK = "uplink"
"""In place of a site: our own connection is lost; references and name server fall silent together."""

PRAYER = "prayer"
"""In place of ``from`` and ``until``: at the times of prayer, by the clock of the city."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of the loop, half-open. An end beyond the loop reaches round into its beginning."""

    begins: timedelta
    ends: timedelta

    def contains(self, position: timedelta, loop: timedelta) -> bool:
        return self.begins <= position < self.ends or self.begins <= position + loop < self.ends

    def overlaps(self, other: Stretch, loop: timedelta) -> bool:
        return any(self.begins < other.ends + shift and other.begins + shift < self.ends for shift in (-loop, ZERO, loop))


@dataclass(frozen=True, slots=True)
class ScriptedFault:
    """One site breaks for one stretch of every loop. ``already`` is how long it had been so when the demo began."""

    target: TargetKey
    fault: Fault
    when: Stretch
    already: timedelta = ZERO


@dataclass(frozen=True, slots=True)
class ScriptedHotspots:
    """Some hotspots break together. ``when`` is None for those that are off at the times of prayer."""

    targets: frozenset[TargetKey]
    fault: HotspotFault
    when: Stretch | None
    already: timedelta = ZERO


@dataclass(frozen=True, slots=True)
class Script:
    """What happens in the city, over and over. The empty script is a day on which nothing happens."""

    loop: timedelta = timedelta(minutes=20)
    faults: tuple[ScriptedFault, ...] = ()
    uplink_losses: tuple[Stretch, ...] = field(default=())
    hotspots: tuple[ScriptedHotspots, ...] = ()

    def in_force(self, elapsed: timedelta) -> dict[TargetKey, Fault]:
        """The fault of each broken site, ``elapsed`` after the demo began."""
        position = self._position(elapsed)
        return {each.target: each.fault for each in self.faults if each.when.contains(position, self.loop)}

    def hotspots_in_force(self, elapsed: timedelta, at: datetime) -> tuple[ScriptedHotspots, ...]:
        """What is wrong with hotspots, ``elapsed`` after the demo began, which is now ``at``."""
        position = self._position(elapsed)
        return tuple(
            each
            for each in self.hotspots
            if (is_dark_for_prayer(at) if each.when is None else each.when.contains(position, self.loop))
        )

    def is_uplink_lost(self, elapsed: timedelta) -> bool:
        position = self._position(elapsed)
        return any(each.contains(position, self.loop) for each in self.uplink_losses)

    def at_the_beginning(self) -> tuple[ScriptedFault, ...]:
        """What is broken already when the demo begins: the history shows it."""
        return tuple(each for each in self.faults if each.when.contains(ZERO, self.loop))

    def _position(self, elapsed: timedelta) -> timedelta:
        return elapsed % self.loop


QUIET = Script()


def worst_of_each(entries: Iterable[ScriptedHotspots]) -> dict[TargetKey, HotspotFault]:
    """The fault of each broken hotspot; where several entries name it, the worst counts."""
    faults: dict[TargetKey, set[HotspotFault]] = {}
    for entry in entries:
        for key in entry.targets:
            faults.setdefault(key, set()).add(entry.fault)
    return {key: worst(found) for key, found in faults.items()}


class ScriptError(Exception):
    """The script cannot be used; the text lists every mistake, one a line. ``found`` has each with its line, from 1."""

    def __init__(self, file: str, found: Sequence[tuple[int | None, str]]) -> None:
        self.found = tuple(found)
        self.mistakes = tuple(f"{file}: {text}" if line is None else f"{file}:{line}: {text}" for line, text in found)
        super().__init__("\n".join(self.mistakes))


def load_script(path: Path | None, targets: Iterable[Target], *, is_whole: bool = True) -> Script:
    """The script in a YAML file, checked against the register; raises ScriptError with every mistake.

    Without a path: a day on which nothing breaks. ``is_whole`` False: the register has mistakes of its own, so names that are
    not in it are not judged.
    """
    if path is None:
        return QUIET
    known = tuple(targets)
    sites = {each.key: each.address is not None for each in known if each.kind is not TargetKind.HOTSPOT}
    reading = _Reading(sites, Selector(known), is_whole=is_whole)
    script = reading.script(_document(path))
    if reading.found:
        raise ScriptError(path.name, reading.found)
    return script


def _document(path: Path) -> Any:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScriptError(str(path), [(None, f"cannot be read: {error.strerror}")]) from error
    if len(raw) > MOST_BYTES:
        raise ScriptError(path.name, [(None, f"larger than {MOST_BYTES} bytes")])
    try:
        return YAML(typ="rt").load(raw.decode("utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else int(mark.line) + 1
        raise ScriptError(path.name, [(line, f"not readable as YAML: {_one_line(error.problem or error.context)}")]) from error
    except (YAMLError, UnicodeDecodeError, ValueError) as error:
        raise ScriptError(path.name, [(None, f"not readable as YAML: {_one_line(error)}")]) from error


def _one_line(trouble: object) -> str:
    return " ".join(str(trouble).split())


_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?", re.ASCII)


def parse_duration(text: str) -> timedelta | None:
    """``90s``, ``3m``, ``2h31m``, ``6d``; None when the text is something else."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


class _Reading:
    """One pass over the document; collects mistakes instead of stopping at the first."""

    def __init__(self, is_served: Mapping[TargetKey, bool], selector: Selector, *, is_whole: bool) -> None:
        self.found: list[tuple[int | None, str]] = []
        self._is_whole = is_whole
        self._is_served = is_served
        self._selector = selector

    def script(self, document: Any) -> Script:
        if not isinstance(document, CommentedMap):
            self._refuse(1, "a script is a mapping with 'loop' and 'faults'")
            return QUIET
        self._unknown_keys(document, ("loop", "faults"))
        loop = self._duration(document, "loop", timedelta(minutes=20))
        if not timedelta(seconds=10) <= loop <= timedelta(days=1):
            self._refuse(_line(document, "loop"), "'loop' must lie between 10s and 1d")
            return QUIET
        listed = document.get("faults", CommentedSeq())
        if not isinstance(listed, CommentedSeq) or len(listed) > MOST_ENTRIES:
            self._refuse(_line(document, "faults"), f"'faults' must be a list of at most {MOST_ENTRIES} entries")
            return QUIET
        return self._assembled(loop, listed)

    def _assembled(self, loop: timedelta, listed: CommentedSeq) -> Script:
        faults: list[tuple[int, ScriptedFault]] = []
        losses: list[Stretch] = []
        hotspots: list[ScriptedHotspots] = []
        for index, entry in enumerate(listed):
            line = int(listed.lc.item(index)[0]) + 1
            if not isinstance(entry, CommentedMap):
                self._refuse(line, "an entry is a mapping with 'site' or 'hotspots', 'kind', 'from' and 'until'")
            elif "hotspots" in entry:
                hotspots.extend(self._hotspots(entry, line, loop))
            elif entry.get("site") == UPLINK:
                losses.append(self._loss(entry, loop))
            elif (scripted := self._fault(entry, line, loop)) is not None:
                faults.append((line, scripted))
        self._overlaps(faults, loop)
        return Script(loop, tuple(each for _, each in faults), tuple(losses), tuple(hotspots))

    def _hotspots(self, entry: CommentedMap, line: int, loop: timedelta) -> Iterable[ScriptedHotspots]:
        self._unknown_keys(entry, ("hotspots", "some", "kind", "from", "until", "during", "already"))
        fault = self._kind(HotspotFault, entry, line)
        when = self._when(entry, loop)
        already = self._already(entry, when, loop)
        if self._selector.is_empty:  # a register of sites alone: there is nothing that could break
            return ()
        try:
            targets = self._selector.find(entry["hotspots"], entry.get("some"))
        except SelectionError as error:
            if self._is_whole:
                self._refuse(_line(entry, "hotspots", line), str(error))
            return ()
        if fault is HotspotFault.NO_INTERNET and not self._selector.with_probe(targets):
            self._refuse(line, "'no_internet' shows on hotspots with a probe only, and none of these has one")
        return () if fault is None else (ScriptedHotspots(targets, fault, when, already),)

    def _when(self, entry: CommentedMap, loop: timedelta) -> Stretch | None:
        """None: at the times of prayer."""
        if "during" not in entry:
            return self._stretch(entry, loop)
        if entry["during"] != PRAYER or "from" in entry or "until" in entry:
            self._refuse(_line(entry, "during"), f"'during' is '{PRAYER}' and stands in place of 'from' and 'until'")
        return None

    def _already(self, entry: CommentedMap, when: Stretch | None, loop: timedelta) -> timedelta:
        already = self._duration(entry, "already", ZERO)
        if "already" in entry and (when is None or not when.contains(ZERO, loop)):
            self._refuse(_line(entry, "already"), "'already' is for faults that are there when the demo begins; this one is not")
        return already

    def _loss(self, entry: CommentedMap, loop: timedelta) -> Stretch:
        self._unknown_keys(entry, ("site", "from", "until"))
        return self._stretch(entry, loop)

    def _fault(self, entry: CommentedMap, line: int, loop: timedelta) -> ScriptedFault | None:
        self._unknown_keys(entry, ("site", "kind", "from", "until", "lasts", "already"))
        target = self._target(entry, line)
        kind = self._kind(FaultKind, entry, line)
        lasts = self._duration(entry, "lasts", ZERO) if "lasts" in entry else None
        when = self._stretch(entry, loop)
        already = self._already(entry, when, loop)
        if target is None or kind is None:
            return None
        try:
            return ScriptedFault(target, Fault(kind, lasts), when, already)
        except ValueError as error:
            self._refuse(line, str(error))
            return None

    def _target(self, entry: CommentedMap, line: int) -> TargetKey | None:
        key = TargetKey(str(entry.get("site", "")))
        if key not in self._is_served:
            if not self._is_whole:
                return None
            self._refuse(_line(entry, "site", line), f"'{key}' is not a site of the register{meant(key, self._is_served)}")
            return None
        if not self._is_served[key]:
            self._refuse(_line(entry, "site", line), f"'{key}' has no address in the register, so nothing can break there")
            return None
        return key

    def _kind(self, kinds: type[Kind], entry: CommentedMap, line: int) -> Kind | None:
        word = str(entry.get("kind", ""))
        try:
            return kinds(word)
        except ValueError:
            self._refuse(_line(entry, "kind", line), f"unknown kind '{word}'{meant(word, kinds)}")
            return None

    def _stretch(self, entry: CommentedMap, loop: timedelta) -> Stretch:
        begins = self._duration(entry, "from", ZERO)
        ends = self._duration(entry, "until", loop)
        if not (begins < loop and begins < ends <= begins + loop):
            self._refuse(
                _line(entry, "until", _line(entry, "from")),
                "'until' must come after 'from', by at most one loop, and 'from' must lie in the loop",
            )
        return Stretch(begins, ends)

    def _duration(self, entry: CommentedMap, key: str, otherwise: timedelta) -> timedelta:
        if key not in entry:
            return otherwise
        duration = parse_duration(str(entry[key]))
        if duration is None:
            self._refuse(_line(entry, key), f"'{key}': '{entry[key]}' is not a duration such as 90s, 3m or 2h31m")
            return otherwise
        return duration

    def _overlaps(self, faults: Sequence[tuple[int, ScriptedFault]], loop: timedelta) -> None:
        for index, (line, later) in enumerate(faults):
            for earlier_line, earlier in faults[:index]:
                if later.target == earlier.target and later.when.overlaps(earlier.when, loop):
                    self._refuse(line, f"'{later.target}' has another fault at the same time (line {earlier_line})")

    def _unknown_keys(self, entry: CommentedMap, known: Sequence[str]) -> None:
        for key in entry:
            if key not in known:
                self._refuse(_line(entry, str(key)), f"unknown key '{key}'{meant(str(key), known)}")

    def _refuse(self, line: int, sentence: str) -> None:
        self.found.append((line, sentence))


def _line(entry: CommentedMap, key: str, otherwise: int = 1) -> int:
    try:
        return int(entry.lc.key(key)[0]) + 1
    except (KeyError, AttributeError):
        return otherwise
