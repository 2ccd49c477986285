"""The section ``snapshot``, and receivers that get snapshots."""

from __future__ import annotations

from pathlib import Path

from command_centre.config.loading import load
from command_centre.config.snapshot import SnapshotSection
from command_centre.domain.cut import Limits
from command_centre.domain.period import PeriodKind
from tests.support.configuration import GOOD_SITES, KINDS, write_config

WHOLE = """mode: live
city: {contact: tim@bontangkota.go.id}
inventory:
  sites: sites.csv
snapshot:
  public_url: https://cc.bontangkota.go.id/
  letterhead:
    office: DINAS CONTOH
    address: ["Jalan Satu", "Telepon 0548"]
    signatory: Kepala Dinas Contoh
  limits: {sites: 98, hotspots: 96.5, restore: 2h}
receivers:
  - {name: surel-kepala, kind: log, snapshots: [mingguan, tahunan]}
  - {name: piket, kind: log}
"""


def test_without_the_section_the_limits_are_those_of_the_program() -> None:
    assert SnapshotSection().as_limits() == Limits()


def test_letterhead_limits_and_receivers_are_read_as_written(tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text(GOOD_SITES, encoding="utf-8")
    config = load(write_config(tmp_path, WHOLE), KINDS)
    assert config.snapshot is not None
    assert config.snapshot.public_url == "https://cc.bontangkota.go.id"
    assert config.snapshot.letterhead.address == ("Jalan Satu", "Telepon 0548")
    assert config.snapshot.letterhead.city == "Bontang"
    assert config.snapshot.as_limits() == Limits(site=0.98, hotspot=0.965, restore_minutes=120)
    assert {each.name: each.snapshots for each in config.receivers} == {
        "surel-kepala": frozenset({PeriodKind.WEEK, PeriodKind.YEAR}),
        "piket": frozenset(),
    }
    assert config.orders.receivers == ("piket",)  # an official's mailbox is not woken by every hotspot


def test_a_mailbox_alone_gets_snapshots_and_alerts(tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text(GOOD_SITES, encoding="utf-8")
    config = load(write_config(tmp_path, WHOLE.replace("  - {name: piket, kind: log}\n", "")), KINDS)
    assert config.orders.receivers == ("surel-kepala",)
