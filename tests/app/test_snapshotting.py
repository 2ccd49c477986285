"""``run.py snapshot`` as a command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from command_centre.storage.database import migrate, open_database
from tests.support.hand_week import fill

ROOT = Path(__file__).resolve().parents[2]

CONFIG = """mode: live
city:
  contact: kominfo@example.test
storage:
  url: sqlite:///city.db
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A configuration, and the database of the week by hand."""
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    migrate(engine)
    fill(engine)
    engine.dispose()
    return tmp_path


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "run.py"), "snapshot", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd, check=False)


def test_a_week_is_frozen_once_and_its_file_is_as_sealed(place: Path) -> None:
    first = run("--week", "2026-W46", "--out", "out", "--json", cwd=place)
    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout)
    assert (made["period"], made["revision"], made["is_new"]) == ("2026-W46", 1, True)
    names = {Path(each).name for each in made["files"]}
    assert {f"cuplikan-2026-W46-r1.{form}" for form in ("json", "pdf", "png", "html", "txt", "xlsx")} <= names

    before = {path.name: path.read_bytes() for path in (place / "out").iterdir()}
    again = run("--week", "2026-W46", "--out", "out", "--json", cwd=place)
    assert json.loads(again.stdout)["is_new"] is False
    assert {path.name: path.read_bytes() for path in (place / "out").iterdir()} == before

    verified = run("verify", "out/cuplikan-2026-W46-r1.json", cwd=place)
    assert (verified.returncode, made["seal"] in verified.stdout, made["public_key"] in verified.stdout) == (0, True, True)


def test_verify_names_what_was_changed(place: Path) -> None:
    assert run("--week", "2026-W46", "--out", "out", cwd=place).returncode == 0
    file = place / "out" / "cuplikan-2026-W46-r1.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["snapshot"]["targets"][0]["availability"] = 0.123
    file.write_text(json.dumps(content), encoding="utf-8")
    told = run("verify", str(file), cwd=place)
    assert told.returncode == 1
    assert "targets[situs:a].availability" in told.stdout
    assert "NOT as sealed" in told.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--week", "2026-W54"), "has no such week"),
        (("--week", "2026-11"), "--week does not take"),
        (("--week", "2026-W46", "--month", "2026-11"), "not allowed with"),
        (("--number", "555/1"), "go together"),
        (("verify",), "required: file"),
        (("verify", "no-such.json"), "No such file"),
        (("verify", "config.yaml"), "is not JSON"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(place: Path, words: tuple[str, ...], sentence: str) -> None:
    told = run(*words, cwd=place)
    assert told.returncode == 3
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


def test_a_period_that_has_not_begun_is_refused(place: Path) -> None:
    told = run("--week", "2099-W01", cwd=place)
    assert (told.returncode, "has not begun" in told.stderr) == (1, True)


def test_an_approved_paper_and_the_english_one_are_made_from_the_same_seal(place: Path) -> None:
    draft = json.loads(run("--week", "2026-W46", "--out", "a", "--json", cwd=place).stdout)
    signed = run("--week", "2026-W46", "--out", "b", "--json", "--english", "--number", "555/1", "--signed-by", "Nama", cwd=place)
    assert json.loads(signed.stdout)["seal"] == draft["seal"]
    name = "cuplikan-2026-W46-r1"
    assert (place / "a" / f"{name}.json").read_bytes() == (place / "b" / f"{name}.json").read_bytes()
    assert (place / "a" / f"{name}.pdf").read_bytes() != (place / "b" / f"{name}.pdf").read_bytes()
    assert "Snapshot of week 46/2026" in (place / "b" / f"{name}.html").read_text(encoding="utf-8")
