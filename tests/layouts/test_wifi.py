"""The Wi-Fi screen: one cause is one line, planned is not down, silence is not green, and every total has its denominator."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from command_centre.domain.hotspot import HotspotState
from command_centre.read.views import Condition, Fault, HotspotCounts, HotspotPoint, HotspotsView, SelfFault
from layouts import WIFI
from layouts.parts.hotspot import hotspot_class
from layouts.parts.limits import hotspots_condition
from layouts.parts.node import Children
from layouts.wall.places import KELURAHAN
from layouts.wall.wifi import ids
from layouts.wall.wifi.geography import HEIGHT, INSET, MAP, WIDTH, spots_of
from layouts.wall.wifi.render import worst_first
from layouts.wording import Language, words_for
from tests.support.dash_html import classes, ids_in, to_html, to_text
from tests.support.wall_views import NOW
from tests.support.wifi_views import (
    LOKTUAN_POWER,
    all_in,
    calm_states,
    cause,
    crisis_cause,
    crisis_states,
    hotspots_view,
    normal_states,
    prayer_times_of_today,
    register,
)

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))


def drawn(view: HotspotsView) -> dict[str, Children]:
    return WIFI.regions(view, WORDS)


def text(view: HotspotsView, region: str) -> str:
    return to_text(drawn(view)[region])


def normal_day() -> HotspotsView:
    return hotspots_view(normal_states(), causes=[LOKTUAN_POWER])


def crisis() -> HotspotsView:
    states = crisis_states()
    return hotspots_view(states, causes=[crisis_cause(states)])


def whole_map(regions: Mapping[str, Children]) -> str:
    return "".join(to_html(content) for region, content in regions.items() if region.startswith("wifi-peta-6474"))


def shadows(html: str, class_name: str) -> int:
    """How many dots one element casts, over the whole map."""
    styles = re.findall(rf'<i class="{class_name}" style="box-shadow:([^"]*)"', html)
    return sum(style.count(",") + 1 for style in styles)


def test_every_region_has_its_container_and_every_container_its_region() -> None:
    assert set(drawn(normal_day())) == ids_in(WIFI.skeleton(WORDS))


@pytest.mark.parametrize(
    "view",
    [hotspots_view({}, hotspots=()), hotspots_view(calm_states()), normal_day(), crisis()],
    ids=["none", "calm", "day", "crisis"],
)
def test_every_view_fills_the_same_regions_and_twice_the_same(view: HotspotsView) -> None:
    assert set(drawn(view)) == set(drawn(normal_day()))
    assert json.dumps(drawn(view)) == json.dumps(drawn(view))


def test_the_states_add_up_to_the_register() -> None:
    said = text(normal_day(), ids.COUNTS)
    assert said == ("721 terdaftar: 587 normal 31 lambat 21 penuh 2 tanpa internet 14 terputus 8 58")
    assert sum(int(each) for each in re.findall(r"\d+", said)[1:]) == 721


def test_every_registered_point_with_a_place_stands_on_the_map_once() -> None:
    html = whole_map(drawn(normal_day()))
    shapes = len(re.findall(r'<i class="m k-', html))
    assert shadows(html, "t") + shadows(html, "j") + shapes == 705
    assert shadows(html, "j") == 58 - 2  # two of them have no place


def test_points_at_prayer_time_are_outlined_and_not_red() -> None:
    states = {
        each.key: HotspotState.PLANNED_OFF if each.short_name.startswith("Ibd") else HotspotState.NORMAL for each in register()
    }
    html = whole_map(drawn(hotspots_view(states)))
    assert shadows(html, "j") == shadows(html, "j d") == 56
    assert "k-terputus" not in html
    assert text(hotspots_view(states), ids.PLATE) == "NORMAL"


@pytest.mark.parametrize(
    "state", [HotspotState.SLOW, HotspotState.FULL, HotspotState.NO_INTERNET, HotspotState.DOWN, HotspotState.NO_DATA]
)
def test_what_is_not_calm_has_a_shape_of_its_own(state: HotspotState) -> None:
    states = all_in(HotspotState.NORMAL)
    states[register()[0].key] = state
    html = whole_map(drawn(hotspots_view(states)))
    assert re.findall(r'<i class="m (k-\w+)"', html) == [hotspot_class(state)]


def test_a_change_of_one_point_redraws_its_own_kelurahan_and_no_other() -> None:
    states = calm_states()
    before = drawn(hotspots_view(states))
    changed = next(each for each in register() if each.kelurahan == "64.74.03.1003" and states[each.key] is HotspotState.NORMAL)
    states[changed.key] = HotspotState.SLOW
    after = drawn(hotspots_view(states))
    moved = {region for region in after if after[region] != before[region] and region.startswith("wifi-peta")}
    assert moved == {ids.dots("64.74.03.1003")}


def test_one_cause_is_one_line_with_its_children_and_one_outline() -> None:
    view = crisis()
    regions = drawn(view)
    html = whole_map(regions)
    assert text(view, ids.PLATE) == "KRITIS"
    assert text(view, ids.SENTENCE) == "Penyedia A Selatan: 262 titik, satu penyebab"
    assert text(view, ids.CAUSE) == "1 gangguan: Penyedia A Selatan, 262 titik"
    assert (shadows(html, "a"), html.count("m k-terputus")) == (262, 0)
    assert classes(regions[ids.HULLS]) == ["h", "h", "d"]
    assert [text(view, ids.row(index)).split(" ")[0] for index in range(6)] == ["Tj.", "Bbs.", "Tj.", "Bbs.", "Satimpo", "Btg."]


def test_a_small_cause_leaves_its_points_their_shapes() -> None:
    view = normal_day()
    assert text(view, ids.PLATE) == "TINGGI"
    assert text(view, ids.SENTENCE).startswith("Listrik Loktuan: 7 titik")
    assert text(view, ids.CAUSE) == ""
    assert text(view, ids.HULLS) == ""
    assert classes(drawn(view)[ids.HULLS]) == []


def test_the_silent_coast_is_told_even_where_its_kelurahan_is_not_low() -> None:
    states = all_in(HotspotState.NORMAL)
    for each in register():
        if each.settlement == "Gusung":
            states[each.key] = HotspotState.NO_DATA
    view = hotspots_view(states)
    assert text(view, ids.PLATE) == "TINGGI"
    assert "esisir 2 dari 8 senyap" in text(view, ids.SENTENCE)


def test_a_calm_city_is_calm_although_single_points_are_down() -> None:
    view = hotspots_view(calm_states())
    assert text(view, ids.PLATE) == "NORMAL"
    assert text(view, ids.SENTENCE) == "714 dari 721 titik Wi-Fi melapor (batas 97\u00a0%)"
    assert "k-tenang" in classes(drawn(view)[ids.PLATE])


def test_the_worst_kelurahan_stands_first_and_those_without_a_place_last() -> None:
    areas = worst_first(normal_day().areas)
    shares = [each.counts.share for each in areas[:-1]]
    assert shares == sorted(share for share in shares if share is not None)
    assert areas[-1].code is None


def test_a_row_says_share_denominator_devices_and_traffic() -> None:
    row = text(normal_day(), ids.row(1))
    assert row == "Loktuan 89,7 61/68 750 540"
    assert text(normal_day(), ids.CITY) == "Kota 96,3 639/663 7.433 5.352"


def test_nobody_told_is_a_dash_and_never_a_zero() -> None:
    view = crisis()
    assert text(view, ids.row(0)) == "Tj. Laut 0,0 0/56 – –"
    unmeasured = hotspots_view(all_in(HotspotState.NO_DATA))
    assert text(unmeasured, ids.row(0)).endswith("– 0/74 – –")
    assert text(unmeasured, ids.CROWDED) == "belum ada yang terukur"


def test_nothing_measured_is_neither_calm_nor_red() -> None:
    view = hotspots_view(all_in(HotspotState.NO_DATA))
    assert text(view, ids.PLATE) == "TANPA DATA"
    assert text(view, ids.SENTENCE) == "Belum ada titik Wi-Fi yang terukur"
    assert "k-terputus" not in whole_map(drawn(view))


def test_everything_planned_off_is_no_trouble() -> None:
    view = hotspots_view(all_in(HotspotState.PLANNED_OFF))
    assert text(view, ids.SENTENCE) == "Semua titik Wi-Fi sedang mati terjadwal"
    assert "NORMAL" not in text(view, ids.PLATE)


def test_an_empty_register_says_so() -> None:
    assert text(hotspots_view({}, hotspots=()), ids.SENTENCE) == "Belum ada titik Wi-Fi dalam daftar"


@pytest.mark.parametrize("fault", [Fault.OWN_UPLINK, Fault.COLLECTOR_SILENT, Fault.STORAGE])
def test_our_own_blindness_takes_the_verdict(fault: Fault) -> None:
    view = hotspots_view(calm_states(), faults=[SelfFault(fault, NOW - timedelta(minutes=3))])
    assert text(view, ids.PLATE) == "TANPA DATA"
    assert text(view, ids.SENTENCE) == WORDS.fault(fault)


def test_a_refused_configuration_is_admitted_without_hiding_the_points() -> None:
    view = hotspots_view(normal_states(), faults=[SelfFault(Fault.CONFIG_REFUSED, NOW - timedelta(minutes=3))])
    assert "Konfigurasi baru ditolak" in text(view, ids.COUNTS)
    assert text(view, ids.PLATE) == "TINGGI"


def test_providers_and_classes_have_their_own_shares() -> None:
    assert text(normal_day(), ids.PROVIDERS) == "Penyedia A 95,5 472/494 Penyedia B 98,8 167/169"
    assert text(normal_day(), ids.CLASSES).startswith("7 pesisir 37,5 3/8 20 layanan")


def test_the_window_of_now_says_how_many_points_and_what_comes_next() -> None:
    assert text(normal_day(), ids.DARK) == "Kini Zuhur 11.50–12.20 58 titik berikut Asar 15.06"
    between = hotspots_view(calm_states(), planned=prayer_times_of_today()[2:])
    assert text(between, ids.DARK) == "Tidak ada jendela kini berikut Asar 15.06"
    assert text(hotspots_view(calm_states(), planned=()), ids.DARK) == "Tidak ada jendela hari ini"


def test_the_first_window_of_tomorrow_carries_its_date_and_no_box_on_todays_axis() -> None:
    fajr = prayer_times_of_today()[0]
    tomorrow = replace(fajr, start=fajr.start + timedelta(days=1), end=fajr.end + timedelta(days=1))
    view = hotspots_view(calm_states(), planned=[tomorrow])
    assert text(view, ids.DARK) == "Tidak ada jendela kini berikut Subuh 24 Nov 04.20"
    assert to_html(drawn(view)[ids.DARK_BAR]).count("<i") == 0


@pytest.mark.parametrize(
    ("counts", "looks_like"),
    [
        (HotspotCounts(), None),
        (HotspotCounts(planned_off=2), Condition.PLANNED),
        (HotspotCounts(no_data=2), Condition.NO_DATA),
        (HotspotCounts(normal=1, no_data=1), Condition.DOWN),
        (HotspotCounts(normal=9, no_internet=1), Condition.DEGRADED),
        (HotspotCounts(normal=1, slow=1, full=1), Condition.NORMAL),
        (HotspotCounts(no_internet=2), Condition.DOWN),
        (HotspotCounts(normal=97, down=3, planned_off=50), Condition.NORMAL),
    ],
)
def test_a_place_is_judged_by_who_reports_of_those_expected(counts: HotspotCounts, looks_like: Condition | None) -> None:
    assert hotspots_condition(counts) is looks_like


def test_every_point_of_the_shipped_register_stands_inside_the_map() -> None:
    placed = spots_of(hotspots_view(calm_states()).points)
    assert len(placed) == 705
    assert all(0 < spot.x < WIDTH and 0 < spot.y < HEIGHT for _, spot in placed)
    lestari = [spot for point, spot in placed if point.kelurahan == "64.74.02.1005"]
    assert all(INSET.left < spot.x < WIDTH and INSET.top < spot.y < HEIGHT for spot in lestari)


def test_a_coordinate_outside_the_scheme_stands_at_its_border() -> None:
    point = replace_place(hotspots_view(calm_states()).points[0], latitude=5.0, longitude=100.0)
    ((_, spot),) = spots_of([point])
    assert spot == MAP.clamped(spot)


def replace_place(point: HotspotPoint, *, latitude: float, longitude: float) -> HotspotPoint:
    return point._replace(latitude=latitude, longitude=longitude)


def test_a_point_at_latitude_zero_has_a_place() -> None:
    point = replace_place(hotspots_view(calm_states()).points[0], latitude=0.0, longitude=117.5)
    assert len(spots_of([point])) == 1


def test_a_kelurahan_that_the_screen_does_not_know_still_has_its_points_and_its_row() -> None:
    strangers = [each._replace(kelurahan="99.99.99.9999") for each in register()[:3]]
    states = {each.key: HotspotState.NORMAL for each in strangers}
    view = hotspots_view(states, hotspots=strangers)
    assert shadows(to_html(drawn(view)[ids.dots(ids.ELSEWHERE)]), "t") == 3
    assert "99.99.99.9999" not in KELURAHAN


def test_two_great_causes_are_counted_with_all_their_children() -> None:
    states = crisis_states()
    second = cause("induk:penyedia-b-utara", children=30, short_name="Penyedia B Utara", name="Uplink Penyedia B, Bontang Utara")
    view = hotspots_view(states, causes=[crisis_cause(states), second])
    assert text(view, ids.CAUSE) == "2 gangguan: 292 titik"


def test_simulated_data_are_marked() -> None:
    assert text(normal_day(), "wifi-kop-tanda") == "simulasi"


def test_english_words_fill_the_same_screen() -> None:
    english = words_for(Language.ENGLISH, ZoneInfo("Asia/Makassar"))
    regions = WIFI.regions(crisis(), english)
    assert to_text(regions[ids.SENTENCE]) == "Penyedia A Selatan: 262 hotspots down, one cause"
    assert to_text(regions[ids.CAUSE]) == "1 incident: Penyedia A Selatan, 262 hotspots"
