"""Other ways to write the same thing in a rehearsal file: short forms, and the habits of other systems. Pure.

Each function takes what the file holds, before anything is checked, and answers with our way of writing it; what it does not
understand it leaves alone, so that the check which follows says what is wrong with it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from command_centre.config.mistakes import LONGEST_WORD

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "target": "target", "targets": "target", "rule": "rule", "rules": "rule", "zone": "zone", "zones": "zone",
        "type": "type", "types": "type", "severity": "severity",
    }
)  # fmt: skip
"""Labels that may stand beside a ``match`` instead of within it."""

SILENT = frozenset({"absent", "nodata", "no_data", "missing", "stale", "silent"})
"""Words that ask for silence where a comparison is expected."""

SLIP = 0.75
"""From this likeness on (of 1) a word is a slip of another."""

_RANKS: Mapping[str, int] = MappingProxyType({"info": 0, "low": 0, "warning": 1, "warn": 1, "critical": 2, "crit": 2, "high": 2})
_OPPOSITE: Mapping[str, str] = MappingProxyType({">": "<=", ">=": "<", "<": ">=", "<=": ">"})
_DAY_MINUTES = 1_440
_SPAN = re.compile(r"\s*(\d{1,2}:\d{2})\s*(?:-|–|to|/)\s*(\d{1,2}:\d{2})\s*")
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def with_match(written: Mapping[str, Any]) -> dict[str, Any]:
    """``{"target": "web-1", …}`` as ``{"match": {"target": "web-1"}, …}``."""
    beside = {LABELS[key]: value for key, value in written.items() if key in LABELS}
    if not beside:
        return dict(written)
    rest = {key: value for key, value in written.items() if key not in LABELS}
    match = rest.get("match", {})
    return {**rest, "match": {**match, **beside} if isinstance(match, Mapping) else match}


def with_hours(written: Mapping[str, Any], *, under: Iterable[str] = ("hours", "time", "daily")) -> dict[str, Any]:
    """``{"hours": "22:00-02:00"}`` or ``{"hours": {"from": …}}`` as ``{"from": "22:00", "to": "02:00"}``."""
    for key in under:
        found = hours(written.get(key))
        if isinstance(found, Mapping):
            return {**{name: value for name, value in written.items() if name != key}, **found}
    return dict(written)


def route(written: Mapping[str, Any]) -> dict[str, Any]:
    """A route with its hours under ``hours``, and the labels it is about under ``match``."""
    times = {key: value for key, value in written.items() if key in ("from", "start", "until", "end", "days", "weekdays")}
    rest = with_match({key: value for key, value in written.items() if key not in times})
    if ("from" in times or "start" in times) and "hours" not in rest:
        until = {"to": rest.pop("to")} if "to" in rest and ("channels" in rest or "channel" in rest) else {}
        return {**rest, "hours": {**times, **until}}
    return {**rest, **times}


def action(written: Mapping[str, Any]) -> dict[str, Any]:
    """Something done, with labels beside it (``zone``) and a whole ``silence`` or ``maintenance`` within it spelled out."""
    own = dict(written)
    for key in ("silence", "maintenance"):
        within = own.get(key)
        if isinstance(within, Mapping):
            own = {**{name: value for name, value in own.items() if name != key}, **within}
    beside = {LABELS[key]: own.pop(key) for key in ("zone", "zones", "severity") if key in own}
    match = own.get("match", {})
    return {**own, "match": {**beside, **match}} if beside and isinstance(match, Mapping) else own


def with_whole_reloads(written: Mapping[str, Any]) -> dict[str, Any]:
    """What a reload does not speak of stays as the file says it."""
    config, actions = written.get("config"), written.get("actions")
    if not isinstance(config, Mapping) or not isinstance(actions, list):
        return dict(written)
    return {**written, "actions": [_with_whole_reload(each, config) for each in actions]}


def _with_whole_reload(written: object, config: Mapping[str, Any]) -> object:
    if not isinstance(written, Mapping) or not isinstance(written.get("config"), Mapping):
        return written
    return {**written, "config": {**config, **written["config"]}}


def hours(written: object) -> object:
    """``"22:00-02:00"`` as ``{"from": "22:00", "to": "02:00"}``."""
    match = _SPAN.fullmatch(written) if isinstance(written, str) else None
    return written if match is None else {"from": match[1], "to": match[2]}


def with_end(written: Mapping[str, Any]) -> dict[str, Any]:
    """What lasts for ``duration_s`` (``for_s``) has an end: by the timeline, or by the wall clock."""
    own = dict(written)
    length = next((own[key] for key in ("duration_s", "for_s") if _is_count(own.get(key))), None)
    if length is None or any(key in own for key in ("to", "to_s", "until", "until_s", "end", "end_s")):
        return own
    rest = {key: value for key, value in own.items() if key not in ("duration_s", "for_s")}
    clock = rest.get("from", rest.get("start"))
    if isinstance(clock, str) and re.fullmatch(r"\d{1,2}:\d{2}", clock) and length < _DAY_MINUTES * 60:
        hour, minute = clock.split(":")
        end = (int(hour) * 60 + int(minute) + int(length // 60)) % _DAY_MINUTES
        return {**rest, "to": f"{end // 60:02}:{end % 60:02}"}
    begin = rest.get("from_s", rest.get("start_s", 0))
    return {**rest, "to_s": begin + length} if _is_count(begin) else own


def _is_count(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def rota(written: Mapping[str, Any]) -> dict[str, Any]:
    """``rotation: weekly`` beside people is a turn of a week."""
    lengths = {"weekly": 604_800, "daily": 86_400}
    kind = written.get("rotation")
    if not isinstance(kind, str) or kind not in lengths:
        return dict(written)
    return {"turn_s": lengths[kind], **{key: value for key, value in written.items() if key != "rotation"}}


def rota_of_shifts(written: object) -> object:
    """A list is regular hours, or people in turn."""
    if not isinstance(written, list):
        return written
    return {"people": written} if all(isinstance(each, str) for each in written) else {"shifts": written}


def config(written: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with one rule for each trouble, and the digest's time within the quiet hours."""
    own = dict(written)
    if "rules" in own:
        own["rules"] = rules(own["rules"])
    quiet, digest = hours(own.get("quiet_hours")), own.get("digest")
    at = digest.get("at") if isinstance(digest, Mapping) else digest
    if isinstance(quiet, Mapping) and isinstance(at, str):
        own = {key: value for key, value in own.items() if key != "digest"}
        own["quiet_hours"] = {"digest_at": at, **quiet}
    return own


def days(written: object) -> object:
    """One day, ``"mon,wed"`` or ``"mon-fri"`` as a list of days."""
    if not isinstance(written, str):
        return written
    found: list[str] = []
    for part in re.split(r"[,\s]+", written.strip().lower()):
        first, _, last = part.partition("-")
        if first[:3] in _WEEK and last[:3] in _WEEK:
            begin, end = _WEEK.index(first[:3]), _WEEK.index(last[:3])
            found.extend(_WEEK[(begin + step) % 7] for step in range((end - begin) % 7 + 1))
        else:
            found.append(part)
    return found


def rule(written: Mapping[str, Any]) -> dict[str, Any]:
    """A rule with its silence, its levels and its clear limit spelled out."""
    return _with_clear_op(_with_levels(_with_silence(dict(written))))


def _with_silence(written: dict[str, Any]) -> dict[str, Any]:
    """``op: absent`` for ``for_s`` is silence for that long; ``nodata: {after_s, severity}`` is silence beside the condition."""
    within = written.get("nodata")
    if isinstance(within, Mapping) and "after_s" in within:
        severity = {"nodata_severity": within["severity"]} if "severity" in within else {}
        written = {**{key: value for key, value in written.items() if key != "nodata"}, "nodata_s": within["after_s"], **severity}
    if written.get("op") not in SILENT or "nodata_s" in written:
        return written
    rest = {key: value for key, value in written.items() if key not in ("op", "threshold", "for_s")}
    return {**rest, "nodata_s": written.get("for_s", 0)}


def _with_levels(written: dict[str, Any]) -> dict[str, Any]:
    """Limits by severity, in whichever form, as the least severe one and ``levels`` above it."""
    levels = _levels(written)
    if levels is None or not all(isinstance(each, Mapping) and each.get("severity") in _RANKS for each in levels):
        return written
    rest = {key: value for key, value in written.items() if key not in _LEVEL_KEYS}
    if "threshold" in rest or not levels:
        return {**rest, "levels": levels}
    least, *more = sorted(levels, key=lambda each: _RANKS[each["severity"]])
    return {**rest, **least, "levels": more}


_LEVEL_KEYS = ("levels", "thresholds", "warning_threshold", "critical_threshold", "warning", "critical")


def _levels(written: Mapping[str, Any]) -> list[Any] | None:
    for key in ("levels", "thresholds"):
        several = written.get(key)
        if isinstance(several, list):
            return several
        if isinstance(several, Mapping):
            return [{"severity": severity, "threshold": threshold} for severity, threshold in several.items()]
    single = {
        severity: written[key]
        for severity in ("warning", "critical")
        for key in (severity, f"{severity}_threshold")
        if key in written
    }
    return [{"severity": severity, "threshold": limit} for severity, limit in single.items()] or None


def _with_clear_op(written: dict[str, Any]) -> dict[str, Any]:
    """A clear limit without a comparison is over on the calm side of it."""
    opposite = _OPPOSITE.get(written["op"]) if isinstance(written.get("op"), str) else None
    if opposite is None or "clear_op" in written or written.get("clear_threshold") is None:
        return written
    return {**written, "clear_op": opposite}


def rules(written: object) -> object:
    """Rules of one name that differ in limit and severity alone are one rule with levels: the same trouble, more or less bad."""
    if not isinstance(written, list) or not all(isinstance(each, Mapping) for each in written):
        return written
    joined: list[dict[str, Any]] = []
    for each in written:
        place = next((place for place, known in enumerate(joined) if _are_levels(known, each)), None)
        if place is None:
            joined.append(dict(each))
        else:
            joined[place] = _joined(joined[place], each)
    return joined


def _are_levels(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    same = (set(one) | set(other)) - {"threshold", "severity", "levels"}
    return (
        one.get("name") is not None
        and all(one.get(key) == other.get(key) for key in same)
        and all(isinstance(each.get("threshold"), (int, float)) and each.get("severity") in _RANKS for each in (one, other))
        and one["severity"] != other["severity"]
    )


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in one.items() if key not in ("threshold", "severity", "levels")}
    own = [{"severity": each["severity"], "threshold": each["threshold"]} for each in (one, other)]
    return _with_levels({**rest, "levels": [*own, *one.get("levels", ())]})


def target(written: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """A target whose other keys (``uplink``, ``isp``) are labels; a slip of a known key stays, to be refused."""
    beside = {key: str(value) for key, value in written.items() if _is_label(value) and is_strange(key, known)}
    rest = {key: value for key, value in written.items() if key not in beside}
    labels = rest.get("labels", {})
    return {**rest, "labels": {**beside, **labels}} if beside and isinstance(labels, Mapping) else dict(written)


def _is_label(value: object) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def is_strange(key: str, known: Iterable[str]) -> bool:
    """Whether ``key`` is none of the known words, and no slip of one of them either."""
    return key not in known and (len(key) > LONGEST_WORD or not difflib.get_close_matches(key.lower(), known, n=1, cutoff=SLIP))
