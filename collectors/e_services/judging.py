"""The verdict on one answer: what the service said, held against its definition. Pure.

In this order, and the first "no" names the reason: reached and answered (as for websites), no personal data, data and no page for
people, readable, not an error by its own words, healthy by its own words, complete, sound, fresh, quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from collectors.e_services import metrics
from collectors.e_services.conditions import own_words, soap_fault
from collectors.e_services.definition import Definition, Freshness, OpenItems
from collectors.e_services.documents import NO_DOCUMENT, Document, Format, UnreadableError, is_markup, read_document
from collectors.e_services.extracting import Extraction, Flaw, extract, nothing_of
from collectors.e_services.health import Health, State, read_health
from collectors.e_services.moments import read_time
from collectors.e_services.paths import LostError, one
from collectors.e_services.values import BadValueError, Value, ValueType, read_value
from collectors.websites.failures import Trouble
from collectors.websites.judging import Verdict
from collectors.websites.pages import Page
from collectors.websites.shown import clean
from command_centre.domain.personal_data import personal_field
from command_centre.domain.reading import Reason, Status
from command_centre.domain.series import Metric, MetricName, Unit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole. ``page`` is what a page for people says, where it is one."""

    body: bytes
    content_type: str = ""
    is_capped: bool = False
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found: the verdict, the metrics, the health of the parts, since when the open items are open."""

    verdict: Verdict
    extraction: Extraction
    health: Health | None = None
    opened: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer that could be opened (``document``), or why not."""

    document: Document
    verdict: Verdict | None = None


def down(reason: Reason, detail: str) -> Verdict:
    return Verdict(Status.DOWN, reason, detail)


def degraded(reason: Reason, detail: str) -> Verdict:
    return Verdict(Status.DEGRADED, reason, detail)


def unknown(reason: Reason, detail: str) -> Verdict:
    return Verdict(Status.UNKNOWN, reason, detail)


def nothing_found(definition: Definition, verdict: Verdict) -> Finding:
    """A look that brought no answer to read: every metric is without a value."""
    return Finding(verdict, nothing_of(definition.extract))


# --- opening ------------------------------------------------------------------------------------------------------------------


def open_answer(answer: Answer, definition: Definition) -> Opened:
    """The document of an answer, or the verdict where there is none to be read."""
    if definition.format is Format.ANY:
        return Opened(NO_DOCUMENT)
    if answer.is_capped:
        return Opened(NO_DOCUMENT, down(Reason.BODY_TOO_LARGE, "the answer is larger than the reading limit; it was not read"))
    if is_markup(answer.body, answer.content_type):
        return Opened(NO_DOCUMENT, _page_instead(answer, definition.format))
    field = personal_field(answer.body.decode("utf-8", "replace"))
    if field is not None:
        sentence = f"the answer carries personal data ('{clean(field, 40)}'); nothing of it is kept"
        return Opened(NO_DOCUMENT, unknown(Reason.PERSONAL_DATA, sentence))
    try:
        return Opened(read_document(answer.body, answer.content_type, definition.format))
    except UnreadableError as trouble:
        return Opened(NO_DOCUMENT, down(_unreadable(answer, definition.format), str(trouble)))


def _unreadable(answer: Answer, wanted: Format) -> Reason:
    """Data of another kind than agreed is not the same as broken data."""
    kind = answer.content_type.partition(";")[0].strip().lower()
    other = "xml" if wanted is Format.JSON else "json"
    begins = answer.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    looks_other = begins.startswith(b"<?xml" if wanted is Format.JSON else (b"{", b"["))
    return Reason.CONTENT_TYPE if looks_other and (other in kind or not kind) else Reason.PARSE_ERROR


_LOGIN = (b'type="password"', b"type='password'", b"type=password", b'name="password"')


def _page_instead(answer: Answer, wanted: Format) -> Verdict:
    page = answer.page
    name = wanted.value.upper()
    title = f" ('{clean(page.title, 60)}')" if page is not None and page.title else ""
    signature = page.signature if page is not None else None
    if signature is not None and signature.reason in (Reason.MAINTENANCE, Reason.BOT_CHALLENGE):
        return degraded(signature.reason, f"{signature.detail}{title}")
    if signature is not None and signature.reason is Reason.BLOCKED:
        return down(Reason.BLOCKED, signature.detail)
    head = answer.body[:65_536].lower()
    if any(each in head for each in _LOGIN):
        return down(Reason.AUTH_REQUIRED, f"a sign-in page{title} stands where {name} should be")
    if "html" in answer.content_type.lower():
        return down(Reason.CONTENT_TYPE, f"a page for people{title} stands where {name} should be")
    return down(Reason.PARSE_ERROR, f"a page for people{title} stands where {name} should be, and calls itself data")


# --- inspecting ---------------------------------------------------------------------------------------------------------------


def inspect(document: Document, definition: Definition, at: datetime, paging: Trouble | None = None) -> Finding:
    """Everything a readable answer says. ``paging`` is what went wrong with its further pages."""
    error = _error(document, definition)
    if error is not None:
        return nothing_found(definition, error)
    health = read_health(document, definition.health) if definition.health is not None else None
    extraction = _conforming(extract(document, definition.extract, definition.required), definition, at)
    if paging is not None:
        extraction = _without_counts(extraction, definition)
    verdict = next(_complaints(document, definition, at, health, extraction, paging), Verdict(Status.UP, Reason.OK, "in order"))
    return Finding(verdict, extraction, health, _opened(document, definition.open_items))


def _error(document: Document, definition: Definition) -> Verdict | None:
    """The service's own word that it went wrong."""
    fault = soap_fault(document)
    if fault is not None:
        return down(Reason.API_ERROR, f"the service reports: {fault}")
    broken = next((each for each in definition.ok if not each.holds(document)), None)
    if broken is None:
        return None
    said = own_words(document, definition.message)
    return down(
        Reason.API_ERROR, f"the service reports: {said}" if said else f"{broken.path.text} does not say that it went well"
    )


def _complaints(
    document: Document,
    definition: Definition,
    at: datetime,
    health: Health | None,
    extraction: Extraction,
    paging: Trouble | None,
) -> Iterator[Verdict]:
    if health is not None:
        yield from _ill(health)
    if paging is not None:
        yield degraded(paging.reason, paging.detail)
    yield from _flawed(extraction.flaws, definition)
    if definition.freshness is not None:
        yield from _aged(document, definition.freshness, at)
    if health is not None and health.state is State.WARN:
        yield degraded(Reason.HEALTH_WARN, f"the service warns: {health.in_words()}")


def _ill(health: Health) -> Iterator[Verdict]:
    if health.state is State.FAIL:
        yield down(Reason.HEALTH_FAIL, f"the service reports a failure: {health.in_words()}")
    if health.state is State.UNKNOWN:
        yield unknown(Reason.HEALTH_UNKNOWN, "the service does not say how it is")


def _flawed(flaws: Sequence[Flaw], definition: Definition) -> Iterator[Verdict]:
    """What is required comes first; several flaws of one kind are one sentence."""
    ordered = sorted(flaws, key=lambda flaw: flaw.metric not in definition.required)
    if ordered:
        more = f", and {len(ordered) - 1} more" if len(ordered) > 1 else ""
        yield degraded(ordered[0].reason, f"{ordered[0].metric}: {ordered[0].detail}{more}")


def _without_counts(extraction: Extraction, definition: Definition) -> Extraction:
    """Half of the pages give no total: what is counted or added up over the items is left out."""
    gathered = {each.metric for each in definition.extract if each.type is ValueType.COUNT or each.aggregate is not None}
    return replace(extraction, values={name: None if name in gathered else value for name, value in extraction.values.items()})


# --- values that must make sense ----------------------------------------------------------------------------------------------

MOST = 1e12
_CATALOGUE = {each.name: each for each in metrics.WORK}


def _conforming(extraction: Extraction, definition: Definition, at: datetime) -> Extraction:
    """Metrics of the catalogue in their base unit and within what their name allows; others are as they were read."""
    values, flaws = dict(extraction.values), list(extraction.flaws)
    for each in definition.extract:
        metric, value = _CATALOGUE.get(MetricName(each.metric)), values.get(each.metric)
        if metric is None or value is None:
            continue
        based = _in_base_unit(value, metric, each.type, at)
        complaint = _complaint(based, metric)
        values[each.metric] = None if complaint is not None else based
        if complaint is not None:
            flaws.append(Flaw(each.metric, each.path.text, complaint[0], f"{each.path.text} {complaint[1]}"))
    return Extraction(values, tuple(flaws))


AHEAD = timedelta(minutes=5)


def _in_base_unit(value: Value, metric: Metric, kind: ValueType, at: datetime) -> Value:
    if isinstance(value, str):
        return value
    if kind is ValueType.TIME and metric.unit is Unit.SECONDS:
        age = at.timestamp() - value
        return 0.0 if -AHEAD.total_seconds() <= age < 0 else age
    return value / 100 if kind is ValueType.PERCENT and metric.unit is Unit.RATIO else value


def _complaint(value: Value, metric: Metric) -> tuple[Reason, str] | None:
    if isinstance(value, str):
        return Reason.BAD_VALUE, "is a text where a number is wanted"
    if metric.unit is Unit.SECONDS and value < 0:
        return Reason.CLOCK, "is a moment in the future"
    if not 0 <= value <= (1.0 if metric.unit is Unit.RATIO else MOST):
        return Reason.BAD_VALUE, "is beyond what can be"
    return None


# --- freshness ----------------------------------------------------------------------------------------------------------------


def _aged(document: Document, wanted: Freshness, at: datetime) -> Iterator[Verdict]:
    now = at if wanted.at is None else datetime.fromtimestamp(wanted.at, UTC)
    try:
        found = wanted.path.find(document)
    except LostError as trouble:
        yield degraded(Reason.BAD_VALUE, str(trouble))
        return
    read = [_moment(each, wanted.tz) for each in found]
    moments = [each for each in read if isinstance(each, float)]
    if not moments:
        yield _without_moment(wanted, is_bad=_Unread.BAD in read)
        return
    yield from _too_old(max(moments), wanted, now)


class _Unread(Enum):
    """What stands where a moment should be."""

    NOTHING = "nothing"
    BAD = "bad"


def _moment(raw: Any, tz: str | None) -> float | _Unread:
    try:
        value = read_value(raw, ValueType.TIME, tz)
    except BadValueError:
        return _Unread.BAD
    return float(value) if value is not None else _Unread.NOTHING


def _without_moment(wanted: Freshness, *, is_bad: bool) -> Verdict:
    if is_bad:
        return degraded(Reason.BAD_VALUE, f"{wanted.path.text} is not a moment that can be read")
    return degraded(Reason.MISSING_VALUE, f"{wanted.path.text} gives no moment: how old the newest record is cannot be said")


def _too_old(newest: float, wanted: Freshness, now: datetime) -> Iterator[Verdict]:
    age = timedelta(seconds=now.timestamp() - newest)
    if age < -wanted.ahead:
        yield degraded(Reason.CLOCK, f"{wanted.path.text} lies {in_words(-age)} in the future")
    if age > wanted.max_age:
        yield degraded(Reason.STALE, f"the newest record is {in_words(age)} old; agreed are {in_words(wanted.max_age)}")


def in_words(length: timedelta) -> str:
    """Days, hours or minutes, whichever says most."""
    for unit, name in ((timedelta(days=1), "days"), (timedelta(hours=1), "hours")):
        if length >= 2 * unit:
            return f"{int(length / unit)} {name}"
    return f"{int(length / timedelta(minutes=1))} minutes"


# --- open items ---------------------------------------------------------------------------------------------------------------


def _opened(document: Document, wanted: OpenItems | None) -> tuple[datetime, ...]:
    """Since when each open item is open; an item whose moment cannot be read is left out."""
    if wanted is None:
        return ()
    try:
        items = wanted.path.find(document)
    except LostError:
        return ()
    flat = items[0] if len(items) == 1 and isinstance(items[0], list) else items
    return tuple(moment for each in flat if (moment := _opened_at(each, wanted)) is not None)


def _opened_at(item: Any, wanted: OpenItems) -> datetime | None:
    inside = Document(Format.JSON, item)
    try:
        status = one(wanted.status, inside) if wanted.status is not None else None
        seconds = read_time(one(wanted.opened, inside), wanted.tz)
    except LostError:
        return None
    if seconds is None or str(status).strip().lower() in wanted.closed:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def names_of(flaws: Iterable[Flaw]) -> tuple[str, ...]:
    """``metric (path): reason`` of each flaw, for the reading's evidence."""
    return tuple(f"{flaw.metric} ({flaw.path}): {flaw.reason.value}" for flaw in flaws)
