"""The desk pages of the snapshot: ``/konsol/tindak-lanjut`` (follow-ups) and ``/konsol/pengesahan`` (signatures).

Plain forms. The door lets in whoever may read and refuses what another site's page sends; here a change asks once more for its
own right, and leaves its row in the audit log in the same transaction. After a change the browser is sent back to the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from command_centre.app.guard import current_person
from command_centre.domain.person import Person, Right
from command_centre.domain.ports import Clock
from command_centre.read.snapshot_desk import SnapshotDeskQueries
from command_centre.storage.approvals import NoSuchSnapshot, Signing, approve, withdraw_approval
from command_centre.storage.database import writing
from command_centre.storage.follow_ups import (
    ChangedMeanwhile,
    FollowUpStatus,
    NoSuchFollowUp,
    add_follow_up,
    change_follow_up,
)
from layouts.snapshot import ids
from layouts.snapshot.desk_pages import approval_page, follow_up_page
from layouts.wording import Words

VIA = "console"
MOST_FORM_BYTES = 16 * 1024
MOST_FIELDS = 12
NO_STORE = {"Cache-Control": "no-store"}
STATUS_OF = {"bentrok": 409, "keliru": 400, "hilang": 404, "tanpa-hak": 403, "gangguan": 503}
"""HTTP status of each refusal; whatever is not listed was done."""

Fields = Mapping[str, str]


class SnapshotDesk:
    """Shows the two pages and takes what their forms send."""

    def __init__(self, engine: Engine, clock: Clock, words: Words, *, simulated: bool = False) -> None:
        self._engine = engine
        self._queries = SnapshotDeskQueries(engine)
        self._clock = clock
        self._words = words
        self._simulated = simulated

    def routes(self) -> tuple[BaseRoute, ...]:
        """The addresses of the pages."""
        return (
            Route(ids.FOLLOW_UPS, self.follow_ups, methods=["GET", "POST"]),
            Route(ids.APPROVALS, self.approvals, methods=["GET", "POST"]),
        )

    async def follow_ups(self, request: Request) -> Response:
        """Show the table (GET), or change it (POST)."""
        return await self._answer(request, ids.FOLLOW_UPS, Right.FOLLOW_UP, self._change_follow_up, self._follow_up_page)

    async def approvals(self, request: Request) -> Response:
        """Show which periods are signed (GET), or record a signature (POST)."""
        return await self._answer(request, ids.APPROVALS, Right.APPROVE_SNAPSHOT, self._sign, self._approval_page)

    async def _answer(
        self,
        request: Request,
        address: str,
        right: Right,
        change: Callable[[Person, Fields], str],
        page: Callable[[bool, str], str],
    ) -> Response:
        person = current_person()
        may_change = person is not None and person.may(right)
        said = request.query_params.get("kabar", "")
        if request.method == "POST":
            fields = await _fields(request)
            said = "tanpa-hak" if person is None or not may_change else await run_in_threadpool(_tried, change, person, fields)
            if said not in STATUS_OF:
                return RedirectResponse(f"{address}?kabar={said}", 303, headers=NO_STORE)
        try:
            body = await run_in_threadpool(page, may_change, said)
        except DBAPIError:
            return PlainTextResponse("basis data tidak dapat dibaca sekarang\n", 503)
        return HTMLResponse(body, STATUS_OF.get(said, 200) if request.method == "POST" else 200, headers=NO_STORE)

    # -- in a worker thread

    def _today(self) -> date:
        return self._clock.now().astimezone(self._words.zone).date()

    def _follow_up_page(self, may_change: bool, said: str) -> str:  # noqa: FBT001 - one fact of the visit
        rows = self._queries.follow_ups(self._clock.now(), self._today())
        return follow_up_page(rows, self._words, may_change=may_change, said=said, simulated=self._simulated)

    def _approval_page(self, may_change: bool, said: str) -> str:  # noqa: FBT001 - one fact of the visit
        periods = self._queries.periods()
        return approval_page(
            periods, self._words, today=self._today(), may_change=may_change, said=said, simulated=self._simulated
        )

    def _change_follow_up(self, person: Person, fields: Fields) -> str:
        what, owner = fields.get("apa", ""), fields.get("siapa", "")
        deadline = _day(fields.get("tenggat", ""))
        at = self._clock.now()
        with writing(self._engine) as connection:
            if fields.get("laku") == "tambah":
                add_follow_up(connection, what, owner, deadline, author=person.name, at=at, via=VIA)
                return "tambah"
            is_new = change_follow_up(
                connection,
                int(fields.get("nomor", "")),
                author=person.name,
                at=at,
                via=VIA,
                what=what,
                owner=owner,
                deadline=deadline,
                status=FollowUpStatus(fields.get("status", "")),
                seen=int(fields.get("versi", "")),
            )
            return "ubah" if is_new else "sama"

    def _sign(self, person: Person, fields: Fields) -> str:
        signing = Signing(fields.get("periode", ""), int(fields.get("revisi", "")), person.name, VIA, self._clock.now())
        with writing(self._engine) as connection:
            if fields.get("laku") == "batal":
                return "batal" if withdraw_approval(connection, signing) else "hilang"
            on = _day(fields.get("tanggal", ""))
            if on is None:
                raise ValueError("a signature has a day")
            approve(
                connection,
                signing,
                number=fields.get("nomor_surat", ""),
                name=fields.get("nama", ""),
                staff_number=fields.get("nip", ""),
                on=on,
            )
            return "sah"


def _tried(change: Callable[[Person, Fields], str], person: Person, fields: Fields) -> str:
    """What became of it, as the word that the page explains."""
    try:
        return change(person, fields)
    except ChangedMeanwhile:
        return "bentrok"
    except (NoSuchFollowUp, NoSuchSnapshot):
        return "hilang"
    except (ValueError, OverflowError):
        return "keliru"
    except DBAPIError:
        return "gangguan"


def _day(text: str) -> date | None:
    """None for an empty field. Raises ValueError for what is no day."""
    return date.fromisoformat(text) if text else None


async def _fields(request: Request) -> Fields:
    """The fields of a small form; what is longer than any honest one counts as empty."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_FORM_BYTES:
        return {}
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}
