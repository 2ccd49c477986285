"""The console's pure parts: addresses, deeds and who may do them, and what is shown of what was written elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from command_centre.commands import Actor, Commands
from command_centre.domain.incident import IncidentId
from command_centre.domain.person import Person, Right, Role
from command_centre.domain.rule import Severity
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.read.incident_story import IncidentStories
from command_centre.read.incidents import Asked, IncidentQueries, Tab
from command_centre.read.target_past import Reach, TargetPasts
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import open_database
from command_centre.storage.tables import incident
from layouts.console import past_figures
from layouts.console.incidents import listing, story
from layouts.console.incidents.deeds import LENGTHS, NEEDED, Deeds, Fields, MomentError, moment_in
from layouts.console.place import PAGES, Place, place_of
from layouts.console.sheets.strangers import decision_in
from layouts.wording import Language, words_for
from layouts.wording.console import ENGLISH, INDONESIAN, console_words
from tests.support.clock import NOON, FrozenClock
from tests.support.console_desk import HOSTILE, open_incident
from tests.support.databases import sqlite_template
from tests.support.little_city import WITA, LittleCity, site

__all__ = ["sqlite_template"]

WORDS = words_for(Language.INDONESIAN, WITA)
OFFICIAL, OPERATOR = Person("pejabat", Role.OFFICIAL), Person("aminah", Role.OPERATOR)
DLH = site("Dlh")


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    LittleCity(engine, FrozenClock(), (DLH,))
    yield engine
    engine.dispose()


@pytest.fixture
def deeds(engine: Engine) -> Deeds:
    return Deeds(Commands(engine, FrozenClock()))


# -- addresses


@pytest.mark.parametrize(
    "place",
    [
        Place(),
        Place(open="12"),
        Place(query={"keadaan": "belum", "cari": "dinas & <b>", "lang": "en"}),
        *(Place(page) for page in PAGES),
        Place("target", "wifi:a/b", {"rentang": "30d"}),
    ],
    ids=lambda place: place.href,
)
def test_an_address_leads_back_to_its_place(place: Place) -> None:
    path, _, query = place.href.partition("?")
    assert place_of(path, f"?{query}" if query else "") == place


def test_filters_are_read_from_the_address() -> None:
    place = place_of("/konsol", "?keadaan=ditunda&tingkat=critical&jenis=hotspot&kelurahan=64&pemilik=A&cari=x")
    assert place.asked == Asked(Tab.SILENCED, Severity.CRITICAL, TargetKind.HOTSPOT, "64", "A", "x")


@pytest.mark.parametrize(
    "search", ["?keadaan=x&tingkat=%00&jenis=&rentang=99y", "?" + "a=b&" * 500, "?cari=" + "x" * 9000, "?%", None]
)
def test_an_address_that_means_nothing_filters_nothing(search: str | None) -> None:
    place = place_of("/konsol/insiden/../../etc/passwd", search)
    assert (place.page, place.incident, place.reach) == ("gangguan", None, Reach.DAY)
    assert (place.asked.tab, place.asked.severity, place.asked.kind) == (Tab.OPEN, None, None)
    assert len(place.asked.text) <= 100


@pytest.mark.parametrize("number", ["0x1", "-1", "1e9", "٣", "99999999999999", " 1", ""])
def test_only_a_plain_number_is_an_incident(number: str) -> None:
    assert Place(open=number).incident is None


# -- moments


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("14.00", datetime(2026, 11, 23, 14, 0, tzinfo=WITA)),
        (" 9:05 ", datetime(2026, 11, 23, 9, 5, tzinfo=WITA)),
        ("25-11-2026 14.00", datetime(2026, 11, 25, 14, 0, tzinfo=WITA)),
        ("25/11 14:00", datetime(2026, 11, 25, 14, 0, tzinfo=WITA)),
        ("2026-11-25T14:00", datetime(2026, 11, 25, 14, 0, tzinfo=WITA)),
    ],
)
def test_moments_are_read_as_people_write_them_by_the_citys_clock(written: str, means: datetime) -> None:
    assert moment_in(written, NOON, WORDS) == means


@pytest.mark.parametrize("written", ["", "besok", "24.00", "14.60", "31-02-2026 10.00", "14", "2026-13-01 10.00", "x" * 1000])
def test_a_moment_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(MomentError):
        moment_in(written, NOON, WORDS)


# -- deeds


def do(deeds: Deeds, deed: str, person: Person | None, number: IncidentId, fields: Fields | None = None) -> str:
    return deeds.do(deed, person, number, DLH.key, fields or Fields(), NOON, WORDS).text


FILLED = Fields("catatan", "lestari", "cable", "1h", "alasan", "kerja", "13.00", "14.00")


@pytest.mark.parametrize("person", [None, OFFICIAL, Person("layar", Role.WALL), Person("baru", Role.OPERATOR, must_replace=True)])
@pytest.mark.parametrize("deed", NEEDED)
def test_nobody_does_what_their_role_may_not(engine: Engine, deeds: Deeds, deed: str, person: Person | None) -> None:
    number = open_incident(engine, DLH, NOON - timedelta(minutes=5))
    assert do(deeds, deed, person, number, FILLED) == INDONESIAN.not_allowed
    with engine.connect() as connection:
        assert connection.execute(select(audit)).all() == []
        assert connection.execute(select(incident.c.acknowledged_at, incident.c.cause)).one() == (None, None)


@pytest.mark.parametrize("deed", ["terima", "tugaskan", "pln", "bukan", "sebab", "catat", "tunda", "rawat", "uji"])
def test_each_deed_of_an_operator_is_done_and_written_down(engine: Engine, deeds: Deeds, deed: str) -> None:
    number = open_incident(engine, DLH, NOON - timedelta(minutes=5))
    assert do(deeds, deed, OPERATOR, number, FILLED) == INDONESIAN.done[deed]
    with engine.connect() as connection:
        row = connection.execute(select(audit)).one()
    assert (row.actor, row.via) == ("aminah", "console")


def test_what_was_promised_can_be_ended(engine: Engine, deeds: Deeds) -> None:
    number = open_incident(engine, DLH, NOON - timedelta(minutes=5))
    for deed, ends in (("terima", "batal"), ("tunda", "akhiri-tunda:1"), ("rawat", "akhiri-rawat:1")):
        do(deeds, deed, OPERATOR, number, FILLED)
        assert do(deeds, ends, OPERATOR, number) == INDONESIAN.done[ends.partition(":")[0]]
    assert do(deeds, "akhiri-tunda:1", OPERATOR, number) == INDONESIAN.unknown
    assert do(deeds, "akhiri-tunda:x", OPERATOR, number) == INDONESIAN.unknown


@pytest.mark.parametrize(
    ("deed", "fields", "says"),
    [
        ("catat", Fields(note="  "), INDONESIAN.words_needed),
        ("tugaskan", Fields(), INDONESIAN.words_needed),
        ("tunda", Fields(length="1h"), INDONESIAN.words_needed),
        ("tunda", Fields(length="999h", reason="x"), INDONESIAN.refused),
        ("sebab", Fields(cause="hantu"), INDONESIAN.refused),
        ("rawat", Fields(work="x", work_from="13.00", work_until="besok"), INDONESIAN.bad_moment),
        ("rawat", Fields(work="x", work_from="14.00", work_until="13.00"), INDONESIAN.bad_plan),
        ("rawat", Fields(work="", work_from="13.00", work_until="14.00"), INDONESIAN.words_needed),
        ("hapus", Fields(), INDONESIAN.not_allowed),
    ],
)
def test_a_deed_that_makes_no_sense_changes_nothing_and_says_why(
    engine: Engine, deeds: Deeds, deed: str, fields: Fields, says: str
) -> None:
    number = open_incident(engine, DLH, NOON - timedelta(minutes=5))
    assert do(deeds, deed, OPERATOR, number, fields) == says


def test_what_is_over_stays_over_but_can_still_be_explained(engine: Engine, deeds: Deeds) -> None:
    number = open_incident(engine, DLH, NOON - timedelta(minutes=50), resolved_at=NOON)
    assert do(deeds, "terima", OPERATOR, number) == INDONESIAN.too_late
    assert do(deeds, "pln", OPERATOR, number) == INDONESIAN.done["pln"]
    assert do(deeds, "catat", OPERATOR, number, FILLED) == INDONESIAN.done["catat"]


def test_every_deed_has_a_right_and_every_length_its_words() -> None:
    assert set(NEEDED) == set(INDONESIAN.done) == set(ENGLISH.done)
    assert set(LENGTHS) == set(INDONESIAN.lengths) == set(ENGLISH.lengths)
    assert all(not OFFICIAL.may(right) and OPERATOR.may(right) for right in NEEDED.values())
    assert Right.RECHECK in NEEDED.values()


@pytest.mark.parametrize(
    "index", ["", "[]", '["jadikan"]', '["hapus","a","b"]', '["jadikan",1,"b"]', "null", "{", '{"a":1}', "[[],2,3]"]
)
def test_a_decision_that_no_button_says_is_none(index: str) -> None:
    assert decision_in(index) is None


# -- what is shown


def text_of(component: object) -> str:
    """Everything that the component shows, in order; anything that would be read as markup is an error."""
    if component is None or isinstance(component, str | int | float):
        return f"{component or ''} "
    if isinstance(component, list | tuple):
        return "".join(text_of(each) for each in component)
    properties = component.to_plotly_json()  # type: ignore[attr-defined]
    assert "dangerously_allow_html" not in properties["props"]
    assert properties["type"] not in ("Markdown", "Iframe", "Script"), properties["type"]
    return text_of(properties["props"].get("children"))


def test_what_a_hacked_page_says_stays_text(engine: Engine) -> None:
    """Stored script in the name, the detail, the note, the evidence and the owner."""
    clock = FrozenClock()
    hostile = site(HOSTILE)
    LittleCity(engine, clock, (DLH, hostile))
    number = open_incident(engine, hostile, NOON - timedelta(minutes=5), text=HOSTILE, owner=HOSTILE)
    Commands(engine, clock).annotate(number, Actor(HOSTILE, "console"), HOSTILE)
    told = IncidentStories(engine, clock).story(number)
    view = IncidentQueries(engine, WITA, clock).incidents(Asked(), "")
    assert told is not None
    place = Place(open=str(number))
    shown = [
        story.head(told, place, WORDS),
        story.chronology(told, WORDS),
        story.symptoms(told, place, OPERATOR, WORDS),
        listing.listing(view, place, WORDS),
        listing.beside(view, place, WORDS),
    ]
    assert text_of(shown).count("<script>") >= 5  # there as letters, in every part


def test_evidence_is_for_operators(engine: Engine) -> None:
    number = open_incident(engine, DLH, NOON - timedelta(minutes=5))
    told = IncidentStories(engine, FrozenClock()).story(number)
    assert told is not None
    assert INDONESIAN.evidence_hidden in text_of(story.symptoms(told, Place(), OFFICIAL, WORDS))
    assert INDONESIAN.evidence_hidden not in text_of(story.symptoms(told, Place(), OPERATOR, WORDS))


def test_the_chart_breaks_where_nothing_was_told_and_marks_the_event(engine: Engine) -> None:
    clock = FrozenClock()
    city = LittleCity(engine, clock, (DLH,))
    for minute in (-30, -29, -10, -9):
        city.see("Dlh", at=NOON + timedelta(minutes=minute))
    number = open_incident(engine, DLH, NOON - timedelta(minutes=20))
    told = IncidentStories(engine, clock).story(number)
    assert told is not None
    past = TargetPasts(engine, WITA, clock).past(DLH.key, story.chart_interval(told))
    assert past is not None
    figure = story.chart(told, past, WORDS, "gelap")
    line = next(each for each in figure["data"] if each["type"] == "scatter")
    assert None in line["y"]
    assert line["connectgaps"] is False
    assert [each["text"] for each in figure["layout"]["annotations"]] == ["mulai 11.40"]
    assert past_figures.empty("gelap")["data"] == []
    assert TargetPasts(engine, WITA, clock).past(TargetKey("x"), story.chart_interval(told)) is None


def test_both_languages_say_everything() -> None:
    for language in Language:
        say = console_words(language)
        assert all(bool(getattr(say, name)) for name in type(say).__slots__)
        assert set(say.pages) == set(INDONESIAN.pages)
        assert set(say.quality) == set(say.quality_meaning) == set(INDONESIAN.quality)
