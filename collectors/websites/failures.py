"""What an error number of libcurl means for the people who run the site. Pure: facts in, reason and one sentence out."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from command_centre.domain.reading import Reason


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no good answer, in one line for people, without secrets."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed transfer as libcurl saw it. ``connected``, ``tls_done`` and ``answered`` say how far it came."""

    code: int
    message: str
    os_errno: int
    verify_result: int
    connected: bool
    tls_done: bool
    answered: bool
    is_https: bool
    via_proxy: bool
    asked_for_client_certificate: bool
    chain_length: int
    status: int | None


class OwnFaultError(Exception):
    """libcurl failed for a reason that lies with us (memory, a wrong option): a bug, not a finding."""


def explain(failure: Failure) -> Trouble:
    """The reason of a failure. Raises OwnFaultError where the failure is ours."""
    match failure.code:
        case 28:
            return _timeout(failure)
        case 5 | 97:
            return Trouble(Reason.PROXY, "the proxy could not be used")
        case 6:
            return Trouble(Reason.DNS_NO_ADDRESS, "the name has no address")
        case 7:
            return _no_connection(failure)
        case 35 | 58 | 59:
            return _handshake(failure)
        case 51 | 60:
            return _certificate(failure)
        case 52:
            return _nothing(failure)
        case 55 | 56:
            return _broken(failure)
        case 18:
            return Trouble(Reason.TRUNCATED, "the answer was cut off before its announced end")
        case 61:
            return Trouble(Reason.BAD_ENCODING, "the page cannot be unpacked")
        case 100:
            return Trouble(Reason.HEADER_TOO_LARGE, "the response headers are too large")
        case 2 | 27 | 41 | 43 | 48 | 53 | 54 | 66 | 77 | 80 | 81 | 96 | 99:
            raise OwnFaultError(f"libcurl error {failure.code}: {failure.message[:120]}")
        case _:
            return Trouble(Reason.PROTOCOL_ERROR, f"the answer is not proper HTTP ({_words(failure.message)})")


def _words(message: str) -> str:
    """libcurl's own words, short and printable."""
    return re.sub(r"[^\x20-\x7e]+", " ", message).strip()[:100] or "no further words"


def _timeout(failure: Failure) -> Trouble:
    if not failure.connected:
        reason = Reason.PROXY if failure.via_proxy else Reason.CONNECT_TIMEOUT
        return Trouble(reason, "no connection within the time limit")
    if failure.is_https and not failure.tls_done:
        return Trouble(Reason.TLS_TIMEOUT, "connected, but the TLS handshake did not end within the time limit")
    if not failure.answered:
        return Trouble(Reason.FIRST_BYTE_TIMEOUT, "connected, but no answer came within the time limit")
    return Trouble(Reason.TRANSFER_TIMEOUT, "the answer began, but did not end within the time limit")


_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM})


def _no_connection(failure: Failure) -> Trouble:
    if failure.via_proxy and "tunnel" in failure.message.lower():
        return Trouble(Reason.PROXY, f"the proxy refuses to pass the request on ({_words(failure.message)})")
    if failure.via_proxy:
        return Trouble(Reason.PROXY, "the proxy does not accept connections")
    if failure.os_errno == errno.ECONNRESET:
        return Trouble(Reason.CONNECTION_RESET, "the server reset the connection")
    if failure.os_errno in _UNREACHABLE:
        return Trouble(Reason.CONNECT_UNREACHABLE, "there is no route to the server")
    if failure.os_errno == errno.ETIMEDOUT:
        return Trouble(Reason.CONNECT_TIMEOUT, "no connection within the time limit")
    return Trouble(Reason.CONNECT_REFUSED, "the server refuses connections")


def _is_reset(failure: Failure) -> bool:
    return failure.os_errno in (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED) or "reset by peer" in failure.message


def _handshake(failure: Failure) -> Trouble:
    message = failure.message.lower()
    if "certificate required" in message or failure.code == 58:
        return Trouble(Reason.TLS_CLIENT_CERT, "the server demands a client certificate")
    if any(each in message for each in ("wrong version number", "unsupported protocol", "protocol version", "http request")):
        return Trouble(Reason.TLS_PROTOCOL, "no common TLS version with the server")
    if "too small" in message or "too weak" in message:
        return Trouble(Reason.TLS_WEAK, "the server's keys are too weak")
    if _is_reset(failure):
        return Trouble(Reason.CONNECTION_RESET, "the server reset the connection during the TLS handshake")
    return Trouble(Reason.TLS_HANDSHAKE, f"the TLS handshake failed ({_words(failure.message)})")


# Source of the numbers: OpenSSL, X509_V_ERR_*.
_VERIFY: Mapping[int, Trouble] = MappingProxyType(
    {
        9: Trouble(Reason.TLS_NOT_YET_VALID, "the certificate is not valid yet"),
        10: Trouble(Reason.TLS_EXPIRED, "the certificate, or one of its chain, has expired"),
        18: Trouble(Reason.TLS_SELFSIGNED, "the certificate is self-signed"),
        19: Trouble(Reason.TLS_UNTRUSTED, "the chain ends at an authority that nobody trusts"),
        23: Trouble(Reason.TLS_REVOKED, "the certificate is revoked"),
        26: Trouble(Reason.TLS_UNTRUSTED, "the certificate is not meant for servers"),
        62: Trouble(Reason.TLS_HOSTNAME, "the certificate is for another name"),
        64: Trouble(Reason.TLS_HOSTNAME, "the certificate is for another address"),
        66: Trouble(Reason.TLS_WEAK, "the certificate's key is too weak"),
        67: Trouble(Reason.TLS_WEAK, "a key in the certificate's chain is too weak"),
        68: Trouble(Reason.TLS_WEAK, "the certificate's signature is too weak"),
    }
)
_NO_ISSUER = frozenset({2, 20, 21})


def _certificate(failure: Failure) -> Trouble:
    message = failure.message.lower()
    if "no alternative certificate subject name" in message or "does not match target host" in message:
        return Trouble(Reason.TLS_HOSTNAME, "the certificate is for another name")
    if failure.verify_result in _NO_ISSUER:
        if failure.chain_length <= 1:
            return Trouble(Reason.TLS_CHAIN, "the server does not send the intermediate certificate")
        return Trouble(Reason.TLS_UNTRUSTED, "the issuer of the certificate is not known")
    known = _VERIFY.get(failure.verify_result)
    return known or Trouble(Reason.TLS_UNTRUSTED, f"the certificate is not accepted ({_words(failure.message)})")


def _nothing(failure: Failure) -> Trouble:
    if failure.status is not None and failure.status < 200:
        return Trouble(Reason.PROTOCOL_ERROR, f"the server said {failure.status} and no more")
    return Trouble(Reason.EMPTY_REPLY, "the server closed the connection without a word")


def _broken(failure: Failure) -> Trouble:
    message = failure.message.lower()
    if failure.via_proxy and ("tunnel" in message or "proxy" in message):
        return Trouble(Reason.PROXY, "the proxy refused to pass the request on")
    if "certificate required" in message or (failure.asked_for_client_certificate and not failure.answered):
        return Trouble(Reason.TLS_CLIENT_CERT, "the server demands a client certificate")
    if "response headers" in message:
        return Trouble(Reason.HEADER_TOO_LARGE, "the response headers are too large")
    if _is_reset(failure):
        return Trouble(Reason.CONNECTION_RESET, "the server reset the connection")
    if "ssl" in message or "tls" in message:
        if "unexpected eof" in message:
            return Trouble(Reason.TRUNCATED, "the encrypted connection ended without a proper close")
        return Trouble(Reason.TLS_HANDSHAKE, f"the TLS connection broke ({_words(failure.message)})")
    if "chunk" in message:
        return Trouble(Reason.PROTOCOL_ERROR, f"the answer is not proper HTTP ({_words(failure.message)})")
    return Trouble(Reason.CONNECTION_RESET, f"the connection broke ({_words(failure.message)})")
