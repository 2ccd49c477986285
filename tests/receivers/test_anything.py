"""Apprise and the log: everything else, bounded from outside, and a file a person can read."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest

from command_centre.config.receiver_kinds import AppriseSettings
from command_centre.config.secret import Secret
from command_centre.domain.incident import IncidentId
from command_centre.domain.ports import DeliveryError, Refusal
from command_centre.receivers.anything import Anything
from command_centre.receivers.log import MOST_FILE_BYTES, LogBook
from command_centre.receivers.texts import Texts
from tests.support.city import WITA
from tests.support.gateways import gateway, hangs, says
from tests.support.telling import message

TEXTS = Texts(WITA)
TOLD = message(IncidentId(7))


def anything(monkeypatch: pytest.MonkeyPatch, url: str, timeout: timedelta = timedelta(seconds=30)) -> Anything:
    monkeypatch.setenv("CC_TEST_URL", url)
    return Anything(AppriseSettings(url=Secret("env:CC_TEST_URL"), timeout=timeout), TEXTS)


def test_a_service_gets_title_and_text_and_its_refusal_is_temporary(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway(says(200, "ok")) as server:
        receiver = anything(monkeypatch, server.url.replace("http://", "json://"))
        receiver.send(TOLD)
        told = server.asked[0].json()
        assert told["title"] == "KRITIS: Diskominfo: situs terputus"
        assert told["message"].startswith("Sejak 12.00 WITA")
        server.reply = says(500, "no")
        with pytest.raises(DeliveryError) as caught:
            receiver.send(TOLD)
    assert caught.value.refusal is Refusal.TEMPORARY


def test_a_service_that_hangs_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway(hangs(30)) as server:
        receiver = anything(monkeypatch, server.url.replace("http://", "json://"), timedelta(seconds=3))
        begun = time.monotonic()
        with pytest.raises(DeliveryError, match=r"no answer in time|did not take it"):
            receiver.send(TOLD)
        assert time.monotonic() - begun < 6


def test_an_address_nobody_understands_is_told_without_repeating_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeliveryError) as caught:
        anything(monkeypatch, "nonsense-with-secret").send(TOLD)
    assert "secret" not in str(caught.value)


def test_the_log_keeps_one_line_per_message_and_is_bounded(tmp_path: Path) -> None:
    file = tmp_path / "demo" / "notifications.jsonl"
    book = LogBook(TEXTS, file)
    book.send(TOLD)
    book.send(message(IncidentId(8)))
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [each["incident"] for each in lines] == [7, 8]
    file.write_text("x" * MOST_FILE_BYTES)
    book.send(TOLD)
    assert len(file.read_text().splitlines()) == 1
    assert file.with_name("notifications.jsonl.1").stat().st_size == MOST_FILE_BYTES


def test_a_log_that_cannot_be_written_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DeliveryError) as caught:
        LogBook(TEXTS, tmp_path / "folder").send(TOLD)
    assert caught.value.refusal is Refusal.TEMPORARY
