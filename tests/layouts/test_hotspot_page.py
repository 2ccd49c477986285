"""The page of one hotspot: facts in words, absence as absence, gaps as gaps."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from command_centre.domain.availability import Account
from command_centre.domain.calendar import Interval
from command_centre.domain.hotspot import HotspotState
from command_centre.domain.reading import Reason, Source, Status
from command_centre.domain.target import Parent, ParentKind, TargetKey
from command_centre.read.details import AvailabilityBar, HotspotDetail, HotspotHistory, Period, Said, Stretch
from command_centre.read.views import Step
from layouts.console.hotspot import figures, ids, page
from layouts.theme import CHART_COLOURS
from layouts.wording import Language, words_for
from tests.support.dash_html import to_text
from tests.support.wall_views import NOW

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))
TOKENS = Path(__file__).parents[2] / "layouts" / "assets" / "tokens.css"
HOUR = timedelta(hours=1)

DETAIL = HotspotDetail(
    key=TargetKey("wifi:utara-0001"),
    name="Taman Adipura 1",
    owner="Diskominfo",
    kelurahan="64.74.01.1006",
    settlement=None,
    latitude=0.0,
    longitude=117.48921,
    provider="Penyedia A",
    class_mbps="50",
    place_type="ruang publik",
    capacity=30,
    parents=(Parent(TargetKey("induk:a"), ParentKind.UPLINK, "Uplink Penyedia A, Bontang Utara", "A Utara", "Penyedia A"),),
    register_source="sintetis",
    state=HotspotState.DOWN,
    reason=Reason.TIMEOUT,
    since=NOW - timedelta(minutes=26),
    last_seen=NOW - timedelta(seconds=20),
    planned_until=None,
    sources=(
        Said(Source.MQTT, NOW - HOUR, Status.UP, Reason.OK, "", {"clients_total": 12, "in_bits_per_second": 8.44e6, "x": 1}),
    ),
    generated_at=NOW,
    is_simulated=True,
)
HISTORY = HotspotHistory(
    period=Period.DAY,
    start=NOW - 24 * HOUR,
    end=NOW,
    capacity=30,
    class_bits_per_second=50e6,
    clients=(Step(NOW - 3 * HOUR, 12.0), Step(NOW - 2 * HOUR, None), Step(NOW - HOUR, 31.0)),
    download=(Step(NOW - HOUR, 20e6),),
    upload=(Step(NOW - HOUR, 5e6), Step(NOW - timedelta(minutes=5), None)),
    stretches=(
        Stretch(NOW - 24 * HOUR, NOW - 4 * HOUR, HotspotState.NO_DATA),
        Stretch(NOW - 4 * HOUR, NOW - 3 * HOUR, HotspotState.PLANNED_OFF),
        Stretch(NOW - 3 * HOUR, NOW, HotspotState.NORMAL),
    ),
    planned=(Interval(NOW - 4 * HOUR, NOW - 3 * HOUR),),
    bars=(
        AvailabilityBar(NOW - 4 * HOUR, NOW - 3 * HOUR, None, None),
        AvailabilityBar(NOW - 3 * HOUR, NOW - 2 * HOUR, 0.5, 1.0),
        AvailabilityBar(NOW - 2 * HOUR, NOW - HOUR, 0.0, 1.0),
        AvailabilityBar(NOW - HOUR, NOW, 1.0, 0.9),
    ),
    whole=Account(up=timedelta(minutes=9999), down=timedelta(minutes=1), unknown=timedelta(minutes=500)),
)


def test_the_head_names_the_hotspot_its_state_and_why() -> None:
    assert to_text(page.head(DETAIL, WORDS)) == "Taman Adipura 1 simulasi Peta Wi-Fi terputus 26 m, waktu habis"


def test_planned_time_says_until_when() -> None:
    planned = replace(DETAIL, state=HotspotState.PLANNED_OFF, planned_until=NOW + HOUR)
    assert page.state_text(planned, WORDS) == "mati terjadwal, s.d. 13.04"


def test_what_is_not_in_the_register_is_said_and_the_rest_stays_empty() -> None:
    assert to_text(page.head(None, WORDS)).startswith("Titik Wi-Fi ini tidak ada dalam daftar")
    assert (page.facts(None, WORDS), page.sources(None, WORDS), page.summary(None, WORDS)) == ("", [], [])


def test_facts_are_those_of_the_register_and_latitude_zero_is_a_coordinate() -> None:
    told = to_text(page.facts(DETAIL, WORDS))
    assert "Kelurahan Api-Api Penyedia Penyedia A Kelas 50 Mbps" in told
    assert "Koordinat 0,00000; 117,48921" in told
    assert told.endswith("Asal data data contoh")
    nowhere = to_text(page.facts(replace(DETAIL, latitude=None, kelurahan=None, class_mbps="", parents=()), WORDS))
    assert "Kelurahan – " in nowhere
    assert "Koordinat – " in nowhere


def test_a_source_is_told_with_its_figures_in_units_that_people_read() -> None:
    assert to_text(page.sources(DETAIL, WORDS)).endswith("MQTT 11.04 normal perangkat 12 · unduh Mbps 8,4")
    assert "Belum ada sumber yang melapor" in to_text(page.sources(replace(DETAIL, sources=()), WORDS))


def test_availability_is_rounded_down_and_carries_its_coverage() -> None:
    assert to_text(page.summary(HISTORY, WORDS)) == "ketersediaan 99,99 % , cakupan 95,2 %"
    unwatched = replace(HISTORY, whole=Account(unknown=HOUR))
    assert to_text(page.summary(unwatched, WORDS)) == "ketersediaan tidak terukur , cakupan 0,0 %"


@pytest.mark.parametrize("theme", list(CHART_COLOURS))
def test_a_gap_stays_a_gap_and_times_are_those_of_the_city(theme: str) -> None:
    figure = figures.clients(HISTORY, WORDS, theme)
    line = next(each for each in figure["data"] if each["type"] == "scatter")
    assert line["y"] == [12.0, None, 31.0]
    assert line["connectgaps"] is False
    assert line["x"][0] == "2026-11-23T09:04:31"
    assert json.loads(json.dumps(figure)) == figure


def test_planned_time_is_a_hatched_band_over_the_whole_height() -> None:
    band = figures.clients(HISTORY, WORDS, "gelap")["data"][0]
    assert band["marker"]["pattern"]["shape"] == "/"
    assert (band["x"], band["width"]) == (["2026-11-23T08:04:31"], [3_600_000.0])
    month = replace(HISTORY, period=Period.MONTH)
    assert all(each["type"] == "scatter" for each in figures.clients(month, WORDS, "gelap")["data"])


def test_the_newest_value_stands_at_the_end_of_its_line_and_nothing_after_a_gap() -> None:
    labels = [each["text"] for each in figures.traffic(HISTORY, WORDS, "gelap")["layout"]["annotations"]]
    assert labels == ["Kelas 50", "<b>20</b> unduh"]


def test_the_scale_holds_the_capacity_and_whatever_exceeds_it() -> None:
    low, high = figures.clients(HISTORY, WORDS, "gelap")["layout"]["yaxis"]["range"]
    assert (low, high) == (0, pytest.approx(31 * 1.12))


def test_a_stretch_nobody_watched_has_no_bar_and_no_colour() -> None:
    figure = figures.availability(HISTORY, WORDS, "gelap")
    _, bars, strip = figure["data"]
    assert bars["y"] == [50.0, 0.0, 100.0]
    colours = CHART_COLOURS["gelap"]
    assert bars["marker"]["color"] == [colours.kritis, colours.kritis, colours.data_2]
    assert strip["text"] == ["mati terjadwal", "normal"]


@pytest.mark.parametrize("draw", [figures.clients, figures.traffic, figures.availability])
@pytest.mark.parametrize("period", list(Period))
def test_an_empty_past_is_drawn_without_a_claim(draw: figures.Figure, period: Period) -> None:
    nothing = replace(
        HISTORY, period=period, clients=(), download=(), upload=(), stretches=(), planned=(), bars=(), class_bits_per_second=None
    )
    figure = draw(nothing, WORDS, "gelap")  # type: ignore[operator]
    assert [value for each in figure["data"] for value in each["y"]] == []


def test_days_are_named_in_our_own_words() -> None:
    axis = figures.clients(replace(HISTORY, period=Period.MONTH), WORDS, "gelap")["layout"]["xaxis"]
    assert axis["ticktext"][:2] == ["23 Nov", "18 Nov"]
    assert "26 Okt" not in axis["ticktext"]
    assert "29 Okt" in axis["ticktext"]


@pytest.mark.parametrize("theme", list(CHART_COLOURS))
def test_charts_have_the_colours_of_the_style_sheet(theme: str) -> None:
    sheet = re.search(rf'\[data-tema="{theme}"\]\{{(.*?)\}}', TOKENS.read_text(), re.DOTALL)
    assert sheet is not None
    tokens = dict(re.findall(r"--c-([\w-]+):(#[0-9A-Fa-f]{6})", sheet.group(1)))
    colours = CHART_COLOURS[theme]
    assert {each.name: getattr(colours, each.name) for each in fields(colours)} == {
        each.name: tokens[each.name.replace("_", "-")] for each in fields(colours)
    }


def test_the_key_is_what_the_address_ends_with() -> None:
    assert page.key_in("/titik/wifi:utara-0001") == "wifi:utara-0001"
    assert page.key_in(None) == ""
    assert ids.PREFIX == "/titik/"
