"""Proving who we are: a question with its credentials, and the OAuth2 conversation as plain data. Pure, but for the store."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode, urlsplit

from collectors.e_services.asking import Question
from collectors.e_services.conditions import own_words
from collectors.e_services.definition import ApiKeyAuth, Ask, Auth, BasicAuth, BearerAuth, NoAuth, OAuth2Auth
from collectors.e_services.documents import Document, Format, UnreadableError, read_document
from collectors.e_services.templates import Filling, is_sensitive

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
SPARE_SECONDS = 30.0
"""A token is not used in its last seconds: it would run out on the way."""

DEFAULT_SECONDS = 300.0
"""How long a token without a stated life is used (RFC 6749 leaves it open)."""


def question_of(ask: Ask, url: str, filling: Filling, client_certificate: str | None = None) -> Question:
    """The request with everything filled in. Raises UnresolvedError."""
    headers = [(name, _header(name, value, filling)) for name, value in ask.headers]
    body = _body(ask, filling)
    if body is not None and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(FORM if ask.form else JSON)
    certificate = filling.text(client_certificate) if client_certificate is not None else None
    hide_credentials_of(url, filling)
    return Question(url, tuple(headers), body, certificate)


def _header(name: str, template: str, filling: Filling) -> str:
    value = filling.text(template)
    if is_sensitive(name):
        filling.hide(value)
        filling.hide(value.partition(" ")[2].strip())  # the token behind "Bearer"
    return value


def hide_credentials_of(url: str, filling: Filling) -> None:
    """User and password, and parameters that are secret by their name, are never shown."""
    from urllib.parse import parse_qsl

    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query)
    except ValueError:
        return
    for each in filter(None, (parts.password,)):
        filling.hide(each)
    for name, value in pairs:
        if is_sensitive(name):
            filling.hide(value)
            filling.hide(quote(value, safe=""))


def _body(ask: Ask, filling: Filling) -> bytes | None:
    if ask.form:
        return urlencode([(name, filling.text(value)) for name, value in ask.form]).encode()
    return filling.json(ask.body).encode() if ask.body is not None else None


def signed(question: Question, auth: Auth, filling: Filling, token: str | None = None) -> Question:
    """The question with its credentials; ``token`` is that of OAuth2. Raises UnresolvedError."""
    match auth:
        case NoAuth():
            return question
        case BasicAuth(user, password):
            return _with_header(question, "Authorization", _basic(filling.text(user), _secret(password, filling), filling))
        case BearerAuth(fixed):
            return _with_header(question, "Authorization", f"Bearer {_secret(fixed, filling)}")
        case ApiKeyAuth(key, header, query):
            return _with_key(question, _secret(key, filling), header, query, filling)
        case OAuth2Auth():
            return _with_header(question, "Authorization", f"Bearer {token}") if token is not None else question


def _secret(template: str, filling: Filling) -> str:
    value = filling.text(template)
    filling.hide(value)
    return value


def _basic(user: str, password: str, filling: Filling) -> str:
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    filling.hide(encoded)
    return f"Basic {encoded}"


def _with_header(question: Question, name: str, value: str) -> Question:
    return replace(question, headers=(*question.headers, (name, value)))


def _with_key(question: Question, key: str, header: str, query: str, filling: Filling) -> Question:
    if header:
        question = _with_header(question, header, key)
    if not query:
        return question
    filling.hide(quote(key, safe=""))
    separator = "&" if urlsplit(question.url).query else "?"
    return replace(question, url=f"{question.url}{separator}{urlencode({query: key})}")


# --- OAuth2 client credentials ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Token:
    """What a token endpoint handed out, and for how many seconds it may be used."""

    value: str = field(repr=False)
    seconds: float


class RefusedTokenError(Exception):
    """The token endpoint gave no token; the message is one line without secrets."""


def token_question(auth: OAuth2Auth, filling: Filling) -> Question:
    """Asks for a token (RFC 6749, section 4.4.2). Raises UnresolvedError."""
    form = {"grant_type": "client_credentials", "scope": auth.scope, "audience": auth.audience}
    client, secret = filling.text(auth.client_id), _secret(auth.client_secret, filling)
    headers = [FORM]
    if auth.in_body:
        form |= {"client_id": client, "client_secret": secret}
    else:
        headers.append(("Authorization", _basic(quote(client, safe=""), quote(secret, safe=""), filling)))
    body = urlencode({name: value for name, value in form.items() if value}).encode()
    return Question(filling.text(auth.token_url), tuple(headers), body)


def read_token(body: bytes, content_type: str) -> Token:
    """The token in an answer. Raises RefusedTokenError."""
    try:
        document = read_document(body, content_type, Format.JSON)
    except UnreadableError as trouble:
        raise RefusedTokenError(f"the token endpoint does not answer in JSON ({trouble})") from None
    found = document.root if isinstance(document.root, Mapping) else {}
    value = found.get("access_token")
    if not isinstance(value, str) or not value:
        raise RefusedTokenError(refusal_in(document))
    return Token(value, _life(found.get("expires_in")))


def refusal_in(document: Document) -> str:
    """Why there is no token, in the endpoint's own words."""
    said = own_words(document)
    return f"the token endpoint refuses: {said}" if said else "the token endpoint hands out no token"


def _life(seconds: object) -> float:
    try:
        length = float(seconds) if isinstance(seconds, (int, float, str)) and not isinstance(seconds, bool) else DEFAULT_SECONDS
    except ValueError:
        length = DEFAULT_SECONDS
    if not math.isfinite(length) or length <= 0:
        length = DEFAULT_SECONDS
    return max(1.0, length - SPARE_SECONDS) if length > 2 * SPARE_SECONDS else length / 2


class TokenStore:
    """Tokens in use, by who uses them where: kept in memory only, until they run out or are refused."""

    def __init__(self) -> None:
        self._tokens: dict[OAuth2Auth, tuple[float, str]] = {}

    def fresh(self, auth: OAuth2Auth, now: float) -> str | None:
        """A token that is still good at ``now`` (monotonic seconds)."""
        until, value = self._tokens.get(auth, (-math.inf, ""))
        return value if now < until else None

    def keep(self, auth: OAuth2Auth, token: Token, now: float) -> None:
        self._tokens[auth] = (now + token.seconds, token.value)

    def forget(self, auth: OAuth2Auth, value: str) -> None:
        """The service refused this token; a newer one stays."""
        if self._tokens.get(auth, (0.0, ""))[1] == value:
            del self._tokens[auth]
