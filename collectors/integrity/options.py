"""What the scanner is told: plain frozen data, so that a probe starts without the configuration libraries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from collectors.websites.options import Options
from command_centre.domain.integrity import View

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
MOBILE_GOOGLEBOT = (
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)
SEARCH_RESULT = "https://www.google.com/"
INDONESIAN = "id-ID,id;q=0.9,en;q=0.8"


@dataclass(frozen=True, slots=True)
class Guise:
    """How a view introduces itself."""

    user_agent: str
    accept_language: str
    referrer: str = ""


GUISES: Mapping[View, Guise] = MappingProxyType(
    {
        View.BROWSER: Guise(CHROME, INDONESIAN),
        View.BOT: Guise(GOOGLEBOT, ""),
        View.BOT_AGAIN: Guise(MOBILE_GOOGLEBOT, "en-US,en;q=0.9"),
        View.REFERRER: Guise(CHROME, INDONESIAN, SEARCH_RESULT),
        View.MOBILE: Guise(ANDROID, INDONESIAN),
    }
)
"""Only a visitor who looks like one is shown what visitors are shown. Files are asked for under our own name."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How a site is scanned.

    ``websites`` carries what every request needs (own user agent, CA file, name servers, ports). ``pause`` lies between two
    requests to one host; a host on this machine's own loopback is not spared. ``inner_pages`` and ``most_requests`` are the
    budget of one scan; ``most_time`` ends it.
    """

    websites: Options = field(default_factory=Options)
    pause: timedelta = timedelta(seconds=1)
    inner_pages: int = 10
    most_requests: int = 80
    most_time: timedelta = timedelta(minutes=10)
    request_timeout: timedelta = timedelta(seconds=10)
    allowed_hosts: frozenset[str] = frozenset()
