"""How the door is set for one configuration, and the first account of a demo."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import Engine

from command_centre.app.guard import Access
from command_centre.app.keys import load_or_make_key
from command_centre.app.passwords import hash_password, one_time_password
from command_centre.app.supervising import RUN_ID
from command_centre.config.access import SESSION_KEY, AccessSection, Walls
from command_centre.config.model import Config
from command_centre.domain.person import Role
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.database import writing
from command_centre.storage.facts import recall, remember
from command_centre.storage.people import save_account

DEMO_ACCOUNT = "admin"
_GIVEN_IN = "demo_password_of_run"


def access_of(config: Config, data_dir: Path) -> Access:
    """Who gets in. Raises SecretUnavailableError or KeyUnusableError when there is nothing to sign cookies with."""
    section = config.access or AccessSection()
    key = load_or_make_key(data_dir / SESSION_KEY) if section.key is None else section.key.resolve().encode()
    are_open = section.walls is Walls.THIS_MACHINE and _is_loopback(config.web.host)
    return Access(key, walls_are_open=are_open, behind_https=section.behind_https)


def give_demo_password(engine: Engine, address: str) -> None:
    """A new one-time password for each run of the demo, printed once. Nobody could sign in to a demo otherwise."""
    run = os.environ.get(RUN_ID, "")
    at = datetime.now(UTC)
    with writing(engine) as connection:
        if recall(connection, _GIVEN_IN) == run:
            return  # the web process came back within the same run: the password that was printed goes on
        password = one_time_password()
        save_account(connection, DEMO_ACCOUNT, Role.ADMIN, at, password_hash=hash_password(password), is_one_time=True)
        remember(connection, _GIVEN_IN, run, at)
        write_audit(connection, Entry(at, "demo", "command line", "save_account", f"account:{DEMO_ACCOUNT}", {"role": "admin"}))
    sys.stdout.write(
        f"masuk (sign in): {address}/masuk   nama: {DEMO_ACCOUNT}   sandi sekali pakai (one-time password): {password}\n"
    )
    sys.stdout.flush()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
