"""What is sent when several messages wait, and when a failed one is tried again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.delivery import LONGEST_WISH, UNHEARD, Heard, Patience, Waiting, next_delivery, wished_pause
from command_centre.domain.incident import IncidentId
from command_centre.domain.notification import NoticeKind
from tests.support.clock import NOON
from tests.support.telling import message

STORY = IncidentId(7)
NOTHING = Heard(anything=False)
SOMETHING = Heard(anything=True)


def waiting(*kinds: NoticeKind) -> list[Waiting]:
    return [
        Waiting(number, message(STORY, kind, at=NOON + timedelta(minutes=number), number=number), 1)
        for number, kind in enumerate(kinds)
    ]


def test_one_message_is_sent_as_it_is() -> None:
    [only] = waiting(NoticeKind.FIRING)
    assert next_delivery([only], NOTHING).carrier == only


def test_of_a_pile_the_newest_is_sent_and_tells_for_all() -> None:
    pile = waiting(NoticeKind.FIRING, NoticeKind.UPDATE, NoticeKind.REMINDER)
    delivery = next_delivery(pile, NOTHING)
    assert delivery.carrier == pile[2]
    assert delivery.needless == tuple(pile[:2])


def test_trouble_that_began_and_ended_unheard_is_told_in_one_message_with_both_times() -> None:
    """D4"""
    pile = waiting(NoticeKind.FIRING, NoticeKind.REMINDER, NoticeKind.RESOLVED)
    delivery = next_delivery(pile, NOTHING)
    assert delivery.carrier is not None
    assert delivery.carrier.message.kind is NoticeKind.RESOLVED
    assert delivery.carrier.message.facts[UNHEARD] == NOON.isoformat()
    assert delivery.needless == tuple(pile[:2])


def test_a_recovery_after_a_heard_beginning_is_an_ordinary_recovery() -> None:
    pile = waiting(NoticeKind.REMINDER, NoticeKind.RESOLVED)
    delivery = next_delivery(pile, SOMETHING)
    assert delivery.carrier == pile[1]


def test_a_recovery_whose_beginning_was_given_up_says_when_it_began() -> None:
    [end] = waiting(NoticeKind.RESOLVED)
    delivery = next_delivery([end], Heard(anything=False, failed_since=NOON - timedelta(hours=1)))
    assert delivery.carrier is not None
    assert delivery.carrier.message.facts[UNHEARD] == (NOON - timedelta(hours=1)).isoformat()


def test_a_recovery_whose_beginning_was_called_back_is_not_told() -> None:
    [end] = waiting(NoticeKind.RESOLVED)
    delivery = next_delivery([end], Heard(anything=False, called_back=True))
    assert delivery.carrier is None
    assert delivery.needless == (end,)


def test_pauses_double_up_to_the_longest() -> None:
    patience = Patience(first=timedelta(seconds=2), longest=timedelta(seconds=60))
    pauses = [patience.pause(attempts, lambda: 1.0).total_seconds() for attempts in (1, 2, 3, 4, 5, 6, 7, 500)]
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_jitter_takes_at_most_half_of_a_pause(attempts: int, chance: float) -> None:
    patience = Patience()
    whole = patience.pause(attempts, lambda: 1.0)
    assert whole / 2 <= patience.pause(attempts, lambda: chance) <= whole


def test_patience_lasts_about_a_day() -> None:
    patience = Patience()
    whole = sum((patience.pause(attempts, lambda: 0.5) for attempts in range(1, patience.attempts)), timedelta(0))
    assert timedelta(hours=20) < whole < timedelta(hours=30)


def test_a_receiver_that_wants_to_be_left_alone_for_ever_is_asked_again_all_the_same() -> None:
    assert wished_pause(timedelta(days=365)) == LONGEST_WISH
    assert wished_pause(timedelta(seconds=-5)) == timedelta(0)
    assert wished_pause(None) == timedelta(0)
