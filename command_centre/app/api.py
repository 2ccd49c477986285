"""``/api/v1``: what programs may ask and do. Described by its own OpenAPI document at ``/api/v1/openapi.json``.

The door stands in front (``app.guard``); each address asks again for its own right. Answers are the read side's views as JSON,
times in UTC; lists come in pages; an answer that has not changed costs a 304.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response

from command_centre.app.api_common import From, OneLine, Until, needs, period
from command_centre.app.api_exports import Exporting
from command_centre.commands import Actor, CommandRefusedError, Commands, Done, Outcome
from command_centre.domain.calendar import Interval
from command_centre.domain.incident import Cause, IncidentId
from command_centre.domain.person import Person, Right
from command_centre.domain.ports import Clock
from command_centre.domain.series import Resolution
from command_centre.domain.target import TargetKind
from command_centre.read.archive import (
    LONGEST_PAGE,
    LONGEST_RAW,
    MOST_POINTS,
    Archive,
    AvailabilityOf,
    IncidentOf,
    Line,
    Page,
    SeriesOf,
    StatusOfAll,
)
from command_centre.read.exports import Exports

VIA = "api"
LARGEST_NUMBER = (1 << 53) - 1
STEPS: dict[str, Resolution] = {"5m": Resolution.FIVE_MINUTES, "1h": Resolution.HOUR, "1d": Resolution.DAY}

encode = msgspec.json.Encoder().encode


Key: TypeAlias = Annotated[str, Path(max_length=200, description="Stable key of a target, such as situs:diskominfo")]
Number: TypeAlias = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="Lines a page")]


class Sentence(BaseModel):
    """What went wrong, in a sentence."""

    detail: str


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Note(_Order):
    """A line for an incident's story."""

    text: OneLine


class Assignment(_Order):
    """To whom an incident is given."""

    to: OneLine


class CauseOrder(_Order):
    """What it was."""

    cause: Cause


class Quiet(_Order):
    """No notices for a while: why, and for how long."""

    reason: OneLine
    minutes: Annotated[int, Field(ge=1, le=43_200)]


class Became(BaseModel):
    """What became of a command: done, already (it was so before), too_late (it is over)."""

    outcome: Outcome


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Sentence},
    401: {"model": Sentence},
    403: {"model": Sentence},
    404: {"model": Sentence},
    503: {"model": Sentence},
}


Reader: TypeAlias = Annotated[Person, Depends(needs(Right.READ))]
Operator: TypeAlias = Annotated[Person, Depends(needs(Right.ACT_ON_INCIDENT))]
Silencer: TypeAlias = Annotated[Person, Depends(needs(Right.SILENCE))]


def create_api(archive: Archive, exports: Exports, commands: Commands, clock: Clock, *, is_simulated: bool) -> FastAPI:
    """The interface as an application of its own, to be mounted at ``/api/v1``."""
    api = FastAPI(
        title="Command Centre Kota Bontang",
        version="1",
        description="Keadaan layanan digital kota. Waktu dalam UTC; nilai yang tidak terukur adalah null, tidak pernah 0.",
        docs_url=None,
        redoc_url=None,
        responses=REFUSALS,
    )
    api.add_exception_handler(DBAPIError, _database_trouble)
    _Asking(archive, clock).register(api)
    _Ordering(commands).register(api)
    Exporting(exports, clock, is_simulated).register(api)
    return api


async def _database_trouble(_: Request, __: Exception) -> Response:
    return JSONResponse({"detail": "the database cannot be used now"}, 503)


@dataclass(frozen=True, slots=True)
class _Asking:
    """The addresses that only read."""

    archive: Archive
    clock: Clock

    def register(self, api: FastAPI) -> None:
        get: Any = api.get  # its decorators are untyped for bound methods
        get("/status", response_model=StatusOfAll, summary="Everything at once")(self.status)
        get("/targets", response_model=Page, summary="The register")(self.targets)
        get("/targets/{key}", response_model=Line, summary="One line of the register")(self.target)
        get("/targets/{key}/readings", response_model=Page, summary="The log of one target")(self.readings)
        get("/targets/{key}/series/{metric}", response_model=SeriesOf, summary="One quantity over time")(self.series)
        get("/targets/{key}/availability", response_model=AvailabilityOf, summary="The accounting rule over a period")(
            self.availability
        )
        get("/incidents", response_model=Page, summary="Incidents, newest first")(self.incidents)
        get("/incidents/{number}", response_model=IncidentOf, summary="One incident with its story")(self.incident)

    def status(self, request: Request, _: Reader) -> Response:
        """The state of every target now, and how many were measured of how many expected."""
        found = self.archive.status()
        return _answer(request, found, tag=(found.data_as_of, found.counts, found.targets))

    def targets(
        self,
        request: Request,
        _: Reader,
        kind: TargetKind | None = None,
        kelurahan: Annotated[str | None, Query(max_length=20)] = None,
        listed: Annotated[Literal["now", "ever"], Query(description="ever: also those that have left the register")] = "now",
        after: Annotated[str | None, Query(max_length=200, description="Cursor: next of the page before")] = None,
        limit: Limit = 200,
    ) -> Response:
        """Lines of the register, in the order of their keys."""
        found = self.archive.targets(
            kind=kind, kelurahan=_storable(kelurahan), removed=listed == "ever", after=_storable(after), limit=limit
        )
        return _answer(request, found)

    def target(self, request: Request, _: Reader, key: Key) -> Response:
        """Who this target is."""
        return _answer(request, _known(self.archive.target(_clean(key))))

    def readings(
        self,
        request: Request,
        _: Reader,
        key: Key,
        start: From = None,
        until: Until = None,
        after: Annotated[int | None, Query(ge=0, le=LARGEST_NUMBER)] = None,
        limit: Limit = 200,
    ) -> Response:
        """What every look at this target found, in the order in which it was stored."""
        within = self._period(start, until)
        return _answer(request, _known(self.archive.readings(_clean(key), within, after=after, limit=limit)))

    def series(
        self,
        request: Request,
        _: Reader,
        key: Key,
        metric: Annotated[str, Path(max_length=100)],
        start: From = None,
        until: Until = None,
        step: Annotated[Literal["auto", "raw", "5m", "1h", "1d"], Query(description="Width of a point")] = "auto",
    ) -> Response:
        """One quantity of one target: count, mean, least and greatest of each step, with coverage."""
        within = self._period(start, until)
        resolution = None if step == "raw" else STEPS.get(step, fitting(within))
        if resolution is None and within.end - within.start > LONGEST_RAW:
            raise HTTPException(400, f"the log itself is given for at most {LONGEST_RAW.days} days; ask for step=5m")
        if resolution is not None and (within.end - within.start) / resolution.value > MOST_POINTS:
            raise HTTPException(400, f"that would be more than {MOST_POINTS} points; ask for a wider step")
        return _answer(request, _known(self.archive.series(_clean(key), _clean(metric), within, resolution)))

    def availability(self, request: Request, _: Reader, key: Key, start: From = None, until: Until = None) -> Response:
        """Seconds up, degraded, down, unknown and planned, and the ratios that follow; null where nothing was measured."""
        return _answer(request, _known(self.archive.availability(_clean(key), self._period(start, until))))

    def incidents(
        self,
        request: Request,
        _: Reader,
        state: Literal["open", "resolved"] | None = None,
        severity: Literal["critical", "warning", "info"] | None = None,
        start: From = None,
        until: Until = None,
        after: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None,
        limit: Limit = 200,
    ) -> Response:
        """Incidents that touch the period; without one, all of them."""
        within = None if start is None and until is None else self._period(start, until)
        found = self.archive.incidents(state=state, severity=severity, within=within, after=after, limit=limit)
        return _answer(request, found)

    def incident(self, request: Request, _: Reader, number: Number) -> Response:
        """One incident, from its opening to its end."""
        return _answer(request, _known(self.archive.incident(number)))

    def _period(self, start: datetime | None, until: datetime | None) -> Interval:
        return period(start, until, self.clock.now(), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class _Ordering:
    """The addresses that change something. Each leaves an audit row (``command_centre.commands``)."""

    commands: Commands

    def register(self, api: FastAPI) -> None:
        post: Any = api.post
        for name, order, summary in (
            ("acknowledge", self.acknowledge, "I have it"),
            ("take-back", self.take_back, "I do not have it after all"),
            ("notes", self.annotate, "A line in its story"),
            ("assignment", self.assign, "Give it to somebody"),
            ("cause", self.label, "What it was"),
            ("silence", self.silence, "No notices for a while"),
        ):
            post(f"/incidents/{{number}}/{name}", response_model=Became, summary=summary)(order)

    def acknowledge(self, number: Number, person: Operator) -> Became:
        """Stops every notice that still goes on."""
        return _became(self.commands.acknowledge(IncidentId(number), Actor(person.name, VIA)))

    def take_back(self, number: Number, person: Operator) -> Became:
        """Notices go on."""
        return _became(self.commands.take_back(IncidentId(number), Actor(person.name, VIA)))

    def annotate(self, number: Number, note: Note, person: Operator) -> Became:
        """Also when it is over."""
        return _became(_tried(lambda: self.commands.annotate(IncidentId(number), Actor(person.name, VIA), note.text)))

    def assign(self, number: Number, assignment: Assignment, person: Operator) -> Became:
        """Whoever has it by assignment has it: notices stop."""
        return _became(_tried(lambda: self.commands.assign(IncidentId(number), Actor(person.name, VIA), assignment.to)))

    def label(self, number: Number, order: CauseOrder, person: Operator) -> Became:
        """Also when it is over: reports ask for it later."""
        return _became(self.commands.label_cause(IncidentId(number), Actor(person.name, VIA), order.cause))

    def silence(self, number: Number, quiet: Quiet, person: Silencer) -> Became:
        """About this incident and its children; its end is told all the same."""
        length = timedelta(minutes=quiet.minutes)
        actor = Actor(person.name, VIA)
        return _became(_tried(lambda: self.commands.silence_incident(IncidentId(number), actor, length, quiet.reason)))


def fitting(within: Interval) -> Resolution:
    """The finest step that gives at most some 2,000 points."""
    length = within.end - within.start
    return next((each for each in (Resolution.FIVE_MINUTES, Resolution.HOUR) if length / each.value <= 2_100), Resolution.DAY)


def _tried(do: Callable[[], Done]) -> Done:
    try:
        return do()
    except CommandRefusedError as refused:
        raise HTTPException(400, str(refused)) from None


def _became(done: Done) -> Became:
    if done.outcome is Outcome.UNKNOWN:
        raise HTTPException(404, "there is no such incident")
    return Became(outcome=done.outcome)


def _known(found: Any) -> Any:
    if found is None:
        raise HTTPException(404, "there is no such thing")
    return found


def _clean(text: str) -> str:
    """A name as it may stand in the database: nothing is called otherwise, so anything else is not found."""
    if "\0" in text or any(0xD800 <= ord(each) < 0xE000 for each in text):
        raise HTTPException(404, "there is no such thing")
    return text


def _storable(text: str | None) -> str | None:
    return None if text is None else _clean(text)


def _answer(request: Request, found: Any, tag: Any = None) -> Response:
    """The view as JSON with its ETag. ``tag``: what the tag is made of, where a part (the time of the answer) always differs."""
    body = encode(found)
    digest = hashlib.blake2b(body if tag is None else encode(tag), digest_size=12).hexdigest()
    etag = f'"{digest}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
