"""Fitting: a snapshot with names as long as two pages can bear. Only paper and card are made from it; figures stay as they are.

The whole names are in the annex, on the web page and in the sealed file. A shortened name ends with "…".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from command_centre.domain.cut import CutFollowUp, CutIncident
from command_centre.domain.snapshot import Snapshot, TargetFigures

SHORT_NAME, NAME, PLACE, PROVIDER, CITY = 30, 48, 19, 22, 28
PROMISE, OWNER, NOTE = 84, 36, 150
MOST_NOTES = 3


def fitted(snap: Snapshot) -> Snapshot:
    """The same snapshot for two pages. One with ordinary names comes back as it was."""
    providers = _apart((each.provider for each in snap.claim), PROVIDER)
    known = {each.key for each in snap.targets} | dict(snap.places).keys()
    more = len(snap.notes) - MOST_NOTES
    return replace(
        snap,
        city=shortened(snap.city, CITY),
        places=tuple((code, shortened(name, PLACE)) for code, name in snap.places),
        targets=tuple(_target(each) for each in snap.targets),
        claim=tuple(replace(each, provider=providers[each.provider]) for each in snap.claim),
        follow_ups=tuple(_follow_up(each) for each in snap.follow_ups),
        incident_log=tuple(_incident(each, known) for each in snap.incident_log),
        notes=(*(shortened(each, NOTE) for each in snap.notes[:MOST_NOTES]), *([f"+ {more}"] if more > 0 else [])),
    )


def shortened(text: str, most: int) -> str:
    """At most ``most`` letters, the last of them "…" where something was left out."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip(' ,.;:-(')}…"


def _apart(names: Iterable[str], most: int) -> Mapping[str, str]:
    """Short names that differ where the long ones do: what is summed by name must not run together."""
    given: dict[str, str] = {}
    for name in sorted(set(names)):
        short, number = shortened(name, most), 2
        while short in given.values():
            short, number = f"{shortened(name, most - 4)} ({number})", number + 1
        given[name] = short
    return given


def _target(each: TargetFigures) -> TargetFigures:
    if len(each.short_name) <= SHORT_NAME and len(each.name) <= NAME:
        return each
    return replace(each, short_name=shortened(each.short_name, SHORT_NAME), name=shortened(each.name, NAME))


def _follow_up(each: CutFollowUp) -> CutFollowUp:
    return replace(each, what=shortened(each.what, PROMISE), owner=shortened(each.owner, OWNER))


def _incident(each: CutIncident, known: Iterable[str]) -> CutIncident:
    """Of what the register no longer has only the key is left, and stands for its name."""
    keys = (each.target, each.group_key)
    target, group = (key if key is None or key in known else _short_key(key) for key in keys)
    return each if (target, group) == keys else replace(each, target=target or each.target, group_key=group)


def _short_key(key: str) -> str:
    kind, separator, name = key.rpartition(":")
    return f"{kind}{separator}{shortened(name, SHORT_NAME)}"
