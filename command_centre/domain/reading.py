"""Reading: what we saw, once. Status says how it is, Reason says why, from a closed list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from command_centre.domain.series import MetricName
    from command_centre.domain.target import TargetKey

Fact: TypeAlias = str | int | float | bool | tuple[str, ...]
"""One thing seen that is not a measured quantity: a final address, an issuer, a hash."""


class Status(StrEnum):
    """How a target is. *Planned* is laid over it and does not replace it."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """Which way a reading reached us. Part of its identity: (target, taken_at, source)."""

    POLL = "poll"
    RETRY = "retry"  # the second look, 3 to 5 seconds after a failed first one
    MQTT = "mqtt"
    PORTAL = "portal"
    FIELD = "field"
    SELF = "self"
    SIMULATED = "simulated"  # back-filled history of the demo city


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at one target found. It never changes.

    ``values`` maps metric names to numbers in base units; a value the source did not give is left out, never 0.
    ``detail`` is one line for people, without secrets. ``evidence`` holds what was seen that is not a number.
    ``tentative`` marks a first failure whose retry follows within seconds: it is kept in the log, but moves no status.
    """

    target: TargetKey
    taken_at: datetime
    status: Status
    reason: Reason
    detail: str = ""
    values: Mapping[MetricName, float] = field(default_factory=dict)
    source: Source = Source.POLL
    evidence: Mapping[str, Fact] = field(default_factory=dict)
    tentative: bool = False


class Reason(StrEnum):
    """Why a reading has its status: a closed list. ``reason_class`` groups fine reasons as the command line prints them."""

    OK = "ok"
    SLOW = "slow"

    # Names and connections
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_SERVFAIL = "dns_servfail"
    DNS_TIMEOUT = "dns_timeout"
    DNS_NO_ADDRESS = "dns_no_address"
    DNS_REFUSED = "dns_refused"
    DNS_CHANGED = "dns_changed"
    CONNECT_REFUSED = "connect_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    CONNECT_UNREACHABLE = "connect_unreachable"
    IPV6_BROKEN = "ipv6_broken"
    IPV4_BROKEN = "ipv4_broken"
    TLS_TIMEOUT = "tls_timeout"
    FIRST_BYTE_TIMEOUT = "first_byte_timeout"
    TRANSFER_TIMEOUT = "transfer_timeout"
    TIMEOUT = "timeout"
    CONNECTION_RESET = "connection_reset"
    EMPTY_REPLY = "empty_reply"
    PROXY = "proxy"

    # Certificates and TLS
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_HOSTNAME = "tls_hostname"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_SELFSIGNED = "tls_selfsigned"
    TLS_CHAIN = "tls_chain"
    TLS_PROTOCOL = "tls_protocol"
    TLS_HANDSHAKE = "tls_handshake"
    TLS_CLIENT_CERT = "tls_client_cert"
    TLS_WEAK = "tls_weak"
    TLS_REVOKED = "tls_revoked"
    CERT_EXPIRING = "cert_expiring"

    # The HTTP conversation
    HTTP_STATUS = "http_status"
    AUTH_REQUIRED = "auth_required"
    RATE_LIMITED = "rate_limited"
    MAINTENANCE = "maintenance"
    BOT_CHALLENGE = "bot_challenge"
    BLOCKED = "blocked"
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_LIMIT = "redirect_limit"
    REDIRECT_BAD = "redirect_bad"
    REDIRECT_INSECURE = "redirect_insecure"
    REDIRECT_OFFSITE = "redirect_offsite"
    META_REFRESH = "meta_refresh"
    JS_REDIRECT = "js_redirect"
    PROTOCOL_ERROR = "protocol_error"
    TRUNCATED = "truncated"
    HEADER_TOO_LARGE = "header_too_large"
    BODY_TOO_LARGE = "body_too_large"
    BAD_ENCODING = "bad_encoding"

    # The content
    EMPTY_BODY = "empty_body"
    CONTENT_MISMATCH = "content_mismatch"
    CONTENT_FORBIDDEN = "content_forbidden"
    CONTENT_INJECTION = "content_injection"
    CONTENT_STALE = "content_stale"
    DEFAULT_PAGE = "default_page"
    DIRECTORY_LISTING = "directory_listing"
    SUSPENDED = "suspended"
    PARKED = "parked"
    DOMAIN_EXPIRED = "domain_expired"
    APP_ERROR = "app_error"
    DEFACE = "deface"

    # The SNMP conversation
    PARTIAL = "partial"  # some of it answered, some did not: what came is kept
    REFUSED = "refused"  # nothing listens on the agent's port
    AUTH = "auth"
    UNKNOWN_USER = "unknown_user"
    WRONG_PRIV = "wrong_priv"
    ENGINE_TIME = "engine_time"
    AUTHORIZATION = "authorization"  # known, but not allowed to read
    NOT_INCREASING = "not_increasing"
    LIMIT = "limit"  # a table without an end: cut off at our own limit

    # The MQTT conversation
    OFFLINE = "offline"  # the device, or its last will, says that it is gone

    # What an e-service says
    API_ERROR = "api_error"  # the answer says of itself that it is an error
    PARSE_ERROR = "parse_error"
    CONTENT_TYPE = "content_type"  # a page for people where data should be
    MISSING_VALUE = "missing_value"
    BAD_VALUE = "bad_value"  # something is there, and it is not the value it should be
    HEALTH_WARN = "health_warn"
    HEALTH_FAIL = "health_fail"
    HEALTH_UNKNOWN = "health_unknown"
    STALE = "stale"  # the newest record is older than agreed
    PAGINATION = "pagination"  # the pages of an answer do not come to a proper end
    CLOCK = "clock"  # a moment that lies in the future: somebody's clock is wrong
    PERSONAL_DATA = "personal_data"  # the guard list: not asked for, or not kept

    # A hotspot for the people beside it
    FULL = "full"  # as many devices as it takes
    CROWDED = "crowded"  # nearly full: no trouble yet
    NO_INTERNET = "no_internet"  # connected, and no way out

    # Ourselves
    NO_ADDRESS = "no_address"  # the register knows no address: expected, not measured
    NEVER_SEEN = "never_seen"  # expected, no reading yet
    SILENT = "silent"  # nothing vouched for it within its patience
    OWN_UPLINK = "own_uplink"  # our own connection is lost: nothing can be said about what lies behind it
    BROKER_LOST = "broker_lost"  # the message broker is gone: nothing can be said about who speaks through it
    SESSION_TAKEN = "session_taken"  # another client uses our name at the broker: one of the two must be renamed
    COLLECTOR_FAULT = "collector_fault"  # a bug of ours
    STORAGE_FAULT = "storage_fault"
    WALL_SILENT = "wall_silent"
    UNDELIVERED = "undelivered"  # what had to be told was not told, or not in time
    CONFIG = "config"

    @property
    def reason_class(self) -> str:
        """The class printed by ``run.py probe`` (the command-line contract): fine DNS and time-out reasons fold together."""
        return _CLASS_OF.get(self, self.value)


# Only reasons that fold into a wider class are listed; every other reason is its own class.
_CLASS_OF: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.DNS_NXDOMAIN: "dns",
        Reason.DNS_SERVFAIL: "dns",
        Reason.DNS_TIMEOUT: "dns",
        Reason.DNS_NO_ADDRESS: "dns",
        Reason.DNS_REFUSED: "dns",
        Reason.DNS_CHANGED: "dns",
        Reason.CONNECT_UNREACHABLE: "connect_refused",
        Reason.IPV6_BROKEN: "slow",
        Reason.IPV4_BROKEN: "slow",
        Reason.TLS_TIMEOUT: "timeout",
        Reason.FIRST_BYTE_TIMEOUT: "timeout",
        Reason.TRANSFER_TIMEOUT: "timeout",
        Reason.ENGINE_TIME: "auth",
        Reason.PERSONAL_DATA: "config",
    }
)
