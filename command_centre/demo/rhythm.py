"""How long a healthy site takes to answer: its own pace, the hour of the day, and chance that repeats. Pure."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist
from zoneinfo import ZoneInfo

from command_centre.demo.hosts import share

CITY_ZONE = ZoneInfo("Asia/Makassar")

MEDIAN_SECONDS = 0.42
PACE_SPREAD = 0.45
CHANCE_SPREAD = 0.16
LEAST_SECONDS, MOST_SECONDS = 0.12, 3.7
SLOW_AFTERNOON_SHARE = 0.06
CHANCE_STEP_SECONDS = 10

_NORMAL = NormalDist()

_HOURLY = (
    (0.0, 0.80),
    (5.0, 0.82),
    (8.0, 1.05),
    (10.0, 1.25),
    (12.5, 1.05),
    (14.0, 1.35),
    (16.0, 1.15),
    (18.0, 0.95),
    (21.0, 0.90),
    (24.0, 0.80),
)


def response_seconds(host: str, at: datetime) -> float:
    """Seconds until a healthy host has answered at ``at``: log-normal, mostly 0.2 to 0.9 s; the same for the same arguments."""
    chance = _lognormal(CHANCE_SPREAD, host, "chance", str(int(at.timestamp()) // CHANCE_STEP_SECONDS))
    seconds = pace(host) * _hourly(_hour(at)) * _afternoon(host, _hour(at)) * chance
    return min(max(seconds, LEAST_SECONDS), MOST_SECONDS)


def redirect_seconds(page_seconds: float) -> float:
    """Seconds until a host has sent its redirect, where its page takes ``page_seconds``: the application is not asked."""
    return min(0.06, page_seconds / 8)


def slow_seconds(host: str, typical: timedelta, at: datetime) -> float:
    """Seconds until a slow host has answered: near ``typical``, within 3 %."""
    return typical.total_seconds() * (0.97 + 0.06 * share(host, "slow", str(int(at.timestamp()) // CHANCE_STEP_SECONDS)))


@lru_cache(maxsize=4096)
def pace(host: str) -> float:
    """The median response time of a host in seconds, by its nature."""
    return MEDIAN_SECONDS * _lognormal(PACE_SPREAD, host, "pace")


@lru_cache(maxsize=4096)
def has_slow_afternoons(host: str) -> bool:
    """Whether the host suffers when everybody works (a few do)."""
    return share(host, "afternoon") < SLOW_AFTERNOON_SHARE


def _afternoon(host: str, hour: float) -> float:
    if not has_slow_afternoons(host):
        return 1.0
    nearness = max(0.0, 1.0 - abs(hour - 14.25) / 1.75)  # 12.30 to 16.00, worst at 14.15
    worst = 2.6 / pace(host)
    return 1.0 + nearness * max(worst - 1.0, 0.0)


def _hourly(hour: float) -> float:
    for (before, low), (after, high) in pairwise(_HOURLY):
        if hour <= after:
            return low + (high - low) * (hour - before) / (after - before)
    return 1.0


def _hour(at: datetime) -> float:
    local = at.astimezone(CITY_ZONE)
    return local.hour + local.minute / 60 + local.second / 3600


def _lognormal(spread: float, *words: str) -> float:
    drawn = min(max(share(*words), 1e-6), 1 - 1e-6)
    return math.exp(spread * _NORMAL.inv_cdf(drawn))
