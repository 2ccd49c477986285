"""What an answer says, held against its definition; no network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from command_centre.domain.reading import Reason, Status
from tests.support.clock import NOON
from tests.support.services import JSON, XML, find

TOTAL = {"extract": [{"metric": "nilai", "path": "data.total"}]}


def _said(definition: dict[str, Any], body: Any, content_type: str = JSON) -> tuple[Status, Reason]:
    verdict = find(definition, body, content_type).verdict
    return verdict.status, verdict.reason


# --- data or something else ---------------------------------------------------------------------------------------------------

LOGIN = '<!doctype html><title>Masuk</title><form><input type="password" name="sandi"></form>'


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (LOGIN, "text/html", Reason.AUTH_REQUIRED), (LOGIN, JSON, Reason.AUTH_REQUIRED),
        ("<html><h1>Selamat datang</h1></html>", "text/html", Reason.CONTENT_TYPE),
        ("<html><h1>Galat</h1></html>", JSON, Reason.PARSE_ERROR),
        ('<br /><b>Warning</b>: x<br />{"data":{"total":1}}', "text/html", Reason.CONTENT_TYPE),
        ('<?xml version="1.0"?><a/>', XML, Reason.CONTENT_TYPE),
        ('{"data":', JSON, Reason.PARSE_ERROR), ("", JSON, Reason.PARSE_ERROR),
        ("OK", "text/plain", Reason.PARSE_ERROR), ('{"data":{"total":NaN}}', JSON, Reason.PARSE_ERROR),
    ],
)  # fmt: skip
def test_what_is_not_data_is_down_and_gives_no_value(body: str, content_type: str, reason: Reason) -> None:
    found = find(TOTAL, body, content_type)
    assert (found.verdict.status, found.verdict.reason) == (Status.DOWN, reason)
    assert found.extraction.values == {"nilai": None}


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/plain", "", "application/octet-stream"])
def test_data_is_data_whatever_the_server_calls_it(content_type: str) -> None:
    assert find(TOTAL, {"data": {"total": 5}}, content_type).extraction.values == {"nilai": 5}


# --- the service's own word ---------------------------------------------------------------------------------------------------

OK = {**TOTAL, "ok": {"path": "success", "equals": True}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"success": False, "error": {"__type": "X", "message": "Access denied"}}, "Access denied"),
        ({"success": False, "message": "Token kedaluwarsa", "data": {"total": 0}}, "Token kedaluwarsa"),
        ({"success": False, "errors": [{"detail": "Kolom tahun wajib"}]}, "Kolom tahun wajib"),
        ({"success": False, "error": "invalid_scope", "error_description": "Cakupan salah"}, "Cakupan salah"),
        ({"data": {"total": 7}}, "success does not say that it went well"),
        ([], "success does not say that it went well"),
    ],
)
def test_an_error_inside_an_answer_is_down_in_its_own_words_and_no_value_of_it_is_believed(body: Any, words: str) -> None:
    found = find(OK, body)
    assert (found.verdict.status, found.verdict.reason) == (Status.DOWN, Reason.API_ERROR)
    assert words in found.verdict.detail
    assert found.extraction.values == {"nilai": None}


@pytest.mark.parametrize(
    ("condition", "body", "holds"),
    [
        ({"equals": True}, {"s": True}, True), ({"equals": True}, {"s": "true"}, True), ({"equals": True}, {"s": 1}, True),
        ({"equals": True}, {"s": False}, False), ({"equals": 200}, {"s": "200"}, True), ({"equals": "00"}, {"s": "0"}, False),
        ({"in": [200, "00"]}, {"s": "00"}, True), ({"not_in": ["gagal", "error"]}, {"s": "error"}, False),
        ({"not_equals": "error"}, {"s": "ok"}, True), ({"not_equals": "error"}, {}, False), ({"matches": "^2..$"},
        {"s": 201}, True),
        ({}, {"s": []}, False), ({}, {"s": "x"}, True), ({"equals": None}, {"s": None}, True), ({"equals": 0}, {"s": 0}, True),
        ({"equals": 0}, {}, False), ({"exists": False}, {}, True), ({"exists": False}, {"s": "galat"}, False),
        ({"exists": True}, {}, False),
        ({"equals": []}, {"s": []}, True),
    ],
)  # fmt: skip
def test_a_condition_means_what_a_reader_would_mean(condition: dict[str, Any], body: Any, *, holds: bool) -> None:
    wanted = (Status.UP, Reason.OK) if holds else (Status.DOWN, Reason.API_ERROR)
    assert _said({"ok": {"path": "s", **condition}}, body) == wanted


def test_all_conditions_must_hold() -> None:
    both = {"ok": [{"path": "a", "equals": 1}, {"path": "b", "equals": 2}]}
    assert _said(both, {"a": 1, "b": 2})[0] is Status.UP
    assert _said(both, {"a": 1, "b": 3})[0] is Status.DOWN


def test_a_soap_fault_is_an_error_without_any_condition() -> None:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Server</faultcode>'
        "<faultstring>Basis data tidak terhubung</faultstring></e:Fault></e:Body></e:Envelope>"
    )
    found = find({"format": "xml", "extract": [{"metric": "n", "path": "//total"}]}, body, XML)
    assert found.verdict.reason is Reason.API_ERROR
    assert "Basis data tidak terhubung" in found.verdict.detail


# --- values -------------------------------------------------------------------------------------------------------------------


def test_an_optional_value_that_is_missing_is_no_flaw_and_a_required_one_is() -> None:
    assert _said(TOTAL, {"data": {}}) == (Status.UP, Reason.OK)
    found = find({**TOTAL, "required": ["nilai"]}, {"data": {}})
    assert (found.verdict.status, found.verdict.reason) == (Status.DEGRADED, Reason.MISSING_VALUE)
    assert "data.total" in found.verdict.detail
    assert "ends at data" in found.verdict.detail


@pytest.mark.parametrize("total", ["banyak", [], {"a": 1}, True, "1,5"])
def test_a_value_that_makes_no_sense_is_degraded_names_its_path_and_is_left_out(total: Any) -> None:
    found = find(TOTAL, {"data": {"total": total}})
    assert (found.verdict.status, found.verdict.reason) == (Status.DEGRADED, Reason.BAD_VALUE)
    assert "data.total" in found.verdict.detail
    assert found.extraction.values == {"nilai": None}


def test_a_required_flaw_is_told_before_an_optional_one_and_their_number_too() -> None:
    data = {"extract": [{"metric": "a", "path": "a"}, {"metric": "b", "path": "b"}], "required": ["b"]}
    found = find(data, {"a": "x"})
    assert found.verdict.reason is Reason.MISSING_VALUE
    assert "and 1 more" in found.verdict.detail


@pytest.mark.parametrize(
    ("metric", "type_", "raw", "value"),
    [
        ("queue_open_total", "number", 12, 12), ("queue_open_total", "number", -1, None),
        ("queue_open_total", "number", 1e308, None),
        ("error_ratio", "percent", "2,5%", 0.025), ("error_ratio", "percent", 250, None), ("completed_ratio", "number", 0.5, 0.5),
        ("handling_seconds", "duration", "2 jam", 7200), ("newest_record_age_seconds", "time", "2026-11-23T03:00:00Z", 3600),
        ("newest_record_age_seconds", "time", "2026-11-23T04:04:00Z", 0), ("queue_open_total", "text", "dua", None),
    ],
)  # fmt: skip
def test_metrics_of_the_catalogue_come_in_base_units_and_within_reason(
    metric: str, type_: str, raw: Any, value: float | None
) -> None:
    found = find({"extract": [{"metric": metric, "path": "x", "type": type_}]}, {"x": raw})
    assert found.extraction.values[metric] == (value if value is None else pytest.approx(value))


def test_a_newest_record_from_the_future_has_no_age() -> None:
    found = find(
        {"extract": [{"metric": "newest_record_age_seconds", "path": "x", "type": "time"}]}, {"x": "2026-11-23T05:00:00Z"}
    )
    assert found.verdict.reason is Reason.CLOCK
    assert found.extraction.values == {"newest_record_age_seconds": None}


@pytest.mark.parametrize(
    ("how", "rows", "value"),
    [
        ("sum", [1, 2, 3], 6), ("mean", [1, 2], 1.5), ("min", [3, 1], 1), ("max", [3, 1], 3), ("first", [3, 1], 3),
        ("last", [3, 1], 1),
        ("sum", [1, None], None), ("max", [1, None], 1), ("sum", [], None), ("sum", [1, "x"], None),
    ],
)  # fmt: skip
def test_several_values_become_one_only_as_agreed_and_a_sum_needs_all(how: str, rows: list[Any], value: float | None) -> None:
    found = find({"extract": [{"metric": "n", "path": "d[*].n", "aggregate": how}]}, {"d": [{"n": each} for each in rows]})
    assert found.extraction.values == {"n": value}


# --- health -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "word", "wanted"),
    [
        ("ietf", "pass", (Status.UP, Reason.OK)), ("ietf", "warn", (Status.DEGRADED, Reason.HEALTH_WARN)),
        ("ietf", "fail", (Status.DOWN, Reason.HEALTH_FAIL)), ("ietf", "entah", (Status.UNKNOWN, Reason.HEALTH_UNKNOWN)),
        ("ietf", None, (Status.UNKNOWN, Reason.HEALTH_UNKNOWN)), ("spring", "UP", (Status.UP, Reason.OK)),
        ("spring", "DOWN", (Status.DOWN, Reason.HEALTH_FAIL)), ("spring", "OUT_OF_SERVICE", (Status.DOWN, Reason.HEALTH_FAIL)),
        ("spring", "UNKNOWN", (Status.UNKNOWN, Reason.HEALTH_UNKNOWN)),
    ],
)  # fmt: skip
def test_the_own_word_of_a_service_is_its_status(style: str, word: str | None, wanted: tuple[Status, Reason]) -> None:
    assert _said({"health": style}, {"status": word}) == wanted


@pytest.mark.parametrize("body", [[], '"pass"', "1", "null"])
def test_an_answer_that_is_no_health_document_says_nothing_of_health(body: Any) -> None:
    assert _said({"health": "ietf"}, body) == (Status.UNKNOWN, Reason.HEALTH_UNKNOWN)


def test_a_part_that_fails_is_named_and_degrades_a_whole_that_calls_itself_fit() -> None:
    body = {
        "status": "pass",
        "checks": {"db:koneksi": [{"status": "fail"}], "cpu": [{"status": "pass"}], "x": [{"observedValue": 1}]},
    }
    found = find({"health": "ietf"}, body)
    assert (found.verdict.status, found.verdict.reason) == (Status.DEGRADED, Reason.HEALTH_WARN)
    assert "db:koneksi (fail)" in found.verdict.detail
    assert found.health is not None
    assert len(found.health.components) == 2, "a check without a status says nothing"


def test_nested_components_are_named_by_their_way() -> None:
    body = {
        "status": "DOWN",
        "components": {"broker": {"status": "DOWN", "components": {"a": {"status": "UP"}, "b": {"status": "DOWN"}}}},
    }
    assert "broker/b (fail)" in find({"health": "spring"}, body).verdict.detail


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["aktif", "aktif"], (Status.UP, Reason.OK)), (["aktif", "mati"], (Status.DEGRADED, Reason.HEALTH_WARN)),
        (["mati", "mati"], (Status.DOWN, Reason.HEALTH_FAIL)), (["aktif", "lambat"], (Status.DEGRADED, Reason.HEALTH_WARN)),
        ([], (Status.UNKNOWN, Reason.HEALTH_UNKNOWN)), (["aktif", "entah"], (Status.UNKNOWN, Reason.HEALTH_UNKNOWN)),
    ],
)  # fmt: skip
def test_parts_of_one_service_are_rolled_up_to_one_status(words: list[str], wanted: tuple[Status, Reason]) -> None:
    rule = {"health": {"style": "components", "path": "bagian", "name": "nama", "status": "keadaan"}}
    assert _said(rule, {"bagian": [{"nama": f"b{n}", "keadaan": word} for n, word in enumerate(words)]}) == wanted


def test_values_of_an_ill_service_are_kept() -> None:
    data = {"health": "spring", "extract": [{"metric": "disk", "path": "components.disk.details.free"}]}
    found = find(data, {"status": "DOWN", "components": {"disk": {"status": "DOWN", "details": {"free": 5}}}})
    assert found.extraction.values == {"disk": 5}


# --- freshness ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-11-23T03:30:00Z", (Status.UP, Reason.OK)), ("2026-11-23T11:30:00+08:00", (Status.UP, Reason.OK)),
        ("2026-11-23T02:59:59Z", (Status.DEGRADED, Reason.STALE)), ("2026-11-23T04:04:00Z", (Status.UP, Reason.OK)),
        ("2026-11-23T04:10:00Z", (Status.DEGRADED, Reason.CLOCK)), (None, (Status.DEGRADED, Reason.MISSING_VALUE)),
        ("0000-00-00 00:00:00", (Status.DEGRADED, Reason.MISSING_VALUE)), ("kemarin", (Status.DEGRADED, Reason.BAD_VALUE)),
        ("2026-11-23 11:30:00", (Status.DEGRADED, Reason.BAD_VALUE)),
    ],
)  # fmt: skip
def test_the_newest_record_may_be_as_old_as_agreed_and_not_from_the_future(moment: Any, wanted: tuple[Status, Reason]) -> None:
    assert _said({"freshness": {"path": "t", "max_age": "1h"}}, {"t": moment}) == wanted


def test_of_many_records_the_newest_counts_and_one_that_cannot_be_read_does_not() -> None:
    rows = [{"t": "2020-01-01T00:00:00Z"}, {"t": (NOON - timedelta(minutes=5)).isoformat()}, {"t": "entah"}, {"t": None}]
    assert _said({"freshness": {"path": "rows[*].t", "max_age": "1h"}}, {"rows": rows}) == (Status.UP, Reason.OK)


# --- open items ---------------------------------------------------------------------------------------------------------------


def test_open_items_are_known_by_their_arrival_and_closed_ones_are_left_out() -> None:
    rule = {"path": "data", "opened": "masuk", "status": "status", "closed": ["SELESAI"], "tz": "Asia/Makassar"}
    rows = [
        {"masuk": "2026-11-20 08:00:00", "status": "DIPROSES", "nama": "x"},
        {"masuk": "2026-11-19 08:00:00", "status": "selesai"},
        {"masuk": "entah", "status": "DIPROSES"}, {"status": "DIPROSES"}, "bukan tiket",
    ]  # fmt: skip
    opened = find({"open_items": rule}, {"data": rows}).opened
    assert [each.isoformat() for each in opened] == ["2026-11-20T00:00:00+00:00"]


# --- the guard ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"total": 5}, "rows": [{"nik": "6474015507900001"}]}, {"data": {"total": 5}, "No_KK": "6474012345678901"},
        {"data": {"total": 5}, "nama_ibu_kandung": "Siti"}, {"data": {"total": 5}, "kode": "6474015507900001"},
        {"data": {"total": 5}, "pasien": {"no_rekam_medis": "12-34"}},
    ],
)  # fmt: skip
def test_nothing_of_an_answer_with_personal_data_is_kept(body: Any) -> None:
    found = find(TOTAL, body)
    assert (found.verdict.status, found.verdict.reason) == (Status.UNKNOWN, Reason.PERSONAL_DATA)
    assert found.extraction.values == {"nilai": None}
    assert "6474" not in found.verdict.detail
    assert "Siti" not in found.verdict.detail


def test_personal_data_in_xml_is_seen_too() -> None:
    body = "<r><total>5</total><warga><NIK>6474015507900001</NIK></warga></r>"
    assert find({"extract": [{"metric": "n", "path": "//total"}]}, body, XML).verdict.reason is Reason.PERSONAL_DATA


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"total": 5}, "nik": None},
        {"data": {"total": 5}, "id": "1234567890123456"},
        {"data": {"total": 6474015507900001}},
    ],
)
def test_an_empty_field_and_other_long_numbers_are_no_personal_data(body: Any) -> None:
    assert find(TOTAL, body).verdict.status is Status.UP


def test_a_persons_number_in_an_error_message_is_taken_out() -> None:
    said = find(OK, {"success": False, "message": "NIK 6474015507900001 tidak ditemukan, hubungi 081234567890 atau a@b.go.id"})
    assert said.verdict.detail == "the service reports: NIK *** tidak ditemukan, hubungi *** atau ***"
