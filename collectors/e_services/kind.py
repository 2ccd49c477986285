"""What the catalogue of collectors needs to know of this one: settings and poller are fetched when they are asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from collectors.e_services.poller import ServicePoller
    from command_centre.domain.ports import Clock


def load_settings() -> type[BaseModel]:
    """The pydantic class of this kind's keys."""
    from collectors.e_services.settings import ServiceSettings

    return ServiceSettings


def build(settings: Any, clock: Clock, contact: str, *, timeout: timedelta = timedelta(seconds=10)) -> ServicePoller:
    """A poller from ``ServiceSettings``. Touches neither network nor disk; secrets are fetched when they are first needed."""
    from collectors.e_services.choosing import definitions_by_name, preset_definition
    from collectors.e_services.poller import ServicePoller
    from collectors.e_services.templates import resolver

    find = definitions_by_name(settings.parsed, preset_definition)
    return ServicePoller(settings.options(contact, timeout), clock, find, resolver(settings.base))
