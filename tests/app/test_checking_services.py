"""What must hold between the register of services and their definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_centre.app.configuring import read_configuration
from command_centre.config.mistakes import ConfigError

ROOT = Path(__file__).parents[2]
HEAD = "key;name;short_name;owner;dimension;address;preset;definition\n"


def _told(folder: Path, *rows: str) -> list[str]:
    """The mistakes of a configuration with these services and one definition, ``wbs.yaml``."""
    (folder / "data" / "services").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "services" / "wbs.yaml").write_text("preset: wbs\n", encoding="utf-8")
    (folder / "services.csv").write_text(HEAD + "".join(f"{each}\n" for each in rows), encoding="utf-8")
    (folder / "config.yaml").write_text(
        "mode: demo\ncity: {name: Kota Uji, timezone: Asia/Makassar, contact: uji@kota.test}\n"
        "collectors:\n  - {kind: e_services, every: 60s, timeout: 10s}\n"
        "inventory: {services: services.csv}\n",
        encoding="utf-8",
    )
    try:
        read_configuration(folder / "config.yaml")
    except ConfigError as refused:
        return [str(each) for each in refused.mistakes]
    return []


def _row(key: str, address: str = "https://x.test/api/rekap", preset: str = "", definition: str = "") -> str:
    return f"layanan:{key};Layanan {key};{key};Diskominfo;governance;{address};{preset};{definition}"


def test_services_with_a_known_preset_a_known_definition_or_neither_are_in_order(tmp_path: Path) -> None:
    assert _told(tmp_path, _row("a", preset="wbs"), _row("b", definition="wbs.yaml"), _row("c")) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (_row("a", preset="tidakada"), "'tidakada' is none of"),
        (_row("a", definition="lain.yaml"), "there is no definition 'lain.yaml'"),
        (_row("a", address="https://x.test/api/penduduk/5"), "records of single people"),
        (_row("a", address="https://x.test/cek?nik=1"), "asks for a person"),
    ],
)
def test_a_name_that_leads_nowhere_and_an_address_on_the_guard_list_are_refused(row: str, words: str, tmp_path: Path) -> None:
    told = _told(tmp_path, row, _row("b"))
    assert len(told) == 1
    assert words in told[0]
    assert "layanan:a" in told[0]


def test_the_shipped_configuration_is_in_order() -> None:
    assert read_configuration(ROOT / "config.yaml").targets
