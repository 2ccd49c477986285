"""The closed list of what can go wrong with a simulated site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class FaultKind(StrEnum):
    """One way for a site to fail on the wire. Each is the real thing: the collector is never told."""

    BAD_GATEWAY = "bad_gateway"  # 502 from the server in front of a dead application
    TIMEOUT = "timeout"  # accepts the connection and never answers
    REFUSED = "refused"  # nobody listens
    SLOW = "slow"  # right, but late: ``lasts`` is the delay before the first byte
    MAINTENANCE = "maintenance"  # 503 with Retry-After
    EMPTY_PAGE = "empty_page"  # 200 and not a single byte
    DATABASE_ERROR = "database_error"  # 200 with the error page of an application that lost its database
    NEGLECTED = "neglected"  # right, but nothing new for years
    INJECTED = "injected"  # right, with gambling links in it that people do not see
    INJECTED_CLOAKED = "injected_cloaked"  # right for people; search engines are shown a page that sells gambling
    REDIRECT_FOREIGN = "redirect_foreign"  # leads to a host that is not the city's
    REDIRECT_LOOP = "redirect_loop"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_WRONG_HOST = "certificate_wrong_host"
    CERTIFICATE_EXPIRING = "certificate_expiring"  # valid, with ``lasts`` left
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - 401: the service no longer knows us
    LOGIN_PAGE = "login_page"  # 200 with a sign-in page for people where data should be
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_SERVFAIL = "dns_servfail"

    @property
    def needs_length(self) -> bool:
        """Whether the kind means nothing without ``lasts``."""
        return self in (FaultKind.SLOW, FaultKind.CERTIFICATE_EXPIRING)

    @property
    def is_redirect(self) -> bool:
        return self in (FaultKind.REDIRECT_FOREIGN, FaultKind.REDIRECT_LOOP)

    @property
    def is_about_certificate(self) -> bool:
        return self in (FaultKind.CERTIFICATE_EXPIRED, FaultKind.CERTIFICATE_WRONG_HOST, FaultKind.CERTIFICATE_EXPIRING)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it is in force: its kind, and where the kind asks for it the delay or the validity that is left."""

    kind: FaultKind
    lasts: timedelta | None = None

    def __post_init__(self) -> None:
        if self.kind.needs_length != (self.lasts is not None):
            wanted = "needs" if self.kind.needs_length else "takes no"
            raise ValueError(f"fault '{self.kind}' {wanted} 'lasts'")
