"""The faces. SCREENS is the catalogue: adding a wall screen is adding one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeAlias, TypeVar

from dash.development.base_component import Component

from command_centre.read.services import ServicesView
from command_centre.read.views import HotspotsView, SitesView, SummaryView
from command_centre.read.wall_incidents import IncidentsView
from layouts import shell
from layouts.parts.node import Children, Draw
from layouts.wall.gangguan import ids as gangguan_ids
from layouts.wall.gangguan.page import skeleton as gangguan_skeleton
from layouts.wall.gangguan.render import regions as gangguan_regions
from layouts.wall.layanan import ids as layanan_ids
from layouts.wall.layanan.page import skeleton as layanan_skeleton
from layouts.wall.layanan.render import regions as layanan_regions
from layouts.wall.ringkasan import ids as ringkasan_ids
from layouts.wall.ringkasan.page import skeleton as ringkasan_skeleton
from layouts.wall.ringkasan.render import regions as ringkasan_regions
from layouts.wall.situs import ids as situs_ids
from layouts.wall.situs.page import skeleton as situs_skeleton
from layouts.wall.situs.render import regions as situs_regions
from layouts.wall.wifi import ids as wifi_ids
from layouts.wall.wifi.page import skeleton as wifi_skeleton
from layouts.wall.wifi.render import regions as wifi_regions
from layouts.wording import INDONESIAN, Words
from layouts.wording.incidents import INDONESIAN as INCIDENT_PHRASES
from layouts.wording.incidents import incident_words
from layouts.wording.services import INDONESIAN as SERVICE_PHRASES
from layouts.wording.services import service_words

View = TypeVar("View", HotspotsView, IncidentsView, ServicesView, SitesView, SummaryView)
OnFault: TypeAlias = Callable[[str, Exception], None]


@dataclass(frozen=True, slots=True)
class WallScreen(Generic[View]):
    """One wall screen. ``needs_full_tier``: it has no far form, so a wall too far away must refuse it.

    ``title`` is the Indonesian one; ``title_in`` gives the one of any language.
    """

    key: str
    title: str
    title_in: Callable[[Words], str]
    body: Callable[[], Component]
    body_regions: Callable[[View, Words], dict[str, Draw]]
    needs_full_tier: bool

    def skeleton(self, words: Words) -> Component:
        """Header, body and banner with empty containers: the same for every view."""
        return shell.frame(self.key, self.title_in(words), self.body(), words)

    def regions(self, view: View, words: Words, on_fault: OnFault | None = None) -> dict[str, Children]:
        """The content of every container, by id, ready to be sent as JSON. The same view gives the same content.

        A bug in one region is told to ``on_fault`` and leaves the others on the glass; without ``on_fault`` it raises.
        """
        draws = {**shell.frame_regions(self.key, view, words), **self.body_regions(view, words)}
        return {region: _drawn(region, draw, words, on_fault) for region, draw in draws.items()}

    def page(self, view: View, words: Words) -> Component:
        """The skeleton with its content: what a browser gets first."""
        return shell.fill(self.skeleton(words), self.regions(view, words))


def _drawn(region: str, draw: Draw, words: Words, on_fault: OnFault | None) -> Children:
    try:
        return draw()
    except Exception as error:
        if on_fault is None:
            raise
        on_fault(region, error)
        return words.say.not_drawn


RINGKASAN: WallScreen[SummaryView] = WallScreen(
    ringkasan_ids.KEY,
    INDONESIAN.summary_page,
    lambda words: words.say.summary_page,
    ringkasan_skeleton,
    ringkasan_regions,
    needs_full_tier=False,
)
SITUS: WallScreen[SitesView] = WallScreen(
    situs_ids.KEY, INDONESIAN.sites_page, lambda words: words.say.sites_page, situs_skeleton, situs_regions, needs_full_tier=True
)
WIFI: WallScreen[HotspotsView] = WallScreen(
    wifi_ids.KEY,
    INDONESIAN.hotspots_page,
    lambda words: words.say.hotspots_page,
    wifi_skeleton,
    wifi_regions,
    needs_full_tier=True,
)

LAYANAN: WallScreen[ServicesView] = WallScreen(
    layanan_ids.KEY,
    SERVICE_PHRASES.page,
    lambda words: service_words(words).say.page,
    layanan_skeleton,
    layanan_regions,
    needs_full_tier=True,
)

GANGGUAN: WallScreen[IncidentsView] = WallScreen(
    gangguan_ids.KEY,
    INCIDENT_PHRASES.page,
    lambda words: incident_words(words).say.page,
    gangguan_skeleton,
    gangguan_regions,
    needs_full_tier=True,
)

SCREENS: Mapping[str, WallScreen[Any]] = MappingProxyType(
    {each.key: each for each in (RINGKASAN, GANGGUAN, SITUS, WIFI, LAYANAN)}
)
