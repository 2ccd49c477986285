"""What only the simulated city says: addresses that can be nobody's, and one agreed window."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from collectors import KINDS
from command_centre.config.loading import load
from command_centre.demo.register import DOMAIN, LEFT_UNMEASURED, simulated_windows, with_simulated_addresses
from command_centre.domain.target import Place, Target, TargetKey, TargetKind

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = Target(
    TargetKey("situs:dinkes"), TargetKind.SITE, "Dinas Kesehatan", "Dinkes", "", "OPD", Place(), None, timedelta(minutes=1)
)


def test_a_site_without_address_gets_one_that_can_be_nobodys() -> None:
    (simulated,) = with_simulated_addresses([UNKNOWN])
    assert simulated.address == f"http://dinkes.{DOMAIN}"
    assert simulated.source == "simulasi"


def test_a_known_address_and_another_kind_stay_as_they_are() -> None:
    known = replace(UNKNOWN, address="http://dinkes.bontangkota.go.id")
    hotspot = replace(UNKNOWN, kind=TargetKind.SERVICE)
    assert with_simulated_addresses([known, hotspot]) == (known, hotspot)


def test_what_the_demo_names_is_in_the_shipped_register() -> None:
    config = load(ROOT / "config.yaml", {name: kind.settings for name, kind in KINDS.items() if name != "uplink"})
    keys = {each.key for each in config.targets}
    assert keys >= LEFT_UNMEASURED
    assert all(keys >= window.targets for window in simulated_windows())
    sites = with_simulated_addresses(config.targets_of(TargetKind.SITE))
    unmeasured = {each.key for each in sites if each.address is None}
    assert unmeasured == LEFT_UNMEASURED
