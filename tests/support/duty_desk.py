"""The duty page for tests: an incident, links to it, and the desk that answers."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import Engine

from command_centre.app.duty import ADDRESS, LINK_LASTS, DutyDesk, DutyLinks
from command_centre.commands import Commands
from command_centre.domain.incident import IncidentId
from command_centre.domain.ports import Clock
from command_centre.read.duty import DutyQueries
from layouts.wording import Language, words_for
from tests.support.little_city import WITA
from tests.support.wall_server import Answer, RunningServer, ask

KEY = b"d" * 32
FORM = "application/x-www-form-urlencoded"


def duty_links(base: str = "http://127.0.0.1") -> DutyLinks:
    return DutyLinks(KEY, base, {"piket": "S. Aminah"})


def duty_desk(engine: Engine, clock: Clock) -> DutyDesk:
    queries = DutyQueries(engine, clock, places={"64.74.01.1003": "Kel. Loktuan, Bontang Utara"}, is_simulated=True)
    words = words_for(Language.INDONESIAN, WITA)
    return DutyDesk(duty_links(), engine, queries, Commands(engine, clock), clock, words)


def link(clock: Clock, story: IncidentId, person: str = "S. Aminah", nonce: str = "1", lasts: timedelta = LINK_LASTS) -> str:
    """The path of a link."""
    expires = int((clock.now() + lasts).timestamp())
    return ADDRESS + duty_links().sealed(story, person, expires, nonce)


def press(server: RunningServer, path: str, button: str, *, cookie: str = "", **fields: str) -> Answer:
    """Press one of the page's buttons, as a browser without script does."""
    body = urlencode({"jawab": button, **fields}).encode()
    headers = {"Content_Type": FORM} | ({"Cookie": cookie} if cookie else {})
    return ask(server, path, method="POST", body=body, **headers)


def cookie_of(answer: Answer) -> str:
    return answer.headers.get("set-cookie", "").partition(";")[0]
