"""Every region that a render function names has a container in the skeleton of its page, and no id stands twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component

from layouts import GANGGUAN, LAYANAN, RINGKASAN, SCREENS, SITUS, WIFI
from layouts.wording import Language, words_for
from tests.support import incident_views, service_views
from tests.support.wall_views import crisis_tiles, normal_day_tiles, sites_view, summary_view
from tests.support.wifi_views import calm_states, crisis_cause, crisis_states, hotspots_view, normal_states, summary_with_hotspots

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))


def ids_of(component: Component) -> Iterator[str]:
    own = getattr(component, "id", None)
    if isinstance(own, str):
        yield own
    children = getattr(component, "children", None)
    for child in children if isinstance(children, list | tuple) else [children]:
        if isinstance(child, Component):
            yield from ids_of(child)


def regions_named() -> dict[str, set[str]]:
    days = ((), normal_day_tiles(), crisis_tiles())
    crisis = crisis_states()
    summaries = [*map(summary_view, days), summary_with_hotspots(normal_states(), normal_day_tiles())]
    hotspots = [
        hotspots_view({}, hotspots=()),
        hotspots_view(calm_states()),
        hotspots_view(crisis, causes=[crisis_cause(crisis)]),
    ]
    return {
        RINGKASAN.key: {region for view in summaries for region in RINGKASAN.regions(view, WORDS)},
        SITUS.key: {region for tiles in days for region in SITUS.regions(sites_view(tiles), WORDS)},
        LAYANAN.key: {
            region
            for rows in ((), service_views.normal_day(), service_views.crisis(), service_views.unmeasured())
            for region in LAYANAN.regions(service_views.services_view(rows), WORDS)
        },
        GANGGUAN.key: {
            region
            for view in (incident_views.incidents_view(), incident_views.crisis_view())
            for region in GANGGUAN.regions(view, WORDS)
        },
        WIFI.key: {region for view in hotspots for region in WIFI.regions(view, WORDS)},
    }


@pytest.mark.parametrize("screen", list(SCREENS))
def test_every_region_has_its_container(screen: str) -> None:
    containers = set(ids_of(SCREENS[screen].skeleton(WORDS)))
    assert regions_named()[screen] - containers == set()


def test_no_id_stands_twice_in_a_document_that_holds_every_screen() -> None:
    counted = Counter(each for screen in SCREENS.values() for each in ids_of(screen.skeleton(WORDS)))
    assert [each for each, count in counted.items() if count > 1] == []
