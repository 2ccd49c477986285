"""The addresses of the evidence viewer: ``/konsol/judol``, one site below it, and its report.

Whoever may read sees verdicts and defanged findings; what pages sent, and reports, are for who may see evidence; judging is for
who may judge. Each is asked here again, whatever the page showed.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from command_centre.app.guard import current_person
from command_centre.commands import Actor, CommandRefusedError, Outcome
from command_centre.domain.person import Person, Right
from command_centre.domain.ports import Clock
from command_centre.domain.target import TargetKey
from command_centre.judgements import Judgements
from command_centre.read.evidence import Case, case_of, comparisons
from command_centre.read.integrity import integrity
from command_centre.read.stewardship import stewardship
from layouts.console.evidence.page import PREFIX, Visitor, address_of, case_page, overview_page
from layouts.console.evidence.report import Desk, as_pdf, as_text, report_of
from layouts.wording import Language, Words, words_for
from layouts.wording.integrity import integrity_words

if TYPE_CHECKING:
    from collections.abc import Callable

VIA = "console"
MOST_FORM_BYTES = 8 * 1024
MOST_DIGITS = 18
FORMS = {"txt": "text/plain; charset=utf-8", "pdf": "application/pdf"}
NO_STORE = {"Cache-Control": "no-store"}


def evidence_pages(engine: Engine, clock: Clock, words: Words, *, contact: str, is_simulated: bool) -> tuple[BaseRoute, ...]:
    """The viewer's addresses. ``contact`` is how the city can be reached; empty where the configuration names none."""
    pages = _Pages(engine, clock, words, contact, is_simulated=is_simulated)
    return (
        Route(PREFIX, pages.overview),
        Route(f"{PREFIX}/{{key}}", pages.case),
        Route(f"{PREFIX}/{{key}}", pages.judge, methods=["POST"]),
        Route(f"{PREFIX}/{{key}}/laporan.{{form}}", pages.report),
    )


class _Pages:
    """One method per address. Questions run in threads: the event loop also feeds the walls."""

    def __init__(self, engine: Engine, clock: Clock, words: Words, contact: str, *, is_simulated: bool) -> None:
        self._engine = engine
        self._clock = clock
        self._words = words
        self._contact = contact
        self._is_simulated = is_simulated
        self._judgements = Judgements(engine, clock)

    async def overview(self, request: Request) -> Response:
        """All sites."""
        words = self._words_for(request)
        return await self._answered(
            lambda: HTMLResponse(
                overview_page(
                    integrity(self._engine, self._clock.now()),
                    stewardship(self._engine, self._clock),
                    words,
                    is_simulated=self._is_simulated,
                ),
                headers=NO_STORE,
            )
        )

    async def case(self, request: Request) -> Response:
        """One site."""
        words, key, person = self._words_for(request), _key(request), current_person()
        said = _said(request.query_params.get("kabar", ""), words)
        return await self._answered(functools.partial(self._case, key, person, said, words))

    def _case(self, key: TargetKey, person: Person | None, said: str, words: Words, status: int = 200) -> Response:
        now = self._clock.now()
        case = case_of(self._engine, key, now)
        if case is None:
            return PlainTextResponse("no such site, or never scanned\n", 404)
        visitor = Visitor(_may(person, Right.JUDGE_FINDING), _may(person, Right.SEE_EVIDENCE), said)
        compared = comparisons(self._engine, key) if visitor.may_see_evidence else ()
        page = case_page(case, compared, visitor, now, words, is_simulated=self._is_simulated)
        return HTMLResponse(page, status, headers=NO_STORE)

    async def judge(self, request: Request) -> Response:
        """Confirm, or call it a false alarm. Answers with where to look next, so that reloading repeats nothing."""
        person = current_person()
        if person is None or not person.may(Right.JUDGE_FINDING):
            return PlainTextResponse("judging is for operators\n", 403)
        form = await _form(request)
        if form is None:
            return PlainTextResponse("not a form of this page\n", 400)
        words, key = self._words_for(request), _key(request)
        return await self._answered(functools.partial(self._judge, key, person, form, words))

    def _judge(self, key: TargetKey, person: Person, form: dict[str, str], words: Words) -> Response:
        actor, seen = Actor(person.name, VIA), _number(form.get("pindai", ""))
        try:
            match form.get("tindakan"):
                case "confirm":
                    outcome = self._judgements.confirm(key, actor, form.get("catatan", ""), seen)
                case "dismiss":
                    days = _number(form.get("hari", "")) or 0
                    outcome = self._judgements.dismiss(key, actor, form.get("catatan", ""), days, seen)
                case _:
                    return PlainTextResponse("no such action\n", 400)
        except CommandRefusedError:
            return self._case(key, person, integrity_words(words.language).viewer.refused, words, 400)
        language = f"&lang={words.language.value}" if words.language is not self._words.language else ""
        return RedirectResponse(f"{address_of(key)}?kabar={outcome.value}{language}", 303)

    async def report(self, request: Request) -> Response:
        """The report about one site, as text or PDF; that it was taken out is written down."""
        person, form = current_person(), request.path_params["form"]
        if person is None or not person.may(Right.SEE_EVIDENCE):
            return PlainTextResponse("reports carry evidence: they are for operators\n", 403)
        if form not in FORMS:
            return PlainTextResponse("no such form\n", 404)
        words, key = self._words_for(request), _key(request)
        return await self._answered(functools.partial(self._report, key, person, form, words))

    def _report(self, key: TargetKey, person: Person, form: str, words: Words) -> Response:
        now = self._clock.now()
        case = case_of(self._engine, key, now)
        if case is None:
            return PlainTextResponse("no such site, or never scanned\n", 404)
        made = self._made(case, person, form, words)
        self._judgements.note_export(key, Actor(person.name, VIA), form)
        name = f"laporan-judol-{key.partition(':')[2] or 'situs'}-{now.astimezone(words.zone):%Y%m%d-%H%M}.{form}"
        headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(made, media_type=FORMS[form], headers=headers)

    def _made(self, case: Case, person: Person, form: str, words: Words) -> bytes:
        now = self._clock.now()
        report = report_of(case, Desk(self._contact, person.name, self._is_simulated), now, words)
        return as_pdf(report, now, words.language.value) if form == "pdf" else as_text(report).encode()

    def _words_for(self, request: Request) -> Words:
        asked = request.query_params.get("lang")
        return words_for(Language(asked), self._words.zone) if asked in set(Language) else self._words

    async def _answered(self, answer: Callable[[], Response]) -> Response:
        try:
            return await run_in_threadpool(answer)
        except DBAPIError:
            return PlainTextResponse("the database cannot be used now\n", 503)


def _key(request: Request) -> TargetKey:
    return TargetKey(request.path_params["key"])


def _may(person: Person | None, right: Right) -> bool:
    return person is not None and person.may(right)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a form, each once; None when it is too long or not text."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            return None
    try:
        return {name: values[0] for name, values in parse_qs(body.decode("ascii"), max_num_fields=20).items()}
    except (UnicodeDecodeError, ValueError):
        return None


def _said(outcome: str, words: Words) -> str:
    """The sentence about what was done, from the address; a word that means nothing says nothing."""
    say = integrity_words(words.language).viewer
    sentences = {
        Outcome.DONE: say.done,
        Outcome.ALREADY: say.nothing_changed,
        Outcome.TOO_LATE: say.too_late,
    }
    return sentences.get(Outcome(outcome), "") if outcome in set(Outcome) else ""
