"""What the catalogue of collectors needs to know of this one: settings and poller are fetched when they are asked for."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from collectors.e_services.definition import Definition
    from collectors.e_services.poller import ServicePoller
    from command_centre.domain.ports import Clock


def load_settings() -> type[BaseModel]:
    """The pydantic class of this kind's keys."""
    from collectors.e_services.settings import ServiceSettings

    return ServiceSettings


def build(settings: Any, clock: Clock, contact: str, *, timeout: timedelta = timedelta(seconds=10)) -> ServicePoller:
    """A poller from ``ServiceSettings``. Touches neither network nor disk; secrets are fetched when they are first needed."""
    from collectors.e_services.poller import ServicePoller, definitions_by_name
    from collectors.e_services.templates import resolver

    find = definitions_by_name(settings.parsed, preset_definition)
    return ServicePoller(settings.options(contact, timeout), clock, find, resolver(settings.base))


@cache  # a handful of presets, parsed once each
def preset_definition(name: str) -> Definition:
    """The definition that a preset alone makes. Raises LookupError for a name that is none."""
    from collectors.e_services.parsing import DefinitionError, parse_definition

    try:
        return parse_definition({"preset": name})
    except DefinitionError as trouble:
        raise LookupError(str(trouble)) from None
