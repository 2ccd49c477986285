"""What an intruder leaves in the simulated city is what the judol watch looks for, and nothing else is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from collectors.integrity.options import GUISES
from command_centre.demo.judol import cloaked, is_shown_to, planted
from command_centre.demo.pages import Page, front_page
from command_centre.domain.integrity import View

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture(name="page")
def _page() -> Page:
    return front_page("dlh.bontangkota.go.id", "Dinas Lingkungan Hidup", date(2026, 11, 24))


def headers(view: View) -> dict[str, str]:
    """The headers of one guise of the watch."""
    guise = GUISES[view]
    return {"user-agent": guise.user_agent or "", "referer": guise.referrer or ""}


@pytest.mark.parametrize(
    ("view", "shown"),
    [(View.BROWSER, False), (View.MOBILE, False), (View.BOT, True), (View.BOT_AGAIN, True), (View.REFERRER, True)],
)
def test_a_cloaked_page_is_shown_to_search_engines_and_who_comes_from_them(page: Page, view: View, shown: bool) -> None:
    assert is_shown_to(headers(view)) is shown
    assert (cloaked(page, headers(view), AT).plain != page.plain) is shown


def test_a_planted_page_is_the_sites_own_with_links_that_people_do_not_see(page: Page) -> None:
    left = planted(page, AT).plain
    assert b"left:-9999px" in left
    assert left.replace(left[left.index(b'<div style="position:absolute') : left.index(b"<main>")], b"") == page.plain


def test_every_foreign_host_is_one_that_nobody_can_own(page: Page) -> None:
    left = cloaked(page, headers(View.BOT), AT).plain.decode()
    hosts = {part.split("/")[0] for part in left.split("https://")[1:]}
    assert hosts
    assert all(each.endswith(".example") for each in hosts)
