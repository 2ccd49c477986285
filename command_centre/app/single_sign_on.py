"""The city's single sign-on: OpenID Connect, authorization code with PKCE (RFC 7636).

What a person is allowed follows from the claim that the configuration names, at every sign-in anew; somebody whom it gives no
role is refused. Nothing of the person but name, subject and role is kept.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlparse

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from command_centre.app.guard import SESSION_COOKIE, SESSION_LASTS, SSO_BACK, SSO_START, Access, give_cookie, within
from command_centre.config.access import SingleSignOn
from command_centre.domain.person import Role
from command_centre.domain.ports import Clock
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.database import writing
from command_centre.storage.people import account_of_subject, begin_session, load_account, save_account
from layouts.signing_in import page
from layouts.wording import Words
from layouts.wording.signing_in import signing_in_words

log = logging.getLogger(__name__)

STATE_COOKIE = "cc_sso"
STATE_LASTS = timedelta(minutes=10)
ANSWER_SECONDS = 10
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
VIA = "single sign-on"


class SignOnError(Exception):
    """The single sign-on answered something that lets nobody in. For the log; the person gets one sentence."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody as the single sign-on knows them."""

    subject: str
    name: str
    role: Role


class SigningOn:
    """The two addresses of the single sign-on: the way there, and the way back."""

    def __init__(self, engine: Engine, clock: Clock, access: Access, words: Words, section: SingleSignOn, *, city: str) -> None:
        self._engine = engine
        self._clock = clock
        self._access = access
        self._words = words
        self._section = section
        self._city = city
        self._cookies = URLSafeTimedSerializer(access.key, salt="single-sign-on")

    def routes(self) -> list[Route]:
        """What to hang into the application."""
        return [Route(SSO_START, self.leave, methods=["GET"]), Route(SSO_BACK, self.come_back, methods=["GET"])]

    async def leave(self, request: Request) -> Response:
        """Send the browser to the single sign-on; what must come back unchanged goes into a cookie of ten minutes."""
        sent = {
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            "verifier": secrets.token_urlsafe(48),
            "ke": within(request.query_params.get("ke", "/")),
        }
        try:
            address = await run_in_threadpool(self._address_there, request, sent)
        except (SignOnError, requests.RequestException, AuthlibBaseError) as trouble:
            return self._sorry(trouble)
        response = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
        give_cookie(response, request, self._access, STATE_COOKIE, self._cookies.dumps(sent), lasts=STATE_LASTS)
        return response

    async def come_back(self, request: Request) -> Response:
        """The browser returns with a code: exchange it, check the token, open a session."""
        try:
            sent = self._sent(request)
            known = await run_in_threadpool(self._known, request, sent)
            secret = await run_in_threadpool(self._admit, known, request)
        except (SignOnError, requests.RequestException, AuthlibBaseError, JoseError, DBAPIError, ValueError) as trouble:
            return self._sorry(trouble)
        response = RedirectResponse(within(str(sent["ke"])), 303, headers={"Cache-Control": "no-store"})
        response.delete_cookie(STATE_COOKIE, path="/")
        give_cookie(response, request, self._access, SESSION_COOKIE, self._access.signer().sign(secret).decode())
        return response

    # -- steps

    def _address_there(self, request: Request, sent: Mapping[str, str]) -> str:
        with self._client(request) as client:
            endpoint = self._discovered(client)["authorization_endpoint"]
            address, _ = client.create_authorization_url(
                endpoint, state=sent["state"], nonce=sent["nonce"], code_verifier=sent["verifier"]
            )
        return str(address)

    def _sent(self, request: Request) -> Mapping[str, str]:
        try:
            sent: Mapping[str, str] = self._cookies.loads(
                request.cookies.get(STATE_COOKIE, ""), max_age=int(STATE_LASTS.total_seconds())
            )
        except BadSignature as trouble:
            raise SignOnError("came back without the cookie it left with") from trouble
        if not secrets.compare_digest(sent["state"], request.query_params.get("state", "")):
            raise SignOnError("came back with another state")
        if "code" not in request.query_params:
            raise SignOnError(f"was refused there: {request.query_params.get('error', 'no code')[:80]}")
        return sent

    def _known(self, request: Request, sent: Mapping[str, str]) -> Known:
        with self._client(request) as client:
            about = self._discovered(client)
            token = client.fetch_token(
                about["token_endpoint"],
                code=request.query_params["code"],
                code_verifier=sent["verifier"],
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
            )
            keys = KeySet.import_key_set(_json(client.get(about["jwks_uri"], withhold_token=True, timeout=ANSWER_SECONDS)))
        claims = jwt.decode(str(token.get("id_token", "")), keys, algorithms=list(ALGORITHMS)).claims
        required = {"iss": self._section.issuer, "aud": self._section.client_id, "nonce": sent["nonce"]}
        options: dict[str, Any] = {name: {"essential": True, "value": value} for name, value in required.items()}
        now = int(self._clock.now().timestamp())
        jwt.JWTClaimsRegistry(now, leeway=60, exp={"essential": True}, sub={"essential": True}, **options).validate(claims)
        return self._person_in(claims)

    def _person_in(self, claims: Mapping[str, Any]) -> Known:
        given = claims.get(self._section.role_claim, ())
        named = (given,) if isinstance(given, str) else given if isinstance(given, Sequence) else ()
        roles = [self._section.roles[each] for each in named if each in self._section.roles]
        if not roles:
            raise SignOnError(f"{claims['sub']!r} has no role here")
        role = next(each for each in reversed(Role) if each in roles)
        name = str(claims.get("preferred_username") or claims["sub"]).lower()[:64]
        return Known(f"{self._section.issuer}#{claims['sub']}"[:500], name, role)

    def _admit(self, known: Known, request: Request) -> str:
        at, address = self._clock.now(), request.client.host if request.client is not None else "?"
        with writing(self._engine) as connection:
            account = account_of_subject(connection, known.subject)
            if account is not None and account.disabled_at is not None:
                raise SignOnError(f"{account.name!r} is disabled here")
            name = known.name if account is None else account.name
            if account is None and load_account(connection, name) is not None:
                raise SignOnError(f"{name!r} is already the name of another account")
            if account is None or account.role is not known.role:
                save_account(connection, name, known.role, at, password_hash=None, subject=known.subject)
                before = None if account is None else account.role.value
                detail = {"role": known.role.value, "before": before}
                write_audit(connection, Entry(at, name, VIA, "save_account", f"account:{name}", detail))
            write_audit(connection, Entry(at, name, VIA, "sign_in", f"account:{name}", {"address": address}))
            return begin_session(connection, name, address, at, SESSION_LASTS)

    # -- shared

    def _client(self, request: Request) -> OAuth2Session:
        client = OAuth2Session(
            self._section.client_id,
            self._section.client_secret.resolve(),
            scope="openid profile",
            redirect_uri=str(request.url.replace(path=SSO_BACK, query="", fragment="")),
            code_challenge_method="S256",
            default_timeout=ANSWER_SECONDS,
        )
        client.trust_env = False  # no proxy and no password file of the environment
        return client

    def _discovered(self, client: OAuth2Session) -> Mapping[str, str]:
        address = f"{self._section.issuer}/.well-known/openid-configuration"
        about: Mapping[str, str] = _json(client.get(address, withhold_token=True, timeout=ANSWER_SECONDS))
        if about.get("issuer") != self._section.issuer:
            raise SignOnError("the single sign-on calls itself by another name than the configuration does")
        scheme = urlparse(self._section.issuer).scheme
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlparse(str(about.get(name, ""))).scheme != scheme:
                raise SignOnError(f"the single sign-on names no usable {name}")
        return about

    def _sorry(self, trouble: Exception) -> Response:
        log.warning("single sign-on: %s: %s", type(trouble).__name__, trouble)
        said = signing_in_words(self._words.language).sso_failed
        body = page.sign_in_page(self._city, self._words.language, target="/", said=said, single_sign_on=SSO_START)
        return HTMLResponse(body, 403, headers={"Cache-Control": "no-store"})


def _json(response: requests.Response) -> Any:
    response.raise_for_status()
    return response.json()
