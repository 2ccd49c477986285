"""``run.py user`` and ``run.py token``: who may sign in. A password or a token is shown once, and kept nowhere."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from command_centre.app.passwords import LEAST_LENGTH, hash_password, one_time_password
from command_centre.app.supervising import EXIT_USAGE
from command_centre.app.wiring import choose
from command_centre.config.durations import parse_duration
from command_centre.domain.person import Role
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.database import StorageError, migrate, open_database, writing
from command_centre.storage.people import (
    NAME,
    Account,
    disable_account,
    list_accounts,
    list_tokens,
    load_account,
    make_token,
    revoke_token,
    save_account,
)

PEOPLE = (Role.OFFICIAL, Role.OPERATOR, Role.ADMIN)
VIA = "command line"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"run.py: {message}\n")


def run_user(rest: Sequence[str]) -> int:
    """``run.py user add NAME --role ROLE [--password-stdin] | disable NAME | list``."""
    parser, where = _Parser(prog="run.py user", add_help=False), _where()
    does = parser.add_subparsers(dest="does", required=True)
    adding = does.add_parser("add", add_help=False, parents=[where])
    adding.add_argument("name")
    adding.add_argument("--role", required=True, choices=[each.value for each in PEOPLE])
    adding.add_argument("--password-stdin", action="store_true")
    does.add_parser("disable", add_help=False, parents=[where]).add_argument("name")
    does.add_parser("list", add_help=False, parents=[where])
    options = parser.parse_args(rest)
    match options.does:
        case "add":
            return _with_database(options, lambda engine: _add(engine, options))
        case "disable":
            return _with_database(options, lambda engine: _disable(engine, options.name))
        case _:
            return _with_database(options, _list)


def run_token(rest: Sequence[str]) -> int:
    """``run.py token add NAME --role wall|official|operator [--lasts 365d] | revoke NUMBER | list``."""
    parser, where = _Parser(prog="run.py token", add_help=False), _where()
    does = parser.add_subparsers(dest="does", required=True)
    adding = does.add_parser("add", add_help=False, parents=[where])
    adding.add_argument("name")
    adding.add_argument("--role", default=Role.WALL.value, choices=[Role.WALL.value, *(each.value for each in PEOPLE)])
    adding.add_argument("--lasts")
    does.add_parser("revoke", add_help=False, parents=[where]).add_argument("number", type=int)
    does.add_parser("list", add_help=False, parents=[where])
    options = parser.parse_args(rest)
    match options.does:
        case "add":
            return _with_database(options, lambda engine: _add_token(engine, options))
        case "revoke":
            return _with_database(options, lambda engine: _revoke(engine, options.number))
        case _:
            return _with_database(options, _list_tokens)


def _where() -> _Parser:
    """Which installation is meant; in every command the same."""
    parser = _Parser(add_help=False)
    parser.add_argument("--config", default="config.yaml")
    parser.add_argument("--demo", action="store_true")
    return parser


def _with_database(options: argparse.Namespace, do: Callable[[Engine], int]) -> int:
    chosen = choose(["--config", str(options.config), *(["--demo"] if options.demo else [])])
    try:
        engine = open_database(chosen.config.database_url())
        migrate(engine)
        return do(engine)
    except StorageError as error:
        print(f"run.py: {error}", file=sys.stderr)
    except DBAPIError as error:
        print(f"run.py: the database cannot be written: {error.orig}", file=sys.stderr)
    return 1


def _add(engine: Engine, options: argparse.Namespace) -> int:
    name = options.name.lower()
    if not NAME.fullmatch(name):
        print("run.py user: a name has letters a to z, digits, dots, dashes; at most 64", file=sys.stderr)
        return EXIT_USAGE
    password = _password(from_input=options.password_stdin)
    if password is not None and len(password) < LEAST_LENGTH:
        print(f"run.py user: the password is too short; at least {LEAST_LENGTH} characters", file=sys.stderr)
        return EXIT_USAGE
    given = one_time_password() if password is None else password
    add_account(engine, name, Role(options.role), given, is_one_time=password is None)
    if password is None:
        print(f"{name} ({options.role}): one-time password {given}")
        print("It is shown only now, and has to be replaced at the first sign-in.")
    else:
        print(f"{name} ({options.role}): added")
    return 0


def add_account(engine: Engine, name: str, role: Role, password: str, *, is_one_time: bool) -> None:
    """Add the account, or give the one of that name a new role and password."""
    kept, at = hash_password(password), datetime.now(UTC)
    with writing(engine) as connection:
        before = load_account(connection, name)
        save_account(connection, name, role, at, password_hash=kept, is_one_time=is_one_time)
        detail = {"role": role.value, "before": None if before is None else before.role.value}
        write_audit(connection, Entry(at, _me(), VIA, "save_account", f"account:{name}", detail))


def _password(*, from_input: bool) -> str | None:
    """The password on standard input; None: one is to be drawn."""
    return sys.stdin.readline().rstrip("\n") if from_input else None


def _disable(engine: Engine, name: str) -> int:
    at = datetime.now(UTC)
    with writing(engine) as connection:
        if load_account(connection, name) is None:
            print(f"run.py user: there is no account '{name}'", file=sys.stderr)
            return 1
        disable_account(connection, name, at)
        write_audit(connection, Entry(at, _me(), VIA, "disable_account", f"account:{name}", {}))
    print(f"{name}: may not sign in any more; open sessions have ended")
    return 0


def _list(engine: Engine) -> int:
    with engine.connect() as connection:
        for each in list_accounts(connection):
            print(_line(each))
    return 0


def _line(account: Account) -> str:
    state = "disabled" if account.disabled_at is not None else "one-time password" if account.is_one_time else "active"
    return f"{account.name:<24} {account.role.value:<10} {state:<18} since {account.created_at:%Y-%m-%d}"


def _add_token(engine: Engine, options: argparse.Namespace) -> int:
    if not NAME.fullmatch(options.name):
        print("run.py token: a name has letters a to z, digits, dots, dashes; at most 64", file=sys.stderr)
        return EXIT_USAGE
    try:
        lasts = None if options.lasts is None else parse_duration(options.lasts)
    except ValueError as mistake:
        print(f"run.py token: --lasts {mistake}", file=sys.stderr)
        return EXIT_USAGE
    secret = add_token(engine, options.name, Role(options.role), lasts)
    print(secret)
    if options.role == Role.WALL.value:
        print(f"open the wall once with   /wall?name={options.name}&token={secret}\nIt is shown only now.", file=sys.stderr)
    return 0


def add_token(engine: Engine, name: str, role: Role, lasts: timedelta | None) -> str:
    """A new token; answers with its secret."""
    at = datetime.now(UTC)
    with writing(engine) as connection:
        secret = make_token(connection, name, role, at, created_by=_me(), lasts=lasts)
        write_audit(connection, Entry(at, _me(), VIA, "add_token", f"token:{name}", {"role": role.value}))
    return secret


def _revoke(engine: Engine, number: int) -> int:
    at = datetime.now(UTC)
    with writing(engine) as connection:
        if not revoke_token(connection, number, at):
            print(f"run.py token: there is no token {number} that still opens anything", file=sys.stderr)
            return 1
        write_audit(connection, Entry(at, _me(), VIA, "revoke_token", f"token:{number}", {}))
    print(f"token {number}: opens nothing any more")
    return 0


def _list_tokens(engine: Engine) -> int:
    now = datetime.now(UTC)
    with engine.connect() as connection:
        for each in list_tokens(connection):
            state = "valid" if each.holds(now) else "revoked" if each.revoked_at is not None else "expired"
            used = "never used" if each.last_used is None else f"used {each.last_used:%Y-%m-%d %H:%M}"
            print(f"{each.id:>4} {each.name:<24} {each.role.value:<10} {state:<8} {used}")
    return 0


def _me() -> str:
    """Who sits at the command line, for the record."""
    return f"{getpass.getuser()} (command line)"
