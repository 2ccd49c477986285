"""One HTTP request with bounded time and size, for receivers. No redirects, no cookies, no proxy out of the environment."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pycurl

from command_centre.domain.ports import DeliveryError

MOST_ANSWER_BYTES = 64 * 1024
MOST_HEADER_BYTES = 16 * 1024
CONNECT_SECONDS = 5.0
AGENT = "CommandCentre-notifier"

_THIS_MESSAGE = frozenset({400, 405, 406, 410, 411, 413, 414, 415, 422, 431, 451})
"""Statuses that speak of the message and will do so again. 401, 403 and 404 speak of how we are set up: that is mended."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``body`` is cut at the limit: ``is_cut``."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool = False

    @property
    def retry_after(self) -> timedelta | None:
        """How long the other side asks to be left alone; None when it does not, or not in a way that can be read."""
        wish = self.headers.get("retry-after", "").strip()
        if wish.isascii() and wish.isdecimal():
            return timedelta(seconds=min(int(wish[:9]), 86_400))
        try:
            moment = parsedate_to_datetime(wish)
        except (ValueError, TypeError, IndexError):
            return None
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return max(aware - datetime.now(UTC), timedelta(0))


class _Intake:
    """Takes what comes, up to a limit; whatever lies beyond ends the transfer."""

    def __init__(self) -> None:
        self.body = io.BytesIO()
        self.lines: list[bytes] = []
        self._header_bytes = 0
        self.is_cut = False

    def take_header(self, line: bytes) -> int:
        self._header_bytes += len(line)
        if self._header_bytes > MOST_HEADER_BYTES:
            self.is_cut = True
            return -1
        if line.startswith(b"HTTP/"):
            self.lines.clear()  # the headers of an interim answer do not count
        self.lines.append(line)
        return len(line)

    def take_body(self, chunk: bytes) -> int:
        room = MOST_ANSWER_BYTES - self.body.tell()
        self.body.write(chunk[:room])
        if len(chunk) > room:
            self.is_cut = True
            return -1
        return len(chunk)

    def headers(self) -> dict[str, str]:
        pairs = (line.decode("latin-1").partition(":") for line in self.lines[1:])
        return {name.strip().lower(): value.strip() for name, separator, value in pairs if separator}


def request(
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: timedelta,
    ca_file: str | None = None,
) -> Answer:
    """POST ``body`` (or GET without one). Raises DeliveryError.temporary when no answer comes; never names ``url`` in it."""
    intake = _Intake()
    curl = pycurl.Curl()
    try:
        _set_up(curl, url, body, headers or {}, timeout, ca_file)
        curl.setopt(pycurl.HEADERFUNCTION, intake.take_header)
        curl.setopt(pycurl.WRITEFUNCTION, intake.take_body)
        try:
            curl.perform()
        except pycurl.error as trouble:
            status = int(curl.getinfo(pycurl.RESPONSE_CODE))
            if not (intake.is_cut and status):
                raise DeliveryError.temporary(_in_words(trouble)) from None
        return Answer(int(curl.getinfo(pycurl.RESPONSE_CODE)), intake.headers(), intake.body.getvalue(), intake.is_cut)
    finally:
        curl.close()


def _set_up(
    curl: pycurl.Curl, url: str, body: bytes | None, headers: Mapping[str, str], timeout: timedelta, ca_file: str | None
) -> None:
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    curl.setopt(pycurl.USERAGENT, AGENT)
    curl.setopt(pycurl.TIMEOUT_MS, max(int(timeout.total_seconds() * 1000), 1))
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, int(min(timeout.total_seconds(), CONNECT_SECONDS) * 1000))
    curl.setopt(pycurl.HTTPHEADER, [*(f"{name}: {value}" for name, value in headers.items()), "Expect:"])
    if ca_file is not None:
        curl.setopt(pycurl.CAINFO, ca_file)
    if body is not None:
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.POSTFIELDS, body)


_WORDS: Mapping[int, str] = {
    pycurl.E_COULDNT_RESOLVE_HOST: "its name cannot be resolved",
    pycurl.E_COULDNT_CONNECT: "no connection",
    pycurl.E_OPERATION_TIMEDOUT: "no answer in time",
    pycurl.E_GOT_NOTHING: "the connection was closed without an answer",
    pycurl.E_RECV_ERROR: "the connection broke",
    pycurl.E_SEND_ERROR: "the connection broke",
    pycurl.E_PARTIAL_FILE: "the answer broke off",
    pycurl.E_PEER_FAILED_VERIFICATION: "its certificate is not to be trusted",
    pycurl.E_SSL_CONNECT_ERROR: "no secure connection",
}


def _in_words(trouble: pycurl.error) -> str:
    code = int(trouble.args[0]) if trouble.args else 0
    return _WORDS.get(code, f"transfer failed (libcurl {code})")


def refuse_unless_accepted(answer: Answer) -> None:
    """Nothing when the status says that the message was taken; DeliveryError otherwise."""
    if 200 <= answer.status < 300:
        return
    sentence = f"HTTP {answer.status}"
    if answer.status in _THIS_MESSAGE:
        raise DeliveryError.permanent(sentence)
    raise DeliveryError.temporary(sentence, answer.retry_after)
