"""One cause for many faults: what goes down together under one parent, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.reading import Reason
from command_centre.domain.target import Parent, ParentKind, TargetKey
from command_centre.read.causes import FEWEST, TOGETHER_MS, Faulty, shared_causes

MINUTE = 60_000


def parent(key: str, *above: str, kind: ParentKind = ParentKind.UPLINK) -> Parent:
    return Parent(TargetKey(key), kind, f"Uplink {key}", key.upper(), f"Pemilik {key}", tuple(map(TargetKey, above)))


PARENTS = {
    each.key: each
    for each in (
        parent("a"),
        parent("a-utara", "a"),
        parent("a-selatan", "a"),
        parent("listrik", kind=ParentKind.POWER),
        parent("listrik-2", kind=ParentKind.POWER),
    )
}
DEPENDING = {"a": 10, "a-utara": 60, "a-selatan": 60, "listrik": 40, "listrik-2": 40}


def faults(
    count: int, *parents: str, since: int = 0, apart: int = 0, first: int = 1, kelurahan: str | None = "x"
) -> list[Faulty]:
    """``count`` hotspots that went down one after another, ``apart`` milliseconds from each to the next."""
    return [Faulty(first + index, since + index * apart, Reason.TIMEOUT.value, kelurahan, parents) for index in range(count)]


def told(found: Iterable[Faulty], depending: dict[str, int] = DEPENDING) -> dict[str, int]:
    return {each.cause.key: each.cause.children for each in shared_causes(list(found), depending, PARENTS)}


def test_five_that_go_down_together_under_one_parent_are_one_cause() -> None:
    assert told(faults(FEWEST, "a-utara")) == {"a-utara": 5}
    assert told(faults(FEWEST - 1, "a-utara")) == {}


def test_faults_of_different_hours_are_no_common_cause() -> None:
    assert told(faults(12, "a-utara", apart=30 * MINUTE)) == {}


def test_what_begins_within_five_minutes_began_together() -> None:
    assert told(faults(FEWEST, "a-utara", apart=TOGETHER_MS // 4)) == {"a-utara": 5}
    assert told(faults(FEWEST, "a-utara", apart=TOGETHER_MS // 4 + 1)) == {}


def test_whoever_goes_down_later_belongs_to_the_cause_and_whoever_was_down_before_does_not() -> None:
    before = faults(3, "a-utara", since=-600 * MINUTE, apart=60 * MINUTE)
    burst = faults(8, "a-utara", first=10)
    later = faults(2, "a-utara", since=60 * MINUTE, apart=60 * MINUTE, first=30)
    (found,) = shared_causes([*later, *before, *burst], DEPENDING, PARENTS)
    assert found.children == {each.id for each in [*burst, *later]}
    assert found.cause.children == 10


def test_the_parent_that_explains_most_is_the_cause_and_nothing_is_explained_twice() -> None:
    city = [*faults(6, "a-utara", "listrik"), *faults(3, "a-selatan", "listrik", first=20)]
    assert told(city) == {"listrik": 9}
    line = [*faults(6, "a-utara", "listrik"), *faults(6, "a-utara", "listrik-2", first=20)]
    assert told(line) == {"a-utara": 12}


def test_of_two_parents_that_explain_as_many_the_smaller_one_is_the_cause() -> None:
    assert told(faults(6, "a-utara", "listrik")) == {"listrik": 6}


def test_what_one_cause_leaves_unexplained_may_have_another() -> None:
    assert told([*faults(9, "a-utara"), *faults(5, "listrik", first=50, since=90 * MINUTE)]) == {"a-utara": 9, "listrik": 5}


def test_when_every_line_of_a_provider_has_failed_its_network_has() -> None:
    city = [*faults(9, "a-utara"), *faults(8, "a-selatan", first=50)]
    assert told(city) == {"a": 17}
    assert told(city, DEPENDING | {"a-selatan": 60, "a-barat": 0}) == {"a": 17}


def test_one_line_of_two_is_not_the_whole_network() -> None:
    assert told(faults(9, "a-utara")) == {"a-utara": 9}


def test_a_handful_of_a_great_many_is_chance_and_no_cause() -> None:
    assert told(faults(6, "a-utara"), {"a-utara": 250}) == {}


def test_a_parent_that_the_register_does_not_know_explains_nothing() -> None:
    assert told(faults(9, "tidak-ada"), {"tidak-ada": 9}) == {}


def test_a_cause_carries_when_it_began_why_and_where() -> None:
    (found,) = shared_causes(
        [*faults(6, "listrik", since=MINUTE, kelurahan="x"), *faults(2, "listrik", first=40, since=2 * MINUTE, kelurahan=None)],
        DEPENDING,
        PARENTS,
    )
    assert found.cause.since.timestamp() == 60
    assert found.cause.reason is Reason.TIMEOUT
    assert found.cause.kelurahan == {"x"}
    assert (found.cause.kind, found.cause.owner) == (ParentKind.POWER, "Pemilik listrik")


@given(
    st.lists(
        st.builds(
            Faulty,
            st.integers(1, 60),
            st.integers(0, 20).map(lambda minutes: minutes * MINUTE),
            st.just("timeout"),
            st.just("x"),
            st.sets(st.sampled_from([*PARENTS, "tidak-ada"])).map(lambda keys: tuple(sorted(keys))),
        ),
        unique_by=lambda each: each.id,
        max_size=60,
    )
)
def test_no_hotspot_is_explained_twice_and_no_cause_has_fewer_than_five(found: list[Faulty]) -> None:
    causes = shared_causes(found, DEPENDING, PARENTS)
    explained = [child for each in causes for child in each.children]
    assert len(explained) == len(set(explained))
    assert set(explained) <= {each.id for each in found}
    assert all(each.cause.children == len(each.children) >= FEWEST for each in causes)
    assert shared_causes(list(reversed(found)), DEPENDING, PARENTS) == causes
