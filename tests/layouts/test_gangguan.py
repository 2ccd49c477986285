"""The screen of incidents: what nobody has stands first, who has the rest, what is held back, how much comes in."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from command_centre.domain.reading import Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKind
from command_centre.read.views import Fault, SelfFault
from command_centre.read.wall_incidents import Flood, Held, IncidentsView
from layouts import GANGGUAN
from layouts.parts.node import Children
from layouts.wall.gangguan import ids
from layouts.wall.gangguan.render import SHOWN
from layouts.wording import Language, words_for
from layouts.wording.incidents import ENGLISH, INDONESIAN
from tests.support.dash_html import classes, ids_in, to_text
from tests.support.incident_views import NORMAL, crisis_view, incidents_view, load
from tests.support.wall_views import NOW, incident

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))


def drawn(view: IncidentsView) -> dict[str, Children]:
    return GANGGUAN.regions(view, WORDS)


def text(view: IncidentsView, region: str) -> str:
    return to_text(drawn(view)[region])


def test_every_region_has_its_container_and_every_container_its_region() -> None:
    assert set(drawn(incidents_view(NORMAL))) == ids_in(GANGGUAN.skeleton(WORDS))


def test_the_same_view_gives_the_same_json() -> None:
    assert json.dumps(drawn(crisis_view())) == json.dumps(drawn(crisis_view()))


def test_a_row_says_how_urgent_where_what_whose_who_has_it_and_who_is_next() -> None:
    told = text(incidents_view(NORMAL), ids.LIST)
    assert told.startswith(
        "KRITIS Situs DKUKMP BELUM DITERIMA 12 m terputus, judol terindikasi · CSIRT Bontang lalu Kabid Infrastruktur 12.07"
    )
    assert "KRITIS Listrik Loktuan diterima S. Aminah 11.44 26 m 27 titik terputus , waktu habis · Penyedia A" in told


def test_whoever_has_it_needs_nobody_next() -> None:
    row = replace(NORMAL[0], acknowledged_at=NOW, acknowledged_by="Ani")
    told = text(incidents_view([row]), ids.LIST)
    assert "lalu" not in told
    assert "diterima Ani 12.04" in told


def test_only_a_new_critical_incident_that_nobody_has_blinks() -> None:
    def blinks(*rows: object) -> bool:
        return "cc-baru" in classes(drawn(incidents_view(rows))[ids.LIST])  # type: ignore[arg-type]

    new = incident(1, "A", minutes=3, severity=Severity.CRITICAL)
    assert blinks(new)
    assert not blinks(replace(new, acknowledged_at=NOW))
    assert not blinks(replace(new, opened_at=NOW - timedelta(minutes=16)))
    assert not blinks(replace(new, severity=Severity.WARNING))


@pytest.mark.parametrize(
    ("taken", "sentence"),
    [
        ((), "3 gangguan, belum satu pun diterima"),
        ((0,), "2 dari 3 gangguan belum diterima"),
        ((0, 1, 2), "3 gangguan, semua sudah diterima"),
    ],
)
def test_the_sentence_says_what_waits_for_somebody(taken: tuple[int, ...], sentence: str) -> None:
    rows = [incident(index, name, taken=1 if index in taken else None) for index, name in enumerate(("A", "B", "C"))]
    assert text(incidents_view(rows), ids.SENTENCE) == sentence


def test_a_single_incident_is_named() -> None:
    assert text(incidents_view([incident(1, "Dishub")]), ids.SENTENCE) == "Dishub belum diterima"
    assert text(incidents_view([incident(1, "Dishub", taken=1)]), ids.SENTENCE) == "Dishub sudah diterima"


def test_a_crisis_lists_what_fits_and_says_of_how_many() -> None:
    view = crisis_view()
    assert view.open > SHOWN
    assert text(view, ids.LIST_HEAD) == f"Gangguan {SHOWN} dari {view.open}"
    assert text(view, ids.LIST).count("BELUM DITERIMA") == SHOWN


def test_a_flood_is_said_in_the_verdict_and_in_the_load() -> None:
    view = crisis_view()
    assert text(view, ids.SUPPORT).startswith("Banjir alarm sejak 11.53: 268 dalam 10 menit.")
    assert "Banjir alarm SEJAK 11.53" in text(view, ids.LOAD)
    assert "Banjir alarm > 10 dalam 10 m tidak" in text(incidents_view(NORMAL), ids.LOAD)


def test_the_load_stands_beside_its_limits_and_what_is_over_them_is_marked() -> None:
    calm = incidents_view([], burden=load(7, answer=6))
    assert text(calm, ids.LOAD_HEAD) == "Beban giliran 06.00–14.00 ISA-18.2"
    assert text(calm, ids.LOAD).startswith("Untuk petugas paling banyak 12 7 Sampai diterima sasaran 10 m 6 m")
    assert "lewat" not in classes(drawn(calm)[ids.LOAD])
    busy = incidents_view(NORMAL, burden=load(23, answer=18, chattering=("situs:simpeg", "situs:lpse")))
    assert "Alarm berulang simpeg +1" in text(busy, ids.LOAD)
    assert "Lebih dari 24 jam 1" in text(busy, ids.LOAD)
    assert classes(drawn(busy)[ids.LOAD]).count("lewat") == 4


def test_nothing_answered_is_a_dash_and_never_a_zero() -> None:
    assert "Sampai diterima sasaran 10 m –" in text(incidents_view([], burden=load(2, answer=None)), ids.LOAD)


def test_what_is_held_back_is_counted_by_reason() -> None:
    held = Held(merged=262, silenced=2, planned=1, minor=14)
    told = text(incidents_view(NORMAL, held=held), ids.HELD)
    assert told == "digabung ke penyebabnya 262 ditunda 2 terjadwal 1 untuk laporan pagi 14"
    assert text(incidents_view(NORMAL, held=Held()), ids.HELD) == "Tidak ada yang ditahan"


def test_calm_is_grey_and_says_since_when() -> None:
    view = incidents_view((), held=Held())
    assert text(view, ids.PLATE) == "NORMAL"
    assert "k-tenang" in classes(drawn(view)[ids.PLATE])
    assert text(view, ids.LIST) == "Tidak ada gangguan aktif."
    assert "06.42" in text(view, ids.SUPPORT)


def test_nothing_is_called_calm_while_we_are_blind() -> None:
    unseen = incidents_view((), is_seen=False)
    assert text(unseen, ids.PLATE) == "TANPA DATA"
    blind = incidents_view((), faults=(SelfFault(Fault.COLLECTOR_SILENT, NOW - timedelta(minutes=3)),))
    for view in (unseen, blind):
        assert "k-tenang" not in classes(drawn(view)[ids.PLATE])
        assert "Tidak ada gangguan" not in text(view, ids.LIST)


def test_our_own_blindness_is_named_and_never_called_262_hotspots_down() -> None:
    """S7"""
    row = replace(
        incident(1, "Titik 7", severity=Severity.CRITICAL, key="collector:hotspot", status=Status.UNKNOWN),
        is_blind=True,
        kind=TargetKind.HOTSPOT,
        children=705,
    )
    told = text(incidents_view([row]), ids.LIST)
    assert "Pemantauan titik Wi-Fi" in told
    assert "tidak ada data dari 705" in told
    assert "terputus" not in told


def test_no_phone_number_and_no_address_stands_on_the_wall() -> None:
    row = replace(NORMAL[0], detail="10.77.0.3 http://dkukmp.bontangkota.go.id/slot 0812-3456-7890")
    told = " ".join(to_text(each) for each in drawn(incidents_view([row, *NORMAL])).values())
    assert not re.search(r"https?:|\d+\.\d+\.\d+\.\d+|08\d\d-", told)


def test_every_word_exists_in_both_languages() -> None:
    english = words_for(Language.ENGLISH, ZoneInfo("Asia/Makassar"))
    told = to_text(GANGGUAN.regions(incidents_view(NORMAL), english)[ids.LIST])
    assert "NOT TAKEN" in told
    assert "then Kabid Infrastruktur" in told
    pairs = [(getattr(INDONESIAN, name), getattr(ENGLISH, name)) for name in INDONESIAN.__slots__]
    assert all(mine and other for mine, other in pairs)
    same_places = [set(re.findall(r"{\w+}", mine)) == set(re.findall(r"{\w+}", other)) for mine, other in pairs]
    assert all(same_places)


def test_a_flood_without_open_incidents_is_still_said() -> None:
    view = incidents_view((), flood=Flood(NOW - timedelta(minutes=4), 12))
    assert "Banjir alarm sejak 12.00: 12 dalam 10 menit." in text(view, ids.SUPPORT)
