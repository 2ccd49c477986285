"""What the catalogue of collectors needs to know of this one: settings and poller are fetched when they are asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from collectors.hotspots_snmp.metrics import METRICS

if TYPE_CHECKING:
    from pydantic import BaseModel

    from collectors.hotspots_snmp.poller import SnmpPoller
    from command_centre.domain.ports import Clock


def load_settings() -> type[BaseModel]:
    """The pydantic class of this kind's keys."""
    from collectors.hotspots_snmp.settings import SnmpSettings

    return SnmpSettings


def build(settings: Any, clock: Clock, contact: str, *, timeout: timedelta = timedelta(seconds=10)) -> SnmpPoller:
    """A poller from ``SnmpSettings``. Touches no network; reads the profiles and the secrets."""
    from collectors.hotspots_snmp.poller import SnmpPoller

    del contact  # SNMP has no place for a greeting
    return SnmpPoller(settings.options(timeout), clock)


KIND_PARTS = (load_settings, METRICS, build)
"""(settings class loader, metrics, build): one line in the catalogue adds this kind."""
