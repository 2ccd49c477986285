"""Signing in and out, and the password of one's own.

Nothing here says whether a name exists: unknown name, wrong password and disabled account sound, and take, the same.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from command_centre.app.guard import (
    NEW_PASSWORD,
    SESSION_COOKIE,
    SESSION_LASTS,
    SIGN_IN,
    SIGN_OUT,
    Access,
    current_person,
    give_cookie,
    is_same_origin,
    unsigned,
    within,
)
from command_centre.app.passwords import LEAST_LENGTH, fits, hash_password
from command_centre.domain.person import FORGOTTEN_AFTER, FREE_FOR_ADDRESS, FREE_FOR_NAME, FREE_FOR_PAIR
from command_centre.domain.ports import Clock
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.database import writing
from command_centre.storage.people import (
    Account,
    begin_session,
    blocked_until,
    end_session,
    forget_failures,
    load_account,
    note_failure,
    person_of_session,
    replace_password,
    sweep_attempts,
)
from layouts.signing_in import page
from layouts.wording import Words
from layouts.wording.signing_in import signing_in_words

log = logging.getLogger(__name__)

MOST_FORM_FIELDS = 6
LONGEST_FIELD = 200
MOST_FORM_BYTES = 4096
HTML_HEADERS = {"Cache-Control": "no-store"}
VIA = "web"


class SigningIn:
    """The addresses /masuk, /keluar and /sandi."""

    def __init__(
        self, engine: Engine, clock: Clock, access: Access, words: Words, *, city: str, single_sign_on: str | None = None
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._access = access
        self._words = words
        self._say = signing_in_words(words.language)
        self._city = city
        self._single_sign_on = single_sign_on

    def routes(self) -> list[Route]:
        """What to hang into the application."""
        return [
            Route(SIGN_IN, self.show, methods=["GET"]),
            Route(SIGN_IN, self.sign_in, methods=["POST"]),
            Route(SIGN_OUT, self.sign_out, methods=["POST"]),
            Route(NEW_PASSWORD, self.show_new_password, methods=["GET"]),
            Route(NEW_PASSWORD, self.set_password, methods=["POST"]),
        ]

    # -- signing in

    async def show(self, request: Request) -> Response:
        """The form. Looking at it changes nothing."""
        return self._form(target=within(request.query_params.get("ke", "/")))

    async def sign_in(self, request: Request) -> Response:
        """One attempt."""
        if not is_same_origin(request):  # or another site's page could sign somebody in as somebody else
            return self._form(target="/", said=self._say.wrong, status=403)
        form = await _fields(request)
        name, password = form.get("nama", "").strip().lower(), form.get("sandi", "")
        target = within(form.get("ke", "/"))
        try:
            answer = await run_in_threadpool(self._try, name, password, _address(request))
        except DBAPIError:
            return self._form(target=target, said=self._say.unavailable, status=503)
        if isinstance(answer, _Refused):
            return self._form(target=target, said=answer.sentence, status=answer.status)
        going = NEW_PASSWORD if answer.must_replace else target
        response = RedirectResponse(going, 303, headers=HTML_HEADERS)
        self._give_session(response, request, answer.secret)
        return response

    def _try(self, name: str, password: str, address: str) -> _Admitted | _Refused:
        at = self._clock.now()
        keys = _keys(name, address)
        with self._engine.connect() as connection:
            until = blocked_until(connection, tuple(keys), at)
            account = load_account(connection, name)
        if until is not None:
            log.warning("signing in as %r from %s has to wait", name[:64], address)
            return _Refused(self._say.later.format(time=self._words.time(until)), 429)
        is_right = fits(password, None if account is None else account.password_hash)  # slow on purpose: outside the transaction
        if account is None or not is_right or account.disabled_at is not None:
            self._fail(keys, name, address)
            return _Refused(self._say.wrong, 401)
        return self._admit(account, keys, address)

    def _fail(self, keys: Mapping[str, int], name: str, address: str) -> None:
        at = self._clock.now()
        with writing(self._engine) as connection:
            sweep_attempts(connection, at - FORGOTTEN_AFTER)
            for key, free in keys.items():
                note_failure(connection, key, free, at)
            write_audit(connection, self._entry(name, "sign_in_failed", address))

    def _admit(self, account: Account, keys: Mapping[str, int], address: str) -> _Admitted:
        with writing(self._engine) as connection:
            forget_failures(connection, tuple(keys))
            secret = begin_session(connection, account.name, address, self._clock.now(), SESSION_LASTS)
            write_audit(connection, self._entry(account.name, "sign_in", address))
        return _Admitted(secret, must_replace=account.is_one_time)

    # -- signing out

    async def sign_out(self, request: Request) -> Response:
        """The session ends here and in the database."""
        if not is_same_origin(request):
            return RedirectResponse("/", 303)
        signed = request.cookies.get(SESSION_COOKIE)
        secret = None if signed is None else unsigned(self._access, signed)
        person = current_person()
        if secret is not None and person is not None:
            await run_in_threadpool(self._end, secret, person.name, _address(request))
        response = RedirectResponse(SIGN_IN, 303, headers=HTML_HEADERS)
        response.delete_cookie(SESSION_COOKIE, path="/")
        return response

    def _end(self, secret: str, name: str, address: str) -> None:
        with writing(self._engine) as connection:
            end_session(connection, secret)
            write_audit(connection, self._entry(name, "sign_out", address))

    # -- a password of one's own

    async def show_new_password(self, request: Request) -> Response:
        """The form, for whoever is signed in with a session."""
        account = await run_in_threadpool(self._account_of, request)
        if account is None:
            return RedirectResponse(SIGN_IN, 303, headers=HTML_HEADERS)
        return HTMLResponse(page.new_password_page(self._city, self._words.language, name=account.name), headers=HTML_HEADERS)

    async def set_password(self, request: Request) -> Response:
        """Old one right, new ones alike, long enough, different: then every session begins anew."""
        account = await run_in_threadpool(self._account_of, request)
        if account is None or not is_same_origin(request):
            return RedirectResponse(SIGN_IN, 303, headers=HTML_HEADERS)
        form = await _fields(request)
        said = await run_in_threadpool(self._objection, account, form, _address(request))
        if said:
            body = page.new_password_page(self._city, self._words.language, name=account.name, said=said)
            return HTMLResponse(body, 400, headers=HTML_HEADERS)
        secret = await run_in_threadpool(self._replace, account, form["baru"], _address(request))
        response = RedirectResponse("/", 303, headers=HTML_HEADERS)
        self._give_session(response, request, secret)
        return response

    def _objection(self, account: Account, form: Mapping[str, str], address: str) -> str:
        old, new, again = form.get("lama", ""), form.get("baru", ""), form.get("ulang", "")
        keys = _keys(account.name, address)
        with self._engine.connect() as connection:
            until = blocked_until(connection, tuple(keys), self._clock.now())
        if until is not None:
            return self._say.later.format(time=self._words.time(until))
        if not fits(old, account.password_hash):
            self._fail(keys, account.name, address)
            return self._say.wrong
        if new != again:
            return self._say.differ
        if len(new) < LEAST_LENGTH:
            return self._say.too_short.format(least=LEAST_LENGTH)
        return self._say.same if new == old else ""

    def _replace(self, account: Account, password: str, address: str) -> str:
        kept = hash_password(password)
        at = self._clock.now()
        with writing(self._engine) as connection:
            replace_password(connection, account.name, kept, at)
            write_audit(connection, self._entry(account.name, "change_password", address))
            return begin_session(connection, account.name, address, at, SESSION_LASTS)

    def _account_of(self, request: Request) -> Account | None:
        signed = request.cookies.get(SESSION_COOKIE)
        secret = None if signed is None else unsigned(self._access, signed)
        if secret is None:
            return None
        with self._engine.connect() as connection:
            found = person_of_session(connection, secret, self._clock.now())
            account = None if found is None else load_account(connection, found[0].name)
        return account if account is not None and account.password_hash is not None else None

    # -- shared

    def _form(self, *, target: str, said: str = "", status: int = 200) -> HTMLResponse:
        body = page.sign_in_page(self._city, self._words.language, target=target, said=said, single_sign_on=self._single_sign_on)
        return HTMLResponse(body, status, headers=HTML_HEADERS)

    def _give_session(self, response: Response, request: Request, secret: str) -> None:
        signed = self._access.signer().sign(secret).decode()
        give_cookie(response, request, self._access, SESSION_COOKIE, signed)

    def _entry(self, name: str, command: str, address: str) -> Entry:
        return Entry(self._clock.now(), name[:64] or "?", VIA, command, f"account:{name[:64]}", {"address": address})


class _Admitted:
    """Somebody has signed in: the secret of the new session."""

    def __init__(self, secret: str, *, must_replace: bool) -> None:
        self.secret = secret
        self.must_replace = must_replace


class _Refused:
    """Somebody has not: the sentence for them, and the HTTP status."""

    def __init__(self, sentence: str, status: int) -> None:
        self.sentence = sentence
        self.status = status


async def _fields(request: Request) -> Mapping[str, str]:
    """The fields of a small form; what is longer than any honest one counts as empty."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_FORM_BYTES:
        return {}
    async with request.form(max_fields=MOST_FORM_FIELDS, max_files=0) as form:
        return {name: value for name, value in form.items() if isinstance(value, str) and len(value) <= LONGEST_FIELD}


def _keys(name: str, address: str) -> Mapping[str, int]:
    """Under what an attempt is counted, and how many failures of each are free."""
    short = name[:64]
    return {f"pair:{short}@{address}": FREE_FOR_PAIR, f"address:{address}": FREE_FOR_ADDRESS, f"name:{short}": FREE_FOR_NAME}


def _address(request: Request) -> str:
    return request.client.host[:64] if request.client is not None else "?"
