"""Registers as spreadsheets write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError
from command_centre.domain.target import Target
from tests.support.configuration import GOOD_SITES, KINDS, write_config


def targets_from(tmp_path: Path, data: bytes) -> tuple[Target, ...]:
    path = write_config(tmp_path)
    (tmp_path / "sites.csv").write_bytes(data)
    return load(path, KINDS).targets


def mistakes_in(tmp_path: Path, data: bytes) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        targets_from(tmp_path, data)
    return [str(each).replace(f"{tmp_path}/", "") for each in refused.value.mistakes]


@pytest.mark.parametrize(
    "data",
    [
        GOOD_SITES.encode(),
        b"\xef\xbb\xbf" + GOOD_SITES.encode(),
        GOOD_SITES.replace("\n", "\r\n").encode(),
        GOOD_SITES.replace(";", ",").encode(),
        GOOD_SITES.replace(";", "\t").encode("utf-16"),
        b"sep=;\r\n" + GOOD_SITES.replace("\n", "\r\n").encode(),
        GOOD_SITES.replace("\n", ";;\n").encode() + b";;;;;;;;\n;;;;;;;;\n",
        GOOD_SITES.replace("Setda;Setda", "\u00a0Setda\u00a0;\ufeffSetda ").encode(),
        GOOD_SITES.replace("short_name", "Short Name").replace("key;", "KEY;").encode(),
        "\n".join(f'"{line}"'.replace(";", '";"') for line in GOOD_SITES.strip().split("\n")).encode(),
    ],
    ids=["plain", "bom", "windows", "comma", "unicode-text", "sep-line", "empty-columns", "spaces", "capitals", "quoted"],
)
def test_what_a_spreadsheet_adds_changes_nothing(tmp_path: Path, data: bytes) -> None:
    plain = targets_from(tmp_path, GOOD_SITES.encode())
    assert targets_from(tmp_path, data) == plain
    assert len(plain) == 3


def test_a_register_in_an_old_encoding_says_on_which_line(tmp_path: Path) -> None:
    data = GOOD_SITES.encode() + "situs:kafe;Kafé;Kafe;A;OPD;;\n".encode("cp1252")
    assert mistakes_in(tmp_path, data) == ["sites.csv:5: is not UTF-8; in the spreadsheet choose 'CSV UTF-8' when saving"]


def test_lines_are_counted_from_the_top_of_the_file(tmp_path: Path) -> None:
    data = b"sep=;\n" + GOOD_SITES.encode() + b"\n\nsitus:x;X;X;X;Opd;;\n"
    assert mistakes_in(tmp_path, data) == ["sites.csv:8: 'group': 'Opd' is not a group of sites; did you mean 'OPD'?"]


def test_every_mistake_of_a_row_is_told(tmp_path: Path) -> None:
    data = GOOD_SITES.encode() + b"situs:X;;Nama singkat yang panjang;;Aplikas;Mana;gopher://x\n"
    assert [each.split(":")[2].strip() for each in mistakes_in(tmp_path, data)] == [
        "'name'",
        "'owner'",
        "'key'",
        "'short_name'",
        "'group'",
        "'kelurahan'",
        "'address'",
    ]


def test_an_empty_register_is_a_mistake(tmp_path: Path) -> None:
    assert mistakes_in(tmp_path, b"\n\n") == ["sites.csv:1: is empty; the first line must name the columns"]


def test_parents_in_a_circle_are_refused(tmp_path: Path) -> None:
    """BEHAVIOUR S17."""
    data = b"key;name;short_name;owner;group;address;parents\n"
    data += b"situs:a;A;A;A;OPD;;situs:b\nsitus:b;B;B;B;OPD;;situs:c\nsitus:c;C;C;C;OPD;;situs:a\nsitus:d;D;D;D;OPD;;situs:a\n"
    assert mistakes_in(tmp_path, data) == [
        f"sites.csv:{line}: 'parents': 'situs:{key}' is among its own parents" for line, key in ((2, "a"), (3, "b"), (4, "c"))
    ]


def test_further_columns_reach_the_collector_as_text(tmp_path: Path) -> None:
    data = b"key;name;short_name;owner;group;address;must_contain;expect_status;note;parents\n"
    data += b"situs:a;A;A;A;OPD;http://a.example.test;Bontang|Kota;200, 300-399;periksa;sendiri:uplink\n"
    (target,) = targets_from(tmp_path, data)
    assert target.attributes == {"must_contain": "Bontang|Kota", "expect_status": "200, 300-399", "note": "periksa"}
    assert target.parents == ("sendiri:uplink",)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8080/a?b=c#d",
        "https://[::1]/",
        "HTTP://SITUS.example.test",
        "https://bücher.example/",
        "http://a_b.example.test./",
    ],
)
def test_unusual_addresses_are_addresses(tmp_path: Path, address: str) -> None:
    data = f"key;name;short_name;owner;group;address\nsitus:a;A;A;A;OPD;{address}\n".encode()
    assert targets_from(tmp_path, data)[0].address == address


@pytest.mark.parametrize(
    "address", ["http://", "http://a..b/", "http://-a.example/", "http://[::1", "javascript:a", "//a.example"]
)
def test_what_only_looks_like_an_address_is_refused(tmp_path: Path, address: str) -> None:
    data = f"key;name;short_name;owner;group;address\nsitus:a;A;A;A;OPD;{address}\n".encode()
    assert len(mistakes_in(tmp_path, data)) == 1
