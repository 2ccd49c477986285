"""The catalogue of indicators: a YAML file that a person edits. Every mistake at once, with line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from command_centre.config.durations import Duration
from command_centre.config.mistakes import Mistake, quoted
from command_centre.config.model import Line, Number, Section
from command_centre.config.naming import Names
from command_centre.config.translate import Findings, validated
from command_centre.config.yaml_tree import ListNode, MapNode, Mark, Node, parse, plain
from command_centre.domain.progress import Catalogue, Direction, Feed, Indicator, IndicatorId, OfficialFigure
from command_centre.domain.target import Dimension, TargetKey

MOST_INDICATORS = 500
KEYS = ("official", "weights", "indicators")
_KINDS_OF: Mapping[Feed, tuple[str, ...]] = {
    Feed.AVAILABILITY: ("situs", "wifi", "layanan"),
    Feed.COVERAGE: ("situs", "wifi", "layanan"),
    Feed.MEASURED: ("situs", "wifi", "layanan"),
    Feed.HTTPS: ("situs",),
    Feed.CERTIFICATE: ("situs",),
    Feed.FRESH_CONTENT: ("situs",),
    Feed.ON_TIME: ("layanan",),
}
"""Of what kinds of targets each feed can be measured, by the first word of their keys."""


def _identity(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,62}", text):
        raise ValueError("must be small letters, digits and '-', such as tk-situs-tersedia")
    return text


def _calendar_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day such as 2025-10-15") from None
    return text


class NameEntry(Section):
    """What an indicator is called."""

    id: Annotated[Line, Field(max_length=120)]
    en: Annotated[Line, Field(max_length=120)]


class IndicatorEntry(Section):
    """One indicator as written. Without ``feed`` an official types its value."""

    id: Annotated[Line, AfterValidator(_identity)]
    dimension: Dimension
    name: NameEntry
    unit: Annotated[Line, Field(max_length=40)]
    direction: Direction = Direction.HIGHER
    baseline: Number
    target: Number
    weight: Number = Field(default=1.0, gt=0, le=1000)
    definition: Annotated[Line, Field(max_length=200)]
    source: Line
    owner: Line
    feed: Feed | None = None
    of: tuple[Line, ...] = ()
    valid_for: Duration = timedelta(days=400)


class OfficialEntry(Section):
    """The city's own figure as written, in percent."""

    percent: Number = Field(ge=0, le=100)
    declared_on: Annotated[Line, AfterValidator(_calendar_day)]
    source: Line


class WeightsEntry(Section):
    """How much each dimension weighs in the city's figure."""

    governance: Number = Field(default=1.0, gt=0, le=1000)
    economy: Number = Field(default=1.0, gt=0, le=1000)
    living: Number = Field(default=1.0, gt=0, le=1000)
    society: Number = Field(default=1.0, gt=0, le=1000)
    environment: Number = Field(default=1.0, gt=0, le=1000)
    branding: Number = Field(default=1.0, gt=0, le=1000)


@dataclass(frozen=True, slots=True)
class CatalogueRead:
    """What a catalogue says; with mistakes in it, only what is sound."""

    catalogue: Catalogue
    mistakes: tuple[Mistake, ...]


def read_catalogue(data: bytes, file: str, names: Names, period: timedelta) -> CatalogueRead:
    """The catalogue in ``data``. ``names`` are those of the registers, for what automatic indicators are about."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = data.count(b"\n", 0, trouble.start) + 1
        return CatalogueRead(Catalogue(period=period), (Mistake(file, "is not UTF-8; save the file as UTF-8", line),))
    root, faults = parse(text)
    findings = Findings(file, tuple(line.rstrip("\r") for line in text.split("\n")), root or MapNode((), Mark(1, 1)))
    for fault in faults:
        findings.refuse_at(fault.mark, fault.sentence)
    if not isinstance(root, MapNode):
        if not faults:
            findings.refuse((), f"must begin with keys at the left margin: {', '.join(KEYS)}")
        return CatalogueRead(Catalogue(period=period), tuple(findings.mistakes))
    return CatalogueRead(_catalogue(findings, root, names, period), _in_order(findings.mistakes))


def _in_order(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    return tuple(sorted(mistakes, key=lambda each: (each.line or 0, each.column or 0)))


def _catalogue(findings: Findings, root: MapNode, names: Names, period: timedelta) -> Catalogue:
    for entry in root.entries:
        if entry.key not in KEYS:
            findings.refuse_unknown((entry.key,), KEYS)
    entries = dict(_entries(findings, root))
    _check_entries(findings, entries, names)
    weights = _part(findings, root, "weights", WeightsEntry)
    official = _part(findings, root, "official", OfficialEntry)
    return Catalogue(
        indicators=tuple(_indicator(each, names) for each in entries.values()),
        weights={} if weights is None else {each: getattr(weights, each.value) for each in Dimension},
        official=None
        if official is None
        else OfficialFigure(official.percent / 100, date.fromisoformat(official.declared_on), official.source),
        period=period,
    )


def _part(findings: Findings, root: MapNode, key: str, model: Any) -> Any:
    entry = root.entry(key)
    return None if entry is None else validated(model, _value(entry.value), (key,), findings, {})


def _value(node: Node) -> object:
    """The tree as values; a whole number is a number where one is asked for."""
    value = plain(node)
    return value if not isinstance(value, dict) else {key: _as_number(each) for key, each in value.items()}


def _as_number(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _entries(findings: Findings, root: MapNode) -> Iterator[tuple[int, IndicatorEntry]]:
    entry = root.entry("indicators")
    if entry is None or not isinstance(entry.value, ListNode):
        findings.refuse(("indicators",), "must be a list of indicators, each beginning with '- id:'")
        return
    if len(entry.value.items) > MOST_INDICATORS:
        findings.refuse(("indicators",), f"has more than {MOST_INDICATORS} entries")
    for index, item in enumerate(entry.value.items[:MOST_INDICATORS]):
        found = validated(IndicatorEntry, _value(item), ("indicators", index), findings, {})
        if found is not None:
            yield index, found


def _check_entries(findings: Findings, entries: Mapping[int, IndicatorEntry], names: Names) -> None:
    first: dict[str, int] = {}
    for index, each in entries.items():
        path = ("indicators", index)
        if each.id in first:
            findings.refuse((*path, "id"), f"{quoted(each.id)} is already indicators[{first[each.id]}]")
        first.setdefault(each.id, index)
        _check_scale(findings, path, each)
        _check_feed(findings, path, each, names)
    missing = [each.value for each in Dimension if each not in {entry.dimension for entry in entries.values()}]
    if missing and not findings.mistakes:
        findings.refuse(("indicators",), f"no indicator of the dimension {', '.join(missing)}; each of the six has at least one")


def _check_scale(findings: Findings, path: tuple[str, int], entry: IndicatorEntry) -> None:
    if entry.direction is Direction.HIGHER and entry.target <= entry.baseline:
        findings.refuse((*path, "target"), "must be above the baseline, because higher is better (or write direction: lower)")
    if entry.direction is Direction.LOWER and entry.target >= entry.baseline:
        findings.refuse((*path, "target"), "must be below the baseline, because lower is better")


def _check_feed(findings: Findings, path: tuple[str, int], entry: IndicatorEntry, names: Names) -> None:
    if entry.feed is None:
        if entry.of:
            findings.refuse((*path, "of"), "belongs to an automatic indicator, which has a 'feed'")
        return
    if not entry.of:
        findings.refuse(path, f"the key 'of' is missing: which targets '{entry.feed}' is measured of")
    fits = _KINDS_OF[entry.feed]
    for place, word in enumerate(entry.of):
        keys = names.meant_by(word)
        if keys is None and names.is_wrong(word) and not names.is_idle(word):
            findings.refuse((*path, "of", place), f"{quoted(word)} is not a name of the registers", names.nearest(word))
        strangers = sorted(key for key in keys or () if key.partition(":")[0] not in fits)
        if strangers:
            kinds = " or ".join(f"'{each}:'" for each in fits)
            findings.refuse((*path, "of", place), f"'{entry.feed}' is measured of {kinds} only, not of {strangers[0]}")


def _indicator(entry: IndicatorEntry, names: Names) -> Indicator:
    targets: frozenset[TargetKey] = frozenset().union(*(names.meant_by(each) or frozenset() for each in entry.of))
    return Indicator(
        id=IndicatorId(entry.id),
        dimension=entry.dimension,
        name_id=entry.name.id,
        name_en=entry.name.en,
        unit=entry.unit,
        direction=entry.direction,
        baseline=entry.baseline,
        target=entry.target,
        weight=entry.weight,
        definition=entry.definition,
        source=entry.source,
        owner=entry.owner,
        feed=entry.feed,
        targets=targets,
        valid_for=entry.valid_for,
    )
