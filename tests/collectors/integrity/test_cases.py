"""BEHAVIOUR W11, case by case, over real HTTP: what must alarm does, what must not does not, and each says how it was hidden."""

from __future__ import annotations

import pytest

from collectors.integrity.evidence import PageSite, Reader
from collectors.integrity.lexicon import load
from command_centre.domain.integrity import FindingKind, ScanResult, Signal, Verdict, View
from tests.collectors.integrity.corpus.infected import BOTS, gambling_page, links
from tests.collectors.integrity.corpus.templates import ADDRESS, HOST, ORDINARY, TEMPLATES, Case, Parts, Truth, article
from tests.support.judol_sites import scan_case

CLEAN_PAGE = TEMPLATES[0](Parts(main="".join(ORDINARY)))


def case(**pages: str) -> Case:
    """A small site with this home page and files."""
    return Case(
        "uji", Truth.INFECTED, {"/" if name == "home" else f"/{name.replace('_', '.')}": page for name, page in pages.items()}
    )


def kinds(result: ScanResult) -> set[FindingKind]:
    """How the content was placed."""
    return {each.kind for each in result.findings}


def test_a_visible_gambling_banner_is_indicated() -> None:
    """W11 a."""
    banner = '<a href="https://rajaslot77.example/"><img src="/b.gif" alt="Slot Gacor Hari Ini Maxwin"></a>'
    result = scan_case(case(home=TEMPLATES[0](Parts(main=banner + ORDINARY[0]))))
    assert result.verdict is Verdict.INDICATED
    assert FindingKind.VISIBLE_LINKS in kinds(result)


def test_hidden_links_are_decisive_and_their_place_is_named() -> None:
    """W11 b."""
    footer = f'<div style="display:none">{links("slot")}</div>'
    result = scan_case(case(home=TEMPLATES[1](Parts(main=ORDINARY[0], footer=footer))))
    hidden = next(each for each in result.findings if each.kind is FindingKind.HIDDEN_LINKS)
    assert result.is_decisive
    assert hidden.position == "footer#colophon > div > a"
    assert "display:none" in hidden.why
    assert hidden.body_sha256


@pytest.mark.parametrize(
    ("views", "kind"),
    [
        pytest.param(BOTS, FindingKind.CLOAKED_BOT, id="W11 c: only for search engines"),
        pytest.param((View.REFERRER,), FindingKind.CLOAKED_REFERRER, id="W11 d: only from a search result"),
        pytest.param((View.MOBILE,), FindingKind.CLOAKED_MOBILE, id="W11 e: only for phones"),
    ],
)
def test_what_only_some_visitors_are_shown_is_decisive(views: tuple[View, ...], kind: FindingKind) -> None:
    """W11 c, d, e."""
    shown = {view: {"/": gambling_page()} for view in views}
    result = scan_case(Case("uji", Truth.INFECTED, {"/": CLEAN_PAGE}, shown))
    assert result.is_decisive
    assert kind in kinds(result)


@pytest.mark.parametrize("views", [BOTS, (View.REFERRER,), (View.MOBILE,)])
def test_sending_only_some_visitors_to_a_nameless_host_is_decisive(views: tuple[View, ...]) -> None:
    sent = dict.fromkeys(views, "https://x7k2p.example/")
    result = scan_case(Case("uji", Truth.INFECTED, {"/": CLEAN_PAGE}, sent_to=sent))
    assert result.is_decisive
    assert Signal.CLOAKING in {each.signal for each in result.findings}


def test_a_script_that_sends_people_to_gambling_is_decisive() -> None:
    """W11 f."""
    head = '<script>setTimeout(function(){window.location.href="https://rajaslot77.example/"},10)</script>'
    result = scan_case(case(home=TEMPLATES[0](Parts(main=ORDINARY[0], head=head))))
    assert result.is_decisive
    assert FindingKind.REDIRECT_SCRIPT in kinds(result)


def test_a_sitemap_of_five_thousand_gambling_addresses_is_decisive() -> None:
    """W11 g."""
    urls = "".join(f"<url><loc>{ADDRESS}slot-gacor-maxwin-{number}</loc></url>" for number in range(5_000))
    robots = f"User-agent: *\nDisallow:\nSitemap: {ADDRESS}peta2.xml\n"
    result = scan_case(case(home=CLEAN_PAGE, robots_txt=robots, peta2_xml=f"<urlset>{urls}</urlset>"))
    assert result.is_decisive
    assert FindingKind.SITEMAP in kinds(result)


def test_an_article_about_gambling_is_clean() -> None:
    """W11 h."""
    text = (
        "Kapolres menyatakan pelaku menyebarkan tautan situs slot gacor dan bandar togel. Istilah maxwin, scatter hitam, dan RTP "
        "live dipakai untuk menjerat korban. Warga diimbau melapor ke aduankonten.id."
    )
    page = TEMPLATES[1](
        Parts(title="Polres Ungkap Jaringan Judi Online", main=article("Polres Ungkap Jaringan Judi Online", text))
    )
    assert scan_case(case(home=page)).verdict is Verdict.CLEAN


def test_an_ordinary_redesign_is_clean() -> None:
    """W11 i: the page has another template than before and than its sitemap was made for."""
    assert scan_case(case(home=TEMPLATES[3](Parts(main="".join(ORDINARY))))).verdict is Verdict.CLEAN


def test_a_page_that_changes_from_view_to_view_is_clean() -> None:
    """W11 j."""
    turning = {
        view: {"/": TEMPLATES[0](Parts(main=ORDINARY[number % 4] + article("Waspada Judi Online", "Polisi mengimbau warga.")))}
        for number, view in enumerate(View)
    }
    assert scan_case(Case("uji", Truth.CLEAN, {"/": CLEAN_PAGE}, turning)).verdict is Verdict.CLEAN


def test_an_excerpt_reaches_eighty_characters_around_what_was_found() -> None:
    text = "x" * 300 + " Situs slot gacor terpercaya bonus new member 100 bandar togel online terpercaya " + "y" * 300
    result = scan_case(case(home=TEMPLATES[0](Parts(main=f"<p>{text}</p>"))))
    found = next(each for each in result.findings if each.kind is FindingKind.VISIBLE_TEXT)
    assert "slot gacor" in found.excerpt
    assert 160 < len(found.excerpt) <= 400


def test_what_visitors_wrote_is_for_review_and_no_break_in() -> None:
    block = f'<div id="comments"><p>{links("togel")}</p></div>'
    result = scan_case(case(home=TEMPLATES[1](Parts(main=ORDINARY[0] + block))))
    assert result.verdict is Verdict.REVIEW
    assert kinds(result) == {FindingKind.COMMENT_SPAM}


@pytest.mark.parametrize("word", ["slot", "gacor", "hoki", "toto", "bola", "judi", "bonus", "deposit", "jackpot", "poker", "rtp"])
def test_a_single_generic_word_never_counts(word: str) -> None:
    page = TEMPLATES[0](Parts(title=f"{word.title()} - Dinas", description=word, main=f"<h1>{word}</h1><p>{word} {word}</p>"))
    assert Reader(load()).read_page(page, PageSite(ADDRESS, View.BROWSER, HOST)).findings == ()
