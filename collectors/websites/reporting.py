"""From what was seen to what is recorded: values in base units, and facts. What was not measured is left out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from collectors.websites import metrics
from collectors.websites.certificates import Certificate, common_name, first_expiry
from collectors.websites.judging import content_age, retry_after
from collectors.websites.looks import Look, Phases, Response
from collectors.websites.pages import last_modified
from collectors.websites.shown import clean
from command_centre.domain.reading import Fact
from command_centre.domain.series import MetricName

SUSPECT_LAG_SECONDS = 0.05
"""Beyond this lateness of our own loop, times are marked as suspect."""

MAX_FACT = 300


def values_of(look: Look, at: datetime, lag_seconds: float) -> dict[MetricName, float]:
    """Everything measured, by metric."""
    found: list[tuple[MetricName, float | None]] = [
        (metrics.DNS_SECONDS, look.dns_seconds),
        *_phases(look.responses),
        (metrics.TOTAL_SECONDS, look.total_seconds),
        (metrics.LOOP_LAG_SECONDS, lag_seconds),
        (metrics.IPV4_UP_RATIO, _ratio(look.ipv4_up)),
        (metrics.IPV6_UP_RATIO, _ratio(look.ipv6_up)),
        *_answer(look),
        *_certificate(look, at),
    ]
    age = content_age(look, at)
    found.append((metrics.CONTENT_AGE_SECONDS, age.total_seconds() if age is not None else None))
    return {name: value for name, value in found if value is not None}


def _phases(responses: Sequence[Response]) -> Iterable[tuple[MetricName, float | None]]:
    """Each phase, summed over the hops that came through it; a phase in which the look got stuck is not there."""
    parts: tuple[tuple[MetricName, Callable[[Phases], float | None]], ...] = (
        (metrics.CONNECT_SECONDS, lambda phases: phases.connect),
        (metrics.TLS_SECONDS, lambda phases: phases.tls),
        (metrics.FIRST_BYTE_SECONDS, lambda phases: phases.first_byte),
    )
    for name, part in parts:
        yield name, _sum([part(each.phases) for each in responses])
    whole = [each.phases.transfer for each in responses if each.trouble is None]
    yield metrics.TRANSFER_SECONDS, _sum(whole) if len(whole) == len(responses) else None


def _sum(parts: Sequence[float | None]) -> float | None:
    known = [each for each in parts if each is not None]
    return sum(known) if known else None


def _ratio(fact: bool | None) -> float | None:  # noqa: FBT001 - a fact, not a switch
    return None if fact is None else float(fact)


def _answer(look: Look) -> Iterable[tuple[MetricName, float | None]]:
    last = look.last
    if last is None or last.status is None:
        return
    yield metrics.HTTP_STATUS_CODE, float(last.status)
    yield metrics.REDIRECTS_TOTAL, float(len(look.responses) - 1)
    yield metrics.BODY_BYTES, float(len(last.body))


def _certificate(look: Look, at: datetime) -> Iterable[tuple[MetricName, float | None]]:
    chain = look.secured.chain if look.secured is not None else ()
    earliest = first_expiry(chain)
    leaf = chain[0].not_after if chain else None
    yield metrics.CERTIFICATE_REMAINING_SECONDS, (earliest - at).total_seconds() if earliest is not None else None
    yield metrics.LEAF_CERTIFICATE_REMAINING_SECONDS, (leaf - at).total_seconds() if leaf is not None else None


def evidence_of(look: Look, at: datetime, lag_seconds: float) -> dict[str, Fact]:
    """What was seen that is not a number. No credentials, no page text beyond the title."""
    facts: dict[str, Fact | None] = {"suspect": True if lag_seconds > SUSPECT_LAG_SECONDS else None}
    if look.responses:
        facts |= _address_facts(look.responses)
        facts |= _page_facts(look, look.responses[-1], at)
    if look.secured is not None:
        facts |= _certificate_facts(look.secured.chain)
        facts["tls_cipher"] = clean(look.secured.tls_cipher, MAX_FACT)
    return {name: fact for name, fact in facts.items() if fact not in (None, "", ())}


def _address_facts(responses: Sequence[Response]) -> dict[str, Fact | None]:
    last = responses[-1]
    return {
        "final_url": last.address.url,
        "final_host": last.address.host,
        "redirects": tuple(each.address.url for each in responses[1:]),
        "remote_address": last.remote_address,
        "http_version": last.http_version,
    }


def _certificate_facts(chain: Sequence[Certificate]) -> dict[str, Fact | None]:
    if not chain:
        return {}
    leaf = chain[0]
    return {
        "certificate_issuer": common_name(leaf.issuer),
        "certificate_subject": common_name(leaf.subject),
        "certificate_sans": leaf.names,
        "certificate_sha256": leaf.sha256,
        "certificate_not_before": leaf.not_before.isoformat() if leaf.not_before is not None else None,
        "certificate_not_after": leaf.not_after.isoformat() if leaf.not_after is not None else None,
        "certificate_chain_length": len(chain),
    }


def _page_facts(look: Look, last: Response, at: datetime) -> dict[str, Fact | None]:
    modified = last_modified(last.headers.get("last-modified", ""))
    pause = retry_after(last.headers.get("retry-after", ""), at)
    newest = look.page.newest_content if look.page is not None else None
    return {
        "body_sha256": last.body_sha256,
        "title": look.page.title if look.page is not None else None,
        "content_type": clean(last.headers.get("content-type", ""), MAX_FACT),
        "last_modified": modified.isoformat() if modified is not None else None,
        "newest_content": newest.isoformat() if newest is not None else None,
        "retry_after_seconds": pause.total_seconds() if pause is not None else None,
    }
