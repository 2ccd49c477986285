"""The summary screen: one true sentence, four numbers with their denominators, where, who."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Dimension
from command_centre.read.views import Condition, Counts, DimensionBar, Fault, HotspotCounts, SelfFault, SummaryView
from layouts import RINGKASAN
from layouts.parts.limits import place_condition
from layouts.parts.node import Children
from layouts.parts.verdict import SENTENCE_EM
from layouts.theme import text_width_em
from layouts.wall.ringkasan import ids
from layouts.wording import Language, words_for
from tests.support.dash_html import classes, ids_in, to_text
from tests.support.wall_views import NORMAL_INCIDENTS, NOW, calm_tiles, incident, normal_day_tiles, summary_view, tile
from tests.support.wifi_views import cause_row, crisis_cause, crisis_states, normal_states, summary_with_hotspots

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))
LONG_NAME = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Kota Bontang Kalimantan T"


def drawn(view: SummaryView) -> dict[str, Children]:
    return RINGKASAN.regions(view, WORDS)


def text(view: SummaryView, region: str) -> str:
    return to_text(drawn(view)[region])


def test_every_region_has_its_container_and_every_container_its_region() -> None:
    assert set(drawn(summary_view(normal_day_tiles(), incidents=NORMAL_INCIDENTS))) == ids_in(RINGKASAN.skeleton(WORDS))


def test_the_same_view_gives_the_same_json() -> None:
    views = [summary_view(normal_day_tiles(), incidents=NORMAL_INCIDENTS) for _ in range(2)]
    assert json.dumps(drawn(views[0])) == json.dumps(drawn(views[1]))


def test_up_to_three_sites_down_are_named_worst_and_oldest_first() -> None:
    view = summary_view(normal_day_tiles(), incidents=NORMAL_INCIDENTS)
    assert text(view, ids.SENTENCE) == "Disporapar, Kel. Loktuan dan PKM Lestari terputus"
    assert text(view, ids.PLATE) == "TINGGI"


def test_a_kelurahan_site_is_not_mistaken_for_the_kelurahan() -> None:
    view = summary_view(normal_day_tiles(), incidents=[replace(incident(1, "Satimpo"), group="Kelurahan")])
    assert text(view, ids.SENTENCE) == "Situs Kel. Satimpo terputus: waktu habis"
    assert "Situs Kel. Satimpo" in text(view, ids.INCIDENTS)


def test_one_incident_says_why() -> None:
    view = summary_view(normal_day_tiles(), incidents=[incident(1, "DKUKMP", reason=Reason.TLS_EXPIRED)])
    assert text(view, ids.SENTENCE) == "Situs DKUKMP terputus: sertifikat kedaluwarsa"


def test_many_incidents_of_one_reason_have_one_story() -> None:
    many = [incident(number, f"S{number}", reason=Reason.CONNECT_UNREACHABLE) for number in range(45)]
    assert text(summary_view(normal_day_tiles(), incidents=many), ids.SENTENCE) == "45 situs terputus: tidak terjangkau"


def test_an_incident_that_is_no_site_is_not_called_one() -> None:
    own = incident(1, "Sambungan luar", reason=Reason.OWN_UPLINK, key="self:uplink", severity=Severity.CRITICAL)
    view = summary_view(normal_day_tiles(), incidents=[own, *NORMAL_INCIDENTS])
    assert text(view, ids.SENTENCE).startswith("4 gangguan aktif: Sambungan luar")
    assert text(view, ids.PLATE) == "KRITIS"


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 120])
def test_the_sentence_fits_one_line_whatever_the_names(count: int) -> None:
    rows = [incident(number, LONG_NAME, owner=LONG_NAME) for number in range(count)]
    sentence = text(summary_view(normal_day_tiles(), incidents=rows), ids.SENTENCE)
    assert text_width_em(sentence) <= SENTENCE_EM
    assert "…" not in sentence
    assert str(count) in sentence


def test_every_number_shows_its_denominator() -> None:
    view = summary_view(normal_day_tiles(), incidents=NORMAL_INCIDENTS)
    assert text(view, ids.SITES) == "Situs OPD & kelurahan aktif 112 /115 119 diharapkan 3 5 4"


def test_what_nobody_measures_is_a_dash_and_never_a_zero() -> None:
    view = summary_view(normal_day_tiles())
    for region in (ids.HOTSPOTS, ids.SERVICES):
        assert text(view, region).endswith("– belum diukur")
        assert "0" not in text(view, region)


def test_nothing_measured_yet_is_a_dash_too() -> None:
    view = summary_view((tile("DLH", Condition.NO_DATA),))
    assert "–" in text(view, ids.SITES)
    assert text(view, ids.SENTENCE) == "Belum ada situs yang terukur"
    assert text(view, ids.PLATE) == "TANPA DATA"
    assert text(view, ids.INCIDENTS).startswith("Belum diketahui.")


def test_hotspots_take_their_place_when_they_are_measured() -> None:
    view = summary_view(normal_day_tiles())
    measured = replace(view, hotspots=HotspotCounts(normal=588, slow=31, full=21, down=14, no_data=9, planned_off=58))
    assert text(measured, ids.HOTSPOTS) == "Titik Wi-Fi melapor 640 /663 721 − 58 terjadwal 14 9"
    unplanned = replace(view, hotspots=HotspotCounts(normal=720, down=1))
    assert text(unplanned, ids.HOTSPOTS) == "Titik Wi-Fi melapor 720 /721 721 diharapkan 1"


def test_critical_incidents_are_counted_beside_the_total() -> None:
    view = summary_view(
        normal_day_tiles(), incidents=[incident(1, "A", severity=Severity.CRITICAL), incident(2, "B", minutes=50)]
    )
    assert "2 · 1 kritis" in text(view, ids.INCIDENT_COUNT)
    assert text(view, ids.INCIDENT_COUNT).endswith("terlama B, sejak 11.14")


def test_incidents_are_listed_worst_first_then_oldest_and_at_most_five() -> None:
    rows = [
        incident(1, "Baru", minutes=2),
        incident(2, "Lama", minutes=200),
        incident(3, "Parah", minutes=20, severity=Severity.CRITICAL),
        *(incident(10 + number, f"S{number}", minutes=100) for number in range(4)),
    ]
    view = summary_view(normal_day_tiles(), incidents=rows)
    listed = drawn(view)[ids.INCIDENTS]
    assert isinstance(listed, list)
    assert [to_text(each).split()[2] for each in listed] == ["Parah", "Lama", "S0", "S1", "S2"]
    assert text(view, ids.INCIDENTS_HEAD) == "Gangguan 7 aktif, terburuk di atas"


def test_only_a_fresh_critical_incident_blinks() -> None:
    def blinks(minutes: int, severity: Severity) -> bool:
        view = summary_view(normal_day_tiles(), incidents=[incident(1, "A", minutes=minutes, severity=severity)])
        return "cc-baru" in classes(drawn(view)[ids.INCIDENTS])

    assert blinks(14, Severity.CRITICAL)
    assert not blinks(16, Severity.CRITICAL)
    assert not blinks(1, Severity.WARNING)


def test_a_calm_city_says_since_when_and_what_was_resolved() -> None:
    view = summary_view(calm_tiles())
    assert text(view, ids.SENTENCE) == "Semua situs yang terukur normal"
    assert text(view, ids.SUPPORT) == "Tidak ada gangguan aktif sejak 06.42. Terukur 116 dari 120 situs."
    assert "k-tenang" in classes(drawn(view)[ids.PLATE])
    assert text(view, ids.INCIDENTS).startswith(
        "Tidak ada gangguan aktif. Selesai dalam 24 jam terakhir Situs UPT Pasar 18 m 06.42"
    )


def test_slow_sites_without_an_incident_are_admitted() -> None:
    view = summary_view((tile("LPSE", Condition.SLOW), tile("DLH")))
    assert text(view, ids.SENTENCE) == "Tidak ada gangguan aktif, 1 lambat"


def test_a_site_that_is_down_without_an_incident_is_never_calm() -> None:
    view = summary_view((tile("LPSE", Condition.DOWN), tile("DLH")))
    assert text(view, ids.PLATE) == "TERPUTUS"
    assert "k-tenang" not in classes(drawn(view)[ids.PLATE])


@pytest.mark.parametrize("fault", [Fault.OWN_UPLINK, Fault.COLLECTOR_SILENT, Fault.STORAGE])
def test_our_own_blindness_is_never_read_as_calm(fault: Fault) -> None:
    view = summary_view(calm_tiles(), faults=[SelfFault(fault, NOW - timedelta(minutes=3))])
    assert text(view, ids.PLATE) == "TANPA DATA"
    assert "k-tenang" not in classes(drawn(view)[ids.PLATE])
    assert text(view, ids.INCIDENTS).startswith("Belum diketahui.")


def test_every_kelurahan_shows_active_of_expected() -> None:
    view = summary_view(normal_day_tiles())
    assert text(view, ids.kelurahan("64.74.01.1003")) == "Loktuan 2/3"
    assert text(view, ids.kelurahan("64.74.02.1003")) == "Bbs. Pantai 2/3 1"  # one without an address
    assert text(view, ids.kecamatan("64.74.03")) == "Barat 3/4"


def test_the_tiles_and_the_sites_without_place_add_up_to_the_total() -> None:
    view = summary_view(normal_day_tiles())
    kecamatan = [text(view, ids.kecamatan(f"64.74.0{number}")).split()[1] for number in (1, 2, 3)]
    shares = [*kecamatan, text(view, ids.NOWHERE).split()[0]]
    assert sum(int(each.split("/")[0]) for each in shares) == view.sites.active
    assert sum(int(each.split("/")[1]) for each in shares) == view.sites.expected


@pytest.mark.parametrize(
    ("counts", "looks_like"),
    [
        (Counts(), None),
        (Counts(planned=2), Condition.PLANNED),
        (Counts(no_data=1, no_address=1), Condition.NO_DATA),
        (Counts(no_address=2), Condition.NO_ADDRESS),
        (Counts(normal=3, down=1), Condition.DOWN),
        (Counts(normal=29, down=1), Condition.DEGRADED),
        (Counts(normal=99, down=1), Condition.NORMAL),
        (Counts(normal=2, no_data=2), Condition.NORMAL),
    ],
)
def test_a_place_is_judged_by_what_was_measured_there(counts: Counts, looks_like: Condition | None) -> None:
    assert place_condition(counts) is looks_like


def test_unmeasured_dimensions_say_so_beside_the_official_figure() -> None:
    view = summary_view(calm_tiles())
    assert text(view, ids.DIMENSIONS_HEAD) == "Capaian enam dimensi belum terukur cakupan 0/60 , angka resmi 75 %"
    assert text(view, ids.dimension(Dimension.GOVERNANCE)) == "Tata kelola 0/10 belum terukur"
    assert "cc-arsir" in classes(drawn(view)[ids.dimension(Dimension.LIVING)])


def test_measured_dimensions_are_rounded_down() -> None:
    bars = [DimensionBar(each, 0.829, 0.746, 9, 10) for each in Dimension]
    view = summary_view(calm_tiles(), dimensions=bars)
    assert text(view, ids.dimension(Dimension.GOVERNANCE)) == "Tata kelola 9/10 82 kons. 74"
    assert "terukur 82,9 % , konservatif 74,6 %" in text(view, ids.DIMENSIONS_HEAD)


def test_an_unknown_status_is_called_unknown_in_its_row() -> None:
    row = incident(1, "DLH", status=Status.UNKNOWN, reason=Reason.SILENT)
    view = summary_view(normal_day_tiles(), incidents=[row])
    assert "tidak diketahui, tidak ada data" in text(view, ids.INCIDENTS)


def test_an_empty_city_is_drawn_without_a_single_claim() -> None:
    view = summary_view((), resolved=())
    assert text(view, ids.SENTENCE) == "Belum ada situs dalam daftar"
    assert "normal" not in " ".join(to_text(each) for region, each in drawn(view).items() if "angka" not in region).lower()


# -- with hotspots


def test_the_map_shows_the_hotspots_of_each_place_once_the_register_lists_any() -> None:
    view = summary_with_hotspots(normal_states(), normal_day_tiles())
    assert text(view, ids.MAP_HEAD) == "Wi-Fi per kelurahan melapor/diharapkan"
    assert text(view, ids.kelurahan("64.74.01.1003")) == "Loktuan 89% 61/68"
    assert text(view, ids.kelurahan("64.74.02.1004")) == "Satimpo 100% 35/35"
    assert text(view, ids.settlement("Gusung")) == "Gusung 0/2"
    assert "k-nodata" in classes(drawn(view)[ids.settlement("Gusung")])
    assert "k-terputus" in classes(drawn(view)[ids.settlement("Tihi-Tihi")])
    assert "k-lambat" in classes(drawn(view)[ids.kelurahan("64.74.01.1003")])


def test_the_places_of_hotspots_add_up_to_their_total() -> None:
    view = summary_with_hotspots(normal_states(), normal_day_tiles())
    shares = [text(view, ids.kecamatan(f"64.74.0{number}")).split()[1] for number in (1, 2, 3)]
    shares.append(text(view, ids.NOWHERE).split()[1])
    assert view.hotspots is not None
    assert sum(int(each.split("/")[0]) for each in shares) == view.hotspots.reporting
    assert sum(int(each.split("/")[1]) for each in shares) == view.hotspots.expected


def test_without_hotspots_the_map_keeps_to_the_sites_and_the_coast_stays_empty() -> None:
    view = summary_view(normal_day_tiles())
    assert text(view, ids.MAP_HEAD).startswith("Situs per kelurahan")
    assert text(view, ids.settlement("Gusung")) == ""


def test_a_shared_cause_is_one_row_with_its_children() -> None:
    states = crisis_states()
    row = cause_row(crisis_cause(states))
    view = summary_with_hotspots(states, normal_day_tiles(), incidents=[row, *NORMAL_INCIDENTS])
    assert text(view, ids.PLATE) == "KRITIS"
    assert text(view, ids.SENTENCE) == "Penyedia A Selatan: 262 titik terputus"
    assert text(view, ids.INCIDENTS).startswith("KRITIS Penyedia A Selatan 11 m 262 titik terputus , waktu habis")
    alone = summary_with_hotspots(states, normal_day_tiles(), incidents=[row])
    assert text(alone, ids.SENTENCE) == "Penyedia A Selatan: 262 titik, satu penyebab"


def test_few_hotspots_reporting_is_never_calm_even_without_an_incident() -> None:
    view = replace(summary_view(calm_tiles()), hotspots=HotspotCounts(normal=950, no_data=50))
    assert text(view, ids.PLATE) == "MENURUN"
    assert text(view, ids.SENTENCE) == "Wi-Fi melapor 95,0\u00a0%, di bawah batas 97\u00a0%"
    dark = replace(summary_view(calm_tiles()), hotspots=HotspotCounts(normal=1, down=9))
    assert text(dark, ids.PLATE) == "TERPUTUS"
    assert "k-tenang" not in classes(drawn(dark)[ids.PLATE])


def test_hotspots_that_nobody_measures_yet_make_no_claim() -> None:
    view = replace(summary_view(calm_tiles()), hotspots=HotspotCounts(no_data=721))
    assert text(view, ids.PLATE) == "NORMAL"
    assert "Wi-Fi" not in text(view, ids.SUPPORT)
    assert text(view, ids.HOTSPOTS).endswith("– belum diukur")
