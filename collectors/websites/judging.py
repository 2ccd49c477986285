"""The verdict: what was seen and what is expected give status, reason and one sentence. Pure.

Four layers of "in order": reachable, valid TLS, right content, fresh content. The first layer that fails names the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from collectors.websites.addresses import is_own_host
from collectors.websites.certificates import first_expiry
from collectors.websites.looks import Look, Response
from collectors.websites.options import Expectations
from collectors.websites.pages import last_modified
from collectors.websites.shown import clean
from collectors.websites.signatures import BLOCKING_HOSTS, Signature
from command_centre.domain.reading import Reason, Status


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the site is, why, and in one line for people."""

    status: Status
    reason: Reason
    detail: str


def judge(look: Look, expected: Expectations, at: datetime) -> Verdict:
    """The verdict of one look taken at ``at``."""
    for question in (_unreachable, _odd_answer, _wrong_content, _blemish):
        verdict = next(question(look, expected, at), None)
        if verdict is not None:
            return verdict
    return Verdict(Status.UP, Reason.OK, _in_order(look))


def judge_answer(look: Look, expected: Expectations, at: datetime) -> Verdict | None:
    """What is wrong with the answer as such, whatever it contains: not reached, bad TLS, blocked, overloaded, wrong status."""
    for question in (_unreachable, _odd_answer):
        verdict = next(question(look, expected, at), None)
        if verdict is not None:
            return verdict
    return None


def _in_order(look: Look) -> str:
    total = look.total_seconds
    return "in order" if total is None else f"in order, {total:.2f} s"


def _down(reason: Reason, detail: str) -> Verdict:
    return Verdict(Status.DOWN, reason, detail)


def _degraded(reason: Reason, detail: str) -> Verdict:
    return Verdict(Status.DEGRADED, reason, detail)


# --- layers 1 and 2: reachable, valid TLS ------------------------------------------------------------------------------------


def _unreachable(look: Look, expected: Expectations, at: datetime) -> Iterator[Verdict]:
    last = look.last
    if last is not None and last.trouble is not None:
        yield _down(last.trouble.reason, _with_hop(look, last.trouble.detail))
    if look.stop is not None:
        yield _down(look.stop.reason, _with_hop(look, look.stop.detail))


def _with_hop(look: Look, detail: str) -> str:
    """Says at which host it happened, when that is not the one asked for."""
    if len(look.responses) < 2 or look.first is None or look.last is None:
        return detail
    host = look.last.address.host
    return detail if host == look.first.address.host else f"{detail} (redirected to {host})"


# --- the answer: blocked, challenged, overloaded, wrong status ---------------------------------------------------------------


def _odd_answer(look: Look, expected: Expectations, at: datetime) -> Iterator[Verdict]:
    last = look.last
    if last is None or last.status is None:
        return
    signature = look.page.signature if look.page is not None else None
    if _is_blocking_host(last.address.host) or (signature is not None and signature.reason is Reason.BLOCKED):
        yield _down(Reason.BLOCKED, "an internet provider shows its blocking page instead of the site")
    if last.headers.get("cf-mitigated", "") == "challenge" or (
        signature is not None and signature.reason is Reason.BOT_CHALLENGE
    ):
        yield _degraded(Reason.BOT_CHALLENGE, "a robot check stands before the site; it cannot be checked from here")
    if not expected.accepts(last.status):
        yield _wrong_status(look, last, last.status, at)


def _is_blocking_host(host: str) -> bool:
    return host.split(".")[0].startswith(BLOCKING_HOSTS)


def _wrong_status(look: Look, last: Response, status: int, at: datetime) -> Verdict:
    signature = look.page.signature if look.page is not None else None
    if status == 429:
        return _degraded(Reason.RATE_LIMITED, "the server finds that we ask too often (429)")
    if status == 503 and signature is not None and signature.reason is Reason.MAINTENANCE:
        return _degraded(Reason.MAINTENANCE, "the site says that it is being maintained (503)")
    if status == 503 and retry_after(last.headers.get("retry-after", ""), at) is not None:
        return _degraded(Reason.MAINTENANCE, "not available for now, the server names a time to return (503)")
    if status == 401:
        return _down(Reason.AUTH_REQUIRED, "the server demands a password (401)")
    if status == 407:
        return _down(Reason.PROXY, "the proxy demands a password (407)")
    if status in (400, 495, 496) and look.page is not None and "ssl certificate" in look.page.title.lower():
        return _down(Reason.TLS_CLIENT_CERT, f"the server demands a client certificate ({status})")
    if signature is not None and signature.reason in (Reason.SUSPENDED, Reason.DEFACE, Reason.DOMAIN_EXPIRED):
        return _down(signature.reason, f"{signature.detail} ({status})")
    return _down(Reason.HTTP_STATUS, _with_hop(look, f"the server answers with status {status}"))


MAX_RETRY_AFTER = timedelta(days=1)


def retry_after(header: str, at: datetime) -> timedelta | None:
    """How long a server asks us to stay away: seconds or a date, at most a day; None when it does not say so in earnest."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=min(int(text[:12]), 10**9)), MAX_RETRY_AFTER)
    moment = last_modified(text)
    if moment is None:
        return None
    return max(timedelta(), min(moment - at, MAX_RETRY_AFTER))


# --- layer 3: right content --------------------------------------------------------------------------------------------------


def _wrong_content(look: Look, expected: Expectations, at: datetime) -> Iterator[Verdict]:
    last, page = look.last, look.page
    if last is None or last.status is None:
        return
    if not last.body:
        yield from _no_content(last.status, expected)
        return
    if page is None:
        return
    if page.forbidden is not None:
        yield _down(Reason.CONTENT_FORBIDDEN, f"the page contains '{clean(page.forbidden, 60)}', which it must not")
    is_recognised = bool(expected.must_contain) and page.missing is None
    if page.signature is not None and (not is_recognised or page.signature.reason is Reason.DEFACE):
        yield _by_signature(page.signature)
    if page.missing is not None and not last.is_capped:
        yield _down(Reason.CONTENT_MISMATCH, f"the page does not contain '{clean(page.missing, 60)}'")
    if page.is_blank:
        yield _degraded(Reason.EMPTY_BODY, "the page shows nothing")


BODYLESS = frozenset({204, 205})


def _no_content(status: int, expected: Expectations) -> Iterator[Verdict]:
    if 200 <= status < 300 and status not in BODYLESS:
        yield _down(Reason.EMPTY_BODY, "the page is empty")
    if expected.must_contain or expected.must_match:
        yield _down(Reason.CONTENT_MISMATCH, "there is no page, so it does not contain what it should")


def _by_signature(signature: Signature) -> Verdict:
    if signature.reason is Reason.MAINTENANCE:
        return _degraded(Reason.MAINTENANCE, signature.detail)
    return _down(signature.reason, signature.detail)


# --- served, but with a blemish; layer 4: fresh content ----------------------------------------------------------------------


def _blemish(look: Look, expected: Expectations, at: datetime) -> Iterator[Verdict]:
    last, first = look.last, look.first
    if last is None or first is None:
        return
    if not first.address.is_literal and not is_own_host(first.address.host, last.address.host, expected.allowed_hosts):
        yield _degraded(Reason.REDIRECT_OFFSITE, f"the address leads to a foreign host, {last.address.host}")
    if _loses_encryption(look.responses):
        yield _degraded(Reason.REDIRECT_INSECURE, "the site sends people from https to unencrypted http")
    if look.page is not None and look.page.is_script_redirect:
        yield _degraded(Reason.JS_REDIRECT, "the page only sends on by script; what comes after it was not seen")
    if last.is_capped:
        yield _degraded(Reason.BODY_TOO_LARGE, "the page is larger than the reading limit; it was read up to there")
    if look.secured is not None:
        yield from _insecure(look.secured)
        yield from _expiring(look.secured, expected, at)
    yield from _stale(look, expected, at)
    yield from _halved(look)
    if look.has_moved:
        yield _degraded(Reason.DNS_CHANGED, "the name points to addresses never seen before")
    total = look.total_seconds
    if expected.slow_after is not None and total is not None and total > expected.slow_after.total_seconds():
        yield _degraded(Reason.SLOW, f"answered, but only after {total:.1f} s")


def _loses_encryption(responses: Sequence[Response]) -> bool:
    return any(a.address.scheme == "https" and b.address.scheme == "http" for a, b in pairwise(responses))


def has_weak_cipher(cipher: str) -> bool:
    """Whether the connection has no forward secrecy, or a cipher that is broken. ``cipher`` is ``TLSv1.2 / AES128-SHA / …``."""
    version, _, rest = cipher.partition(" / ")
    if not rest or version == "TLSv1.3":
        return False
    name = rest.partition(" / ")[0]
    return not name.startswith(("ECDHE-", "DHE-")) or any(each in name for each in ("RC4", "DES", "NULL", "EXP", "MD5"))


def _insecure(secured: Response) -> Iterator[Verdict]:
    if has_weak_cipher(secured.tls_cipher):
        yield _degraded(Reason.TLS_WEAK, f"weak encryption ({secured.tls_cipher.split(' / ')[1]})")


def _expiring(secured: Response, expected: Expectations, at: datetime) -> Iterator[Verdict]:
    expiry = first_expiry(secured.chain)
    if expiry is None or expected.certificate_warn_days is None:
        return
    left = expiry - at
    if left < timedelta(days=expected.certificate_warn_days):
        yield _degraded(Reason.CERT_EXPIRING, f"the certificate expires in {_in_words(left)}")


def _in_words(left: timedelta) -> str:
    days = left / timedelta(days=1)
    return f"{int(days)} days" if days >= 2 else f"{max(0, int(left / timedelta(hours=1)))} hours"


def _stale(look: Look, expected: Expectations, at: datetime) -> Iterator[Verdict]:
    age = content_age(look, at)
    if age is not None and expected.content_max_age is not None and age > expected.content_max_age:
        yield _degraded(Reason.CONTENT_STALE, f"the newest content is {age.days} days old")


def content_age(look: Look, at: datetime) -> timedelta | None:
    """Age of the newest date on the page, else of the Last-Modified header; None when there is neither."""
    if look.page is not None and look.page.newest_content is not None:
        return at - datetime.combine(look.page.newest_content, time(), UTC)
    moment = last_modified(look.last.headers.get("last-modified", "")) if look.last is not None else None
    return max(timedelta(), at - moment) if moment is not None else None


def _halved(look: Look) -> Iterator[Verdict]:
    if look.ipv6_up is False and look.ipv4_up:
        yield _degraded(Reason.IPV6_BROKEN, "answers over IPv4, but not over IPv6")
    if look.ipv4_up is False and look.ipv6_up:
        yield _degraded(Reason.IPV4_BROKEN, "answers over IPv6, but not over IPv4")
