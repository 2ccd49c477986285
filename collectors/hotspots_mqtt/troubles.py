"""What can be wrong between the broker and us, as a reason and one line for people. Pure."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from paho.mqtt.reasoncodes import ReasonCode

from command_centre.domain.reading import Reason


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble. ``wrong_version``: the broker may well understand an older MQTT. No secret is ever part of it."""

    reason: Reason
    detail: str
    wrong_version: bool = False


_TLS_CODES = {10: Reason.TLS_EXPIRED, 9: Reason.TLS_NOT_YET_VALID, 18: Reason.TLS_SELFSIGNED, 19: Reason.TLS_UNTRUSTED,
              20: Reason.TLS_CHAIN, 62: Reason.TLS_HOSTNAME, 64: Reason.TLS_HOSTNAME}  # fmt: skip
"""OpenSSL's verification results (X509_V_ERR_…)."""


def of_error(error: Exception) -> Trouble:
    """An exception of the socket or the TLS library."""
    match error:
        case ssl.SSLCertVerificationError():
            return Trouble(_TLS_CODES.get(error.verify_code, Reason.TLS_UNTRUSTED), f"certificate: {error.verify_message}")
        case ssl.SSLError():
            return Trouble(Reason.TLS_HANDSHAKE, f"TLS: {error.reason or 'handshake failed'}")
        case socket.gaierror():
            return Trouble(Reason.DNS_NXDOMAIN, "the broker's name has no address")
        case ConnectionRefusedError():
            return Trouble(Reason.CONNECT_REFUSED, "nothing listens there")
        case ConnectionResetError() | BrokenPipeError():
            return Trouble(Reason.CONNECTION_RESET, "the connection was reset", wrong_version=True)
        case TimeoutError():
            return Trouble(Reason.CONNECT_TIMEOUT, "no answer in time")
        case FileNotFoundError() | PermissionError():
            return Trouble(Reason.CONFIG, "a certificate or key file cannot be read")
        case OSError():
            return Trouble(Reason.CONNECT_UNREACHABLE, f"{error.strerror or type(error).__name__}")
        case _:
            return of_protocol_error(connected=False)


def of_protocol_error(*, connected: bool) -> Trouble:
    """Something that is not MQTT, or not the version that we speak."""
    return Trouble(Reason.PROTOCOL_ERROR, "the broker breaks the rules of MQTT", wrong_version=not connected)


_AUTH = {134, 140}  # bad user name or password; bad authentication method
_FORBIDDEN = {135, 138}  # not authorised; banned
_BUSY = {136, 137, 151, 159}  # unavailable, busy, quota exceeded, connection rate exceeded
_VERSION = 132
_TAKEN_OVER = 142  # MQTT 5, section 4.13: another client has connected with our client id


def of_connack(code: ReasonCode) -> Trouble:
    """The broker's answer to our CONNECT (paho gives MQTT 3.1.1's codes as those of version 5)."""
    if code.value in _AUTH:
        return Trouble(Reason.AUTH, "the broker refuses our user name or password")
    if code.value in _FORBIDDEN:
        return Trouble(Reason.AUTHORIZATION, "the broker does not let us in")
    if code.value in _BUSY:
        return Trouble(Reason.CONNECT_REFUSED, "the broker says that it is not available")
    if code.value == _VERSION:
        return Trouble(Reason.PROTOCOL_ERROR, "the broker does not speak this version of MQTT", wrong_version=True)
    return Trouble(Reason.PROTOCOL_ERROR, f"the broker refuses us: {code}")


def of_suback(refused: Sequence[str], asked: int) -> Trouble | None:
    """The broker's answer to our SUBSCRIBE; None when it granted everything."""
    if not refused:
        return None
    return Trouble(Reason.AUTHORIZATION, f"the broker refuses {len(refused)} of {asked} subscriptions, first '{refused[0]}'")


def of_disconnect(code: ReasonCode, *, connected: bool, from_broker: bool) -> Trouble:
    """Why a connection ended."""
    if code.value == _TAKEN_OVER:
        return Trouble(Reason.SESSION_TAKEN, "another client connects with our client id: it takes our session over")
    if from_broker:
        return Trouble(Reason.CONNECTION_RESET, f"the broker ended the connection: {code}")
    name = str(code)
    if "Keep alive" in name or "Keepalive" in name:
        what = "no longer answers our pings" if connected else "does not answer our CONNECT"
        return Trouble(Reason.TIMEOUT, f"the broker {what}")
    if "Protocol" in name or "Malformed" in name:
        return of_protocol_error(connected=connected)
    if not connected:
        return Trouble(Reason.CONNECTION_RESET, "the broker closed the connection before taking us", wrong_version=True)
    return Trouble(Reason.CONNECTION_RESET, "the broker closed the connection")
