"""Secrets are references: resolved at wiring, never printed (BEHAVIOUR C4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError, masked
from command_centre.config.secret import Secret, SecretUnavailableError
from tests.support.configuration import KINDS, TINY_CONFIG, TinySettings, write_config

HIDDEN = "hunter2-sangat-rahasia"


def test_a_reference_to_the_environment_is_resolved_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_TEST_SECRET", HIDDEN)
    secret = Secret("env:CC_TEST_SECRET")
    assert secret.resolve() == HIDDEN
    assert HIDDEN not in f"{secret} {secret!r}"


def test_a_reference_to_a_file_begins_at_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "sandi").write_text(f"{HIDDEN}\n", encoding="utf-8")
    text = TINY_CONFIG.replace("kind: websites", "kind: websites\n    token: file:sandi")
    settings = load(write_config(tmp_path, text), KINDS).collectors[0].settings
    assert isinstance(settings, TinySettings)
    assert settings.token is not None
    assert settings.token.resolve() == HIDDEN
    assert HIDDEN not in repr(settings)
    assert HIDDEN not in settings.model_dump_json()


def test_a_reference_that_points_at_nothing_is_told_without_its_value(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for reference in ("env:CC_TEST_NEVER_SET", "file:nowhere", "file:empty", "file:binary"):
        with pytest.raises(SecretUnavailableError, match=reference):
            Secret(reference, tmp_path).resolve()


def test_the_database_address_may_be_a_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql://cc:{HIDDEN}@127.0.0.1/cc"
    path = write_config(tmp_path, TINY_CONFIG + "storage:\n  url: env:CC_TEST_DATABASE\n")
    monkeypatch.delenv("CC_TEST_DATABASE", raising=False)
    config = load(path, KINDS)
    assert [each.where for each in config.warnings] == ["storage.url"]
    with pytest.raises(ConfigError, match="env:CC_TEST_DATABASE is not set"):
        config.database_url()
    monkeypatch.setenv("CC_TEST_DATABASE", url)
    config = load(path, KINDS)
    assert config.database_url() == url
    assert config.warnings == ()
    assert HIDDEN not in repr(config)


@pytest.mark.parametrize(("written", "found"), [("sqlite:///data/cc.db", "data/cc.db"), ("sqlite:////srv/cc.db", "/srv/cc.db")])
def test_a_relative_database_begins_at_the_folder_of_the_configuration(tmp_path: Path, written: str, found: str) -> None:
    config = load(write_config(tmp_path, TINY_CONFIG + f"storage:\n  url: {written}\n"), KINDS)
    assert config.database_url() == f"sqlite:///{tmp_path.resolve() / found}"


def test_the_default_database_begins_at_the_folder_of_the_configuration(tmp_path: Path) -> None:
    assert load(write_config(tmp_path), KINDS).database_url() == f"sqlite:///{tmp_path.resolve()}/data/command-centre.db"


@pytest.mark.parametrize(
    "text",
    [
        f"collectors:\n  - {{kind: websites, token: {HIDDEN}, evry: 60s}}\n",
        f"collectors:\n  - kind: websites\n    tokn: {HIDDEN}\n",
        f"storage: {{url: 'postgresql://cc:{HIDDEN}@127.0.0.1/cc', urll: x}}\n",
        f"storage:\n  url: postgresql://cc:{HIDDEN}@127.0.0.1/cc\n",
        f"storage:\n  url: postgres://cc:{HIDDEN}@127.0.0.1/cc\n",
        f"storage:\n  url: postgresql://127.0.0.1/cc?user=cc&password={HIDDEN}\n",
        f"storage:\n  password: {HIDDEN}\n",
        f"storage:\n  sandi: {HIDDEN}: x\n",
        f'storage:\n  password: "{HIDDEN}\n',
        f"token: {HIDDEN}\n",
        f"web:\n  host: http://admin:{HIDDEN}@127.0.0.1\n",
        f"uplink:\n  references: ['cc:{HIDDEN}@192.0.2.1:53']\n",
        f"city:\n  contact: https://admin:{HIDDEN}@contoh go id\n",
    ],
)
def test_a_secret_in_the_open_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    path = write_config(tmp_path, "mode: demo\n" + text)
    with pytest.raises(ConfigError) as refused:
        load(path, KINDS)
    assert HIDDEN not in f"{refused.value} {refused.value!r}"


def test_a_password_in_the_register_is_refused_and_not_repeated(tmp_path: Path) -> None:
    sites = f"key;name;short_name;owner;group;address\nsitus:a;A;A;A;OPD;http://admin:{HIDDEN}@a.example.test/\n"
    with pytest.raises(ConfigError) as refused:
        load(write_config(tmp_path, sites=sites), KINDS)
    assert HIDDEN not in str(refused.value)


@given(st.text(max_size=60))
def test_masking_gives_one_printable_line(text: str) -> None:
    assert "\n" not in masked(text)
    assert "\x1b" not in masked(text)
