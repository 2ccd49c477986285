"""One look at one service: sign in, walk its steps, ask, turn its pages, and say what was found as a Reading."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from collectors.e_services.asking import Asker, Question, Visit
from collectors.e_services.choosing import FindDefinition
from collectors.e_services.conditions import own_words
from collectors.e_services.definition import Definition, OAuth2Auth, Step
from collectors.e_services.documents import Document, Format
from collectors.e_services.judging import Answer, Finding, down, inspect, nothing_found, open_answer, unknown
from collectors.e_services.manners import Waits, wait_after
from collectors.e_services.paging import Shelf
from collectors.e_services.paths import LostError, Path, one
from collectors.e_services.reporting import reading_of, wait_seconds
from collectors.e_services.signing import RefusedTokenError, TokenStore, question_of, read_token, signed, token_question
from collectors.e_services.templates import Filling, Resolve, UnresolvedError
from collectors.websites.addresses import Address, parse_address
from collectors.websites.failures import Trouble
from collectors.websites.judging import Verdict, judge_answer
from collectors.websites.looks import Look, Response
from collectors.websites.options import Expectations, Options, expectations_for
from collectors.websites.pacing import HostBusyError, LoopLag
from command_centre.domain.personal_data import refused_address
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.target import Target


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything one look brought: what was found, the answers it rests on, and what must not be shown of it."""

    at: datetime
    finding: Finding
    responses: tuple[Response, ...] = ()
    dns_seconds: float | None = None
    lag_seconds: float = 0.0
    pages: int = 0
    waits_seconds: float | None = None
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


class _EndedError(Exception):
    """The look cannot go on; ``verdict`` says why. ``finding`` is what was found all the same."""

    def __init__(self, verdict: Verdict, finding: Finding | None = None) -> None:
        super().__init__(verdict.detail)
        self.verdict = verdict
        self.finding = finding


@dataclass(slots=True)
class _Errand:
    """One look while it is under way."""

    definition: Definition
    filling: Filling
    visit: Visit
    at: datetime
    pages: int = 0


class ServicePoller:
    """Implements the Poller port for e-services. Use it on one event loop; ``close`` it at the end."""

    def __init__(self, options: Options, clock: Clock, find_definition: FindDefinition, resolve: Resolve) -> None:
        self._options = options
        self._clock = clock
        self._find_definition = find_definition
        self._resolve = resolve
        self._asker = Asker(options)
        self._lag = LoopLag()
        self._waits = Waits()
        self._tokens = TokenStore()
        self._signing_in: defaultdict[OAuth2Auth, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def poll(self, target: Target) -> Reading:
        """One look. Whatever the service does becomes a reading, within the options' time-out."""
        if not target.address:
            return Reading(target.key, self._clock.now(), Status.UNKNOWN, Reason.NO_ADDRESS, "no address is known")
        try:
            definition = self._find_definition(target)
        except LookupError as trouble:
            return Reading(target.key, self._clock.now(), Status.UNKNOWN, Reason.CONFIG, str(trouble.args[0]))
        return reading_of(target, await self.look(target.address, definition))

    async def close(self) -> None:
        """Give sockets and name-server channels back."""
        await self._asker.close()

    async def look(self, url: str, definition: Definition) -> Seen:
        """One look at the service behind ``url``; everything about it, secrets marked."""
        at = self._clock.now()
        errand = _Errand(definition, Filling(self._resolve), self._asker.begin(), at)
        with self._lag.watch() as lag:
            try:
                finding = await self._find(errand, url)
            except _EndedError as ended:
                finding = ended.finding or nothing_found(definition, ended.verdict)
            except UnresolvedError as trouble:
                finding = nothing_found(definition, unknown(Reason.CONFIG, str(trouble)))
            except HostBusyError:
                busy = unknown(Reason.COLLECTOR_FAULT, "another look of ours kept this host busy")
                finding = nothing_found(definition, busy)
            finally:
                self._asker.end(errand.visit)
        return _seen(errand, finding, lag.seconds)

    # --- the line of one look -------------------------------------------------------------------------------------------------

    async def _find(self, errand: _Errand, url: str) -> Finding:
        for number, step in enumerate(errand.definition.steps, start=1):
            await self._walk(errand, step, f"step {number}")
        filled = errand.filling.text(url)  # only now: a step may have learned a part of the address
        address = self._admitted(filled, errand.at)
        question = question_of(errand.definition.ask, filled, errand.filling, errand.definition.client_certificate)
        look = await self._ask_signed(errand, question)
        self._note(address, look, errand.at)
        document = self._opened(errand, look)
        trouble = await self._turn_pages(errand, question, look, document)
        finding = inspect(document, errand.definition, errand.at, trouble)
        return _slow(finding, errand, self._options.slow_after)

    def _admitted(self, url: str, at: datetime) -> Address:
        """The address, if it may be asked now. Raises _EndedError."""
        try:
            address = parse_address(url)
        except ValueError as trouble:
            raise _EndedError(unknown(Reason.CONFIG, str(trouble))) from None
        refusal = refused_address(url)
        if refusal is not None:
            raise _EndedError(unknown(Reason.PERSONAL_DATA, f"{refusal}; it is not asked"))
        wait = self._waits.at(address.origin, at)
        if wait is not None:
            raise _EndedError(wait.verdict())
        return address

    def _note(self, address: Address, look: Look, at: datetime) -> None:
        if look.last is not None and look.last.trouble is None:
            self._waits.note(address.origin, wait_after(look.last.status, look.last.headers, at))

    async def _ask(self, errand: _Errand, question: Question) -> Look:
        try:
            return await self._asker.ask(errand.visit, question, errand.at.date())
        except ValueError as trouble:
            raise _EndedError(unknown(Reason.CONFIG, str(trouble))) from None

    # --- signing in -----------------------------------------------------------------------------------------------------------

    async def _ask_signed(self, errand: _Errand, question: Question) -> Look:
        """Ask with credentials. An OAuth2 token that is refused is fetched anew, once."""
        auth = errand.definition.auth
        token = await self._token(errand, auth) if isinstance(auth, OAuth2Auth) else None
        look = await self._ask(errand, signed(question, auth, errand.filling, token))
        if not isinstance(auth, OAuth2Auth) or token is None or look.last is None or look.last.status != 401:
            return look
        self._tokens.forget(auth, token)
        return await self._ask(errand, signed(question, auth, errand.filling, await self._token(errand, auth)))

    async def _token(self, errand: _Errand, auth: OAuth2Auth) -> str:
        """A token in use, or a new one: services that share an account fetch it once."""
        async with self._signing_in[auth]:
            value = self._tokens.fresh(auth, time.monotonic())
            if value is None:
                value = await self._new_token(errand, auth)
        errand.filling.hide(value)
        return value

    async def _new_token(self, errand: _Errand, auth: OAuth2Auth) -> str:
        question = token_question(auth, errand.filling)
        look = await self._ask(errand, question)
        last = look.last
        if last is None or last.trouble is not None or last.status is None or last.status >= 500:
            raise _EndedError(_with_place(self._wrong(look, errand), "the token endpoint"))
        try:
            token = read_token(last.body, last.headers.get("content-type", ""))
        except RefusedTokenError as trouble:
            raise _EndedError(down(Reason.AUTH_REQUIRED, str(trouble))) from None
        self._tokens.keep(auth, token, time.monotonic())
        return token.value

    async def _walk(self, errand: _Errand, step: Step, name: str) -> None:
        """One request before the real one; what it saves is known afterwards. Raises _EndedError."""
        url = errand.filling.text(step.ask.url)
        address = self._admitted(url, errand.at)
        question = question_of(step.ask, url, errand.filling, errand.definition.client_certificate)
        look = await self._ask(errand, question)
        self._note(address, look, errand.at)
        only = Definition(format=step.format, ok=step.ok)
        wrong = judge_answer(look, _expected(self._options, only), errand.at)
        if wrong is not None:
            raise _EndedError(_with_place(wrong, name))
        if step.format is Format.ANY or (not step.save and not step.ok):
            return
        document = self._read(only, look, name)
        for variable, path in step.save:
            errand.filling.learn(variable, _saved(document, path, name))

    def _read(self, definition: Definition, look: Look, name: str) -> Document:
        opened = open_answer(_answer(look), definition)
        if opened.verdict is not None:
            raise _EndedError(_with_place(opened.verdict, name))
        failed = inspect(opened.document, definition, self._clock.now()).verdict
        if failed.status is not Status.UP:
            raise _EndedError(_with_place(failed, name))
        return opened.document

    # --- the answer -----------------------------------------------------------------------------------------------------------

    def _opened(self, errand: _Errand, look: Look) -> Document:
        """The answer as a document. Raises _EndedError."""
        wrong = self._wrong_or_none(look, errand)
        if wrong is not None:
            raise _EndedError(self._in_own_words(wrong, look, errand))
        if look.last is not None and look.last.status in (204, 205) and not errand.definition.extract:
            return Document(errand.definition.format, None)
        opened = open_answer(_answer(look), errand.definition)
        if opened.verdict is not None:
            raise _EndedError(opened.verdict)
        return opened.document

    def _wrong_or_none(self, look: Look, errand: _Errand) -> Verdict | None:
        return judge_answer(look, _expected(self._options, errand.definition), errand.at)

    def _wrong(self, look: Look, errand: _Errand) -> Verdict:
        found = judge_answer(look, _expected(self._options, Definition()), errand.at)
        return found if found is not None else down(Reason.HTTP_STATUS, "an answer that cannot be used")

    def _in_own_words(self, wrong: Verdict, look: Look, errand: _Errand) -> Verdict:
        """A wrong status with what the service says of it; a health answer on 503 is one (so do Spring and the IETF draft)."""
        if look.last is None or look.last.trouble is not None or wrong.reason in (Reason.BLOCKED, Reason.BOT_CHALLENGE):
            return wrong
        opened = open_answer(_answer(look), errand.definition)
        if opened.verdict is not None:
            return opened.verdict if opened.verdict.reason is Reason.PERSONAL_DATA else wrong
        told = inspect(opened.document, errand.definition, errand.at)
        if told.verdict.reason is Reason.HEALTH_FAIL or (told.health is not None and told.verdict.reason is Reason.HEALTH_WARN):
            raise _EndedError(told.verdict, told)
        said = own_words(opened.document, errand.definition.message)
        if told.verdict.reason is Reason.API_ERROR and errand.definition.format is Format.XML:
            return told.verdict  # a SOAP fault comes with status 500
        return replace(wrong, detail=f"{wrong.detail}: {said}") if said else wrong

    async def _turn_pages(self, errand: _Errand, question: Question, look: Look, document: Document) -> Trouble | None:
        """Read the further pages into ``document``; what went wrong with them."""
        paging, last = errand.definition.paging, look.last
        if paging is None or last is None:
            return None
        shelf = Shelf(paging, document, last)
        while True:
            errand.pages += 1
            following = shelf.following()
            if following.address is None:
                return following.trouble or shelf.close()
            fetched = await self._page(errand, replace(question, url=following.address.url))
            if fetched is None:
                return shelf.close()
            trouble = fetched if isinstance(fetched, Trouble) else shelf.add(*fetched)
            if trouble is not None:
                return trouble

    async def _page(self, errand: _Errand, question: Question) -> tuple[Document, Response] | Trouble | None:
        """One further page, or what is wrong with it; None: the pages are over (404, or an answer without content)."""
        look = await self._ask_signed(errand, question)
        last = look.last
        if last is not None:
            self._note(last.address, look, errand.at)
        if last is not None and (last.status in (204, 404) or (last.status == 200 and not last.body.strip())):
            return None
        wrong = self._wrong_or_none(look, errand)
        if wrong is None and last is not None:
            opened = open_answer(_answer(look), errand.definition)
            if opened.verdict is None:
                return opened.document, last
            wrong = opened.verdict
        said = wrong.detail if wrong is not None else "no answer"
        return Trouble(Reason.PAGINATION, f"page {errand.pages + 1}: {said}")


def _answer(look: Look) -> Answer:
    last = look.last
    if last is None:
        return Answer(b"")
    return Answer(last.body, last.headers.get("content-type", ""), last.is_capped, look.page)


def _saved(document: Document, path: Path, name: str) -> str:
    """A variable of the flow from a step's answer. Raises _EndedError."""
    try:
        found = one(path, document)
    except LostError:
        found = None
    if not isinstance(found, (str, int)) or isinstance(found, bool) or found == "":
        raise _EndedError(down(Reason.MISSING_VALUE, f"{name}: the answer holds nothing at {path.text}"))
    return str(found)


def _with_place(verdict: Verdict, place: str) -> Verdict:
    return replace(verdict, detail=f"{place}: {verdict.detail}")


def _expected(options: Options, definition: Definition) -> Expectations:
    plain = expectations_for(options, {})
    return replace(plain, expect_status=definition.expect_status) if definition.expect_status else plain


def _slow(finding: Finding, errand: _Errand, usual: timedelta | None) -> Finding:
    limit = errand.definition.slow_after or usual
    total = sum(each.phases.total for each in errand.visit.responses) + (errand.visit.dns_seconds or 0.0)
    if limit is None or finding.verdict.status is not Status.UP or total <= limit.total_seconds():
        return finding
    return replace(finding, verdict=Verdict(Status.DEGRADED, Reason.SLOW, f"answered, but only after {total:.1f} s"))


def _seen(errand: _Errand, finding: Finding, lag_seconds: float) -> Seen:
    responses = tuple(errand.visit.responses)
    return Seen(
        at=errand.at,
        finding=finding,
        responses=responses,
        dns_seconds=errand.visit.dns_seconds,
        lag_seconds=lag_seconds,
        pages=errand.pages,
        waits_seconds=wait_seconds(responses, errand.at),
        secrets=frozenset(errand.filling.secrets),
    )
