"""The forms of a snapshot: what they say, in both languages, and that they hold for awkward weeks."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
from lxml import html as lxml_html
from pypdf import PdfReader

from command_centre.domain.cut import CutDimension, CutFollowUp, DataCut, Earlier
from command_centre.domain.narrative import claim_by_provider, told
from command_centre.domain.period import parse_period
from command_centre.domain.seal import Approval, Seal
from command_centre.domain.snapshot import Snapshot, headline, snapshot
from command_centre.domain.target import Dimension
from command_centre.storage.signing import open_signer
from command_centre.storage.snapshots import sealed
from layouts.snapshot import annex, archive_page, paper
from layouts.snapshot.fitting import fitted, shortened
from layouts.snapshot.forms import paper_document_of
from layouts.snapshot.web_page import web_page
from layouts.wording import Language, words_for
from layouts.wording.snapshot import SnapshotWords
from layouts.wording.snapshot_card import short_text
from layouts.wording.snapshot_document import Document, Letterhead, document
from tests.support.busy_week import ZONE, busy_cut
from tests.support.crowded_week import crowded_cut
from tests.support.dash_html import to_html

CUT = busy_cut(hotspots=160, sites=30, services=5)
BLAME = r"(?i)\b(terburuk|lalai|salah|gagal total|buruk sekali|malas|bersalah|kelalaian|worst|blame|negligent|fault of|guilty)\b"
NUMBER = r"\d"


def words(language: Language = Language.INDONESIAN) -> SnapshotWords:
    return SnapshotWords(words_for(language, ZONE))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key")


def made(cut: DataCut, key: Path) -> tuple[Snapshot, Seal]:
    snap = snapshot(cut, "config-1", "0.1.0")
    return snap, sealed(open_signer(key), snap, cut, revision=1, previous=None, cut_at=datetime(2026, 11, 22, 22, tzinfo=UTC))


def _object(value: Any) -> Any:
    return value.get_object()


def told_in(cut: DataCut, key: Path, language: Language = Language.INDONESIAN, approval: Approval | None = None) -> Document:
    snap, seal = made(cut, key)
    return document(snap, seal, words(language), approval=approval)


def pages_of(document: Document) -> list[str]:
    reader = PdfReader(io.BytesIO(paper.pdf(document, 1_795_000_000_000)))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


# --- paper -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", list(Language))
def test_the_paper_has_two_pages_and_says_on_each_that_the_data_are_simulated(key: Path, language: Language) -> None:
    pages = pages_of(told_in(CUT, key, language))
    mark = {Language.INDONESIAN: "DATA SIMULASI", Language.ENGLISH: "SIMULATED DATA"}[language]
    assert len(pages) == 2
    assert all(mark in page for page in pages)


def test_the_paper_of_a_real_city_does_not_speak_of_simulation(key: Path) -> None:
    assert "SIMULASI" not in " ".join(pages_of(told_in(replace(CUT, is_simulated=False), key)))


def test_a_paper_is_a_draft_until_somebody_signs_it(key: Path) -> None:
    signed = Approval("555/12/Diskominfo/2026", "Nama Pejabat", "19700101 199001 1 001", date(2026, 11, 24))
    draft, final = pages_of(told_in(CUT, key)), pages_of(told_in(CUT, key, approval=signed))
    assert all("DRAF OTOMATIS" in page for page in draft)
    assert not any("DRAF OTOMATIS" in page for page in final)
    assert "555/12/Diskominfo/2026" in final[0]
    assert "Nama Pejabat" in final[1]


def test_the_paper_is_pdf_a_with_every_font_inside(key: Path) -> None:
    data = paper.pdf(told_in(CUT, key), 1_795_000_000_000)
    reader = PdfReader(io.BytesIO(data))
    assert b"pdfaid:part" in data
    fonts: list[Any] = [font for page in reader.pages for font in _object(_object(page["/Resources"])["/Font"]).values()]
    assert fonts
    for font in fonts:
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"]
        assert any(name in descriptor for name in ("/FontFile2", "/FontFile3"))
    assert {page.mediabox.width for page in reader.pages} == {reader.pages[0].mediabox.width}
    assert round(float(reader.pages[0].mediabox.width)) == 595


def test_the_paper_needs_no_colour(key: Path) -> None:
    """Greyscale-safe: no colour operator other than grey stands in the page (a copier loses nothing)."""
    reader = PdfReader(io.BytesIO(paper.pdf(told_in(CUT, key), 1_795_000_000_000)))
    for page in reader.pages:
        content = page.get_contents()
        assert content is not None
        coloured = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG|scn?|SCN?)\b", content.get_data())
        assert [each for each in coloured if len(set(each)) > 1] == []


def test_the_same_document_gives_the_same_paper_and_card(key: Path) -> None:
    document = told_in(CUT, key)
    assert paper.pdf(document, 1_795_000_000_000) == paper.pdf(document, 1_795_000_000_000)
    assert paper.card(document) == paper.card(document)


@pytest.mark.parametrize("language", list(Language))
def test_the_most_crowded_week_still_fits_two_pages_and_one_card(key: Path, language: Language) -> None:
    """Every section full, every name as long as a register lets it be; nothing is lost at the foot of a page."""
    snap, seal = made(crowded_cut(), key)
    address = "Jalan Awang Long nomor 100, Kelurahan Bontang Baru, Kecamatan Bontang Utara, Bontang 75311, Kalimantan Timur"
    head = Letterhead(address=f"{address}\n{address}")
    told = paper_document_of(snap, seal, language, head, public_url=f"https://{'x' * 60}.example")
    pages = pages_of(told)
    assert len(pages) == 2
    assert words(language).say("Keputusan yang diminta", "Decision asked") in pages[0]
    assert "NIP" in pages[1]
    assert "…" in pages[0]
    assert paper.card(told).startswith(b"\x89PNG")


def test_ordinary_names_are_not_touched_and_figures_never_are(key: Path) -> None:
    snap, _ = made(CUT, key)
    assert fitted(snap) == snap
    crowded, _ = made(crowded_cut(), key)
    short = fitted(crowded)
    assert headline(short) == headline(crowded)
    assert short.groups == crowded.groups
    assert [each.below for each in claim_by_provider(short)] == [each.below for each in claim_by_provider(crowded)]


def test_two_names_that_begin_alike_are_still_two() -> None:
    assert shortened("Penyedia A", 10) == "Penyedia A"
    assert shortened("Penyedia, Utara", 10) == "Penyedia…"
    snap = snapshot(busy_cut(hotspots=24, sites=2, services=1), "config-1", "0.1.0")
    twins = tuple(replace(each, provider=f"Perusahaan Penyedia Jaringan {n}") for n, each in enumerate(snap.claim))
    names = [each.provider for each in fitted(replace(snap, claim=twins)).claim]
    assert len(set(names)) == len(twins) > 1
    assert max(map(len, names)) <= 22


# --- comparison ------------------------------------------------------------------------------------------------------------


def test_what_was_never_frozen_is_not_compared_with(key: Path) -> None:
    note = told_in(CUT, key)["measures"]["note"]
    assert note == (
        "Setahun lalu (minggu ke-47/2025): belum ada data. "
        "Sepadan menurut kalender Hijriah (minggu ke-48/2025, Jumadilakhir 1447 H): belum ada data."
    )


def test_a_week_of_ramadan_stands_beside_its_like_of_the_year_before(key: Path) -> None:
    """BEHAVIOUR 1.3, rule 5: Ramadan moves by eleven days, so the same week number is another season."""
    cut = replace(
        busy_cut("2026-W09", hotspots=24, sites=4, services=2),
        year_before=Earlier("2025-W09", "0" * 64, (("site_availability", 0.99),)),
        hijri_before=Earlier("2025-W10", "0" * 64, (("hotspot_availability", 0.96999), ("site_availability", 0.985))),
    )
    assert told_in(cut, key)["measures"]["note"] == (
        "Setahun lalu (minggu ke-9/2025): situs 99,00\u00a0%, Wi-Fi tidak terukur, layanan tidak terukur. "
        "Sepadan menurut kalender Hijriah (minggu ke-10/2025, Ramadan 1446 H): "
        "situs 98,50\u00a0%, Wi-Fi 96,99\u00a0%, layanan tidak terukur. "
        "Periode ini seluruhnya di bulan Ramadan (menurut hisab urfi)."
    )
    assert "Part of this period lies in Ramadan" in told_in(busy_cut("2026-W08", hotspots=24, sites=2, services=1), key,
                                                              Language.ENGLISH)["measures"]["note"]  # fmt: skip


def test_a_year_is_compared_with_the_year_before_in_the_table_alone(key: Path) -> None:
    assert told_in(busy_cut("2025", hotspots=24, sites=2, services=1, outages=1), key)["measures"]["note"] == ""


def test_the_code_leads_to_the_archive_where_there_is_an_address_and_holds_the_seal_anyhow(key: Path) -> None:
    snap, seal = made(CUT, key)
    plain = document(snap, seal, words())["seal"]["code"]
    led = document(snap, seal, words(), public_url="https://cc.bontangkota.go.id")["seal"]["code"]
    assert plain == f"command-centre:2026-W47:r1:sha256:{seal.seal}"
    assert led == f"https://cc.bontangkota.go.id/cuplikan/2026-W47#r1-sha256-{seal.seal}"


def test_progress_by_indicator_takes_the_place_of_availability_once_somebody_measures_it(key: Path) -> None:
    measured = tuple(CutDimension(each.value, 0.82, 0.74, 9, 10) for each in Dimension)
    page = pages_of(told_in(replace(CUT, dimensions=measured), key))[0]
    assert "82 % terukur" in page
    assert "74 % konservatif, 9/10" in page
    assert "belum terukur. Sebagai gantinya" not in page


def test_what_nobody_measures_yet_is_named_and_not_zero(key: Path) -> None:
    document = told_in(CUT, key)
    assert any("aduan warga" in line and "judol" in line for line in document["quality"]["lines"])
    complaints = next(row for row in document["measures"]["rows"] if row["id"] == "complaints")
    assert complaints["cells"][1:3] == ["tidak terukur", "–"]


def test_a_font_that_is_missing_is_an_error_and_not_another_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "FAMILIES", ("Libertinus Serif", "No Such Face"))
    paper.fonts.cache_clear()
    try:
        with pytest.raises(paper.TypesettingError, match="No Such Face"):
            paper.fonts()
    finally:
        paper.fonts.cache_clear()


# --- words -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", list(Language))
def test_nobody_is_blamed(key: Path, language: Language) -> None:
    snap, seal = made(CUT, key)
    everything = web_page(document(snap, seal, words(language))) + short_text(snap, seal.seal, words(language))
    assert re.findall(BLAME, lxml_html.fromstring(everything).text_content()) == []


@pytest.mark.parametrize("language", list(Language))
def test_every_sentence_with_a_number_names_its_evidence(key: Path, language: Language) -> None:
    document = told_in(CUT, key, language)
    sentences: list[Any] = [*document["verdict"], document["decision"], *document["stories"]["items"]]
    assert [each["text"] for each in sentences if re.search(NUMBER, each["text"]) and not each["evidence"]] == []


def test_a_story_has_three_lengths_and_each_carries_its_evidence(key: Path) -> None:
    snap, _ = made(CUT, key)
    story = next(each for each in told(snap) if each.incident.id == 1)
    lock, handover = words().story_lock_screen(story), words().story_handover(story)
    official = words().story_official(story)
    assert lock.text == "Loktuan (120): kabel putus, 7 j 00 m"
    assert handover.text == "Sel 17 Nov 13.00: kabel putus, Loktuan, 120 titik Wi-Fi, 7 j 00 m [G-2026-1117-1]"
    assert [each.text for each in official] == [
        "120 titik Wi-Fi terdampak, dihitung satu gangguan.",
        "Pulih setelah 7 jam.",
        "Diterima petugas setelah 7 menit.",
    ]
    assert {each.evidence for each in (lock, handover, *official)} == {("incident:1",)}
    assert len(lock.text) < len(handover.text) < len(" ".join(each.text for each in official)) + 60


def test_lengths_and_percentages_are_rounded_down() -> None:
    assert words().percent(0.96999) == "96,99\u00a0%"
    assert words().percent(1.0) == "100\u00a0%"
    assert words().percent(None) == "tidak terukur"
    assert words().length(6 * 3_600_000 + 49 * 60_000 + 59_999) == "6 jam 49 menit"
    assert words().minutes(59_999) == "0"


def test_periods_have_their_names() -> None:
    assert words().title("2026-W47") == "Cuplikan minggu ke-47/2026"
    assert words().title("2026-11") == "Cuplikan bulan November 2026"
    assert words().heading("2026") == "CUPLIKAN TAHUNAN COMMAND CENTRE"
    assert words().short_span(parse_period("2026-W49")) == "30 Nov s.d. 6 Des 2026"


def test_the_text_for_phones_makes_sense_in_its_first_line_and_is_short(key: Path) -> None:
    snap, seal = made(CUT, key)
    text = short_text(snap, seal.seal, words())
    assert text.startswith("*Cuplikan minggu ke-47/2026* (16 s.d. 22 Nov 2026)\n")
    assert "Data simulasi" in text
    assert len(text) < 1_500


# --- page ------------------------------------------------------------------------------------------------------------------


def test_the_page_stands_alone_and_is_in_order(key: Path) -> None:
    page = lxml_html.fromstring(web_page(told_in(CUT, key)))
    assert page.get("lang") == "id"
    assert not page.xpath("//*[@src] | //link | //script")
    assert [each.tag for each in page.xpath("//h1 | //h2")][:2] == ["h1", "h2"]
    assert all(each.get("scope") for each in page.xpath("//th"))
    anchors = {each.get("href").removeprefix("#") for each in page.xpath("//a[starts-with(@href, '#')]")}
    assert anchors
    assert anchors <= {each.get("id") for each in page.xpath("//*[@id]")}


def test_names_from_the_register_never_become_markup(key: Path) -> None:
    evil = '<script>alert(1)</script> & "x" \''
    targets = tuple(replace(each, short_name=evil, name=evil, owner=evil) for each in CUT.targets)
    promises = (CutFollowUp(1, evil, evil, "waiting"),)
    document = told_in(replace(CUT, targets=targets, follow_ups=promises), key)
    page = lxml_html.fromstring(web_page(document))
    assert not page.xpath("//script")
    assert evil in page.text_content()
    assert len(pages_of(document)) >= 2  # nor Typst's markup


def test_names_from_the_register_never_become_typesetting(key: Path) -> None:
    evil = "#panic(1) $x$ @ref *bold* _x_ [y] \\ `z`"
    targets = tuple(replace(each, short_name=evil, name=evil) for each in CUT.targets)
    document = told_in(replace(CUT, targets=targets, follow_ups=(CutFollowUp(1, evil, evil, "waiting"),)), key)
    assert "#panic(1)" in " ".join(pages_of(document))


# --- annex -----------------------------------------------------------------------------------------------------------------


def test_the_annex_holds_every_target_with_time_that_adds_up(key: Path) -> None:
    snap, _ = made(CUT, key)
    sheets = {each.name: each for each in annex.sheets(snap)}
    rows = list(csv.DictReader(io.StringIO(annex.as_csv(sheets["targets"]).decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == len(CUT.targets)
    for row in rows:
        assert sum(float(value) for name, value in row.items() if name in annex.LEDGER_HEADS) == pytest.approx(7 * 86_400)
    unseen = {each.key for each in snap.targets if each.availability is None}
    assert {row["key"] for row in rows if row["availability"] == ""} == unseen


def test_parquet_and_workbook_hold_the_same_rows_as_the_csv(key: Path) -> None:
    snap, _ = made(CUT, key)
    sheets = annex.sheets(snap)
    targets = next(each for each in sheets if each.name == "targets")
    table = pq.read_table(io.BytesIO(annex.as_parquet(targets)))
    assert table.num_rows == len(targets.rows)
    assert table.column_names == list(targets.head)
    workbook = annex.as_xlsx(sheets, datetime(2026, 11, 23, tzinfo=UTC))
    with ZipFile(io.BytesIO(workbook)) as book:
        first = book.read("xl/worksheets/sheet2.xml").decode()
    assert first.count("<row ") == len(targets.rows) + 1


def test_a_cell_that_looks_like_a_formula_is_text() -> None:
    sheet = annex.Sheet("x", ("a",), (("=1+1",), ("@x",), (-5,), (None,)))
    assert annex.as_csv(sheet).decode("utf-8-sig").split("\r\n")[1:5] == ["'=1+1", "'@x", "-5", '""']


def test_an_empty_table_is_still_a_table() -> None:
    empty = annex.Sheet("x", ("a", "b"), ())
    assert pq.read_table(io.BytesIO(annex.as_parquet(empty))).num_rows == 0


# --- archive ---------------------------------------------------------------------------------------------------------------


def test_an_empty_archive_says_when_the_first_snapshot_comes() -> None:
    assert "Belum ada periode" in to_html(archive_page.listing((), words_for(Language.INDONESIAN, ZONE)))


def test_two_periods_stand_side_by_side_with_what_lies_between(key: Path) -> None:
    first, second = made(CUT, key), made(busy_cut("2026-W48", hotspots=160, sites=30, services=5), key)
    shown = to_html(archive_page.comparison((first[1], first[0]), (second[1], second[0]), words_for(Language.INDONESIAN, ZONE)))
    assert "minggu ke-47/2026" in shown
    assert "minggu ke-48/2026" in shown
    assert re.search(r"[▲▼] \d", shown)


def test_a_period_that_is_not_frozen_says_so() -> None:
    shown = to_html(archive_page.period(None, "2026-W01", words_for(Language.INDONESIAN, ZONE)))
    assert "belum dibekukan" in shown


def test_the_sentences_of_a_period_lead_to_their_incidents(key: Path) -> None:
    snap, seal = made(CUT, key)
    shown = to_html(archive_page.period((seal, snap), "2026-W47", words_for(Language.INDONESIAN, ZONE)))
    linked = set(re.findall(r'href="#(gangguan-\d+)"', shown))
    assert linked
    assert all(f'id="{each}"' in shown for each in linked)
