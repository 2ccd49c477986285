"""Accounts, sessions and tokens as rows. Whoever signs in is checked in ``app.signing_in``; here is only what is remembered."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, insert, select, update

from command_centre.domain.person import Person, Role, failures_that_count, pause_after
from command_centre.storage.database import upsert_into
from command_centre.storage.people_tables import account, attempt, session, token
from command_centre.storage.times import from_ms, to_ms

SECRET_BYTES = 32
SEEN_EVERY = timedelta(minutes=5)  # a session's last use is written at most this often: looking must not mean writing
LONGEST_SESSION = timedelta(days=7)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""How an account or a token may be called: it stands in files, addresses and audit rows."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person. ``password_hash`` is None for those who come through the city's single sign-on only."""

    name: str
    role: Role
    password_hash: str | None
    is_one_time: bool
    created_at: datetime
    disabled_at: datetime | None

    @property
    def person(self) -> Person:
        return Person(self.name, self.role, must_replace=self.is_one_time)


@dataclass(frozen=True, slots=True)
class Token:
    """What a wall or a program signs itself in with; the secret itself is kept nowhere."""

    id: int
    name: str
    role: Role
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used: datetime | None
    revoked_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether it opens anything at this time."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def digest(secret: str) -> bytes:
    """What is kept of a secret that the program itself drew: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


# --- accounts --------------------------------------------------------------------------------------------------------


def load_account(connection: Connection, name: str) -> Account | None:
    """The account of that name, disabled or not."""
    row = connection.execute(select(account).where(account.c.name == name)).first()
    return None if row is None else _account(row)


def account_of_subject(connection: Connection, subject: str) -> Account | None:
    """The account that the single sign-on knows by this subject."""
    row = connection.execute(select(account).where(account.c.subject == subject)).first()
    return None if row is None else _account(row)


def list_accounts(connection: Connection) -> tuple[Account, ...]:
    """Everybody, by name."""
    return tuple(_account(row) for row in connection.execute(select(account).order_by(account.c.name)))


def save_account(
    connection: Connection,
    name: str,
    role: Role,
    at: datetime,
    *,
    password_hash: str | None,
    is_one_time: bool = False,
    subject: str | None = None,
) -> None:
    """Add an account, or give the one of that name another role and password; it can sign in again, and old sessions end."""
    known = load_account(connection, name)
    row = {
        "name": name,
        "role": role.value,
        "password_hash": password_hash,
        "subject": subject,
        "is_one_time": is_one_time,
        "created_at": to_ms(at if known is None else known.created_at),
        "changed_at": to_ms(at),
        "disabled_at": None,
    }
    connection.execute(upsert_into(connection, account), row)
    end_sessions_of(connection, name)


def replace_password(connection: Connection, name: str, password_hash: str, at: datetime) -> None:
    """A password of the person's own choice; every session of the old one ends."""
    values = {"password_hash": password_hash, "is_one_time": False, "changed_at": to_ms(at)}
    connection.execute(update(account).where(account.c.name == name).values(values))
    end_sessions_of(connection, name)


def disable_account(connection: Connection, name: str, at: datetime) -> None:
    """Nobody signs in under this name any more; what the account did stays on record."""
    connection.execute(update(account).where(account.c.name == name).values(disabled_at=to_ms(at)))
    end_sessions_of(connection, name)


def _account(row: Row[tuple[object, ...]]) -> Account:
    kept = row._mapping
    disabled = kept["disabled_at"]
    return Account(
        name=kept["name"],
        role=Role(kept["role"]),
        password_hash=kept["password_hash"],
        is_one_time=kept["is_one_time"],
        created_at=from_ms(kept["created_at"]),
        disabled_at=None if disabled is None else from_ms(disabled),
    )


# --- sessions --------------------------------------------------------------------------------------------------------


def begin_session(connection: Connection, name: str, address: str, at: datetime, lasts: timedelta) -> str:
    """Somebody has signed in: the secret for their browser. Sessions that have run out are swept away along with it."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    connection.execute(delete(session).where(session.c.expires_at <= to_ms(at)))
    values = {"digest": digest(secret), "account": name, "created_at": to_ms(at), "last_seen": to_ms(at), "address": address}
    connection.execute(insert(session).values(values | {"expires_at": to_ms(at + lasts)}))
    return secret


def person_of_session(connection: Connection, secret: str, at: datetime) -> tuple[Person, bool] | None:
    """Whose session it is, and whether its last use should be written down again. None: unknown, ended, or disabled."""
    row = connection.execute(
        select(account.c.name, account.c.role, account.c.is_one_time, session.c.last_seen)
        .join(session, session.c.account == account.c.name)
        .where(session.c.digest == digest(secret), session.c.expires_at > to_ms(at), account.c.disabled_at.is_(None))
    ).first()
    if row is None:
        return None
    return Person(row.name, Role(row.role), must_replace=row.is_one_time), at - from_ms(row.last_seen) >= SEEN_EVERY


def touch_session(connection: Connection, secret: str, at: datetime, lasts: timedelta) -> None:
    """It was used: it lasts from now on, but never longer than ``LONGEST_SESSION`` after signing in."""
    here = session.c.digest == digest(secret)
    begun = connection.execute(select(session.c.created_at).where(here)).scalar()
    if begun is not None:
        until = min(at + lasts, from_ms(begun) + LONGEST_SESSION)
        connection.execute(update(session).where(here).values(last_seen=to_ms(at), expires_at=to_ms(until)))


def end_session(connection: Connection, secret: str) -> None:
    """Somebody has signed out."""
    connection.execute(delete(session).where(session.c.digest == digest(secret)))


def end_sessions_of(connection: Connection, name: str) -> None:
    """Every browser of this account has to sign in again."""
    connection.execute(delete(session).where(session.c.account == name))


# --- tokens ----------------------------------------------------------------------------------------------------------


def make_token(
    connection: Connection, name: str, role: Role, at: datetime, *, created_by: str, lasts: timedelta | None = None
) -> str:
    """A new token: the secret, to be shown once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    values = {
        "digest": digest(secret),
        "name": name,
        "role": role.value,
        "created_at": to_ms(at),
        "created_by": created_by,
        "expires_at": None if lasts is None else to_ms(at + lasts),
    }
    connection.execute(insert(token).values(values))
    return secret


def token_of(connection: Connection, secret: str, at: datetime) -> Token | None:
    """The token with this secret, if it still opens anything."""
    row = connection.execute(select(token).where(token.c.digest == digest(secret))).first()
    found = None if row is None else _token(row)
    return found if found is not None and found.holds(at) else None


def touch_token(connection: Connection, number: int, at: datetime) -> None:
    """It was used."""
    connection.execute(update(token).where(token.c.id == number).values(last_used=to_ms(at)))


def revoke_token(connection: Connection, number: int, at: datetime) -> bool:
    """It opens nothing any more. False when there is no such token, or it was revoked before."""
    done = connection.execute(
        update(token).where(token.c.id == number, token.c.revoked_at.is_(None)).values(revoked_at=to_ms(at))
    )
    return done.rowcount > 0


def list_tokens(connection: Connection) -> tuple[Token, ...]:
    """All of them, newest first."""
    return tuple(_token(row) for row in connection.execute(select(token).order_by(token.c.id.desc())))


def _token(row: Row[tuple[object, ...]]) -> Token:
    kept = row._mapping
    moments = {name: None if kept[name] is None else from_ms(kept[name]) for name in ("expires_at", "last_used", "revoked_at")}
    return Token(kept["id"], kept["name"], Role(kept["role"]), from_ms(kept["created_at"]), kept["created_by"], **moments)


# --- failed attempts -------------------------------------------------------------------------------------------------


def blocked_until(connection: Connection, keys: Sequence[str], at: datetime) -> datetime | None:
    """Until when none of these may try again; None when they may now."""
    latest = connection.execute(
        select(attempt.c.blocked_until).where(attempt.c.key.in_(keys)).order_by(attempt.c.blocked_until.desc()).limit(1)
    ).scalar()
    return None if latest is None or latest <= to_ms(at) else from_ms(latest)


def note_failure(connection: Connection, key: str, free: int, at: datetime) -> None:
    """One more failed attempt under this key: after the first ``free`` of them the pause grows."""
    row = connection.execute(select(attempt).where(attempt.c.key == key)).first()
    failures = 1 + (0 if row is None else failures_that_count(row.failures, from_ms(row.last_at), at))
    until = at + pause_after(failures, free)
    values = {"key": key, "failures": failures, "last_at": to_ms(at), "blocked_until": to_ms(until)}
    connection.execute(upsert_into(connection, attempt), values)


def forget_failures(connection: Connection, keys: Sequence[str]) -> None:
    """A success: the count begins anew."""
    connection.execute(delete(attempt).where(attempt.c.key.in_(keys)))


def sweep_attempts(connection: Connection, before: datetime) -> None:
    """Forget what nobody has tried since ``before``: names that were guessed must not fill the database."""
    connection.execute(delete(attempt).where(attempt.c.last_at < to_ms(before)))
