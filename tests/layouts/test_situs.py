"""The sites screen says what is wrong, worst first, and never shows as good what it does not know."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from command_centre.domain.reading import Reason
from command_centre.read.views import CertificateMark, Condition, Fault, SelfFault, SitesView
from layouts import SCREENS, SITUS
from layouts.parts.node import Children
from layouts.wall.situs import ids
from layouts.wall.situs.grid import Heading, lay_out
from layouts.wording import Language, words_for
from tests.support.dash_html import classes, ids_in, to_text
from tests.support.wall_views import NOW, calm_tiles, crisis_tiles, normal_day_tiles, sites_view, tile

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))


def drawn(view: SitesView) -> dict[str, Children]:
    return SITUS.regions(view, WORDS)


def text(view: SitesView, region: str) -> str:
    return to_text(drawn(view)[region])


def rows(view: SitesView) -> list[str]:
    listed = drawn(view)[ids.ABNORMAL]
    assert isinstance(listed, list)
    return [to_text(each) for each in listed]


def cells_of(view: SitesView, name: str) -> list[Children]:
    return [content for region, content in drawn(view).items() if "-petak-" in region and to_text(content).startswith(name)]


def test_every_region_has_its_container_and_every_container_its_region() -> None:
    assert set(drawn(sites_view(normal_day_tiles()))) == ids_in(SITUS.skeleton(WORDS))


@pytest.mark.parametrize("tiles", [(), normal_day_tiles(), crisis_tiles()], ids=["empty", "normal", "crisis"])
def test_every_view_fills_the_same_regions(tiles: tuple[()]) -> None:
    assert set(drawn(sites_view(tiles))) == set(drawn(sites_view(calm_tiles())))


def test_the_same_view_gives_the_same_json() -> None:
    assert json.dumps(drawn(sites_view(normal_day_tiles()))) == json.dumps(drawn(sites_view(normal_day_tiles())))


def test_a_change_of_one_site_changes_one_place_and_the_sums() -> None:
    before = normal_day_tiles()
    index = next(index for index, each in enumerate(before) if each.short_name == "Bapenda")
    after = (*before[:index], tile("Bapenda", Condition.DOWN), *before[index + 1 :])
    old, new = drawn(sites_view(before)), drawn(sites_view(after))
    changed = {region for region in new if new[region] != old[region]}
    assert len([each for each in changed if "-petak-" in each and not each.endswith("judul")]) == 2  # the site and its group
    assert changed - {ids.SENTENCE, ids.COUNTS, ids.ABNORMAL, ids.ABNORMAL_HEAD, ids.CERTIFICATES} == {
        each for each in changed if "-petak-" in each
    }


def test_the_worst_stands_first_and_among_equals_the_oldest() -> None:
    first = [row.split()[0] for row in rows(sites_view(normal_day_tiles()))]
    assert first[:3] == ["Disporapar", "Kel.", "PKM"]
    assert first.index("Beasiswa") < first.index("Simpatiku") < first.index("LPSE")  # slowest first


def test_a_row_says_why_whose_and_since_when() -> None:
    assert rows(sites_view(normal_day_tiles()))[0] == "Disporapar terputus 2 j 31 m galat 502 · Diskominfo"


def test_an_owner_goes_by_its_short_name_and_is_not_repeated_when_it_is_the_site_itself() -> None:
    office = replace(tile("DLH", Condition.DOWN), name="Dinas Lingkungan Hidup", owner="Dinas Lingkungan Hidup")
    other = replace(tile("Sampah", Condition.DOWN, minutes=5), owner="Dinas Lingkungan Hidup")
    assert rows(sites_view((office, other))) == ["DLH terputus 26 m waktu habis", "Sampah terputus 5 m waktu habis · DLH"]


def test_the_list_counts_what_it_cannot_hold() -> None:
    listed = rows(sites_view(crisis_tiles()))
    down = sum(each.condition is Condition.DOWN for each in crisis_tiles())
    shown = sum("tidak terjangkau" in row or "galat" in row for row in listed)
    assert f"… dan {down - shown} lainnya" in listed
    assert any(row.startswith("9 lambat terlama LPSE 8,1 dtk") for row in listed)


def test_a_site_without_data_is_hatched_and_has_no_number() -> None:
    (cell,) = cells_of(sites_view(normal_day_tiles()), "DSPM")
    assert "k-nodata" in classes(cell)
    assert "k-normal" not in classes(cell)
    assert to_text(cell) == "DSPM"


def test_a_site_without_address_is_neither_good_nor_bad() -> None:
    (cell,) = cells_of(sites_view((tile("Metrologi", Condition.NO_ADDRESS),)), "Metrologi")
    assert "k-tanpaalamat" in classes(cell)
    assert to_text(cell) == "Metrologi –"


@pytest.mark.parametrize("condition", list(Condition))
def test_every_condition_has_its_own_shape_or_is_plainly_quiet(condition: Condition) -> None:
    (cell,) = cells_of(sites_view((tile("Satu", condition),)), "Satu")
    has_glyph = "cc-glif" in classes(cell)
    assert has_glyph is (condition not in (Condition.NORMAL, Condition.NO_ADDRESS))


@pytest.mark.parametrize("condition", list(Condition))
def test_only_a_tile_that_speaks_of_now_can_grow_old(condition: Condition) -> None:
    seen = replace(tile("Satu", condition), last_seen=NOW)
    (cell,) = cells_of(sites_view((seen,)), "Satu")
    speaks = condition in (Condition.NORMAL, Condition.SLOW, Condition.DEGRADED, Condition.DOWN)
    assert ("data-last" in json.dumps(cell)) is speaks


def test_a_certificate_about_to_expire_is_a_clock_and_slowness_a_triangle() -> None:
    (certificate,) = cells_of(sites_view((tile("Satu", Condition.DEGRADED, Reason.CERT_EXPIRING),)), "Satu")
    (slow,) = cells_of(sites_view((tile("Satu", Condition.SLOW, seconds=5.2),)), "Satu")
    assert "k-sert-glif" in classes(certificate)
    assert "k-sert-glif" not in classes(slow)
    assert to_text(slow) == "Satu 5,2"


def test_the_sentence_names_one_site_and_counts_the_lesser_trouble() -> None:
    view = sites_view((tile("Kel. Loktuan", Condition.DOWN), tile("LPSE", Condition.SLOW), tile("DLH")))
    assert text(view, ids.SENTENCE) == "Situs Kel. Loktuan terputus, 1 lambat"
    assert text(view, ids.COUNTS) == "2 aktif, 3 terukur, 3 diharapkan 1 terputus 1 lambat"


def test_when_nothing_is_wrong_the_plate_is_calm() -> None:
    plate = drawn(sites_view(calm_tiles()))[ids.PLATE]
    assert to_text(plate) == "NORMAL"
    assert "k-tenang" in classes(plate)


def test_nothing_measured_is_not_normal() -> None:
    view = sites_view((tile("DLH", Condition.NO_DATA), tile("DPK", Condition.NO_ADDRESS)))
    assert text(view, ids.PLATE) == "TANPA DATA"
    assert text(view, ids.SENTENCE) == "Belum ada situs yang terukur"


def test_an_empty_register_says_so_and_what_to_do() -> None:
    view = sites_view(())
    assert text(view, ids.SENTENCE) == "Belum ada situs dalam daftar"
    assert "sites.csv" in text(view, ids.COUNTS)


def test_all_sites_inside_a_planned_window_is_neither_trouble_nor_normal() -> None:
    view = sites_view((tile("DLH", Condition.PLANNED),))
    assert text(view, ids.SENTENCE) == "Semua situs sedang mati terjadwal"
    assert "NORMAL" not in text(view, ids.PLATE)


@pytest.mark.parametrize("fault", [Fault.OWN_UPLINK, Fault.COLLECTOR_SILENT, Fault.STORAGE])
def test_our_own_blindness_takes_the_verdict(fault: Fault) -> None:
    view = sites_view(calm_tiles(), faults=[SelfFault(fault, NOW - timedelta(minutes=3))])
    assert text(view, ids.PLATE) == "TANPA DATA"
    assert text(view, ids.SENTENCE) == WORDS.fault(fault)
    assert text(view, ids.COUNTS).startswith("Sejak 12.01:")


def test_a_refused_configuration_is_admitted_without_hiding_the_city() -> None:
    view = sites_view(normal_day_tiles(), faults=[SelfFault(Fault.CONFIG_REFUSED, NOW - timedelta(minutes=3))])
    assert text(view, ids.PLATE) == "TERPUTUS"
    assert "Konfigurasi baru ditolak" in text(view, ids.COUNTS)


def test_a_site_keeps_its_place_whatever_happens_to_it() -> None:
    calm, bad = lay_out(calm_tiles()), lay_out(crisis_tiles())
    names = [
        [each.short_name for each in grid.cells if each is not None and not isinstance(each, Heading)] for grid in (calm, bad)
    ]
    assert names[0] == names[1]


def test_too_many_sites_show_the_worst_and_say_how_many_are_hidden() -> None:
    many = [
        tile(f"S{index}", Condition.DOWN if index % 50 == 0 else Condition.NORMAL, group=f"G{index % 7}") for index in range(5000)
    ]
    grid = lay_out(many)
    shown = [each for each in grid.cells if each is not None and not isinstance(each, Heading)]
    assert len(grid.cells) == ids.CELLS
    assert sum(each.condition is Condition.DOWN for each in shown) == 100
    assert grid.hidden == 5000 - len(shown)
    assert (
        text(sites_view(many), ids.GRID_HEAD)
        == f"Semua situs {WORDS.number(grid.hidden)} tidak ditampilkan, yang terburuk didahulukan"
    )


def test_a_heading_counts_its_whole_group_with_its_denominator() -> None:
    headings = [each for each in lay_out(normal_day_tiles()).cells if isinstance(each, Heading)]
    assert [(each.name, each.active, each.measured) for each in headings][:2] == [("OPD", 38, 39), ("Kecamatan", 3, 3)]


def test_a_heading_does_not_stand_alone_at_the_foot_of_a_column_while_there_is_room() -> None:
    cells = lay_out([*(tile(f"A{index}", group="A") for index in range(19)), tile("B", group="B")]).cells
    assert cells[ids.ROWS - 1] is None
    assert isinstance(cells[ids.ROWS], Heading)


def test_the_next_certificates_are_named_with_the_days_first() -> None:
    marks = [CertificateMark(tile("DLH").key, name, days) for name, days in (("SMPN 4", 9.9), ("Baznas", -0.5), ("DLH", 60.0))]
    assert text(sites_view((tile("DLH"),), certificates=marks), ids.CERTIFICATES).endswith(
        "habis Baznas · 9\u00a0h SMPN 4".replace("\u00a0", " ")
    )


def test_ages_carry_their_beginning_for_the_browser() -> None:
    html = json.dumps(drawn(sites_view(normal_day_tiles()))[ids.ABNORMAL])
    began = int((NOW - timedelta(minutes=151)).timestamp() * 1000)
    assert f'"data-since": "{began}"' in html
    assert "cc-umur" in html


def test_simulated_data_are_marked() -> None:
    assert text(sites_view(calm_tiles()), "situs-kop-tanda") == "simulasi"


def test_english_words_fill_the_same_screen() -> None:
    english = words_for(Language.ENGLISH, ZoneInfo("Asia/Makassar"))
    regions = SITUS.regions(sites_view(normal_day_tiles()), english)
    assert to_text(regions[ids.SENTENCE]) == "3 sites down, 2 degraded, 3 slow"


def test_the_catalogue_names_every_screen_and_which_has_a_far_form() -> None:
    assert list(SCREENS) == ["ringkasan", "gangguan", "situs", "wifi", "layanan"]
    assert SCREENS["situs"].needs_full_tier
    assert SCREENS["wifi"].needs_full_tier
    assert not SCREENS["ringkasan"].needs_full_tier
