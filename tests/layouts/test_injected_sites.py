"""Injected sites on the sites wall: first in the list, counted, red on the grid whatever else their state, and never live."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from command_centre.read.views import Condition, Fault, SelfFault, SitesView
from layouts import SITUS
from layouts.parts.node import Children
from layouts.wall.situs import ids
from layouts.wording import Language, Words, words_for
from tests.support.dash_html import to_text
from tests.support.injected_views import CRISIS, injected
from tests.support.wall_views import NOW, calm_tiles, normal_day_tiles, sites_view, tile

WITA = ZoneInfo("Asia/Makassar")
WORDS = words_for(Language.INDONESIAN, WITA)


def text(view: SitesView, region: str, words: Words = WORDS) -> str:
    return to_text(SITUS.regions(view, words)[region])


def rows(view: SitesView) -> list[str]:
    listed = SITUS.regions(view, WORDS)[ids.ABNORMAL]
    assert isinstance(listed, list)
    return [to_text(each) for each in listed]


def cell_of(view: SitesView, name: str) -> Children:
    return next(drawn for region, drawn in SITUS.regions(view, WORDS).items() if "-petak-" in region and to_text(drawn) == name)


def test_an_injected_site_takes_the_verdict_before_sites_that_are_down() -> None:
    view = replace(sites_view(normal_day_tiles()), injected=CRISIS)
    assert text(view, ids.SENTENCE) == "3 situs terindikasi judol, 3 situs terputus"
    assert text(view, ids.PLATE) == "KRITIS"
    assert "3 judol" in text(view, ids.COUNTS)
    assert text(view, ids.SENTENCE, words_for(Language.ENGLISH, WITA)).startswith("3 sites show injected gambling")


def test_our_own_blindness_still_comes_first() -> None:
    blind = sites_view(normal_day_tiles(), faults=[SelfFault(Fault.COLLECTOR_SILENT, NOW)])
    assert "judol" not in text(replace(blind, injected=CRISIS), ids.SENTENCE)


def test_what_nobody_has_stands_first_and_says_so() -> None:
    found = rows(replace(sites_view(calm_tiles()), injected=CRISIS))
    assert found[0] == "Judol terindikasi 6 m Kel. Kanaan ke hxxps://g****-maju[.]xyz/masuk BELUM DITERIMA pengalihan skrip"
    assert found[1] == "Judol terindikasi 38 m DKUKMP /galeri/s***-g****/ [2 hal.] tautan tersembunyi · R. Hidayat 11.44"


def test_a_site_being_cleaned_says_how_far_and_a_confirmed_one_says_so() -> None:
    cleaned = injected("DKUKMP", taken_by="Aminah", clean_scans=2, is_confirmed=True)
    (row, *_) = rows(replace(sites_view(calm_tiles()), injected=(cleaned,)))
    assert row.startswith("Judol terkonfirmasi")
    assert "2 dari 3 pindai bersih" in row


def test_a_reinfection_is_told() -> None:
    (row, *_) = rows(replace(sites_view(calm_tiles()), injected=(injected("DKUKMP", reinfections=2),)))
    assert "infeksi ulang ke-2" in row


def test_more_than_three_stand_in_one_line_each_and_more_than_six_are_counted() -> None:
    many = tuple(injected(each.short_name) for each in calm_tiles()[:9])
    found = rows(replace(sites_view(calm_tiles()), injected=many))
    assert found[0] == "Bag. Ekbang 38 m"
    assert found[6] == "9 BELUM DITERIMA … dan 3 lainnya"


def test_a_site_that_answers_well_is_red_on_the_grid_and_counts_as_not_normal() -> None:
    view = sites_view((tile("DKUKMP"), tile("DLH")))
    hurt = replace(view, injected=(injected("DKUKMP"),))
    assert "st k-judol" in str(cell_of(hurt, "DKUKMP"))
    assert "1 dari 2" in text(hurt, ids.ABNORMAL_HEAD)
    assert "0 dari 2" in text(view, ids.ABNORMAL_HEAD)


def test_a_site_that_is_down_and_injected_is_counted_once() -> None:
    hurt = replace(sites_view((tile("DKUKMP", Condition.DOWN), tile("DLH"))), injected=(injected("DKUKMP"),))
    assert "1 dari 2" in text(hurt, ids.ABNORMAL_HEAD)


def test_a_site_that_left_the_wall_is_not_told_of() -> None:
    assert "judol" not in text(replace(sites_view(calm_tiles()), injected=(injected("Hilang"),)), ids.SENTENCE)
