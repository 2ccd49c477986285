"""``run.py user`` and ``run.py token`` as somebody at the command line types them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import update

from command_centre.app.cli import main
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import open_database, writing
from command_centre.storage.people import list_accounts, list_tokens


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("mode: live\ncity:\n  contact: jaga@contoh.go.id\n")
    return path


def accounts(config: Path) -> list[tuple[str, str, bool, bool]]:
    engine = open_database(f"sqlite:///{config.parent / 'data' / 'command-centre.db'}")
    with engine.connect() as connection:
        found = [
            (each.name, each.role.value, each.is_one_time, each.disabled_at is not None) for each in list_accounts(connection)
        ]
    engine.dispose()
    return found


def test_an_account_gets_a_one_time_password_that_is_shown_once(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "add", "Budi", "--role", "operator", "--config", str(config)]) == 0
    assert "budi (operator): one-time password" in capsys.readouterr().out
    assert accounts(config) == [("budi", "operator", True, False)]


def test_a_password_comes_from_standard_input_and_never_from_the_command_line(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("sandi panjang sekali\n"))
    assert main(["user", "add", "siti", "--role", "admin", "--password-stdin", "--config", str(config)]) == 0
    assert "sandi panjang" not in capsys.readouterr().out
    assert accounts(config) == [("siti", "admin", False, False)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["user", "add", "budi", "--role", "wall"], "invalid choice"),
        (["user", "add", "bu di", "--role", "operator"], "letters a to z"),
        (["user", "add", "budi"], "--role"),
        (["token", "add", "lobi", "--lasts", "selamanya"], "--lasts"),
    ],
)
def test_wrong_usage_says_what_is_wrong(config: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    try:
        code = main([*words, "--config", str(config)])
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 3
    assert said in capsys.readouterr().err


def test_a_disabled_account_stays_on_the_list(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["user", "add", "budi", "--role", "operator", "--config", str(config)])
    assert main(["user", "disable", "budi", "--config", str(config)]) == 0
    assert main(["user", "disable", "ani", "--config", str(config)]) == 1
    assert main(["user", "list", "--config", str(config)]) == 0
    assert "disabled" in capsys.readouterr().out


def test_the_record_of_deeds_says_when_somebody_has_changed_it(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["user", "add", "budi", "--role", "operator", "--config", str(config)])
    main(["token", "add", "utama", "--config", str(config)])
    assert main(["audit", "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert "save_account account:budi" in said
    assert said.endswith("the chain holds\n")
    engine = open_database(f"sqlite:///{config.parent / 'data' / 'command-centre.db'}")
    with writing(engine) as connection:
        connection.execute(update(audit).where(audit.c.id == 1).values(subject="account:orang-lain"))
    engine.dispose()
    assert main(["audit", "--config", str(config)]) == 1
    assert "row 1 was changed" in capsys.readouterr().err


def test_a_walls_token_is_printed_once_and_revoked_by_its_number(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "add", "utama", "--config", str(config)]) == 0
    told = capsys.readouterr()
    secret = told.out.strip()
    assert f"/wall?name=utama&token={secret}" in told.err
    assert main(["token", "revoke", "1", "--config", str(config)]) == 0
    assert main(["token", "revoke", "1", "--config", str(config)]) == 1
    engine = open_database(f"sqlite:///{config.parent / 'data' / 'command-centre.db'}")
    with engine.connect() as connection:
        assert [each.revoked_at is not None for each in list_tokens(connection)] == [True]
    engine.dispose()
