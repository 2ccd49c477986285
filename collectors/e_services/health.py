"""What a service says of its own health: IETF health+json, Spring Boot, lists of components. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

from collectors.e_services.documents import Document, Format
from collectors.e_services.paths import LostError, Path, one
from collectors.websites.shown import clean


class HealthStyle(StrEnum):
    """How an answer tells health."""

    IETF = "ietf"  # draft-inadarei-api-health-check: status pass | warn | fail, checks
    SPRING = "spring"  # Spring Boot actuator: status UP | DOWN | OUT_OF_SERVICE | UNKNOWN, components
    COMPONENTS = "components"  # a list or an object of components, each with a word for its state


class State(IntEnum):
    """How a component is, by its own word; the higher the worse."""

    PASS = 0
    UNKNOWN = 1
    WARN = 2
    FAIL = 3


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a service."""

    name: str
    state: State


@dataclass(frozen=True, slots=True)
class Health:
    """The service's word on itself (``own``; None where it gives none) and on its parts."""

    own: State | None
    components: Sequence[Component] = ()

    @property
    def state(self) -> State:
        """One status for the whole: its own word, made worse by a failing part, never better.

        A part that fails or warns while the whole calls itself fit is a warning. Without an own word the parts decide:
        all failing is a failure, some failing a warning.
        """
        worst = max((each.state for each in self.components), default=None)
        if self.own is not None:
            return max(self.own, State.WARN) if worst is not None and worst >= State.WARN else self.own
        if worst is None:
            return State.UNKNOWN
        if worst is State.FAIL and not all(each.state is State.FAIL for each in self.components):
            return State.WARN
        return worst

    def in_words(self) -> str:
        """The parts that are not in order, worst first; else the whole's own word."""
        bad = sorted((each for each in self.components if each.state is not State.PASS), key=lambda each: -each.state)
        if bad:
            shown = ", ".join(f"{each.name} ({each.state.name.lower()})" for each in bad[:5])
            return shown + (f" and {len(bad) - 5} more" if len(bad) > 5 else "")
        return f"it calls itself {self.state.name.lower()}"


@dataclass(frozen=True, slots=True)
class HealthRule:
    """How a service tells its health. ``path`` is where (None: the root); ``name`` and ``status`` are keys of a component."""

    style: HealthStyle
    path: Path | None = None
    name: str = "name"
    status: str = "status"


_WORDS: Mapping[str, State] = MappingProxyType(
    {
        **dict.fromkeys(
            ("pass", "ok", "up", "healthy", "normal", "operational", "aktif", "baik", "green", "success"), State.PASS
        ),
        **dict.fromkeys(("true", "online", "running", "available", "1"), State.PASS),
        **dict.fromkeys(("warn", "warning", "degraded", "yellow", "partial_outage", "degraded_performance"), State.WARN),
        **dict.fromkeys(("terganggu", "menurun", "lambat", "under_maintenance", "maintenance", "pemeliharaan"), State.WARN),
        **dict.fromkeys(("fail", "error", "down", "unhealthy", "critical", "out_of_service", "red", "failed"), State.FAIL),
        **dict.fromkeys(("major_outage", "gangguan", "mati", "false", "offline", "unavailable", "0"), State.FAIL),
    }
)
MOST_COMPONENTS = 200
DEEPEST = 8


def state_of(word: object) -> State:
    """What a word for health means; UNKNOWN for any other."""
    return _WORDS.get(str(word).strip().lower(), State.UNKNOWN) if isinstance(word, (str, bool, int)) else State.UNKNOWN


def read_health(document: Document, rule: HealthRule) -> Health:
    """What the answer says of the service's health; UNKNOWN where it says nothing."""
    root = _root(document, rule)
    if not isinstance(root, dict) and rule.style is not HealthStyle.COMPONENTS:
        return Health(State.UNKNOWN)
    match rule.style:
        case HealthStyle.IETF:
            return Health(state_of(root.get("status")), _first(_ietf(root.get("checks"))))
        case HealthStyle.SPRING:
            return Health(state_of(root.get("status")), _first(_spring(root, "", 0)))
        case HealthStyle.COMPONENTS:
            return Health(None, _first(_listed(root, rule)))


def _root(document: Document, rule: HealthRule) -> Any:
    if document.format is not Format.JSON:
        return None
    try:
        return document.root if rule.path is None else one(rule.path, document)
    except LostError:
        return None


def _first(components: Iterator[Component]) -> tuple[Component, ...]:
    return tuple(component for _, component in zip(range(MOST_COMPONENTS), components, strict=False))


def _ietf(checks: Any) -> Iterator[Component]:
    """``checks`` is an object of lists; a check without a status says nothing of itself."""
    for name, entries in checks.items() if isinstance(checks, dict) else ():
        for entry in entries if isinstance(entries, list) else [entries]:
            if isinstance(entry, dict) and "status" in entry:
                yield Component(clean(name, 60), state_of(entry["status"]))


def _spring(place: dict[str, Any], above: str, depth: int) -> Iterator[Component]:
    """Components within components; Spring 1 calls them ``details``. An unknown part of a known whole is no news."""
    parts = place.get("components", place.get("details"))
    for name, part in parts.items() if isinstance(parts, dict) and depth < DEEPEST else ():
        if not isinstance(part, dict) or "status" not in part:
            continue
        full = f"{above}{clean(str(name), 40)}"
        inner = tuple(_spring(part, f"{full}/", depth + 1))
        yield from inner or (Component(full, state_of(part["status"])),)


def _listed(root: Any, rule: HealthRule) -> Iterator[Component]:
    if isinstance(root, dict):
        for name, part in root.items():
            yield Component(clean(str(name), 60), state_of(part.get(rule.status) if isinstance(part, dict) else part))
    for part in root if isinstance(root, list) else ():
        if isinstance(part, dict):
            yield Component(clean(str(part.get(rule.name, "?")), 60), state_of(part.get(rule.status)))
