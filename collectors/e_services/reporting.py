"""From what one look brought to a Reading: values in base units, and facts. What was not measured is left out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from collectors.e_services import metrics
from collectors.e_services.health import State
from collectors.e_services.judging import names_of
from collectors.e_services.manners import wait_after
from collectors.e_services.templates import without_secrets
from collectors.websites.certificates import Certificate, first_expiry
from collectors.websites.judging import retry_after
from collectors.websites.looks import Response
from collectors.websites.reporting import SUSPECT_LAG_SECONDS
from collectors.websites.shown import clean
from command_centre.domain.personal_data import masked
from command_centre.domain.reading import Fact, Reading
from command_centre.domain.series import MetricName
from command_centre.domain.service import OPEN_ITEMS, written_items
from command_centre.domain.target import Target

if TYPE_CHECKING:
    from collectors.e_services.poller import Seen

LONGEST_DETAIL = 300
MOST_FLAWS = 20
_EXTRACTED = frozenset(each.name for each in metrics.WORK)


def reading_of(target: Target, seen: Seen) -> Reading:
    """The look as a reading of this target."""
    return Reading(
        target=target.key,
        taken_at=seen.at,
        status=seen.finding.verdict.status,
        reason=seen.finding.verdict.reason,
        detail=detail_of(seen),
        values={name: value for name, value in _values(seen) if value is not None},
        evidence={name: fact for name, fact in _facts(seen) if fact not in (None, "", ())},
    )


def detail_of(seen: Seen) -> str:
    """The verdict in one line, without secrets and without what could be a person's number."""
    return masked(without_secrets(clean(seen.finding.verdict.detail, LONGEST_DETAIL), seen.secrets))


def wait_seconds(responses: Sequence[Response], at: datetime) -> float | None:
    """How long the last answer asks us to wait; None where it does not say."""
    if not responses or responses[-1].trouble is not None:
        return None
    last = responses[-1]
    said = retry_after(last.headers.get("retry-after", ""), at)
    wait = wait_after(last.status, last.headers, at)
    if said is not None:
        return said.total_seconds()
    return (wait.until - at).total_seconds() if wait is not None else None


# --- values -------------------------------------------------------------------------------------------------------------------


def _values(seen: Seen) -> Iterator[tuple[MetricName, float | None]]:
    yield metrics.LOOP_LAG_SECONDS, seen.lag_seconds
    yield metrics.DNS_SECONDS, seen.dns_seconds
    if seen.responses:
        yield from phases_of(seen.responses)
        yield from _answers(seen)
        yield from _certificate(seen)
    for name, value in seen.finding.extraction.values.items():
        if name in _EXTRACTED and not isinstance(value, str) and value is not None:
            yield MetricName(name), float(value)
    health = seen.finding.health
    if health is not None and health.components:
        yield metrics.COMPONENTS_TOTAL, float(len(health.components))
        yield metrics.COMPONENTS_UP_TOTAL, float(sum(each.state is State.PASS for each in health.components))


def phases_of(responses: Sequence[Response]) -> Iterator[tuple[MetricName, float | None]]:
    """Each phase, summed over the requests that came through it."""
    phases = [each.phases for each in responses]
    yield metrics.CONNECT_SECONDS, _sum([each.connect for each in phases])
    yield metrics.TLS_SECONDS, _sum([each.tls for each in phases])
    yield metrics.FIRST_BYTE_SECONDS, _sum([each.first_byte for each in phases])
    if all(each.trouble is None for each in responses):
        yield metrics.TRANSFER_SECONDS, _sum([each.transfer for each in phases])


def _sum(parts: Sequence[float | None]) -> float | None:
    known = [each for each in parts if each is not None]
    return sum(known) if known else None


def _answers(seen: Seen) -> Iterator[tuple[MetricName, float | None]]:
    last = seen.responses[-1]
    if all(each.trouble is None for each in seen.responses):
        yield metrics.TOTAL_SECONDS, (seen.dns_seconds or 0.0) + sum(each.phases.total for each in seen.responses)
    if last.status is not None:
        yield metrics.HTTP_STATUS_CODE, float(last.status)
        yield metrics.BODY_BYTES, float(sum(len(each.body) for each in seen.responses))
        yield metrics.REQUESTS_TOTAL, float(len(seen.responses))


def chain_of(seen: Seen) -> tuple[Certificate, ...]:
    """The certificates of the service itself: those of its last answer that brought some."""
    return next((each.chain for each in reversed(seen.responses) if each.chain), ())


def _certificate(seen: Seen) -> Iterator[tuple[MetricName, float | None]]:
    chain = chain_of(seen)
    earliest = first_expiry(chain)
    leaf = chain[0].not_after if chain else None
    yield metrics.CERTIFICATE_REMAINING_SECONDS, (earliest - seen.at).total_seconds() if earliest is not None else None
    yield metrics.LEAF_CERTIFICATE_REMAINING_SECONDS, (leaf - seen.at).total_seconds() if leaf is not None else None


# --- facts --------------------------------------------------------------------------------------------------------------------


def _facts(seen: Seen) -> Iterator[tuple[str, Fact | None]]:
    yield "suspect", True if seen.lag_seconds > SUSPECT_LAG_SECONDS else None
    yield OPEN_ITEMS, written_items(seen.finding.opened)
    yield "flaws", names_of(seen.finding.extraction.flaws[:MOST_FLAWS])
    yield "retry_after_seconds", seen.waits_seconds
    yield "pages", seen.pages if seen.pages > 1 else None
    health = seen.finding.health
    if health is not None:
        bad = (each for each in health.components if each.state is not State.PASS)
        yield "components", tuple(f"{each.name}: {each.state.name.lower()}" for each in bad)
    if seen.responses:
        last = seen.responses[-1]
        yield "final_host", last.address.host
        yield "remote_address", last.remote_address
        yield "http_version", last.http_version
        yield "content_type", clean(last.headers.get("content-type", ""), LONGEST_DETAIL)
