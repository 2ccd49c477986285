"""WhatsApp: any gateway that takes one HTTP request. Such gateways answer 200 to everything: the body says what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from jsonpath import JSONPathEnvironment, JSONPathError

from command_centre.config.receiver_kinds import Expected, Scalar, WhatsAppSettings
from command_centre.domain.notification import Message
from command_centre.domain.ports import DeliveryError
from command_centre.receivers.http import Answer, refuse_unless_accepted, request
from command_centre.receivers.texts import Texts, inert


class WhatsApp:
    """Tells a phone or a group, through a gateway."""

    def __init__(self, settings: WhatsAppSettings, texts: Texts) -> None:
        self._settings = settings
        self._texts = texts
        self._token = None if settings.token is None else settings.token.resolve()
        self._paths = JSONPathEnvironment()

    def send(self, message: Message) -> None:
        """Raises DeliveryError unless the gateway's answer holds everything that ``accepted`` asks for."""
        fields = {name: self._filled(value, message) for name, value in self._settings.fields.items()}
        answer = request(
            self._settings.url, body=self._encoded(fields), headers=self._headers(message), timeout=self._settings.timeout
        )
        refuse_unless_accepted(answer)
        self._refuse_unless_taken(answer)

    def _filled(self, value: Scalar, message: Message) -> Scalar:
        if not isinstance(value, str):
            return value
        known = {"{to}": self._settings.to, "{text}": self._texts.whole(message), "{key}": message.key}
        return known.get(value, value)

    def _encoded(self, fields: Mapping[str, Scalar]) -> bytes:
        if self._settings.as_json:
            return json.dumps(fields, ensure_ascii=False).encode()
        return urlencode({name: str(value) for name, value in fields.items()}).encode()

    def _headers(self, message: Message) -> dict[str, str]:
        kind = "application/json" if self._settings.as_json else "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "Idempotency-Key": message.key}
        if self._token is not None:
            headers[self._settings.token_header] = self._settings.token_prefix + self._token
        return headers

    def _refuse_unless_taken(self, answer: Answer) -> None:
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise DeliveryError.temporary(f"HTTP {answer.status}, and the body is not JSON") from None
        wrong = next((each for each in self._settings.accepted if not self._holds(each, said)), None)
        if wrong is not None:
            sentence = f"HTTP {answer.status}, and {wrong.path} does not say that it was taken"
            raise DeliveryError.temporary(f"{sentence} {self._words(said)}".rstrip())

    def _holds(self, expected: Expected, said: Any) -> bool:
        found = self._at(expected.path, said)
        return any(type(each) is type(expected.equals) and each == expected.equals for each in found)

    def _words(self, said: Any) -> str:
        """The gateway's own words for it: they were written by somebody else."""
        path = self._settings.error_path
        words = next((str(each) for each in self._at(path, said)), "") if path is not None else ""
        return f"({inert(words)[:120]})" if words else ""

    def _at(self, path: str, said: Any) -> list[Any]:
        try:
            return list(self._paths.findall(path, said))
        except (JSONPathError, RecursionError):
            return []
