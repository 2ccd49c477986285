"""What can be wrong with a message: a closed list, so that trouble is counted by reason and never guessed at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FlawKind(StrEnum):
    """Why a message, or a part of it, was not taken as it came."""

    # The envelope
    BAD_TOPIC = "bad_topic"  # not UTF-8, a wildcard, a control character: no such topic may be published
    UNKNOWN_TOPIC = "unknown_topic"  # no mapping speaks of it (another depth, another tree)
    NO_DEVICE = "no_device"  # neither topic nor payload names one
    UNKNOWN_DEVICE = "unknown_device"  # not in the register: kept in the quarantine list
    RATE_LIMITED = "rate_limited"

    # The payload
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    BAD_JSON = "bad_json"
    WRONG_SHAPE = "wrong_shape"  # readable, but not what the mapping describes
    BAD_PROTOBUF = "bad_protobuf"
    UNKNOWN_ALIAS = "unknown_alias"  # Sparkplug: a number for a name that no birth certificate told us
    OLD_DEATH = "old_death"  # Sparkplug: the death of an earlier session
    SEQUENCE_GAP = "sequence_gap"
    UNKNOWN_STATE = "unknown_state"  # an availability word that the mapping does not know
    NO_VALUES = "no_values"

    # One value
    NOT_A_NUMBER = "not_a_number"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    WRONG_UNIT = "wrong_unit"

    # The device's clock
    BAD_TIME = "bad_time"
    CLOCK_UNSET = "clock_unset"  # 1970 and the like: the time of arrival is used
    CLOCK_AHEAD = "clock_ahead"  # in the future: the time of arrival is used
    CLOCK_ZONE = "clock_zone"  # ahead by whole hours (WIB, WITA and UTC mixed up): corrected
    CLOCK_LAG = "clock_lag"  # behind by a constant: corrected
    RETAINED_UNTIMED = "retained_untimed"  # an old value of unknown age


LOSES_NOTHING = frozenset({FlawKind.CLOCK_ZONE, FlawKind.CLOCK_LAG, FlawKind.SEQUENCE_GAP, FlawKind.RETAINED_UNTIMED})
"""Flaws that are worth telling although the message itself was read in full."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong, in one line for people. The detail never holds a payload."""

    kind: FlawKind
    detail: str = ""


class RejectedError(Exception):
    """A message that cannot be read at all."""

    def __init__(self, kind: FlawKind, detail: str = "") -> None:
        super().__init__(kind.value)
        self.flaw = Flaw(kind, detail)
