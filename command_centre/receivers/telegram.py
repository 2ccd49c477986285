"""Telegram: a chat, through the bot interface. Plain text, so that nothing in a message is markup."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from command_centre.config.receiver_kinds import TelegramSettings
from command_centre.domain.notification import Message
from command_centre.domain.ports import DeliveryError
from command_centre.receivers.http import Answer, request
from command_centre.receivers.texts import Texts, inert


class Telegram:
    """Tells a chat."""

    def __init__(self, settings: TelegramSettings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self._url = f"{settings.api.rstrip('/')}/bot{settings.token.resolve()}/sendMessage"

    def send(self, message: Message) -> None:
        """Raises DeliveryError unless Telegram says that it has taken the message."""
        content = {
            "chat_id": self._settings.chat,
            "text": self._texts.whole(message),
            "link_preview_options": {"is_disabled": True},
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        answer = request(self._url, body=body, headers=headers, timeout=self._settings.timeout)
        said = _read(answer)
        if 200 <= answer.status < 300 and said.get("ok") is True:
            return
        raise _refusal(answer, said)


def _read(answer: Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _refusal(answer: Answer, said: dict[str, Any]) -> DeliveryError:
    code = said.get("error_code", answer.status)
    words = inert(str(said.get("description", "")))[:120]
    sentence = f"Telegram: {code} {words}".rstrip()
    if code == 400 and "chat not found" not in words:
        return DeliveryError.permanent(sentence)
    return DeliveryError.temporary(sentence, _wish(said) or answer.retry_after)


def _wish(said: dict[str, Any]) -> timedelta | None:
    parameters = said.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    is_number = isinstance(seconds, int) and not isinstance(seconds, bool)
    return timedelta(seconds=min(max(seconds, 0), 86_400)) if is_number and seconds is not None else None
