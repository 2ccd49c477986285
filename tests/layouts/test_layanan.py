"""What the screen of services says: meaning, not trees."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from command_centre.domain.progress import Feed
from command_centre.domain.reading import Reason
from command_centre.read.services import Components, ServicesView
from command_centre.read.views import CityFigures, Condition, Fault, SelfFault, WorstService
from layouts import LAYANAN, RINGKASAN, SCREENS
from layouts.parts.item_clock import item_clock
from layouts.wall.layanan import ids
from layouts.wall.layanan.verdict import verdict_on
from layouts.wall.ringkasan import ids as ringkasan_ids
from layouts.wording import Language, words_for
from layouts.wording.progress import progress_words
from layouts.wording.services import ENGLISH, INDONESIAN, service_words
from tests.support.dash_html import to_text
from tests.support.service_views import calm_day, crisis, normal_day, service, services_view, unmeasured
from tests.support.wall_views import NOW, calm_tiles, counts, summary_view

WITA = ZoneInfo("Asia/Makassar")
WORDS, ENGLISH_WORDS = words_for(Language.INDONESIAN, WITA), words_for(Language.ENGLISH, WITA)


def text(view: ServicesView, region: str) -> str:
    return to_text(LAYANAN.regions(view, WORDS)[region]).replace("\u00a0", " ")


def test_the_screen_exists_in_the_full_tier_only() -> None:
    assert SCREENS["layanan"] is LAYANAN
    assert LAYANAN.needs_full_tier
    assert LAYANAN.title == "Layanan elektronik"


def test_the_day_of_the_mock_up_reads_like_it() -> None:
    view = services_view(normal_day())
    assert text(view, ids.PLATE) == "TINGGI"
    assert text(view, ids.SENTENCE) == "Perizinan lambat: 4,8 detik, antrean 41"
    assert text(view, ids.SUPPORT) == (
        "5 dari 6 layanan normal, 22 dari 22 komponen menjawab. Lewat tenggat: 1 Perizinan, 1 Pengaduan."
    )
    assert text(view, ids.row(0)) == (
        "Perizinan DPMPTSP lambat 4/4 komp. 30 hari 99,42 % 4,8 dtk biasa 1,2 41 permohonan 1 lewat tenggat, 3 jatuh hari ini"
    )
    assert text(view, ids.row(1)).endswith("9 terbuka 1×24 jam: 3 6 hari kerja: 6")
    assert text(view, ids.row(2)).endswith("2 panggilan aktif 32 selesai hari ini")
    assert text(view, ids.row(3)).endswith("29 dari 32 OPD, tenggat 30 Nov (5 hari kerja)")
    assert text(view, ids.row(5)).endswith("6 dari 6 komponen menjawab")


def test_a_service_that_is_gone_is_critical_and_says_why() -> None:
    view = services_view(crisis())
    assert text(view, ids.PLATE) == "KRITIS"
    assert text(view, ids.SENTENCE).startswith("Perizinan terputus: galat HTTP")
    assert "– biasa 1,2 –" in text(view, ids.row(0))


def test_calm_says_what_it_knows_and_no_more() -> None:
    assert text(services_view(calm_day()), ids.SENTENCE) == "Semua layanan yang terukur normal"
    assert verdict_on(services_view(calm_day()), WORDS).plate_class == "k-tenang"


def test_an_overdue_item_is_told_even_when_every_service_answers() -> None:
    rows = [replace(each, overdue=3 if index == 0 else None) for index, each in enumerate(calm_day())]
    view = services_view(rows)
    assert text(view, ids.PLATE) == "TINGGI"
    assert text(view, ids.SENTENCE) == "Lewat tenggat: Perizinan 3"


def test_nothing_measured_is_never_called_normal() -> None:
    view = services_view(unmeasured())
    assert text(view, ids.PLATE) == "TANPA DATA"
    assert text(view, ids.SENTENCE) == "Belum ada layanan yang terukur"
    assert "belum ada 0/4 komp. tanpa antarmuka data – –" in text(view, ids.row(0))
    assert "normal" not in text(view, ids.row(0))
    empty = services_view(())
    assert text(empty, ids.SENTENCE) == "Belum ada layanan pada daftar"
    assert [text(empty, ids.row(index)) for index in range(ids.ROWS)] == [""] * ids.ROWS


def test_our_own_blindness_comes_first() -> None:
    fault = SelfFault(Fault.OWN_UPLINK, NOW - timedelta(minutes=3))
    assert verdict_on(services_view(normal_day(), faults=[fault]), WORDS).plate_class == "cc-plat-buta"


def test_more_services_than_rows_are_counted() -> None:
    view = services_view((*normal_day(), *calm_day()))
    assert "6 layanan lain tidak muat di layar." in text(view, ids.SUPPORT)


def test_a_short_history_is_not_called_a_month() -> None:
    row = replace(normal_day()[2], watched_days=1.2)
    assert "1 hari 99,99 %" in text(services_view([row]), ids.row(0))
    unseen = replace(row, availability=None, watched_days=0.0)
    assert "belum terukur" in text(services_view([unseen]), ids.row(0))


def test_a_day_that_has_come_is_today_and_one_that_has_passed_says_so() -> None:
    told = normal_day()[3].submission
    assert told is not None
    own = service_words(WORDS)
    assert own.submission(replace(told, due=None)) == "29 dari 32 OPD"
    assert own.submission(replace(told, working_days=0)).endswith("(hari ini)")
    assert own.submission(replace(told, working_days=0, has_passed=True)).endswith("(sudah lewat)")


def test_what_is_late_stands_behind_the_line_and_what_is_nearly_late_is_marked() -> None:
    strip = item_clock([1.4, 0.9, 0.2, 0.2], overdue=7)["props"]["children"]
    marks = [(each["type"], each["props"].get("className", "")) for each in strip]
    assert marks == [("I", ""), ("I", "w"), ("B", ""), ("B", ""), ("B", ""), ("U", "")]


@pytest.mark.parametrize("phrases", [INDONESIAN, ENGLISH])
def test_no_phrase_is_blank(phrases: object) -> None:
    assert [field.name for field in fields(phrases) if not getattr(phrases, field.name)] == []  # type: ignore[arg-type]


@pytest.mark.parametrize("words", [WORDS, ENGLISH_WORDS], ids=["id", "en"])
def test_every_feed_has_its_words(words: object) -> None:
    assert len({progress_words(words).feed(each) for each in Feed}) == len(Feed)  # type: ignore[arg-type]


def test_the_english_screen_is_english() -> None:
    view = services_view(normal_day())
    assert to_text(LAYANAN.regions(view, ENGLISH_WORDS)[ids.HEADINGS]).startswith("Service, worst on top")


# -- on the summary


def ringkasan(region: str, **changes: object) -> str:
    view = replace(summary_view(calm_tiles()), **changes)  # type: ignore[arg-type]
    return to_text(RINGKASAN.regions(view, WORDS)[region]).replace("\u00a0", " ")


def test_the_summary_counts_services_in_order_and_names_the_worst() -> None:
    seen = counts([Condition.NORMAL] * 5 + [Condition.SLOW])
    worst = WorstService("Perizinan", Condition.SLOW, Reason.SLOW, 4.8)
    assert ringkasan(ringkasan_ids.SERVICES, services=seen, worst_service=worst).endswith("5 /6 Perizinan lambat 4,8 dtk")
    down = WorstService("Pengaduan", Condition.DOWN, Reason.AUTH_REQUIRED, None)
    assert "Pengaduan terputus" in ringkasan(ringkasan_ids.SERVICES, services=seen, worst_service=down)


def test_the_city_s_figures_stand_beside_its_own_and_never_over_it() -> None:
    city = CityFigures(0.7167, 0.4767, 39, 60, 0.75)
    head = ringkasan(ringkasan_ids.DIMENSIONS_HEAD, city=city)
    assert "terukur 71,6 % , konservatif 47,6 %" in head
    assert head.endswith("angka resmi 75 %")
    assert "angka resmi" not in ringkasan(ringkasan_ids.DIMENSIONS_HEAD, city=replace(city, official=None))
    assert "belum terukur" in ringkasan(ringkasan_ids.DIMENSIONS_HEAD, city=replace(city, measured=None))


def test_a_whole_with_unmeasured_parts_shows_its_denominator() -> None:
    row = replace(service("Pengaduan", "x"), components=Components(2, 2, 3))
    assert "2/3 komp." in text(services_view([row]), ids.row(0))
