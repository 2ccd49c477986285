"""Webhook, Telegram and WhatsApp gateways against real servers: what is accepted, what is not, and what never ends."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from command_centre.config.receiver_kinds import (
    RECEIVER_KINDS,
    Expected,
    TelegramSettings,
    WebhookSettings,
    WhatsAppSettings,
)
from command_centre.config.secret import Secret
from command_centre.domain.delivery import UNHEARD
from command_centre.domain.incident import IncidentId
from command_centre.domain.notification import NoticeKind
from command_centre.domain.ports import DeliveryError, Refusal
from command_centre.receivers import build
from command_centre.receivers.heartbeat import beat
from command_centre.receivers.telegram import Telegram
from command_centre.receivers.texts import Texts
from command_centre.receivers.webhook import IDEMPOTENCY, SIGNATURE, Webhook, signature
from command_centre.receivers.whatsapp import WhatsApp
from tests.support.city import WITA
from tests.support.clock import NOON, FrozenClock
from tests.support.gateways import Gateway, drips, gateway, hangs, many_headers, never_ends, resets, says
from tests.support.telling import message

TEXTS = Texts(WITA)
TOLD = message(IncidentId(7))
SHORT = timedelta(milliseconds=400)


@pytest.fixture
def server() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


def webhook(server: Gateway, **settings: object) -> Webhook:
    return Webhook(WebhookSettings.model_validate({"url": f"{server.url}/kait", **settings}), TEXTS, FrozenClock())


def whatsapp(server: Gateway, **settings: object) -> WhatsApp:
    return WhatsApp(WhatsAppSettings.model_validate({"url": f"{server.url}/send", "to": "628115550001", **settings}), TEXTS)


def telegram(server: Gateway, monkeypatch: pytest.MonkeyPatch) -> Telegram:
    monkeypatch.setenv("CC_TEST_TOKEN", "123:very-secret")
    return Telegram(TelegramSettings(token=Secret("env:CC_TEST_TOKEN"), chat="-100", api=server.url, timeout=SHORT), TEXTS)


def refusal_of(receiver: Webhook | WhatsApp | Telegram) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        receiver.send(TOLD)
    return caught.value


# --- webhook ---------------------------------------------------------------------------------------------------------


def test_a_webhook_gets_the_whole_message_as_json_with_its_key(server: Gateway) -> None:
    webhook(server).send(TOLD)
    [asked] = server.asked
    assert asked.headers[IDEMPOTENCY.lower()] == TOLD.key == asked.json()["key"]
    told = asked.json()
    assert (told["incident"], told["kind"], told["severity"], told["simulated"]) == (7, "firing", "critical", False)
    assert told["event_at"] == NOON.isoformat()
    assert told["text"].startswith("KRITIS: Diskominfo: situs terputus\n")


def test_a_signature_proves_body_and_time(server: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_TEST_SECRET", "kunci")
    webhook(server, secret=Secret("env:CC_TEST_SECRET")).send(TOLD)
    [asked] = server.asked
    at, _, proof = asked.headers[SIGNATURE.lower()].removeprefix("t=").partition(",v1=")
    assert int(at) == int(NOON.timestamp())
    assert hmac.compare_digest(proof, signature("kunci", int(at), asked.body))
    assert signature("kunci", int(at) + 1, asked.body) != proof


def test_a_message_that_tells_a_whole_unheard_story_says_when_it_began(server: Gateway) -> None:
    told = message(IncidentId(7), NoticeKind.RESOLVED, at=NOON + timedelta(minutes=19))
    told = type(told)(**{name: getattr(told, name) for name in told.__slots__} | {"facts": {UNHEARD: NOON.isoformat()}})
    webhook(server).send(told)
    assert server.asked[0].json()["began_unheard"] == NOON.isoformat()


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_what_speaks_of_the_message_is_permanent(server: Gateway, status: int) -> None:
    server.reply = says(status)
    assert refusal_of(webhook(server)).refusal is Refusal.PERMANENT


@pytest.mark.parametrize("status", [301, 302, 401, 403, 404, 408, 429, 500, 502, 503, 504])
def test_what_speaks_of_the_receiver_is_temporary(server: Gateway, status: int) -> None:
    server.reply = says(status, Location="http://127.0.0.1:1/")
    assert refusal_of(webhook(server)).refusal is Refusal.TEMPORARY
    assert len(server.asked) == 1, "no redirect is followed"


def test_a_wish_to_be_left_alone_is_heard_in_both_spellings(server: Gateway) -> None:
    server.reply = says(429, Retry_After="120")
    assert refusal_of(webhook(server)).retry_after == timedelta(seconds=120)
    server.reply = says(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    assert refusal_of(webhook(server)).retry_after == timedelta(0)
    server.reply = says(503, Retry_After="soon")
    assert refusal_of(webhook(server)).retry_after is None


@pytest.mark.parametrize("reply", [hangs(), drips])
def test_whoever_does_not_come_to_an_end_is_cut_off(server: Gateway, reply: object) -> None:
    server.reply = reply  # type: ignore[assignment]
    begun = time.monotonic()
    trouble = refusal_of(webhook(server, timeout=SHORT))
    assert time.monotonic() - begun < 2
    assert trouble.refusal is Refusal.TEMPORARY
    assert str(trouble) == "no answer in time"


def test_a_body_without_end_costs_no_memory_and_the_status_counts(server: Gateway) -> None:
    server.reply = never_ends
    webhook(server).send(TOLD)


def test_headers_without_end_cost_no_memory_and_the_status_counts(server: Gateway) -> None:
    server.reply = many_headers
    webhook(server).send(TOLD)


def test_a_connection_that_is_reset_is_temporary(server: Gateway) -> None:
    server.reply = resets
    assert refusal_of(webhook(server)).refusal is Refusal.TEMPORARY


def test_nobody_there_is_temporary_and_the_address_is_not_repeated(server: Gateway) -> None:
    lost = Webhook(WebhookSettings(url="http://127.0.0.1:1/kait?token=geheim"), TEXTS, FrozenClock())
    trouble = refusal_of(lost)
    assert (trouble.refusal, str(trouble)) == (Refusal.TEMPORARY, "no connection")


def test_a_name_that_cannot_be_resolved_is_temporary(server: Gateway) -> None:
    """D5: own DNS broken: what needs a name is queued, what has an address leaves."""
    nameless = Webhook(WebhookSettings(url="http://gateway.invalid/kait", timeout=SHORT), TEXTS, FrozenClock())
    assert refusal_of(nameless).refusal is Refusal.TEMPORARY
    webhook(server).send(TOLD)


def test_a_proxy_of_the_environment_is_not_used(server: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    webhook(server).send(TOLD)
    assert len(server.asked) == 1


# --- WhatsApp gateways -----------------------------------------------------------------------------------------------


def test_a_gateway_gets_number_and_text(server: Gateway) -> None:
    server.reply = says(200, {"status": True, "id": ["1"]})
    whatsapp(server).send(TOLD)
    assert server.asked[0].json()["target"] == "628115550001"
    assert server.asked[0].json()["message"].startswith("KRITIS: Diskominfo: situs terputus")


def test_a_gateway_can_be_asked_with_a_form_and_a_token(server: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_TEST_TOKEN", "rahasia")
    server.reply = says(200, {"sent": "yes"})
    receiver = whatsapp(
        server,
        as_json=False,
        fields={"phone": "{to}", "body": "{text}", "id": "{key}", "priority": 1},
        token=Secret("env:CC_TEST_TOKEN"),
        token_prefix="Bearer ",
        accepted=[{"path": "$.sent", "equals": "yes"}],
    )
    receiver.send(TOLD)
    [asked] = server.asked
    assert asked.headers["authorization"] == "Bearer rahasia"
    assert b"phone=628115550001" in asked.body
    assert b"priority=1" in asked.body


@pytest.mark.parametrize(
    "body",
    [
        {"status": False, "reason": "device disconnected"},
        {"status": "true"},
        {"status": 1},
        {},
        [],
        None,
        "ok",
        "<html>login</html>",
        "[" * 50_000,
    ],
)
def test_two_hundred_with_another_body_than_agreed_is_a_failure(server: Gateway, body: object) -> None:
    """D13"""
    server.reply = says(200, body)
    trouble = refusal_of(whatsapp(server))
    assert trouble.refusal is Refusal.TEMPORARY
    assert str(trouble).startswith("HTTP 200")


def test_the_gateways_own_words_are_told_inert(server: Gateway) -> None:
    server.reply = says(200, {"status": False, "reason": "scan https://evil.example/qr \u202e now"})
    assert "(scan hxxps://evil[.]example/qr now)" in str(refusal_of(whatsapp(server)))


def test_several_conditions_must_all_hold(server: Gateway) -> None:
    accepted = [Expected(path="$.status", equals=True), Expected(path="$.data[*].state", equals="queued")]
    server.reply = says(200, {"status": True, "data": [{"state": "rejected"}]})
    assert "$.data[*].state" in str(refusal_of(whatsapp(server, accepted=accepted)))
    server.reply = says(200, {"status": True, "data": [{"state": "queued"}]})
    whatsapp(server, accepted=accepted).send(TOLD)


# --- Telegram --------------------------------------------------------------------------------------------------------


def test_telegram_gets_plain_text_without_previews(server: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    server.reply = says(200, {"ok": True, "result": {}})
    telegram(server, monkeypatch).send(TOLD)
    [asked] = server.asked
    assert asked.path == "/bot123:very-secret/sendMessage"
    assert asked.json()["chat_id"] == "-100"
    assert "parse_mode" not in asked.json()
    assert asked.json()["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    ("status", "body", "refusal", "pause"),
    [
        (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 33}}, Refusal.TEMPORARY, 33),
        (400, {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}, Refusal.PERMANENT, None),
        (400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, Refusal.TEMPORARY, None),
        (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}, Refusal.TEMPORARY, None),
        (200, {"ok": False}, Refusal.TEMPORARY, None),
        (200, "not json", Refusal.TEMPORARY, None),
        (429, {"ok": False, "parameters": {"retry_after": "x"}}, Refusal.TEMPORARY, None),
    ],
)
def test_telegrams_answers_are_classified(
    server: Gateway, monkeypatch: pytest.MonkeyPatch, status: int, body: object, refusal: Refusal, pause: int | None
) -> None:
    server.reply = says(status, body)
    trouble = refusal_of(telegram(server, monkeypatch))
    assert trouble.refusal is refusal
    assert trouble.retry_after == (None if pause is None else timedelta(seconds=pause))
    assert "very-secret" not in str(trouble)


def test_the_token_appears_nowhere_when_telegram_is_not_there(server: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    server.reply = hangs()
    receiver = telegram(server, monkeypatch)
    assert "very-secret" not in str(refusal_of(receiver)) + repr(receiver)


# --- all -------------------------------------------------------------------------------------------------------------


def test_every_kind_of_the_catalogue_can_be_built_without_a_network(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    monkeypatch.setenv("CC_TEST_TOKEN", "t")
    least: dict[str, dict[str, object]] = {
        "email": {"host": "mail.invalid", "sender": "cc@example.go.id", "to": ["piket@example.go.id"]},
        "telegram": {"token": "env:CC_TEST_TOKEN", "chat": "1"},
        "whatsapp": {"url": "http://gateway.invalid/", "to": "62"},
        "webhook": {"url": "http://gateway.invalid/"},
        "apprise": {"url": "env:CC_TEST_TOKEN"},
        "log": {},
    }
    assert set(least) == set(RECEIVER_KINDS)
    for kind, settings in least.items():
        assert build(RECEIVER_KINDS[kind].model_validate(settings), TEXTS, FrozenClock(), Path(str(tmp_path))) is not None


def test_a_sign_of_life_is_one_get_and_says_when_it_was_not_heard(server: Gateway) -> None:
    beat(f"{server.url}/detak")
    assert (server.asked[0].method, server.asked[0].path) == ("GET", "/detak")
    server.reply = says(500)
    with pytest.raises(DeliveryError):
        beat(f"{server.url}/detak")


def test_a_message_of_any_length_stays_within_what_a_chat_takes(server: Gateway) -> None:
    server.reply = says(200, {"status": True})
    long = message(IncidentId(7), title="x" * 5_000, lines=["y" * 5_000] * 500)
    whatsapp(server).send(long)
    assert len(json.loads(server.asked[0].body)["message"]) <= 3_000
