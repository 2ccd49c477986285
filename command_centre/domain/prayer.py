"""Prayer times by the method of Kementerian Agama: dawn at 20° below the horizon, nightfall at 18°, two minutes of caution.

The sun's place follows the "Approximate Solar Coordinates" of the U.S. Naval Observatory's Astronomical Applications Department
(the low-precision formulas of *The Astronomical Almanac*): about one minute of arc between 1800 and 2200, which is under ten
seconds of time at the latitude of Bontang. The hour angle of an altitude is the ordinary one of spherical astronomy (Meeus,
*Astronomical Algorithms*, chapters 13 and 15).

Published timetables of the ministry round every time up to the full minute after adding the caution (*ihtiyat*); so do we.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType


class Prayer(StrEnum):
    """The five daily prayers, in the order of the day."""

    FAJR = "fajr"
    DHUHR = "dhuhr"
    ASR = "asr"
    MAGHRIB = "maghrib"
    ISHA = "isha"


FRIDAY = 4
"""The weekday (0 = Monday) on which the noon prayer is the longer Friday prayer."""

CAUTION = timedelta(minutes=2)
"""*Ihtiyat*: added to every computed time by the ministry's timetables."""

IMSAK_BEFORE_FAJR = timedelta(minutes=10)
"""Timetables of Ramadan begin the fast this long before dawn prayer."""

FAJR_ALTITUDE = math.radians(-20)
ISHA_ALTITUDE = math.radians(-18)
SUNSET_ALTITUDE = math.radians(-50 / 60)
"""Upper limb on the horizon: 34' of refraction, 16' of half the sun's width. The ministry corrects for height from 250 m on."""

SHADOW_LENGTH = 1.0
"""*Asr* begins when a shadow has grown by the height of the thing since noon (Shafi'i)."""

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
REFINEMENTS = 3
"""The sun moves while the time is sought; three rounds leave less than a second."""

MOST_DAYS_REMEMBERED = 1024


@lru_cache(maxsize=MOST_DAYS_REMEMBERED)  # a pure function that is asked for the same few days at every reading
def prayer_times(day: date, latitude: float, longitude: float) -> Mapping[Prayer, datetime]:
    """The beginnings of the prayers of one civil day, in UTC. Degrees; north and east are positive.

    Where the sun does not get as high or as low as a prayer asks for (far from the equator), that prayer is left out.
    """
    turn = timedelta(hours=longitude / 15)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - turn
    phi = math.radians(latitude)
    altitudes = {
        Prayer.FAJR: (FAJR_ALTITUDE, -1),
        Prayer.MAGHRIB: (SUNSET_ALTITUDE, +1),
        Prayer.ISHA: (ISHA_ALTITUDE, +1),
    }
    found: dict[Prayer, datetime] = {Prayer.DHUHR: _culmination(noon, noon)}
    for prayer, (altitude, side) in altitudes.items():
        _put(found, prayer, _when_at(altitude, noon, phi, side))
    _put(found, Prayer.ASR, _afternoon(noon, phi))
    return MappingProxyType({each: _published(found[each]) for each in Prayer if each in found})


def _put(found: dict[Prayer, datetime], prayer: Prayer, at: datetime | None) -> None:
    if at is not None:
        found[prayer] = at


def _published(at: datetime) -> datetime:
    """With the caution, on the next full minute."""
    cautious = at + CAUTION
    return cautious + (-timedelta(seconds=cautious.second, microseconds=cautious.microsecond)) % MINUTE


def _culmination(noon: datetime, at: datetime) -> datetime:
    """When the sun crosses the meridian: mean noon, corrected by the equation of time as it is at ``at``."""
    _, equation = sun(at)
    return noon - equation


def _when_at(altitude: float, noon: datetime, phi: float, side: int) -> datetime | None:
    """When the sun stands at an altitude, before (-1) or after (+1) noon; None when it does not on that day."""
    at = noon
    for _ in range(REFINEMENTS):
        declination, _ = sun(at)
        angle = _hour_angle(altitude, phi, declination)
        if angle is None:
            return None
        at = _culmination(noon, at) + side * angle * DAY / math.tau
    return at


def _afternoon(noon: datetime, phi: float) -> datetime | None:
    """When a shadow has grown by the height of its thing since noon."""
    at = noon
    for _ in range(REFINEMENTS):
        declination, _ = sun(at)
        altitude = math.atan2(1, SHADOW_LENGTH + math.tan(abs(phi - declination)))
        angle = _hour_angle(altitude, phi, declination)
        if angle is None:
            return None
        at = _culmination(noon, at) + angle * DAY / math.tau
    return at


def _hour_angle(altitude: float, phi: float, declination: float) -> float | None:
    """Radians the sun still has to turn, or has turned, from the meridian."""
    cosine = (math.sin(altitude) - math.sin(phi) * math.sin(declination)) / (math.cos(phi) * math.cos(declination))
    return math.acos(cosine) if -1 <= cosine <= 1 else None


def sun(at: datetime) -> tuple[float, timedelta]:
    """The sun's declination in radians, and the equation of time: how far the sun is ahead of the clock."""
    days = (at - J2000) / DAY
    anomaly = math.radians(357.529 + 0.98560028 * days)
    mean_longitude = 280.459 + 0.98564736 * days
    longitude = math.radians(mean_longitude + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    obliquity = math.radians(23.439 - 0.00000036 * days)
    declination = math.asin(math.sin(obliquity) * math.sin(longitude))
    ascension = math.degrees(math.atan2(math.cos(obliquity) * math.sin(longitude), math.cos(longitude)))
    ahead = (mean_longitude - ascension + 180) % 360 - 180
    return declination, ahead * DAY / 360
