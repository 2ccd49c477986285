"""The vocabulary of states as classes: colour, shape and fill come from the style sheet, the word stands beside it."""

from __future__ import annotations

from typing import assert_never

from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.read.views import Condition
from layouts.parts.node import Element, element

CALM = "k-tenang"
CERTIFICATE = "k-sert"
INJECTED = "k-judol"
_CERTIFICATE_REASONS = frozenset({Reason.CERT_EXPIRING, Reason.TLS_WEAK})


def state_class(condition: Condition) -> str:
    """The class that carries the colour and the shape of a condition."""
    match condition:
        case Condition.NORMAL:
            return "k-normal"
        case Condition.SLOW | Condition.DEGRADED:
            return "k-lambat"
        case Condition.DOWN:
            return "k-terputus"
        case Condition.NO_DATA:
            return "k-nodata"
        case Condition.NO_ADDRESS:
            return "k-tanpaalamat"
        case Condition.PLANNED:
            return "k-jadwal"
        case unreachable:
            assert_never(unreachable)


def status_class(status: Status) -> str:
    match status:
        case Status.UP:
            return "k-normal"
        case Status.DEGRADED:
            return "k-lambat"
        case Status.DOWN:
            return "k-terputus"
        case Status.UNKNOWN:
            return "k-nodata"
        case unreachable:
            assert_never(unreachable)


def trouble_class(status: Status, reason: Reason) -> str:
    """The class of what is wrong with a target: a site that answers and shows injected content is not merely degraded."""
    return INJECTED if reason is Reason.CONTENT_INJECTION else status_class(status)


def severity_class(severity: Severity) -> str:
    """The chip of a severity: filled, framed, plain."""
    match severity:
        case Severity.CRITICAL:
            return "cc-p1"
        case Severity.WARNING:
            return "cc-p2"
        case Severity.INFO:
            return "cc-p4"
        case unreachable:
            assert_never(unreachable)


def glyph(state: str) -> Element:
    """The shape of a state; the word beside it speaks, so it is hidden from assistive technology."""
    return element("I", None, f"cc-glif {state}", attributes={"aria-hidden": "true"})


def glyph_of(condition: Condition, reason: Reason) -> Element:
    """The shape of a condition; trouble with a certificate that still works is a clock."""
    is_certificate = condition is Condition.DEGRADED and reason in _CERTIFICATE_REASONS
    return glyph(f"{state_class(condition)} {CERTIFICATE}-glif" if is_certificate else state_class(condition))
