"""The duty page's addresses: ``/piket/<link>``. A link is signed, expires, and gives one answer about one incident.

Opening it changes nothing, however often a chat's preview robot does so. An answer is a POST. The browser that has answered gets
a cookie: only it may take the answer back, name the cause, add a note, or say that the trouble is over. Whatever is refused is
written down.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import assert_never
from urllib.parse import parse_qs

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from command_centre.app.keys import KeyUnusableError, load_or_make_key
from command_centre.commands import UNDO_WITHIN, Actor, CommandRefusedError, Commands, Done, Outcome
from command_centre.config.mistakes import ConfigError, Mistake
from command_centre.config.model import Config, Mode
from command_centre.config.receivers import DUTY_KEY, NotifyingSection
from command_centre.config.secret import SecretUnavailableError
from command_centre.domain.incident import Cause, IncidentId
from command_centre.domain.notification import Message, NoticeKind
from command_centre.domain.ports import Clock
from command_centre.read.duty import DutyQueries, DutyView
from command_centre.storage import duty_answers
from command_centre.storage.duty_answers import Answer, Given
from layouts.duty.page import Visit, duty_page, refusal_page
from layouts.wording import Language, Words, words_for
from layouts.wording.duty import cause_word, duty_words

log = logging.getLogger(__name__)

ADDRESS = "/piket/"
VIA = "duty page"
LINK_LASTS = timedelta(hours=4)
MOST_FORM_BYTES = 8 * 1024
MOST_LINK_LETTERS = 1_000
COOKIE = "cc_piket"
MOST_REFUSALS_WRITTEN = 60
"""Refused links written down per hour; a robot that tries thousands fills no disk (the program's log counts them)."""

_WITHOUT_A_LINK = frozenset({NoticeKind.RESOLVED, NoticeKind.CLOSED, NoticeKind.DIGEST})


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link says: one incident, one person, until when. ``digest`` names the link in tables."""

    incident: IncidentId
    person: str
    expires_at: datetime
    digest: str


class LinkRefused(Exception):  # noqa: N818 - named like the state it tells
    """A link that is not taken. ``why``: ``tampered`` or ``expired``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DutyLinks:
    """Makes links and reads them. ``base`` is where the screens are reached from outside; ``people``: who a receiver is."""

    def __init__(self, key: bytes, base: str, people: Mapping[str, str] | None = None, lasts: timedelta = LINK_LASTS) -> None:
        self._sealed = URLSafeSerializer(key, salt="duty-link", signer_kwargs={"digest_method": hashlib.sha256})
        self._browsers = URLSafeSerializer(key, salt="duty-browser", signer_kwargs={"digest_method": hashlib.sha256})
        self._base = base.rstrip("/")
        self._people = dict(people or {})
        self._lasts = lasts

    def link_of(self, message: Message) -> str | None:
        """The address for whoever gets ``message``; the same for the same message. None where nothing is to be answered."""
        if message.incident is None or message.kind in _WITHOUT_A_LINK:
            return message.link
        person = self._people.get(message.receiver, message.receiver)
        expires = int((message.due_at + self._lasts).timestamp())
        return f"{self._base}{ADDRESS}{self.sealed(message.incident, person, expires, message.key)}"

    def sealed(self, story: IncidentId, person: str, expires: int, nonce: str) -> str:
        """The link itself. ``nonce`` makes two links about one incident for one person different."""
        short = hashlib.sha256(nonce.encode()).hexdigest()[:12]
        sealed = self._sealed.dumps([story, person, expires, short])
        return sealed if isinstance(sealed, str) else sealed.decode()

    def read(self, link: str, now: datetime) -> Ticket:
        """What a link says. Raises LinkRefused."""
        if len(link) > MOST_LINK_LETTERS:
            raise LinkRefused("tampered")
        try:
            story, person, expires, _ = self._sealed.loads(link)
            ticket = Ticket(IncidentId(int(story)), str(person), datetime.fromtimestamp(int(expires), UTC), _digest(link))
        except (BadSignature, ValueError, TypeError, OverflowError):
            raise LinkRefused("tampered") from None
        if now >= ticket.expires_at:
            raise LinkRefused("expired")
        return ticket

    def browser_mark(self, ticket: Ticket) -> str:
        """What the browser that has answered keeps."""
        mark = self._browsers.dumps(ticket.digest)
        return mark if isinstance(mark, str) else mark.decode()

    def is_marked(self, ticket: Ticket, mark: str | None) -> bool:
        """Whether this browser gave the answer of this link."""
        try:
            return mark is not None and self._browsers.loads(mark[:MOST_LINK_LETTERS]) == ticket.digest
        except (BadSignature, ValueError):
            return False


def _digest(link: str) -> str:
    return hashlib.sha256(link.encode()).hexdigest()


class DutyDesk:
    """The answers to the duty page's addresses."""

    def __init__(
        self, links: DutyLinks, engine: Engine, queries: DutyQueries, commands: Commands, clock: Clock, words: Words
    ) -> None:
        self._links = links
        self._engine = engine
        self._queries = queries
        self._commands = commands
        self._clock = clock
        self._words = words
        self._say = duty_words(words.language)
        self._written = _Budget(MOST_REFUSALS_WRITTEN, 3600.0)

    def routes(self) -> list[Route]:
        """Where the page is."""
        return [Route(ADDRESS + "{link}", self.page, methods=["GET", "POST"])]

    async def page(self, request: Request) -> Response:
        """Show the incident (GET), or record one answer about it (POST)."""
        try:
            if request.method != "POST":
                return await run_in_threadpool(self._show, request)
            form = await _form(request)
            return await run_in_threadpool(self._take, request, form)
        except (DBAPIError, PoolTimeoutError):
            return self._refused(self._say.unavailable, 503)

    # -- in a worker thread

    def _show(self, request: Request) -> Response:
        try:
            ticket = self._links.read(request.path_params["link"], self._clock.now())
        except LinkRefused as refused:
            return self._refuse(request, refused.why)
        view = self._queries.incident(ticket.incident)
        if view is None:
            return self._refuse(request, "gone", ticket)
        return self._page(view, self._visit(request, ticket, view))

    def _visit(self, request: Request, ticket: Ticket, view: DutyView) -> Visit:
        given = self._given(ticket)
        stands = given is not None and given.undone_at is None
        is_mine = stands and self._links.is_marked(ticket, request.cookies.get(_cookie(ticket)))
        return Visit(
            person=ticket.person,
            expires_at=ticket.expires_at,
            may_answer=not stands,
            answered=self._answered(given, view) if is_mine and given is not None else None,
            undo_seconds=0 if given is None else _seconds_left(given, self._clock.now()),
            said=_said(request.query_params.get("kabar", ""), view, self._words),
        )

    def _answered(self, given: Given, view: DutyView) -> str:
        """The answer that was given, as a sentence to whoever gave it."""
        match given.answer:
            case Answer.TAKE:
                return self._say.you_have_it.format(time=self._words.moment(given.at, view.as_of))
            case Answer.SNOOZE:
                return self._say.you_snoozed.format(time=self._words.moment(given.at + timedelta(hours=1), view.as_of))
            case Answer.POWER | Answer.NOT_A_FAULT:
                cause = "" if view.cause is None else cause_word(view.cause, self._words.language)
                return self._say.you_labelled.format(cause=cause)
            case unreachable:
                assert_never(unreachable)

    def _take(self, request: Request, form: Mapping[str, str]) -> Response:
        try:
            ticket = self._links.read(request.path_params["link"], self._clock.now())
        except LinkRefused as refused:
            return self._refuse(request, refused.why)
        said = form.get("jawab", "")
        actor = Actor(ticket.person, VIA)
        if said in _ANSWERS:
            return self._after_answer(request, ticket, self._commands.answer(ticket.digest, ticket.incident, actor, Answer(said)))
        if said not in _AFTERWARDS:
            return self._refused(self._say.refused_form, 400)
        if not self._links.is_marked(ticket, request.cookies.get(_cookie(ticket))):
            return self._refuse(request, "used", ticket)
        return self._afterwards(request, ticket, actor, said, form.get("catatan", ""))

    def _after_answer(self, request: Request, ticket: Ticket, done: Done) -> Response:
        match done.outcome:
            case Outcome.USED:
                return self._refused(self._say.refused_used, 409)
            case Outcome.UNKNOWN:
                return self._refuse(request, "gone", ticket)
            case Outcome.TOO_LATE:
                return self._back(request, ticket, "terlambat", is_marked=True)
            case Outcome.ALREADY:
                return self._back(request, ticket, "sudah", is_marked=True)
            case Outcome.DONE:
                return self._back(request, ticket, "", is_marked=True)
            case unreachable:
                assert_never(unreachable)

    def _afterwards(self, request: Request, ticket: Ticket, actor: Actor, said: str, text: str) -> Response:
        if said == "undo":
            done = self._commands.undo_answer(ticket.digest, ticket.incident, actor)
            if done.outcome is not Outcome.DONE:
                return self._refused(self._say.refused_undo, 409)
            return self._back(request, ticket, "batal")
        if said == "cause_power":
            self._commands.label_cause(ticket.incident, actor, Cause.POWER)
            return self._back(request, ticket, "catat")
        try:
            self._commands.annotate(ticket.incident, actor, self._say.back_text if said == "back" else text)
        except CommandRefusedError:
            return self._refused(self._say.refused_words, 400)
        return self._back(request, ticket, "pulih" if said == "back" else "catat")

    def _back(self, request: Request, ticket: Ticket, said: str, *, is_marked: bool = False) -> Response:
        """To the page again, with GET: a reload repeats nothing."""
        answer = RedirectResponse(f"{request.url.path}{'?kabar=' + said if said else ''}", 303, headers=_HEADERS)
        if is_marked:
            seconds = max(int((ticket.expires_at - self._clock.now()).total_seconds()), 1)
            answer.set_cookie(
                _cookie(ticket),
                self._links.browser_mark(ticket),
                max_age=seconds,
                path=ADDRESS,
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
        return answer

    def _given(self, ticket: Ticket) -> Given | None:
        with self._engine.connect() as connection:
            return duty_answers.given(connection, ticket.digest)

    def _page(self, view: DutyView, visit: Visit) -> Response:
        return HTMLResponse(duty_page(view, visit, self._words), headers=_HEADERS)

    def _refuse(self, request: Request, why: str, ticket: Ticket | None = None) -> Response:
        """Refuse a link, and write it down."""
        person = "?" if ticket is None else ticket.person
        subject = "link" if ticket is None else f"incident:{ticket.incident}"
        client = "?" if request.client is None else request.client.host
        log.warning("a link of the duty page was refused (%s), from %s", why, client)
        if self._written.may_spend():
            self._commands.refuse_link(Actor(person, VIA), f"{why}, from {client}", subject)
        sentence, status = {
            "tampered": (self._say.refused_tampered, 403),
            "expired": (self._say.refused_expired, 410),
            "used": (self._say.refused_used, 409),
            "gone": (self._say.refused_gone, 404),
        }[why]
        return self._refused(sentence, status)

    def _refused(self, sentence: str, status: int) -> Response:
        return HTMLResponse(refusal_page(sentence, self._words), status, headers=_HEADERS)


_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
_ANSWERS = frozenset(each.value for each in Answer)
_AFTERWARDS = frozenset({"undo", "note", "back", "cause_power"})


def _said(word: str, view: DutyView, words: Words) -> str:
    """What is said about the deed before: chosen by a word of the address, never its text."""
    say = duty_words(words.language)
    match word:
        case "batal":
            return say.undone
        case "catat":
            return say.noted
        case "pulih":
            return say.back_noted
        case "terlambat":
            return say.too_late
        case "sudah" if view.acknowledged_by is not None and view.acknowledged_at is not None:
            return say.has_it_already.format(name=view.acknowledged_by, time=words.moment(view.acknowledged_at, view.as_of))
        case _:
            return ""


def _cookie(ticket: Ticket) -> str:
    return f"{COOKIE}_{ticket.digest[:12]}"


def _seconds_left(given: Given, now: datetime) -> int:
    return max(int((given.at + UNDO_WITHIN - now).total_seconds()), 0)


def section_of(config: Config) -> NotifyingSection:
    """How notices are answered, as written, or the defaults."""
    return config.notifying or NotifyingSection()


def links_of(config: Config, data_dir: Path) -> DutyLinks:
    """What makes and reads the links of one configuration. Raises ConfigError when there is no key."""
    section = section_of(config)
    try:
        key = load_or_make_key(data_dir / DUTY_KEY) if section.key is None else section.key.resolve().encode()
    except (SecretUnavailableError, KeyUnusableError) as trouble:
        raise ConfigError([Mistake(str(config.source_path), str(trouble), where="notifying.key")]) from None
    base = section.public_url or f"http://{config.web.host}:{config.web.port}"
    people = {each.name: each.person for each in config.receivers if each.person is not None}
    return DutyLinks(key, base, people, section.link_lasts)


def desk_of(config: Config, data_dir: Path, engine: Engine, clock: Clock) -> DutyDesk:
    """The duty page of one configuration. Raises ConfigError when there is no key for its links."""
    words = words_for(Language.ENGLISH if section_of(config).english else Language.INDONESIAN, config.zone)
    places = {each.code: f"Kel. {each.name}, {each.kecamatan}" for each in config.kelurahan}
    queries = DutyQueries(engine, clock, places=places, is_simulated=config.mode is Mode.DEMO)
    return DutyDesk(links_of(config, data_dir), engine, queries, Commands(engine, clock), clock, words)


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form, the first of each name; an empty one when it is too long or not a form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


class _Budget:
    """So many per so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._spent, self._since = 0, time.monotonic()

    def may_spend(self) -> bool:
        if time.monotonic() - self._since > self._seconds:
            self._spent, self._since = 0, time.monotonic()
        self._spent += 1
        return self._spent <= self._most
