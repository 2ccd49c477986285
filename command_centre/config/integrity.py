"""The ``integrity`` section: when and how politely the sites are searched for injected content."""

from __future__ import annotations

import re
from datetime import timedelta

from pydantic import Field, field_validator, model_validator

from command_centre.config.durations import Duration
from command_centre.config.model import Section, WholeNumber


class IntegritySection(Section):
    """Each site is scanned once per ``every``, within the hours ``from`` to ``until`` of the city's clock (also over midnight).

    ``pause`` lies between two requests to one host, and is never less than a second. ``pages`` is how many inner pages one scan
    looks at, ``at_once`` how many sites are scanned at the same time. ``allowed_hosts`` are foreign hosts to which the city's
    pages may lead.
    """

    every: Duration = Field(default=timedelta(days=1), ge=timedelta(hours=1), le=timedelta(days=14))
    from_: str = Field(default="22:00", alias="from")
    until: str = "05:00"
    pause: Duration = Field(default=timedelta(seconds=1), ge=timedelta(seconds=1), le=timedelta(minutes=1))
    pages: WholeNumber = Field(default=10, ge=0, le=50)
    at_once: WholeNumber = Field(default=4, ge=1, le=20)
    allowed_hosts: tuple[str, ...] = ()

    @field_validator("from_", "until")
    @classmethod
    def _a_time(cls, text: str) -> str:
        if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", text):
            raise ValueError("is a time of day, e.g. '22:00'")
        return text

    @field_validator("allowed_hosts")
    @classmethod
    def _hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9-]+", each) for each in hosts):
            raise ValueError("are host names in lower case, without http://")
        return hosts

    @model_validator(mode="after")
    def _some_time(self) -> IntegritySection:
        if self.from_ == self.until:
            raise ValueError("'from' and 'until' are the same time: there would be no hours at all")
        return self

    def covers(self, clock: str) -> bool:
        """Whether a time of day (``23:15``) lies within the hours; the end does not."""
        if self.from_ < self.until:
            return self.from_ <= clock < self.until
        return clock >= self.from_ or clock < self.until
