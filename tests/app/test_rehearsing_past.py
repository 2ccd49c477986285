"""``run.py rehearse --config FILE``: the last weeks of a database under a configuration that was edited."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command_centre.app.configuring import read_configuration
from command_centre.app.rehearsing import rehearse
from command_centre.app.rehearsing_past import rehearse_past
from command_centre.domain.reading import Status
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.tables import incident
from tests.support.city import reading
from tests.support.clock import NOON
from tests.support.configuration import TINY_CONFIG, write_config

MINUTE = timedelta(minutes=1)
TELLS = "receivers:\n  - {name: piket, kind: log}\nalerts: {receivers: [piket]}\n"


def city(tmp_path: Path) -> Path:
    """A configuration whose database remembers one outage of twenty minutes; the path of the configuration."""
    path = write_config(tmp_path, TINY_CONFIG + TELLS)
    database = tmp_path / "data" / "demo" / "command-centre.db"
    engine = open_database(f"sqlite:///{database}")
    migrate(engine)
    config = read_configuration(path)
    rulebook = Rulebook.of(config.rules, (), config.zone, config.orders)
    with writing(engine) as connection:
        sync_targets(connection, config.targets, (), NOON)
        for minute in range(40):
            status = Status.DOWN if 10 <= minute < 30 else Status.UP
            at = NOON + minute * MINUTE
            write_batch(connection, [reading(at, status)], rulebook, at)
    engine.dispose()
    return path


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert rehearse([*words, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_the_past_under_the_configuration_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = outcome(capsys, "--config", str(city(tmp_path)))
    assert [(each["kind"], each["to"], each["at"][11:16]) for each in told["notices"]] == [
        ("firing", "piket", "12:11"),
        ("resolved", "piket", "12:31"),
    ]
    (only,) = told["incidents"]
    assert (only["rule"], only["target"], only["from"][11:16]) == ("site-down", "situs:diskominfo", "12:10")
    assert told["is_whole"]
    assert told["rules_left_out"] == ["site-certificate", "site-judol"]


def test_an_edited_configuration_shows_what_it_would_have_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited = city(tmp_path).with_name("edited.yaml")
    edited.write_text(TINY_CONFIG + TELLS + "rules:\n  - {id: site-down, hold: 30m}\n", encoding="utf-8")
    told = outcome(capsys, "--config", str(edited), "--weeks", "2")
    assert (told["notices"], told["incidents"]) == ([], [])


def test_a_target_that_the_register_no_longer_lists_is_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = city(tmp_path)
    (tmp_path / "sites.csv").write_text(
        "key;name;short_name;owner;group;kelurahan;address\nsitus:setda;Sekretariat Daerah;Setda;Setda;OPD;;\n", encoding="utf-8"
    )
    told = outcome(capsys, "--config", str(path))
    assert (told["targets_left_out"], told["incidents"]) == (1, [])


def test_the_database_of_the_city_is_only_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = city(tmp_path)
    database = f"sqlite:///{tmp_path}/data/demo/command-centre.db"
    engine = open_database(database, read_only=True)
    with engine.connect() as connection:
        before = connection.execute(select(incident)).all()
    outcome(capsys, "--config", str(path))
    with engine.connect() as connection:
        assert connection.execute(select(incident)).all() == before
    engine.dispose()


def test_people_read_a_list_and_sums(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse(["--config", str(city(tmp_path))]) == 0
    said = capsys.readouterr()
    assert "incidents: 1 (site-down 1)\nnotices: 2 (piket 2)\n" in said.out
    assert "they are about values: site-certificate, site-judol" in said.err


def test_impatience_is_admitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse_past(["--config", str(city(tmp_path))], patience=-1.0) == 0
    assert "only the beginning was played" in capsys.readouterr().err


def test_a_city_that_has_seen_nothing_has_nothing_to_play(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_config(tmp_path, TINY_CONFIG + TELLS)
    assert rehearse(["--config", str(path)]) == 1
    assert capsys.readouterr().err.startswith("run.py rehearse: ")


@pytest.mark.parametrize("words", [["--weeks", "0"], ["--weeks", "13"], ["--weeks", "x"], ["file.json"]])
def test_wrong_usage_has_its_own_code(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        rehearse(["--config", str(tmp_path / "config.yaml"), *words])
    assert ended.value.code == 3


def test_a_configuration_with_mistakes_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_config(tmp_path, TINY_CONFIG + "rules:\n  - {id: baru}\n")
    with pytest.raises(SystemExit) as ended:
        rehearse(["--config", str(path)])
    assert ended.value.code == 2
    assert "rules" in capsys.readouterr().err
