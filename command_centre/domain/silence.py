"""Silence: a person's promise that nobody needs to be told of something for a while. It has an author, a reason and an end.

Silencing stops telling, never recording, and never the news that a trouble is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which alerts are meant: every named label must have one of its values (``*`` stands for any letters).

    Labels are ``target kind rule severity kelurahan ...``. A matcher without labels fits nothing: silencing everything at once
    is never a slip of the key.
    """

    labels: Mapping[str, tuple[str, ...]]

    def fits(self, labels: Mapping[str, str]) -> bool:
        return bool(self.labels) and all(
            any(fnmatchcase(labels.get(name, ""), value) for value in values) for name, values in self.labels.items()
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """Quiet for what ``matcher`` fits, from ``starts_at`` until ``ends_at`` (half-open) or until it was lifted."""

    matcher: Matcher
    starts_at: datetime
    ends_at: datetime
    author: str = ""
    reason: str = ""
    lifted_at: datetime | None = None

    def covers(self, labels: Mapping[str, str], at: datetime) -> bool:
        is_lifted = self.lifted_at is not None and self.lifted_at <= at
        return self.starts_at <= at < self.ends_at and not is_lifted and self.matcher.fits(labels)


def is_silenced(silences: Iterable[Silence], labels: Mapping[str, str], at: datetime) -> bool:
    """Whether anybody asked for quiet about an alert with these labels."""
    return any(each.covers(labels, at) for each in silences)
