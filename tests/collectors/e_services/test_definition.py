"""Definitions: every mistake at once, presets as data, and what the settings of the kind refuse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors.e_services import metrics
from collectors.e_services.choosing import definitions_by_name, preset_definition
from collectors.e_services.definition import BasicAuth, OAuth2Auth
from collectors.e_services.documents import Format
from collectors.e_services.paging import PagingStyle
from collectors.e_services.parsing import DefinitionError, merged, parse_definition
from collectors.e_services.presets import FOLDER, PRESETS, load_preset
from collectors.e_services.settings import ServiceSettings
from tests.support.services import service

SECRET = "rahasia-sekali-99"


def _mistakes(data: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as refusal:
        parse_definition(data)
    return refusal.value.mistakes


def test_all_mistakes_are_told_at_once_each_with_its_key() -> None:
    told = _mistakes(
        {
            "format": "csv",
            "tz": "Asia/Bontang",
            "expect_status": "abc",
            "health": "sehat",
            "auth": {"type": "basic", "user": "a"},
            "headers": {"X Y": "1"},
            "ok": {"equals": 1},
            "extract": [{"path": "a"}, {"metric": "m", "path": "a[", "type": "angka"},
            {"metric": "n", "path": "x", "type": "duration", "unit": "abad"}],
            "required": ["lain"],
            "pagination": {"style": "bolak-balik", "max_pages": 0},
            "freshness": {"path": "t", "max_age": "lama"},
            "open_items": {"path": "data"},
            "json": {}, "body": "x",
            "preset": "tidakada",
        }
    )  # fmt: skip
    keys = [each.partition(":")[0] for each in told]
    wanted = [
        "preset", "format", "tz", "expect_status", "health.style", "auth.password", "headers", "ok.path", "extract[0].metric",
        "extract[1].path", "extract[1].type", "extract[2].unit", "required", "pagination.style", "pagination.max_pages",
        "freshness.max_age", "open_items", "json",
    ]  # fmt: skip
    assert set(wanted) <= set(keys), sorted(set(wanted) - set(keys))


def test_keys_that_are_not_understood_are_named_and_stop_nothing() -> None:
    definition = parse_definition({"extrakt": [], "pagination": {"style": "page", "halaman": 1}, "note": "untuk orang"})
    assert set(definition.strange_keys) == {"extrakt", "pagination.halaman"}


def test_a_path_to_personal_data_is_refused() -> None:
    for path in ("data[0].nik", "$..no_kk", "data['nama_ibu_kandung']", "data[*].tanggal_lahir"):
        assert "personal data" in _mistakes({"extract": [{"metric": "m", "path": path}]})[0]


def test_xml_is_guessed_from_an_xpath_and_json_is_the_rule() -> None:
    assert parse_definition({"extract": [{"metric": "m", "path": "//a"}]}).format is Format.XML
    assert parse_definition({"extract": [{"metric": "m", "path": "a"}]}).format is Format.JSON
    assert parse_definition({}).format is Format.JSON


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ({"max_age": "24h"}, 24),
        ({"max_age": "2 hari"}, 48),
        ({"max_age": 3600}, 1),
        ({"max_age_h": 6}, 6),
        ({"max_age_days": 1}, 24),
    ],
)
def test_an_age_is_a_length_of_time_or_a_number_in_the_unit_of_its_key(written: dict[str, Any], hours: float) -> None:
    freshness = parse_definition({"freshness": {"path": "t", **written}}).freshness
    assert freshness is not None
    assert freshness.max_age == timedelta(hours=hours)


def test_freshness_may_name_a_metric_and_takes_its_path_and_zone() -> None:
    data = {
        "extract": [{"metric": "w", "path": "a.t", "type": "time", "tz": "Asia/Jakarta"}],
        "freshness": {"metric": "w", "max_age": "1d"},
    }
    freshness = parse_definition(data).freshness
    assert freshness is not None
    assert (freshness.path.text, freshness.tz) == ("a.t", "Asia/Jakarta")


@pytest.mark.parametrize(
    ("written", "style"),
    [
        (True, None), ("next", PagingStyle.NEXT), ({"next": "links.next"}, PagingStyle.NEXT),
        ({"param": "page"}, PagingStyle.PAGE),
        ({"last_page": "meta.last"}, PagingStyle.PAGE), ({"cursor": "meta.c", "param": "c"}, PagingStyle.CURSOR),
        ({"offset_param": "start"}, PagingStyle.OFFSET), ({"type": "link-header"}, PagingStyle.NEXT),
        ({"max_pages": "5"}, None),
        ({"type": "offset", "param": "start"}, PagingStyle.OFFSET), ({"style": "link_header"}, PagingStyle.NEXT),
    ],
)  # fmt: skip
def test_the_style_of_pages_follows_from_what_is_said(written: Any, style: PagingStyle | None) -> None:
    paging = parse_definition({"pagination": written}).paging
    assert paging is not None
    assert paging.style is style


# --- presets ------------------------------------------------------------------------------------------------------------------


def test_every_preset_is_a_file_and_every_file_a_preset() -> None:
    assert {file.stem for file in FOLDER.glob("*.toml")} == set(PRESETS)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_is_a_definition_without_strange_keys_or_metrics(name: str) -> None:
    definition = preset_definition(name)
    assert definition.strange_keys == ()
    assert {each.metric for each in definition.extract} <= {each.name for each in metrics.WORK}


def test_a_definition_overrides_its_preset_and_adds_metrics_to_it() -> None:
    whole = merged(
        load_preset("wbs"),
        {"extract": [{"metric": "received_total", "path": "x"}, {"metric": "overdue_total", "path": "y"}], "tz": "UTC"},
    )
    named = {each["metric"]: each["path"] for each in whole["extract"]}
    assert named["received_total"] == "x"
    assert named["overdue_total"] == "y"
    assert named["completed_total"] == "data.tingkat_penyelesaian.selesai"
    assert whole["tz"] == "UTC"


# --- settings -----------------------------------------------------------------------------------------------------------------


def _settings(**keys: Any) -> ServiceSettings:
    return ServiceSettings.model_validate({"folder": "/tidak/ada", **keys})


def test_definitions_come_from_the_configuration_and_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "wbs.yaml").write_text("preset: wbs\nslow_after: 2s\n", encoding="utf-8")
    (tmp_path / "catatan.txt").write_text("bukan definisi", encoding="utf-8")
    settings = _settings(folder=str(tmp_path), definitions={"layanan:112": {"preset": "antrean"}})
    assert set(settings.parsed) == {"wbs", "layanan:112"}
    assert settings.parsed["wbs"].slow_after == timedelta(seconds=2)


def test_a_relative_folder_lies_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "data" / "services").mkdir(parents=True)
    (tmp_path / "data" / "services" / "x.yaml").write_text("preset: web", encoding="utf-8")
    settings = ServiceSettings.model_validate({}, context={"folder": tmp_path})
    assert set(settings.parsed) == {"x"}
    assert set(ServiceSettings.model_validate(dict(settings)).parsed) == {"x"}, "also when the settings are taken over"


def test_mistakes_of_all_definitions_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("preset: tidakada", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("extract: [", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("- daftar", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a: preset(?s:.*)") as refusal:
        _settings(
            folder=str(tmp_path), definitions={"d": {"asing": 1}, "e": {"extract": [{"metric": "asing_total", "path": "x"}]}}
        )
    told = str(refusal.value)
    for words in (
        "b.yaml: cannot be read",
        "c.yaml: is not a definition",
        "d: unknown key 'asing'",
        "e: extract: 'asing_total' is not",
    ):
        assert words in told


@pytest.mark.parametrize(
    "definition",
    [
        {"auth": {"type": "basic", "user": "u", "password": SECRET}},
        {"auth": {"type": "bearer", "token": SECRET}},
        {"auth": {"type": "api_key", "key": SECRET}},
        {"auth": {"type": "oauth2", "token_url": "http://127.0.0.1/t", "client_id": "c", "client_secret": SECRET}},
        {"headers": {"X-API-Key": SECRET}},
        {"steps": [{"url": "http://127.0.0.1/masuk", "form": {"password": SECRET}}]},
    ],
)
def test_a_secret_that_is_written_out_is_refused_and_not_repeated(definition: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="written out") as refusal:
        _settings(definitions={"x": definition})
    assert SECRET not in str(refusal.value)
    assert SECRET not in repr(parse_definition(definition))


def test_references_to_secrets_are_accepted() -> None:
    definition = {"auth": {"type": "basic", "user": "u", "password": "env:SANDI"}, "headers": {"X-API-Key": "{env:KUNCI}"}}
    assert isinstance(_settings(definitions={"x": definition}).parsed["x"].auth, BasicAuth)


def test_credentials_of_oauth2_have_their_own_keys() -> None:
    auth = {"type": "oauth2", "token_url": "http://127.0.0.1/t", "client_id": "c", "client_secret": "env:X", "in_body": True}
    assert parse_definition({"auth": auth}).auth == OAuth2Auth("http://127.0.0.1/t", "c", "env:X", in_body=True)


# --- which definition a service has -------------------------------------------------------------------------------------------


def test_the_register_names_a_definition_or_a_preset_and_else_the_key_does() -> None:
    own, named = parse_definition({"slow_after": "1s"}), parse_definition({"slow_after": "2s"})
    definition_of = definitions_by_name({"layanan:uji": own, "wbs": named}, preset_definition)
    address = "http://127.0.0.1/"
    assert definition_of(service(address, definition="wbs.yaml", preset="ckan")) is named
    assert definition_of(service(address)) is own
    others = definitions_by_name({}, preset_definition)
    assert others(service(address, preset="ckan")) is preset_definition("ckan")
    assert others(service(address)).format is Format.ANY
    for attributes in ({"definition": "lain.yaml"}, {"preset": "tidakada"}):
        with pytest.raises(LookupError):
            others(service(address, **attributes))
