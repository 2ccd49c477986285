"""The tables of who may sign in. A password is kept as its argon2 hash, a session or a token as its SHA-256 digest only."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from command_centre.storage.tables import MILLISECONDS, metadata

account = Table(
    "account",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(12), nullable=False),
    Column("password_hash", Text),  # NULL: signs in through the city's single sign-on only
    Column("subject", Text, unique=True),  # issuer and subject of the single sign-on
    Column("is_one_time", Boolean, nullable=False),  # the password was made by the program and has to be replaced
    Column("created_at", MILLISECONDS, nullable=False),
    Column("changed_at", MILLISECONDS, nullable=False),
    Column("disabled_at", MILLISECONDS),
)

session = Table(
    "session",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("account", ForeignKey("account.name"), nullable=False),
    Column("created_at", MILLISECONDS, nullable=False),
    Column("last_seen", MILLISECONDS, nullable=False),
    Column("expires_at", MILLISECONDS, nullable=False),
    Column("address", String(64), nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("name", String(64), nullable=False),  # of the wall, or of the program that asks the API
    Column("role", String(12), nullable=False),
    Column("created_at", MILLISECONDS, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("expires_at", MILLISECONDS),  # NULL: until it is revoked
    Column("last_used", MILLISECONDS),
    Column("revoked_at", MILLISECONDS),
)

attempt = Table(
    "attempt",
    metadata,
    Column("key", String(180), primary_key=True),  # "name:…" or "address:…"
    Column("failures", Integer, nullable=False),
    Column("last_at", MILLISECONDS, nullable=False),
    Column("blocked_until", MILLISECONDS, nullable=False),
)
