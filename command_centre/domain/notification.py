"""Notification: one message to one receiver, and why it is sent. What becomes of it afterwards is the notifier's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from command_centre.domain.incident import IncidentId
from command_centre.domain.rule import Severity


class NoticeKind(StrEnum):
    """What a message tells: the words of the command line (``run.py rehearse --json``) and of the table ``outbox``."""

    FIRING = "firing"
    UPDATE = "update"  # it has become worse, or wider
    REMINDER = "reminder"
    ESCALATED = "escalated"
    ACKED = "acked"
    RESOLVED = "resolved"
    DOWNGRADED = "downgraded"  # it goes on, less badly
    CLOSED = "closed"  # ended without a recovery: the target or its rule is gone, or a person said so
    FLAPPING_START = "flapping_start"
    FLAPPING_STOP = "flapping_stop"
    NODATA = "nodata"
    COLLECTOR_DOWN = "collector_down"  # we ourselves see nothing any more
    DIGEST = "digest"
    SNAPSHOT = "snapshot"  # a period was frozen: its paper goes to officials


class Why(StrEnum):
    """Why a message was due, printed at its foot: the rule of the machine that asked for it."""

    FIRST = "first"  # a new trouble whose group has waited long enough
    WORSE = "worse"  # more severe than what was told
    WIDER = "wider"  # more targets than were told
    BETTER = "better"  # less severe, not over
    REMINDER = "reminder"  # nothing changed for the repeat interval
    UNANSWERED = "unanswered"  # nobody took it for so long: the next step of the chain
    ACK_EXPIRED = "ack_expired"  # taken, and then nothing happened
    ANSWERED = "answered"  # somebody has it
    RESOLVED = "resolved"  # over: told to everyone who was told of it
    ENDED_BY_HAND = "ended_by_hand"
    FLAPPING = "flapping"
    CALM_AGAIN = "calm_again"
    SILENT = "silent"  # no data for longer than is normal
    BLIND = "blind"  # all sources of one collector fell silent together
    MORNING = "morning"  # gathered during the quiet hours
    FROZEN = "frozen"  # a period is over, and its snapshot was frozen
    HOLE = "hole"  # soon nobody is on duty
    HANDOVER = "handover"  # a shift is over: what the next one takes over
    REVISED = "revised"  # late data came in: the snapshot has a new revision


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one receiver.

    ``key`` is the idempotency key: the same event never makes two messages of one key. ``incident`` is None for what is about
    many (a digest). ``title`` makes sense on a lock screen; ``lines`` follow it, in order. ``facts`` are the same things for
    programs (webhooks): target, rule, since, scope. ``link`` leads to the page that answers, where there is one.
    ``event_at`` is when it happened, ``due_at`` when it is to be sent.
    """

    key: str
    incident: IncidentId | None
    receiver: str
    kind: NoticeKind
    why: Why
    severity: Severity
    title: str
    lines: tuple[str, ...]
    event_at: datetime
    due_at: datetime
    link: str | None = None
    facts: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
