"""Options of the engine for services. Plain data, so that reading a configuration loads no libcurl."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from collectors.websites.options import Options, user_agent

ACCEPT = "application/json,application/health+json;q=0.9,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
MAX_BODY_BYTES = 10 * 1024 * 1024


def service_options(contact: str, timeout: timedelta, **wishes: Any) -> Options:
    """Options of the engine for services: data is asked for, not pages."""
    plain = Options(timeout=timeout, accept=ACCEPT, user_agent=user_agent(contact), max_body_bytes=MAX_BODY_BYTES)
    return replace(plain, **wishes)
