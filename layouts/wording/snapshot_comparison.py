"""What a period is compared with beyond the one before: the same number a year ago, and its like in the Hijri calendar. Pure.

A period that was never frozen has no figures, and that is said: nothing is estimated in its place.
"""

from __future__ import annotations

from command_centre.domain.cut import Earlier
from command_centre.domain.hijri import a_hijri_year_before, middle_of, ramadan_days, to_hijri
from command_centre.domain.period import Period, PeriodKind, parse_period
from command_centre.domain.snapshot import Snapshot
from command_centre.domain.target import TargetKind
from layouts.wording.snapshot import SnapshotWords

HIJRI_MONTHS = (
    ("Muharam", "Muharram"), ("Safar", "Safar"), ("Rabiulawal", "Rabi I"), ("Rabiulakhir", "Rabi II"),
    ("Jumadilawal", "Jumada I"), ("Jumadilakhir", "Jumada II"), ("Rajab", "Rajab"), ("Syakban", "Shaban"),
    ("Ramadan", "Ramadan"), ("Syawal", "Shawwal"), ("Zulkaidah", "Dhu al-Qadah"), ("Zulhijah", "Dhu al-Hijjah"),
)  # fmt: skip


def comparisons(snap: Snapshot, words: SnapshotWords) -> str:
    """A few short sentences; empty for a year, whose year before stands in the table."""
    period = parse_period(snap.period)
    if period.kind is PeriodKind.YEAR:
        return ""
    sentences = [_a_year_ago(period, snap.year_before, words)]
    like = a_hijri_year_before(period)
    if like is not None:
        sentences.append(_hijri(like, snap.hijri_before, words))
    ramadan = _ramadan(period, words)
    return " ".join([*sentences, *([ramadan] if ramadan else [])])


def _a_year_ago(period: Period, earlier: Earlier | None, words: SnapshotWords) -> str:
    name = _short_name(period.a_year_before(), words)
    return f"{words.say('Setahun lalu', 'A year ago')} ({name}): {_figures(earlier, words)}."


def _hijri(like: Period, earlier: Earlier | None, words: SnapshotWords) -> str:
    day = to_hijri(middle_of(like))
    month = words.say(*HIJRI_MONTHS[day.month - 1])
    name = f"{_short_name(like, words)}, {month} {day.year} H"
    return (
        f"{words.say('Sepadan menurut kalender Hijriah', 'Its like in the Hijri calendar')} ({name}): {_figures(earlier, words)}."
    )


def _ramadan(period: Period, words: SnapshotWords) -> str:
    inside, whole = ramadan_days(period), (period.day_after - period.first_day).days
    if not inside:
        return ""
    return words.say(
        f"Periode ini {'seluruhnya' if inside == whole else 'sebagian'} di bulan Ramadan (menurut hisab urfi).",
        f"{'All' if inside == whole else 'Part'} of this period lies in Ramadan (by arithmetic reckoning).",
    )


def _short_name(period: Period, words: SnapshotWords) -> str:
    if period.kind is PeriodKind.WEEK:
        return words.say(f"minggu ke-{period.number}/{period.year}", f"week {period.number}/{period.year}")
    return words.month(period)


def _figures(earlier: Earlier | None, words: SnapshotWords) -> str:
    if earlier is None:
        return words.say("belum ada data", "no data")
    kinds = ((TargetKind.SITE, ("situs", "sites")), (TargetKind.HOTSPOT, ("Wi-Fi", "Wi-Fi")),
             (TargetKind.SERVICE, ("layanan", "services")))  # fmt: skip
    return ", ".join(f"{words.say(*name)} {words.percent(earlier.get(f'{kind.value}_availability'))}" for kind, name in kinds)
