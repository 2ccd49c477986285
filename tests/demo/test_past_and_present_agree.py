"""What the simulated past calls a fault is what the real collector calls it when it looks at the living city."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from collectors.websites.options import Options
from collectors.websites.poller import poll_once
from command_centre.demo import history
from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.history import simulated_history
from command_centre.demo.hosts import HttpsUse, hosts_of
from command_centre.demo.rhythm import has_slow_afternoons, pace
from command_centre.demo.script import Script, ScriptedFault, Stretch
from command_centre.domain.reading import Reading
from command_centre.domain.target import Target
from tests.support.demo_city import RunningCity, running_city, site, switch

NEEDED = {FaultKind.SLOW: timedelta(seconds=1.5), FaultKind.CERTIFICATE_EXPIRING: timedelta(days=3, hours=6)}
SLOW_AFTER = timedelta(seconds=1.2)
CANDIDATES = [site(f"dinas{number}") for number in range(40)]


def quickest_with_https() -> Target:
    hosts = [host for host in hosts_of(CANDIDATES) if host.https is HttpsUse.REDIRECTED]
    quickest = min(hosts, key=lambda host: (has_slow_afternoons(host.name), pace(host.name)))
    target = next(target for target in CANDIDATES if target.key in quickest.targets)
    return replace(target, address=f"https://{quickest.name}/")


TARGET = quickest_with_https()
HOST = next(host.name for host in hosts_of([TARGET]) if host.targets)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    with running_city([TARGET], tmp_path_factory.mktemp("city")) as running:
        yield running


def seen_now(city: RunningCity, target: Target = TARGET) -> Reading:
    """One look with the product's own collector."""
    options = Options(
        timeout=timedelta(seconds=2.5),
        slow_after=SLOW_AFTER,
        servers=(city.place.dns,),
        connect_to=city.place.connect_to,
        ca_file=str(city.place.ca_file),
    )
    return asyncio.run(poll_once(options, city.clock, target))


def seen_then(city: RunningCity, fault: Fault | None) -> Reading:
    """The last reading of the simulated past."""
    always = Stretch(timedelta(0), timedelta(minutes=20))
    faults = () if fault is None else (ScriptedFault(TARGET.key, fault, always, already=timedelta(hours=1)),)
    past = simulated_history([TARGET], city.clock.now(), 0.5, script=Script(faults=faults), slow_after=SLOW_AFTER)
    return list(past)[-1]


@pytest.mark.parametrize("kind", [None, *FaultKind])
def test_the_collector_sees_what_the_past_tells(city: RunningCity, kind: FaultKind | None) -> None:
    fault = None if kind is None else Fault(kind, NEEDED.get(kind))
    order = {"host": HOST, "kind": "none" if kind is None else kind}
    if kind in NEEDED:
        order["seconds"] = NEEDED[kind].total_seconds()  # type: ignore[assignment]
    assert switch(city.place, order).status == 200
    now, then = seen_now(city), seen_then(city, fault)
    assert (now.status, now.reason) == (then.status, then.reason), now.detail
    assert then.values.keys() <= now.values.keys(), "the past knows something that the collector does not measure"
    for metric in (history.STATUS_CODE, history.REDIRECTS, history.BODY):
        assert then.values.get(metric, now.values.get(metric)) == now.values.get(metric)


def test_a_neglected_page_is_stale_for_whoever_asks_for_freshness(city: RunningCity) -> None:
    switch(city.place, {"host": HOST, "kind": "neglected"})
    demanding = replace(TARGET, attributes={"content_max_age_days": "180"})
    assert seen_now(city, demanding).reason.value == "content_stale"
