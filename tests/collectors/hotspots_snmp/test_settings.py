"""The collector's keys in ``config.yaml``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from collectors.hotspots_snmp.kind import KIND_PARTS
from collectors.hotspots_snmp.options import Level, Version
from collectors.hotspots_snmp.settings import SnmpSettings
from tests.support.clock import FrozenClock


def test_a_community_by_reference_becomes_options(tmp_path: Path) -> None:
    (tmp_path / "rahasia").write_text("umum\n")
    settings = SnmpSettings.model_validate({"credentials": {"community": f"file:{tmp_path / 'rahasia'}"}})
    options = settings.options(timedelta(seconds=9))
    assert (options.credentials.community, options.look_seconds) == ("umum", 9.0)
    assert "umum" not in repr(settings) + repr(options)


def test_version_3_credentials_under_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_UJI_AUTH", "sandi-a")
    monkeypatch.setenv("CC_UJI_PRIV", "sandi-b")
    isp = {"version": "3", "user": "noc", "auth_password": "env:CC_UJI_AUTH", "priv_password": "env:CC_UJI_PRIV"}
    settings = SnmpSettings.model_validate({"credentials": isp, "named": {"isp-lama": isp}})
    named = settings.options(timedelta(seconds=9)).named["isp-lama"]
    assert (named.version, named.level, named.auth_password, named.priv_password) == (
        Version.V3,
        Level.PRIV,
        "sandi-a",
        "sandi-b",
    )


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({}, "community"),
        ({"version": "3"}, "user"),
        ({"version": "3", "user": "u"}, "auth_password"),
        ({"version": "3", "user": "u", "auth_password": "env:A"}, "priv_password"),
        ({"community": "umum"}, "reference"),
        ({"comunity": "env:A"}, "comunity"),
    ],
)
def test_a_mistake_in_the_credentials_is_named(credentials: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SnmpSettings.model_validate({"credentials": credentials})


def test_the_catalogue_gets_settings_metrics_and_a_builder(tmp_path: Path) -> None:
    (tmp_path / "rahasia").write_text("umum")
    load_settings, metrics, build = KIND_PARTS
    settings = load_settings().model_validate({"credentials": {"community": f"file:{tmp_path / 'rahasia'}"}})
    assert build(settings, FrozenClock(), "noc@contoh.test", timeout=timedelta(seconds=5)) is not None
    assert len({metric.name for metric in metrics}) == len(metrics)
