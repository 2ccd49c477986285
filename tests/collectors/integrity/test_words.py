"""The lexicon and what it sees through: disguises, run-together words, hosts; and what an analyst is told about a mistake."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.integrity import weighing
from collectors.integrity.folding import cleaned, folded
from collectors.integrity.lexicon import FOLDER, HostGrade, Lexicon, LexiconError, load


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.mark.parametrize(
    "written",
    [
        "Slot Gacor",
        "SL0T G4C0R",
        "s l o t   g a c o r",
        "s.l.o.t g-a-c-o-r",
        "s🎰l🎰o🎰t gacor",
        "ѕlоt gасоr",
        "s\u200bl\u200bo\u200bt gacor",
        "sl\u00adot ga\u00adcor",
        "𝐬𝐥𝐨𝐭 𝗴𝗮𝗰𝗼𝗿",
        "ｓｌｏｔ ｇａｃｏｒ",
        "šlöt gàcór",
        "🆂🅻🅾🆃 gacor",
        "slotgacor",
        "sl0tg4c0r",
    ],
)
def test_a_disguise_is_seen_through(lexicon: Lexicon, written: str) -> None:
    assert [hit.phrase for hit in lexicon.match(written).hits] == ["slot gacor"]


def test_a_disguise_itself_weighs(lexicon: Lexicon) -> None:
    plain, disguised = (weighing.points(lexicon.match(text).hits) for text in ("slot gacor", "sl0t g4c0r"))
    assert disguised > plain


@pytest.mark.parametrize(
    "innocent",
    [
        "agenda kelompok tempo kompos diabetes alfabet smartphone ebola judicial",
        "slot parkir, slot antrean, slot dana desa, slot waktu",
        "burung gacor hari ini",
        "hubungi 0812-88-168 atau 138, warna #4d4d4d",
        "daftar informasi publik, daftar slot vaksin",
        "prototype photo totok",
        "scatter plot dan pragmatik",
    ],
)
def test_an_accident_of_letters_or_a_harmless_meaning_is_not_counted(lexicon: Lexicon, innocent: str) -> None:
    assert weighing.distinct(lexicon.match(innocent).hits) == ()


@pytest.mark.parametrize(
    ("host", "grade"),
    [
        ("gacor77-maxwin.example", HostGrade.GAMBLING),
        ("rajamahjong.example", HostGrade.GAMBLING),
        ("sl0tgac0r.example", HostGrade.GAMBLING),
        ("kudatoto4d.example", HostGrade.BRAND_LIKE),
        ("bontang88.example", HostGrade.BRAND_LIKE),
        ("olympus.example", HostGrade.BRAND_LIKE),
        ("timeslot.example", HostGrade.FOREIGN),
        ("photo.example", HostGrade.FOREIGN),
        ("slotparkir.bontangkota.go.id", HostGrade.SAFE),
        ("www.kompas.com", HostGrade.SAFE),
    ],
)
def test_a_host_proves_what_its_name_proves(lexicon: Lexicon, host: str, grade: HostGrade) -> None:
    assert lexicon.grade_host(host) is grade


@pytest.mark.parametrize(
    ("title", "offers"),
    [
        ("Slot Gacor Hari Ini - Satpol PP Kota Bontang", True),
        ("Waspada Situs Slot Gacor - Diskominfo Kota Bontang", False),
        ("Situs Slot Gacor Anti Blokir - Dinas", True),
        ("Polres Ungkap Bandar Togel Online | Berita", False),
    ],
)
def test_a_title_offers_unless_its_own_part_talks_about_it(lexicon: Lexicon, title: str, *, offers: bool) -> None:
    assert bool(weighing.offering_title(lexicon, title)) is offers


def test_one_warning_word_does_not_excuse_ten_phrases(lexicon: Lexicon) -> None:
    text = (
        "Hindari penipuan, pilih situs slot gacor terpercaya: bonus new member 100, deposit pulsa tanpa potongan, rtp live "
        "tertinggi, akun pro kamboja, bandar togel online, agen sbobet, scatter hitam mahjong ways, toto macau 4d"
    )
    assert weighing.offers(lexicon, lexicon.match(text)) != ()


@given(st.text(max_size=200))
def test_places_in_the_folded_text_are_places_in_the_cleaned_one(text: str) -> None:
    assert len(folded(cleaned(text))) == len(cleaned(text))


@given(st.text(alphabet="slotgacr0 1.4@\u200bаоo\n", max_size=120))
def test_any_text_can_be_read_and_every_hit_lies_within_it(text: str) -> None:
    match = load_once().match(text)
    assert all(0 <= hit.start < hit.end <= len(match.text) for hit in match.hits)


_LOADED: list[Lexicon] = []


def load_once() -> Lexicon:
    """Hypothesis calls a test many times, and a fixture cannot be used there."""
    if not _LOADED:
        _LOADED.append(load())
    return _LOADED[0]


# --- what an analyst is told --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "before", "after", "sentence"),
    [
        (
            "leksikon.yaml",
            "menjual:\n",
            "menjual:\n  - gacor\n",
            "leksikon.yaml:4: 'gacor' is a single word; only a phrase can sell",
        ),
        ("leksikon.yaml", "nama:\n", "nama:\n  - judi\n", "'judi' is too short to stand alone"),
        ("leksikon.yaml", "topik:\n", "topiks:\n", "leksikon.yaml:1: the list 'topik' is missing"),
        ("alamat.yaml", "dicoba:\n", "dicoba:\n  - /a/\n  - /b/\n  - /c/\n", "at most 6 paths are tried"),
        ("konteks.yaml", "bicara:\n", "bicara: ya\nlain:\n", "konteks.yaml:4: 'bicara' must be a list"),
        ("leksikon.yaml", "wajar:\n", "wajar:\n  - slot (parkir)\n", "'(parkir)' is not written as README.md says"),
    ],
)
def test_a_mistake_in_the_files_is_named_with_its_place(
    tmp_path: Path, file: str, before: str, after: str, sentence: str
) -> None:
    folder = tmp_path / "judol"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(LexiconError) as refused:
        load(folder)
    assert sentence in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"leksikon.yaml: cannot be read"):
        load(tmp_path)
