"""Profiles are data: every file is sound, and each device finds its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collectors.hotspots_snmp.profiles import FOLDER, Book, Profile, ProfileError, load_book

NUMBERS = re.compile(r"^1(\.\d+)+$")


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_profile_file_is_sound(path: Path, book: Book) -> None:
    profile = _profile(path.stem, book)
    names = [*profile.scalars(), *profile.columns(), *profile.object_ids, *profile.answers, *profile.signs]
    assert all(NUMBERS.match(name) for name in names)
    assert len(set(profile.scalars())) == len(profile.scalars())
    assert not set(profile.scalars()) & set(profile.columns())


def _profile(key: str, book: Book) -> Profile:
    return book.generic if key == "generic" else next(profile for profile in book.profiles if profile.key == key)


def test_every_vendor_profile_can_be_found_somehow(book: Book) -> None:
    for profile in book.profiles:
        assert profile.object_ids or profile.descr or profile.answers or profile.signs, profile.key
        assert profile.vendor, profile.key


def test_what_counts_rows_says_when_no_rows_means_none(book: Book) -> None:
    for profile in book.profiles:
        for take in profile.takes():
            assert take.column not in profile.counted_columns() or take.given, profile.key


@pytest.mark.parametrize(
    ("object_id", "descr", "key"),
    [
        ("1.3.6.1.4.1.14988.1", "RouterOS hAP ac2", "routeros"),
        ("1.3.6.1.4.1.41112", "UAP-AC-Lite 6.6.77", "unifi"),
        ("1.3.6.1.4.1.41112.1.5", "EdgeOS v2.0.9", "edgeos"),
        ("1.3.6.1.4.1.41112.1.4", "Linux 2.6.33", "airos"),
        ("1.3.6.1.4.1.10002.1", "Linux 2.6.32", "airos"),
        ("1.3.6.1.4.1.17713.21", "Cambium ePMP", "epmp"),
        ("1.3.6.1.4.1.17713.22.1", "cnPilot e410", "cnpilot"),
        ("1.3.6.1.4.1.14823.1.2.100", "ArubaOS (MODEL: 305), Version 8.6.0.5", "aruba_instant"),
        ("1.3.6.1.4.1.14823.1.1.32", "ArubaOS (MODEL: Aruba7030), Version 8.5.0.1", "arubaos"),
        ("1.3.6.1.4.1.25053.3.1.5.15", "Ruckus Wireless ZD1200", "ruckus_zd"),
        ("1.3.6.1.4.1.25053.3.1.4.99", "Ruckus Wireless R510", "ruckus_ap"),
        ("1.3.6.1.4.1.9.1.1069", "Cisco Controller", "cisco_wlc"),
        ("1.3.6.1.4.1.9.1.618", "Cisco IOS Software, C1240 Software", "cisco"),
        ("1.3.6.1.4.1.9.6.1.83.26.1", "SG300-26", "cisco_sb"),
        ("1.3.6.1.4.1.4881.1.2.1.1.1", "Ruijie Wireless AP", "ruijie"),
        ("1.3.6.1.4.1.11863.5.28", "JetStream 24-Port Gigabit Smart Switch", "jetstream"),
        ("1.3.6.1.4.1.2011.2.224.62", "Huawei AR169F", "huawei"),
    ],
)
def test_a_device_finds_its_profile_by_its_object_identifier(object_id: str, descr: str, key: str, book: Book) -> None:
    found = book.by_object_id(object_id, descr)
    assert found is not None
    assert found.key == key


def test_a_generic_agent_is_known_by_its_description(book: Book) -> None:
    found = book.by_descr("Linux OpenWrt 5.15.137 #0 SMP mips")
    assert found is not None
    assert found.key == "openwrt"


def test_plain_linux_is_only_the_last_resort(book: Book) -> None:
    assert book.by_descr("Linux ap-01 4.4.60") is None
    assert book.fallback("Linux ap-01 4.4.60").key == "linux"
    assert book.fallback("Something else").key == "generic"


def test_an_enterprise_number_is_not_mistaken_for_a_longer_one(book: Book) -> None:
    assert book.vendor_of("1.3.6.1.4.1.9.1.1") == "Cisco"
    assert book.vendor_of("1.3.6.1.4.1.99999.1") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vendor = 1\n[[clients]]\nhow = 'sum'", "either 'oid' or 'column'"),
        ("wendor = 'x'", "unknown key 'wendor'"),
        ("[[memory]]\nused = { oid = '1.2' }", "two of 'used', 'free' and 'total'"),
        ("[[clients]]\ncolumn = '1.2'\nwhere = { column = '1.3' }", "either 'values' or 'not_values'"),
        ("[[clients]]\ncolumn = '1.2'\nhow = 'guess'", "guess"),
    ],
)
def test_a_mistake_in_a_profile_is_named_with_its_file(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "generic.toml").write_text(text)
    with pytest.raises(ProfileError, match=re.escape(said)) as caught:
        load_book(tmp_path)
    assert "generic.toml" in str(caught.value)
