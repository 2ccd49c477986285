"""Sizes as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError
from command_centre.config.sizes import LARGEST, format_size, parse_size
from tests.support.configuration import KINDS, TINY_CONFIG, write_config


@pytest.mark.parametrize(("text", "size"), [("1MB", 10**6), ("500 mb", 5 * 10**8), ("20GB", 2 * 10**10), ("1TB", 10**12)])
def test_a_size_is_written_with_its_unit(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["20", "20 giga", "0MB", "1.5GB", "-1GB", "1001TB", "", 20, True, None, 2.5, ["1GB"]])
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"500MB|1000TB"):
        parse_size(text)


@given(st.integers(min_value=1, max_value=LARGEST // 10**6))
def test_a_size_survives_being_written(megabytes: int) -> None:
    assert parse_size(format_size(megabytes * 10**6)) == megabytes * 10**6


def test_the_database_may_be_given_a_size(tmp_path: Path) -> None:
    path = write_config(tmp_path, TINY_CONFIG + "retention:\n  most_bytes: 20GB\n")
    assert load(path, KINDS).retention.most_bytes == 2 * 10**10
    path.write_text(TINY_CONFIG + "retention:\n  most_bytes: 20\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"config.yaml:7:15: retention.most_bytes: a size is written like 500MB, 20GB or 1TB"):
        load(path, KINDS)
