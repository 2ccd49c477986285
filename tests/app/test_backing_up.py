"""R10: a backup, restored on an empty machine, gives the same screens; a damaged one gives nothing."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from command_centre.app.backing_up import opened, restore_files, restore_tables, write_backup
from command_centre.app.serving import draws
from command_centre.domain.person import Role
from command_centre.domain.reading import Reason, Status
from command_centre.read.queries import Queries
from command_centre.storage.audit import first_break
from command_centre.storage.backup import BackupError, tables_of
from command_centre.storage.database import open_database, writing
from command_centre.storage.lease import LeaseHeld
from command_centre.storage.people import begin_session, list_accounts, save_account
from layouts import SCREENS
from layouts.wording import Language, words_for
from tests.support.clock import FrozenClock
from tests.support.databases import database_url, engine, open_folder, postgresql, sqlite_template
from tests.support.little_city import WITA, LittleCity, sites

__all__ = ["database_url", "engine", "open_folder", "postgresql", "sqlite_template"]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def city(engine: Engine, clock: FrozenClock) -> LittleCity:
    """Half an hour of a city: most is well, one site goes down and stays down; one account, one open session."""
    city = LittleCity(engine, clock, sites(12))
    for minute in range(30):
        city.see(*(f"s{index}" for index in range(11)), certificate_days=40)
        fault = (Status.DOWN, Reason.HTTP_STATUS) if minute > 20 else (Status.UP, Reason.OK)
        city.see("s11", status=fault[0], reason=fault[1])
        clock.advance(timedelta(minutes=1))
    with writing(engine) as connection:
        save_account(connection, "admin", Role.ADMIN, clock.now(), password_hash="x")
        begin_session(connection, "admin", "127.0.0.1", clock.now(), timedelta(hours=1))
    return city


@pytest.fixture
def config(tmp_path: Path) -> Path:
    home = tmp_path / "rumah"
    (home / "data" / "inventory").mkdir(parents=True)
    (home / "data" / "keys").mkdir()
    (home / "data" / "demo").mkdir()
    (home / "config.yaml").write_text("mode: demo\n")
    (home / "data" / "inventory" / "sites.csv").write_text("key;name\n")
    (home / "data" / "keys" / "session.key").write_bytes(b"k" * 32)
    (home / "data" / "demo" / "command-centre.db").write_bytes(b"not kept")
    (home / "data" / "command-centre.db-wal").write_bytes(b"not kept")
    return home / "config.yaml"


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """The database of another machine."""
    engine = open_database(f"sqlite:///{tmp_path / 'lain.db'}")
    yield engine
    engine.dispose()


def screens_of(engine: Engine, clock: FrozenClock) -> str:
    queries = Queries(engine, WITA, clock, is_simulated=True)
    drawn = {key: draw().regions for key, draw in draws(queries, words_for(Language.INDONESIAN, WITA), SCREENS).items()}
    return json.dumps(drawn, default=lambda each: each.to_plotly_json(), sort_keys=True)


def restored(engine: Engine, file: Path, clock: FrozenClock, *, is_replacing: bool = False) -> int:
    with opened(file) as (archive, about):
        return restore_tables(engine, archive, about, clock, is_replacing=is_replacing)


def test_the_same_screens_come_back_on_an_empty_machine(
    city: LittleCity, clock: FrozenClock, config: Path, empty: Engine, tmp_path: Path
) -> None:
    before = screens_of(city.engine, clock)
    assert "502" in before, "the picture shows the trouble"
    write_backup(city.engine, config, tmp_path / "kota.backup", clock.now())
    assert restored(empty, tmp_path / "kota.backup", clock) > 300
    assert screens_of(empty, clock) == before
    with empty.connect() as connection:
        assert [each.name for each in list_accounts(connection)] == ["admin"]
        session = next(each for each in tables_of(connection) if each.name == "session")
        assert connection.execute(select(session)).first() is None, "nobody is signed in on the new machine"
        assert first_break(connection) is None


def test_history_goes_on_after_the_restore(
    city: LittleCity, clock: FrozenClock, config: Path, empty: Engine, tmp_path: Path
) -> None:
    write_backup(city.engine, config, tmp_path / "kota.backup", clock.now())
    restored(empty, tmp_path / "kota.backup", clock)
    there = LittleCity(empty, clock, sites(12))
    there.see("s11")
    clock.advance(timedelta(minutes=2))
    there.see("s11")
    assert screens_of(empty, clock) != ""
    with empty.connect() as connection:
        reading = next(each for each in tables_of(connection) if each.name == "reading")
        numbers = list(connection.execute(select(reading.c.seq).order_by(reading.c.seq)).scalars())
    assert len(numbers) == len(set(numbers)) == 30 * 12 + 2


def test_a_sqlite_city_can_move_into_postgresql_and_the_other_way(
    city: LittleCity, clock: FrozenClock, config: Path, engine: Engine, empty: Engine, tmp_path: Path
) -> None:
    """Both directions are tested: ``engine`` is each kind in turn, ``empty`` is SQLite; then it goes back over the first."""
    before = screens_of(city.engine, clock)
    write_backup(engine, config, tmp_path / "pergi.backup", clock.now())
    restored(empty, tmp_path / "pergi.backup", clock)
    write_backup(empty, config, tmp_path / "balik.backup", clock.now())
    restored(engine, tmp_path / "balik.backup", clock, is_replacing=True)
    assert screens_of(engine, clock) == before
    LittleCity(engine, clock, sites(13)).see("s12")  # counters go on where they were


def test_a_database_with_something_in_it_is_not_given_up_by_accident(
    city: LittleCity, clock: FrozenClock, config: Path, tmp_path: Path
) -> None:
    write_backup(city.engine, config, tmp_path / "kota.backup", clock.now())
    with pytest.raises(BackupError, match="not empty"):
        restored(city.engine, tmp_path / "kota.backup", clock)


def test_nothing_is_restored_under_a_running_writer(city: LittleCity, clock: FrozenClock, config: Path, tmp_path: Path) -> None:
    write_backup(city.engine, config, tmp_path / "kota.backup", clock.now())
    city.show_life()
    with pytest.raises(LeaseHeld):
        restored(city.engine, tmp_path / "kota.backup", clock, is_replacing=True)


@pytest.mark.parametrize("part", ["tables/reading", "files/config.yaml", "tables/target"])
def test_a_changed_part_is_named_and_nothing_is_restored(
    city: LittleCity, clock: FrozenClock, config: Path, empty: Engine, tmp_path: Path, part: str
) -> None:
    write_backup(city.engine, config, tmp_path / "kota.backup", clock.now())
    with zipfile.ZipFile(tmp_path / "kota.backup") as good, zipfile.ZipFile(tmp_path / "rusak.backup", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name)[:-1] if name == part else good.read(name))
    with pytest.raises(BackupError, match=part):
        restored(empty, tmp_path / "rusak.backup", clock)
    with empty.connect() as connection:
        assert tables_of(connection) == ()


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all"])
def test_something_else_is_refused_in_a_sentence(content: bytes, empty: Engine, clock: FrozenClock, tmp_path: Path) -> None:
    (tmp_path / "apa.backup").write_bytes(content)
    with pytest.raises(BackupError, match="no backup of this program"):
        restored(empty, tmp_path / "apa.backup", clock)


def test_the_file_is_its_owners_alone_and_carries_no_database_and_no_demo(
    city: LittleCity, clock: FrozenClock, config: Path, tmp_path: Path
) -> None:
    parts = write_backup(city.engine, config, tmp_path / "kota.backup", clock.now())
    assert stat.S_IMODE((tmp_path / "kota.backup").stat().st_mode) == 0o600
    files = {name for name in parts if name.startswith("files/")}
    assert files == {"files/config.yaml", "files/data/inventory/sites.csv", "files/data/keys/session.key"}


def test_files_come_back_and_those_that_differ_stay_unless_replaced(
    city: LittleCity, clock: FrozenClock, config: Path, tmp_path: Path
) -> None:
    write_backup(city.engine, config, tmp_path / "kota.backup", clock.now())
    there = tmp_path / "baru"
    (there / "data" / "inventory").mkdir(parents=True)
    (there / "data" / "inventory" / "sites.csv").write_text("mine\n")
    with opened(tmp_path / "kota.backup") as (archive, about):
        said = list(restore_files(archive, about, there / "config.yaml", is_replacing=False))
        assert any("stays as it is here" in line and "sites.csv" in line for line in said)
        assert (there / "data" / "inventory" / "sites.csv").read_text() == "mine\n"
        assert stat.S_IMODE((there / "data" / "keys" / "session.key").stat().st_mode) == 0o600
        list(restore_files(archive, about, there / "config.yaml", is_replacing=True))
    assert (there / "data" / "inventory" / "sites.csv").read_text() == "key;name\n"
    shutil.rmtree(there)
