"""Heartbeat: a sign of life to a monitor outside, which tells somebody when it stops. Ours cannot tell of its own death."""

from __future__ import annotations

from datetime import timedelta

from command_centre.receivers.http import refuse_unless_accepted, request

TIMEOUT = timedelta(seconds=10)


def beat(url: str) -> None:
    """One sign of life. Raises DeliveryError when it was not heard."""
    refuse_unless_accepted(request(url, timeout=TIMEOUT))
